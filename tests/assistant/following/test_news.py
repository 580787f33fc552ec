"""What is new for a follow: what came since it was looked at, once, with the quote that shows why."""

import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from assistant import Daybook
from assistant.following import News
from assistant.language.days import Period
from assistant.language.word_changes import PieceKind
from ingest.cross_encoder import CrossEncoder
from ingest.doctor import examine
from ingest.embedding import OnnxEmbedding
from ingest.errors import InputError
from ingest.follows import FollowKind
from ingest.library import Library
from ingest.marks import MarkChange
from ingest.paper import key_span
from ingest.pipeline import ingest
from tests.assistant.conftest import SAMPLE_DAYS, sample_id
from tests.assistant.following.conftest import BREAD, KITES, LOAVES, MONDAY, TUESDAY, WEDNESDAY, Come, new_ids
from tests.conftest import WordEmbedder, digest_text
from tests.ingest.builders import a_paper, an_entry, prepared, unit_vectors

RYE = ("2101.00003", "Sourdough Bread of Rye", "We bake rye. No sourdough bread of ours has ever failed to rise.")
NINE_TO_TEN = ("2101.00002v2", LOAVES[1], "We bake sourdough bread at home. The sourdough bread rises for ten hours.")


def no_model() -> Any:
    raise AssertionError("a model was loaded")


def test_what_is_there_already_is_not_new_and_what_comes_is_once(book: Daybook, come: Come) -> None:
    come(MONDAY, LOAVES, KITES)
    book.follow("topic", "sourdough bread")
    assert new_ids(book) == [[]]
    come(TUESDAY, RYE)
    news = book.news()
    ((paper,),) = [one.papers for one in news.follows]
    assert (paper.stored.paper.arxiv_id, paper.is_new_version) == ("2101.00003", False)
    roled = book.library.roled_sentences([paper.stored.row])[paper.stored.row]
    assert paper.spans == (key_span(roled),)
    assert paper.quotes[0] in RYE[2]
    assert new_ids(book) == [["2101.00003"]], "asking alone marks nothing"
    book.looked(news)
    assert new_ids(book) == [[]]


def test_what_comes_between_asking_and_marking_stays_new(book: Daybook, come: Come) -> None:
    book.follow("topic", "sourdough bread")
    come(MONDAY, LOAVES)
    news = book.news()
    come(TUESDAY, RYE)
    book.looked(news)
    assert new_ids(book) == [["2101.00003"]]
    book.looked(book.news())
    book.looked(news)  # an older look takes nothing back
    assert new_ids(book) == [[]]


def test_each_follow_begins_when_it_is_made(book: Daybook, come: Come) -> None:
    book.follow("topic", "sourdough bread")
    come(MONDAY, LOAVES)
    book.follow("name", "LoafNet")
    assert new_ids(book) == [["2101.00002"], []]
    come(TUESDAY, RYE)
    assert new_ids(book) == [["2101.00003", "2101.00002"], []]


def test_a_text_that_differs_in_white_space_alone_is_not_new(book: Daybook) -> None:
    """As cleaning by a newer Daybook may leave it."""
    database, (vector,) = book.library.database, unit_vectors(1)
    database.save([prepared(an_entry(a_paper(abstract="Kites fly at sea.")), vector)])
    book.follow("name", "Kites")
    database.save([prepared(an_entry(a_paper(abstract="Kites  fly at sea. ", version=2), TUESDAY), vector)])
    assert new_ids(book) == [[]]
    database.save([prepared(an_entry(a_paper(abstract="Kites dive at sea.", version=3), WEDNESDAY), vector)])
    assert new_ids(book) == [["2101.00001"]]


def test_each_kind_matches_by_what_it_is(book: Daybook, tmp_path: Path) -> None:
    for kind, text in (("topic", "sourdough bread"), ("author", "Miller, G."), ("name", "loafnets"), ("name", "Loaf")):
        book.follow(kind, text)
    record = (
        '{{"id": "2101.0000{}", "title": "{}", "abstract": "{}", "authors": "{}", "categories": "cs.CV",'
        ' "versions": [{{"version": "v1", "created": "Mon, 4 Jan 2021 00:00:00 GMT"}}]}}\n'
    )
    lines = record.format(2, LOAVES[1], BREAD, "Ada Baker") + record.format(1, KITES[1], KITES[2], "Grace Miller")
    (tmp_path / "papers.jsonl").write_text(lines, encoding="utf-8")
    book.ingest([tmp_path / "papers.jsonl"])
    assert new_ids(book) == [["2101.00002"], ["2101.00001"], ["2101.00002"], []]


