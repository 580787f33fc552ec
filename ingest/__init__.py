"""From digests to the library on disk."""
