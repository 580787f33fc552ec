"""Sentences of an abstract as exact spans."""

import re
from functools import lru_cache

from llama_index.core.utils import globals_helper
from nltk.tokenize.punkt import PunktTokenizer

from ingest.paper import Span

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
def _tokenizer() -> PunktTokenizer:
    _ = globals_helper.punkt_tokenizer  # puts the data that llama-index-core bundles on nltk's path
    tokenizer = PunktTokenizer("english")
    tokenizer._params.abbrev_types.update(_ABBREVIATIONS)  # noqa: SLF001 - the documented way to add some
    return tokenizer


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
