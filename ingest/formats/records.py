"""A paper as a record of named fields, whatever the names: snapshots, bots, reference managers, Semantic Scholar.

A field is taken for what it says only where its name and its value leave no doubt; what is missing is named.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from ingest.formats.dates import read_day
from ingest.identity import Identity, months_after, told_identity, why_impossible
from ingest.metadata import LONGEST_ABSTRACT, Metadata, Place, authors_named, authors_of, items_of_paper
from ingest.paper import Basis, Entry, Rejection
from ingest.selection import Selection
from ingest.taxonomy import categories_of_names, category_code

# The names of fields in small letters and without signs, the surest first.
_ID_KEYS = (
    "arxivid", "arxiv", "externalids", "eprint", "id", "entryid", "paperid", "identifier", "number", "archiveid",
    "absurl", "abs", "url", "link", "links", "pdf", "pdfurl", "doi", "extra", "note", "archivelocation",
)  # fmt: skip
_TITLE_KEYS = ("title", "papertitle", "primarytitle")
_ABSTRACT_KEYS = ("abstract", "summary", "abstractnote", "notesabstract", "description")
_COMMENT_KEYS = ("comments", "comment", "arxivcomment")
_CATEGORY_KEYS = (
    "categories",
    "category",
    "primaryclass",
    "arxivcategories",
    "allcategories",
    "tags",
    "keywords",
    "subjects",
)
_PRIMARY_KEYS = ("primarycategory", "maincategory", "primaryclass")
_AUTHOR_KEYS = ("authorsparsed", "authors", "author", "creators", "creator", "authorlist")
_ANNOUNCED_KEYS = ("announced", "announcedate", "announceddate", "announcementdate")
_SUBMITTED_KEYS = ("published", "publishedat", "submitted", "submitteddate", "submissiondate", "created", "publishdate")
_LOOSE_DATE_KEYS = ("publicationdate", "date", "issued", "datepublished")
"""Of these it is not known whether they are of the preprint or of a journal; the month of the id decides."""
_UPDATED_KEYS = ("updatedate", "updated", "lastupdated", "updatedat", "datestamp")
_CODE_KEYS = ("code", "codeurl", "github", "githubrepo", "githuburl", "repo", "repository", "repourl")
_VERSION = re.compile(r"v?([0-9]{1,4})")
_MENTION = re.compile(r"arxiv:\s*(\S+)", re.IGNORECASE)
_CLASS = re.compile(r"arxiv:\s*\S+\s+\[([\w.-]+)\]", re.IGNORECASE)  # as Zotero notes it
_LONGEST_NAME = 100
_LONGEST_NOTE = 2_000  # characters of a text in which an id, a category or a day is looked for
_LONGEST_AUTHORS = 500_000
_MOST_LINKS = _MOST_CATEGORIES = 100
_NO_SIGN = re.compile(r"[^a-z0-9]+")
_URL = re.compile(r"https?://[^\s<>\"')\]]+")

Fields = Mapping[str, Any]
"""A record by the plain names of its fields."""


def plain_fields(record: Mapping[Any, Any]) -> Fields:
    """A record by its fields' names in small letters, without signs between their words."""
    return {_plain_name(str(key)): value for key, value in record.items()}


@lru_cache(maxsize=4096)
def _plain_name(key: str) -> str:
    return _NO_SIGN.sub("", key[:_LONGEST_NAME].lower())


def is_paper(fields: Fields) -> bool:
    """Whether a record has two of the kinds of fields that papers have: id, title, abstract, categories."""
    kinds = (_ID_KEYS, _TITLE_KEYS, _ABSTRACT_KEYS, _CATEGORY_KEYS)
    return sum(any(key in fields for key in keys) for keys in kinds) > 1


def has_id(fields: Fields) -> bool:
    """Whether a record names a paper of arXiv."""
    return _identity(fields) is not None


def items_of_record(
    fields: Fields | str, place: Place, selection: Selection, file_day: date | None = None
) -> Iterator[Entry | Rejection]:
    """The wanted paper of a record, and what of it cannot be taken; `file_day` is the day that a file is named by.

    A text in place of the fields says why there are none.
    """
    if isinstance(fields, str):
        yield Rejection(place.file, place.line, fields)
        return
    identity = _identity(fields)
    dated = _day_of(fields, identity, file_day)
    yield from items_of_paper(_metadata(fields, identity, dated), place, selection)


