"""The measurement of days: what it counts as missing, twice, inexact, near and readable."""

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from assistant import Daybook
from assistant.answer import Citation
from assistant.day import DayPage
from assistant.day.background import Background
from assistant.language.days import Period
from eval.day import REAL_DAYS, compared, measure, measured_days
from eval.day_grouping import grouped_first
from eval.day_metrics import holds, is_readable, random_within_cosine, silhouette, within_cosine
from ingest.embedding import OnnxEmbedding
from ingest.library import Library
from ingest.words import stems_of
from tests.assistant.conftest import SAMPLE_DAYS

AXES = np.array([[1, 0], [1, 0], [0, 1], [0, 1]], dtype=np.float32)


def test_a_whole_and_exact_page_is_clean(word_book: Daybook) -> None:
    page, listed = page_and_listed(word_book)
    check = compared(page, listed)
    assert (check.missing, check.duplicates, check.inexact) == (0, 0, 0)
    assert check.listed == check.quotes + check.without_quote == len(listed)


def page_and_listed(book: Daybook) -> tuple[DayPage, dict[str, str]]:
    day = SAMPLE_DAYS[0]
    listed = {stored.paper.arxiv_id: stored.paper.abstract for stored in book.papers(day)}
    return book.day(Period(day, day)), listed


def test_what_is_left_out_or_twice_is_counted(word_book: Daybook) -> None:
    page, listed = page_and_listed(word_book)
    first = page.themes[0]
    without = replace(page, themes=page.themes[1:])
    assert compared(without, listed).missing == len(first.papers)
    twice = replace(page, themes=(first, *page.themes))
    assert compared(twice, listed).duplicates == len(first.papers)
    assert compared(page, {}).duplicates == len(listed)


def test_a_quote_that_is_not_in_the_abstract_is_inexact(word_book: Daybook) -> None:
    page, listed = page_and_listed(word_book)
    theme = page.themes[0]
    paper = theme.papers[0]
    cited = paper.key_sentence
    assert cited is not None
    false = Citation(cited.number, cited.arxiv_id, cited.quote, cited.start + 1, cited.end + 1)
    papers = (replace(paper, key_sentence=false), *theme.papers[1:])
    altered = replace(page, themes=(replace(theme, papers=papers), *page.themes[1:]))
    assert compared(altered, listed).inexact == 1


def test_cosines_within_groups() -> None:
    assert within_cosine(AXES, [[0, 1], [2, 3]]) == 1
    assert within_cosine(AXES, [[0, 2], [1, 3]]) == 0
    assert within_cosine(AXES, [[0], [1]]) == 0
    assert random_within_cosine(AXES, [[0, 1], [2, 3]]) == pytest.approx(1 / 3, abs=0.1)


def test_the_silhouette_is_that_of_its_definition() -> None:
    assert silhouette(AXES, [[0, 1], [2, 3]]) == 1
    assert silhouette(AXES, [[0, 2], [1, 3]]) == pytest.approx(-0.5)
    assert silhouette(AXES, [[0, 1, 2, 3]]) == 0


@pytest.mark.parametrize(
    ("label", "is_so"),
    [
        ("Object detection", True),
        ("Few-shot learning", True),
        ("GANs", True),
        ("mRNA vaccines", True),
        ("Vision and language", True),
        ("object detection", False),
        ("The object", False),
        ("Detection of", False),
        ("A label of many words", False),
        ("", False),
    ],
)
def test_which_labels_are_readable(label: str, is_so: bool) -> None:
    assert is_readable(label) is is_so


def test_a_text_holds_a_phrase_word_after_word() -> None:
    phrase = stems_of("object detection")
    assert holds("We study Object Detections.", [phrase])
    assert not holds("detection of an object", [phrase])
    assert holds("detection of an object", [phrase, stems_of("an object")])


def test_grouping_first_puts_every_paper_into_one_named_group(word_book: Daybook) -> None:
    papers = word_book.papers(SAMPLE_DAYS[0])
    groups = grouped_first(papers, word_book.library, 4)
    assert sorted(place for group in groups for place in group.places) == list(range(len(papers)))
    assert all(group.label is not None and group.label.text for group in groups)
    vectors = Background(word_book.library, papers).own_vectors
    places = [group.places for group in groups]
    assert within_cosine(vectors, places) > random_within_cosine(vectors, places)


def test_the_measured_days_are_the_same_for_a_seed(word_book: Daybook) -> None:
    assert measured_days(word_book.library, 0) == []  # the sample has none of 2019
    assert len(REAL_DAYS) == 5


def test_measuring_the_sample_is_clean(word_book: Daybook, tmp_path: Path) -> None:
    folder = tmp_path / "library"
    shutil.copytree(word_book.library.folder, folder)
    told: list[str] = []
    report = measure([folder], lambda library: library.holdings().days, told.append)
    assert report.is_clean
    assert len(report.pages) == len(told) == 3
    ours = report.groupings["daybook"]
    assert sum(one.papers for one in ours) == 42
    assert sum(one.cosine for one in ours) > sum(one.random_cosine for one in ours)
    assert all(one.holding_label <= one.holding_cue <= one.papers - one.others for one in ours)
    assert any(line.startswith("missing, twice           0, 0") for line in report.lines())


@pytest.mark.model
def test_a_real_day_is_whole_and_exact(data_folder: Path, real_embedder: OnnxEmbedding, tmp_path: Path) -> None:
    digest = sorted(path for path in (data_folder / "digests").iterdir() if path.is_file())[0]
    with Daybook(Library(tmp_path / "library"), lambda: real_embedder) as book:
        book.ingest([digest])
        page = book.day()
        listed = {stored.paper.arxiv_id: stored.paper.abstract for stored in book.papers(page.days[0])}
    check = compared(page, listed)
    assert (check.missing, check.duplicates, check.inexact) == (0, 0, 0)
    assert check.listed > 20
