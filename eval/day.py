"""How whole, exact, fast and readable the pages of days are, beside two other ways to their themes.

What a day lists, and what abstracts say, is read from SQLite by statements of its own.
"""

import random
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np

from assistant.day import DayPage, day_page
from assistant.day.background import Background
from assistant.day.fields import known_fields
from assistant.day.phrases import phrases_of
from assistant.day.themes import Group, grouped
from assistant.language.days import Period
from eval.day_grouping import grouped_first
from eval.day_metrics import holds, is_readable, random_within_cosine, silhouette, within_cosine
from ingest.library import Library
from ingest.paper import StoredPaper
from ingest.sqlite import SqliteFile
from ingest.words import stems_of

_FILE = "daybook.sqlite3"
REAL_DAYS = tuple(date.fromisoformat(d) for d in ("2019-05-29", "2020-04-02", "2020-05-25", "2020-11-19", "2021-04-22"))
SAMPLED_DAYS = 20
_SAMPLED_YEAR = 2019

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class PageCheck:
    """What is right of one page; `seconds` from opening the library to the page, `cpu_seconds` those spent on it."""

    day: date
    listed: int
    missing: int
    duplicates: int
    quotes: int
    inexact: int
    without_quote: int
    seconds: float
    cpu_seconds: float


@dataclass(frozen=True, slots=True)
class Grouping:
    """A way to themes, measured on one day: cosines of pairs, shares of papers and of labels."""

    themes: int
    papers: int
    others: int
    cosine: float
    random_cosine: float
    silhouette: float
    readable: int
    holding_label: int
    holding_cue: int


@dataclass(frozen=True, slots=True)
class DayReport:
    """The pages of all days, and how each way to themes did on them."""

    pages: tuple[PageCheck, ...]
    groupings: Mapping[str, tuple[Grouping, ...]]

    @property
    def is_clean(self) -> bool:
        """Whether every paper stands once on its page, and every quote is exact."""
        return not any(page.missing or page.duplicates or page.inexact for page in self.pages)

    def lines(self) -> list[str]:
        """The report for a person."""
        total = sum(page.listed for page in self.pages)
        quotes = sum(page.quotes for page in self.pages)
        return [
            f"days                     {len(self.pages)}, {total} papers",
            f"missing, twice           {sum(p.missing for p in self.pages)}, {sum(p.duplicates for p in self.pages)}",
            f"key sentences            {quotes}, {sum(p.inexact for p in self.pages)} inexact,"
            f" {sum(p.without_quote for p in self.pages)} papers without",
            f"time, p50 and max        {_middle_and_most([page.seconds for page in self.pages])}",
            f"of it on the processor   {_middle_and_most([page.cpu_seconds for page in self.pages])}",
            "",
            "themes                      a day  other   cosine  random  silhouette  readable  label held  or cue",
            *(_row(name, groupings) for name, groupings in self.groupings.items()),
        ]


def _middle_and_most(seconds: Sequence[float]) -> str:
    return f"{sorted(seconds)[len(seconds) // 2]:.2f} s, {max(seconds):.2f} s"


def _row(name: str, groupings: Sequence[Grouping]) -> str:
    themes, papers = sum(g.themes for g in groupings), sum(g.papers for g in groupings)
    others = sum(g.others for g in groupings)
    under = max(papers - others, 1)
    cosine, chance, shape = (
        float(np.mean([getattr(g, field) for g in groupings])) for field in ("cosine", "random_cosine", "silhouette")
    )
    return (
        f"{name:<26} {themes / len(groupings):6.1f}  {others / max(papers, 1):5.3f}  {cosine:7.3f}  {chance:6.3f}"
        f"  {shape:10.3f}  {sum(g.readable for g in groupings) / max(themes, 1):8.3f}"
        f"  {sum(g.holding_label for g in groupings) / under:10.3f}"
        f"  {sum(g.holding_cue for g in groupings) / under:6.3f}"
    )


def measured_days(library: Library, seed: int) -> list[date]:
    """The real days that a library holds, and some of its other days of 2019, always the same for a seed."""
    held = library.holdings().days
    others = [day for day in held if day.year == _SAMPLED_YEAR and day not in REAL_DAYS]
    drawn = random.Random(seed).sample(others, min(SAMPLED_DAYS, len(others)))
    return sorted([*drawn, *(day for day in held if day in REAL_DAYS)])


