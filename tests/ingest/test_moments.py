"""Scores of a part of the papers are those that they have among all."""

from pathlib import Path

import numpy as np
import pytest

from ingest.moments import Moments, kept_moments, save_moments
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
    table, moments = VectorTable.of(rows).scores(QUERY), Moments.of(rows)
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


def test_of_many_papers_with_several_chunks_a_part_tells_how_all_are_spread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.moments._SEVERAL_KEPT", 20)
    rows = vector_rows([*range(1, 101), *sorted([*range(201, 301)] * 2)], VECTORS)
    table, moments = VectorTable.of(rows).scores(QUERY), Moments.of(rows)
    assert len(set(moments.several_papers.tolist())) == 20
    assert moments.papers.tolist() == [100, 100]
    for spread, scores in zip(moments.spreads(QUERY), (table.scores, table.whitened), strict=True):
        deviation = float(scores.std())
        assert spread.mean == pytest.approx(float(scores.mean()), abs=0.2 * deviation)
        assert spread.deviation == pytest.approx(deviation, rel=0.2)


def test_a_file_of_another_state_or_a_damaged_one_is_none(tmp_path: Path) -> None:
    moments, file = Moments.of(vector_rows(SEVERAL, VECTORS)), tmp_path / "moments"
    save_moments(moments, "now", file)
    again = kept_moments(file, "now")
    assert again is not None
    np.testing.assert_array_equal(again.whitened_covariance, moments.whitened_covariance)
    assert kept_moments(file, "later") is None
    content = file.read_bytes()
    for place in (0, 20, len(content) // 2, len(content) - 100):
        file.write_bytes(bytes([*content[:place], content[place] ^ 1, *content[place + 1 :]]))
        assert kept_moments(file, "now") is None
    for torn in (content[:100], b""):
        file.write_bytes(torn)
        assert kept_moments(file, "now") is None
    file.unlink()
    assert kept_moments(file, "now") is None
