"""The way from a question to a checked answer, and a conversation of them.

scope → ranked papers → read: a grade, and the sentences that answer → writer → contract → answer
"""

import time
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from assistant.answer import Answer
from assistant.answering.premise import named_apart, premise_doubted
from assistant.answering.writing import Helper, Writer
from assistant.comparing.asking import ComparingAnswers
from assistant.conversation.following import read_for
from assistant.conversation.history import History
from assistant.conversation.referring import Reading
from assistant.day.answering import answer_day
from assistant.engine.growing import Found, Growing
from assistant.engine.plan import Planned, plan
from assistant.facts import answer_facts
from assistant.finding.names import holds_name, names_meant
from assistant.finding.retrieval import HybridRetriever, RankedPaper
from assistant.finding.understanding import reason_of_nothing, understood
from assistant.help import answer_help
from assistant.language.terms import question_terms
from assistant.question.question import Job, Question
from assistant.question.scope import Scope, limits_as_data
from assistant.reading.choosing import Asked, Findings, PaperReader
from assistant.reading.evidence import Evidence
from assistant.reading.listing import ListReader
from ingest.errors import InputError
from ingest.library import Library
from ingest.paper import StoredPaper
from ingest.readable import printable
from prompts import fill

LONGEST_QUESTION = 4000
_PAPERS_RANKED = 24
_PAPERS_READ = 20  # as the grades were trained
_ALWAYS_TRIED: tuple[Job, ...] = ("compare",)  # what surely compares papers is a comparison, whatever was likelier


def checked_question(question: str) -> str:
    """A question in one line without unseen characters.

    Raises:
        InputError: it is empty, or longer than `LONGEST_QUESTION` characters.
    """
    text = printable(question)
    if not text:
        raise InputError("the question is empty; ask something such as “Which papers are about segmentation?”")
    if len(text) > LONGEST_QUESTION:
        raise InputError(f"the question has {len(text):,} characters; ask in at most {LONGEST_QUESTION:,}")
    return text