def test_a_new_version_says_what_changed(book: Daybook, come: Come) -> None:
    come(MONDAY, LOAVES, KITES)
    book.follow("topic", "sourdough bread")
    book.follow("name", "LoafNet")
    come(TUESDAY, NINE_TO_TEN)
    for one in book.news().follows:
        (paper,) = one.papers
        assert (paper.is_new_version, paper.former_version, paper.stored.paper.version) == (True, 0, 2)
        (change,) = paper.changes
        pieces = [(piece.kind, piece.text) for piece in change.pieces]
        assert (change.place, pieces) == (
            "abstract",
            [
                (PieceKind.SAME, "The sourdough bread rises for"),
                (PieceKind.REMOVED, "nine"),
                (PieceKind.ADDED, "ten"),
                (PieceKind.SAME, "hours."),
            ],
        )


def test_a_new_version_that_says_the_words_no_longer_is_told_too(book: Daybook, come: Come) -> None:
    come(MONDAY, LOAVES)
    book.follow("topic", "sourdough bread")
    book.follow("name", "LoafNet")
    come(TUESDAY, ("2101.00002v2", "Home Baking", "We bake cakes at home. The cakes rise for nine hours."))
    assert new_ids(book) == [["2101.00002"], ["2101.00002"]]


def test_the_change_is_against_the_text_that_was_seen(book: Daybook, come: Come) -> None:
    come(MONDAY, LOAVES)
    book.follow("name", "LoafNet")
    book.looked(book.news())
    come(TUESDAY, NINE_TO_TEN)
    book.looked(book.news())
    time.sleep(1.1)  # a text is dated to the second
    come(WEDNESDAY, ("2101.00002v3", LOAVES[1], NINE_TO_TEN[2].replace("ten", "eleven")))
    ((paper,),) = [one.papers for one in book.news().follows]
    assert [piece.text for piece in paper.changes[0].pieces if piece.kind is PieceKind.REMOVED] == ["ten"]


def test_the_same_paper_again_is_not_new(book: Daybook, come: Come) -> None:
    come(MONDAY, LOAVES)
    book.follow("name", "LoafNet")
    come(TUESDAY, LOAVES)  # listed again
    come(WEDNESDAY, (LOAVES[0], LOAVES[1], BREAD.replace(" rises", "  rises")))
    assert new_ids(book) == [[]]


def test_a_row_that_is_used_again_hides_no_paper(book: Daybook, come: Come) -> None:
    come(MONDAY, LOAVES)
    book.follow("name", "Kites")
    book.follow("topic", "sourdough bread")
    book.remove("2101.00002")
    come(TUESDAY, KITES)  # gets the row of the one that is gone
    assert [stored.row for stored in book.papers()] == [1]
    assert new_ids(book) == [["2101.00001"], []]


def test_what_the_doctor_makes_anew_is_not_new(book: Daybook, come: Come) -> None:
    come(MONDAY, LOAVES)
    time.sleep(1.1)  # a text is dated to the second
    book.follow("name", "LoafNet")
    library = book.library
    with library.database._file.transaction() as connection:
        connection.execute("DELETE FROM sentences")
    with library.writer():
        assert all(finding.is_repaired for finding in examine(library, WordEmbedder))
    assert library.database.last_chunk_row() == 2
    assert new_ids(book) == [[]]


def test_hidden_papers_are_left_out_and_marks_outlive_a_removal(book: Daybook, come: Come) -> None:
    book.follow("topic", "sourdough bread")
    come(MONDAY, LOAVES)
    mark = book.mark("2101.00002", MarkChange(is_hidden=True, note="my own", tags=("bread",)))
    assert new_ids(book) == [[]]
    book.remove("2101.00002")
    come(MONDAY, LOAVES)
    assert book.marks() == {"2101.00002": mark}
    assert new_ids(book) == [[]]
    assert [one.papers for one in book.news(MONDAY).follows] == [()]
    book.mark("2101.00002", MarkChange(is_hidden=False))
    assert new_ids(book) == [["2101.00002"]]


def test_days_are_shown_whatever_was_seen_and_nothing_is_marked(book: Daybook, come: Come) -> None:
    come(MONDAY, LOAVES)
    come(TUESDAY, RYE)
    book.follow("topic", "sourdough bread")
    come(WEDNESDAY, ("2101.00004", "Sourdough Bread Again", BREAD))
    news = book.news(TUESDAY)
    found = [[paper.stored.paper.arxiv_id for paper in one.papers] for one in news.follows]
    assert found == [["2101.00004", "2101.00003"]]
    book.looked(news)
    assert new_ids(book) == [["2101.00004"]]


