"""The harness that measures Daybook on real data."""
