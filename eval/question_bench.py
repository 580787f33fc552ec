"""Where labelled questions are read to train on: each over its own library, the day after its newest."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from assistant.retrieval import HybridRetriever
from eval.corpora import Tell, library_folder
from eval.sealed_cases import corpus_of
from ingest.embedding import Embedder
from ingest.library import Library

WORDINGS = Path(__file__).parent / "wordings"


@dataclass(frozen=True, slots=True)
class QuestionBench:
    """What training needs: the folder of real data, where libraries are kept, the model, and who is told."""

    data: Path
    work: Path
    embedder: Embedder
    tell: Tell

    def libraries(self, names: Iterable[str]) -> Iterator[tuple[str, Library, HybridRetriever]]:
        """The libraries of these names, one after the other, each open until the next."""
        for name in dict.fromkeys(names):
            place = library_folder(corpus_of(name), self.data, self.work, self.embedder, self.tell)
            with Library(place, create=False) as library:
                after = library.holdings().days[-1] + timedelta(days=1)
                today = partial(date.fromordinal, after.toordinal())
                yield name, library, HybridRetriever(library, self.embedder, today=today)


def matrix_of(rows: Iterable[NDArray[np.int64]], features: int) -> sparse.csr_matrix:
    """Rows of places at which a feature is set, as a matrix [rows, features]."""
    places = list(rows)
    starts = np.concatenate([[0], np.cumsum([len(found) for found in places])]).astype(np.int64)
    return sparse.csr_matrix((np.ones(starts[-1]), np.concatenate(places), starts), shape=(len(places), features))
