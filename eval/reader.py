"""The reading model as measurements use it: the user's own, loaded once a process."""

from functools import lru_cache

from assistant.face.cli_options import models_folder
from ingest.cross_encoder import CrossEncoder


@lru_cache(maxsize=1)
def reader() -> CrossEncoder:
    """The reader.

    Raises:
        ModelUnavailableError: it cannot be had.
    """
    return CrossEncoder.load(models_folder())
