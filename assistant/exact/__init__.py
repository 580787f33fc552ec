"""Questions that the library itself answers exactly: how many, which day, which link, all of a list.

Every reader takes only questions of which it knows each word; what is left over is a question for retrieval.
"""

import re

from assistant.answer import Answer
from assistant.exact.counting import categories, count, extreme_day
from assistant.exact.listing import held_days, newest_or_oldest_day, paper_at, papers_listed, papers_mentioning
from assistant.exact.papers import paper_facts
from assistant.exact.wording import LONGEST, Asked
from assistant.scope import Scope
from ingest.library import Library

_READERS = (
    newest_or_oldest_day,
    extreme_day,
    count,
    categories,
    held_days,
    paper_at,
    papers_mentioning,
    papers_listed,
    paper_facts,
)
_MAY_BE = re.compile(
    r"\b(?:how\s+(?:many|far|recent|old|up)|number|count|average|mean|which|what|when|where|list|show|give|name|enumerate|print"
    r"|display|find|get|send|is|are|was|were|do|does|did|has|have|all|papers?|its|their|titles?|links?|pdf|code|id|date|cross)\b",
    re.IGNORECASE,
)

_POINTS_BACK = re.compile(
    r"\b(?:of|in|on|from|among|are|were)\s+(?:that|these|those|this|them|it)\b(?!\s+(?:library|collection|database|papers\s+that))"
    r"|\b(?:that|this|same|these|those)\s+(?:days?|dates?|digests?|lists?|weeks?|months?|years?|papers?|ones?)\b",
    re.IGNORECASE,
)
"""Days and papers of the answers before, which only a limit can tell."""


def answer_exactly(question: str, scope: Scope, library: Library) -> Answer | None:
    """The exact answer to a question about the library's own facts; None where it asks for something else."""
    if len(question) > LONGEST or not _MAY_BE.search(question):
        return None
    if not library.holdings().days:
        return None
    asked = Asked.of(question, scope, library)
    is_open = scope.days is None and not scope.periods
    for read in (paper_facts,) if is_open and _POINTS_BACK.search(question) else _READERS:
        if (answer := read(asked)) is not None:
            return answer
    return None
