"""Of many chunks those that may be near are scored: they are the ones that an exact search finds."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from ingest.database import Takeout, VectorRows
from ingest.library import Library
from ingest.mapped import MappedArray
from ingest.scores import NearestScores, PaperScores
from ingest.shortlist import highest
from ingest.vector_file import kept_vectors, save_vectors
from ingest.vectors import VectorTable
from tests.ingest.builders import many_prepared, vector_rows

COUNT = 3000
CHANCE = np.random.default_rng(7)


def like_texts(count: int) -> list[np.ndarray]:
    """Unit vectors that differ in few directions, as those of texts do, and a little in all."""
    wide = CHANCE.standard_normal((count, 40)) @ DIRECTIONS
    vectors = wide + 0.5 + 0.15 * CHANCE.standard_normal((count, 384))
    return list((vectors / np.linalg.norm(vectors, axis=1)[:, None]).astype(np.float32))


DIRECTIONS = CHANCE.standard_normal((40, 384)) / np.arange(1, 41)[:, None] ** 0.5
VECTORS = like_texts(COUNT)
QUERIES = like_texts(20)
ALONE = list(range(1, COUNT + 1))
SEVERAL = sorted([*range(1, COUNT - 499), *CHANCE.integers(1, COUNT - 499, 500).tolist()])
GAPS = [2 * row for row in ALONE]


@pytest.fixture
def _shortlists(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.vectors.SHORTLIST_FROM_CHUNKS", 100)
    monkeypatch.setattr("ingest.vectors.NEAREST_PAPERS", 150)
    monkeypatch.setattr("ingest.vectors._MOST_READ", 300)


def exact(rows: VectorRows, queries: list[np.ndarray]) -> list[PaperScores]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ingest.vectors.SHORTLIST_FROM_CHUNKS", len(rows.chunk_rows))
        table = VectorTable.of(rows)
        return [table.scores(query) for query in queries]


def best(found: PaperScores, spreads_of: PaperScores, within: np.ndarray | None = None) -> list[int]:
    """The ten papers that a search would put first by vectors."""
    near = (found.scores - spreads_of.scores.mean()) / spreads_of.scores.std()
    near = near + 2 * (found.whitened - spreads_of.whitened.mean()) / spreads_of.whitened.std()
    if within is not None:
        near = np.where(np.isin(found.rows, within), near, -np.inf)
    return [int(row) for row in found.rows[np.argsort(-near, kind="stable")[:10]]]


@pytest.mark.usefixtures("_shortlists")
@pytest.mark.parametrize("papers", [ALONE, SEVERAL, GAPS], ids=["one chunk each", "several chunks", "rows missing"])
@pytest.mark.parametrize("scope", [None, "narrow", "wide"])
def test_the_best_papers_and_what_is_told_of_them_are_those_of_all(papers: list[int], scope: str | None) -> None:
    rows = vector_rows(papers, VECTORS)
    table = VectorTable.of(rows)
    of = {None: None, "narrow": np.array(papers[10:200:2]), "wide": np.unique(papers[::3])}
    within = of[scope]
    worded = np.array([papers[5], papers[-1], 10**9])
    for query, expected in zip(QUERIES, exact(rows, QUERIES), strict=True):
        found = table.scores(query, lambda: worded, within)
        assert isinstance(found, NearestScores)
        assert len(found.rows) < len(expected.rows) / 4
        assert (np.diff(found.rows) > 0).all()
        assert {papers[5], papers[-1]} <= set(found.rows.tolist())
        assert best(found, expected, within) == best(expected, expected, within)
        places = np.searchsorted(expected.rows, found.rows)
        np.testing.assert_allclose(found.scores, expected.scores[places], atol=1e-5)
        np.testing.assert_allclose(found.whitened, expected.whitened[places], atol=1e-5)
        for spread, scores in ((found.spread, expected.scores), (found.whitened_spread, expected.whitened)):
            assert (spread.mean, spread.deviation) == pytest.approx((scores.mean(), scores.std()), abs=1e-5)
        if scope == "narrow":
            assert within is not None
            assert set(within.tolist()) <= set(found.rows.tolist()), "of a narrow scope all"


@pytest.mark.usefixtures("_shortlists")
def test_a_table_with_a_shortlist_is_kept_and_only_what_is_scored_is_read(tmp_path: Path) -> None:
    table, file = VectorTable.of(vector_rows(SEVERAL, VECTORS)), tmp_path / "file"
    save_vectors(table, file)
    again = kept_vectors(file)
    assert again is not None
    for query in QUERIES[:3]:
        one, other = again.scores(query), table.scores(query)
        np.testing.assert_array_equal(one.rows, other.rows)
        np.testing.assert_array_equal(one.scores, other.scores)
        np.testing.assert_array_equal(one.whitened, other.whitened)
    wanted = np.array([9, 5, 10**6])
    np.testing.assert_array_equal(again.paper_vectors(wanted), table.paper_vectors(wanted))
    assert again.total == table.total
    assert again.holds_as(table)


@pytest.mark.usefixtures("_shortlists")
def test_more_vectors_and_fewer_are_searched_before_the_file_is_made_anew(tmp_path: Path) -> None:
    save_vectors(VectorTable.of(vector_rows(ALONE, VECTORS)), tmp_path / "file")
    table = kept_vectors(tmp_path / "file")
    assert table is not None
    later = like_texts(5)
    table = table.extended(vector_rows([7, *range(COUNT + 1, COUNT + 5)], later, first_row=COUNT + 1))
    table = table.holding_only(np.array([row for row in range(1, COUNT + 6) if row not in {7, 20}]))
    kept = [*ALONE[:6], 7, *ALONE[7:19], *ALONE[20:], *range(COUNT + 1, COUNT + 5)]
    vectors = [*VECTORS[:6], later[0], *VECTORS[7:19], *VECTORS[20:], *later[1:]]
    rows = vector_rows(kept, vectors)
    queries = [*QUERIES, *later]
    for query, expected in zip(queries, exact(rows, queries), strict=True):
        found, wanted = best(table.scores(query), expected), best(expected, expected)
        assert found[0] == wanted[0]
        assert len({*found} & {*wanted}) >= 9, "the whitening is the one of before"
    assert table.afresh().holds_as(VectorTable.of(table.rows))
    assert table.rows.paper_rows.tolist() == kept


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("large") / "library"
    with Library(folder) as library, library.writer(), pytest.MonkeyPatch.context() as patch:
        patch.setattr("ingest.vectors.SHORTLIST_FROM_CHUNKS", 100)
        library.save(many_prepared(VECTORS[:300]))
        library.sync_search_files()
    return folder


@pytest.fixture
def folder(large: Path, tmp_path: Path, _shortlists: None) -> Path:
    return Path(shutil.copytree(large, tmp_path / "library"))


def nearest_in(library: Library, query: np.ndarray) -> int:
    found = library.dense_scores(query)
    return int(found.rows[found.scores.argmax()])


def test_a_damaged_vector_is_never_scored(folder: Path) -> None:
    file = folder / "search.vectors"
    content = file.read_bytes()
    place = content.index(VECTORS[33].tobytes()) + 700
    file.write_bytes(bytes([*content[:place], content[place] ^ 64, *content[place + 1 :]]))
    with Library(folder) as library:
        before = library.vector_table()
        assert nearest_in(library, VECTORS[200]) == 201
        assert nearest_in(library, VECTORS[33]) == 34
        assert library.vector_table() is not before, "the vectors are SQLite's now"
        assert library.paper_vectors(np.array([34]))[0] == pytest.approx(VECTORS[33])
        assert kept_vectors(file) is not None, "nothing that is read whole is damaged"
        assert kept_vectors(file, check_all=True) is None
    with Library(folder) as library:
        assert library.paper_vectors(np.array([34]))[0] == pytest.approx(VECTORS[33])
    with Library(folder) as library:
        assert not library.vectors_are_sound()
        with library.writer():
            library.sync_search_files()
        assert library.vectors_are_sound()
    assert kept_vectors(file, check_all=True) is not None


def test_a_torn_file_that_was_opened_whole_is_not_believed(folder: Path) -> None:
    file = folder / "search.vectors"
    with Library(folder) as library:
        assert isinstance(library.vector_table()._source.parts[0], MappedArray)
        place = file.read_bytes().index(VECTORS[250].tobytes())
        with file.open("r+b") as opened:
            opened.seek(place)
            opened.write(bytes(1536))
        assert nearest_in(library, VECTORS[250]) == 251


def test_a_reader_with_a_shortlist_follows_a_writer(folder: Path) -> None:
    with Library(folder) as reader, Library(folder) as writer, writer.writer():
        assert nearest_in(reader, VECTORS[3]) == 4
        writer.save(many_prepared(VECTORS[300:303], first=301))
        writer.database.take_out(Takeout(papers=(4,)))
        assert nearest_in(reader, VECTORS[301]) == 302
        assert nearest_in(reader, VECTORS[3]) != 4
        writer.sync_search_files()
        assert nearest_in(reader, VECTORS[301]) == 302
        assert reader.vectors_are_sound()


def test_the_highest_are_about_as_many_as_are_wished_for() -> None:
    scores = CHANCE.standard_normal(200_000).astype(np.float32)
    found = highest(scores, 1000)
    assert 800 < len(found) < 1200
    assert scores[found].min() > np.delete(scores, found).max()
    assert len(highest(np.zeros(100_000, dtype=np.float32), 10)) == 10
    assert highest(scores[:15], 10).tolist() == list(range(15))
