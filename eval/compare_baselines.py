"""Plain ways to fill the cells of a comparison, which Daybook is measured beside."""

import math
from collections.abc import Callable, Mapping
from functools import lru_cache

import numpy as np

from assistant.comparing.reading import ReadPaper, ReadSentence
from ingest.embedding import Embedder
from ingest.library import Library
from ingest.paper import Role
from ingest.words import stem, stems_of, words_of

Filler = Callable[[ReadPaper, str], frozenset[int]]
"""From a paper and a column to the numbers of the sentences in the cell; none says "not stated"."""

_K1, _B = 1.2, 0.75
_ROLE_OF = {"problem": Role.BACKGROUND, "method": Role.METHOD, "data": Role.METHOD, "results": Role.RESULT}


def baselines(library: Library, embedder: Embedder) -> Mapping[str, Filler]:
    """The baselines by name."""
    return {
        "cosine to the column's name": _nearest(embedder),
        "BM25 with the column's name": _by_words(library),
        "first sentence of the role": _by_role,
    }


def _nearest(embedder: Embedder) -> Filler:
    """The first sentence is the problem; any other cell has the sentence nearest to the column's name by meaning."""
    vector = lru_cache(maxsize=10_000)(embedder.text_vector)
    asked = lru_cache(maxsize=100)(embedder.question_vector)

    def fill(paper: ReadPaper, column: str) -> frozenset[int]:
        if column == "problem":
            return frozenset({0})
        cosines = np.array([float(vector(sentence.text) @ asked(column)) for sentence in paper.sentences])
        return frozenset({int(cosines.argmax())})

    return fill


def _by_words(library: Library) -> Filler:
    """The first sentence is the problem; any other cell has the best by BM25, and nothing where no word meets."""
    words = library.lexical_table()

    def fill(paper: ReadPaper, column: str) -> frozenset[int]:
        if column == "problem":
            return frozenset({0})
        wanted = {stem(word) for word in words_of(column)}
        mean = sum(len(stems_of(sentence.text)) for sentence in paper.sentences) / len(paper.sentences)

        def score(sentence: ReadSentence) -> float:
            stems = stems_of(sentence.text)
            return sum(
                math.log(1 + (len(words) + 0.5) / (words.document_count(one) + 0.5))
                * (count * (_K1 + 1))
                / (count + _K1 * (1 - _B + _B * len(stems) / mean))
                for one in wanted
                if (count := stems.count(one))
            )

        best = max(paper.sentences, key=score)
        return frozenset({best.number}) if score(best) > 0 else frozenset()

    return fill


def _by_role(paper: ReadPaper, column: str) -> frozenset[int]:
    """The first sentence of the role that a column asks for; an aspect's is the method's."""
    role = _ROLE_OF.get(column, Role.METHOD)
    of_role = [sentence.number for sentence in paper.sentences if sentence.role is role]
    return frozenset(of_role[:1])
