"""An author named beside a question limits whatever answers it."""

from datetime import date
from pathlib import Path

import pytest

from assistant import Answer, Daybook
from ingest.embedding import OnnxEmbedding
from ingest.errors import InputError
from ingest.library import Library
from tests.assistant.conftest import shown_ids
from tests.assistant.told import TUESDAY, WEDNESDAY, at, save, told_paper
from tests.conftest import WordEmbedder


@pytest.fixture
def by_authors(library: Library, real_embedder: OnnxEmbedding) -> Daybook:
    """Two papers of Wednesday and one of Tuesday, of which the first and the last are Ána Author's."""
    names = {"KelpPlan": ["Ána Author", "Bo Bee"], "ReefSpeak": ["Bo Bee"], "TideLens": ["Author, A."]}
    for number, (title, authors) in enumerate(names.items(), start=1):
        day = TUESDAY if title == "TideLens" else WEDNESDAY
        save(library, told_paper(f"2608.0100{number}", title, authors=authors), at(day, position=number))
    return Daybook(library, lambda: real_embedder, today=lambda: date(2026, 8, 13))


@pytest.mark.parametrize("name", ["ana author", "AUTHOR", "A. Author", "Author, A."])
def test_only_their_papers_are_listed_found_and_counted(by_authors: Daybook, name: str) -> None:
    ids = ["2608.01001", "2608.01003"]
    assert [stored.paper.arxiv_id for stored in by_authors.papers(author=name)] == (
        ids if name != "ana author" else ids[:1]
    )
    found = by_authors.search("What is proposed for boats?", author=name)
    assert {result.arxiv_id for result in found} == set(ids if name != "ana author" else ids[:1])
    assert found.understood == (f"by {name}",)


def test_an_answer_is_from_their_papers_and_says_so(by_authors: Daybook) -> None:
    answer = by_authors.ask("How many papers are there?", author="bee")
    assert answer.facts[0] == "The library holds 2 papers (by bee): 2 new, 0 cross-listed."
    assert answer.limits["author"] == "bee"
    answer = by_authors.ask("What does ReefSpeak propose for boats?", author="Ana")
    assert "2608.01002" not in shown_ids(answer)
    assert "by Ana" in answer.understood
    assert "author" not in by_authors.ask("How many papers are there?").limits


def test_other_limits_go_with_it(by_authors: Daybook) -> None:
    answer = by_authors.ask("How many papers were listed on 12 August 2026?", author="author")
    assert answer.facts[0].startswith("The library holds 1 paper (12 Aug 2026, by author)")
    nothing = by_authors.ask("What is proposed on 11 August 2026?", author="bee")
    assert nothing.references == ()
    assert "11 Aug 2026, by bee" in nothing.text


def test_a_conversation_keeps_it(by_authors: Daybook) -> None:
    engine = by_authors.chat_engine()
    *_, first = engine.talk.stream("How many papers are there?", "author")
    assert "2 papers" in first.facts[0]
    *_, second = by_authors.talk(engine.conversation_id).stream("And on 12 August 2026?")
    assert second.limits["author"] == "author"
    assert "1 paper" in second.facts[0]


def test_an_author_of_no_paper_is_told_with_the_nearest_names(by_authors: Daybook) -> None:
    calls = (
        lambda: by_authors.ask("What is new?", author="Ana Auther"),
        lambda: by_authors.search("boats", author="Ana Auther"),
        lambda: by_authors.papers(author="Ana Auther"),
        lambda: by_authors.day(author="Ana Auther"),
    )
    for call in calls:
        with pytest.raises(InputError, match="no paper by “Ana Auther”; the nearest names are Ána Author"):
            call()
    with pytest.raises(InputError, match="and none by anyone with a like name"):
        by_authors.papers(author="Xqzw")


def test_where_no_paper_has_authors_that_is_told(tmp_path: Path) -> None:
    with Library(tmp_path / "bare") as bare:
        save(bare, told_paper("2608.01001", "KelpPlan"), at(WEDNESDAY))
        with pytest.raises(InputError, match="no paper of the library has its authors"):
            Daybook(bare, WordEmbedder).papers(author="A. Author")


def test_an_empty_name_is_no_limit(by_authors: Daybook) -> None:
    assert len(by_authors.papers(author=" ")) == 3
    assert isinstance(by_authors.ask("How many papers are there?", author=""), Answer)
