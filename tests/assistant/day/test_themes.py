"""Phrases, labels and what becomes of them: readable, of the papers' own words, few, and each with its papers."""

from datetime import date

import numpy as np
import pytest

from assistant.day.background import Background
from assistant.day.choosing import Choice, assigned
from assistant.day.fields import field_named, known_fields, wider_fields
from assistant.day.labels import Label, labels_clash, readable
from assistant.day.phrases import phrases_of, words_in
from assistant.day.themes import grouped
from assistant.day.words import may_end_noun_phrase, names_nothing
from assistant.engine.daybook import Daybook
from ingest.words import stems_of
from tests.assistant.conftest import stored_paper
from tests.assistant.day.conftest import MONDAY


def stems(text: str) -> tuple[str, ...]:
    return tuple(stems_of(text))


def held(*texts: str) -> set[tuple[str, ...]]:
    return set(phrases_of([stored_paper(title=text, abstract="") for text in texts]))


def test_a_phrase_ends_at_a_stop_word_and_at_a_comma() -> None:
    found = held("Tracking of kite lines, in strong wind")
    assert stems("kite lines") in found
    assert stems("strong wind") in found
    assert stems("lines strong") not in found
    assert not any("of" in phrase or "in" in phrase for phrase in found)


def test_a_compound_is_not_cut() -> None:
    found = held("Few-shot tracking with re-identification")
    assert stems("few shot tracking") in found
    assert stems("re identification") in found
    assert stems("shot tracking") not in found
    assert stems("identification") not in found


def test_a_phrase_knows_which_papers_hold_it_where_and_how_often() -> None:
    papers = [
        stored_paper(title="Kite Lines", abstract="A kite line. Kite lines!"),
        stored_paper(title="Bread", abstract="No kite lines here."),
    ]
    phrase = phrases_of(papers)[stems("kite line")]
    assert (phrase.titles, dict(phrase.counts)) == ({0}, {0: 3, 1: 1})


def test_the_gap_after_a_word_tells_what_joins_it() -> None:
    assert [(word.text, word.gap) for word in words_in("Éa-b, c")] == [("ea", "-"), ("b", ", "), ("c", None)]


def written_as(*abstracts: str, phrase: str) -> str:
    found = phrases_of([stored_paper(title="T", abstract=abstract) for abstract in abstracts])
    return readable(found[stems(phrase)])[0]


def test_a_label_is_written_as_the_papers_write_it() -> None:
    assert written_as("We use LiDAR maps. LiDAR maps are", phrase="lidar maps") == "LiDAR maps"
    assert written_as("on point clouds, a point cloud, and point clouds", phrase="point cloud") == "Point clouds"
    found = phrases_of([stored_paper(title="Point Cloud Registration", abstract="")])
    assert readable(found[stems("point cloud registration")])[0] == "Point cloud registration"


@pytest.mark.parametrize("phrase", ["medical", "efficiently", "real-time visual"])
def test_what_is_no_noun_phrase_is_no_label(phrase: str) -> None:
    assert written_as(f"the {phrase} kites are {phrase} kites", phrase=phrase) == ""


@pytest.mark.parametrize(
    ("word", "may"),
    [("segmentation", True), ("retrieval", True), ("robust", True), ("visual", False), ("based", False)],
)
def test_endings_tell_adjectives(word: str, may: bool) -> None:
    assert may_end_noun_phrase(word) is may


def test_empty_words_name_nothing() -> None:
    assert names_nothing(stems("training data"))
    assert names_nothing(stems("deep learning method"))
    assert not names_nothing(stems("object detection"))


def test_fields_are_read_with_their_name_among_their_cues() -> None:
    fields = known_fields()
    assert len({field.label for field in fields}) == len(fields) > 30
    assert all(0 < len(field.label.split()) <= 4 and stems(field.label) in field.cues for field in fields)
    found = field_named("medical  IMAGING")
    assert found is not None
    assert found.label == "Medical imaging"
    assert field_named("kite lines") is None


