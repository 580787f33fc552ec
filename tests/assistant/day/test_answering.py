"""An overview in the chat obeys the answer's contract, whatever it leaves to the whole page."""

from dataclasses import asdict

import pytest

from assistant import Answer, Daybook
from assistant.day.answering import command_of, page_answer
from assistant.face.ui.markup import answer_html
from assistant.language.days import Period
from assistant.question.scope import Scope
from eval.answer_checks import faults, held_papers
from tests.assistant.conftest import SAMPLE_DAYS, cited_ids, markers, shown_ids
from tests.assistant.day.conftest import MONDAY


def headings(answer: Answer) -> list[str]:
    return list(dict.fromkeys(claim.heading for claim in answer.claims))


def test_a_day_of_few_papers_is_told_whole(days_book: Daybook) -> None:
    answer = days_book.ask("What happened on 4 January 2021?")
    assert answer.facts[0] == "The library holds 8 papers of 4 Jan 2021: 6 new, 2 cross-listed."
    assert len(answer.references) == 7  # one has no abstract to quote
    assert len(headings(answer)) == 2
    assert answer.understood == ("4 Jan 2021",)
    assert "daybook day 2021-01-04" in answer.facts[-1]


def test_of_a_larger_day_the_most_telling_papers_of_each_theme_are_told(sample_book: Daybook) -> None:
    page = sample_book.day(Period(SAMPLE_DAYS[-1], SAMPLE_DAYS[0]))
    answer = sample_book.ask("what's new since 1 November 2026?")
    themes = [theme for theme in page.themes if not theme.is_other]
    assert len(headings(answer)) == len(themes)
    assert [heading.split(" (")[0] for heading in headings(answer)] == [theme.label for theme in themes]
    assert len(themes) <= len(answer.references) <= 30
    shown, total = len(answer.references), sum(1 for _ in page.papers)
    assert f"Shown here are {shown} of the {total} papers" in answer.facts[-2]
    assert answer.facts[-1].endswith("daybook day --since 2026-11-02 --until 2026-11-04")


@pytest.mark.parametrize(
    "question", ["what's new?", "Summarise 3 November 2026", "What happened in medical imaging in November 2026?"]
)
def test_nothing_is_wrong_with_its_citations(sample_book: Daybook, question: str) -> None:
    answer = sample_book.ask(question)
    assert answer.claims
    assert faults(answer.to_dict(), held_papers(sample_book.library.folder), None) == []
    assert sorted(set(markers(answer.text))) == list(range(1, len(answer.references) + 1))


def test_a_theme_narrows_it(sample_book: Daybook) -> None:
    answer = sample_book.ask("What happened in medical imaging in November 2026?")
    whole = sample_book.day(Period(SAMPLE_DAYS[-1], SAMPLE_DAYS[0]), theme="medical imaging")
    assert set(cited_ids(answer)) <= {paper.stored.paper.arxiv_id for paper in whole.papers}
    assert "on medical imaging" in answer.facts[0]


def test_where_no_paper_is_on_the_theme_all_are_shown_and_that_is_said(days_book: Daybook) -> None:
    answer = days_book.ask("Give me an overview of volcanology on 4 January 2021")
    assert "“volcanology”" in answer.note
    assert len(answer.references) == 7


def test_a_day_that_is_not_held_is_an_abstention_that_names_the_nearest(days_book: Daybook) -> None:
    answer = days_book.ask("what happened on 6 January 2021?")
    assert answer.abstained
    assert "5 Jan 2021" in answer.text


def test_what_is_new_is_the_newest_day(days_book: Daybook) -> None:
    assert cited_ids(days_book.ask("what's new?")) == ["2101.00030"]


def test_headings_survive_being_kept(days_book: Daybook) -> None:
    answer = days_book.ask("What happened on 4 January 2021?")
    assert Answer.from_dict(answer.to_dict()).claims == answer.claims
    before = answer.to_dict()
    for claim in before["claims"]:
        del claim["heading"]  # as an older Daybook kept it
    assert {claim.heading for claim in Answer.from_dict(before).claims} == {""}


def test_the_page_shows_each_heading_once(days_book: Daybook) -> None:
    answer = days_book.ask("What happened on 4 January 2021?")
    html = answer_html(answer, 1)
    assert html.count('<h3 class="heading">') == len(headings(answer)) == 2
    assert html.index("heading") < html.index("passage")


def test_a_follow_up_goes_on_from_it(days_book: Daybook) -> None:
    first = days_book.ask("What happened on 4 January 2021?")
    second = days_book.ask("What does the first one propose?", history=[first])
    assert shown_ids(second) == cited_ids(first)[:1]


@pytest.mark.parametrize("question", ["and on 8 January 2021?", "What about 8 January 2021?"])
def test_after_an_overview_another_day_is_told(days_book: Daybook, question: str) -> None:
    first = days_book.ask("What happened on 4 January 2021?")
    assert cited_ids(days_book.ask(question, history=[first])) == ["2101.00030"]


def test_the_command_names_every_limit(days_book: Daybook) -> None:
    page = days_book.day(Period(MONDAY, MONDAY), theme="sourdough bread", category="cs.CV")
    assert command_of(page) == 'daybook day 2021-01-04 --theme "sourdough bread" --category cs.CV'
    assert page_answer("Q", page, Scope("Q"), command_of(page)).claims
    assert asdict(page.limits)["theme"] == "sourdough bread"
