"""All that stored fields say of what a question names, where no reader knows which of them is asked for.

Of a paper that is named: whether it is held, its id, days, place, block, links, code. Else of the limits that are set:
how many papers, on which days, and which they are.
"""

import re
from collections.abc import Sequence

from assistant.answer import Answer
from assistant.exact.counting import counted_papers, day_lines, summaries_of
from assistant.exact.naming import papers_named
from assistant.exact.papers import all_facts, as_listed, with_code_quotes
from assistant.exact.saying import exact_answer, holds_nothing_of, nothing_of_it, papers_of, rows_of
from assistant.exact.wording import Asked
from assistant.scope import Scope
from assistant.terms import question_terms
from ingest.library import Library
from ingest.paper import StoredPaper
from ingest.words import words_of
from prompts import fill

_QUOTED = re.compile(r"[\"“«](?P<double>[^\"”»]{3,300})[\"”»]|(?<!\w)['‘](?P<single>[^'’]{8,300})['’](?!\w)")
_MOST_PAPERS = 3
_MOST_LISTED = 100
_FEWEST_TITLE_WORDS = 4


def card(question: str, scope: Scope, library: Library) -> Answer | None:
    """The card of the papers that a question names, or of its limits; None where the library is empty."""
    if not library.holdings().days:
        return None
    asked = Asked.of(question, scope, library)
    if scope.arxiv_ids:
        held = library.database.papers_by_id(list(asked.pointed_at))
        missing = [f"arXiv:{arxiv_id}" for arxiv_id in asked.pointed_at if arxiv_id not in held]
        return _of_papers(asked, list(held.values()), missing)
    quoted = [match["double"] or match["single"] for match in _QUOTED.finditer(question)]
    found = {text: papers_named(text, asked) or [] for text in quoted}
    papers = [stored for some in found.values() for stored in some] or _titled(question, library) or _named(asked)
    missing = [f"“{text}”" for text, some in found.items() if not some]
    if papers or (missing and not asked.has_period):
        return _of_papers(asked, papers, missing)
    return _of_limits(asked)


def _of_papers(asked: Asked, papers: Sequence[StoredPaper], missing: Sequence[str]) -> Answer:
    shown = list({stored.row: stored for stored in papers}.values())[:_MOST_PAPERS]
    facts = [fact for stored in shown for fact in all_facts(stored)]
    facts += [fill("exact_no_such_paper", paper=name) for name in missing]
    answer = exact_answer(asked, facts, [as_listed(stored) for stored in shown])
    return with_code_quotes(asked, answer, shown)


def _of_limits(asked: Asked) -> Answer:
    if holds_nothing_of(asked):
        return nothing_of_it(asked)
    facts = counted_papers(asked)
    summaries = summaries_of(asked)
    facts += day_lines(summaries) if len(summaries) > 1 else []
    rows = rows_of(asked)
    is_limited = asked.scope.days is not None or not asked.scope.is_open
    return exact_answer(asked, facts, papers_of(asked, rows) if is_limited and len(rows) <= _MOST_LISTED else ())


def _titled(question: str, library: Library) -> list[StoredPaper]:
    """The papers whose whole title stands in a question."""
    words = f" {' '.join(words_of(question))} "
    spelled = ((arxiv_id, " ".join(words_of(title))) for arxiv_id, title in library.database.titles())
    ids = [
        arxiv_id for arxiv_id, title in spelled if title.count(" ") + 1 >= _FEWEST_TITLE_WORDS and f" {title} " in words
    ]
    return list(library.database.papers_by_id(ids).values())


def _named(asked: Asked) -> list[StoredPaper]:
    """The papers of the names in a question; of one that nobody introduces, the few that hold it."""
    names = question_terms(asked.scope.rest).names
    known = asked.library.lexical_table().names
    found = []
    for name in names:
        rows = known[name.key].rows if name.key in known else ()
        few = asked.library.database.papers_by_row(rows).values() if len(rows) <= _MOST_PAPERS else ()
        found += papers_named(name.text, asked) or list(few)
    return found
