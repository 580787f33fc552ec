"""`daybook eval train-questions`, words that are marked: what reads limits and aspects, made anew from such questions.

A line of `eval/wordings/limits.jsonl` is {"q": "papers {in|of 3 May} on GANs {code|with code}"}, its marks the tags of
`assistant.question.limits`; "held" are the first and last day of the library that it was asked of, where they matter.
In `eval/wordings/aspects.jsonl` the words are marked by which papers are to be compared: {aspect|training time}.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.question.aspects import HASHES as ASPECT_HASHES
from assistant.question.aspects import AspectFinder, aspect_features, words_with_places
from assistant.question.limits import HASHES, TAGS, LimitReader, Tag, Token, limit_tokens, token_features
from eval.lines import json_lines
from eval.question_bench import WORDINGS, keep, tagger

_FOLDS = 5
_MARKED_LATER = 1.5  # taken from the log odds of an aspect: .84 of questions that name none keep none (of 0 .70), and
# .50 of the aspects that are named are found, .69 of what is found is one (of 0 .67, .65)
_COUNTS = {"written": 3.0}  # how much a question counts in training
_MARK = re.compile(r"\{(\w+)\|([^{}|]*)\}")
_HELD = (date(2019, 1, 3), date(2021, 4, 22))


@dataclass(frozen=True, slots=True)
class LabelledLimits:
    """A question with its tokens, what each says, and the features of each."""

    text: str
    source: str
    tokens: tuple[Token, ...]
    tags: tuple[Tag, ...]
    features: tuple[NDArray[np.int64], ...]


def train_limits(folder: Path) -> dict[str, float]:
    """Make the model and its report in a folder."""
    asked = list(labelled_limits())
    report = _out_of_fold(asked)
    keep(folder, "limits", fitted(asked), report)
    return report


def labelled_limits(path: Path = WORDINGS / "limits.jsonl") -> Iterator[LabelledLimits]:
    """All marked questions of a file."""
    for line in json_lines(path):
        text, spans = unmarked(line["q"])
        held = tuple(map(date.fromisoformat, line["held"])) if "held" in line else _HELD
        tokens = limit_tokens(text, held[-1], held)
        tags: list[Tag] = []
        for token in tokens:
            said = (tag for start, end, tag in spans if start < token.end and token.start < end)
            name = next(said, "")
            tags.append(next(tag for tag in TAGS if tag == name))
        yield LabelledLimits(text, line.get("source", ""), tuple(tokens), tuple(tags), tuple(token_features(tokens)))


def unmarked(marked: str) -> tuple[str, list[tuple[int, int, str]]]:
    """A question without its marks, and where they stood as (start, end, tag)."""
    text, spans, at = "", [], 0
    for match in _MARK.finditer(marked):
        text += marked[at : match.start()]
        spans.append((len(text), len(text) + len(match[2]), match[1]))
        text, at = text + match[2], match.end()
    return text + marked[at:], spans


def fitted(asked: Sequence[LabelledLimits]) -> dict[str, NDArray[Any]]:
    """The weights of the model."""
    sequences = [(some.features, [TAGS.index(tag) for tag in some.tags]) for some in asked]
    return tagger(sequences, (HASHES, len(TAGS)), [_COUNTS.get(some.source, 1.0) for some in asked])


def _out_of_fold(asked: Sequence[LabelledLimits]) -> dict[str, float]:
    """The share of questions whose dates, ids, categories, code and block are all read right."""
    right: dict[str, list[bool]] = {}
    for left_out in range(_FOLDS):
        reader = LimitReader(fitted([some for n, some in enumerate(asked) if n % _FOLDS != left_out]))
        for some in asked[left_out::_FOLDS]:
            is_right = said(some.tokens, reader.tagged(some.tokens, some.features)) == said(some.tokens, some.tags)
            kinds = ["all", some.source, "that set a limit" if any(some.tags) else "that set none"]
            for kind in filter(None, kinds):
                right.setdefault(kind, []).append(is_right)
    return {f"right, {kind}": float(np.mean(found)) for kind, found in right.items()} | {
        f"questions, {kind}": float(len(found)) for kind, found in right.items()
    }


def said(tokens: Sequence[Token], tags: Sequence[Tag]) -> list[object]:
    """What tags set, wherever the words around a date, an id or a category begin and end."""
    plain = {tag for tag in tags if tag in {"code", "nocode", "new", "cross", "all"}}
    if {"new", "cross"} <= plain:
        plain = plain - {"new", "cross"} | {"all"}
    return [*sorted(plain - {"all"}), *(tag for token, tag in zip(tokens, tags, strict=True) if token.sort != "word")]


# ---- aspects


def train_aspect_words(folder: Path) -> dict[str, float]:
    """Make the model and its report in a folder: the share of questions all of whose aspects are found, out of fold."""
    asked = [_with_aspects(line["q"]) for line in json_lines(WORDINGS / "aspects.jsonl")]
    right = []
    for left_out in range(_FOLDS):
        finder = AspectFinder(_fitted_aspects([one for n, one in enumerate(asked) if n % _FOLDS != left_out]))
        right += [finder.marked(words) == marks for words, marks in asked[left_out::_FOLDS]]
    report = {"questions": float(len(asked)), "right": float(np.mean(right))}
    keep(folder, "aspects", _fitted_aspects(asked), report)
    return report


def _fitted_aspects(asked: Sequence[tuple[list[NDArray[np.int64]], list[int]]]) -> dict[str, NDArray[Any]]:
    made = tagger(asked, (ASPECT_HASHES, 2))
    made["bias"][1] -= _MARKED_LATER
    return made


def _with_aspects(marked: str) -> tuple[list[NDArray[np.int64]], list[int]]:
    """The features of the words of a question, and which of them are marked."""
    text, spans = unmarked(marked)
    words = words_with_places(text)
    marks = [int(any(a < end and start < b for a, b, _ in spans)) for _, start, end in words]
    return aspect_features([word for word, *_ in words]), marks
