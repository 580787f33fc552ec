"""Figures of questions for one fact: whether the right paper and the right sentence are shown, and how surely.

Of questions that cannot be answered: how often that is noticed. All pure functions, but for the one that finds the
reader of sentences.
"""

import random
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module

from eval.sealed_cases import Passage, SealedQuestion
from eval.sealed_figures import ALL, Figure, grade_shares, groups, mean, share
from eval.sealed_outcomes import Asked, Grade
from ingest.paper import Paper

Ranker = Callable[[str, str, str], Sequence[tuple[int, int, float]]]
"""(question, abstract, title) → its sentences as (start, end, score), best first."""
_SEED = 20261128


def fact_figures(asked: Sequence[Asked], held: Mapping[str, Paper]) -> list[Figure]:
    """The figures of facts: of all, by register, by part of the library, by whether the gold holds a digit."""
    split = groups(
        asked,
        lambda one: one.question.register,
        lambda one: one.question.part,
        lambda one: "gold with a digit" if _has_digit(one.question, held) else "gold without a digit",
    )
    return [figure for group, some in split.items() for figure in _group_figures(group, some)]


def otherwords_figures(asked: Sequence[Asked], held: Mapping[str, Paper]) -> list[Figure]:
    """The figures of facts, and where the answer was lost: with its paper, or with the sentence of a paper shown."""
    lost = [
        *share(ALL, "lost to the paper", (not _shows_paper(one) for one in asked)),
        *share(ALL, "lost to the sentence", (_shows_paper(one) and not _shows_gold(one) for one in asked)),
    ]
    found = fact_figures(asked, held)
    return [*(one for one in found if one.group == ALL), *lost, *(one for one in found if one.group != ALL)]


def unanswerable_figures(asked: Sequence[Asked]) -> list[Figure]:
    """How often questions without an answer get one, in all and of each kind."""
    split = groups(asked, lambda one: one.question.kind)
    return [figure for group, some in split.items() for figure in grade_shares(group, some)]


def _group_figures(group: str, asked: Sequence[Asked]) -> list[Figure]:
    answered = [one for one in asked if one.outcome.grade is Grade.ANSWERED]
    return [
        *grade_shares(group, asked),
        *share(group, "right paper first", (_is_paper_first(one) for one in asked)),
        *share(group, "gold sentence first", (first_hit(one) == 1 for one in asked)),
        *share(group, "gold sentence shown", (_shows_gold(one) for one in asked)),
        *share(group, "gold in claims, of answered", (_hits_any(one, one.outcome.claims) for one in answered)),
        *mean(group, "quotes an answer, of answered", [len(one.outcome.claims) for one in answered]),
    ]


def first_hit(asked: Asked) -> int | None:
    """The place of the first passage that states the answer, from 1; None where none does."""
    places = enumerate(asked.outcome.shown, start=1)
    return next((place for place, passage in places if _hits_any(asked, [passage])), None)


def _hits_any(asked: Asked, passages: Sequence[Passage]) -> bool:
    return _states(asked.question, passages)


def _states(question: SealedQuestion, passages: Sequence[Passage]) -> bool:
    return any(passage.hits(right) for passage in passages for right in (*question.gold, *question.also))


def _shows_gold(asked: Asked) -> bool:
    return first_hit(asked) is not None


def _is_paper_first(asked: Asked) -> bool:
    return not asked.question.right_papers.isdisjoint(asked.outcome.papers_shown[:1])


def _shows_paper(asked: Asked) -> bool:
    return any(passage.arxiv_id in asked.question.right_papers for passage in asked.outcome.shown)


def _has_digit(question: SealedQuestion, held: Mapping[str, Paper]) -> bool:
    texts = (held[one.arxiv_id].abstract[one.start : one.end] for one in question.gold)
    return any(character.isdigit() for text in texts for character in text)


# ---- the wrong-question control


def control_figures(questions: Sequence[SealedQuestion], held: Mapping[str, Paper], rank: Ranker) -> list[Figure]:
    """How often the gold is first of its abstract's sentences, asked the right question and another of the set.

    A reader that takes the second as often as the first weighs sentences, not questions. The other is drawn by seed,
    of those about other papers.
    """
    draw = random.Random(_SEED)
    right, wrong = [], []
    for question in questions:
        others = [one for one in questions if question.right_papers.isdisjoint(one.right_papers)]
        paper = held[question.gold[0].arxiv_id]
        right.append(_is_first(question, question.text, paper, rank))
        if others:
            wrong.append(_is_first(question, draw.choice(others).text, paper, rank))
    return [
        *share(ALL, "gold first of its abstract", right),
        *share(ALL, "the same, another question asked", wrong),
    ]


def _is_first(question: SealedQuestion, asked_text: str, paper: Paper, rank: Ranker) -> bool:
    best = [Passage(paper.arxiv_id, start, end) for start, end, _ in rank(asked_text, paper.abstract, paper.title)[:1]]
    return _states(question, best)


def installed_ranker() -> Ranker | None:
    """The product's own ranking of an abstract's sentences; None in a checkout that has none yet."""
    try:
        found: Ranker | None = getattr(import_module("assistant.reading.quoting"), "ranked_sentences", None)
    except ModuleNotFoundError as error:
        if not (error.name or "").startswith("assistant.reading"):
            raise
        return None
    return found
