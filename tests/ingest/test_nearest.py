"""Scores of a part of the papers are those that they have among all."""

import numpy as np
import pytest

from ingest.nearest import Moments
from ingest.vectors import VectorTable
from tests.ingest.builders import unit_vectors, vector_rows

NEARNESS = 0.4 * np.array(unit_vectors(1, seed=9)[0])
VECTORS = [(v + NEARNESS) / np.linalg.norm(v + NEARNESS) for v in unit_vectors(300)]
"""All of them somewhat alike, as those of papers are."""
QUERY = unit_vectors(1, seed=5)[0]
ALONE = list(range(1, 301))
SEVERAL = [*range(1, 201), *([7] * 40), *range(201, 251), *([9] * 10)]
"""Two papers have several chunks, and they are not beside each other."""


@pytest.mark.parametrize("papers", [ALONE, SEVERAL, [1] * 300], ids=["alone", "several", "one"])
def test_the_scores_and_their_spread_are_those_of_all_vectors(papers: list[int]) -> None:
    rows = vector_rows(papers, VECTORS)
    table, moments = VectorTable(rows).scores(QUERY), Moments.of(rows)
    some = np.flatnonzero(np.isin(rows.paper_rows, [1, 7, 9, 200]))
    some = some[np.argsort(rows.paper_rows[some], kind="stable")]
    chunks = type(rows)(rows.chunk_rows[some], rows.paper_rows[some], rows.checksums[some], rows.vectors[some])
    found = moments.scores(QUERY, chunks)
    places = np.searchsorted(table.rows, found.rows)
    np.testing.assert_array_equal(table.rows[places], found.rows)
    np.testing.assert_allclose(found.scores, table.scores[places], atol=1e-6)
    np.testing.assert_allclose(found.whitened, table.whitened[places], atol=1e-6)
    for spread, scores in ((found.spread, table.scores), (found.whitened_spread, table.whitened)):
        assert spread.mean == pytest.approx(float(scores.mean()), abs=1e-6)
        assert spread.deviation == pytest.approx(float(scores.std()), abs=1e-5)


def test_a_file_of_another_state_or_a_damaged_one_is_none() -> None:
    moments = Moments.of(vector_rows(SEVERAL, VECTORS))
    content = moments.to_bytes("now")
    again = Moments.from_bytes(content, "now")
    assert again is not None
    np.testing.assert_array_equal(again.whitened_covariance, moments.whitened_covariance)
    assert Moments.from_bytes(content, "later") is None
    for place in (0, 20, len(content) // 2, len(content) - 1):
        flipped = bytes([*content[:place], content[place] ^ 1, *content[place + 1 :]])
        assert Moments.from_bytes(flipped, "now") is None
    assert Moments.from_bytes(content[:100], "now") is None
    assert Moments.from_bytes(b"", "now") is None
