"""Sentences of an abstract as exact spans."""

import re
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.paper import Span

if TYPE_CHECKING:
    from nltk.tokenize.punkt import PunktTokenizer

_ABBREVIATIONS = (
    "al", "approx", "cf", "e.g", "eq", "eqs", "esp", "etc", "fig", "figs", "i.e", "no", "ref", "refs", "resp",
    "sec", "st", "tab", "vs", "w.r.t", "wrt",
)  # fmt: skip
_CONTINUES = re.compile(r"[a-z,;:)\]]|[(\[]?(?:Fig|Eq|Sec|Tab)\.")
_SHORTEST_SENTENCE = 12
_MISSED_END = re.compile(  # after capitals, which Punkt takes for an abbreviation ("for the PA. To the best of ...")
    r"[A-Z\d]{2}[.] (?=(?:A|An|As|By|For|From|However|In|It|Moreover|On|Our|Results|The|These|This|Thus|To|We|With) )"
)


@lru_cache(maxsize=1)
def _tokenizer() -> "PunktTokenizer":
    import nltk.data  # noqa: PLC0415 - it is slow to import, and the sentences of a library are kept
    from nltk.tokenize.punkt import PunktTokenizer  # noqa: PLC0415

    nltk.data.path.append(_bundled_data())
    tokenizer = PunktTokenizer("english")
    tokenizer._params.abbrev_types.update(_ABBREVIATIONS)  # noqa: SLF001 - the documented way to add some
    return tokenizer


def _bundled_data() -> str:
    """The folder of nltk's data that llama-index-core brings, found without importing that."""
    spec = find_spec("llama_index.core")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("llama-index-core is not installed; install Daybook again")
    return str(Path(spec.origin).parent / "_static" / "nltk_cache")


def split_sentences(text: str) -> list[Span]:
    """Split a text into sentences (Punkt, Kiss and Strunk 2006); together they cover all its words."""
    spans: list[Span] = []
    for start, end in _tokenizer().span_tokenize(text):
        if spans and (_CONTINUES.match(text, start) or end - start < _SHORTEST_SENTENCE):
            spans[-1] = Span(spans[-1].start, end)
        else:
            spans.append(Span(start, end))
    return [part for span in spans for part in _split_missed(text, span)]


def _split_missed(text: str, span: Span) -> list[Span]:
    starts = [span.start, *(match.end() for match in _MISSED_END.finditer(text, span.start, span.end))]
    ends = [start - 1 for start in starts[1:]] + [span.end]
    return [Span(start, end) for start, end in zip(starts, ends, strict=True)]
