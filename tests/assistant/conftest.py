"""Books to ask, over the sample and over nothing yet, and papers and evidence made for a test."""

import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from assistant import Answer, Citation, Daybook
from assistant.answer import Closest
from assistant.reading.evidence import Evidence
from ingest.cross_encoder import CrossEncoder
from ingest.embedding import OnnxEmbedding
from ingest.library import Library
from ingest.paper import Block, Listing, Paper, Span, StoredPaper
from tests.conftest import WordEmbedder

SAMPLE_PAPERS = 42
SAMPLE_DAYS = (date(2026, 11, 4), date(2026, 11, 3), date(2026, 11, 2))


@pytest.fixture(scope="session")
def sample_library_folder(
    real_embedder: OnnxEmbedding, sample_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A closed library of the sample, with the real model's vectors. Copy it before you change it."""
    folder = tmp_path_factory.mktemp("sample") / "library"
    with Daybook(Library(folder), lambda: real_embedder) as book:
        book.ingest([sample_folder])
    return folder


@pytest.fixture(scope="session")
def sample_book(
    real_embedder: OnnxEmbedding, real_reader: CrossEncoder, sample_library_folder: Path
) -> Iterator[Daybook]:
    """The sample with the real models, for reading only."""
    opened = Library(sample_library_folder)
    with Daybook(opened, lambda: real_embedder, load_reader=lambda: real_reader) as book:
        yield book


@pytest.fixture(scope="session")
def word_book(sample_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Daybook]:
    """The sample with the word embedder, for reading only."""
    with Daybook(Library(tmp_path_factory.mktemp("words") / "library"), WordEmbedder) as book:
        book.ingest([sample_folder])
        yield book


@pytest.fixture
def book(library: Library, embedder: WordEmbedder) -> Daybook:
    """An empty library with the word embedder."""
    return Daybook(library, lambda: embedder)


def sample_id(number: int) -> str:
    """The arXiv id of the sample's paper of a number."""
    return f"9901.{number:05}"


def cited_ids(answer: Answer) -> list[str]:
    """The arXiv ids of an answer's references, in their order."""
    return [reference.arxiv_id for reference in answer.references]


def shown_ids(answer: Answer) -> list[str]:
    """The arXiv ids of the papers that an answer quotes, as its claims or as what comes closest, in their order."""
    return list(dict.fromkeys([*cited_ids(answer), *(passage.arxiv_id for passage in answer.closest)]))


def shown_quotes(answer: Answer) -> list[str]:
    """What an answer quotes, as its claims or as what comes closest, in its order."""
    cited = [citation.quote for claim in answer.claims for citation in claim.citations]
    return [*cited, *(passage.quote for passage in answer.closest)]


def check_grade(answer: Answer, library: Library) -> None:
    """Grade, claims, closest passages and near papers of an answer agree, and every quote is verbatim."""
    assert answer.grade in {"answered", "closest", "none"}
    assert answer.abstained == (answer.grade != "answered")
    assert bool(answer.closest) == (answer.grade == "closest")
    if answer.grade == "answered":
        assert answer.claims or answer.facts
        assert {near.arxiv_id for near in answer.nearest}.isdisjoint(cited_ids(answer))
    else:
        assert (answer.claims, answer.references) == ((), ())
        passages = dict.fromkeys(passage.arxiv_id for passage in answer.closest)
        assert [near.arxiv_id for near in answer.nearest] == list(passages)
    quoted: list[Citation | Closest] = [*answer.closest]
    quoted += [citation for claim in answer.claims for citation in claim.citations]
    for quote in quoted:
        stored = library.paper(quote.arxiv_id)
        assert stored is not None
        assert quote.quote
        assert stored.paper.abstract[quote.start : quote.end] == quote.quote
    assert {quote.arxiv_id for quote in quoted} <= {*cited_ids(answer), *(near.arxiv_id for near in answer.nearest)}
    scores = [passage.score for passage in answer.closest]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)
    data = json.loads(json.dumps(answer.to_dict()))
    assert (data["grade"], data["abstained"]) == (answer.grade, answer.abstained)
    assert json.loads(json.dumps(Answer.from_dict(data).to_dict())) == data


def quotes(answer: Answer) -> str:
    """All quotes of an answer, one a line."""
    return "\n".join(citation.quote for claim in answer.claims for citation in claim.citations)


def markers(text: str) -> list[int]:
    """The numbers of all markers of a text, in order."""
    return [int(number) for number in re.findall(r"\[(\d+)\]", text)]


def stored_paper(
    arxiv_id: str = "2101.00001",
    *,
    title: str = "A Title",
    abstract: str = "It begins here. It ends there.",
    day: date = date(2021, 1, 4),
) -> StoredPaper:
    """A paper as a library would hold it."""
    paper = Paper(arxiv_id, title, abstract, f"https://arxiv.org/pdf/{arxiv_id}.pdf")
    return StoredPaper(1, paper, (Listing(day, "cs.CV", Block.NEW, 1),))


def evidence_from(stored: StoredPaper, start: int = 0, end: int | None = None) -> Evidence:
    """A piece of evidence from `start` to `end`, by default the whole abstract."""
    return Evidence(stored, Span(start, len(stored.paper.abstract) if end is None else end), 1.0)
