import numpy as np
import pytest

from ingest.vectors import VectorTable
from tests.ingest.builders import unit_vectors, vector_rows


def brute_force(papers: list[int], vectors: list[np.ndarray], query: np.ndarray) -> dict[int, float]:
    best: dict[int, float] = {}
    for paper, vector in zip(papers, vectors, strict=True):
        score = sum(float(a) * float(b) for a, b in zip(vector, query, strict=True))
        best[paper] = max(score, best.get(paper, -2.0))
    return best


@pytest.mark.parametrize(
    "papers",
    [[1, 2, 3, 4], [1, 1, 1], [7, 7, 2, 3, 3, 3, 9], [5], list(range(50, 0, -1))],
    ids=["one chunk each", "one paper", "several chunks", "one row", "any order"],
)
def test_a_paper_scores_as_its_best_chunk(papers: list[int]) -> None:
    vectors, (query,) = unit_vectors(len(papers)), unit_vectors(1, seed=1)
    scores = VectorTable.of(vector_rows(papers, vectors)).scores(query)
    expected = brute_force(papers, vectors, query)
    assert scores.rows.tolist() == sorted(expected)
    assert scores.scores.tolist() == pytest.approx([expected[row] for row in sorted(expected)], abs=1e-5)


def test_a_vector_is_nearest_to_itself() -> None:
    vectors = unit_vectors(40)
    table = VectorTable.of(vector_rows(list(range(1, 41)), vectors))
    for row, vector in enumerate(vectors, start=1):
        found = table.scores(vector)
        assert found.rows[found.scores.argmax()] == row
        assert found.scores.max() == pytest.approx(1, abs=1e-5)


def test_an_empty_table_scores_nothing() -> None:
    table = VectorTable.of(vector_rows([], []))
    scores = table.scores(unit_vectors(1)[0])
    assert (len(table), table.last_chunk_row, scores.rows.tolist(), scores.scores.tolist()) == (0, 0, [], [])


def test_an_extended_table_scores_as_one_built_at_once() -> None:
    papers, vectors, (query,) = [1, 2, 2, 3, 4, 4], unit_vectors(6), unit_vectors(1, seed=1)
    table = VectorTable.of(vector_rows(papers[:3], vectors[:3]))
    extended = table.extended(vector_rows(papers[3:], vectors[3:], first_row=4)).extended(vector_rows([], []))
    at_once = VectorTable.of(vector_rows(papers, vectors))
    assert (len(extended), extended.last_chunk_row) == (6, 6)
    assert extended.scores(query).rows.tolist() == [1, 2, 3, 4]
    assert np.array_equal(extended.scores(query).scores, at_once.scores(query).scores)
    assert len(table) == 3


def test_an_empty_table_can_be_extended() -> None:
    vectors = unit_vectors(2)
    table = VectorTable.of(vector_rows([], [])).extended(vector_rows([1, 2], vectors))
    assert table.scores(vectors[1]).rows.tolist() == [1, 2]


def test_whitened_cosines_are_those_of_the_whitened_vectors() -> None:
    vectors = unit_vectors(60)
    vectors = [vector + 2 * vectors[0] for vector in vectors]  # all have something in common
    vectors = [(vector / np.linalg.norm(vector)).astype(np.float32) for vector in vectors]
    query = vectors[7]
    matrix = np.stack(vectors)
    variances, axes = np.linalg.eigh(np.cov(matrix.T, bias=True))
    half = (axes * (np.maximum(variances, 0) / variances.mean() + 1) ** -0.125) @ axes.T
    moved, asked = matrix @ half, half @ query
    expected = moved @ asked / (np.linalg.norm(moved, axis=1) * np.linalg.norm(asked))
    found = VectorTable.of(vector_rows(list(range(60)), vectors)).scores(query)
    assert found.whitened == pytest.approx(expected, abs=1e-4)
    assert found.whitened.argmax() == found.scores.argmax() == 7
    assert found.whitened.max() == pytest.approx(1, abs=1e-4)


def test_vectors_that_are_all_the_same_are_not_whitened() -> None:
    (vector,) = unit_vectors(1)
    found = VectorTable.of(vector_rows([1, 2, 3], [vector] * 3)).scores(vector)
    assert found.whitened.tolist() == pytest.approx([1, 1, 1], abs=1e-5)


def test_a_paper_has_the_mean_of_its_chunks_vectors() -> None:
    one, two, three = unit_vectors(3)
    table = VectorTable.of(vector_rows([5, 2, 5], [one, two, three]))
    found = table.paper_vectors(np.array([9, 5, 2]))
    assert found == pytest.approx(np.stack([np.zeros_like(one), (one + three) / 2, two]), abs=1e-6)
    assert VectorTable.of(vector_rows([], [])).paper_vectors(np.array([1])).tolist() == [[0.0] * len(one)]
    assert len(table.paper_vectors(np.array([], dtype=np.int64))) == 0