# ---- choosing


def choose(fit: list[list[float]], readability: list[float] | None = None) -> list[int]:
    labels = [Label(f"{chr(97 + n)}x", ((f"{n}",),), (readability or [1.0] * len(fit))[n]) for n in range(len(fit))]
    return sorted(Choice(labels, np.array(fit), range(len(fit))).chosen())


def test_labels_that_cover_the_papers_are_chosen() -> None:
    assert choose([[1, 1, 0, 0], [0, 0, 1, 1], [0, 1, 1, 0]]) == [0, 1]


def test_of_two_labels_the_readable_one_is_chosen() -> None:
    assert choose([[1, 1, 1], [1, 1, 1]], [0.5, 1.0]) == [1]


def test_a_label_of_one_paper_is_none() -> None:
    assert choose([[1, 0, 0], [0, 1, 1]]) == [1]


def test_a_label_that_would_leave_another_with_one_paper_is_not_added() -> None:
    fit = np.array([[1.0, 0.9, 0.0], [0.0, 1.0, 1.0]])
    chosen = choose(fit.tolist())
    assert all(len(places) > 1 for n, places in assigned(fit, np.ones(2), chosen).items() if n >= 0)


def test_what_fits_no_label_is_under_none() -> None:
    places = assigned(np.array([[1.0, 0.5, 0.4]]), np.ones(1), [0])
    assert places == {0: [0, 1], -1: [2]}
    assert assigned(np.zeros((0, 2)), np.ones(0), []) == {-1: [0, 1]}


def test_labels_clash_where_one_holds_the_words_of_the_other() -> None:
    kite, line, bread = (Label(text, ((),), 1.0) for text in ("Kite lines", "A kite line tracking", "Bread"))
    assert labels_clash(kite, line)
    assert not labels_clash(kite, bread)


# ---- nearness


def test_a_paper_takes_no_part_in_what_it_is_compared_with(days_book: Daybook) -> None:
    papers = days_book.papers(MONDAY)
    nearness = Background(days_book.library, papers).nearness([[stems("kite line tracking")], [stems("ovens")]])
    by_title = {stored.paper.title: place for place, stored in enumerate(papers)}
    kite, bread = by_title["TugNet: Kite Line Tracking in Rain"], by_title["Ovens for Sourdough Bread Baking"]
    assert nearness.cosines[0, kite] > nearness.cosines[0, bread]
    assert nearness.cosines[1, bread] == 0  # the only paper that says so
    assert nearness.coherence[0] > 0
    assert nearness.counts.tolist() == [5, 1]


def test_groups_without_fields_are_named_by_phrases_alone(days_book: Daybook) -> None:
    papers = days_book.papers(MONDAY)
    labels = [group.label for group in grouped(papers, phrases_of(papers), days_book.library, fields=())]
    assert all(label is None or len(label.cues) == 1 for label in labels)
    assert grouped([], {}, days_book.library) == []


def test_the_only_paper_of_a_field_stands_with_others_of_the_wider_one(sample_book: Daybook) -> None:
    papers = sample_book.papers(date(2026, 11, 3))
    groups = grouped(papers, phrases_of(papers), sample_book.library)
    titles = {group.label.text: [papers[n].paper.title for n in group.places] for group in groups if group.label}
    wider = titles["Recognition in images and video"]
    assert {title.partition(":")[0] for title in wider} == {"WakeMem", "Cobblestone", "LedgerScript"}
    assert all(len(group.places) > 1 for group in groups if group.label)
    assert sorted(place for group in groups for place in group.places) == list(range(len(papers)))


def test_every_field_is_of_a_wider_one_that_takes_in_others() -> None:
    wider = {field.label: set(field.cues) for field in wider_fields()}
    of_wider = [field.wider for field in known_fields()]
    assert set(of_wider) == set(wider)
    assert all(of_wider.count(name) > 1 for name in wider)
    assert all(set(field.cues) <= wider[field.wider] for field in known_fields())
