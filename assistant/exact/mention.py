"""Which papers hold some words in their title or abstract, exactly."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from assistant.exact.wording import QUOTES
from assistant.terms import STOP_WORDS
from ingest.database import Database
from ingest.lexical import PaperText
from ingest.names import looks_like_name
from ingest.words import without_diacritics, words_of

_MOST_WORDS = 5
_PART = re.compile(r"[^\W\d_]+|\d+")
_BETWEEN = r"[-‐‑–/\s_]{0,2}"
_QUOTED = re.compile(rf"[{QUOTES}]\s*([^{QUOTES}]+?)\s*[{QUOTES}]")
_EDGES = re.compile(
    r"^(?:the|a|an|both|either|words?|terms?|names?|phrases?|datasets?|data\s+sets?|benchmarks?)\s+"
    r"|\s+(?:data\s?sets?|benchmarks?|database|corpus|at\s+all|anywhere|somewhere|by\s+name"
    r"|in\s+(?:the|our|your|this)\s+library|(?:are|were)\s+there|(?:do|does)\s+(?:you|the\s+library|it)\s+(?:have|hold))$",
    re.IGNORECASE,
)
_IN_TITLE = re.compile(r"\s+in\s+(?:its|their|the)\s+titles?$", re.IGNORECASE)
_IN_TEXT = re.compile(
    r"\s+in\s+(?:its|their|the)\s+(?:titles?\s+(?:or|and)\s+)?abstracts?(?:\s+(?:or|and)\s+titles?)?$", re.IGNORECASE
)
_SPLIT = re.compile(r"\s*(?:,\s*)?\b(and|or)\b\s*|\s*(,)\s*", re.IGNORECASE)
_EMPTY_WORDS = STOP_WORDS | {"dataset", "datasets", "one", "two", "three", "data", "least", "several", "code", "deep"}


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

    @property
    def is_named(self) -> bool:
        """Whether each is written as a name is."""
        return all(any(looks_like_name(word) for word in re.split(r"\s+", term)) for term in self.terms)


def wanted_in(text: str) -> Wanted | None:
    """Read what comes after "papers that mention"; None where it is more than a few plain words or names."""
    title_only = _IN_TITLE.search(text) is not None
    text = _IN_TEXT.sub("", _IN_TITLE.sub("", text)).strip()
    if (quoted := _QUOTED.fullmatch(_trimmed(text))) is not None:
        return Wanted((quoted.group(1),), title_only=title_only) if words_of(quoted.group(1)) else None
    pieces = _SPLIT.split(_trimmed(text))
    terms = tuple(_trimmed(piece).strip(QUOTES) for piece in pieces[::3])
    joints = {(word or "").lower() for word in pieces[1::3]} - {""}
    if len(joints) > 1 or (len(terms) > 1 and not joints) or not all(_is_plain(term) for term in terms):
        return None
    return Wanted(terms, is_all=joints == {"and"}, title_only=title_only)


def _trimmed(text: str) -> str:
    while (shorter := _EDGES.sub("", text.strip())) != text:
        text = shorter
    return text


def _is_plain(term: str) -> bool:
    words = words_of(term)
    return 0 < len(words) <= _MOST_WORDS and _EMPTY_WORDS.isdisjoint(words)


def rows_holding(database: Database, wanted: Wanted) -> set[int]:
    """The rows of all papers whose title or abstract holds the words, in singular or plural, in this order."""
    found = [_rows_of_term(database, term, wanted.title_only) for term in wanted.terms]
    return set.intersection(*found) if wanted.is_all else set.union(*found)


def _rows_of_term(database: Database, term: str, title_only: bool) -> set[int]:
    words = words_of(term)
    parts = [part for word in words for part in _PART.findall(word)]
    holds = _held(parts, title_only)
    return {text.row for text in database.texts_matching(_expression(words, parts)) if holds(text)}


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
