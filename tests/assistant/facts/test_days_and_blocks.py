"""Each day is stated as what it is, blocks add up, and what sources tell of a paper is said."""

from dataclasses import replace
from datetime import date

from assistant import Answer
from assistant.facts import answer_facts
from assistant.question.scope import Scope
from assistant.question.wish import Fact, Wish
from ingest.library import Library
from ingest.paper import UNKNOWN_CATEGORY, Basis, Block, Link
from tests.assistant.told import FRIDAY, TUESDAY, WEDNESDAY, at, save, told_paper

SUBMITTED, UPDATED, MONTH = Basis.SUBMITTED, Basis.UPDATED, Basis.MONTH


def said(library: Library, *facts: Fact, target: str = "TideLens", scope: Scope | None = None) -> Answer:
    answer = answer_facts("?", scope or Scope("?"), Wish(facts, (target,) if target else ()), library)
    assert answer is not None
    return answer


def of_library(library: Library, fact: Fact, scope: Scope | None = None) -> tuple[str, ...]:
    return said(library, fact, target="", scope=scope).facts


# ---- the days of a paper


def test_announced_and_submitted_are_two_days(library: Library) -> None:
    paper = told_paper("2608.02001", "TideLens: Seeing Through Spray", submitted=FRIDAY)
    save(library, paper, at(FRIDAY, basis=SUBMITTED), at(TUESDAY))
    expected = "was announced on 11 Aug 2026 (cs.CV); submitted on 7 Aug 2026."
    assert said(library, "days").facts == (f"“{paper.title}” {expected}",)
    assert said(library, "held").facts[0].startswith("Yes.")
    assert said(library, "held").facts[1].endswith(expected)
    (reference,) = said(library, "days").references
    assert (reference.day, reference.basis) == (TUESDAY, Basis.ANNOUNCED)


def test_a_day_of_submission_is_no_announcement(library: Library) -> None:
    save(library, told_paper("2608.02001", "TideLens", submitted=FRIDAY), at(FRIDAY, basis=SUBMITTED))
    answer = said(library, "days")
    assert answer.facts == (
        "“TideLens” was submitted on 7 Aug 2026.",
        "No announcement of “TideLens” is known to the library.",
    )
    assert "arXiv:2608.02001, submitted 7 Aug 2026, https" in answer.text
    assert "listed" not in said(library, "held").text


def test_a_month_and_a_change_are_called_so(library: Library) -> None:
    save(library, told_paper("2602.02001", "TideLens"), at(date(2026, 2, 1), basis=MONTH), at(FRIDAY, basis=UPDATED))
    facts = said(library, "days").facts
    assert facts[0] == "“TideLens” appeared in February 2026 (its day is not known)."
    assert facts[1] == "The record of “TideLens” was last changed on 7 Aug 2026."
    assert "1 Feb" not in said(library, "days", "place", "held").text


def test_a_place_is_one_of_an_announcement(library: Library) -> None:
    paper = told_paper("2608.02001", "TideLens")
    save(library, paper, at(FRIDAY, basis=SUBMITTED, position=5), at(TUESDAY, block=Block.REPLACED, position=3))
    assert said(library, "place").facts == (
        "“TideLens” is number 3 of cs.CV on 11 Aug 2026, listed as a replacement.",
    )  # fmt: skip


def test_without_an_announcement_there_is_no_place(library: Library) -> None:
    save(library, told_paper("2608.02001", "TideLens"), at(FRIDAY, basis=SUBMITTED, position=5))
    (fact,) = said(library, "block").facts
    assert fact.startswith("“TideLens” is new in cs.CV (submitted 7 Aug 2026); no announcement")


# ---- what else is told of a paper


def test_all_categories_that_are_told_are_said_the_primary_one_first(library: Library) -> None:
    save(library, told_paper("2608.02001", "TideLens", categories=["cs.RO", "cs.AI", "cs.CV"]), at(TUESDAY, "cs.CV"))
    assert said(library, "category").facts == (
        "“TideLens” is of the categories cs.RO and cs.AI and cs.CV, its primary one first.",
    )  # fmt: skip


