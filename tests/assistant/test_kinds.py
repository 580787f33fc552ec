"""Papers by what they are, and lists that say what they leave out."""

from datetime import date
from pathlib import Path

import pytest

from assistant import Daybook
from assistant.kinds import kind_asked
from tests.assistant.conftest import cited_ids
from tests.conftest import write_digest


@pytest.mark.parametrize(
    ("question", "kind", "topic"),
    [
        ("Which review papers are there?", "a review or survey", ""),
        ("Are there any surveys on boat tracking?", "a review or survey", "boat tracking"),
        ("Which papers are surveys?", "a review or survey", ""),
        ("List papers that review the tracking of boats.", "a review or survey", "the tracking of boats"),
        ("Which papers introduce a new dataset?", "bringing a dataset", ""),
        ("Which papers present new datasets for harbours?", "bringing a dataset", "harbours"),
        ("List new benchmarks", "bringing a benchmark", ""),
        ("Which challenge reports are there?", "on a challenge or competition", ""),
    ],
)
def test_a_list_of_a_kind_is_read(question: str, kind: str, topic: str) -> None:
    asked = kind_asked(question)
    assert asked is not None
    assert (asked[0].spoken, asked[1]) == (kind, topic)


@pytest.mark.parametrize(
    "question",
    [
        "Which datasets are used to track boats?",
        "What survey data does WakeMem use?",
        "Which papers use a benchmark of boats?",
        "How many papers does the survey review?",
        "Which challenges remain in tracking?",
        "Is WakeMem better on new datasets?",
    ],
)
def test_other_questions_ask_for_no_kind(question: str) -> None:
    assert kind_asked(question) is None


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory, sample_book: Daybook) -> Daybook:
    folder: Path = tmp_path_factory.mktemp("kinds")
    papers = [
        ("Boats at Sea: A Review", "Boats are tracked by many. We sort what was written on them by year."),
        ("Harbours", "Harbours are busy. In this article we give a broad overview of the counting of harbours."),
        ("Peer review of boats", "We study how authors judge boats."),
        ("WakeMem", "We propose WakeMem, which tracks boats. A survey of sailors likes it."),
        *(
            (f"Kelp {name}", f"We grow kelp forests with {name} lamps.")
            for name in ["amber", "blue", "coral", "dusk", "ebony"]
        ),
        *(
            (f"Kelp {name}", f"We grow kelp forests with {name} lamps.")
            for name in ["flint", "gold", "hazel", "ivory", "jade"]
        ),
    ]
    numbered = [(f"2403.{99 - number:05d}", *paper) for number, paper in enumerate(papers)]
    write_digest(folder / "digests", date(2024, 3, 5), numbered)
    embedder, reader = sample_book.embedder, sample_book.pair_reader
    assert reader is not None
    book = Daybook(Daybook.open(folder / "library").library, lambda: embedder, load_reader=lambda: reader)
    book.ingest([folder / "digests"])
    return book


def test_reviews_are_found_by_title_and_by_what_they_say(book: Daybook) -> None:
    answer = book.ask("Which review papers are there?")
    assert [reference.title for reference in answer.references] == ["Boats at Sea: A Review", "Harbours"]
    assert "broad overview" in answer.text
    assert answer.note == "Known by title or abstract as a review or survey: 2 papers."


def test_a_topic_narrows_the_kind(book: Daybook) -> None:
    assert len(cited_ids(book.ask("Are there any surveys on harbours?"))) == 1


def test_a_list_on_a_topic_names_what_is_only_near_and_counts_nothing(book: Daybook) -> None:
    answer = book.ask("Which papers are about Kelp forests?")
    near = [paper.arxiv_id for paper in answer.nearest]
    assert all(reference.title.startswith("Kelp") for reference in answer.references)
    assert len({*cited_ids(answer), *near}) == len(answer.references) + len(near) >= 10
    assert all(f"- {paper.title} (" in answer.text for paper in answer.nearest)
    assert answer.note == ""


@pytest.mark.parametrize("question", ["How do methods that grow kelp work?", "What does WakeMem track?"])
def test_what_is_no_list_says_nothing_of_the_kind(book: Daybook, question: str) -> None:
    answer = book.ask(question)
    assert answer.job == "ask"
    assert answer.grade != "none"
    assert answer.note == ""


def test_a_survey_without_an_abstract_does_not_break_the_list(tmp_path: Path, sample_book: Daybook) -> None:
    surveys = [("2104.00002", "A Survey of Lanterns", "We survey lanterns."), ("2104.00001", "A Survey of Lamps", "")]
    write_digest(tmp_path / "digests", date(2021, 4, 22), surveys)
    with Daybook(Daybook.open(tmp_path / "library").library, lambda: sample_book.embedder) as book:
        book.ingest([tmp_path / "digests"])
        assert cited_ids(book.ask("Which papers are surveys?")) == ["2104.00002"]
