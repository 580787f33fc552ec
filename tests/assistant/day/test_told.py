"""A page of papers that were replaced, submitted without an announcement, or withdrawn; and of one author's."""

import pytest

from assistant import Daybook
from assistant.answer import Answer
from assistant.day.answering import answer_day
from assistant.day.formats import to_html, to_markdown
from assistant.day.making import day_page, papers_listed
from assistant.day.page import DayPage, Limits
from assistant.face.ui.day_markup import calendar_html, day_html
from assistant.language.days import Period
from assistant.question.scope import Scope
from ingest.library import Library
from ingest.paper import Basis, Block
from tests.assistant.told import FRIDAY, TUESDAY, WEDNESDAY, at, save, told_paper
from tests.conftest import WordEmbedder


@pytest.fixture
def told(library: Library) -> Library:
    """Wednesday: one paper of each block, the last withdrawn. Friday: two that were submitted, one announced later."""
    save(library, told_paper("2503.04003", "OldBuoy", is_withdrawn=True), at(WEDNESDAY, block=Block.REPLACED))
    save(library, told_paper("2608.01002", "ReefSpeak"), at(WEDNESDAY, block=Block.CROSS_LISTED, position=2))
    save(library, told_paper("2608.01001", "KelpPlan", authors=["Ana Author"]), at(WEDNESDAY, position=3))
    tide = told_paper("2608.02001", "TideLens", authors=["A. Author"], categories=["cs.CV", "cs.RO"], submitted=FRIDAY)
    save(library, tide, at(FRIDAY, basis=Basis.SUBMITTED), at(TUESDAY))
    save(library, told_paper("2608.02002", "GullTrack"), at(FRIDAY, basis=Basis.SUBMITTED, position=2))
    return library


def page(library: Library, period: Period, author: str = "") -> DayPage:
    return day_page(library, period, Limits(author=author))


def chat(library: Library, scope: Scope) -> Answer:
    answer = answer_day("?", scope, library)
    assert answer is not None
    return answer


WEDNESDAYS, FRIDAYS = Period(WEDNESDAY, WEDNESDAY), Period(FRIDAY, FRIDAY)


def test_new_ones_come_first_and_replaced_ones_last(told: Library) -> None:
    shown = page(told, WEDNESDAYS)
    assert [paper.stored.paper.title for paper in shown.papers] == ["KelpPlan", "ReefSpeak", "OldBuoy"]
    assert shown.opening[0] == "The library holds 3 papers of 12 Aug 2026: 1 new, 1 cross-listed, 1 replaced."
    data = shown.to_dict()
    assert [data[name] for name in ("papers", "new", "cross_listed", "replaced", "unannounced")] == [3, 1, 1, 1, 0]
    assert [stored.paper.title for stored in told.papers(WEDNESDAY)] == ["KelpPlan", "ReefSpeak", "OldBuoy"]


def test_the_papers_of_a_page_are_in_the_order_of_its_blocks(told: Library) -> None:
    listed = papers_listed(told, [WEDNESDAY], Limits())
    assert [stored.paper.title for stored, _ in listed] == ["KelpPlan", "ReefSpeak", "OldBuoy"]


def test_a_day_of_submission_is_said_to_be_one(told: Library) -> None:
    shown = page(told, FRIDAYS)
    assert shown.opening[1] == "For 2 of them 7 Aug 2026 is the day of submission, not of an announcement."
    assert shown.to_dict()["unannounced"] == 2
    (paper,) = (one for one in shown.papers if one.stored.paper.title == "TideLens")
    data = paper.to_dict()
    told_of_it = (data["day"], data["basis"], data["authors"], data["categories"], data["submitted"])
    assert told_of_it == ("2026-08-07", "submitted", ["A. Author"], ["cs.CV", "cs.RO"], "2026-08-07")
    for text in (to_markdown(shown), to_html(shown), day_html(shown).replace("\u00a0", " ")):
        assert text.count("submitted 7 Aug 2026") == 2


def test_a_period_with_the_announcement_shows_that(told: Library) -> None:
    (paper,) = (one for one in page(told, Period(FRIDAY, TUESDAY)).papers if one.stored.paper.title == "TideLens")
    assert (paper.listing.day, paper.listing.basis) == (TUESDAY, Basis.ANNOUNCED)


def test_replaced_and_withdrawn_ones_are_marked_everywhere(told: Library) -> None:
    shown = page(told, WEDNESDAYS)
    for text in (to_markdown(shown), to_html(shown), day_html(shown)):
        assert text.count("withdrawn") == text.count("replaced · withdrawn") == 1
    answer = chat(told, Scope("?", days=frozenset({WEDNESDAY})))
    assert "- OldBuoy (withdrawn): “" in answer.text
    assert answer.text.count("withdrawn") == 1


def test_the_calendar_counts_every_paper(told: Library) -> None:
    html = calendar_html(told.days(), 0)
    assert 'title="12 Aug 2026: 1 new, 1 cross-listed, 1 replaced">12 <small>3</small>' in html
    assert 'title="7 Aug 2026: 2 new, 0 cross-listed (2 not announced on it)">7 <small>2</small>' in html


def test_a_page_is_narrowed_to_an_author(told: Library) -> None:
    shown = page(told, WEDNESDAYS, author="author, a")
    assert [paper.stored.paper.title for paper in shown.papers] == ["KelpPlan"]
    assert shown.title == "12 Aug 2026: by author, a"
    assert shown.opening[0].startswith("The library holds 1 paper by author, a of 12 Aug 2026: 1 new")
    assert shown.to_dict()["author"] == "author, a"
    answer = chat(told, Scope("?", days=frozenset({WEDNESDAY}), author="author", description="by author"))
    assert [reference.title for reference in answer.references] == ["KelpPlan"]
    book = Daybook(told, WordEmbedder)
    assert [paper.stored.paper.title for paper in book.day(WEDNESDAYS, author="ANA").papers] == ["KelpPlan"]
