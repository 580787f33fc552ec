"""A question, read once: what it refers to, its limits, its job, and the facts that it asks for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from assistant.answer import Answer
from assistant.conversation import Reading, read_turn
from assistant.question.job import trained_jobs
from assistant.question.question import JOBS, Job, Question
from assistant.question.wish import Wish, trained_wishes
from assistant.retrieval import HybridRetriever
from assistant.scope import Scope
from assistant.terms import question_terms
from ingest.library import Library
from ingest.names import TOKEN

_SURE = 0.8  # the share from which .96 of the jobs out of fold are right; below, .58
_LIKELY_TOO = 0.15  # a share below is not worth a line
_OF_PAPERS: tuple[Job, ...] = ("ask", "facts", "compare")  # jobs that are done for papers that were shown


@dataclass(frozen=True, slots=True)
class Planned:
    """A question and what it was read from.

    `other` is the job that it may be for as well, where the reading is unsure; `search` is whether its answer is a
    list or quotes where no other room has one. `is_foreign`: it is in no language that Daybook reads.
    """

    read: Question
    reading: Reading
    search: Job
    other: Job | None = None
    is_foreign: bool = False


def plan(text: str, history: Sequence[Answer], retriever: HybridRetriever, library: Library) -> Planned:
    """Read a question in view of the answers before it; one that begins with "list:" or another job is for that."""
    named, colon, rest = text.partition(":")
    wished = next((job for job in JOBS if colon and rest.strip() and named.strip().lower() == job), None)
    asked = rest.strip() if wished else text
    scope = retriever.understood(asked)
    vector = retriever.vector(trained_wishes().masked(asked, scope, library.lexical_table()))
    told = trained_jobs().read(asked, scope, vector)
    reading = Reading(scope)
    if told.shares["help"] < _SURE:  # "thanks" goes on with nothing
        reading = read_turn(asked, scope, history, retriever, library)
    if reading.reference != "none":
        told = trained_jobs().read(asked, reading.scope, vector, reading.reference)
    shares = {wished: 1.0} if wished else _shares(told.shares, reading)
    if not TOKEN.search(asked):  # nothing but signs
        shares = {"help": 1.0}
    likeliest, *others = sorted(shares, key=lambda job: -shares[job])
    other = next((job for job in others if shares[job] >= _LIKELY_TOO), None)
    read = Question(text, reading.scope, likeliest, reading.reference)
    if likeliest == "facts":
        read = replace(read, wish=_wish(asked, scope, reading, retriever, library))
    is_list = shares.get("list", 0.0) > shares.get("ask", 0.0) and not reading.is_follow_up
    is_sure = shares[likeliest] >= _SURE or reading.reference != "none"
    return Planned(read, reading, "list" if is_list else "ask", None if is_sure else other, told.is_foreign)


def _shares(read: Mapping[Job, float], reading: Reading) -> dict[Job, float]:
    """How likely each job is.

    What repeats a request is for the same job; papers that were shown have no list and no overview; a list of nothing
    but limits is one that stored fields settle.
    """
    shares = dict(read)
    if reading.reference == "again" and reading.former is not None:
        shares[reading.former.job] += 1
    if reading.is_follow_up:
        shares = {job: share if job in _OF_PAPERS else 0.0 for job, share in shares.items()}
    if not question_terms(reading.scope.rest).words and not reading.scope.is_open:
        shares["facts"] += shares["list"]
        shares["list"] = 0.0
    return shares


def _wish(text: str, scope: Scope, reading: Reading, retriever: HybridRetriever, library: Library) -> Wish:
    """Which facts are asked for; of a request that is repeated those of the former, of what is named now."""
    wish = trained_wishes().read(text, scope, library.lexical_table(), retriever.vector)
    former = reading.former.wish if reading.former is not None and reading.reference == "again" else None
    if former is None:
        return wish
    return replace(wish, facts=former.facts, targets=wish.targets or former.targets)
