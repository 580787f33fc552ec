"""One answer looked at from outside: every measure that applies to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assistant.answer import Answer
from eval.answer_checks import HeldPaper, citations_in, faults
from eval.answer_metrics import Judge, Statement, citation_precision, citation_recall, holds_number, holds_text
from eval.answer_results import AnsweredQuestion
from eval.answer_suites import AnswerCase
from eval.citation_engine import CitedText
from ingest.paper import StoredPaper


@dataclass(frozen=True, slots=True)
class Outside:
    """What an answer is compared with: the papers as SQLite holds them, as listed, and the judge of sentences."""

    held: Mapping[str, HeldPaper]
    papers: Sequence[StoredPaper]
    judge: Judge


@dataclass(frozen=True, slots=True)
class Timed:
    """An answer, and the milliseconds to its first claim, to its end, and of the floor beside it."""

    answer: Answer
    first: float
    whole: float
    floor: float


def looked_at(case: AnswerCase, timed: Timed, outside: Outside) -> AnsweredQuestion:
    """Everything that is measured of one answer, read as the JSON that a user gets."""
    answer = timed.answer.to_dict()
    wrong = faults(answer, outside.held, case.allowed(outside.papers))
    statements = [
        Statement(claim["sentence"], tuple(citation["quote"] for citation in claim["citations"]))
        for claim in answer["claims"]
    ]
    unsupported = tuple(one.sentence for one in statements if not outside.judge(one.sentence, one.cited))
    values = _rightness(case, answer) | _judged(statements, unsupported, outside.judge)
    replaced = sum(claim["is_replaced"] for claim in answer["claims"])
    citations = len(citations_in(answer))
    if citations:
        inexact = sum(fault.kind in {"inexact quote", "foreign paper"} for fault in wrong)
        values["exact quotes"] = max(0.0, 1 - inexact / citations)
        if case.scope is not None:
            values["in scope"] = float(all(fault.kind != "out of scope" for fault in wrong))
    return AnsweredQuestion(
        case.id,
        case.kind,
        case.question,
        case.is_answerable,
        answer["abstained"],
        answer["answer"],
        tuple(reference["arxiv_id"] for reference in answer["references"]),
        citations,
        replaced,
        answer["note"],
        tuple((fault.kind, fault.text) for fault in wrong),
        unsupported,
        values,
        round(timed.first, 3),
        round(timed.whole, 3),
        round(timed.floor, 3),
    )


def baseline_looked_at(case: AnswerCase, read: CitedText, times: tuple[float, float], judge: Judge) -> AnsweredQuestion:
    """What can be measured of the baseline's answer, which has no quotes and no sign of an abstention.

    `times` are the milliseconds of the answer and of the floor.
    """
    unsupported = tuple(one.sentence for one in read.statements if not judge(one.sentence, one.cited))
    said = "\n".join(one.sentence for one in read.statements)
    return AnsweredQuestion(
        case.id,
        case.kind,
        case.question,
        case.is_answerable,
        abstained=False,
        text=read.text,
        cited=read.cited,
        citations=read.citations,
        replaced=0,
        note="",
        faults=tuple(("dangling citation", f"[{number}]") for number in read.dangling),
        unsupported=unsupported,
        values=_right_papers_and_words(case, read.cited, said) | _judged(read.statements, unsupported, judge),
        first_milliseconds=round(times[0], 3),
        milliseconds=round(times[0], 3),
        floor_milliseconds=round(times[1], 3),
    )


def _rightness(case: AnswerCase, answer: dict[str, Any]) -> dict[str, float]:
    values: dict[str, float] = {}
    if case.is_answerable is not None:
        values["answered" if case.is_answerable else "abstained"] = float(answer["abstained"] is not case.is_answerable)
    said = "\n".join([*(claim["sentence"] for claim in answer["claims"]), *answer["facts"]])
    return values | _right_papers_and_words(case, [one["arxiv_id"] for one in answer["references"]], said)


def _right_papers_and_words(case: AnswerCase, cited: Sequence[str], said: str) -> dict[str, float]:
    cites_gold = not case.gold.isdisjoint(cited)
    values = {"cites gold": float(cites_gold)} if case.gold else {}
    if case.wanted:
        holds = holds_number if case.are_numbers else holds_text
        held = [cites_gold and holds(said, wanted) for wanted in case.wanted]
        values["holds one"] = float(any(held))
        if case.are_numbers:
            values["holds all"] = float(all(held))
    return values


def _judged(statements: Sequence[Statement], unsupported: Sequence[str], judge: Judge) -> dict[str, float]:
    if not statements:
        return {}
    recall, precision = citation_recall(statements, judge), citation_precision(statements, judge)
    own = sum(one.sentence not in one.cited for one in statements)
    values = {"own words": own / len(statements), "supported": 1 - len(unsupported) / len(statements)}
    values["citation recall"] = recall or 0.0
    return values | ({} if precision is None else {"citation precision": precision})
