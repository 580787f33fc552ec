"""The whole: opening, bringing in, asking, listing."""

from datetime import date
from pathlib import Path

import pytest

from assistant import Daybook
from ingest.database import DaySummary
from ingest.embedding import OnnxEmbedding
from ingest.errors import InputError, LibraryError, ModelUnavailableError
from ingest.library import Library
from tests.assistant.conftest import SAMPLE_DAYS, SAMPLE_PAPERS, sample_id
from tests.conftest import write_digest

CATS = ("2101.00001", "Cats That Purr", "Cats purr at night. They sleep by day.")


def no_model() -> OnnxEmbedding:
    raise ModelUnavailableError("no model is needed for this")


def test_a_library_is_made_on_first_use(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "library"
    with Daybook.open(folder) as book:
        assert book.papers() == []
        assert book.days() == []
    assert folder.is_dir()


def test_without_create_there_has_to_be_a_library(tmp_path: Path) -> None:
    folder = tmp_path / "library"
    with pytest.raises(LibraryError, match=r"there is no library in .*library; make one: daybook ingest"):
        Daybook.open(folder, create=False)
    assert not folder.exists()
    Daybook.open(str(folder)).close()
    with Daybook.open(folder, create=False) as book:
        assert book.papers() == []


def test_a_file_cannot_be_a_library(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("text", encoding="utf-8")
    with pytest.raises(LibraryError, match="cannot be used"):
        Daybook.open(file)
    assert file.read_text(encoding="utf-8") == "text"


def test_what_was_brought_in_is_there_when_opened_again(book: Daybook, tmp_path: Path) -> None:
    report = book.ingest([str(write_digest(tmp_path, date(2021, 1, 4), [CATS]))])
    assert (report.new, report.updated, report.unchanged, report.embedded) == (1, 0, 0, 1)
    book.close()
    with Daybook(Library(book.library.folder), no_model) as again:
        (stored,) = again.papers()
        assert (stored.paper.arxiv_id, stored.paper.title, stored.paper.abstract) == CATS
        assert again.days() == [DaySummary(date(2021, 1, 4), new=1, cross_listed=0)]


def test_bringing_in_tells_how_far_it_is(book: Daybook, sample_folder: Path) -> None:
    seen: list[tuple[int, int, int]] = []
    book.ingest([sample_folder], lambda report: seen.append((report.files_total, report.files_read, report.new)))
    assert seen == sorted(seen)
    assert seen[-1] == (3, 3, SAMPLE_PAPERS)


def test_listing_needs_no_model(word_book: Daybook) -> None:
    with Daybook(Library(word_book.library.folder), no_model) as book:
        assert len(book.papers()) == SAMPLE_PAPERS
        assert len(book.days()) == len(SAMPLE_DAYS)
        with pytest.raises(ModelUnavailableError):
            book.ask("What is new?")


def test_papers_are_listed_in_the_order_of_their_day(word_book: Daybook) -> None:
    numbers = [14, 13, 12, 10, 9, 8, 6, 5, 4, 2, 11, 7, 3, 1]
    listed = word_book.papers(date(2026, 11, 2))
    assert [stored.paper.arxiv_id for stored in listed] == [sample_id(number) for number in numbers]
    assert word_book.papers(date(2026, 11, 5)) == []


def test_all_papers_are_listed_newest_day_first(word_book: Daybook) -> None:
    listed = word_book.papers()
    assert listed == [stored for day in SAMPLE_DAYS for stored in word_book.papers(day)]
    assert len(listed) == SAMPLE_PAPERS


def test_days_are_listed_newest_first_with_their_papers(word_book: Daybook) -> None:
    assert word_book.days() == [
        DaySummary(date(2026, 11, 4), new=10, cross_listed=4),
        DaySummary(date(2026, 11, 3), new=11, cross_listed=3),
        DaySummary(date(2026, 11, 2), new=10, cross_listed=4),
    ]


def test_an_empty_library_says_how_to_fill_it(book: Daybook) -> None:
    for ask in (book.ask, book.stream, book.search):
        with pytest.raises(InputError, match="library is empty; bring digests in: daybook ingest PATH"):
            ask("What is new?")
    with pytest.raises(InputError, match="library is empty"):
        book.chat_engine()


@pytest.mark.parametrize("limit", [0, -1])
def test_a_search_is_for_at_least_one_paper(word_book: Daybook, limit: int) -> None:
    with pytest.raises(InputError, match=f"the limit is {limit}"):
        word_book.search("polyps", limit)


def test_a_search_gives_ten_papers_unless_told(word_book: Daybook) -> None:
    assert len(word_book.search("polyps")) == 10


def test_a_search_result_becomes_plain_data(word_book: Daybook) -> None:
    (result,) = word_book.search("KerbFirst floods semantic boundaries of street scenes", 1)
    assert result.to_dict() == {
        "arxiv_id": sample_id(14),
        "title": "Where the Road Ends: Boundary-First Semantic Segmentation of Street Scenes",
        "day": "2026-11-02",
        "basis": "announced",
        "is_withdrawn": False,
        "score": round(result.score, 4),
    }


def test_the_model_comes_from_the_folder_that_is_named(
    real_embedder: OnnxEmbedding, models_folder: Path, sample_library_folder: Path
) -> None:
    with Daybook.open(sample_library_folder, models=models_folder) as book:
        mine = book.embedder.question_vector("polyps")
    assert (mine == real_embedder.question_vector("polyps")).all()


def test_a_model_that_cannot_be_had_is_told_when_it_is_needed(
    word_book: Daybook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    told: list[str] = []
    with Daybook.open(word_book.library.folder, models=tmp_path, tell=told.append) as book:
        assert told == []
        with pytest.raises(ModelUnavailableError, match=r"model_quantized\.onnx cannot be had"):
            book.ask("What is new?")
    fetched = [line for line in told if line.startswith("fetching")]
    assert sorted(fetched) == ["fetching model.onnx (once)", "fetching model_quantized.onnx (once)"]
