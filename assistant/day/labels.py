"""Labels that the themes of a period may have: its papers' own phrases, and known fields."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from assistant.day.background import Background, Nearness
from assistant.day.fields import Field
from assistant.day.phrases import Phrase, Stems, add_titles
from assistant.day.words import may_end_noun_phrase, names_nothing
from ingest.words import stems_of, words_of

_LEAST_TITLES = 3  # of the library, for a phrase that one paper of the period holds
_FIELD = 0.75  # a field is readable, but says less than what the papers themselves say
_IMAGE = frozenset(stems_of("image"))
_SINGLE_WORD = 0.65
_TITLED_SHARE = 0.1  # of the papers that hold its words, so many name a theme in their title
_CLOSED_SHARE = 0.5
_USUAL_SHARE = 0.25  # of the commonest way to write it, from which the one with the fewest capitals is taken
_PLURAL_SHARE = 0.3  # of the singular, from which a label is in the plural: "point clouds"
_COHERENT = (0.03, 0.14)  # mean cosine at which a label begins to tell anything, and at which it tells all


@dataclass(frozen=True, slots=True)
class Label:
    """A label: the phrases whose papers it names, and how readable it is, up to 1; of a field, there are several."""

    text: str
    cues: tuple[Stems, ...]
    readability: float

    @property
    def stems(self) -> frozenset[str]:
        """The stems of its words."""
        return _stems_of(self.text)


@lru_cache(maxsize=10_000)
def _stems_of(text: str) -> frozenset[str]:
    return frozenset(stems_of(text))


def labels_of(
    found: dict[Stems, Phrase], background: Background, fields: Sequence[Field]
) -> tuple[list[Label], Nearness]:
    """The labels that could be themes of a period, and how they lie to its papers."""
    in_titles = add_titles(found, background.titles())
    candidates = [
        _own_label(phrase, in_titles[stems]) for stems, phrase in found.items() if _is_held(phrase, in_titles)
    ]
    labels = [label for label in candidates if label is not None] + _field_labels(found, fields)
    nearness = background.nearness([label.cues for label in labels])
    return [_weighed(label, in_titles, nearness, n) for n, label in enumerate(labels)], nearness


def _is_held(phrase: Phrase, in_titles: Mapping[Stems, int]) -> bool:
    """Whether it stands in titles and papers enough; a single word, which may mean anything, in two of the period."""
    titles = in_titles.get(phrase.stems, 0)
    if len(phrase.stems) == 1 and len(phrase.titles) < 2:
        return False
    return titles >= _LEAST_TITLES or (len(phrase.counts) > 1 and titles > 0)


def _own_label(phrase: Phrase, titles: int) -> Label | None:
    """A phrase as a label; None where it names nothing."""
    if names_nothing(phrase.stems) or not titles:
        return None
    text, closed = readable(phrase)
    if not text:
        return None
    return Label(text, (phrase.stems,), closed * (_SINGLE_WORD if len(phrase.stems) == 1 else 1.0))


def _field_labels(found: Mapping[Stems, Phrase], fields: Sequence[Field]) -> list[Label]:
    """The fields of which a cue is held."""
    return [Label(field.label, field.cues, _FIELD) for field in fields if any(cue in found for cue in field.cues)]


def _weighed(label: Label, in_titles: Mapping[Stems, int], nearness: Nearness, number: int) -> Label:
    """A label whose readability tells too whether the papers that hold it have a subject in common."""
    low, high = _COHERENT
    holders = float(nearness.holders[number])
    coherence = float(nearness.coherence[number]) * holders / (holders + 2) if holders > 1.5 else 0.0
    coherent = min(1.0, max(0.0, (coherence - low) / (high - low)))
    if len(label.cues) > 1:
        return Label(label.text, label.cues, label.readability * (0.75 + 0.25 * coherent))
    titled = min(1.0, in_titles[label.cues[0]] / (_TITLED_SHARE * (int(nearness.counts[number]) + 2)))
    return Label(label.text, label.cues, label.readability * coherent * titled)


# ---- how a label is written


def readable(phrase: Phrase) -> tuple[str, float]:
    """How a phrase is written as a label, and how surely it is a noun phrase, 0 to 1; empty where it is none."""
    written: Counter[str] = Counter()
    closed: Counter[str] = Counter()
    for (surface, is_closed, _), count in phrase.surfaces.items():
        written[surface.lower()] += count
        closed[surface.lower()] += count * is_closed
    best, most = "", 0.0
    for text, count in sorted(written.items()):
        if not _may_be_noun(text):
            continue
        share = min(1.0, (closed[text] + 0.5) / (count + 1) / _CLOSED_SHARE) * count / (count + 1)
        if share > most:
            best, most = text, share
    if best and written[f"{best}s"] >= _PLURAL_SHARE * written[best]:
        best = f"{best}s"
    return (_as_label(best, phrase.surfaces), most) if best else ("", 0.0)


def _may_be_noun(text: str) -> bool:
    words = words_of(text)
    return may_end_noun_phrase(words[-1]) and not words[0].endswith("ly") and len(text) > 2


def _as_label(text: str, surfaces: Mapping[tuple[str, bool, bool], int]) -> str:
    """A phrase with its names as they are written, and a capital at its beginning."""
    within: Counter[str] = Counter()
    titled: Counter[str] = Counter()
    for (surface, _, in_title), count in surfaces.items():
        if surface.lower() == text:
            (titled if in_title else within)[surface] += count
    if within:
        usual = [surface for surface in within if within[surface] >= _USUAL_SHARE * max(within.values())]
        written = min(usual, key=lambda surface: (sum(c.isupper() for c in surface), -within[surface], surface))
    else:
        written = _without_title_case(max(titled, key=lambda surface: (titled[surface], surface)))
    first = re.split(r"[\s-]", written)[0]
    return written if any(c.isupper() for c in first) else written[:1].upper() + written[1:]


def _without_title_case(text: str) -> str:
    """Words in lower case, but those with a capital or a digit within."""
    return re.sub(r"[^\W_]+", lambda m: m.group().lower() if m.group()[1:].islower() else m.group(), text)


def labels_clash(one: Label, other: Label) -> bool:
    """Whether a reader would not tell them apart: the words of one are among those of the other, or nearly so.

    "Image" tells no two apart; nor does a cue of a field that shares a word with the field's name.
    """
    mine, others = (label.stems - _IMAGE or label.stems for label in (one, other))
    if mine <= others or others <= mine:
        return True
    return not mine.isdisjoint(others) and not set(one.cues).isdisjoint(other.cues)
