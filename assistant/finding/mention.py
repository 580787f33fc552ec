"""Which papers hold some words in their title or abstract, exactly."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from ingest.database import Database
from ingest.lexical import PaperText
from ingest.words import without_diacritics, words_of

_PART = re.compile(r"[^\W\d_]+|\d+")
_BETWEEN = r"[-‐‑–/\s_]{0,2}"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Words that papers must hold: all of them or any; `title_only` where the abstract does not count."""

    terms: tuple[str, ...]
    is_all: bool = False
    title_only: bool = False

    @property
    def spoken(self) -> str:
        """The words as an answer names them."""
        return (" and " if self.is_all else " or ").join(f"“{term}”" for term in self.terms)


def rows_holding(database: Database, wanted: Wanted) -> set[int]:
    """The rows of all papers whose title or abstract holds the words, in singular or plural, in this order."""
    found = [_rows_of_term(database, term, wanted.title_only) for term in wanted.terms]
    return set.intersection(*found) if wanted.is_all else set.union(*found)


def rows_of_texts_holding(texts: Iterable[PaperText], wanted: Wanted) -> set[int]:
    """The rows of those of some texts that hold the words, read one by one; as with `rows_holding`."""
    held = [_held(_parts_of(term), wanted.title_only) for term in wanted.terms]
    return {text.row for text in texts if (all if wanted.is_all else any)(holds(text) for holds in held)}


def _rows_of_term(database: Database, term: str, title_only: bool) -> set[int]:
    words, parts = words_of(term), _parts_of(term)
    holds = _held(parts, title_only)
    return {text.row for text in database.texts_matching(_expression(words, parts)) if holds(text)}


def _parts_of(term: str) -> list[str]:
    return [part for word in words_of(term) for part in _PART.findall(word)]


def _expression(words: Sequence[str], parts: Sequence[str]) -> str:
    """What the full-text index is asked for: at least all papers that hold the words, whole or apart."""
    joined = "".join(parts)
    phrases = dict.fromkeys([" ".join(words), " ".join(parts), joined, f"{joined}s"])
    return " OR ".join(f'"{phrase}"' for phrase in phrases)


def _held(parts: Sequence[str], title_only: bool) -> Callable[[PaperText], bool]:
    last = parts[-1]
    stem = last[:-3] if last.endswith("ies") and len(last) > 4 else last[:-1] if _is_plural(last) else last
    ending = {"ies": "(?:y|ies)"}.get(last[-3:] if len(last) > 4 else "", "(?:s|es)?")
    if stem == last and last.endswith("y"):
        stem, ending = last[:-1], "(?:y|ys|ies)"
    pattern = _BETWEEN.join([*(re.escape(part) for part in parts[:-1]), re.escape(stem) + ending])
    words = re.compile(rf"(?<![^\W_]){pattern}(?![^\W_])", re.IGNORECASE)
    return lambda text: any(
        words.search(without_diacritics(one)) for one in ((text.title,) if title_only else _both(text))
    )


def _is_plural(word: str) -> bool:
    return len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is"))


def _both(text: PaperText) -> tuple[str, str]:
    return text.title, text.abstract
