"""What sentences do in their abstracts, and which is the key sentence."""

import itertools
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.key_sentence import RoleShares, key_sentence
from ingest.library import Library
from ingest.paper import Role, Sentence
from ingest.roles import ROLES, TRANSITION_WEIGHT, RoleModel, features_of, read_sentences, role_model
from ingest.sqlite import SqliteFile
from tests.ingest.builders import a_paper, an_entry, prepared, unit_vectors

BACKGROUND = "Kites have long been hard to steer, and existing controllers fail in gusts."
OBJECTIVE = "In this paper, we propose KiteNet, a network that steers a kite from a single camera."
METHOD = "The network is trained on simulated wind with a recurrent encoder and a contrastive loss."
RESULT = "Experimental results show that KiteNet outperforms existing controllers by 12.3% on FlyBench."
ABSTRACT = f"{BACKGROUND} {OBJECTIVE} {METHOD} {RESULT}"
PAPER = a_paper("2101.00001", "KiteNet: Steering a Kite from a Single Camera", ABSTRACT)


def said(sentences: list[Sentence], abstract: str) -> list[str]:
    return [abstract[s.span.start : s.span.end] for s in sentences]


def test_a_plain_abstract_is_read_as_people_read_it() -> None:
    sentences = read_sentences(PAPER)
    assert said(sentences, ABSTRACT) == [BACKGROUND, OBJECTIVE, METHOD, RESULT]
    assert [s.role for s in sentences] == [Role.BACKGROUND, Role.OBJECTIVE, Role.METHOD, Role.RESULT]


def test_the_key_sentence_says_what_the_title_says() -> None:
    assert [s.is_key for s in read_sentences(PAPER)] == [False, True, False, False]


def shares(count: int, **given: list[float]) -> RoleShares:
    """No role is likely but those given."""
    roles = ("objective", "background", "result", "other")
    return RoleShares(*(np.array(given.get(role, [0.0] * count), dtype=np.float32) for role in roles))


def test_the_title_decides_between_two_objectives() -> None:
    sentences = ["We study a new loss for kites.", "We study a new sensor for wells."]
    assert key_sentence("A Loss for Kites", sentences, shares(2)) == 0
    assert key_sentence("A Sensor for Wells", sentences, shares(2)) == 1


def test_what_is_announced_is_told_before_what_is_known() -> None:
    known = shares(2, background=[0.9, 0.1])
    assert key_sentence("Kites", ["We steer kites.", "We study kites."], shares(2)) == 1
    assert key_sentence("Kites", ["Kites are hard to steer.", "Kites steer with a tail."], known) == 1


def test_what_the_title_names_is_told_before_what_it_shares() -> None:
    sentences = ["All kites fall and land.", "KiteNet steers them with a tail."]
    assert key_sentence("Falling in the Wind", sentences, shares(2)) == 0
    assert key_sentence("KiteNet: Falling in the Wind", sentences, shares(2)) == 1


def test_a_paper_without_an_abstract_has_no_sentences() -> None:
    assert read_sentences(a_paper("2101.00002", "Wells", " ")) == []


@given(st.text(max_size=400))
def test_any_text_is_read_and_has_one_key_sentence(text: str) -> None:
    sentences = read_sentences(a_paper("2101.00003", text[:40], text))
    assert sum(s.is_key for s in sentences) == bool(sentences)
    assert all(a.span.end <= b.span.start for a, b in itertools.pairwise(sentences))


def test_features_know_neighbours_from_the_sentence_itself() -> None:
    one, other = features_of(["kites", "wells"])
    alone = next(features_of(["kites"]))
    assert len(np.intersect1d(one, alone)) < len(one)
    assert len(np.intersect1d(one, other)) == 1  # how long the abstract is


def test_the_sequence_prefers_the_transitions_it_has_seen() -> None:
    count = len(ROLES)
    transitions = np.full((count, count), -5 / TRANSITION_WEIGHT, dtype=np.float32)
    transitions[0, 1] = transitions[1, 2] = 0
    nothing = np.zeros(0)
    model = RoleModel(
        nothing.astype(np.uint32),
        np.zeros((0, count), dtype=np.float16),
        np.zeros(count, dtype=np.float32),
        transitions,
        np.zeros(count, dtype=np.float32),
    )
    unsure = np.array([[0.5, 0.5, 0, 0, 0], [0, 0.5, 0.5, 0, 0], [0.4, 0, 0.3, 0.3, 0]], dtype=np.float32)
    assert model.sequence(unsure) == [0, 1, 2]
    assert model.sequence(np.eye(5, dtype=np.float32)[[3, 3]]) == [3, 3]  # what is certain stays


def test_the_weights_are_small() -> None:
    model = role_model()
    assert (np.diff(model.features.astype(np.int64)) > 0).all()
    assert model.features.nbytes + model.weights.nbytes < 1_000_000


def test_roles_are_stored_at_ingest(library: Library) -> None:
    with library.writer():
        library.save([prepared(an_entry(PAPER), *unit_vectors(1))])
    row = library.papers()[0].row
    assert library.database.roled_sentences([row])[row] == read_sentences(PAPER)
    assert library.roled_sentences([row])[row] == read_sentences(PAPER)


def test_a_library_without_roles_is_read_all_the_same(library: Library) -> None:
    with library.writer():
        library.save([prepared(an_entry(PAPER), *unit_vectors(1))])
    file = SqliteFile(Path(library.folder) / "daybook.sqlite3")
    with file.transaction() as connection:
        connection.execute("UPDATE sentences SET role = NULL, is_key = 0")
    file.close()
    row = library.papers()[0].row
    assert library.database.roled_sentences([row])[row] == []
    assert library.roled_sentences([row])[row] == read_sentences(PAPER)


@pytest.mark.parametrize("title", ["", "The of and"])
def test_a_title_without_words_is_no_error(title: str) -> None:
    assert sum(s.is_key for s in read_sentences(a_paper("2101.00004", title, ABSTRACT))) == 1
