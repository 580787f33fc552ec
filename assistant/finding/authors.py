"""Who is meant by the name of an author."""

from rapidfuzz import fuzz
from rapidfuzz.process import extract

from ingest.authors import folded, words_of_name
from ingest.errors import InputError
from ingest.library import Library
from prompts import fill

_MOST_NEAR = 3
_LEAST_LIKE = 60.0  # of 100


def checked_author(name: str, library: Library) -> str:
    """The name of an author of some paper, as it was given; empty where none was.

    Raises:
        InputError: the library has no paper of that one; the message says the nearest names, or that it knows none.
    """
    name = " ".join(name.split())
    if not name:
        return ""
    if words_of_name(name) and len(library.database.rows_by(name)):
        return name
    known = library.database.author_names()
    if not known:
        raise InputError(fill("author_none_known"))
    near = extract(
        name, known, scorer=fuzz.token_sort_ratio, processor=folded, score_cutoff=_LEAST_LIKE, limit=_MOST_NEAR
    )
    if not near:
        raise InputError(fill("author_unknown", author=name))
    raise InputError(fill("author_unknown_but_near", author=name, near=", ".join(found for found, *_ in near)))
