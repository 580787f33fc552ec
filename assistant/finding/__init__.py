"""From a question to papers: by rank, by name, by words; what was understood and what is missing."""
