import sys
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from eval.llama import llama_systems, need_extra
from eval.systems import (
    ABOUT,
    DAYBOOK,
    PaperTable,
    Ranker,
    ScoreRanker,
    Words,
    own_systems,
    reciprocal_ranks,
    standardised,
)
from ingest.errors import InputError
from ingest.library import Library
from ingest.paper import Paper
from ingest.pipeline import ingest
from tests.conftest import WordEmbedder, write_digest

OWN = [name for name in ABOUT if not name.startswith("llama")]


@pytest.fixture
def sample(library: Library, embedder: WordEmbedder, sample_folder: Path) -> Library:
    ingest([sample_folder], library, embedder)
    return library


@pytest.fixture
def systems(sample: Library, embedder: WordEmbedder, tmp_path: Path) -> Mapping[str, Ranker]:
    table = PaperTable(sample)
    return {**own_systems(sample, embedder, table), **llama_systems(table, embedder, tmp_path / "chroma")}


def test_every_system_finds_a_paper_by_its_title_and_the_report_describes_each(
    systems: Mapping[str, Ranker], sample: Library
) -> None:
    assert list(systems) == list(ABOUT)
    for stored in sample.papers()[:5]:
        for name, system in systems.items():
            found = system.rank(stored.paper.title, 3)
            assert found[0] == stored.paper.arxiv_id, name
            assert len(found) == len(set(found)) <= 3


@pytest.mark.parametrize("limit", [1, 10, 100])
def test_a_limit_beyond_the_library_gives_each_paper_once(systems: Mapping[str, Ranker], limit: int) -> None:
    for name, system in systems.items():
        found = system.rank("Which papers are about segmentation of polyps in colonoscopy?", limit)
        assert len(found) == len(set(found)) <= min(limit, 42), name
        if name not in {"bm25", DAYBOOK}:
            assert len(found) == min(limit, 42)


def test_a_question_of_stop_words_or_none_that_any_paper_holds_is_ranked_all_the_same(
    systems: Mapping[str, Ranker],
) -> None:
    for question in ("What is it?", "zzyzzx"):
        for name, system in systems.items():
            assert name == "bm25" or system.rank(question, 5), name
    assert systems["bm25"].rank("zzyzzx", 5) == []


def test_only_daybook_reads_the_day_of_a_question(systems: Mapping[str, Ranker], sample: Library) -> None:
    of_day = {stored.paper.arxiv_id for stored in sample.papers(date(2026, 11, 3))}
    question = "Which papers of 3 November 2026 follow vessels in port video?"
    assert set(systems[DAYBOOK].rank(question, 42)) <= of_day
    assert all(not set(system.rank(question, 42)) <= of_day for name, system in systems.items() if name != DAYBOOK)


def test_the_dense_baseline_is_the_exact_cosine_of_the_best_chunk(library: Library, tmp_path: Path) -> None:
    long = " ".join(f"Sentence {n} speaks of many different things at some length." for n in range(90))
    papers = [
        ("2101.00003", "Third", "Short words."),
        ("2101.00002", "Second", long),
        ("2101.00001", "First", "Plain."),
    ]
    embedder = WordEmbedder()
    ingest([write_digest(tmp_path / "digests", date(2021, 1, 4), papers)], library, embedder)
    table = PaperTable(library)
    assert len(table.vectors) > len(table.papers) == 3
    question = embedder.question_vector("Sentence 89 at some length")
    best = dict.fromkeys(table.ids, -1.0)
    rows = library.database.vectors_after(0, 384)
    by_row = {stored.row: stored.paper.arxiv_id for stored in library.papers()}
    for row, vector in zip(rows.paper_rows, rows.vectors, strict=True):
        best[by_row[int(row)]] = max(best[by_row[int(row)]], float(vector @ question))
    assert dict(zip(table.ids, table.cosines(question).tolist(), strict=True)) == pytest.approx(best)
    assert own_systems(library, embedder, table)["dense"].rank("Sentence 89 at some length", 1) == ["2101.00002"]


def test_the_words_of_the_title_count_twice_and_stems_meet() -> None:
    papers = [
        Paper("1", "Plain words", "Segmentation of streets.", ""),
        Paper("2", "Segmenting streets", "Plain words.", ""),
        Paper("3", "Other", "Nothing of it.", ""),
        Paper("4", "More", "Still nothing.", ""),
        Paper("5", "And more", "Nothing again.", ""),
    ]
    scores = Words(papers).scores("segmented streets?")
    assert scores[1] > scores[0] > 0
    assert scores[2:].tolist() == [0, 0, 0]
    assert Words(papers).scores("").tolist() == [0] * 5
    assert Words(papers).scores('"AND (NEAR* ^').tolist() == pytest.approx(Words(papers).scores("and near").tolist())


def test_the_fusions_computed_by_hand() -> None:
    assert reciprocal_ranks(np.array([0.2, 0.9, 0.0, 0.5])).tolist() == [1 / 63, 1 / 61, 0, 1 / 62]
    assert standardised(np.array([1.0, 3.0])).tolist() == [-1, 1]
    assert standardised(np.array([2.0, 2.0])).tolist() == [0, 0]
    ranker = ScoreRanker(["a", "b", "c"], lambda _: np.array([0.0, 2.0, 1.0]), only_positive=True)
    assert ranker.rank("", 3) == ["b", "c"]
    assert ScoreRanker(["a", "b", "c"], lambda _: np.array([0.0, 2.0, 1.0])).rank("", 2) == ["b", "c"]


def test_a_missing_extra_is_one_clear_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "llama_index.retrievers.bm25", None)
    with pytest.raises(InputError, match=r"pip install 'daybook\[eval\]'"):
        need_extra()