def measure(folders: Sequence[Path], days_of: Callable[[Library], Sequence[date]], tell: Tell) -> DayReport:
    """Make the pages of some days of each library, and check and group them."""
    pages: list[PageCheck] = []
    groupings: dict[str, list[Grouping]] = {}
    for folder in folders:
        with Library(folder, create=False) as library:
            for day in days_of(library):
                pages.append(check_page(folder, day))
                for name, grouping in _groupings(library, day).items():
                    groupings.setdefault(name, []).append(grouping)
                tell(f"{day} of {folder.name}")
    return DayReport(tuple(pages), {name: tuple(found) for name, found in groupings.items()})


# ---- the page


def check_page(folder: Path, day: date) -> PageCheck:
    """Make the page of a day anew, with the library opened for it, and compare it with what SQLite holds."""
    start, cpu_start = time.perf_counter(), time.process_time()
    with Library(folder, create=False) as library:
        page = day_page(library, Period(day, day))
        seconds, cpu_seconds = time.perf_counter() - start, time.process_time() - cpu_start
    listed = _listed(folder, day)
    return replace(compared(page, listed), seconds=seconds, cpu_seconds=cpu_seconds)


def _listed(folder: Path, day: date) -> dict[str, str]:
    """The abstracts of the papers that a day lists, by their arXiv ids."""
    file = SqliteFile(folder / _FILE)
    try:
        query = "SELECT arxiv_id, abstract FROM papers WHERE row IN (SELECT paper FROM listings WHERE day = ?)"
        return dict(file.rows(query, (day.isoformat(),)))
    finally:
        file.close()


def compared(page: DayPage, listed: Mapping[str, str]) -> PageCheck:
    """What is right of a page, given the abstracts of all papers that its days list; it took no time."""
    shown = Counter(paper.stored.paper.arxiv_id for paper in page.papers)
    cited = [paper.key_sentence for paper in page.papers if paper.key_sentence is not None]
    quoted = [one for paper in page.papers for one in paper.quoted]
    inexact = [one for one in quoted if listed.get(one.arxiv_id, "")[one.start : one.end] != one.quote or not one.quote]
    return PageCheck(
        page.days[0],
        len(listed),
        len(listed.keys() - shown.keys()),
        sum(count - 1 for count in shown.values()) + len(shown.keys() - listed.keys()),
        len(cited),
        len(inexact),
        shown.total() - len(cited),
        seconds=0.0,
        cpu_seconds=0.0,
    )


# ---- the themes


def _groupings(library: Library, day: date) -> dict[str, Grouping]:
    """Each way to themes on a day; the one that groups first gets as many groups as Daybook has themes."""
    papers = library.papers(day)
    vectors = Background(library, papers).own_vectors
    found = phrases_of(papers)
    ours = grouped(papers, found, library)
    count = max(2, sum(group.label is not None for group in ours))
    ways = {
        "daybook": ours,
        "own phrases alone": grouped(papers, found, library, fields=()),
        "grouped first, then named": grouped_first(papers, library, min(count, len(papers))),
    }
    return {name: measured(groups, papers, vectors) for name, groups in ways.items()}


def measured(groups: Sequence[Group], papers: Sequence[StoredPaper], vectors: np.ndarray) -> Grouping:
    """One way's groups on one day; what has no label takes no part in the cosines."""
    named = [(group.label, group.places) for group in groups if group.label is not None]
    places = [places for _, places in named]
    texts = [f"{stored.paper.title}\n{stored.paper.abstract}" for stored in papers]
    cues = {field.label: field.cues for field in known_fields()}
    return Grouping(
        themes=len(named),
        papers=len(papers),
        others=sum(len(group.places) for group in groups if group.label is None),
        cosine=within_cosine(vectors, places),
        random_cosine=random_within_cosine(vectors, places),
        silhouette=silhouette(vectors, places),
        readable=sum(is_readable(label.text) for label, _ in named),
        holding_label=sum(holds(texts[p], [stems_of(label.text)]) for label, some in named for p in some),
        holding_cue=sum(
            holds(texts[p], [stems_of(label.text), *cues.get(label.text, ())]) for label, some in named for p in some
        ),
    )
