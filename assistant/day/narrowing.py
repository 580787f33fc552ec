"""The papers of a period that are on a theme someone follows."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from assistant.day.background import Background
from assistant.day.fields import field_named
from assistant.day.labels import Label
from assistant.day.phrases import Phrase, Stems, phrases_of
from assistant.day.themes import fit_of
from assistant.finding.mention import Wanted, rows_holding, rows_of_texts_holding
from assistant.language.terms import STOP_WORDS
from ingest.errors import InputError
from ingest.lexical import PaperText
from ingest.library import Library
from ingest.paper import StoredPaper
from ingest.words import stem, words_of

_LEAST_FIT = 0.25
_LEAST_FIT_UNSAID = 0.35
_READ_WHOLE = 400  # papers; of so many the abstracts are read for phrases, too
_EMPTY = STOP_WORDS | {"paper", "papers", "work", "works", "new", "anything", "something", "topic", "theme"}


@dataclass(frozen=True, slots=True)
class Narrowed:
    """The places of the papers on a theme, in their order, and the theme as a label."""

    label: Label
    places: tuple[int, ...]


def of_theme(theme: str, papers: Sequence[StoredPaper], library: Library) -> Narrowed:
    """The papers on a theme; see `Narrowing.on`."""
    return Narrowing(papers, library).on(theme)


class Narrowing:
    """Some papers, to be narrowed to one theme after another: what they say and where they lie is read once."""

    def __init__(self, papers: Sequence[StoredPaper], library: Library) -> None:
        self._papers = papers
        self._library = library

    @cached_property
    def _phrases(self) -> dict[Stems, Phrase]:
        return phrases_of(self._papers)

    @cached_property
    def _background(self) -> Background:
        return Background(self._library, self._papers)

    def on(self, theme: str) -> Narrowed:
        """The papers that say a theme's words, or lie near the library's papers that do.

        A word by itself must stand there as it is, in singular or plural: "transformers" are no transformation.

        Raises:
            InputError: the theme has no words, or none of the papers is on it.
        """
        papers, found = self._papers, self._phrases
        label = theme_label(theme)
        nearness = self._background.nearness([label.cues])
        fit, near = (fit_of([label], papers, phrases, nearness)[0] for phrases in (found, {}))
        in_title, saying = _holding(theme, papers, self._library)
        is_one_word = len(label.cues) == len(label.cues[0]) == 1
        if not is_one_word:
            phrases = [found[cue] for cue in label.cues if cue in found]
            saying |= {place for phrase in phrases for place in phrase.counts}
            in_title |= {place for phrase in phrases for place in phrase.titles}
        places = tuple(
            place
            for place in range(len(papers))
            if place in in_title
            or (place in saying and fit[place] >= _LEAST_FIT)
            or (not is_one_word and near[place] >= _LEAST_FIT_UNSAID)
        )
        if saying.isdisjoint(places):
            raise InputError(f"none of the {len(papers)} papers is on “{theme}”; leave the theme out to see them all")
        return Narrowed(label, places)


def _holding(theme: str, papers: Sequence[StoredPaper], library: Library) -> tuple[set[int], set[int]]:
    """The places of the papers whose title, and whose title or abstract, holds a theme word for word."""
    held = [_rows_holding(theme_words(theme, title_only=title_only), papers, library) for title_only in (True, False)]
    in_title, saying = ({place for place, stored in enumerate(papers) if stored.row in rows} for rows in held)
    return in_title, saying


def _rows_holding(wanted: Wanted, papers: Sequence[StoredPaper], library: Library) -> set[int]:
    """As the index of the whole library has it; few papers are read themselves, which takes far less."""
    if len(papers) > _READ_WHOLE:
        return rows_holding(library.database, wanted)
    texts = (PaperText(stored.row, stored.paper.title, stored.paper.abstract) for stored in papers)
    return rows_of_texts_holding(texts, wanted)


def theme_words(theme: str, *, title_only: bool = False) -> Wanted:
    """The words of a theme, to be found as they stand."""
    return Wanted((" ".join(_words(theme)),), title_only=title_only)


def _words(theme: str) -> list[str]:
    """The words of a theme without empty ones before and after them."""
    words = words_of(theme)
    while words and words[0] in _EMPTY:
        words.pop(0)
    while words and words[-1] in _EMPTY:
        words.pop()
    return words


def theme_label(theme: str) -> Label:
    """A theme as a label: that of a field where it names one, else its own words.

    Raises:
        InputError: it has no words.
    """
    known = field_named(theme)
    if known is not None:
        return Label(known.label, known.cues, 1.0)
    cue: Stems = tuple(stem(word) for word in words_of(theme) if word not in _EMPTY)
    if not cue:
        raise InputError(f"“{theme}” is no theme; name one such as “medical imaging”")
    text = " ".join(theme.split())
    return Label(text[:1].upper() + text[1:], (cue,), 1.0)
