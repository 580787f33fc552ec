"""A question planned and answered: the library opened, the engines of llama-index."""
