"""What sentences of papers say to a question: one scorer, the grades of an answer, lists, cells."""
