"""The measurements of a large library and of what answers cost, on few papers: whether they measure at all."""

from pathlib import Path

import numpy as np
import pytest

import eval.costs
import eval.million
import eval.roofline
from eval.latency import RATES, drawn, generated_library, material_of
from ingest.cross_encoder import CrossEncoder
from ingest.embedding import OnnxEmbedding
from ingest.library import Library
from ingest.models import EMBEDDING_FOLDER
from tests.conftest import PROJECT
from tests.ingest.builders import unit_vectors

PAPERS, HELD_OUT = 60, 10


@pytest.fixture(scope="module")
def generated(sample_library_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("generated")
    return generated_library(sample_library_folder, PAPERS, folder, lambda _: None, held_out=HELD_OUT)


def test_generated_papers_are_whole_and_say_how_fast_they_were_saved(generated: Path) -> None:
    with Library(generated) as library:
        papers = library.papers()
        assert len(papers) == PAPERS
        sentences = library.roled_sentences([stored.row for stored in papers])
        for stored in papers:
            spans = [one.span for one in sentences[stored.row]]
            assert " ".join(stored.paper.abstract[span.start : span.end] for span in spans) == stored.paper.abstract
        assert not library.database.papers_to_prepare(384)
    (rates,) = eval.million._rates(generated / RATES).items()
    assert rates[0] == "from 0"
    assert rates[1] > 0


def test_what_is_drawn_lies_as_real_vectors_do() -> None:
    real = np.stack(unit_vectors(400)) + 0.5 * unit_vectors(1, seed=9)[0]
    real /= np.linalg.norm(real, axis=1)[:, None]
    made = drawn(material_of(real), 2000, np.random.default_rng(1))
    assert np.linalg.norm(made, axis=1) == pytest.approx(1, abs=1e-5)
    assert made.mean(axis=0) == pytest.approx(real.mean(axis=0), abs=0.01)
    assert (made @ real.T).max(axis=1).mean() < 0.97, "none is a copy"


@pytest.mark.model
def test_a_large_library_is_measured(
    generated: Path, sample_library_folder: Path, models_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(eval.million, "HELD_OUT", HELD_OUT)
    monkeypatch.setattr(eval.million, "_PLACES", (1, 10))
    questions = ["How does WakeMem remember lost vessels?", "polyp segmentation"]
    asked = {"folder": str(generated), "real": str(sample_library_folder), "models": str(models_folder)}
    told = eval.million._measured({**asked, "questions": questions})
    assert told["papers"] == PAPERS
    assert told["recall of ten, cosine"] == told["recall of ten, as it ranks"] == 1
    assert told["search p95 in question embeddings (p50)"] > 0
    assert eval.million._kilobytes_a_paper(generated) > 3
    assert any("recall of ten" in line for line in eval.million.lines(told))


@pytest.mark.model
def test_the_roofline_counts_what_the_model_multiplies(models_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(eval.roofline, "_SECONDS", 0.2)
    (digest, *_) = sorted((PROJECT / "ingest" / "sample").glob("*.md"))
    found = eval.roofline.measure([digest], models_folder / EMBEDDING_FOLDER, lambda _: None)
    assert found.chunks_a_paper == 1
    dense = 12 * (4 * 384 * 384 + 2 * 384 * 1536)  # weights of the twelve layers
    assert found.gigaoperations_a_paper == pytest.approx(2e-9 * dense * found.tokens, rel=0.25)
    assert min(found.reached, found.products) > 0
    assert len(found.lines()) == 6


@pytest.mark.model
def test_costs_are_told_by_stage_and_put_into_a_page(
    sample_library_folder: Path,
    real_embedder: OnnxEmbedding,
    real_reader: CrossEncoder,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(eval.costs, "SIZES", ("sample",))
    monkeypatch.setattr(eval.costs, "library_folder", lambda *_: sample_library_folder)
    monkeypatch.setattr(eval.costs, "real_questions", lambda _: ["How does WakeMem remember lost vessels?"] * 3)
    material = eval.costs.Material(tmp_path, tmp_path, real_embedder, real_reader, 2)
    costs = eval.costs.measure(0, material, lambda _: None)
    (cost,) = costs
    for told in (cost.wall, cost.processor):
        parts = sum(told[stage][0] for stage in ("scope", "retrieve", "read", "write"))
        assert 0 < told["read"][0] <= parts <= 1.2 * told["total"][1]
    page = tmp_path / "page.md"
    page.write_text("before\n<!-- costs -->\nold\n<!-- end of costs -->\nafter\n")
    eval.costs.write_into(page, eval.costs.table(costs, 2))
    text = page.read_text()
    assert text.startswith("before\n<!-- costs -->\n2 questions")
    assert text.endswith("<!-- end of costs -->\nafter\n")
    assert "old" not in text
    page.write_text("nothing")
    with pytest.raises(ValueError, match="no place for a table of costs"):
        eval.costs.write_into(page, [])
