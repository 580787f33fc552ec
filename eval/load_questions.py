"""What each session asks, and whether an answer is its own."""

import html
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path

from eval.load_browser import Reply
from ingest.errors import InputError
from ingest.names import names_in
from ingest.paper import Entry, Paper
from ingest.sources import find_sources

_FORMS = (
    "What does {} propose?",
    "What results does {} report?",
    "Which problem does {} address?",
    "Is there code for {}?",
    "What does {} use for training?",
)
_LONGEST_TITLE = 80  # a longer one is asked about less often than it is mistyped


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that names one paper, whose arXiv id its answer shows."""

    question: str
    arxiv_id: str


def sessions_of(paths: Sequence[Path], seed: int) -> list[list[Asked]]:
    """A session for each paper of these digests that can be named, in an order of chance: five questions about it.

    Raises:
        InputError: the digests hold no such paper.
    """
    entries = [item for source in find_sources(paths) for item in source.items() if isinstance(item, Entry)]
    papers = {entry.paper.arxiv_id: entry.paper for entry in entries}
    named = {name: arxiv_id for arxiv_id, name in _names(papers.values()).items()}  # a name is one paper's
    sessions = [[Asked(form.format(name), arxiv_id) for form in _FORMS] for name, arxiv_id in sorted(named.items())]
    if not sessions:
        raise InputError("these digests hold no paper whose title can be asked about; name others")
    random.Random(seed).shuffle(sessions)
    return sessions


def _names(papers: Iterable[Paper]) -> dict[str, str]:
    """By arXiv id what a paper is called: the method before the colon of its title, else the title."""
    found = {}
    for paper in papers:
        name = paper.title.partition(": ")[0]
        if ": " in paper.title and " " not in name and names_in(name) == [name]:
            found[paper.arxiv_id] = name
        elif len(paper.title) <= _LONGEST_TITLE and paper.title.replace(" ", "").replace("-", "").isalnum():
            found[paper.arxiv_id] = f"the paper “{paper.title}”"
    return found


def asked_in_turn(session: Sequence[Asked], count: int) -> list[Asked]:
    """So many questions of a session, from the first again after the last."""
    return list(islice(cycle(session), count))


def is_own(asked: Asked, reply: Reply) -> bool:
    """Whether an answer is about the paper that the question names."""
    return asked.arxiv_id in html.unescape(reply.html)


def is_foreign(session: Sequence[Asked], reply: Reply, others: Sequence[str]) -> bool:
    """Whether anything that came shows a question of another session."""
    own = {asked.question for asked in session}
    shown = [html.unescape(text) for text in reply.shown]
    return any(other in text for other in others if other not in own for text in shown)
