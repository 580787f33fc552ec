"""Inputs that real people met, and what is right of each; they lie beside the project, in `shared/cases`."""

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from ingest.library import Library
from ingest.paper import Basis, Block, Entry, Rejection
from ingest.pipeline import ingest
from ingest.sources import find_sources
from tests.conftest import PROJECT, WordEmbedder

AUG_11, AUG_12 = date(2026, 8, 11), date(2026, 8, 12)
Row = tuple[str, int, date, Basis, str, Block]
"""Id, version, day and what it is the day of, category, block."""


@pytest.fixture(scope="session")
def cases() -> Path:
    folder = Path(os.environ.get("DAYBOOK_DATA") or PROJECT.parent / "shared" / "data").parent / "cases"
    if not folder.is_dir():
        pytest.skip(f"there are no cases in {folder}")
    return folder


@dataclass(frozen=True)
class Read:
    entries: Sequence[Entry]
    rejections: Sequence[Rejection]

    @property
    def rows(self) -> list[Row]:
        return [
            (e.paper.arxiv_id, e.paper.version, e.listing.day, e.listing.basis, e.listing.category, e.listing.block)
            for e in self.entries
        ]

    @property
    def texts(self) -> list[tuple[str, str]]:
        return [(entry.paper.title, entry.paper.abstract) for entry in self.entries]


def read(path: Path) -> Read:
    (source,) = find_sources([path])
    items = list(source.items())
    return Read(
        [item for item in items if isinstance(item, Entry)], [item for item in items if isinstance(item, Rejection)]
    )


ANNOUNCED, SUBMITTED, UPDATED, MONTH = Basis.ANNOUNCED, Basis.SUBMITTED, Basis.UPDATED, Basis.MONTH
NEW, CROSS, REPLACED = Block.NEW, Block.CROSS_LISTED, Block.REPLACED
MOORNET = ("2602.00010", 0, date(2026, 2, 1), SUBMITTED)

