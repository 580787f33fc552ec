"""The lexical index in a file: postings are read when their stem is asked for, the rest when it is opened."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from ingest.lexical import LexicalTable
from ingest.mapped import DamagedBlockError, MappedFile, state_of, write_arrays
from ingest.names import KeptNames
from ingest.sorted_texts import SortedTexts

_KIND = "words 3"
"""Another number where words are read otherwise: a file of the former is not believed."""


def save_words(words: LexicalTable, file: Path) -> None:
    """Keep an index; the file appears whole or not at all.

    Raises:
        OSError: the disk is full.
        DamagedBlockError: the index lies in a file itself, which is damaged.
    """
    names = KeptNames.of(words.names)
    arrays: dict[str, NDArray[Any]] = {
        "stems": words.vocabulary.letters,
        "stem starts": words.vocabulary.starts,
        "starts": words.starts,
        "rows": words.rows,
        "lengths": words.lengths,
        "places": words.places[:],
        "counts": words.counts[:],
        "names": names.names.letters,
        "name starts": names.names.starts,
        "texts": names.letters,
        "text starts": names.text_starts,
        "name rows": names.rows,
        "name row starts": names.row_starts,
    }
    write_arrays(file, _KIND, {"last_chunk_row": words.last_chunk_row, "removals": words.removals}, arrays)


def kept_words(file: Path, anew: Callable[[], LexicalTable], *, check_all: bool = False) -> LexicalTable | None:
    """The index that a file keeps; None where there is none, or what of it is checked is not what was written.

    The postings of a stem are checked when it is first asked for, and made `anew` where they are damaged; with
    `check_all`, at once.
    """
    kept = MappedFile.open(file, _KIND)
    if kept is None:
        return None
    try:
        if check_all:
            kept.check()
        names = KeptNames(
            SortedTexts(kept["names"].whole(), kept["name starts"].whole()),
            *(kept[name].whole() for name in ("texts", "text starts", "name rows", "name row starts")),
        )
        return LexicalTable(
            last_chunk_row=kept.state["last_chunk_row"],
            vocabulary=SortedTexts(kept["stems"].whole(), kept["stem starts"].whole()),
            starts=kept["starts"].whole(),
            rows=kept["rows"].whole(),
            lengths=kept["lengths"].whole(),
            places=kept["places"],
            counts=kept["counts"],
            names=names,
            removals=kept.state["removals"],
            anew=anew,
        )
    except DamagedBlockError:
        return None


def counters_in(file: Path) -> tuple[int, int]:
    """The last chunk row and the removals that a file tells of; zeros where it tells of none."""
    state = state_of(file, _KIND) or {}
    return state.get("last_chunk_row", 0), state.get("removals", 0)
