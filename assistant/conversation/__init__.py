"""What was said before, kept, and what a question refers to in it."""
