"""What a list of the nearest papers leaves out, said as an exact count."""

import re
from collections.abc import Collection, Sequence

from assistant.asking import wants_many
from assistant.exact.saying import counted, limits_of
from assistant.retrieval import HybridRetriever
from assistant.scope import Scope
from assistant.terms import QuestionTerms
from ingest.library import Library
from ingest.paper import StoredPaper
from prompts import fill

_MOST_WORDS = 4  # of a longer question few papers hold every word, and the count would say nothing
_ALL = 0.999
_EXPLAINS = re.compile(r"\s*(?:how|why|compare)\b", re.IGNORECASE)


def left_out(
    shown: Sequence[StoredPaper], scope: Scope, terms: QuestionTerms, retriever: HybridRetriever, library: Library
) -> str:
    """How many papers that are not shown hold all words of a list's topic; "" where none does, or it is no list."""
    is_list = wants_many(scope.rest) and _EXPLAINS.match(scope.rest) is None
    if not is_list or not 0 < len(terms.stems) <= _MOST_WORDS:
        return ""
    count = _count_holding(terms, {stored.row for stored in shown}, retriever.rows_in(scope), library)
    words = ", ".join(f"“{_as_written(word, scope.rest)}”" for word in terms.words)
    return (
        fill("list_is_part", papers=counted(count, "more paper"), limits=limits_of(scope), words=words) if count else ""
    )


def _as_written(word: str, question: str) -> str:
    found = re.search(rf"\b{re.escape(word)}\b", question, re.IGNORECASE)
    return found.group() if found else word


def _count_holding(
    terms: QuestionTerms, apart_from: Collection[int], within: Collection[int] | None, library: Library
) -> int:
    table = library.lexical_table()
    rows = set(table.rows[table.share(terms.stems) >= _ALL].tolist()) - set(apart_from)
    return len(rows if within is None else rows & set(within))
