"""Questions that stored fields settle exactly: a typed wish in, facts out. No word of a question is read here."""

from collections.abc import Sequence

from assistant.answer import Answer
from assistant.facts.of_library import (
    IMPLIED,
    OF_LIBRARY,
    day_lines,
    holding_words,
    how_many,
    summaries_of,
    which_papers,
)
from assistant.facts.of_papers import OF_PAPERS, ON_A_CARD, as_listed, with_code_quotes, withdrawn_facts
from assistant.facts.saying import FactsAsked, Stated, exact_answer, holds_nothing_of, nothing_of_it, rows_of
from assistant.finding.papers import described_by, papers_named, respellings
from assistant.question.scope import Scope
from assistant.question.wish import OF_WORDS, Wish
from ingest.library import Library
from ingest.paper import StoredPaper
from prompts import fill

_MOST_PAPERS = 8  # of which facts are stated one by one
_MOST_LISTED = 100  # papers where it is not clear that a list is asked for


def answer_facts(question: str, scope: Scope, wish: Wish, library: Library) -> Answer | None:
    """The facts that are wished; None where the library is empty, or holds nothing of what is named."""
    if not library.holdings().days:
        return None
    asked = FactsAsked(question, scope, wish, library)
    if wish.targets and not OF_WORDS.isdisjoint(wish.facts):
        return _of_words(asked)
    if (wish.targets or scope.arxiv_ids) and not wish.is_of_list:
        return _of_papers(asked)
    return _of_library(asked)


def _of_words(asked: FactsAsked) -> Answer:
    if holds_nothing_of(asked):
        return nothing_of_it(asked)
    understood = respellings(asked.wish.targets, asked.scope)
    return exact_answer(asked.question, [holding_words(asked)], understood)


def _of_papers(asked: FactsAsked) -> Answer | None:
    found, missing = _papers(asked)
    if not found and not missing:
        return None
    shown = list({stored.row: stored for stored in found}.values())[:_MOST_PAPERS]
    wished = [fact for fact in OF_PAPERS if fact in asked.wish.facts] or ON_A_CARD
    stated = [Stated(tuple(OF_PAPERS[fact](stored)), (as_listed(stored),)) for stored in shown for fact in wished]
    stated += [Stated(tuple(withdrawn_facts(stored))) for stored in shown]
    stated += [Stated((fill("exact_no_such_paper", paper=name),)) for name in missing]
    answer = exact_answer(asked.question, stated, respellings(asked.wish.targets, asked.scope))
    return with_code_quotes(answer, shown, asked.library) if "code" in wished else answer


def _papers(asked: FactsAsked) -> tuple[list[StoredPaper], list[str]]:
    """The papers that are named or pointed at, and what is named and not held."""
    scope, library = asked.scope, asked.library
    ids = sorted(scope.arxiv_ids or ())
    held = library.database.papers_by_id(ids)
    found, missing = list(held.values()), [f"arXiv:{one}" for one in ids if one not in held]
    for target in asked.wish.targets:
        if target in ids:
            continue
        named = papers_named(target, scope, library) or described_by(target, library)
        found += named
        missing += [] if named or "held" not in asked.wish.facts else [f"“{target}”"]
    return found, missing


def _of_library(asked: FactsAsked) -> Answer:
    wished = {fact for fact in asked.wish.facts if IMPLIED.get(fact, frozenset()).isdisjoint(asked.wish.facts)}
    if asked.wish.places and not wished.isdisjoint({"title", "id", "link", "code", "block", "authors"}):
        wished.add("place")
    if holds_nothing_of(asked) and wished != {"held"}:
        return nothing_of_it(asked)
    stated = [
        state(asked) for fact, state in OF_LIBRARY.items() if fact in wished and (fact != "place" or asked.wish.places)
    ]
    return exact_answer(asked.question, stated or _all_within(asked))


def _all_within(asked: FactsAsked) -> Sequence[Stated]:
    """What is stated of limits where it is not clear which fact is asked for."""
    if not asked.scope.is_open and len(rows_of(asked)) <= _MOST_LISTED:
        return [which_papers(asked)]
    summaries = summaries_of(asked)
    return [how_many(asked), Stated(tuple(day_lines(summaries) if len(summaries) > 1 else ()))]
