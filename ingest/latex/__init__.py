"""LaTeX in titles and abstracts, turned into text that says the same; and text turned into LaTeX."""
