"""Papers side by side: every cell a quote of its own paper, numbers lined up only where they may be."""
