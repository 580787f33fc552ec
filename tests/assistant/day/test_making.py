"""A page holds every paper of its days once, each under one theme, and quotes only what abstracts say."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant import Daybook
from assistant.answer import Citation
from assistant.day import DayPage, DayPaper, Limits, Theme, day_page
from assistant.day.page import OTHER_TOPICS
from assistant.day.standing_out import standing_out
from assistant.language.days import Period
from assistant.reading.finding import has_figure
from ingest.errors import InputError
from ingest.library import Library
from ingest.paper import Block, Listing, Paper, StoredPaper
from tests.assistant.conftest import SAMPLE_DAYS
from tests.assistant.day.conftest import FRIDAY, MONDAY, TUESDAY
from tests.conftest import WordEmbedder, write_digest

WORDS = [
    "kite",
    "line",
    "bread",
    "tracking",
    "of",
    "deep",
    "the",
    "U-Net",
    "3D",
    "image",
    "segmentation",
    "&lt;b&gt;",
    "-",
]


def ids(page: DayPage) -> list[str]:
    return [paper.stored.paper.arxiv_id for paper in page.papers]


def theme_of(page: DayPage, arxiv_id: str) -> str:
    return next(t.label for t in page.themes if any(p.stored.paper.arxiv_id == arxiv_id for p in t.papers))


def on(day: date) -> Period:
    return Period(day, day)


@pytest.mark.parametrize("day", SAMPLE_DAYS)
def test_every_paper_of_the_day_stands_once(sample_book: Daybook, day: date) -> None:
    page = sample_book.day(on(day))
    assert sorted(ids(page)) == sorted(stored.paper.arxiv_id for stored in sample_book.papers(day))
    assert len({theme.label for theme in page.themes}) == len(page.themes) > 1


@pytest.mark.parametrize("day", SAMPLE_DAYS)
def test_what_a_paper_does_and_found_are_spans_of_its_abstract(sample_book: Daybook, day: date) -> None:
    papers = list(sample_book.day(on(day)).papers)
    for number, paper in enumerate(papers, start=1):
        assert paper.key_sentence is not None
        assert paper.quoted[0] is paper.key_sentence
        for citation in paper.quoted:
            assert (citation.number, citation.arxiv_id) == (number, paper.stored.paper.arxiv_id)
            assert paper.stored.paper.abstract[citation.start : citation.end] == citation.quote != ""
    assert sum(paper.finding is not None for paper in papers) >= 0.8 * len(papers)


@pytest.mark.parametrize("day", SAMPLE_DAYS)
def test_a_sentence_is_not_quoted_twice(sample_book: Daybook, day: date) -> None:
    for paper in sample_book.day(on(day)).papers:
        assert len({citation.start for citation in paper.quoted}) == len(paper.quoted)


def test_new_papers_stand_before_cross_listed_ones_in_a_theme(days_book: Daybook) -> None:
    page = days_book.day(on(MONDAY))
    for theme in page.themes:
        blocks = [paper.listing.block for paper in theme.papers]
        assert blocks == sorted(blocks, key=lambda block: block is Block.CROSS_LISTED)
    assert [paper.listing.block for paper in page.papers].count(Block.CROSS_LISTED) == 2


def test_themes_are_named_by_what_their_papers_say(days_book: Daybook) -> None:
    page = days_book.day(on(MONDAY))
    kites, bread = theme_of(page, "2101.00004"), theme_of(page, "2101.00001")
    assert "line tracking" in kites.lower()
    assert "bread baking" in bread.lower()
    assert theme_of(page, "2101.00009") == theme_of(page, "2101.00005") == kites
    assert theme_of(page, "2101.00008") == OTHER_TOPICS == page.themes[-1].label


def test_a_paper_without_an_abstract_has_no_quote(days_book: Daybook) -> None:
    papers = {paper.stored.paper.arxiv_id: paper for paper in days_book.day(on(MONDAY)).papers}
    assert papers["2101.00008"].key_sentence is None
    code = papers["2101.00009"].code
    assert code is not None
    assert code.url == "https://github.com/kites/sea"
    assert papers["2101.00004"].code is None


def test_over_a_period_a_paper_stands_once_and_as_new_where_it_was_new(days_book: Daybook) -> None:
    page = days_book.day(Period(MONDAY, TUESDAY))
    assert ids(page).count("2101.00004") == 1
    assert len(ids(page)) == 9
    listing = next(paper.listing for paper in page.papers if paper.stored.paper.arxiv_id == "2101.00004")
    assert (listing.day, listing.block) == (MONDAY, Block.NEW)
    assert page.days == (MONDAY, TUESDAY)


def test_on_a_day_of_its_own_the_listing_is_that_days(days_book: Daybook) -> None:
    page = days_book.day(on(TUESDAY))
    listing = next(paper.listing for paper in page.papers if paper.stored.paper.arxiv_id == "2101.00004")
    assert (listing.day, listing.block) == (TUESDAY, Block.CROSS_LISTED)


def test_without_a_period_it_is_the_newest_day(days_book: Daybook) -> None:
    assert days_book.day().days == (FRIDAY,)


def test_a_category_and_a_block_narrow_the_page(days_book: Daybook) -> None:
    assert ids(days_book.day(Period(MONDAY, FRIDAY), category="cs.RO")) == ["2101.00030"]
    page = day_page(days_book.library, on(MONDAY), Limits(block=Block.CROSS_LISTED))
    assert sorted(ids(page)) == ["2101.00008", "2101.00009"]


@pytest.mark.parametrize(
    ("period", "category", "said"),
    [
        (Period(date(2021, 1, 6), date(2021, 1, 7)), "", "5 Jan 2021 (2021-01-05) and 8 Jan 2021 (2021-01-08)"),
        (
            Period.since(date(2022, 1, 1)),
            "",
            "no papers since 1 Jan 2022; the nearest it holds: 8 Jan 2021 (2021-01-08)",
        ),
        (on(MONDAY), "math.CO", "no papers of math.CO; its categories are cs.CV, cs.RO"),
        (on(MONDAY), "cs.RO", "no papers of 4 Jan 2021 within cs.RO"),
    ],
)
def test_what_is_not_held_is_said_in_one_line(days_book: Daybook, period: Period, category: str, said: str) -> None:
    with pytest.raises(InputError) as raised:
        days_book.day(period, category=category)
    assert said in str(raised.value)
    assert "\n" not in str(raised.value)


def test_an_empty_library_has_no_page(book: Daybook) -> None:
    with pytest.raises(InputError, match="the library is empty"):
        book.day()


def test_a_page_is_always_the_same(sample_book: Daybook) -> None:
    period = Period(SAMPLE_DAYS[-1], SAMPLE_DAYS[0])
    assert sample_book.day(period).to_dict() == sample_book.day(period).to_dict()


texts = st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join)
papers_of_a_day = st.lists(st.tuples(texts.filter(str.strip), texts), min_size=1, max_size=25)


@settings(max_examples=8, deadline=None)
@given(papers=papers_of_a_day, crossed=st.integers(0, 5))
def test_whatever_papers_say_each_stands_once(
    tmp_path_factory: pytest.TempPathFactory, papers: list[tuple[str, str]], crossed: int
) -> None:
    folder = tmp_path_factory.mktemp("any")
    listed = [(f"2101.{1000 + n:05}", title, abstract) for n, (title, abstract) in enumerate(papers)][::-1]
    write_digest(folder / "digests", MONDAY, listed[crossed:] or listed, listed[:crossed] if listed[crossed:] else ())
    with Daybook(Library(folder / "library"), WordEmbedder) as book:
        book.ingest([folder / "digests"])
        held = [stored.paper.arxiv_id for stored in book.papers(MONDAY)]
        if held:
            assert sorted(ids(book.day(on(MONDAY)))) == sorted(held)


@pytest.mark.parametrize("day", SAMPLE_DAYS)
def test_of_each_block_papers_that_state_a_result_stand_first(sample_book: Daybook, day: date) -> None:
    page = sample_book.day(on(day))
    for theme in page.themes:
        told = [(paper.listing.block is Block.CROSS_LISTED, paper.result is None) for paper in theme.papers]
        assert told == sorted(told)


@pytest.mark.parametrize("day", SAMPLE_DAYS)
def test_results_stand_out_measured_ones_first_and_each_theme_before_any_has_two(
    sample_book: Daybook, day: date
) -> None:
    page = sample_book.day(on(day))
    assert len(page.standing_out) >= 5
    assert len({paper.stored.row for paper in page.standing_out}) == len(page.standing_out)
    quotes = [paper.result.quote for paper in page.standing_out if paper.result]
    assert len(quotes) == len(page.standing_out)
    measured = [has_figure(quote) for quote in quotes]
    assert measured == sorted(measured, reverse=True)
    of_theme = [theme_of(page, paper.stored.paper.arxiv_id) for paper in page.standing_out]
    once = [theme for theme in page.themes if any(_may_come_first(paper) for paper in theme.papers)]
    first = of_theme[: min(len(once), len(of_theme))]
    assert len(set(first)) == len(first) > 1


def _may_come_first(paper: DayPaper) -> bool:
    return paper.listing.block is Block.NEW and paper.result is not None and has_figure(paper.result.quote)


def test_a_withdrawn_paper_does_not_stand_out() -> None:
    stored = StoredPaper(1, Paper("2101.00001", "Kites", "Kites fly at 9 m.", "", is_withdrawn=True), ())
    quote = Citation(1, "2101.00001", "Kites fly at 9 m.", 0, 17)
    paper = DayPaper(stored, Listing(MONDAY, "cs.CV", Block.NEW, 1), quote, quote)
    kept = replace(paper, stored=replace(stored, paper=replace(stored.paper, is_withdrawn=False)))
    others = Theme(OTHER_TOPICS, (paper,))
    assert standing_out([Theme("Kites", (paper, kept)), others]) == (kept,)
    assert standing_out([Theme("Kites", (paper, kept))]) == ()
    assert kept.finding is None  # it is the key sentence already


@pytest.mark.parametrize(
    "cues",
    [["disease"], ["patient", "therapy", "hospital", "crop", "mri", "satellite"]],
    ids=["one field", "a wider one"],
)
def test_a_day_that_is_all_of_one_field_comes_to_an_end(tmp_path: Path, cues: list[str]) -> None:
    papers = [
        (f"2101.{n:05}", f"Zq{n}x {cues[n % len(cues)]} wv{n}y", f"Ru{n}o {cues[n % len(cues)]} ka{n}i.")
        for n in range(24)
    ]
    digest = write_digest(tmp_path / "digests", MONDAY, papers)
    with Daybook(Library(tmp_path / "library"), WordEmbedder) as book:
        book.ingest([digest])
        assert sorted(ids(book.day(on(MONDAY)))) == [one[0] for one in papers]