ROWS: dict[str, list[Row]] = {
    "01/daily.atom.xml": [
        ("2608.01001", 1, AUG_12, ANNOUNCED, "cs.AI", NEW),
        ("2608.01002", 1, AUG_12, ANNOUNCED, "cs.AI", CROSS),
        ("2503.04003", 3, AUG_12, ANNOUNCED, "cs.AI", REPLACED),
    ],
    "03/daily-mail.txt": [
        ("2306.00001", 0, date(2023, 6, 9), ANNOUNCED, "cs.CV", NEW),
        ("2306.00002", 0, date(2023, 6, 9), ANNOUNCED, "cs.CV", CROSS),
        ("2204.00003", 0, date(2023, 6, 9), ANNOUNCED, "cs.CV", REPLACED),
    ],
    "04/cv-arxiv-daily.json": [("2605.13741", 0, date(2026, 5, 13), SUBMITTED, "unknown", NEW)],
    "04/cv-arxiv-daily.md": [
        ("2605.13741", 0, date(2026, 5, 13), SUBMITTED, "unknown", NEW),
        ("2605.12774", 0, date(2026, 5, 12), SUBMITTED, "unknown", NEW),
    ],
    "05/2026-07-01.jsonl": [("2606.30776", 0, date(2026, 7, 1), ANNOUNCED, "cs.GT", NEW)],
    "05/2026-07-01.md": [("2606.30776", 0, date(2026, 7, 1), ANNOUNCED, "cs.GT", NEW)],
    "06/arxivraw.xml": [("2602.00010", 2, date(2026, 2, 1), SUBMITTED, "cs.CV", NEW)],
    "06/oai_dc.xml": [(*MOORNET, "cs.CV", NEW)],
    "07/s2.json": [(*MOORNET, "unknown", NEW)],
    "07/zotero.ris": [(*MOORNET, "unknown", NEW)],
    "07/zotero.bib": [("2602.00010", 0, date(2026, 2, 1), MONTH, "cs", NEW)],
    "07/csl.json": [(*MOORNET, "unknown", NEW)],
    "08/arxiv.csv": [("2602.00010", 0, date(2026, 2, 3), UPDATED, "cs.CV", NEW)],
    "08/pretty-one.json": [("2602.00010", 1, date(2026, 2, 1), SUBMITTED, "cs.CV", NEW)],
    "08/pretty.json": [("2602.00010", 1, date(2026, 2, 1), SUBMITTED, "cs.CV", NEW)],
    "08/old-kaggle.jsonl": [
        ("0704.0001", 2, date(2008, 11, 26), UPDATED, "hep-ph", NEW),
        ("0704.0002", 1, date(2008, 12, 13), UPDATED, "math.CO", NEW),
        ("2002.00005", 1, date(2020, 2, 3), SUBMITTED, "hep-ph", NEW),
        ("2002.00006", 0, date(2020, 2, 2), UPDATED, "hep-ph", NEW),
        ("2002.00008", 1, date(2020, 2, 2), SUBMITTED, "hep-ph", NEW),
    ],
    "09/list-new.html": [("2608.01001", 0, AUG_12, ANNOUNCED, "cs.CV", NEW)],
    "09/my list.html": [("2608.01001", 0, AUG_12, ANNOUNCED, "cs.CV", NEW)],
    "10/ascending.md": [(f"2608.0100{n}", 0, AUG_12, ANNOUNCED, "cs.CV", NEW) for n in (1, 2, 3)],
    "16/my digests (2026)/12 Aug 2026.md": [(f"2608.0100{n}", 0, AUG_12, ANNOUNCED, "cs.CV", NEW) for n in (1, 2, 3)],
    "18/rollover.md": [
        ("2609.00002", 0, date(2026, 9, 1), ANNOUNCED, "cs.CV", NEW),
        ("2608.31999", 0, date(2026, 9, 1), ANNOUNCED, "cs.CV", NEW),
        ("hep-th/9901001", 0, date(2026, 9, 1), ANNOUNCED, "cs.CV", CROSS),
        ("cs/9912001", 0, date(2026, 9, 1), ANNOUNCED, "cs.CV", CROSS),
        ("cs/0612001", 0, date(2026, 9, 1), ANNOUNCED, "cs.CV", CROSS),
    ],
    "28/asc.md": [
        *((f"2611.0000{n}", 0, date(2026, 11, 27), ANNOUNCED, "cs.CV", NEW) for n in (1, 2, 3)),
        ("2610.90001", 0, date(2026, 11, 27), ANNOUNCED, "cs.CV", CROSS),
    ],
    "30/h01.md": [
        (f"2611.0000{n}", version, date(2026, 11, 27), ANNOUNCED, "cs.CV", NEW)
        for n, version in ((9, 0), (8, 1), (7, 2), (6, 0), (5, 0), (4, 1), (3, 0))
    ],
    "30/h07.jsonl": [
        ("2611.00001", 1, date(2026, 11, 25), SUBMITTED, "cs.CV", NEW),
        ("2611.00002", 1, date(2026, 11, 25), SUBMITTED, "cs.CV", NEW),
        ("2611.00003", 1, date(2026, 11, 25), SUBMITTED, "cs.CV", NEW),
        ("2611.00004", 1, date(2026, 11, 26), UPDATED, "cs.CV", NEW),
        ("2611.00005", 0, date(2026, 11, 25), SUBMITTED, "cs.CV", NEW),
        ("2611.00006", 0, date(2026, 11, 26), UPDATED, "cs.CV", NEW),
    ],
}
REASONS: dict[str, list[str]] = {
    "08/old-kaggle.jsonl": [
        "no arXiv id can be “704.0003”: “704” lacks a digit; a spreadsheet may have taken a leading zero",
        "no arXiv id can be “2001.1001”: “1001” lacks a digit of 5; a spreadsheet may have taken a zero at its end",
        "a paper without title: “2002.00007”",
    ],
}


@pytest.mark.parametrize("name", ROWS)
def test_a_case_is_read_right(cases: Path, name: str) -> None:
    told = read(cases / name)
    assert told.rows == ROWS[name]
    assert [rejection.reason for rejection in told.rejections] == REASONS.get(name, [])