@dataclass(frozen=True, slots=True)
class Engine:
    """Answers a question with claims that stand on verbatim quotes, or abstains."""

    library: Library
    retriever: HybridRetriever
    writer_on: Callable[[], Writer]
    """The writer of the answer that begins now."""
    paper_reader: PaperReader
    comparing: ComparingAnswers
    list_reader: ListReader | None = None
    seconds: Callable[[], float] = time.perf_counter
    """The clock by which an answer's stages are timed."""

    def stream(
        self, question: str, history: Sequence[Answer] = (), author: str = "", *, only_lasting: bool = False
    ) -> Iterator[Answer]:
        """Yield the answer as it grows; the last one is complete. `author` limits what may answer.

        Where a model is waited for, its quotes come at once and some are replaced by what it writes; `only_lasting`
        leaves out what may be replaced, so that each step only adds to the text of the one before.

        Raises:
            InputError: the question is empty or too long.
        """
        question = checked_question(question)
        clock = _Clock(self.seconds)
        planned = plan(question, history, self.retriever, self.library, author)
        clock.lap("scope")
        limits = limits_as_data(planned.reading.scope)
        for answer, job in self._answered(question, planned, clock, only_lasting=only_lasting):
            other = planned.other if planned.other not in {None, job} else None
            note = " ".join(filter(None, (answer.note, _offer(job, other, question) if other else "")))
            read = replace(planned.read, job=job, wish=planned.read.wish if job == "facts" else None).to_dict()
            yield replace(answer, job=job, limits=limits, read=read, note=note)

    def _answered(
        self, question: str, planned: Planned, clock: "_Clock", *, only_lasting: bool
    ) -> Iterator[tuple[Answer, Job]]:
        """The growing answer, and the job that it does."""
        reading, scope = planned.reading, planned.reading.scope
        for job, answer_whole in self._rooms(question, planned):
            if (whole := answer_whole()) is not None:
                clock.lap("library")
                told = tuple(dict.fromkeys(filter(None, (reading.about, *whole.understood))))
                yield replace(whole, understood=told, timings_ms=clock.timings()), job
                return
        asked = Asked(scope.rest, question_terms(scope.rest), self.retriever.vector(scope.rest), reading.is_follow_up)
        told_as = planned.search

        def found(also: tuple[str, ...] = ()) -> Found:
            if also:
                clock.lap("write")  # a model was asked for what else to search for
            ranked = self.retriever.rank(scope, asked.terms, _PAPERS_RANKED, also)
            clock.lap("retrieve")
            said = self._said(reading, asked, ranked, is_list=told_as == "list")
            clock.lap("read")
            return Found(ranked, said, also)

        def reason(found: Found) -> str:
            return self._reason(scope, found.ranked, found.said)

        writer = self.writer_on()
        growing = Growing(question, reading.asked(question), found(), writer, self.library, found, reason)
        answer: Answer | None = None
        for answer in growing.steps(only_lasting=only_lasting):
            if answer.claims or isinstance(writer, Helper):
                clock.lap("write")
            yield replace(answer, understood=_kept(reading, growing.found), timings_ms=clock.timings()), told_as
        if answer is None or not answer.claims:
            return
        cited = _cited(answer, growing.found.ranked)
        is_one_paper = told_as == "ask" and not scope.respelt
        remarks = (premise_doubted(scope.rest, cited), named_apart(asked.terms.names, cited) if is_one_paper else "")
        if any(remarks) or growing.found.said.near:
            note = " ".join(filter(None, (answer.note, *remarks)))
            kept = _kept(reading, growing.found)
            yield replace(growing.complete(), note=note, understood=kept, timings_ms=clock.timings()), told_as

    def answer(self, question: str, history: Sequence[Answer] = (), author: str = "") -> Answer:
        """The complete answer; `history` holds the answers before it, newest last, `author` limits what may answer.

        Raises:
            InputError: the question is empty or too long.
        """
        *_, complete = self.stream(question, history, author)
        return complete

    def quoted(self, question: str, arxiv_ids: Collection[str]) -> tuple[Evidence, ...]:
        """The sentences that answer a question among some papers; none where they come close at most.

        None either where one of its names stands in none of them. No language model has a part in it.

        Raises:
            InputError: the question is empty or too long.
        """
        planned = plan(checked_question(question), (), self.retriever, self.library)
        reading, scope = planned.reading, planned.reading.scope
        within = frozenset(arxiv_ids) if scope.arxiv_ids is None else scope.arxiv_ids & frozenset(arxiv_ids)
        scope = replace(scope, arxiv_ids=within)
        asked = Asked(scope.rest, question_terms(scope.rest), self.retriever.vector(scope.rest))
        ranked = self.retriever.rank(scope, asked.terms, _PAPERS_RANKED)
        if not all(any(holds_name(paper.stored, name) for paper in ranked) for name in asked.terms.names):
            return ()
        said = self._said(replace(reading, scope=scope), asked, ranked, is_list=planned.search == "list")
        return said.claims if said.grade == "answered" else ()

    def _rooms(self, question: str, planned: Planned) -> Iterator[tuple[Job, Callable[[], Answer | None]]]:
        """The rooms that answer as a whole or not at all, that of the likeliest job first."""
        read, reading, library = planned.read, planned.reading, self.library
        rooms: dict[Job, Callable[[], Answer | None]] = {
            "help": lambda: answer_help(question, library, is_foreign=planned.is_foreign),
            "facts": lambda: answer_facts(question, _of_facts(read), read.wish, library) if read.wish else None,
            "day": lambda: answer_day(question, reading.scope, library),
            "compare": lambda: self.comparing.answer(question, reading, is_compared=read.job == "compare"),
        }
        for job in dict.fromkeys((read.job, *_ALWAYS_TRIED)):
            if job in rooms:
                yield job, rooms[job]

    def _said(
        self,
        reading: Reading,
        asked: Asked,
        ranked: Sequence[RankedPaper],
        *,
        is_list: bool,
    ) -> Findings:
        """What the papers say: those on a topic as a list, else the sentences that answer."""
        names = names_meant(asked.text, asked.terms.names, self.library)  # a question on a named paper asks for no list
        if self.list_reader is not None and is_list and not names:
            listed = self.list_reader.read(asked, ranked)
            if listed.on:
                return Findings("answered", claims=listed.on, near=listed.near)
        return read_for(reading, asked, ranked[:_PAPERS_READ], self.paper_reader)

    def _reason(self, scope: Scope, ranked: Sequence[RankedPaper], said: Findings) -> str:
        if not ranked:
            return reason_of_nothing(scope, self.library)
        if said.missing:
            return fill("no_paper_mentions", names=" or ".join(f"“{name.text}”" for name in said.missing))
        return ""


