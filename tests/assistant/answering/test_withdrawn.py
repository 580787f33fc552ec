"""No withdrawn paper is quoted, cited, listed or compared without being said to be one; no day is called another."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from assistant import Answer, Daybook
from assistant.answer import Closest, NearPaper
from assistant.answer.table import ComparisonTable
from assistant.answering.contract import AnswerBuilder, DraftClaim, closest_passages
from assistant.comparing.build import Comparer
from assistant.comparing.formats import TableFormat, written
from assistant.conversation.history import Conversation
from assistant.face.ui.compare_markup import comparison_html
from assistant.face.ui.markup import answer_html, sources_html
from assistant.llm.prompt import _numbered
from ingest.library import Library
from ingest.paper import Basis, StoredPaper
from tests.assistant.conftest import evidence_from, stored_paper
from tests.assistant.told import FRIDAY, TUESDAY, at, save, told_paper
from tests.conftest import WordEmbedder


@pytest.fixture
def withdrawn() -> StoredPaper:
    """A withdrawn paper of which only the day of submission is known."""
    stored = stored_paper()
    (listing,) = stored.listings
    paper = replace(stored.paper, is_withdrawn=True)
    return replace(stored, paper=paper, listings=(replace(listing, basis=Basis.SUBMITTED),))


def answer_from(stored: StoredPaper) -> Answer:
    builder = AnswerBuilder("?", [stored], [stored])
    builder.add(DraftClaim("It begins here.", (evidence_from(stored, 0, 15),)))
    return builder.answer()


SAID = "submitted 4 Jan 2021, withdrawn"


def test_an_answer_says_it_beside_the_quote(withdrawn: StoredPaper) -> None:
    answer = answer_from(withdrawn)
    assert answer.text.startswith(f"A Title ({SAID}): “It begins here.” [1]")
    assert f"- A Title ({SAID}, arXiv:2101.00001)" in answer.text
    assert answer.references[0].dated == SAID


def test_a_closest_passage_says_it(withdrawn: StoredPaper) -> None:
    answer = closest_passages("?", "", [evidence_from(withdrawn, 0, 15)], [withdrawn])
    assert f"A Title ({SAID}, arXiv:2101.00001): “It begins here.”" in answer.text


def test_a_language_model_is_told(withdrawn: StoredPaper) -> None:
    assert f"(arXiv 2101.00001, {SAID})" in _numbered([evidence_from(withdrawn, 0, 15)])


def test_the_page_says_it_at_the_quote_the_reference_and_the_source(withdrawn: StoredPaper) -> None:
    answer = answer_from(withdrawn)
    shown = "submitted\u00a04\u00a0Jan\u00a02021, withdrawn"
    assert answer_html(answer, 1).count(shown) == 3
    assert shown in sources_html(answer, {"2101.00001": withdrawn}, 1)
    closest = closest_passages("?", "", [evidence_from(withdrawn, 0, 15)], [withdrawn])
    assert shown in answer_html(closest, 1)


def test_an_exported_conversation_says_it(withdrawn: StoredPaper) -> None:
    now = datetime.now(UTC)
    kept = Conversation("a" * 32, "?", now, now, (answer_from(withdrawn),))
    assert f"[1] A Title, {SAID}, arXiv:2101.00001" in kept.to_text()
    assert f"1. A Title, {SAID}, [arXiv:2101.00001]" in kept.to_markdown()


def test_json_has_the_basis_and_what_an_older_daybook_kept_has_its_default(withdrawn: StoredPaper) -> None:
    answer = replace(
        answer_from(withdrawn),
        nearest=(NearPaper("1", "T", FRIDAY, "", Basis.MONTH),),
        closest=(Closest("1", "q", 0, 1, 0.5),),
    )
    data = json.loads(json.dumps(answer.to_dict()))
    assert (data["references"][0]["basis"], data["references"][0]["is_withdrawn"]) == ("submitted", True)
    assert data["near"][0]["basis"] == "within-month"
    assert Answer.from_dict(data) == answer
    for paper in (*data["references"], *data["nearest"]):
        del paper["basis"], paper["is_withdrawn"]
    old = Answer.from_dict(data)
    assert (old.references[0].basis, old.nearest[0].basis) == (Basis.ANNOUNCED, Basis.ANNOUNCED)


def test_a_comparison_says_it_in_every_form(library: Library) -> None:
    save(library, told_paper("2608.02001", "TideLens: Seeing Boats", is_withdrawn=True), at(TUESDAY))
    save(library, told_paper("2608.02002", "GullTrack: Following Boats"), at(TUESDAY, position=2))
    comparison = Comparer(library, lambda: None).compare(library.papers())
    for as_format in (TableFormat.TABLE, TableFormat.MARKDOWN, TableFormat.CSV, TableFormat.LATEX, TableFormat.JSON):
        assert "withdrawn" in written(comparison, as_format), as_format
    text = written(comparison, TableFormat.TABLE)
    assert "- TideLens (withdrawn) [1]: " in text
    assert "GullTrack (withdrawn)" not in text
    assert "withdrawn" in comparison_html(comparison, 1)
    table = comparison.table
    assert ComparisonTable.from_dict(json.loads(json.dumps(table.to_dict()))) == table


def test_a_ranked_paper_says_it(library: Library) -> None:
    save(library, told_paper("2608.02001", "TideLens", is_withdrawn=True), at(FRIDAY, basis=Basis.SUBMITTED))
    (found,) = Daybook(library, WordEmbedder).search("boats")
    assert found.dated == "submitted 7 Aug 2026, withdrawn"
    assert (found.to_dict()["basis"], found.to_dict()["is_withdrawn"]) == ("submitted", True)
