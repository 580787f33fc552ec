"""Reading for a follow-up: it is about papers that were shown, and every one that is compared has its say."""

from collections.abc import Sequence
from dataclasses import replace

from assistant.conversation import Reading
from assistant.pointing import tried_on
from assistant.reading.choosing import MOST_CLOSEST, Asked, Findings, PaperReader
from assistant.reading.naming import holds_name
from assistant.retrieval import RankedPaper
from assistant.terms import question_terms
from ingest.words import stems_of


def read_for(reading: Reading, asked: Asked, ranked: Sequence[RankedPaper], reader: PaperReader) -> Findings:
    """What papers say to a question; of those that are compared, each; nothing of a name that none spoken of holds."""
    if not reading.is_follow_up:
        return reader.read(asked, ranked)
    if reading.compared:
        in_order = sorted(ranked, key=lambda paper: reading.compared.index(paper.stored.paper.arxiv_id))
        return _together([reader.read(asked, [paper]) for paper in in_order])
    unheld = tuple(name for name in asked.terms.names if not any(holds_name(paper.stored, name) for paper in ranked))
    on_words = set(question_terms(tried_on(asked.text)).stems)
    is_apart = bool(on_words) and not any(on_words & set(stems_of(paper.stored.paper.text)) for paper in ranked)
    found = reader.read(asked, ranked)
    if found.grade == "answered" and (unheld or is_apart):
        return replace(found, grade="closest", claims=(), closest=found.claims[:MOST_CLOSEST], missing=unheld)
    return found


def _together(found: Sequence[Findings]) -> Findings:
    """What several papers say as one answer, where every one says something."""
    if found and all(one.claims for one in found):
        return Findings("answered", claims=tuple(claim for one in found for claim in one.claims))
    best = [piece for one in found for piece in (one.claims or one.closest)[:1]]
    closest = tuple(sorted(best, key=lambda piece: -piece.score)[:MOST_CLOSEST])
    return Findings("closest" if closest else "none", closest=closest)
