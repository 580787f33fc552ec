"""The limits that a question names hold for what is searched, cited and offered, and nothing else limits."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant import Answer, Daybook
from assistant.language.terms import question_terms
from assistant.question.scope import Scope, kept_scope, read_scope, scope_of, with_limits
from ingest.library import Library
from ingest.listings import Holdings
from ingest.paper import Block, StoredPaper
from tests.assistant.conftest import SAMPLE_DAYS, SAMPLE_PAPERS, sample_id
from tests.conftest import WordEmbedder, write_digest

THIRD = date(2026, 11, 3)
TODAY = date(2026, 11, 5)
HOLDINGS = Holdings(tuple(sorted(SAMPLE_DAYS)), frozenset({"cs.CV"}))


def read(question: str) -> Scope:
    return read_scope(question, HOLDINGS, TODAY)


def days_found(book: Daybook, question: str) -> set[date]:
    return {result.day for result in book.search(question, 2 * SAMPLE_PAPERS)}


@pytest.mark.parametrize(
    "day",
    [
        "2026-11-03",
        "2026-11-3",
        "3.11.2026",
        "03.11.2026",
        "3 November 2026",
        "3 november, 2026",
        "3 Nov 2026",
        "3 Nov. 2026",
        "3rd of November 2026",
        "November 3, 2026",
        "NOVEMBER 3 2026",
        "Nov 3rd, 2026",
    ],
)
@pytest.mark.parametrize("question", ["What was new on {}?", "{}: polyps", "polyps ({})"])
def test_a_day_in_any_form_limits_the_search(word_book: Daybook, day: str, question: str) -> None:
    assert days_found(word_book, question.format(day)) == {THIRD}


MONTHS = "January February March April May June July August September October November December".split()  # noqa: SIM905


@pytest.mark.parametrize("number", range(1, 13))
@pytest.mark.parametrize("form", ["9 {} 2026", "{} 9, 2026"])
def test_every_month_is_known_long_and_short(word_book: Daybook, number: int, form: str) -> None:
    month = MONTHS[number - 1]
    for spelt in {month, month[:3]}:
        answer = word_book.ask(f"Which polyps were found on {form.format(spelt)}?")
        assert answer.abstained
        assert f"9 {month[:3]} 2026" in answer.text


def test_a_day_holds_all_its_papers(word_book: Daybook) -> None:
    found = word_book.search("polyps of 2026-11-02", SAMPLE_PAPERS)
    assert {result.arxiv_id for result in found} == {
        stored.paper.arxiv_id for stored in word_book.papers(date(2026, 11, 2))
    }


def test_several_days_are_searched_together(word_book: Daybook) -> None:
    assert days_found(word_book, "polyps on 2 Nov 2026 and on 2026-11-04") == {date(2026, 11, 2), date(2026, 11, 4)}
    assert days_found(word_book, "polyps on 4.11.2026 or November 5, 2026") == {date(2026, 11, 4)}


@pytest.mark.parametrize("day", ["5 November 2026", "2025-11-03", "3.11.2062"])
def test_a_day_that_is_not_held_has_no_papers(word_book: Daybook, day: str) -> None:
    assert word_book.search(f"polyps on {day}") == []


@pytest.mark.parametrize(
    "day", ["2026-02-30", "2026-13-01", "2026-11-00", "31 June 2026", "32 November 2026", "0.11.2026", "Feb 29, 2026"]
)
def test_an_impossible_day_is_no_day(word_book: Daybook, day: str) -> None:
    assert days_found(word_book, f"polyps on {day}") == set(SAMPLE_DAYS)
    assert days_found(word_book, f"polyps on {day} or 2026-11-03") == {THIRD}


@pytest.mark.parametrize(
    "question",
    [
        "an error of 3.14",
        "layers of 1024-2048-4 units",
        "a budget of 8/255",
        "version 1.2.3 of PyTorch 2.9.1",
        "a rate of 2613.12026 and 9900.2026",
        "papers like 9901.00031, please",
        "Which papers cite arXiv:9901.00031?",
        "Which new methods are there?",
        "Does WakeMem release code?",
        "QR codes with code lengths",
        "Does WakeMem come with code?",
        "methods that deal with code",
        "deep networks trained with code",
        "What is segmentation with code?",
        "112.11.2026 or 3.11.20261",
        "images of 640x192 in 2026",
        "VOC 2026 and COCO 2025",
        "the 36-epoch schedule of ResNet-50",
        "May we use 3 views of 2026 scenes?",
        "marching 3 days, 2026 steps",
        "November 2026 and 3 November",
        "12026-11-03 2026-11-034 2026-11",
    ],
)
def test_other_numbers_set_no_limit(word_book: Daybook, question: str) -> None:
    assert len(word_book.search(question, 2 * SAMPLE_PAPERS)) == SAMPLE_PAPERS


@pytest.mark.parametrize("question", ["2026-11-03: {}", "{}, 3 November 2026", "{} of Tuesday, November 3rd 2026"])
def test_the_day_itself_is_not_searched_for(word_book: Daybook, question: str) -> None:
    topic = "polyp segmentation"
    found = word_book.search(question.format(topic), SAMPLE_PAPERS)
    of_that_day = replace(word_book.finder.understood(topic), days=frozenset({THIRD}))  # words count more in scope
    expected = word_book.finder.rank(of_that_day, question_terms(topic), SAMPLE_PAPERS)
    assert [(r.arxiv_id, r.score) for r in found] == [(p.stored.paper.arxiv_id, p.score) for p in expected]
    assert {result.day for result in found} == {THIRD}


# ---- limits other than days


@pytest.mark.parametrize(
    ("question", "limits"),
    [
        ("What does 9901.00031 propose?", {"arxiv_ids": {"9901.00031"}}),
        ("Summarise arXiv:2005.11295v2", {"arxiv_ids": {"2005.11295"}}),
        (
            "https://arxiv.org/abs/2005.11295 or https://arxiv.org/pdf/2005.11034v1.pdf",
            {"arxiv_ids": {"2005.11295", "2005.11034"}},
        ),
        ("What is cs/0501001 about?", {"arxiv_ids": {"cs/0501001"}}),
        ("What is cs.CV/0501001v1 about?", {"arxiv_ids": {"cs/0501001"}}),
        ("cs.LG papers on polyps", {"categories": {"cs.LG"}}),
        ("papers of cs.LG, eess.IV and stat.ml", {"categories": {"cs.LG", "eess.IV", "stat.ML"}}),
        ("the physics.med-ph papers", {"categories": {"physics.med-ph"}}),
        ("cross-listed papers", {"block": Block.CROSS_LISTED}),
        ("Among the cross lists, who treats polyps?", {"block": Block.CROSS_LISTED}),
        ("new submissions on polyps", {"block": Block.NEW}),
        ("papers without cross-lists", {"block": Block.NEW}),
        ("new papers of 3 November 2026", {"block": Block.NEW, "days": {THIRD}}),
        ("Which papers on polyps come with code?", {"with_code": True}),
        ("works that publish their source code on GitHub", {"with_code": True}),
        ("methods whose code is publicly available", {"with_code": True}),
        ("https://doi.org/10.48550/arXiv.2005.11295", {"arxiv_ids": {"2005.11295"}}),
        ("What is arXiv.2005.11295 about?", {"arxiv_ids": {"2005.11295"}}),
        ("cross-lists with code", {"block": Block.CROSS_LISTED, "with_code": True}),
        ("deblurring with code from 3 November 2026", {"days": {THIRD}, "with_code": True}),
    ],
)
def test_every_kind_of_limit_is_read(question: str, limits: dict[str, object]) -> None:
    names = ("days", "arxiv_ids", "categories", "block", "with_code")
    scope = read(question)
    assert {name: getattr(scope, name) for name in names if getattr(scope, name)} == limits
    assert scope.description
    assert not scope.is_open


@pytest.mark.parametrize(
    ("question", "rest", "description"),
    [
        (
            "Which papers on polyps appeared between 2 and 3 November 2026?",
            "Which papers on polyps appeared?",
            "2–3 Nov 2026",
        ),
        ("3 November 2026: polyps", "polyps", "3 Nov 2026"),
        ("polyps (2026-11-03)", "polyps", "3 Nov 2026"),
        ("In the digest of 3 November 2026, who treats polyps?", "who treats polyps?", "3 Nov 2026"),
        ("What about polyps, except on 3 November 2026?", "What about polyps?", "without 3 Nov 2026"),
        (
            "cross-listed papers of 3 November 2026 with code on polyps",
            "polyps",
            "3 Nov 2026, cross-listed, with code",
        ),
        ("cs.CV papers about polyps", "papers about polyps", "cs.CV"),
        ("Compare 9901.00031 and 9901.00032.", "Compare.", "arXiv:9901.00031, arXiv:9901.00032"),
        ("pruning papers with code of 2026", "pruning papers", "2026, with code"),
        ("Which loss is used in 9901.00031?", "Which loss is used?", "arXiv:9901.00031"),
        ("What is new in segmentation?", "What is new in segmentation?", ""),
    ],
)
def test_the_words_of_the_limits_are_taken_out_and_said(question: str, rest: str, description: str) -> None:
    scope = read(question)
    assert (scope.rest, scope.description) == (rest, description)


@given(st.text(max_size=300))
def test_any_text_can_be_read(text: str) -> None:
    scope = read(text)
    assert scope.is_open <= (not scope.description or scope.days is None)
    if not scope.description:
        assert (scope.rest, scope.is_open) == (text, True)


PIECES = """cs.CV cs.LG 9901.00031 arXiv: like new papers submissions cross-listed not with code that release their
    GitHub on of 3 November 2026 2026-11-03 and , . ? polyps""".split()  # noqa: SIM905


@given(st.lists(st.sampled_from(PIECES), max_size=16).map(" ".join))
def test_nothing_but_words_of_the_question_is_left(question: str) -> None:
    scope = read(question)
    assert set(scope.rest.replace(",", " ").replace(".", " ").replace("?", " ").split()) <= set(
        question.replace(",", " ").replace(".", " ").replace("?", " ").split()
    )
    assert read(scope.rest).days is None or scope.days is not None


# ---- the papers within


CODE = "Code is at https://github.com/kites/{}."


@pytest.fixture(scope="module")
def mixed_library(tmp_path_factory: pytest.TempPathFactory) -> Iterable[Library]:
    """Two days, two categories, papers that are new in one and cross-listed in the other, some with code."""
    folder = tmp_path_factory.mktemp("mixed")
    first, second = date(2021, 1, 4), date(2021, 1, 5)

    def paper(number: int) -> tuple[str, str, str]:
        return f"2101.{number:05}", f"On Kites {number}", f"Kites fly. {CODE.format(number) if number % 3 == 0 else ''}"

    write_digest(folder, first, [paper(n) for n in (6, 5, 4)], [paper(n) for n in (3, 2)], name="a.md")
    write_digest(folder, first, [paper(n) for n in (3, 2, 1)], [paper(6)], category="cs.LG", name="b.md")
    write_digest(folder, second, [paper(n) for n in (9, 8, 7)], [paper(n) for n in (3, 1)], name="c.md")
    write_digest(folder, second, [paper(10)], [paper(9)], category="cs.LG", name="d.md")
    with Library(folder / "library") as library:
        Daybook(library, WordEmbedder).ingest([folder])
        yield library


def fits(stored: StoredPaper, scope: Scope) -> bool:
    """A naive reading of a scope: a paper is of the first block that it has within the days and categories."""
    blocks = {
        listing.block
        for listing in stored.listings
        if (scope.days is None or listing.day in scope.days)
        and (scope.categories is None or listing.category in scope.categories)
    }
    first = next((block for block in Block if block in blocks), None)
    return (
        first is not None
        and (scope.block is None or first is scope.block)
        and (scope.arxiv_ids is None or stored.paper.arxiv_id in scope.arxiv_ids)
        and (scope.with_code is None or scope.with_code == any(link.is_code for link in stored.paper.links))
    )


def some(values: Iterable[object]) -> st.SearchStrategy[frozenset[object] | None]:
    return st.none() | st.frozensets(st.sampled_from(sorted(values)), max_size=3)  # type: ignore[type-var]


@given(
    st.builds(
        Scope,
        st.just(""),
        days=some([date(2021, 1, 4), date(2021, 1, 5), date(2021, 1, 6)]),
        arxiv_ids=some(f"2101.{number:05}" for number in range(1, 13)),
        categories=some(["cs.CV", "cs.LG", "cs.RO"]),
        block=st.none() | st.sampled_from(Block),
        with_code=st.none() | st.booleans(),
    )
)
def test_within_limits_lies_what_a_naive_reading_finds(mixed_library: Library, scope: Scope) -> None:
    rows = mixed_library.rows_within(
        days=scope.days,
        categories=scope.categories,
        block=scope.block,
        arxiv_ids=scope.arxiv_ids,
        with_code=scope.with_code,
    )
    assert rows.tolist() == sorted(stored.row for stored in mixed_library.papers() if fits(stored, scope))


def test_what_is_held_is_read_anew_after_a_change(tmp_path: Path) -> None:
    with Library(tmp_path / "library") as library:
        assert library.holdings() == Holdings()
        book = Daybook(library, WordEmbedder)
        for day, category in ((date(2021, 1, 5), "cs.CV"), (date(2021, 1, 4), "cs.LG")):
            write_digest(tmp_path, day, [("2101.00001", "On Kites", "Kites fly.")], category=category)
            book.ingest([tmp_path / f"{day}.md"])
        assert library.holdings() == Holdings((date(2021, 1, 4), date(2021, 1, 5)), frozenset({"cs.CV", "cs.LG"}))
        assert library.holdings() is library.holdings()


# ---- what the user sees


def shown(answer: Answer) -> set[str]:
    return {cited.arxiv_id for cited in answer.references} | {near.arxiv_id for near in answer.nearest}


LIMITS = [
    "of 3 November 2026",
    "except those of 3 November 2026",
    "since 3 November 2026",
    "from yesterday",
    "in the oldest digest",
    "with code",
    "that were cross-listed",
    "among the new submissions of 2 November 2026",
    "in cs.LG",
    "of June 2020",
    "in 9901.00031",
    "cross-listed on 4 November 2026 with code",
]


@pytest.mark.parametrize("limit", LIMITS)
@pytest.mark.parametrize("topic", ["polyps", "vessels in harbours", "the boiling point of ethanol", "WakeMem"])
def test_no_paper_outside_of_the_limits_is_cited_or_offered(word_book: Daybook, limit: str, topic: str) -> None:
    book = Daybook(word_book.library, WordEmbedder, today=lambda: TODAY)
    question = f"Which papers {limit} treat {topic}?"
    scope = read(question)
    assert not scope.is_open
    answer = book.ask(question)
    assert answer.understood[0].startswith(scope.description)
    allowed = {stored.paper.arxiv_id for stored in book.papers() if fits(stored, scope)}
    assert shown(answer) <= allowed
    assert {result.arxiv_id for result in book.search(question, SAMPLE_PAPERS)} == allowed
    assert answer.abstained or allowed


@pytest.mark.parametrize(
    ("question", "said"),
    [
        (
            "polyps of 3–10 June 2020",
            "It holds no digest of 3–10 Jun 2020; its days are 4 Nov 2026, 3 Nov 2026, 2 Nov 2026.",
        ),
        (
            "polyps in August 2025",
            "It holds no digest of August 2025; its days are 4 Nov 2026, 3 Nov 2026, 2 Nov 2026.",
        ),
        ("What does arXiv:1706.03762 propose?", "It does not hold arXiv:1706.03762."),
        ("cs.LG papers on polyps", "It holds no papers of cs.LG, only of cs.CV."),
        (
            f"What did {sample_id(31)} bring on 2 November 2026?",
            f"No paper of it fits all of: arXiv:{sample_id(31)}, 2 Nov 2026.",
        ),
    ],
)
def test_what_is_not_held_is_named(word_book: Daybook, question: str, said: str) -> None:
    answer = word_book.ask(question)
    assert answer.abstained
    assert said in answer.text
    assert not shown(answer)


def test_what_is_only_partly_held_is_answered_and_named(sample_book: Daybook) -> None:
    answer = sample_book.ask("Which papers on 3 and 5 November 2026 treat polyps?")
    assert answer.understood == ("3 Nov 2026, 5 Nov 2026 (not held: 5 Nov 2026)",)
    assert shown(answer)


def test_of_many_days_the_nearest_are_named(tmp_path: Path) -> None:
    with Library(tmp_path / "library") as library:
        book = Daybook(library, WordEmbedder)
        for number in range(1, 9):
            write_digest(tmp_path, date(2021, number, 4), [(f"2101.{number:05}", "On Kites", f"Kites {number} fly.")])
        book.ingest([tmp_path])
        text = book.ask("kites on 1 March 2021").text
        assert "no digest of 1 Mar 2021; of its 8 days the nearest are 4 May 2021, 4 Apr 2021, 4 Mar 2021" in text


@pytest.mark.model
def test_a_misspelt_word_is_shown_as_it_was_read(sample_book: Daybook) -> None:
    answer = sample_book.ask("Which papers are about polyp segmentaion?")
    assert answer.understood == ("read “segmentaion” as “segmentation”",)
    assert answer.to_dict()["understood"] == list(answer.understood)
    assert sample_book.search("polyp segmentaion").understood == answer.understood
    assert sample_book.ask("Which papers are about polyp segmentation?").understood == ()


def test_today_is_the_day_on_which_it_is_asked(word_book: Daybook) -> None:
    for today in SAMPLE_DAYS:
        book = Daybook(word_book.library, WordEmbedder, today=lambda today=today: today)  # type: ignore[misc]
        assert days_found(book, "Which papers on polyps appeared today?") == {today}


# ---- limits of a former question


def merged(former: str, newer: str) -> Scope:
    return with_limits(read(former), read(newer), HOLDINGS.days)


def test_a_newer_limit_takes_the_place_of_the_former_of_its_kind() -> None:
    scope = merged("polyps of 3 November 2026 with code", "and of 4 November 2026?")
    assert (scope.days, scope.with_code) == (frozenset({date(2026, 11, 4)}), True)


def test_what_is_left_out_is_left_out_of_what_was_asked_for() -> None:
    scope = merged("papers of November 2026", "except 3 November 2026")
    assert scope.days == frozenset(SAMPLE_DAYS) - {THIRD}
    assert scope.description == "November 2026, without 3 Nov 2026"


def test_a_category_is_either_asked_for_or_left_out() -> None:
    assert merged("papers not in cs.CV", "only cs.CV").without == frozenset()
    assert merged("cs.CV papers", "not cs.CV please").categories is None
    assert merged("papers in cs.ZZ", "with code").missing == ("cs.ZZ",)


def test_what_an_older_daybook_kept_as_left_out_stays_so() -> None:
    scope = read("papers except those of 3 November 2026")
    kept = kept_scope(scope)
    older = {name: value for name, value in kept.items() if name != "without_periods"}
    older["without"] = kept["without_periods"]
    assert scope_of(kept, HOLDINGS.days) == scope_of(older, HOLDINGS.days) == scope
    assert scope.excluded
