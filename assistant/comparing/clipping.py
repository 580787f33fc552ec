"""The part of a sentence that names its data, where that is one list: "CIFAR-10, CIFAR-100 and ImageNet datasets"."""

import re
from collections.abc import Collection

from assistant.comparing.datasets import dataset_names
from assistant.comparing.reading import ReadPaper, ReadSentence, trimmed
from ingest.paper import Span

_JOINS = re.compile(r"[\s,/&+()]*(?:\b(?:and|or|the|as\s+well\s+as)\b[\s,]*)*")
_SET_AFTER = re.compile(
    r"(?:\s*\([^()]{1,40}\))?(?:\s+[\w-]+){0,3}?\s+(?:data[\s-]?sets?|data[\s-]?bases?|benchmarks?|test[\s-]?sets?|test[\s-]?dev"
    r"|val(?:idation)?(?:\s+sets?)?|challenges?|corpus|corpora)\b(?:\s+of\s+[^,.;()]{3,60}?(?=[,.;)]|$|\s+(?:show|demonstrate)))?"
)


def data_span(sentence: ReadSentence, paper: ReadPaper) -> Span:
    """The span of the list of data in a sentence; the whole of it where the data are told in any other way."""
    text = sentence.text
    place = _list_of_names(text, paper.own_keys)
    if place is None:
        return trimmed(sentence)
    return Span(sentence.span.start + place[0], sentence.span.start + place[1])


def _list_of_names(text: str, own_keys: Collection[str]) -> tuple[int, int] | None:
    """From the first to the last name and the word for them, where nothing but commas stands between."""
    names = dataset_names(text, own_keys)
    if not names:
        return None
    start = end = text.find(names[0])
    for name in names:
        at = text.find(name, end)
        if at < 0 or (at > end and not _JOINS.fullmatch(text[end:at])):
            return None
        end = at + len(name)
    after = _SET_AFTER.match(text, end)
    return start, after.end() if after else end
