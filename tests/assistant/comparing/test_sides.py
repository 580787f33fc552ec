"""Which papers a question compares."""

import zlib
from dataclasses import replace

import numpy as np
import pytest

from assistant import Daybook
from assistant.comparing.candidates import (
    GATE_FEATURES,
    MORE_FEATURES,
    PAIR_FEATURES,
    Candidates,
    frame_hashes,
    gate_features,
    more_features,
    pair_features,
)
from assistant.comparing.sides import SideFinder, trained_sides
from tests.assistant.comparing.conftest import GULL, KITE, SWAN
from tests.assistant.conftest import stored_paper


def candidates(held: list[list[int]], named: int = 0) -> Candidates:
    """Candidates in the order of search, and which of a question's words each holds."""
    papers = tuple(stored_paper(f"2101.{number:05}") for number in range(len(held)))
    falls = -np.arange(len(held), dtype=np.float32)
    words = tuple("abcdefgh"[: len(held[0])])
    weights = np.ones(len(words), dtype=np.float32)
    return Candidates(papers, named, 0, falls, falls, words, weights, np.array(held, dtype=np.float32), 0, ())


def feature(found: Candidates, name: str) -> dict[tuple[int, int], float]:
    pairs, features = pair_features(found)
    return dict(zip(pairs, features[:, PAIR_FEATURES.index(name)].tolist(), strict=True))


def test_two_papers_that_hold_a_question_one_after_the_other_hold_it_in_a_row() -> None:
    found = candidates([[1, 1, 0, 0], [0, 0, 1, 1], [1, 0, 1, 0]])
    assert feature(found, "held one after the other") == {(0, 1): 1.0, (0, 2): 0.75, (1, 2): 0.75}
    assert feature(found, "held by either") == {(0, 1): 1.0, (0, 2): 0.75, (1, 2): 0.75}
    assert feature(found, "gain of the second") == {(0, 1): 0.5, (0, 2): 0.25, (1, 2): 0.25}


def test_in_the_frame_of_a_question_papers_stand_for_their_words() -> None:
    tokens = (("kites", (0,)), ("flying", (1,)), ("or", ()), ("gulls", (2,)), ("?", ()))
    one = replace(candidates([[1, 1, 0], [0, 0, 1]]), tokens=tokens)
    swapped = (("gulls", (2,)), ("or", ()), ("kites", (0,)), ("flying", (1,)), ("?", ()))
    other = replace(candidates([[1, 1, 0], [0, 0, 1]]), tokens=swapped)
    framed = zlib.crc32(b"<a> or <b> ?")
    assert framed in frame_hashes(one, (0, 1))
    assert framed in frame_hashes(other, (0, 1))
    assert framed not in frame_hashes(one, (0, 0))


def test_pairs_hold_what_is_named() -> None:
    held = [[1, 0], [0, 1], [1, 1], [0, 0]]
    assert pair_features(candidates(held, named=1))[0] == [(0, 1), (0, 2), (0, 3)]
    assert pair_features(candidates(held, named=2))[0] == [(0, 1)]
    assert len(pair_features(candidates(held))[0]) == 6


def test_the_weights_are_for_these_features() -> None:
    heads, found = trained_sides(), candidates([[1, 0], [0, 1], [1, 1]])
    pairs, features = pair_features(found)
    odds = heads["pair"].log_odds(features)
    seen = gate_features(found, odds, features, 0)
    assert (features.shape, seen.shape) == ((len(pairs), len(PAIR_FEATURES)), (len(GATE_FEATURES),))
    assert more_features(found, [0, 1], [2]).shape == (1, len(MORE_FEATURES))
    assert len(heads["more"].weights) == len(MORE_FEATURES)
    assert isinstance(heads.gate(frame_hashes(found, (0, 1)), np.zeros(384, dtype=np.float32), seen), float)


@pytest.mark.parametrize(
    ("question", "named"),
    [
        ("kitenet or gullnet?", [KITE, GULL]),
        (f"Compare {SWAN} with the KiteNet", [SWAN, KITE]),
        ("trackers of kites and swans", []),
    ],
)
def test_papers_are_named_by_id_and_by_their_own_names(birds: Daybook, question: str, named: list[str]) -> None:
    finder = SideFinder(birds.library, birds.finder)
    found = finder.candidates(question, birds.finder.understood(question))
    assert [stored.paper.arxiv_id for stored in found.papers[: found.named]] == named


def test_a_name_that_no_paper_holds_is_counted(birds: Daybook) -> None:
    question = "Compare KiteNet with PriorGAN."
    found = SideFinder(birds.library, birds.finder).candidates(question, birds.finder.understood(question))
    assert (found.named, found.unknown) == (1, 1)