def _metadata(fields: Fields, identity: Identity | None, dated: "_Dated") -> Metadata:
    return Metadata(
        identity=identity,
        raw_title=_text(fields, _TITLE_KEYS),
        raw_abstract=_text(fields, _ABSTRACT_KEYS)[: LONGEST_ABSTRACT + 1],
        comment=_text(fields, _COMMENT_KEYS)[:_LONGEST_NOTE],
        categories=_categories(fields),
        day=dated.day,
        told_id=_told_id(fields),
        authors=_authors(fields),
        basis=dated.basis,
        links=_code_links(fields),
        unreadable=dated.unreadable,
    )


def is_whole_paper(fields: Fields) -> bool:
    """Whether a record has the texts of a paper, so that no other papers are within it."""
    return any(key in fields for key in _TITLE_KEYS) and any(key in fields for key in _ABSTRACT_KEYS)


# ---- texts


def valid_text(value: str) -> str:
    """A text without halves of characters, which JSON can spell."""
    return value if value.isascii() else value.encode("utf-8", errors="ignore").decode()


def _text(fields: Fields, keys: Sequence[str]) -> str:
    """The first of some fields that is a text and not empty."""
    return next((valid_text(found) for key in keys if isinstance(found := fields.get(key), str) and found.strip()), "")


def _texts(value: object) -> list[str]:
    """The texts of a field that holds one, or several in a list or by name."""
    if isinstance(value, bool) or value is None:
        return []
    if isinstance(value, str | int | float):
        return [valid_text(str(value))]
    values = (
        list(value.values()) if isinstance(value, Mapping) else list(value) if isinstance(value, list | tuple) else []
    )
    return [text for one in values if not isinstance(one, list | tuple) for text in _texts(one)]


# ---- identity


def _identity(fields: Fields) -> Identity | None:
    found = next((one for key in _ID_KEYS for text in _id_texts(fields, key) if (one := _read_id(text, key))), None)
    if found is None:
        return None
    return Identity(found.arxiv_id, _newest_version(fields) or found.version)


def _id_texts(fields: Fields, key: str) -> list[str]:
    if key not in fields:
        return []
    value = fields[key]
    if key == "externalids" and isinstance(value, Mapping):
        return _texts(plain_fields(value).get("arxiv"))
    return _texts(value)


def _read_id(text: str, key: str) -> Identity | None:
    text = text[:_LONGEST_NOTE]
    mentioned = _MENTION.search(text) if key in {"extra", "note", "archiveid", "number"} else None
    return told_identity(mentioned[1] if mentioned else text)


def _told_id(fields: Fields) -> str:
    """What a record says in place of an id, to name it by."""
    return next((text for key in _ID_KEYS for text in _id_texts(fields, key) if text), "")


def _newest_version(fields: Fields) -> int:
    """The highest version of a list of them; 0 where there is none."""
    versions = fields.get("versions")
    told = (
        [one.get("version") if isinstance(one, Mapping) else one for one in versions]
        if isinstance(versions, list)
        else []
    )
    numbers = [int(match[1]) for one in told if (match := _VERSION.fullmatch(str(one)))]
    return max(numbers, default=0)


# ---- categories and authors


def _categories(fields: Fields) -> list[str]:
    words = [text for key in (*_PRIMARY_KEYS, *_CATEGORY_KEYS) if key in fields for text in _texts(fields[key])]
    notes = [text for key in ("note", "number") if key in fields for text in _texts(fields[key])]
    words += [match[1] for text in notes if (match := _CLASS.search(text))]
    codes: list[str] = []
    for text in (" ".join(word[:_LONGEST_NOTE].split()) for word in words[:_MOST_CATEGORIES]):
        parts = re.split(r"[\s,;|]+", text.strip())
        known = [code for part in parts if (code := category_code(part)) or (code := _new_code(part))]
        codes += known if len(known) == len(parts) else categories_of_names(re.split(r"\s*[,;]\s*", text))
    return list(dict.fromkeys(codes))


def _new_code(word: str) -> str:
    """A code of the form of arXiv's that is not among those known: a category may be newer than Daybook."""
    return word if re.fullmatch(r"[a-z][a-z-]*\.[A-Z]{2}", word) else ""


def _authors(fields: Fields) -> list[str]:
    value = next((found for key in _AUTHOR_KEYS if (found := fields.get(key))), None)
    if isinstance(value, str):
        return authors_of(value[:_LONGEST_AUTHORS])
    if not isinstance(value, list):
        return []
    return authors_named([name for one in value if (name := _name(one))])


