"""Daybook, the whole: a library and the engines over it."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import platformdirs

from assistant.answer import Answer
from assistant.answer.citation import DatedPaper
from assistant.answering.writing import Writer
from assistant.comparing.asking import ComparingAnswers
from assistant.comparing.build import Comparer, Comparison
from assistant.comparing.choosing import Chooser, topic_scope
from assistant.conversation.history import Conversation, History, find_conversation, is_conversation_id, no_conversation
from assistant.day import DayPage, Limits, day_page
from assistant.engine.engines import Engine, Talk, checked_question
from assistant.engine.writers import Writing, writing_with
from assistant.finding.authors import checked_author
from assistant.finding.retrieval import HybridRetriever, RankedPaper
from assistant.finding.similar import no_such_paper, similar_papers
from assistant.finding.understanding import understood
from assistant.following import News, checked_text, news_of
from assistant.language.days import Period
from assistant.language.terms import question_terms
from assistant.llm.foreign import Familiar
from assistant.llm.settings import LlmSettings
from assistant.question.scope import with_author
from assistant.reading.choosing import PaperReader
from assistant.reading.evidence import Evidence
from assistant.reading.listing import ListReader
from assistant.reading.scoring import CosineScorer, ReaderScorer, Scorer
from ingest.chroma_address import ChromaAddress, chroma_address
from ingest.conversations import ConversationSummary
from ingest.cross_encoder import CrossEncoder, PairReader
from ingest.database import DaySummary
from ingest.embedding import Embedder, OnnxEmbedding, Vector
from ingest.errors import InputError, ModelUnavailableError
from ingest.follows import Follow, FollowKind
from ingest.library import Library
from ingest.marks import Mark, MarkChange
from ingest.models import DEFAULT_MODELS, EMBEDDING_FOLDER
from ingest.paper import Basis, StoredPaper
from ingest.selection import EVERYTHING, Selection
from prompts import fill

if TYPE_CHECKING:
    from llama_index.core.llms import LLM

    from assistant.engine.llama_parts import DaybookChatEngine, DaybookQueryEngine, DaybookRetriever
    from ingest.arxiv_source import ArxivSource
    from ingest.doctor import Finding
    from ingest.fetch import Announced, FetchedDay
    from ingest.pipeline import IngestReport, Progress
    from ingest.removal import Removal

DEFAULT_LIBRARY = Path(platformdirs.user_data_dir("daybook"))


@dataclass(frozen=True, slots=True)
class SearchResult(DatedPaper):
    """A ranked paper; `score` is the fused score, comparable within one search only."""

    arxiv_id: str
    title: str
    day: date
    score: float
    basis: Basis = Basis.ANNOUNCED
    is_withdrawn: bool = False

    def to_dict(self) -> dict[str, Any]:
        """The result as JSON-ready data."""
        return {
            "arxiv_id": self.arxiv_id,
            "title": self.title,
            "day": self.day.isoformat(),
            "basis": self.basis,
            "is_withdrawn": self.is_withdrawn,
            "score": round(self.score, 4),
        }


class SearchResults(list[SearchResult]):
    """Ranked papers, best first; `understood` is as in `Answer`."""

    def __init__(self, results: Iterable[SearchResult], understood: tuple[str, ...]) -> None:
        super().__init__(results)
        self.understood = understood


class Daybook:
    """Ask a library of digests. Use as a context manager, or call `close`.

    >>> book = Daybook.open("my-library")           # doctest: +SKIP
    >>> book.ingest(["digests/"])                   # doctest: +SKIP
    >>> print(book.ask("What does MetaPoison propose?").text)  # doctest: +SKIP
    """

    def __init__(
        self,
        library: Library,
        load_embedder: Callable[[], Embedder],
        today: Callable[[], date] = date.today,
        llm: "LlmSettings | LLM | None" = None,
        load_reader: Callable[[], PairReader] | None = None,
    ) -> None:
        """Begin over an opened library; without a reader, or where it raises ModelUnavailableError, cosines choose."""
        self._familiar = Familiar(library, self._is_word)
        self._writing = writing_with(llm, self._similar, self._familiar)
        """One thing, replaced as a whole: whoever reads it sees a writer with its own model and settings."""
        self.library = library
        self._load_embedder = load_embedder
        self._load_reader = load_reader
        self._today = today

    @classmethod
    def open(  # noqa: PLR0913 - each is something that a user may name
        cls,
        library: Path | str | None = None,
        *,
        create: bool = True,
        models: Path | str | None = None,
        tell: Callable[[str], None] = lambda _: None,
        llm: "LlmSettings | LLM | None" = None,
        chroma: ChromaAddress | str | None = None,
        conversations: Path | str | None = None,
    ) -> "Daybook":
        """Open a library folder, by default the user's data folder; with `create`, make it on first use.

        `models` is the folder that keeps model files; `tell` receives lines for a person when one is fetched.
        `llm` is a language model that writes the answers, a server's or any of llama-index; without, they are quotes.
        `chroma` is a Chroma server for the vectors, `conversations` a file for these (docs/serving.md).

        Raises:
            InputError: the address of the Chroma server is none, or the conversations cannot be kept there.
            LibraryError: the folder cannot be used, or a newer Daybook wrote it, or without `create`, is not there.
        """
        folder = Path(models or DEFAULT_MODELS) / EMBEDDING_FOLDER
        opened = Library(
            Path(library or DEFAULT_LIBRARY),
            create=create,
            chroma=chroma_address(chroma) if isinstance(chroma, str) else chroma,
            conversations=None if conversations is None else Path(conversations),
        )

        def load_reader() -> PairReader:
            try:
                return CrossEncoder.load(Path(models or DEFAULT_MODELS), tell)
            except ModelUnavailableError as error:
                tell(fill("no_reader", why=str(error)))
                raise

        return cls(opened, lambda: OnnxEmbedding.load(folder, tell), llm=llm, load_reader=load_reader)

    def __enter__(self) -> "Daybook":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Release the library's files."""
        self.library.close()

    @cached_property
    def embedder(self) -> Embedder:
        """The embedding model, loaded on first use."""
        return self._load_embedder()

    @cached_property
    def pair_reader(self) -> PairReader | None:
        """The model that reads sentences beside a question, loaded on first use; None where it cannot be had."""
        with suppress(ModelUnavailableError):
            return None if self._load_reader is None else self._load_reader()
        return None

    @cached_property
    def scorer(self) -> Scorer:
        """What scores sentences: the reader, or cosines where there is none."""
        return CosineScorer(self.embedder) if self.pair_reader is None else ReaderScorer(self.pair_reader)

    @cached_property
    def finder(self) -> HybridRetriever:
        """What ranks the papers for a question."""
        return HybridRetriever(self.library, self.embedder, today=self._today)

    @cached_property
    def engine(self) -> Engine:
        """What answers questions."""
        reader = self.pair_reader
        return Engine(
            library=self.library,
            retriever=self.finder,
            writer_on=lambda: self.writer,
            paper_reader=PaperReader(self.library, self.scorer),
            comparing=ComparingAnswers(self.comparer, self.finder),
            list_reader=None if reader is None else ListReader(self.library, reader),
        )

    @cached_property
    def comparer(self) -> Comparer:
        """What puts papers side by side."""
        return Comparer(self.library, lambda: self.pair_reader)

    @property
    def writer(self) -> Writer:
        """The writer of the answers: the language model's where there is one, else the quoting one."""
        return self._writing.writer

    @property
    def writing(self) -> Writing:
        """The same with the name of the model, and its settings where it is a server's."""
        return self._writing

    def use(self, llm: "LlmSettings | LLM | None") -> None:
        """Let a language model write from the next answer on, or without one, quote; what is under way stays as it is.

        Any thread may do so at any time.

        Raises:
            InputError: the settings name no server, no model, or a key that cannot be sent; the writer stays.
        """
        self._writing = writing_with(llm, self._similar, self._familiar)

    def _is_word(self, word: str) -> bool:
        """Whether the embedding model, loaded when that is first asked, knows a word as an English one."""
        return self.embedder.is_word(word)

    def _similar(self, one: str, other: str) -> float:
        """The cosine of two texts."""
        return float(self._text_vector(one) @ self._text_vector(other))

    @cached_property
    def _text_vector(self) -> Callable[[str], Vector]:
        """The vector of a text, remembered for a while: a model's sentences are held against the same quotes."""
        return lru_cache(maxsize=1024)(self.embedder.text_vector)

    def talk(self, conversation_id: str | None = None, *, owner: str = "") -> Talk:
        """A new conversation, or a kept one to go on with; every turn is kept in the library.

        Raises:
            InputError: the library is empty, or holds no such conversation (of that owner, where one is named).
        """
        self._need_papers()
        return Talk(self.engine, History(self.library.conversations, conversation_id, owner))

    # ---- as parts of llama-index, which takes more than a second to import

    @property
    def retriever(self) -> "DaybookRetriever":
        """The retriever of llama-index over the library."""
        from assistant.engine.llama_parts import DaybookRetriever  # noqa: PLC0415 - see above

        return DaybookRetriever(self.finder)

    @property
    def query_engine(self) -> "DaybookQueryEngine":
        """The query engine of llama-index over the library."""
        from assistant.engine.llama_parts import DaybookQueryEngine  # noqa: PLC0415 - see above

        return DaybookQueryEngine(engine=self.engine)

    def chat_engine(self, conversation_id: str | None = None, *, owner: str = "") -> "DaybookChatEngine":
        """The chat engine of llama-index for a conversation. Arguments and errors as with `talk`."""
        from assistant.engine.llama_parts import DaybookChatEngine  # noqa: PLC0415 - see above

        return DaybookChatEngine(self.talk(conversation_id, owner=owner))

    # ---- conversations

    def conversations(self, owner: str | None = None) -> list[ConversationSummary]:
        """The kept conversations, or those of an owner, the one used last first."""
        return self.library.conversations.listed(owner)

    def conversation(self, conversation_id: str) -> Conversation:
        """A kept conversation with all its answers.

        Raises:
            InputError: there is none of that id.
        """
        found = find_conversation(self.library.conversations, conversation_id)
        if found is None:
            raise no_conversation(conversation_id)
        return found

    def delete_conversation(self, conversation_id: str) -> None:
        """Delete a kept conversation for good.

        Raises:
            InputError: there is none of that id.
        """
        if not is_conversation_id(conversation_id) or not self.library.conversations.delete(conversation_id):
            raise no_conversation(conversation_id)

    def ingest(
        self, paths: Iterable[Path | str], progress: "Progress" = lambda _: None, selection: Selection = EVERYTHING
    ) -> "IngestReport":
        """Bring digests and other sources into the library; see `ingest.pipeline.ingest`."""
        from ingest.pipeline import ingest  # noqa: PLC0415 - it imports what reads every format

        return ingest(paths, self.library, self.embedder, progress, selection)

    def fetch(
        self,
        category: str,
        days: Sequence[date],
        tell: "Callable[[FetchedDay], None]" = lambda _: None,
        source: "ArxivSource | None" = None,
    ) -> "IngestReport":
        """Bring the papers that were submitted to a category on some days; see `ingest.fetch.fetch`."""
        from ingest.arxiv_source import ArxivSource  # noqa: PLC0415 - as above, and what the network needs
        from ingest.fetch import fetch  # noqa: PLC0415
        from ingest.pipeline import Ingestion, IngestReport  # noqa: PLC0415

        report = IngestReport()
        fetch(source or ArxivSource(), category, days, Ingestion(self.library, self.embedder, report), tell)
        return report

    def fetch_announcement(
        self, category: str, source: "ArxivSource | None" = None
    ) -> "tuple[IngestReport, Announced]":
        """Bring what arXiv announces today in a category; see `ingest.fetch.fetch_announcement`."""
        from ingest.arxiv_source import ArxivSource  # noqa: PLC0415 - as above
        from ingest.fetch import fetch_announcement  # noqa: PLC0415
        from ingest.pipeline import Ingestion, IngestReport  # noqa: PLC0415

        report = IngestReport()
        ingestion = Ingestion(self.library, self.embedder, report)
        return report, fetch_announcement(source or ArxivSource(), category, ingestion)

    def remove(
        self,
        paper_or_day: str | date | None = None,
        *,
        source: Path | str | None = None,
        is_agreed: "Callable[[Removal], bool]" = lambda _: True,
    ) -> "Removal | None":
        """Take out a paper by its arXiv id, the listings of a day, or what only a file brought; None if not agreed to.

        Ingesting the same again brings it back; see `ingest.removal`.

        Raises:
            InputError: not exactly one of them is named, or the library holds nothing of it.
        """
        from ingest.removal import removal_of_day, removal_of_paper, removal_of_source, take_out  # noqa: PLC0415 - as above

        if (paper_or_day is None) == (source is None):
            raise InputError("name what to take out: an arXiv id, a day such as 2020-05-25, or a file as source")
        with self.library.writer():
            if source is not None:
                removal = removal_of_source(str(source), self.library)
            elif isinstance(paper_or_day, date):
                removal = removal_of_day(paper_or_day, self.library)
            else:
                removal = removal_of_paper(str(paper_or_day), self.library)
            if not is_agreed(removal):
                return None
            take_out(removal, self.library, lambda: self.embedder)
        return removal

    def examine(self, *, repair: bool = False) -> "list[Finding]":
        """What is wrong with the library, repaired where that is asked for and possible; see `ingest.doctor`."""
        from ingest.doctor import examine  # noqa: PLC0415 - as above

        if not repair:
            return list(examine(self.library, None))
        with self.library.writer():
            return list(examine(self.library, lambda: self.embedder))

    def ask(self, question: str, history: Sequence[Answer] = (), *, author: str = "") -> Answer:
        """Answer a question; `history` holds the answers before it in the conversation, newest last.

        With an author only that one's papers answer: "A. Author" or "author", in any case, with accents or without.

        Raises:
            InputError: the question is empty or too long, the library is empty, or holds no paper of the author.
        """
        self._need_papers()
        return self.engine.answer(question, history, checked_author(author, self.library))

    def stream(self, question: str, history: Sequence[Answer] = (), *, author: str = "") -> Iterator[Answer]:
        """Yield the answer as it grows; the last one is complete. Arguments and errors as with `ask`."""
        self._need_papers()
        return self.engine.stream(question, history, checked_author(author, self.library))

    def search(self, question: str, limit: int = 10, *, author: str = "") -> "SearchResults":
        """The papers nearest to a question, best first. Arguments and errors as with `ask`."""
        text = checked_question(question)
        if limit < 1:
            raise InputError(f"the limit is {limit}; ask for at least 1 paper")
        self._need_papers()
        scope = with_author(self.finder.understood(text), checked_author(author, self.library))
        ranked = self.finder.rank(scope, question_terms(scope.rest), limit)
        return SearchResults(map(_result, ranked), understood(scope, ranked))

    def compare(self, *papers: str, aspects: Sequence[str] = ()) -> Comparison:
        """Put papers side by side, each given by arXiv id, title, name or description; aspects are further columns.

        Raises:
            InputError: a text names no paper for sure, or the library is empty, or they are too few or too many.
        """
        self._need_papers()
        chooser = Chooser(self.library, self.finder)
        found = [chooser.paper(checked_question(text)) for text in papers]
        understood = tuple(filter(None, (one.said for one in found)))
        return self.comparer.compare([stored for one in found for stored in one.papers], aspects, understood)

    def compare_topic(
        self,
        topic: str,
        aspects: Sequence[str] = (),
        *,
        since: date | None = None,
        until: date | None = None,
        limit: int = 6,
    ) -> Comparison:
        """Put the papers on a topic side by side, those nearest to it first. Errors as with `compare`."""
        self._need_papers()
        scope = topic_scope(self.finder.understood(checked_question(topic)), self.library.holdings(), since, until)
        found, said = Chooser(self.library, self.finder).on_topic(scope, limit)
        return self.comparer.compare(found, aspects, said)

    def papers(self, day: date | None = None, *, author: str = "") -> list[StoredPaper]:
        """The papers of a day in its order, or all of them, newest day first; of an author, where one is named.

        Raises:
            InputError: the library holds no paper of the author.
        """
        found = self.library.papers(day)
        if not (author := checked_author(author, self.library)):
            return found
        rows = frozenset(self.library.database.rows_by(author).tolist())
        return [stored for stored in found if stored.row in rows]

    def day(self, period: Period | None = None, *, theme: str = "", category: str = "", author: str = "") -> DayPage:
        """A day or a period on one page, the newest day held where none is named; see `assistant.day`.

        Raises:
            InputError: the library is empty, holds no paper of the period, category or author, or none on the theme.
        """
        return day_page(self.library, period, Limits(theme, category, author=checked_author(author, self.library)))

    # ---- what is followed and noted

    def follow(self, kind: FollowKind | str, text: str) -> Follow:
        """Follow a topic, an author, a name or a question from now on; see `assistant.following`.

        Raises:
            InputError: the text is none of that kind, or is followed already.
            LibraryError: the library cannot be written.
        """
        wanted = FollowKind(kind)
        asked = checked_question(text) if wanted is FollowKind.QUESTION else checked_text(wanted, text)
        database = self.library.database
        database.need_writable()
        return database.follows.add(wanted, asked, database.arrivals(database.last_chunk_row()).upto)

    def follows(self) -> list[Follow]:
        """All that is followed, the oldest first."""
        return self.library.database.follows.listed()

    def stop_following(self, number: int) -> Follow:
        """Follow something no longer; what it was.

        Raises:
            InputError: nothing that is followed has the number.
            LibraryError: the library cannot be written.
        """
        found = self.library.database.follows.stop(number)
        if found is None:
            raise InputError(f"nothing that is followed has number {number}; list it: daybook follow")
        return found

    def news(self, since: date | None = None) -> News:
        """What is new for each follow since `looked`; with `since`, what was listed on that day or later.

        Models are loaded only for a question, and only where something came.
        """
        return news_of(self.library, self._quoted, since)

    def _quoted(self, question: str, arxiv_ids: Collection[str]) -> Sequence[Evidence]:
        """The sentences that answer a question among some papers; the models are loaded when this is first asked."""
        return self.engine.quoted(question, arxiv_ids)

    def looked(self, news: News) -> None:
        """Mark what is new as seen; what came after it was asked for is new still. Nothing where days were named.

        Raises:
            LibraryError: the library cannot be written.
        """
        if news.upto is not None:
            self.library.database.follows.look({one.follow.number for one in news.follows}, news.upto)

    def marks(self) -> dict[str, Mark]:
        """What was noted of papers, by arXiv id; also of papers that were taken out."""
        return self.library.database.marks.listed()

    def mark(self, arxiv_id: str, change: MarkChange) -> Mark:
        """Change what is noted of a paper.

        Raises:
            InputError: the library holds no such paper and nothing is noted of it, or a note or tag is none.
            LibraryError: the library cannot be written.
        """
        if self.library.paper(arxiv_id) is None and arxiv_id not in self.marks():
            raise no_such_paper(arxiv_id)
        return self.library.database.marks.change(arxiv_id, change)

    def similar(self, arxiv_id: str, limit: int = 10) -> list[SearchResult]:
        """The papers that lie nearest to a paper, best first, without those that are hidden; no model is loaded.

        Raises:
            InputError: the library holds no such paper.
        """
        if limit < 1:
            raise InputError(f"the limit is {limit}; ask for at least 1 paper")
        return list(map(_result, similar_papers(self.library, arxiv_id, limit)))

    def days(self) -> list[DaySummary]:
        """The days that the library holds, newest first."""
        return self.library.days()

    def _need_papers(self) -> None:
        if self.library.database.paper_count() == 0:
            raise InputError("the library is empty; bring digests in: daybook ingest PATH")


def _result(ranked: RankedPaper) -> SearchResult:
    stored, paper = ranked.stored, ranked.stored.paper
    return SearchResult(paper.arxiv_id, paper.title, stored.day, ranked.score, stored.basis, paper.is_withdrawn)