def test_nothing_new_loads_no_model(library: Library, embedder: WordEmbedder, tmp_path: Path) -> None:
    (tmp_path / "day.md").write_text(digest_text(MONDAY, [LOAVES, KITES]), encoding="utf-8")
    ingest([tmp_path / "day.md"], library, embedder)
    book = Daybook(library, no_model, load_reader=no_model)
    for kind, text in (("topic", "sourdough bread"), ("name", "LoafNet"), ("question", "How long does bread rise?")):
        book.follow(kind, text)
    assert new_ids(book) == [[], [], []]
    book.stop_following(3)
    (tmp_path / "next.md").write_text(digest_text(TUESDAY, [RYE]), encoding="utf-8")
    ingest([tmp_path / "next.md"], library, embedder)
    assert new_ids(book) == [["2101.00003"], []]
    assert [paper.arxiv_id for paper in book.similar("2101.00002")] == ["2101.00003", "2101.00001"]


def test_twenty_follows_over_fifty_papers_take_a_second_or_two(book: Daybook, come: Come) -> None:
    for number in range(1, 19):
        book.follow("topic", f"kites of theme {number}")
    book.follow("name", "LoafNet")
    book.follow("author", "A. Baker")
    text = "We fly kites of theme {0} at sea, and the winds are strong. " + "It is measured once more. " * 40
    come(
        MONDAY,
        *((f"2101.{number:05}", f"On Kites of Theme {number}", text.format(number)) for number in range(50, 0, -1)),
    )
    news = book.news()
    assert sum(len(one.papers) for one in news.follows) >= 18


# ---- questions, with the models


@pytest.fixture
def questions(
    real_embedder: OnnxEmbedding, real_reader: CrossEncoder, sample_library_folder: Path, tmp_path: Path
) -> Iterator[Daybook]:
    """The sample with the real models, to be written to."""
    opened = Library(Path(shutil.copytree(sample_library_folder, tmp_path / "library")))
    with Daybook(opened, lambda: real_embedder, load_reader=lambda: real_reader) as book:
        yield book


def ids_of(news: News) -> list[list[str]]:
    return [[paper.stored.paper.arxiv_id for paper in one.papers] for one in news.follows]


def test_a_question_is_answered_from_the_new_papers_alone(questions: Daybook) -> None:
    held = [questions.follow("question", text) for text in (
        "How does WakeMem remember lost vessels?",
        "How many GPUs did training WakeMem take?",
        "What does PriorGAN propose?",
    )]  # fmt: skip
    assert [one.kind for one in held] == [FollowKind.QUESTION] * 3
    news = questions.news(SAMPLE_DAYS[1])
    assert ids_of(news) == [[sample_id(28)], [], []]
    (paper,) = news.follows[0].papers
    assert any("wake" in quote for quote in paper.quotes)
    assert all(quote in paper.stored.paper.abstract for quote in paper.quotes)
    assert ids_of(questions.news(SAMPLE_DAYS[0])) == [[], [], []], "it is not of that day"


def test_topics_are_those_of_the_day(questions: Daybook) -> None:
    questions.follow("topic", "vessels")
    questions.follow("topic", "medical imaging")
    for one in questions.news(SAMPLE_DAYS[1]).follows:
        page = questions.day(Period.since(SAMPLE_DAYS[1]), theme=one.follow.text)
        shown = {paper.stored.paper.arxiv_id: paper.key_sentence for paper in page.papers}
        assert {paper.stored.paper.arxiv_id for paper in one.papers} == set(shown)
        for paper in one.papers:
            key = shown[paper.stored.paper.arxiv_id]
            assert paper.quotes == ([] if key is None else [key.quote])


# ---- what can be followed


@pytest.mark.parametrize(
    ("kind", "text", "said"),
    [
        ("topic", " \n\x1b ", "is empty"),
        ("topic", "the", "is no theme"),
        ("author", "…", "is no author"),
        ("name", "!!", "is no name"),
        ("question", "", "is empty"),
        ("question", "x" * 4001, "characters"),
        ("topic", "x" * 1001, "at most 1,000"),
    ],
)
def test_what_says_nothing_cannot_be_followed(book: Daybook, kind: str, text: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        book.follow(kind, text)
    assert book.follows() == []


def test_nothing_is_followed_twice_and_numbers_are_not_used_again(book: Daybook) -> None:
    first = book.follow("topic", "Event  cameras\x07")
    assert (first.number, first.text) == (1, "Event cameras")
    with pytest.raises(InputError, match=r"the topic “Event cameras” is followed already, as number 1"):
        book.follow("topic", "event cameras")
    assert book.follow("name", "event cameras").number == 2
    assert book.stop_following(2).text == "event cameras"
    with pytest.raises(InputError, match="nothing that is followed has number 2"):
        book.stop_following(2)
    assert [one.number for one in (book.follow("name", "DVS"), *book.follows())] == [3, 1, 3]
