"""What several sources tell of one paper ends the same in any order, and once more changes nothing."""

import json
import sqlite3
from contextlib import closing
from datetime import date
from itertools import permutations
from pathlib import Path

import pytest

from ingest.library import Library
from ingest.paper import Basis, Block, StoredPaper
from ingest.pipeline import ingest
from ingest.sqlite import migrations
from tests.conftest import WordEmbedder

DIGEST = """# ArXiv cs.CV --Mon, 4 Jan 2021
### 1.On Kites  [ :arrow_down: ](https://arxiv.org/pdf/2101.00007.pdf)
> They fly.
### 2.On Winds  [ :arrow_down: ](https://arxiv.org/pdf/2101.00005.pdf)
> They blow.
"""
MAIL = """Date: Mon,  4 Jan 21 00:44:20 GMT
Subject: cs.CV daily

------------------------------------------------------------------------------
\\\\
arXiv:2101.00005 (*cross-listing*)
Date: Fri, 1 Jan 2021 18:23:40 GMT   (14kb,D)

Title: On Winds
Authors: A. Wind
Categories: cs.RO cs.CV
\\\\
  They blow.
\\\\ ( https://arxiv.org/abs/2101.00005 ,  14kb)
------------------------------------------------------------------------------
\\\\
arXiv:2101.00007
replaced with revised version Mon, 4 Jan 2021 08:03:26 GMT   (25kb,D)

Title: On Kites
Authors: A. Kite
Categories: cs.CV
Comments: This paper has been withdrawn by the author
\\\\ ( https://arxiv.org/abs/2101.00007 ,  25kb)
"""
CODE = {"id": "2101.00005", "title": "On Winds", "abstract": "They blow.", "categories": "cs.RO cs.CV",
        "published": "2021-01-01T18:23:40Z", "code": "https://github.com/winds/winds"}  # fmt: skip
ROW = "|**2021-01-01**|**On Kites**|A. Kite et.al.|[2101.00007](http://arxiv.org/abs/2101.00007)|**[link](https://github.com/k/k)**|"
SOURCES = {"digest.md": DIGEST, "mail.txt": MAIL, "code.json": json.dumps(CODE), "table.md": ROW + "\n"}


def held(library: Library) -> list[tuple[object, ...]]:
    def told(stored: StoredPaper) -> tuple[object, ...]:
        paper = stored.paper
        return (
            *(paper.arxiv_id, paper.title, paper.abstract, paper.is_withdrawn, paper.authors, paper.categories),
            *(paper.links, stored.listings),
        )

    return sorted((told(stored) for stored in library.papers()), key=str)


def ingested(folder: Path, library: Library, names: tuple[str, ...]) -> tuple[int, int]:
    report = ingest([folder / name for name in names], library, WordEmbedder())
    assert report.rejected == []
    return report.new, report.updated


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    for name, text in SOURCES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def test_every_order_ends_the_same_and_once_more_changes_nothing(sources: Path) -> None:
    ends = []
    for number, names in enumerate(permutations(SOURCES)):
        with Library(sources / f"library-{number}") as library:
            ingested(sources, library, names)
            ends.append(held(library))
            assert ingested(sources, library, names) == (0, 0)
            assert held(library) == ends[-1]
    assert all(end == ends[0] for end in ends)


def test_what_a_source_tells_stands_before_what_an_order_only_suggests(sources: Path) -> None:
    with Library(sources / "library") as library:
        ingested(sources, library, tuple(SOURCES))
        winds, kites = library.paper("2101.00005"), library.paper("2101.00007")
    assert winds
    assert kites
    announced = [o for o in winds.listings if o.basis is Basis.ANNOUNCED]
    assert [(o.block, o.is_told) for o in announced] == [(Block.CROSS_LISTED, True)]
    assert [link.url for link in winds.paper.links] == ["https://github.com/winds/winds"]
    assert kites.paper.is_withdrawn, "a mail says so of a new version without its abstract"
    assert kites.paper.abstract == "They fly."
    assert [link.url for link in kites.paper.links] == ["https://github.com/k/k"]


def test_an_older_library_tells_what_was_fetched_from_what_was_announced(tmp_path: Path) -> None:
    file = tmp_path / "daybook.sqlite3"
    pdf, page = "https://arxiv.org/pdf/{}.pdf", "https://arxiv.org/abs/{}"
    papers = [
        ("2101.00001", pdf, [(0, "2021-01-04"), (1, "2021-01-02")], ["2021-01-02", "2021-01-04"]),  # both
        ("2101.00002", page, [(0, "2021-01-04")], ["2021-01-04"]),  # a digest that links to pages
        ("2101.00003", page, [(2, "2021-01-03")], ["2021-01-03"]),  # a feed
        ("2101.00004", "https://arxiv.org/pdf/{}v2.pdf", [(2, "2021-01-04")], ["2021-01-04"]),  # a digest with versions
    ]
    with closing(sqlite3.connect(file)) as connection:
        for script in migrations()[:4]:
            connection.executescript(script)
        for row, (arxiv_id, url, versions, days) in enumerate(papers, start=1):
            connection.execute(
                "INSERT INTO papers (row, arxiv_id, version, title, abstract, url, links)"
                " VALUES (?, ?, 0, 'T', 'A', ?, '[]')",
                (row, arxiv_id, url.format(arxiv_id)),
            )
            for version, day in versions:
                values = (row, version, "T", "A", "T", "A", "2021-01-05T00:00:00+00:00", day)
                connection.execute("INSERT INTO versions VALUES (?, ?, ?, ?, ?, ?, ?, ?)", values)
            for day in days:
                connection.execute("INSERT INTO listings VALUES (?, ?, 'cs.CV', 'new', 1)", (row, day))
        connection.execute("INSERT INTO fetched_days VALUES ('cs.CV', '2021-01-02', 1, '2021-01-05T00:00:00+00:00')")
        connection.execute("PRAGMA user_version = 4")
        connection.commit()
    with Library(tmp_path, create=False) as library:
        bases = {o.paper.arxiv_id: {x.day: x.basis for x in o.listings} for o in library.papers()}
    assert bases == {
        "2101.00001": {date(2021, 1, 2): Basis.SUBMITTED, date(2021, 1, 4): Basis.ANNOUNCED},
        "2101.00002": {date(2021, 1, 4): Basis.ANNOUNCED},
        "2101.00003": {date(2021, 1, 3): Basis.SUBMITTED},
        "2101.00004": {date(2021, 1, 4): Basis.ANNOUNCED},
    }
