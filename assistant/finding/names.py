"""Names of methods, data sets and acronyms: whether a library or a paper holds them."""

import re
from collections.abc import Sequence
from functools import lru_cache

from assistant.language.terms import Name, capitalised_in
from ingest.library import Library
from ingest.paper import StoredPaper
from ingest.words import stem, words_of

_HELD_IN_ANY_CASE = 3  # papers
_RARE_PAPERS = 3
_TELLING_SHARE = 0.02  # of all papers


def is_known(name: Name, library: Library) -> bool:
    """Whether the library holds a name: written as a name in one paper, or in any case in three.

    An acronym must be written as one ("CLIP" is no clip), and of a compound with a plain word ("RGB-thermal")
    the words must be held.
    """
    words, key = library.lexical_table(), name.key
    if key in words.names or key.removesuffix("s") in words.names or f"{key}s" in words.names:
        return True
    first, *others = name.text.split("-")
    if first.isupper() and len(others) == 1 and others[0].islower():
        return all(words.document_count(stem(word)) for word in name.words)
    if first.islower() and others:  # "photo-ID" is written "photo-id" too
        return bool(_rows_with(name, library))
    return not name.text.isupper() and len(_rows_with(name, library)) >= _HELD_IN_ANY_CASE


def _rows_with(name: Name, library: Library) -> list[int]:
    """The papers in which the words of a name stand side by side, in any case."""
    return library.database.rows_matching(f'"{" ".join(name.words)}"')


def names_meant(question: str, names: Sequence[Name], library: Library) -> list[Name]:
    """The names of a question that so few papers hold that they tell which are meant, as ImageNet does not.

    Names with one capital are among them ("Spiralite"): capitalised in the question, and in a few papers.
    """
    capitalised = [Name(token, tuple(words_of(token))) for token in capitalised_in(question)]
    rare = [name for name in capitalised if name not in names and name.words and _is_rare_name(name, library)]
    return [*(name for name in names if _tells_paper(name, library)), *rare]


def _tells_paper(name: Name, library: Library) -> bool:
    words = library.lexical_table()
    known = words.names.get(name.key)
    return known is None or len(known.rows) <= max(_RARE_PAPERS, _TELLING_SHARE * len(words))


def _is_rare_name(name: Name, library: Library) -> bool:
    rows = _rows_with(name, library)
    papers = library.database.papers_by_row(rows).values() if len(rows) <= _RARE_PAPERS else ()
    return any(holds_name(stored, name) for stored in papers)


def holds_name(stored: StoredPaper, name: Name) -> bool:
    """Whether a paper's title or abstract writes a name as a name, with a capital or a digit."""
    return any(re.search(r"[A-Z0-9]", match.group()) for match in _pattern(name).finditer(stored.paper.text))


def in_title(stored: StoredPaper, name: Name) -> bool:
    """Whether a paper's title holds a name."""
    return _pattern(name).search(stored.paper.title) is not None


@lru_cache(maxsize=1000)
def _pattern(name: Name) -> re.Pattern[str]:
    """Finds a name however it is hyphenated, in the singular and in the plural."""
    letters = r"[\W_]*".join(re.escape(letter) for letter in name.key.removesuffix("s"))
    return re.compile(rf"\b{letters}s?\b", re.IGNORECASE)
