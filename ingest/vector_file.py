"""The vectors in a file, with their whitening and their shortlist: mapped, checked, and searched where they lie."""

from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from ingest.mapped import DamagedBlockError, MappedFile, state_of, write_arrays
from ingest.moments import Moments
from ingest.shortlist import Shortlist
from ingest.vector_source import VectorSource
from ingest.vectors import VectorPlaces, VectorTable
from ingest.whitening import Whitening

_KIND = "vectors 2"
"""Another number where vectors are made or whitened otherwise: a file of the former is not believed."""
_VECTORS = "vectors"


def save_vectors(table: VectorTable, file: Path) -> None:
    """Keep a table of at least one vector; the file appears whole or not at all.

    Raises:
        OSError: the disk is full.
        DamagedBlockError: the table lies in a file itself, which is damaged.
    """
    rows = table.rows
    arrays: dict[str, NDArray[Any]] = {
        "chunk rows": rows.chunk_rows,
        "paper rows": rows.paper_rows,
        "checksums": rows.checksums,
        _VECTORS: rows.vectors,
        "matrix": table.whitening.matrix,
        "norms": table.whitening.norms,
    }
    if table.has_shortlist:
        shortlist = table.shortlist
        arrays |= {"axes": shortlist.axes, "codes": shortlist.codes, **shortlist.moments.as_arrays()}
    state = {"total": table.total, "has_shortlist": table.has_shortlist}
    write_arrays(file, _KIND, state, arrays, by_row=[_VECTORS] if table.has_shortlist else [])


def kept_vectors(file: Path, *, check_all: bool = False) -> VectorTable | None:
    """The table that a file keeps; None where there is none, or what of it is checked is not what was written.

    All that a search reads whole is checked here: without a shortlist, or with `check_all`, every vector.
    """
    kept = MappedFile.open(file, _KIND)
    if kept is None:
        return None
    try:
        if check_all:
            kept.check()
        places = VectorPlaces(*(kept[name].whole() for name in ("chunk rows", "paper rows", "checksums")))
        whitening = Whitening(kept["matrix"].whole(), kept["norms"].whole())
        if not kept.state["has_shortlist"]:
            return VectorTable(places, VectorSource((kept[_VECTORS].whole(),)), whitening)
        shortlist = Shortlist(kept["axes"].whole(), kept["codes"].whole(), Moments.from_file(kept))
        return VectorTable(places, VectorSource((kept[_VECTORS],)), whitening, shortlist)
    except DamagedBlockError:
        return None


def total_in(file: Path) -> tuple[int, int] | None:
    """The `total` of the table that a file keeps; None where it does not tell."""
    state = state_of(file, _KIND)
    return None if state is None else (state["total"][0], state["total"][1])