def _kept(reading: Reading, found: Found) -> tuple[str, ...]:
    """What was understood of a question, and what else was searched for."""
    also = fill("searched_also", texts=" and ".join(f"“{text}”" for text in found.also)) if found.also else ""
    told = (reading.about, *understood(reading.scope, found.ranked), also)
    return tuple(dict.fromkeys(filter(None, told)))


def _of_facts(read: Question) -> Scope:
    """The scope of a request for facts: only what goes on within papers that were shown counts those alone."""
    counts = read.wish is not None and read.wish.is_of_list and read.reference == "papers"
    return replace(read.scope, arxiv_ids=None) if counts else read.scope


def _offer(job: Job, other: Job, question: str) -> str:
    """That a question may be for another job as well, and how to ask for that."""
    spoken: dict[Job, str] = {
        "ask": fill("job_ask"),
        "list": fill("job_list"),
        "facts": fill("job_facts"),
        "day": fill("job_day"),
        "compare": fill("job_compare"),
        "help": fill("job_help"),
    }
    return fill("other_reading", read=spoken[job], other=spoken[other], again=f"{other}: {question}")


def _cited(answer: Answer, ranked: Sequence[RankedPaper]) -> list[StoredPaper]:
    ids = {reference.arxiv_id for reference in answer.references}
    return [paper.stored for paper in ranked if paper.stored.paper.arxiv_id in ids]


class Talk:
    """One conversation; the answers that were given are its history, for follow-ups."""

    def __init__(self, engine: Engine, history: History | None = None) -> None:
        self._engine = engine
        self._history = history or History(None)

    @property
    def conversation_id(self) -> str:
        """The id under which the library keeps the conversation."""
        return self._history.id

    @property
    def is_saved(self) -> bool:
        """Whether the library keeps every answer; False also where no library is there."""
        return self._history.is_stored and self._history.is_saved

    @property
    def answers(self) -> tuple[Answer, ...]:
        """The complete answers so far, oldest first."""
        return self._history.answers

    def reset(self) -> None:
        """Begin a new conversation; the library keeps the former one."""
        self._history.clear()

    def stream(self, message: str, author: str = "", *, only_lasting: bool = False) -> Iterator[Answer]:
        """Yield the growing answer to a message, and keep it once it is complete; as `Engine.stream`."""
        self._history.refresh()
        answer: Answer | None = None
        for answer in self._engine.stream(message, self.answers, author, only_lasting=only_lasting):
            yield answer
        if answer is not None:
            self._history.add(answer)
            if not self._history.is_saved and self._history.is_stored:
                yield replace(answer, note=" ".join(filter(None, (answer.note, fill("not_saved")))))


class _Clock:
    """Milliseconds by stage."""

    def __init__(self, seconds: Callable[[], float]) -> None:
        self._seconds = seconds
        self._start = self._last = seconds()
        self._spent: dict[str, float] = {}

    def lap(self, stage: str) -> None:
        now = self._seconds()
        self._spent[stage] = self._spent.get(stage, 0.0) + (now - self._last) * 1000
        self._last = now

    def timings(self) -> dict[str, float]:
        return {**self._spent, "total": (self._seconds() - self._start) * 1000}
