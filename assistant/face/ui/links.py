"""Links that last: what the address of a day, a comparison, a question or a paper is, and what one says.

Each is relative to the page. What follows the page's `#` is written in the same way, so that `day/2021-04-22` leads to
the same day as an address of the server and as a place within the page.
"""

from collections.abc import Iterable
from datetime import date
from urllib.parse import parse_qs, quote, unquote

from ingest.identity import read_identity

DAY = "day/"
"""What the place of a day begins with."""


def day_link(first: date | str, last: date | str, theme: str = "") -> str:
    """A day or a period, perhaps narrowed to a theme."""
    days = "/".join(_quoted(str(day)) for day in dict.fromkeys((first, last)))
    return f"{DAY}{days}" + (f"?theme={_quoted(theme)}" if theme else "")


def compare_link(arxiv_ids: Iterable[str], columns: Iterable[str] = ()) -> str:
    """Papers side by side, with further columns; a version that an id names is left out, as one is held."""
    ids, further = _quoted(",".join(map(_bare, arxiv_ids)), safe=",/"), _quoted(",".join(columns), safe=",")
    return f"compare?ids={ids}" + (f"&columns={further}" if further else "")


def adding_link(arxiv_id: str) -> str:
    """A paper beside those that the reader has chosen."""
    return f"compare?add={_quoted(_bare(arxiv_id), safe='/')}"


def ask_link(question: str) -> str:
    """A question, which is asked when the link is opened."""
    return f"ask?q={_quoted(question)}"


def paper_link(arxiv_id: str) -> str:
    """The page of one paper."""
    return f"paper/{_quoted(arxiv_id, safe='/')}"


def linked_days(place: str) -> tuple[str, str, str]:
    """The first day, the last and the theme of a place, as they are written there; nothing of them is checked yet."""
    path, _, query = place.removeprefix(DAY).partition("?")
    first, _, last = path.partition("/")
    (theme, *_) = parse_qs(query).get("theme", [""])
    return unquote(first), unquote(last or first), theme


def _bare(arxiv_id: str) -> str:
    identity = read_identity(arxiv_id)
    return identity.arxiv_id if identity else arxiv_id


def _quoted(text: str, safe: str = "") -> str:
    return quote(text, safe=safe, errors="replace")
