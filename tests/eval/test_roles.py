"""Roles and key sentences are measured as they should be, and the weights that ship are those that the script makes."""

import json
from pathlib import Path

import numpy as np
import pytest

from eval import key_sentences, roles
from eval.suites import data_folder
from ingest.errors import InputError
from ingest.roles import ROLES, role_model

TRAINING = [
    ["Kites are hard to steer.", "We propose a tail.", "The tail is long.", "Results improve.", "Code is online."],
    ["Wells are deep.", "We propose a rope.", "The rope is thin.", "Results improve.", "Code is online."],
]


def write_abstracts(folder: Path, part: str, copies: int) -> None:
    (folder / "csabstruct").mkdir(exist_ok=True)
    lines = [json.dumps({"sentences": s, "labels": ROLES, "confs": [1.0] * len(s)}) for s in TRAINING * copies]
    (folder / "csabstruct" / f"{part}.jsonl").write_text("\n".join(lines), encoding="utf-8")


def test_a_model_learns_what_it_is_shown(tmp_path: Path) -> None:
    write_abstracts(tmp_path, "train", copies=40)
    abstracts = roles.read_abstracts(tmp_path, "train")
    model = roles.train(abstracts)
    assert roles.predicted(model, abstracts[:2]).tolist() == [0, 1, 2, 3, 4] * 2


def test_a_saved_model_is_the_same(tmp_path: Path) -> None:
    roles.save(role_model(), tmp_path / "weights.npz")
    with np.load(tmp_path / "weights.npz") as kept:
        assert np.array_equal(kept["weights"], role_model().weights)
        assert np.array_equal(kept["features"], role_model().features)


def test_no_labelled_abstracts_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        roles.read_abstracts(tmp_path, "train")
    with pytest.raises(InputError, match="cannot be read"):
        key_sentences.read_papers(tmp_path)


def test_the_key_sentence_is_scored_between_the_first_and_the_best(tmp_path: Path) -> None:
    paper = {
        "title": "A Tail for Kites",
        "source": ["The weather changes.", "We propose a tail for kites.", "Kites fly."],
        "target": ["A tail for kites.", "Something else."],
    }
    (tmp_path / "scitldr").mkdir()
    (tmp_path / "scitldr" / "dev.jsonl").write_text(json.dumps(paper), encoding="utf-8")
    report = key_sentences.measure(tmp_path)
    assert report.lead[0] == 0
    assert report.key == report.oracle
    assert report.key[0] == pytest.approx(80)  # 4 of 6 words there, 4 of 4 here


def test_the_script_makes_the_weights_that_ship() -> None:
    data = data_folder()
    if data is None:
        pytest.skip("no real data: name its folder in DAYBOOK_DATA")
    made, ships = roles.train(roles.read_abstracts(data, "train")), role_model()
    assert np.array_equal(made.features, ships.features)
    assert np.allclose(made.weights, ships.weights, atol=0.01)
