"""Papers like a paper: those whose stored vectors lie nearest to its own."""

import numpy as np
from numpy.typing import NDArray

from assistant.finding.retrieval import RankedPaper
from ingest.errors import InputError
from ingest.library import Library
from ingest.scores import NearestScores, PaperScores

_BY_MEANING = 2.0  # the whitened cosine counts twice, as for a question (docs/decisions/0002)


def similar_papers(library: Library, arxiv_id: str, limit: int) -> list[RankedPaper]:
    """The nearest papers, best first, without the paper itself and those that are hidden; `score` is the cosine.

    Nearness is that of a search without words: the plain and the whitened cosine with the paper's mean vector, the
    latter twice, each by its spread. None where the paper has no vector.

    Raises:
        InputError: the library holds no such paper.
    """
    stored = library.paper(arxiv_id)
    if stored is None:
        raise no_such_paper(arxiv_id)
    vector = library.paper_vectors(np.array([stored.row], dtype=np.int64))[0]
    length = float(np.linalg.norm(vector))
    if not length:
        return []
    found = library.dense_scores(vector / np.float32(length))
    hidden = library.database.papers_by_id(sorted(library.database.marks.hidden()))
    left_out = [stored.row, *(other.row for other in hidden.values())]
    near = np.where(np.isin(found.rows, left_out), -np.inf, _nearness(found))
    places = [int(place) for place in np.argsort(-near, kind="stable")[:limit] if np.isfinite(near[place])]
    papers = library.database.papers_by_row([int(found.rows[place]) for place in places])
    ranked = ((papers.get(int(found.rows[place])), float(found.scores[place])) for place in places)
    return [RankedPaper(paper, cosine, cosine) for paper, cosine in ranked if paper is not None]


def _nearness(found: PaperScores) -> NDArray[np.float32]:
    plain, whitened = found.scores.std() or 1, found.whitened.std() or 1
    if isinstance(found, NearestScores):  # some of all papers, and how all of them are spread
        plain, whitened = found.spread.deviation or 1, found.whitened_spread.deviation or 1
    nearness: NDArray[np.float32] = found.scores / plain + found.whitened * (_BY_MEANING / whitened)
    return nearness


def no_such_paper(arxiv_id: str) -> InputError:
    """The error that names a paper that is not held."""
    return InputError(f"the library holds no paper arXiv:{arxiv_id}; list what it holds: daybook papers")