def test_authors_are_named_where_a_source_told_them(library: Library) -> None:
    save(library, told_paper("2608.02001", "TideLens", authors=["A. Author", "B. Author"]), at(TUESDAY))
    save(library, told_paper("2608.02002", "GullTrack"), at(TUESDAY, position=2))
    assert said(library, "authors").facts == ("“TideLens” is by A. Author, B. Author.",)
    (fact,) = said(library, "authors", target="GullTrack").facts
    assert "no authors of this paper" in fact
    assert fact.endswith("https://arxiv.org/abs/2608.02002")


def test_a_withdrawn_paper_is_said_to_be(library: Library) -> None:
    save(library, told_paper("2608.02001", "TideLens", is_withdrawn=True), at(TUESDAY))
    answer = said(library, "link")
    assert answer.facts[1:] == ("“TideLens” is withdrawn.",)
    assert "11 Aug 2026, withdrawn, https" in answer.text
    assert "11 Aug 2026, withdrawn, https" in said(library, "papers", target="").text


# ---- counts


def three_blocks(library: Library) -> None:
    """New, cross-listed, replaced, and one that is new in one category and cross-listed in another."""
    save(library, told_paper("2608.01001", "KelpPlan"), at(WEDNESDAY, "cs.AI"))
    save(library, told_paper("2608.01002", "ReefSpeak"), at(WEDNESDAY, "cs.AI", Block.CROSS_LISTED))
    save(library, told_paper("2503.04003", "OldBuoy"), at(WEDNESDAY, "cs.AI", Block.REPLACED))
    both = at(WEDNESDAY, "cs.CV"), at(WEDNESDAY, "cs.AI", Block.CROSS_LISTED, position=4)
    save(library, told_paper("2608.01005", "CraneCap"), *both)


def test_blocks_add_up_to_the_papers(library: Library) -> None:
    three_blocks(library)
    counts = "2 new, 1 cross-listed, 1 replaced"
    assert of_library(library, "count") == (f"The library holds 4 papers: {counts}.",)
    assert of_library(library, "days")[1:] == (f"12 Aug 2026: {counts}",)
    assert of_library(library, "newest") == (f"The newest day of the library is 12 Aug 2026: {counts} papers.",)
    assert "On average a day has 4.0 papers" in of_library(library, "average")[0]
    assert "12 Aug 2026: 4 papers" in of_library(library, "most")[0]


def test_each_block_by_itself_has_as_many_as_the_whole_says(library: Library) -> None:
    three_blocks(library)
    for block, count in ((Block.NEW, "2 new"), (Block.CROSS_LISTED, "1 cross-listed"), (Block.REPLACED, "1 replaced")):
        assert f"holds {count} paper" in of_library(library, "count", Scope("?", block=block))[0]
        assert f"12 Aug 2026: {count} paper" in of_library(library, "most", Scope("?", block=block))[0]
    of_ai = Scope("?", categories=frozenset({"cs.AI"}))
    assert "1 new, 2 cross-listed, 1 replaced" in of_library(library, "count", of_ai)[0]


def test_a_list_has_new_ones_first_and_replaced_ones_last(library: Library) -> None:
    three_blocks(library)
    answer = said(library, "papers", target="")
    assert [reference.title for reference in answer.references] == ["KelpPlan", "CraneCap", "ReefSpeak", "OldBuoy"]
    assert "new before cross-listed before replaced" in answer.facts[0]


def test_days_are_those_of_the_papers_within_the_limits(library: Library) -> None:
    three_blocks(library)
    save(library, told_paper("2608.02001", "TideLens"), at(TUESDAY, "cs.CV"))
    of_ai = Scope("?", categories=frozenset({"cs.AI"}))
    assert of_library(library, "days", of_ai)[1:] == ("12 Aug 2026: 1 new, 2 cross-listed, 1 replaced",)
    assert of_library(library, "day_count", Scope("?", block=Block.REPLACED))[0].startswith("The library holds 1 day")
    nothing = Scope("?", with_code=True)
    for fact in ("days", "average", "most", "newest"):
        assert of_library(library, fact, nothing)[0].startswith("The library holds 0 papers")


