"""Language models: client, dialects, prompts, a local model, and what of their text is believed."""
