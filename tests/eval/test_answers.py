"""Whole answers are measured over the sample with the real parts, kept, compared and reported."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from lxml import html
from typer.testing import CliRunner

import eval.answer_run
from assistant import Daybook
from assistant.answer import Answer
from assistant.llm.settings import LlmSettings
from eval.answer_checks import held_papers
from eval.answer_compare import answer_pairs, compare_answers
from eval.answer_looking import Outside, Timed, looked_at
from eval.answer_metrics import holds_text
from eval.answer_results import AnswerSuiteResult, answer_path, read_answers
from eval.answer_run import AnswerOutcome, AnswerWish, chosen_llm, printed, run_answers
from eval.answer_suites import ANSWER_SUITES, AnswerCase, chosen_answer_suites
from eval.answers import LLM_WRITER, QUOTING, abstention_outcomes, spread
from eval.citation_engine import BASELINE
from eval.cli import eval_cli
from eval.corpora import CORPORA, corpus_items
from eval.judging import SentenceJudge
from eval.results import Version, write_result
from ingest.embedding import OnnxEmbedding
from ingest.errors import InputError
from ingest.paper import Entry
from tests.assistant.conftest import sample_id
from tests.assistant.llm.fake_llm import Handler, fake_llm, saying
from tests.eval.test_citation_engine import completing

Measure = Callable[..., AnswerOutcome]
QUESTION = "What mIoU does KerbFirst reach on Cityscapes?"
CASE = AnswerCase("c1", "number", QUESTION, True, frozenset({sample_id(14)}), ("81.7%",))


@pytest.fixture(scope="module")
def outcome(real_embedder: OnnxEmbedding, tmp_path_factory: pytest.TempPathFactory) -> AnswerOutcome:
    """The sample, measured once without real data, as a clean commit."""
    folder = tmp_path_factory.mktemp("answers")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DAYBOOK_DATA", str(folder / "absent"))
        patch.setattr(eval.answer_run, "current_version", lambda: Version("abc", is_dirty=False))
        wish = AnswerWish(("sample",), None, None, folder / "out", folder / "work")
        return run_answers(wish, lambda: real_embedder, lambda _: None)


@pytest.fixture
def result(outcome: AnswerOutcome) -> AnswerSuiteResult:
    (found,) = outcome.suites
    return found


@pytest.fixture(scope="module")
def outside(sample_book: Daybook) -> Outside:
    library = sample_book.library
    return Outside(held_papers(library.folder), library.papers(), SentenceJudge(sample_book.embedder))


def test_the_sample_is_answered_and_measured(result: AnswerSuiteResult) -> None:
    assert (result.suite, result.writer, result.papers, len(result.questions)) == ("sample", QUOTING, 42, 9)
    means = result.kinds[""]
    assert means["exact quotes"].estimate.mean == means["supported"].estimate.mean == 1
    assert means["own words"].estimate.mean == 0
    assert means["answered"].questions == means["cites gold"].questions == 6
    assert means["abstained"].questions == 3
    assert means["cites gold"].estimate.mean > 0.8
    assert result.faults == {}
    assert all(0 < one.first_milliseconds <= one.milliseconds for one in result.questions)
    assert all(one.floor_milliseconds > 0 for one in result.questions)


def test_the_measures_of_abstaining_are_over_all_questions(outcome: AnswerOutcome) -> None:
    outcomes = abstention_outcomes(outcome.suites)
    assert [is_answerable for is_answerable, _ in outcomes].count(True) == 6
    refused = [is_answerable for is_answerable, was_refused in outcomes if was_refused]
    assert outcome.abstention.precision == refused.count(False) / len(refused)


def test_results_and_report_are_kept(outcome: AnswerOutcome, result: AnswerSuiteResult) -> None:
    assert read_answers(answer_path(outcome.report.parent, "sample", QUOTING, "abc")) == result
    page = html.parse(str(outcome.report))
    assert page.findtext(".//h1") == "How good the answers are"
    assert len(page.findall(".//section")) == 1
    text = printed(outcome, as_json=False)
    assert "inexact quote          0" in text
    assert str(outcome.report) in text
    data = json.loads(printed(outcome, as_json=True))
    assert data["suites"][0]["questions"] == []
    assert data["suites"][0]["kinds"][""]["exact quotes"]["estimate"]["mean"] == 1


# ---- the harness can fail


def spoilt(answer: Answer, quote: str) -> Answer:
    """An answer whose first quote, and the sentence that stands on it, are others."""
    (claim, *others) = answer.claims
    citation = replace(claim.citations[0], quote=quote)
    claims = (replace(claim, sentence=quote, citations=(citation,)), *others)
    return replace(answer, claims=claims, text=answer.text.replace(claim.sentence, quote))


def test_a_sound_answer_has_every_value(sample_book: Daybook, outside: Outside) -> None:
    asked = looked_at(CASE, Timed(sample_book.ask(QUESTION), 1, 2, 1), outside)
    assert asked.faults == ()
    assert asked.values.pop("own words") == 0
    assert set(asked.values.values()) == {1.0}
    assert asked.values.keys() >= {"answered", "cites gold", "holds one", "exact quotes", "citation precision"}


def test_a_wrong_quote_is_found(sample_book: Daybook, outside: Outside) -> None:
    answer = sample_book.ask(QUESTION)
    wrong = spoilt(answer, answer.claims[0].sentence.replace("1", "9").replace("e", "3"))
    asked = looked_at(CASE, Timed(wrong, 1, 2, 1), outside)
    assert "inexact quote" in {kind for kind, _ in asked.faults}
    assert asked.values["exact quotes"] < 1


def test_a_sentence_that_its_quote_does_not_say_is_found(sample_book: Daybook, outside: Outside) -> None:
    answer = sample_book.ask(QUESTION)
    (claim, *_) = answer.claims
    false = replace(answer, claims=(replace(claim, sentence="PebbleDet counts 512 strawberries in Vienna."),))
    asked = looked_at(CASE, Timed(false, 1, 2, 1), outside)
    assert asked.unsupported == ("PebbleDet counts 512 strawberries in Vienna.",)
    assert asked.values["supported"] == asked.values["citation recall"] == asked.values["citation precision"] == 0


def test_a_wrong_paper_a_missing_number_and_a_refusal_are_found(sample_book: Daybook, outside: Outside) -> None:
    answer = sample_book.ask(QUESTION)
    other = looked_at(replace(CASE, gold=frozenset({sample_id(1)})), Timed(answer, 1, 2, 1), outside)
    assert (other.values["cites gold"], other.values["holds one"]) == (0, 0)
    number = looked_at(replace(CASE, wanted=("81.9%",), are_numbers=True), Timed(answer, 1, 2, 1), outside)
    assert (number.values["holds one"], number.values["holds all"]) == (0, 0)
    refused = looked_at(CASE, Timed(sample_book.ask("What does PriorGAN propose?"), 1, 2, 1), outside)
    assert (refused.values["answered"], refused.values["cites gold"]) == (0, 0)
    rightly = replace(CASE, is_answerable=False, gold=frozenset(), wanted=())
    assert looked_at(rightly, Timed(answer, 1, 2, 1), outside).values["abstained"] == 0


def test_a_paper_of_another_day_is_found(sample_book: Daybook, outside: Outside) -> None:
    cases = [case for suite in ANSWER_SUITES if suite.name == "retrieval" for case in suite.cases(None)]
    limited = next(case for case in cases if case.scope is not None)
    asked = looked_at(replace(limited, gold=frozenset()), Timed(sample_book.ask(QUESTION), 1, 2, 1), outside)
    assert asked.values["in scope"] == 0
    assert "out of scope" in {kind for kind, _ in asked.faults}


# ---- the LLM writer and its baseline


def test_with_a_language_model_the_baseline_is_asked_too(
    real_embedder: OnnxEmbedding, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DAYBOOK_DATA", str(tmp_path / "absent"))

    def reply(handler: Handler) -> None:
        is_streamed = handler.fake.asked[-1].get("stream", False)
        (saying if is_streamed else completing)("Vienna counts 512 strawberries [1]. It reaches 99.9% [9].")(handler)

    with fake_llm(reply) as fake:
        wish = AnswerWish(("sample",), LlmSettings(fake.url, "fake"), 2, tmp_path / "out", tmp_path / "work")
        found = run_answers(wish, lambda: real_embedder, lambda _: None)
    own, baseline = found.suites
    assert (own.writer, baseline.writer) == (LLM_WRITER, BASELINE)
    assert own.faults == {}
    assert baseline.faults == {"dangling citation": 2}
    assert own.kinds[""]["supported"].estimate.mean == 1  # what is not supported was replaced by a quote
    assert baseline.kinds[""]["citation recall"].estimate.mean == 0
    text = printed(found, as_json=False)
    assert all(name in text for name in (BASELINE, "replaced by a quote", "answers with a note"))


def test_a_writer_must_be_known_and_have_a_server() -> None:
    assert chosen_llm(QUOTING, "", "") is None
    with pytest.raises(InputError, match="no writer “x”; there are: quoting, llm"):
        chosen_llm("x", "", "")
    with pytest.raises(InputError, match="--llm-url"):
        chosen_llm(LLM_WRITER, "", "m")


# ---- suites, comparison, command line


def test_every_own_case_is_read_and_its_own() -> None:
    for suite in ANSWER_SUITES:
        if suite.is_own:
            cases = suite.cases(None)
            assert len({case.id for case in cases}) == len(cases) > 0
    (facts,) = chosen_answer_suites(["facts"], Path())
    assert len(facts.cases(None)) == 40
    assert all(case.gold and case.wanted and case.is_answerable for case in facts.cases(None))


def test_real_facts_stand_in_their_abstracts(data_folder: Path) -> None:
    entries = [item for item in corpus_items(CORPORA["five-days"], data_folder) if isinstance(item, Entry)]
    abstracts = {entry.paper.arxiv_id: entry.paper.abstract for entry in entries}
    (facts,) = chosen_answer_suites(["facts"], data_folder)
    for case in facts.cases(data_folder):
        (gold,) = case.gold
        assert all(holds_text(abstracts[gold], wanted) for wanted in case.wanted), case.id


def test_real_suites_are_read(data_folder: Path) -> None:
    counts = {suite.name: len(suite.cases(data_folder)) for suite in chosen_answer_suites([], data_folder)}
    assert counts["numbers"] == 111
    assert (counts["absent"], counts["summaries"], counts["unanswerable"]) == (303, 91, 160)
    (days,) = chosen_answer_suites(["same-dataset"], data_folder)
    assert all(
        case.scope and case.scope.allows_day(date.fromisoformat(case.id[:10])) for case in days.cases(data_folder)
    )


def test_unknown_suites_and_missing_data_are_told() -> None:
    with pytest.raises(InputError, match="no suite “x” of answers"):
        chosen_answer_suites(["x"], None)
    with pytest.raises(InputError, match="facts needs real data"):
        chosen_answer_suites(["facts"], None)


def test_a_limit_is_spread_over_all_cases() -> None:
    cases = [replace(CASE, id=str(number)) for number in range(9)]
    assert [case.id for case in spread(cases, 3)] == ["0", "3", "6"]
    assert spread(cases, None) == spread(cases, 50) == cases


def test_two_commits_are_compared_question_by_question(result: AnswerSuiteResult, tmp_path: Path) -> None:
    (first, *others) = result.questions
    worse = replace(first, values={**first.values, "cites gold": 0.0})
    later = replace(result, version=Version("def", is_dirty=False), questions=(worse, *others))
    for one in (result, later):
        write_result(answer_path(tmp_path, one.suite, one.writer, one.version), one)
    ((former, present),) = answer_pairs("abc", "def", tmp_path)
    found = compare_answers(former, present)
    assert found.differences["cites gold"].mean == pytest.approx(-1 / 6)
    assert [(change.id, change.changed, change.gain < 0) for change in found.changes] == [
        (first.id, {"cites gold": (1.0, 0.0)}, True)
    ]
    shown = CliRunner().invoke(eval_cli, ["compare", "abc", "def", "--out", str(tmp_path)])
    assert f"worse  {first.id}" in shown.stdout
    files = [str(path) for path in sorted(tmp_path.glob("*.json"))]
    assert CliRunner().invoke(eval_cli, ["compare", *files]).stdout == shown.stdout
    with pytest.raises(InputError, match="share no question"):
        compare_answers(result, replace(result, questions=()))
    nothing = CliRunner().invoke(eval_cli, ["compare", "abc", "123", "--out", str(tmp_path)])
    assert isinstance(nothing.exception, InputError)