@pytest.mark.parametrize(
    ("name", "texts"),
    [
        (
            "01/daily.atom.xml",
            [
                (
                    "KelpPlan: Planning Harvest Routes with Tide Tables",
                    "KelpPlan schedules boats by tide tables. It saves 17.5% of the fuel.",
                ),
                ("ReefSpeak: Captions for Coral Surveys", "ReefSpeak captions coral. It reaches 31.2 CIDEr."),
                ("OldBuoy: A Baseline, Revised", "OldBuoy is a baseline, with a corrected table."),
            ],
        ),
        (
            "03/daily-mail.txt",
            [
                (
                    "BrineNet: A Network for Salt Crystals that Has a Title over Two Lines",
                    "BrineNet counts salt crystals in brine. It reaches 88.1 F1.",
                ),
                ("A Cross", "A cross abstract."),
                ("A Replacement", ""),
            ],
        ),
        ("05/2026-07-01.md", [("Auctions for Careful Bidders", "We study auctions. Revenue grows by 4.2%.")]),
        ("05/2026-07-01.jsonl", [("Auctions for Careful Bidders", "We study auctions. Revenue grows by 4.2%.")]),
        ("07/zotero.bib", [("MoorNet: Counting Ropes", "MoorNet counts ropes. It reaches 91.0 mAP.")]),
        ("07/s2.json", [("MoorNet: Counting Ropes", "")]),
        ("09/list-new.html", [("KelpPlan", "KelpPlan schedules boats.")]),
    ],
)
def test_the_texts_of_a_case_are_whole(cases: Path, name: str, texts: list[tuple[str, str]]) -> None:
    assert read(cases / name).texts == texts


def test_the_code_of_a_table_is_a_link(cases: Path) -> None:
    first, second = read(cases / "04/cv-arxiv-daily.md").entries
    assert [(link.url, link.is_code) for link in first.paper.links] == [("https://github.com/acme/buoymap", True)]
    assert second.paper.links == ()


def test_a_list_that_goes_on_elsewhere_is_told_from_one_that_ends(cases: Path) -> None:
    raw = (cases / "06/arxivraw.xml").read_text(encoding="utf-8")
    assert read(cases / "06/arxivraw.xml").rejections == []
    assert "></resumptionToken>" in raw


# ---- digests: headings, blocks, categories


@pytest.mark.parametrize("number", range(1, 16))
def test_a_heading_is_read_as_far_as_its_day_exists(cases: Path, number: int) -> None:
    told = read(cases / f"13/h{number}.md")
    reasons = [rejection.reason for rejection in told.rejections]
    if number == 15:
        assert (told.rows, len(reasons)) == ([], 2)
        assert reasons[0] == "“Wed, 31 Feb 2026” is no date; its papers have no day"
        return
    categories = {9: ["cs.CV", "cs.LG"], 10: ["math.AG"], 11: ["hep-th"], 12: ["cond-mat.mes-hall"]}
    assert told.rows == [
        ("2608.01009", 0, AUG_12, ANNOUNCED, category, NEW) for category in categories.get(number, ["cs.CV"])
    ]
    wrong = ["2026-08-12 is no Mon but a Wednesday; the papers are taken as of that date"]
    assert reasons == (wrong if number == 13 else [])


def counts(library: Library, category: str | None = None) -> list[tuple[date, int, int, int, int]]:
    wanted = {category} if category else None
    return [(d.day, d.papers, d.new, d.cross_listed, d.replaced) for d in library.database.days(categories=wanted)]


def test_two_categories_of_a_day_are_counted_apart_and_together(
    cases: Path, library: Library, embedder: WordEmbedder
) -> None:
    ingest([cases / "12"], library, embedder)
    ((day, papers, new, crossed, replaced),) = counts(library)
    assert (day, papers) == (AUG_12, 4)
    assert new + crossed + replaced <= papers
    assert counts(library, "cs.CV") == [(AUG_12, 3, 3, 0, 0)]
    assert counts(library, "cs.CL") == [(AUG_12, 3, 3, 0, 0)]
    both = [p for p in library.papers() if {one.category for one in p.listings} == {"cs.CV", "cs.CL"}]
    assert len(both) == 2


