"""The vectors in a file, with their whitening: mapped, checked once, and searched where they lie."""

from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from ingest.database import VectorRows
from ingest.mapped import DamagedBlockError, MappedFile, state_of, write_arrays
from ingest.vectors import VectorTable, Whitening

_KIND = "vectors 1"
"""Another number where vectors are made or whitened otherwise: a file of the former is not believed."""


def save_vectors(table: VectorTable, file: Path) -> None:
    """Keep a table of at least one vector; the file appears whole or not at all.

    Raises:
        OSError: the disk is full.
    """
    arrays: dict[str, NDArray[Any]] = {
        "chunk rows": table.rows.chunk_rows,
        "paper rows": table.rows.paper_rows,
        "checksums": table.rows.checksums,
        "vectors": table.rows.vectors,
        "matrix": table.whitening.matrix,
        "norms": table.whitening.norms,
    }
    write_arrays(file, _KIND, {"total": table.total}, arrays)


def kept_vectors(file: Path) -> VectorTable | None:
    """The table that a file keeps; None where there is none, or it is not what was written.

    A search reads every vector, so all are checked here.
    """
    kept = MappedFile.open(file, _KIND)
    if kept is None:
        return None
    try:
        rows = VectorRows(*(kept[name].whole() for name in ("chunk rows", "paper rows", "checksums", "vectors")))
        return VectorTable(rows, Whitening(kept["matrix"].whole(), kept["norms"].whole()))
    except DamagedBlockError:
        return None


def total_in(file: Path) -> tuple[int, int] | None:
    """The `total` of the table that a file keeps; None where it does not tell."""
    state = state_of(file, _KIND)
    return None if state is None else (state["total"][0], state["total"][1])
