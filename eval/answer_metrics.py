"""How good an answer is: pure functions over sentences, the texts they cite, and what was asked for.

A judge says whether texts together entail a sentence. Which judge it was belongs beside every figure that it gave.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

Judge = Callable[[str, Sequence[str]], bool]
"""Whether texts (the second argument), taken together, entail a sentence (the first)."""

_NUMBER = re.compile(r"([+-]?\d[\d.,]*\d|\d)\s*(.*)")
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence of an answer and the texts that it cites, which may be none."""

    sentence: str
    cited: tuple[str, ...]


def citation_recall(statements: Sequence[Statement], judge: Judge) -> float | None:
    """The share of statements that their citations, taken together, entail; None where there is no statement.

    ALCE, Gao et al. 2023 (arXiv:2305.14627), section 3: a statement without a citation counts 0.
    """
    if not statements:
        return None
    return sum(_is_entailed(statement, judge) for statement in statements) / len(statements)


def citation_precision(statements: Sequence[Statement], judge: Judge) -> float | None:
    """The share of citations that are needed where they stand; None where nothing is cited.

    ALCE, Gao et al. 2023 (arXiv:2305.14627), section 3: a citation counts where its statement is entailed by all of
    its citations together, and the citation is not irrelevant. It is irrelevant where it does not entail the
    statement alone, and the others entail the statement without it.
    """
    verdicts = [
        _is_entailed(statement, judge) and not _is_irrelevant(statement, place, judge)
        for statement in statements
        for place in range(len(statement.cited))
    ]
    return sum(verdicts) / len(verdicts) if verdicts else None


def _is_entailed(statement: Statement, judge: Judge) -> bool:
    return bool(statement.cited) and judge(statement.sentence, statement.cited)


def _is_irrelevant(statement: Statement, place: int, judge: Judge) -> bool:
    if judge(statement.sentence, (statement.cited[place],)):
        return False
    others = statement.cited[:place] + statement.cited[place + 1 :]
    return bool(others) and judge(statement.sentence, others)


def holds_number(text: str, number: str) -> bool:
    """Whether a text holds a number with its unit ("91.9 %", "41.4 mAP"), however they are spaced.

    The number must stand on its own: 1% is not in 81%, nor 4.5 in 4.56.
    """
    found = _NUMBER.match(number.replace("\\", "").strip())
    if found is None:
        return holds_text(text, number)
    value, unit = found.groups()
    after = rf"\s*{re.escape(unit)}" if unit else r"(?![\d]|[.,]\d)"
    return (
        re.search(rf"(?<![\d])(?<!\d[.,]){re.escape(value)}{after}", text.replace("\\", ""), re.IGNORECASE) is not None
    )


def holds_text(text: str, wanted: str) -> bool:
    """Whether a text holds another, whatever the case and the white space; no part of a longer number or word."""
    pattern = rf"(?<![\w])(?<!\d[.,]){re.escape(_folded(wanted))}(?![\w]|[.,]\d)"
    return re.search(pattern, _folded(text)) is not None


def _folded(text: str) -> str:
    return _SPACE.sub(" ", text.replace("\\", "")).strip().lower()


@dataclass(frozen=True, slots=True)
class Abstention:
    """How rightly no answer was given; None where the share is of nothing.

    `precision` is the share of abstentions whose question has no answer, `recall` the share of questions without an
    answer that were refused, `refused` the share of questions with an answer that were.
    """

    precision: float | None
    recall: float | None
    refused: float | None


def abstention(outcomes: Sequence[tuple[bool, bool]]) -> Abstention:
    """The measures of abstaining; each outcome is (the question has an answer, it was refused)."""
    refused = [is_answerable for is_answerable, was_refused in outcomes if was_refused]
    without = [was_refused for is_answerable, was_refused in outcomes if not is_answerable]
    with_one = [was_refused for is_answerable, was_refused in outcomes if is_answerable]
    return Abstention(_share([not one for one in refused]), _share(without), _share(with_one))


def _share(values: Sequence[bool]) -> float | None:
    return sum(values) / len(values) if values else None
