"""Which of the papers that came a follow is about, and the quotes that show why."""

from collections.abc import Callable, Collection, Iterable, Sequence
from functools import cached_property

from assistant.day.narrowing import Narrowing, theme_words
from assistant.finding.mention import Wanted, rows_of_texts_holding
from assistant.following.arriving import Arrival
from assistant.following.changes import changes_between
from assistant.following.news import NewsPaper
from assistant.reading.evidence import Evidence
from ingest.authors import is_named, words_of_name
from ingest.errors import InputError
from ingest.follows import FollowKind
from ingest.lexical import PaperText
from ingest.library import Library
from ingest.paper import Span, key_span

Quoted = Callable[[str, Collection[str]], Sequence[Evidence]]
"""The sentences that answer a question among some papers, given by arXiv id; none where they do not answer it."""


class Matching:
    """Some papers that came, for one follow after another.

    A topic is matched as a day's theme is (`Narrowing`), among these papers: they say its words, or lie near the
    library's papers that do. A name must stand in the title or the abstract as it is, an author among the authors that
    a source told. Of a paper in a new version the former text counts too, by the words of the topic or the name. A
    question is answered from these papers alone, by quotes, whoever else writes answers.
    """

    def __init__(self, arrivals: Sequence[Arrival], library: Library, quoted: Quoted) -> None:
        self._arrivals = arrivals
        self._library = library
        self._quoted = quoted

    def of(self, kind: FollowKind, text: str) -> tuple[NewsPaper, ...]:
        """The papers that something followed is about, in their order."""
        if not self._arrivals:
            return ()
        if kind is FollowKind.QUESTION:
            return self._answering(text)
        rows = {FollowKind.TOPIC: self._on_topic, FollowKind.AUTHOR: self._by, FollowKind.NAME: self._naming}[kind](
            text
        )
        return tuple(_news(one, self._key_spans(one)) for one in self._arrivals if one.stored.row in rows)

    @cached_property
    def _narrowing(self) -> Narrowing:
        return Narrowing([one.stored for one in self._arrivals], self._library)

    @cached_property
    def _sentences(self) -> dict[int, Span | None]:
        roled = self._library.roled_sentences([one.stored.row for one in self._arrivals])
        return {row: key_span(sentences) for row, sentences in roled.items()}

    def _key_spans(self, arrival: Arrival) -> tuple[Span, ...]:
        span = self._sentences.get(arrival.stored.row)
        return () if span is None else (span,)

    def _on_topic(self, text: str) -> set[int]:
        rows = rows_of_texts_holding(self._former_texts(), theme_words(text))
        try:
            places = self._narrowing.on(text).places
        except InputError:  # none is on it
            return rows
        return rows | {self._arrivals[place].stored.row for place in places}

    def _by(self, text: str) -> set[int]:
        words = words_of_name(text)
        papers = (one.stored for one in self._arrivals)
        return {stored.row for stored in papers if any(is_named(name, words) for name in stored.paper.authors)}

    def _naming(self, text: str) -> set[int]:
        papers = (one.stored for one in self._arrivals)
        texts = [PaperText(stored.row, stored.paper.title, stored.paper.abstract) for stored in papers]
        return rows_of_texts_holding([*texts, *self._former_texts()], Wanted((text,)))

    def _former_texts(self) -> Iterable[PaperText]:
        for one in self._arrivals:
            if one.former is not None:
                yield PaperText(one.stored.row, one.former.title, one.former.abstract)

    def _answering(self, question: str) -> tuple[NewsPaper, ...]:
        spans: dict[int, list[Span]] = {}
        for piece in self._quoted(question, {one.stored.paper.arxiv_id for one in self._arrivals}):
            spans.setdefault(piece.stored.row, []).append(piece.span)
        return tuple(
            _news(one, tuple(sorted(spans[one.stored.row], key=lambda span: span.start)))
            for one in self._arrivals
            if one.stored.row in spans
        )


def _news(arrival: Arrival, spans: tuple[Span, ...]) -> NewsPaper:
    if arrival.former is None:
        return NewsPaper(arrival.stored, spans, arrival.seen)
    changes = changes_between(arrival.former, arrival.stored.paper)
    return NewsPaper(
        arrival.stored,
        spans,
        arrival.seen,
        is_new_version=True,
        former_version=arrival.former.version,
        changes=changes,
    )