def test_what_a_day_is_the_day_of_is_said_with_the_count(library: Library) -> None:
    save(library, told_paper("2608.02001", "TideLens"), at(FRIDAY, basis=SUBMITTED), at(TUESDAY))
    save(library, told_paper("2608.02002", "GullTrack"), at(FRIDAY, basis=SUBMITTED))
    assert of_library(library, "count", Scope("?", days=frozenset({FRIDAY})))[1:] == (
        "For 2 of them 7 Aug 2026 is the day of submission, not of an announcement.",
    )
    assert len(of_library(library, "count", Scope("?", days=frozenset({TUESDAY})))) == 1
    assert of_library(library, "days")[1:] == (
        "11 Aug 2026: 1 new, 0 cross-listed",
        "7 Aug 2026: 2 new, 0 cross-listed (2 of them submitted or changed then, not announced)",
    )


def test_categories_are_told_so_that_they_add_up(library: Library) -> None:
    save(library, told_paper("2608.01009", "AnchorNet"), at(WEDNESDAY, "cs.CV"), at(WEDNESDAY, "cs.CL", position=3))
    save(library, told_paper("2608.01005", "CraneCap"), at(WEDNESDAY, "cs.CV"), at(WEDNESDAY, "cs.CL"))
    save(library, told_paper("2608.01002", "BuoyGAN"), at(WEDNESDAY, "cs.CV", position=2))
    save(library, told_paper("2608.00777", "DockTalk"), at(WEDNESDAY, "cs.CL", position=2))
    assert of_library(library, "category") == (
        "The library holds papers of 2 categories: cs.CL (3 papers), cs.CV (3 papers).",
        "2 are of several categories and counted in each; it is 4 papers in all.",
        "cs.CL: 3 papers, 2 of them also of cs.CV",
        "cs.CV: 3 papers, 2 of them also of cs.CL",
    )
    of_cl = Scope("?", categories=frozenset({"cs.CL"}))
    assert of_library(library, "count", of_cl)[1:] == ("2 papers of cs.CL are of cs.CV as well.",)


# ---- what is not known


def test_the_first_of_a_month_is_no_day_of_papers_of_which_only_the_month_is_known(library: Library) -> None:
    for number in range(1, 4):
        save(library, told_paper(f"2608.0200{number}", f"Kite {number}"), at(date(2026, 8, 1), basis=MONTH))
    save(library, told_paper("2608.02009", "TideLens"), at(TUESDAY))
    assert of_library(library, "most")[0].startswith("The most papers were listed on 11 Aug 2026: 1 paper")
    assert "11 Aug 2026" in of_library(library, "oldest")[0]
    assert of_library(library, "average")[0].startswith("On average a day has 1.0 papers")
    assert of_library(library, "days")[-1] == "August 2026, the day not known: 3 papers"


def test_a_category_that_no_source_told_is_none(library: Library) -> None:
    save(library, told_paper("2608.02001", "TideLens"), at(TUESDAY, category=UNKNOWN_CATEGORY))
    save(library, told_paper("2608.02002", "Gulls"), at(TUESDAY), at(TUESDAY, category=UNKNOWN_CATEGORY))
    assert said(library, "category").facts == ("No source told the category of “TideLens”.",)
    assert said(library, "category", target="Gulls").facts == ("“Gulls” is listed in cs.CV.",)
    assert of_library(library, "category") == (
        "The library holds papers of 1 category: cs.CV (1 paper).",
        "Of 1 paper no source told the category.",
    )


def test_code_that_the_abstract_does_not_give_is_not_said_to_stand_in_it(library: Library) -> None:
    link = Link("https://github.com/tide/lens", is_code=True)
    save(library, replace(told_paper("2608.02001", "TideLens"), links=(link,)), at(TUESDAY))
    assert said(library, "code").facts == (
        "A source of “TideLens” names this code beside the abstract: https://github.com/tide/lens",
    )
