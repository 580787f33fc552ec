"""Which paper a question names: by its arXiv id, its title, or the method it is known for."""

import re
from collections.abc import Sequence
from datetime import date

from rapidfuzz import fuzz
from rapidfuzz.process import extract

from assistant.finding.understanding import read_as
from assistant.language.terms import STOP_WORDS
from assistant.question.scope import Scope, read_scope
from assistant.question.wish import QUOTES
from ingest.database import Database
from ingest.library import Library
from ingest.listings import Holdings
from ingest.names import key_of
from ingest.paper import StoredPaper
from ingest.words import words_of

_CALLED = re.compile(
    r"^(?:(?:the|a)\s+)?(?:(?:papers?|articles?|preprints?|methods?|works?|models?|data\s?sets?)\s+)?"
    r"(?:(?:with\s+(?:the\s+)?(?:title|id|name)|titled|entitled|called|named|id|number)\s+)?",
    re.IGNORECASE,
)
_SORT = re.compile(r"(?:'s)?\s+(?:papers?|articles?|methods?|works?|preprints?|models?|data\s?sets?)$", re.IGNORECASE)
_HEAD = re.compile(r"^(.{2,60}?)\s*(?::|\s[-–—]\s)")
_IDS_ONLY = re.compile(r"(?:\s|,|;|and|or|&|papers?|the)*", re.IGNORECASE)
_ANY_DAY = date(2020, 1, 1)  # of such a text only the ids are read
_FEWEST_TITLE_WORDS = 4
_SAME_TITLE = 92.0
_MOST_MENTIONING = 5
_MOST_DESCRIBED = 3
_INTRODUCED = (
    r"(?:propos\w+|introduc\w+|present\w*|develop\w*|design\w*|call(?:ed)?|named?|termed|dubbed|coin\w*|describ\w+|releas\w+"
    r"|(?:refer\w*|denot\w*|abbreviat\w*)\s+(?:to\s+)?(?:it\s+)?as)\b[^.!?]{0,160}?"
)


def papers_named(text: str, scope: Scope, library: Library) -> list[StoredPaper] | None:
    """The papers that a text names; None where it names none for sure, an empty list where its ids are not held.

    `scope` tells which words of the question were misspelt.
    """
    text = text.strip(f" ,.;:{QUOTES}")
    database = library.database
    if ids := ids_in(text):
        return _held(ids, database) if _is_ids_only(text) else None
    name = _SORT.sub("", _CALLED.sub("", text)).strip(f" {QUOTES}").removesuffix("'s")
    rows = _of_name(respelt(name, scope), library) if name and name[0].isalnum() else []
    if rows:
        found = database.papers_by_row(rows)
        return [found[row] for row in rows]
    return _held(_of_title(text, database), database) or None


def ids_in(text: str) -> list[str]:
    """The arXiv ids of a text."""
    if not any(character.isdigit() for character in text):
        return []
    return sorted(read_scope(text, Holdings(), _ANY_DAY).arxiv_ids or ())


def _is_ids_only(text: str) -> bool:
    rest = read_scope(text, Holdings(), _ANY_DAY).rest.strip(f" ,.;:()[]{QUOTES}")
    return _IDS_ONLY.fullmatch(_CALLED.sub("", rest)) is not None


def respellings(texts: Sequence[str], scope: Scope) -> tuple[str, ...]:
    """What of some names was read otherwise, as an answer says it."""
    return tuple(read_as(written, read) for written, read in scope.respelt if any(written in text for text in texts))


def respelt(name: str, scope: Scope) -> str:
    """A name as the library writes it, where the question wrote it otherwise."""
    for written, read in scope.respelt:
        if written in name:
            name = name.replace(written, read.removeprefix(f"{written} "), 1)
    return name


def _held(ids: Sequence[str], database: Database) -> list[StoredPaper]:
    found = database.papers_by_id(ids)
    return [found[arxiv_id] for arxiv_id in ids if arxiv_id in found]


def _of_name(name: str, library: Library) -> list[int]:
    """The rows of a method's papers: the title begins with it, or one alone has it in its title or introduces it."""
    key, database = key_of(name), library.database
    if len(key) < 2 or len(words_of(name)) > _FEWEST_TITLE_WORDS:
        return []
    known = library.lexical_table().names.get(key)
    mentioning = list(database.papers_by_row(known.rows).values()) if known else []
    spelled = " ".join(words_of(name))
    titled = [(text.row, text.title) for text in database.texts_matching(f'title : ("{spelled}" OR "{key}")')]
    titled += [(stored.row, stored.paper.title) for stored in mentioning]
    if headed := sorted({row for row, title in titled if key == _head(title)}):
        return headed
    if not 0 < len(mentioning) <= _MOST_MENTIONING:
        return []
    return _alone(name, mentioning)


def _alone(name: str, mentioning: Sequence[StoredPaper]) -> list[int]:
    """The row of the only paper with a name in its title, or else of the only one that introduces it."""
    written = r"(?<![^\W_])" + r"[\W_]{0,2}".join(re.findall(r"[^\W\d_]+|\d+", name)) + r"(?![^\W_])"
    in_title = re.compile(written, re.IGNORECASE)
    introducing = re.compile(_INTRODUCED + written, re.IGNORECASE)
    entitled = [one.row for one in mentioning if in_title.search(one.paper.title)]
    introduced = [one.row for one in mentioning if introducing.search(one.paper.abstract)]
    return next((rows for rows in (entitled, introduced) if len(rows) == 1), [])


def _head(title: str) -> str:
    match = _HEAD.match(title)
    return key_of(match.group(1)) if match else ""


def _of_title(text: str, database: Database) -> list[str]:
    """The papers of a title: all of it, a part that no other title has, or with a typing mistake or two."""
    for one in dict.fromkeys([text, _CALLED.sub("", text)]):
        words = " ".join(words_of(one))
        if not words:
            continue
        holding = {stored.row: stored.title for stored in database.texts_matching(f'title : "{words}"')}
        same = [row for row, title in holding.items() if " ".join(words_of(title)) == words]
        part = [row for row, title in holding.items() if f" {words} " in f" {' '.join(words_of(title))} "]
        if rows := same or (part if len(part) == 1 and words.count(" ") + 1 >= _FEWEST_TITLE_WORDS else []):
            return [stored.paper.arxiv_id for stored in database.papers_by_row(rows).values()]
    return _of_misspelt_title(text, database)


def _of_misspelt_title(text: str, database: Database) -> list[str]:
    if len(words_of(text)) < _FEWEST_TITLE_WORDS:
        return []
    titles = dict(database.titles())
    near = {
        arxiv_id
        for one in (text, _CALLED.sub("", text))
        for *_, arxiv_id in extract(
            one.lower(), titles, scorer=fuzz.ratio, processor=str.lower, score_cutoff=_SAME_TITLE, limit=2
        )
    }
    return list(near) if len(near) == 1 else []


def described_by(text: str, library: Library) -> list[StoredPaper]:
    """The papers whose titles hold all words of a text, if they are few."""
    words = [word for word in words_of(text) if word not in STOP_WORDS]
    if not words:
        return []
    rows = library.database.rows_matching(" AND ".join(f'title : "{word}"' for word in words))
    return list(library.database.papers_by_row(rows).values()) if len(rows) <= _MOST_DESCRIBED else []