def _name(value: object) -> str:
    """A name from a text, from its parts in a list (last, first, suffix) or by name."""
    if isinstance(value, str):
        return valid_text(value)
    if isinstance(value, list):
        last, first, suffix, *_ = [*(text for part in value for text in [str(part).strip()]), "", "", ""]
        return ", ".join(filter(None, [last, suffix, first])) if first else last
    if not isinstance(value, Mapping):
        return ""
    parts = {key: valid_text(text) for key, text in plain_fields(value).items() if isinstance(text, str)}
    whole = parts.get("name") or parts.get("fullname") or parts.get("literal") or ""
    last = parts.get("family") or parts.get("lastname") or parts.get("last") or ""
    first = parts.get("given") or parts.get("firstname") or parts.get("first") or ""
    return whole or ", ".join(filter(None, [last, first]))


def _code_links(fields: Fields) -> list[str]:
    """The links of a column for code, beside the text."""
    texts = [text for key in _CODE_KEYS if key in fields for text in _texts(fields[key])]
    return [url for text in texts[:_MOST_LINKS] for url in _URL.findall(text[:_LONGEST_NOTE])][:_MOST_LINKS]


# ---- days


@dataclass(frozen=True, slots=True)
class _Dated:
    """A day and what it is the day of; `unreadable` is a date that stands where a surer one should, but is none."""

    day: date | None
    basis: Basis = Basis.SUBMITTED
    unreadable: str = ""


def _day_of(fields: Fields, identity: Identity | None, file_day: date | None) -> _Dated:
    """The surest day of a record: announced, submitted, the file's, last changed; None where only a month is known."""
    unreadable = ""
    for basis, texts in _dates(fields):
        day = next((day for text in texts if (day := read_day(text))), None)
        if day:
            is_later = basis is Basis.SUBMITTED and identity is not None and _is_after_submission(day, identity)
            return _Dated(day, Basis.UPDATED if is_later else basis, unreadable)
        unreadable = unreadable or next((text for text in texts if _should_be_date(text)), "")
    loose = [day for key in _LOOSE_DATE_KEYS if (day := _loose_day(fields.get(key)))]
    is_possible = identity is not None and not why_impossible(identity.arxiv_id)
    if identity and is_possible and (fitting := [day for day in loose if _fits(day, identity)]):
        return _Dated(fitting[0], Basis.SUBMITTED, unreadable)
    if file_day is not None and identity and is_possible and 0 <= months_after(file_day, identity.arxiv_id) <= 1:
        return _Dated(file_day, Basis.ANNOUNCED, unreadable)
    changed = [day for key in _UPDATED_KEYS for text in _texts(fields.get(key)) if (day := read_day(text))]
    return _Dated(changed[0] if changed else None, Basis.UPDATED, unreadable)


def _dates(fields: Fields) -> Iterator[tuple[Basis, list[str]]]:
    for key in _ANNOUNCED_KEYS:
        if key in fields:
            yield Basis.ANNOUNCED, _texts(fields[key])
    versions = fields.get("versions")
    if isinstance(versions, list) and versions and isinstance(versions[0], Mapping):
        yield Basis.SUBMITTED, _texts(versions[0].get("created"))
    for key in _SUBMITTED_KEYS:
        if key in fields:
            yield Basis.SUBMITTED, _texts(fields[key])


def _should_be_date(text: str) -> bool:
    """Whether a text stands for a date; a year or a month alone tells no less than the id does."""
    return bool(text.strip()) and text.strip().lower() not in {"null", "none", "true", "false"}


def _loose_day(value: object) -> date | None:
    if isinstance(value, Mapping):  # CSL: {"date-parts": [[2026, 2, 1]]}
        parts = plain_fields(value).get("dateparts")
        first = parts[0] if isinstance(parts, list) and parts else None
        value = "-".join(str(part) for part in first) if isinstance(first, list) and len(first) == 3 else ""
    return next((day for text in _texts(value) if (day := read_day(text))), None)


def _fits(day: date, identity: Identity) -> bool:
    """Whether a paper with this id can have been submitted on a day: in its month or at the end of the one before."""
    months = months_after(day, identity.arxiv_id)
    return months == 0 or (months == -1 and day.day > 20)  # arXiv gives the id when the submission is announced


def _is_after_submission(day: date, identity: Identity) -> bool:
    """Whether a day is too late for the submission of a paper with this id: it is that of a later version then."""
    months = 0 if why_impossible(identity.arxiv_id) else months_after(day, identity.arxiv_id)
    return months > 1 or (months == 1 and day.day > 1)  # the last evening of a month in the US is the next in UTC
