"""arXiv identifiers, new style (`2005.11295v2`) and old (`astro-ph/0601001`)."""

import re
from dataclasses import dataclass
from datetime import date

from ingest.taxonomy import is_archive

_ID = re.compile(r"(?P<id>\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7})(?:v(?P<version>\d{1,4}))?", re.ASCII)
_LINK = re.compile(
    r"/(?:pdf|abs|html|ps|format|e-print|src|papers)/(?P<rest>[^?#\s]+?)(?:\.pdf)?/?(?:[?#]\S*)?$", re.IGNORECASE
)
_PREFIX = re.compile(r"(?:oai:)?arxiv(?:\.org)?\s*:\s*", re.IGNORECASE)
_DOI = re.compile(r"(?:https?://(?:dx\.)?doi\.org/|doi:\s*)?10\.48550/arxiv\.", re.IGNORECASE)
_CLASS = re.compile(r"\s*\[[\w.-]+\]$")  # "arXiv:2005.11295 [cs.CV]"
_NEARLY = re.compile(r"(?P<month>\d{3,4})\.(?P<number>\d{1,5})(?:v\d{1,4})?", re.ASCII)
_LONGEST = 2_000  # characters of a link; longer ones lead to no paper
_YEAR_OF_FIRST_IDS = 91
_FIRST_NEW_STYLE, _FIRST_FIVE_DIGITS = 704, 1501  # year and month: April 2007, January 2015 (arXiv's identifier page)


@dataclass(frozen=True, slots=True)
class Identity:
    """The id without its version; `version` is 0 where none is named."""

    arxiv_id: str
    version: int = 0


def read_identity(text: str) -> Identity | None:
    """Read `2005.11295`, `2005.11295v2` or `astro-ph/0601001v1`; None where the text is no identifier."""
    match = _ID.fullmatch(text.strip())
    return Identity(match["id"], int(match["version"] or 0)) if match else None


def identity_of_link(url: str) -> Identity | None:
    """The identifier that a link to an abstract, a PDF or another form of a paper ends with."""
    match = _LINK.search(url) if len(url) <= _LONGEST else None
    return read_identity(match["rest"]) if match else None


def told_identity(text: str) -> Identity | None:
    """The identifier as sources write it: bare, `arXiv:…`, `oai:arXiv.org:…`, a link, arXiv's DOI, with its class."""
    stripped = text.strip()
    if len(stripped) > _LONGEST:
        return None
    if stripped[:1].isdecimal() and (identity := read_identity(stripped)):
        return identity
    bare = _CLASS.sub("", stripped)
    for prefix in (_PREFIX, _DOI):
        if match := prefix.match(bare):
            return read_identity(bare[match.end() :])
    return read_identity(bare) or identity_of_link(bare)


def why_impossible(text: str) -> str:
    """Why arXiv cannot have given an id that has, or nearly has, the form of one; empty where it can, or has not."""
    bare = _PREFIX.sub("", text.strip()[:_LONGEST])
    if (match := _NEARLY.fullmatch(bare)) is not None:
        return _why_not_new_style(match["month"], match["number"])
    identity = read_identity(bare)
    if identity is None:
        return ""
    archive, _, number = identity.arxiv_id.rpartition("/")
    return _why_not_old_style(archive.partition(".")[0], number[:2], number[2:4])


def _why_not_old_style(archive: str, year: str, month: str) -> str:
    if not is_archive(archive):
        return f"there is no archive “{archive}”"
    if not 1 <= int(month) <= 12:
        return f"there is no month {month}"
    is_later = int(year) < _YEAR_OF_FIRST_IDS and int(year + month) >= _FIRST_NEW_STYLE
    return "ids of this form end with March 2007" if is_later else ""


def _why_not_new_style(month: str, number: str) -> str:
    if len(month) < 4:
        return f"“{month}” lacks a digit; a spreadsheet may have taken a leading zero"
    year_and_month, digits = int(month), 4 if int(month) < _FIRST_FIVE_DIGITS else 5
    if not 1 <= year_and_month % 100 <= 12:
        return f"there is no month {month[2:]}"
    if year_and_month < _FIRST_NEW_STYLE:
        return "ids of this form begin with 0704"
    if len(number) < digits:
        return f"“{number}” lacks a digit of {digits}; a spreadsheet may have taken a zero at its end"
    return f"“{number}” has a digit more than the {digits} of ids of its month" if len(number) > digits else ""


def month_of(arxiv_id: str) -> date:
    """The first day of the month in which arXiv gave the id."""
    year_and_month, *_ = submission_order(arxiv_id)
    return date(year_and_month // 100, year_and_month % 100, 1)


def months_after(day: date, arxiv_id: str) -> int:
    """How many months a day lies after the month in which arXiv gave the id; negative before it."""
    given = month_of(arxiv_id)
    return (day.year - given.year) * 12 + day.month - given.month


def submission_order(arxiv_id: str) -> tuple[int, int, str]:
    """A key that grows with the time of submission: year and month, number, archive."""
    archive, _, number = arxiv_id.rpartition("/")
    digits = number.replace(".", "")
    year = int(digits[:2])
    century = 1900 if archive and year >= _YEAR_OF_FIRST_IDS else 2000
    return (century + year) * 100 + int(digits[2:4]), int(digits[4:]), archive
