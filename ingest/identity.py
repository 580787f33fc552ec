"""arXiv identifiers, new style (`2005.11295v2`) and old (`astro-ph/0601001`)."""

import re
from dataclasses import dataclass

_ID = re.compile(r"(?P<id>\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7})(?:v(?P<version>\d{1,4}))?")
_LINK = re.compile(r"/(?:pdf|abs)/(?P<rest>.+?)(?:\.pdf)?/?$")
_YEAR_OF_FIRST_IDS = 91


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
    """The identifier that a link to an abstract or a PDF ends with."""
    match = _LINK.search(url)
    return read_identity(match["rest"]) if match else None


def submission_order(arxiv_id: str) -> tuple[int, int, str]:
    """A key that grows with the time of submission: year and month, number, archive."""
    archive, _, number = arxiv_id.rpartition("/")
    digits = number.replace(".", "")
    year = int(digits[:2])
    century = 1900 if archive and year >= _YEAR_OF_FIRST_IDS else 2000
    return (century + year) * 100 + int(digits[2:4]), int(digits[4:]), archive
