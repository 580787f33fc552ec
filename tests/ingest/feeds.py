"""The same invented papers as an Atom feed and as lines of the metadata snapshot."""

import io
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from ingest.paper import Entry, Rejection
from ingest.selection import EVERYTHING, Selection
from ingest.sources import items_of

NOON = datetime(2021, 1, 4, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Told:
    """A paper as a source tells of it."""

    arxiv_id: str
    title: str = "On Kites"
    abstract: str = "They fly."
    version: int = 1
    categories: tuple[str, ...] = ("cs.CV",)
    submitted: datetime = NOON
    comment: str = ""


def told_papers(count: int, submitted: datetime = NOON, first: int = 1) -> list[Told]:
    """Papers `2101.00001` and on, a second apart."""
    return [
        Told(f"2101.{n:05}", f"Kite {n}", f"Kite {n} flies & lands.", submitted=submitted + timedelta(seconds=n))
        for n in range(first, first + count)
    ]


def atom_entry(told: Told) -> str:
    link = f"http://arxiv.org/abs/{told.arxiv_id}v{told.version}"
    categories = "\n".join(
        f'    <category term={quoteattr(c)} scheme="http://arxiv.org/schemas/atom"/>' for c in told.categories
    )
    comment = f"    <arxiv:comment>{escape(told.comment)}</arxiv:comment>\n" if told.comment else ""
    return (
        f"  <entry>\n    <id>{link}</id>\n    <title>{escape(told.title)}</title>\n"
        f"    <updated>{told.submitted:%Y-%m-%dT%H:%M:%SZ}</updated>\n"
        f'    <link href="{link}" rel="alternate" type="text/html"/>\n'
        f"    <summary>{escape(told.abstract)}</summary>\n{categories}\n"
        f"    <published>{told.submitted:%Y-%m-%dT%H:%M:%SZ}</published>\n{comment}"
        f"    <arxiv:primary_category term={quoteattr(told.categories[0])}/>\n"
        f"    <author>\n      <name>A. Kite</name>\n    </author>\n  </entry>\n"
    )


def atom_feed(papers: Iterable[Told], *, total: int | None = None, start: int = 0) -> str:
    entries = [atom_entry(told) for told in papers]
    return (
        "<?xml version='1.0' encoding='UTF-8'?>\n"
        '<feed xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/" '
        'xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns="http://www.w3.org/2005/Atom">\n'
        "  <id>https://arxiv.org/api/kites</id>\n  <title>arXiv Query</title>\n"
        f"  <opensearch:itemsPerPage>{len(entries)}</opensearch:itemsPerPage>\n"
        f"  <opensearch:totalResults>{len(entries) if total is None else total}</opensearch:totalResults>\n"
        f"  <opensearch:startIndex>{start}</opensearch:startIndex>\n" + "".join(entries) + "</feed>\n"
    )


def snapshot_record(told: Told) -> dict[str, Any]:
    created = format_datetime(told.submitted, usegmt=True)
    versions = [{"version": f"v{number}", "created": created} for number in range(1, told.version + 1)]
    return {
        "id": told.arxiv_id,
        "title": told.title,
        "comments": told.comment or None,
        "categories": " ".join(told.categories),
        "abstract": f"  {told.abstract}\n",
        "versions": versions,
        "update_date": "2030-01-01",
    }


def snapshot_lines(papers: Iterable[Told]) -> str:
    return "".join(json.dumps(snapshot_record(told), ensure_ascii=False) + "\n" for told in papers)


def parted(items: Iterable[Entry | Rejection]) -> tuple[list[Entry], list[Rejection]]:
    """The papers and the rejections among items."""
    listed = list(items)
    return [i for i in listed if isinstance(i, Entry)], [i for i in listed if isinstance(i, Rejection)]


def read_bytes(data: bytes, selection: Selection = EVERYTHING, name: str = "feed") -> Iterator[Entry | Rejection]:
    """What the bytes of a file hold, in whatever format they are."""
    return items_of(io.BytesIO(data), name, selection)


def ids(items: Iterable[Entry | Rejection]) -> list[str]:
    """The ids of the papers among items."""
    return [entry.paper.arxiv_id for entry in parted(items)[0]]