def test_of_three_texts_of_an_id_the_second_version_stands(
    cases: Path, library: Library, embedder: WordEmbedder
) -> None:
    ingest([cases / "17"], library, embedder)
    stored = library.paper("2608.01009")
    assert stored is not None
    assert (stored.paper.version, stored.paper.title) == (2, "RopeNet: Counting Ropes Faster")
    assert {(seen.version, seen.title) for seen in library.database.sightings(stored.row)} == {
        (1, "RopeNet: Counting Ropes"),
        (2, "RopeNet: Counting Ropes Faster"),
    }


def test_announced_and_submitted_are_never_called_each_other(
    cases: Path, library: Library, embedder: WordEmbedder
) -> None:
    ingest([cases / "19"], library, embedder)
    tide = library.paper("2608.02001")
    assert tide is not None
    assert {(one.day, one.basis) for one in tide.listings} == {
        (AUG_11, ANNOUNCED),
        (date(2026, 8, 7), SUBMITTED),
    }
    assert (tide.day, tide.basis, tide.paper.submitted) == (AUG_11, ANNOUNCED, date(2026, 8, 7))
    withdrawn = {stored.paper.title.partition(":")[0] for stored in library.papers() if stored.paper.is_withdrawn}
    assert withdrawn == {"GullTrack", "TernCount"}


# ---- what is broken, and formulas


@pytest.mark.parametrize(("name", "second"), [("raw-lt", "a < b"), ("raw-amp", "a & b & c")])
def test_one_bad_sign_changes_nothing_else(cases: Path, name: str, second: str) -> None:
    told = read(cases / f"22/{name}.xml")
    assert told.rejections == []
    assert [entry.raw_abstract for entry in told.entries] == [
        "PlainOne is significant at p < 0.01 in R&D.",
        f"BreakTwo holds when {second}.",
        "PlainThree is significant at p < 0.05, gains >10% and is used in R&D at AT&T by Köhler.",
    ]


@pytest.mark.parametrize(
    ("name", "place", "said"),
    [
        ("20/math.xml", 0, ["{0,1}^n", "n^(1+ε)", "(a+b)/(n-1)", "‖x‖₂", "x ∉ S"]),
        ("20/math.xml", 1, ["10⁵ events", "10⁻⁴", "m²", "K_L ↛ ππ", "a ≠ b", "c ≠ d"]),
        ("20/math.xml", 2, ["Blocks of Text", "BlockNet reads blocks. It reaches 71.5 F1. BlockNet is small."]),
        ("20/math.xml", 3, ["Une étude du français", "Nous présentons MouetteNet"]),
        ("20/math.xml", 4, ["fb⁻¹", "17.768 ± 0.023 ± 0.006 ps⁻¹"]),
        ("29/math.jsonl", 0, ["(a+b)/c", "1/(n+1)", "x ≠ 0", "‖u‖₂ ≤ C", "{0,1}^n", "xᵢ"]),
        ("29/math.jsonl", 1, ["(a-b)/(c+d)", "A→B"]),
        ("29/idx.jsonl", 0, ["the node xᵢ of highest degree"]),
    ],
)
def test_a_formula_says_what_its_source_says(cases: Path, name: str, place: int, said: list[str]) -> None:
    paper = read(cases / name).entries[place].paper
    text = " ".join(f"{paper.title} {paper.abstract}".split()).replace("ⁿ", "^n")  # the same, said otherwise
    missing = [one for one in said if one.replace(" ", "") not in text.replace(" ", "")]
    assert not missing, text


def test_every_line_of_a_case_in_json_is_a_paper_or_a_reason(cases: Path) -> None:
    for file in sorted(cases.rglob("*.jsonl")):
        told = read(file)
        lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
        assert len(told.entries) + len(told.rejections) == len(lines)
