"""Linear models over hashed features and a few dense ones, and the files of all that was trained."""

import zlib
from collections.abc import Iterable
from importlib.resources import as_file, files
from typing import Any

import numpy as np
from numpy.typing import NDArray

Features = NDArray[np.float32]
"""Of shape [features], or [cases, features]."""


def kept(name: str) -> dict[str, NDArray[Any]]:
    """The arrays of a file that ships with Daybook, as it is now."""
    with as_file(files(__package__) / name) as path, np.load(path) as found:
        return dict(found)


def hashed(names: Iterable[str], places: int) -> NDArray[np.int64]:
    """The places of named features among so many, each once (Weinberger et al. 2009)."""
    return np.array(sorted({zlib.crc32(name.encode()) % places for name in names}))


def log_odds(
    weights: NDArray[Any], bias: NDArray[Any], hashes: NDArray[np.int64], dense: NDArray[np.float32]
) -> Features:
    """The log odds of each class, [classes]; `weights` [places + dense features, classes], `bias` [classes]."""
    odds: Features = bias + weights[hashes].sum(axis=0, dtype=np.float32)
    odds += dense @ weights[-len(dense) :].astype(np.float32)
    return odds


def shares(odds: Features) -> list[float]:
    """The shares of classes that exclude one another; they sum to 1."""
    found = np.exp(odds - odds.max())
    return [float(share) for share in found / found.sum()]
