"""What a library holds at all, in a file: to find it in SQLite every listing must be read and checked."""

from datetime import date
from pathlib import Path

from ingest.database import Holdings
from ingest.mapped import state_of, write_arrays

_KIND = "holdings 1"


def save_holdings(holdings: Holdings, total: tuple[int, int], file: Path) -> None:
    """Keep the holdings of listings whose checksums add up so (`Database.total_of`).

    Raises:
        OSError: the disk is full.
    """
    days = [day.isoformat() for day in holdings.days]
    state = {"total": list(total), "days": days, "categories": sorted(holdings.categories)}
    write_arrays(file, _KIND, state, {})


def kept_holdings(file: Path, total: tuple[int, int]) -> Holdings | None:
    """The holdings that a file keeps; None where there is none, or it is damaged or of other listings."""
    state = state_of(file, _KIND)
    if state is None or state["total"] != list(total):
        return None
    return Holdings(tuple(map(date.fromisoformat, state["days"])), frozenset(state["categories"]))
