"""The listings in a file: to find in SQLite what a library holds at all, each of them must be read and checked."""

from datetime import date
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from ingest.listings import Listings
from ingest.mapped import DamagedBlockError, MappedFile, write_arrays

_KIND = "listings 1"


def save_listings(listings: Listings, total: tuple[int, int], file: Path) -> None:
    """Keep listings whose checksums add up so (`Database.total_of`).

    Raises:
        OSError: the disk is full.
    """
    days = [day.isoformat() for day in listings.days]
    state = {"total": list(total), "days": days, "categories": list(listings.categories)}
    arrays: dict[str, NDArray[Any]] = {
        "paper rows": listings.paper_rows,
        "day numbers": listings.day_numbers,
        "category numbers": listings.category_numbers,
        "blocks": listings.blocks,
    }
    write_arrays(file, _KIND, state, arrays)


def kept_listings(file: Path, total: tuple[int, int]) -> Listings | None:
    """The listings that a file keeps; None where there is none, or it is damaged or of other listings."""
    kept = MappedFile.open(file, _KIND)
    if kept is None or kept.state["total"] != list(total):
        return None
    days, categories = tuple(map(date.fromisoformat, kept.state["days"])), tuple(kept.state["categories"])
    try:
        return Listings(
            days,
            categories,
            *(kept[name].whole() for name in ("paper rows", "day numbers", "category numbers", "blocks")),
        )
    except DamagedBlockError:
        return None
