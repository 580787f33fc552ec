"""Which labels the papers of a period come under: few that fit many, each paper under the one it is nearest to."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from assistant.day.background import Background, Nearness
from assistant.day.choosing import LEAST_FIT, Choice, Fit, assigned
from assistant.day.fields import Field, known_fields, wider_fields
from assistant.day.labels import Label, labels_clash, labels_of
from assistant.day.phrases import Phrase, Stems, words_in
from ingest.library import Library
from ingest.paper import StoredPaper

_IN_TITLE, _SCATTERED, _OFTEN, _ONCE = 1.0, 0.7, 0.6, 0.3
_MORE = 0.1  # for every other mention, up to three
_NEAR = (0.18, 0.35)  # cosine with a label's other papers from which a paper begins to belong, and from which it does
_SURELY_NEAR = 0.2  # cosine at which the words of a paper are taken at their word
_DOUBT = 4  # so many papers of a label are needed for half a trust in where they lie
_UNSAID = 0.07  # less where a paper lies near others and says none of the words
_COHERENT = 0.1  # mean cosine of a label's papers, below which to lie near them says less
_LEAST_FIT_OF_WIDER = 0.25  # a wider field takes in more, so less is needed
_MANY_PAPERS, _BROAD_SHARE = 20, 0.4
_LEAST_READABLE_WORDS = 0.4
_MOST_WORDS = 3
_SEVERAL = 0.3  # of a theme's papers
_NAMING, _NAMING_SHARE = 0.6, 0.8  # how readable a phrase must be, and how many papers hold it, to stand for a field


@dataclass(frozen=True, slots=True)
class Group:
    """The places of some papers, those that fit best first, and their label; None where none fits."""

    label: Label | None
    places: tuple[int, ...]
    words: tuple[str, ...] = ()


def grouped(
    papers: Sequence[StoredPaper],
    found: dict[Stems, Phrase],
    library: Library,
    apart_from: Label | None = None,
    fields: Sequence[Field] | None = None,
) -> list[Group]:
    """Some papers under labels, the largest group first and what no label fits last; every paper once.

    `found` are their phrases, `apart_from` is a label that all of them have, `fields` are those that may help, by
    default the known ones.
    """
    if not papers:
        return []
    fields, wider = (known_fields(), wider_fields()) if fields is None else (fields, ())
    labels, nearness = labels_of(found, Background(library, papers), [*fields, *wider])
    fit = fit_of(labels, papers, found, nearness)
    names = {field.label for field in wider}
    allowed = [
        n
        for n, label in enumerate(labels)
        if label.text not in names and (apart_from is None or not labels_clash(label, apart_from))
    ]
    while True:
        groups = _groups(labels, fit, Choice(labels, fit, allowed).chosen(), found, names)
        broad = _too_broad(groups, len(papers))
        if broad is None:
            return groups
        left = [n for n in allowed if labels[n].cues != broad.cues]
        if left == allowed:  # it was not chosen: it is what the papers that no theme takes in have in common
            return groups
        allowed = left


def _too_broad(groups: Sequence[Group], papers: int) -> Label | None:
    """A field that takes in so many papers that it tells them apart no more."""
    label = groups[0].label
    is_broad = papers >= _MANY_PAPERS and len(groups[0].places) > _BROAD_SHARE * papers
    return label if is_broad and label is not None and _is_field(label) else None


def fit_of(
    labels: Sequence[Label], papers: Sequence[StoredPaper], found: Mapping[Stems, Phrase], nearness: Nearness
) -> Fit:
    """By the words of each paper, as far as it lies near the others that hold them, and by that nearness itself."""
    said = _said(labels, papers, found)
    cosines = nearness.cosines.astype(np.float64)
    begins, belongs = _NEAR
    near = np.clip((cosines - begins) / (belongs - begins), 0, 1) / 2 + np.maximum(cosines - belongs, 0)
    sure = nearness.holders / (nearness.holders + _DOUBT) * np.clip(nearness.coherence / _COHERENT, 0, 1)
    alone = np.array([len(label.cues) == len(label.cues[0]) == 1 for label in labels], dtype=bool)
    # a word by itself may mean anything, so it needs papers near it
    trusted = np.where(alone[:, None] & (nearness.holders[:, None] > _DOUBT), 0.0, 1.0)
    fit: Fit = said / 4 * (trusted + np.clip(cosines / _SURELY_NEAR, 0, 1)) + near * sure[:, None]
    return np.where(said > 0, fit, np.maximum(fit - _UNSAID, 0))


def _said(labels: Sequence[Label], papers: Sequence[StoredPaper], found: Mapping[Stems, Phrase]) -> Fit:
    """How clearly papers say the words of labels."""
    said = np.zeros((len(labels), len(papers)))
    titles = [{word.stem for word in words_in(stored.paper.title)} for stored in papers]
    for number, label in enumerate(labels):
        in_title: set[int] = set()
        counts: dict[int, int] = {}
        for phrase in (found[cue] for cue in label.cues if cue in found):
            in_title |= phrase.titles
            for place, count in phrase.counts.items():
                counts[place] = counts.get(place, 0) + count
        for place, count in counts.items():
            said[number, place] = _clearness(count, is_title=place in in_title)
        for cue in label.cues:
            if len(cue) > 1 and cue in found:
                for place, stems in enumerate(titles):
                    if stems.issuperset(cue):
                        said[number, place] = max(said[number, place], _SCATTERED)
    return said


def _clearness(count: int, *, is_title: bool) -> float:
    if count == 1 and not is_title:
        return _ONCE
    more = _MORE * min(3, max(0, count - 1 - is_title))
    return (_IN_TITLE if is_title else _OFTEN) + more


def _groups(
    labels: Sequence[Label],
    fit: Fit,
    chosen: Sequence[int],
    found: Mapping[Stems, Phrase],
    wider: Collection[str],
) -> list[Group]:
    readable = np.array([label.readability for label in labels])
    places = assigned(fit, readable, chosen)
    order = sorted(places, key=lambda n: (n < 0, -len(places[n]), n))
    named = [labels[n] for n in order if n >= 0]
    groups: list[Group] = []
    for n in order:
        if n < 0:
            groups.extend(_last_groups(labels, fit, places[n], named, wider))
            continue
        others = [label for label in named if label is not labels[n]]
        label = _name_of(labels[n], _phrases_held(labels, places[n], found, _NAMING), len(places[n]), others)
        named[named.index(labels[n])] = label
        held = _phrases_held(labels, places[n], found)
        several = [phrase for count, phrase in held if count >= _SEVERAL * len(places[n])]
        groups.append(Group(label, tuple(places[n]), _words_of(label, several)))
    return groups


def _last_groups(
    labels: Sequence[Label], fit: Fit, places: Sequence[int], named: Sequence[Label], wider: Collection[str]
) -> Iterator[Group]:
    """What no theme takes in: by fields that several papers are of, by wider fields, and the rest."""
    fields = [
        n for n, label in enumerate(labels) if _is_field(label) and not any(labels_clash(label, o) for o in named)
    ]
    narrow = _several_each(fit, places, [n for n in fields if labels[n].text not in wider], LEAST_FIT)
    held = {place for some in narrow.values() for place in some}
    left = [place for place in places if place not in held]
    broad = _several_each(fit, left, [n for n in fields if labels[n].text in wider], _LEAST_FIT_OF_WIDER)
    groups = [Group(labels[n], tuple(some)) for n, some in (narrow | broad).items()]
    yield from sorted(groups, key=lambda group: (-len(group.places), group.places))
    held |= {place for some in broad.values() for place in some}
    if rest := tuple(place for place in places if place not in held):
        yield Group(None, rest)


def _several_each(fit: Fit, places: Sequence[int], labels: Sequence[int], least: float) -> dict[int, list[int]]:
    """The labels that fit several of some papers best, each with those."""
    found: dict[int, list[int]] = {}
    for place in places:
        best = max(labels, key=lambda n: fit[n, place], default=-1)
        if best >= 0 and fit[best, place] >= least:
            found.setdefault(best, []).append(place)
    return {n: some for n, some in found.items() if len(some) > 1}


def _is_field(label: Label) -> bool:
    return len(label.cues) > 1


def _name_of(label: Label, held: Sequence[tuple[int, Label]], papers: int, others: Sequence[Label]) -> Label:
    """A theme's label; that of a field is the phrase that most of its papers hold, where there is one."""
    if len(label.cues) == 1 or not held:
        return label
    count, phrase = held[0]
    is_taken = any(labels_clash(phrase, other) for other in others)
    return label if is_taken or count < _NAMING_SHARE * papers else phrase


def _phrases_held(
    labels: Sequence[Label], places: Sequence[int], found: Mapping[Stems, Phrase], least: float = _LEAST_READABLE_WORDS
) -> list[tuple[int, Label]]:
    """The readable phrases that at least two of some papers hold, and how many do; those of most papers first."""
    held = []
    for label in labels:
        if len(label.cues) == 1 and label.readability >= least:
            count = sum(place in found[label.cues[0]].counts for place in places)
            held += [(count, label)] if count > 1 else []
    return sorted(held, key=lambda one: (-one[0] * one[1].readability, one[1].text))


def _words_of(label: Label, held: Sequence[Label]) -> tuple[str, ...]:
    """Some phrases that papers of a theme have in common, beside its label."""
    words: list[Label] = []
    for other in held:
        if not any(labels_clash(other, one) for one in (label, *words)):
            words.append(other)
    return tuple(word.text for word in words[:_MOST_WORDS])
