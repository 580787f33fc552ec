"""The harness that measures Daybook on real data."""

import ingest  # noqa: F401 - it silences what the others import
