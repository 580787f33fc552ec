"""Reading for a follow-up, which is about papers that were shown."""

from collections.abc import Sequence
from dataclasses import replace

from assistant.conversation.referring import Reading
from assistant.finding.names import holds_name
from assistant.finding.retrieval import RankedPaper
from assistant.reading.choosing import MOST_CLOSEST, Asked, Findings, PaperReader


def read_for(reading: Reading, asked: Asked, ranked: Sequence[RankedPaper], reader: PaperReader) -> Findings:
    """What papers say to a question; of a follow-up, nothing as an answer that names what none of them holds."""
    if not reading.is_follow_up:
        return reader.read(asked, ranked)
    unheld = tuple(name for name in asked.terms.names if not any(holds_name(paper.stored, name) for paper in ranked))
    found = reader.read(asked, ranked)
    if found.grade == "answered" and unheld:
        return replace(found, grade="closest", claims=(), closest=found.claims[:MOST_CLOSEST], missing=unheld)
    return found
