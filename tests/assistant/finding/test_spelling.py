import pytest

from assistant.engine.daybook import Daybook
from assistant.finding.spelling import read_spelling
from tests.assistant.conftest import cited_ids, sample_id

pytestmark = pytest.mark.model


def read(book: Daybook, question: str) -> str:
    return read_spelling(question, book.library.lexical_table(), book.embedder.is_word).text


@pytest.mark.parametrize(
    ("question", "stands"),
    [
        ("polyp segmentaion", "segment"),
        ("the HarborTrack benchmark", "HarbourTrack"),
        ("Wake Mem and vessels", "WakeMem"),
        ("Berth Lnik on ports", "BerthLink"),
        ("recieve colonoscpy videos", "colonoscopi"),
        ("wake-MEM", "WakeMem"),
    ],
)
def test_a_misspelt_word_is_read_as_the_library_writes_it(sample_book: Daybook, question: str, stands: str) -> None:
    assert stands in read(sample_book, question).split()


@pytest.mark.parametrize(
    "question",
    [
        "Which papers are telling anything about feelings?",  # words, though none of them is in the library
        "What does PriorGAN propose?",
        "What does WakeNet do?",  # another name, not WakeMem
        "Is KerbLast any good?",
        "What about X, 2019 and 3D?",
        "",
    ],
)
def test_what_is_no_misspelling_stays(sample_book: Daybook, question: str) -> None:
    assert read(sample_book, question) == question


def test_a_misspelt_name_brings_its_paper(sample_book: Daybook) -> None:
    assert cited_ids(sample_book.ask("How does Wake Mem remember lost vessels?")) == [sample_id(28)]
    assert sample_book.search("What does BerthLnik do?")[0].arxiv_id == sample_id(37)
