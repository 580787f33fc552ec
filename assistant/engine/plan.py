"""A question, read once: what it refers to, its limits, its job, and the facts that it asks for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from assistant.answer import Answer
from assistant.conversation.referring import Reading, read_turn
from assistant.finding.retrieval import HybridRetriever
from assistant.language.terms import question_terms
from assistant.question.job import trained_jobs
from assistant.question.question import JOBS, Job, Question
from assistant.question.scope import with_author
from assistant.question.wish import Wish, trained_wishes
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


def plan(
    text: str, history: Sequence[Answer], retriever: HybridRetriever, library: Library, author: str = ""
) -> Planned:
    """Read a question in view of the answers before it; one that begins with "list:" or another job is for that.

    With an author only that one's papers may answer.
    """
    named, colon, rest = text.partition(":")
    wished = next((job for job in JOBS if colon and rest.strip() and named.strip().lower() == job), None)
    asked = rest.strip() if wished else text
    scope = with_author(retriever.understood(asked), author)
    wording = trained_wishes().wording(asked, scope, library.lexical_table())
    vector = retriever.vector(wording.masked)
    told = trained_jobs().read(asked, scope, vector)
    reading = Reading(scope)
    says_more = bool(scope.description) or any(wording.marks)  # "sorry, february"
    if told.shares["help"] < _SURE or says_more:  # "thanks" goes on with nothing
        reading = read_turn(wording, scope, history, retriever, library)
    if reading.reference != "none":
        told = trained_jobs().read(asked, reading.scope, vector, reading.reference)
    names_nothing = set(question_terms(reading.scope.rest).words) <= wording.place_words
    shares = {wished: 1.0} if wished else _shares(told.shares, reading, names_nothing=names_nothing)
    if not TOKEN.search(asked):  # nothing but signs
        shares = {"help": 1.0}
    likeliest, *others = sorted(shares, key=lambda job: -shares[job])
    other = next((job for job in others if shares[job] >= _LIKELY_TOO), None)
    read = Question(text, reading.scope, likeliest, reading.reference)
    if likeliest == "facts":
        read = replace(read, wish=_wish(trained_wishes().read(wording, vector), reading))
    is_list = shares.get("list", 0.0) > shares.get("ask", 0.0) and not reading.is_follow_up
    is_sure = shares[likeliest] >= _SURE or reading.reference != "none"
    return Planned(read, reading, "list" if is_list else "ask", None if is_sure else other, told.is_foreign)


def _shares(read: Mapping[Job, float], reading: Reading, *, names_nothing: bool) -> dict[Job, float]:
    """How likely each job is.

    What repeats a request is for the same job; papers that were shown have no list and no overview; a list of nothing
    but limits and places is one that stored fields settle.
    """
    shares = dict(read)
    if reading.reference == "again" and reading.former is not None:
        shares[reading.former.job] += 1
    if reading.is_follow_up:
        shares = {job: share if job in _OF_PAPERS else 0.0 for job, share in shares.items()}
    if names_nothing and not reading.scope.is_open:
        jobs: tuple[Job, ...] = ("list",) if reading.scope.arxiv_ids else ("list", "ask")
        shares["facts"] += sum(shares[job] for job in jobs)
        shares |= dict.fromkeys(jobs, 0.0)
    return shares


def _wish(wish: Wish, reading: Reading) -> Wish:
    """Which facts are asked for; of a request that is repeated those of the former, of what is named now."""
    former = reading.former.wish if reading.former is not None and reading.reference == "again" else None
    if former is None:
        return wish
    named = wish if wish.targets else former
    return replace(former, targets=named.targets, is_any=named.is_any, places=wish.places or former.places)
