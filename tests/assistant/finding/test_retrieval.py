"""Ranking: both halves of the fusion, scope, the llama-index interface, and questions of any shape."""

import asyncio
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.schema import QueryBundle

from assistant import Daybook
from assistant.engine.llama_parts import DaybookEmbedding, DaybookRetriever
from assistant.finding.retrieval import HybridRetriever
from assistant.language.terms import question_terms
from ingest.embedding import DIMENSIONS, OnnxEmbedding, Vector
from ingest.library import Library
from ingest.pipeline import ingest
from ingest.words import stems_of
from tests.assistant.conftest import SAMPLE_PAPERS, sample_id
from tests.conftest import WordEmbedder, write_digest


class OneVectorEmbedder:
    """Every text is the same to it, so that only words decide."""

    def text_vector(self, text: str) -> Vector:  # noqa: ARG002 - that is its point
        vector = np.zeros(DIMENSIONS, dtype=np.float32)
        vector[0] = 1
        return vector

    question_vector = text_vector

    def is_word(self, text: str) -> bool:  # noqa: ARG002 - as above
        return True


@pytest.mark.parametrize(
    ("question", "number"),
    [
        ("What does KerbFirst propose?", 14),
        ("Is there a benchmark for following ships in harbour video?", 13),
        ("How can shiny reflections be ignored when outlining polyps?", 12),
        ("Does anything cut the false alarms of live colonoscopy assistants?", 10),
        ("How can the true scale of a road scene be found from its horizon?", 9),
        ("Which image generator settles coarse frequencies first?", 8),
        ("What can be done with the unused queries of a detector?", 6),
        ("Why do face verification errors differ between groups of people?", 5),
        ("Which robot picks up drinking glasses?", 11),
        ("Do heavy tails of gradient noise predict the test error?", 7),
        ("How can the pores of leaves be counted?", 3),
        ("Which MRI reconstruction tells how wrong it may be?", 1),
        ("How are individual seals told apart?", 15),
        ("Which method maps floods with radar?", 22),
        ("How do I get exactly seven candles in a generated picture?", 19),
        ("In which order should strawberries be picked?", 29),
        ("Who is the mother of a yeast cell?", 31),
        ("What helps against wrong labels in training data?", 32),
        ("How is melanoma missed on dark skin?", 33),
        ("How can a tumbling drone know its motion?", 26),
    ],
)
def test_the_paper_that_is_asked_for_comes_first(sample_book: Daybook, question: str, number: int) -> None:
    assert sample_book.search(question, 1)[0].arxiv_id == sample_id(number)


@pytest.mark.parametrize(
    ("question", "number"),
    [
        ("translucent tumblers and robotic fingers", 11),
        ("sea lions", 15),
        ("inundation after heavy rainfall", 22),
        ("cancer moles", 33),
    ],
)
def test_meaning_finds_what_no_word_finds(sample_book: Daybook, question: str, number: int) -> None:
    wanted = sample_book.library.paper(sample_id(number))
    assert wanted is not None
    held = set(stems_of(f"{wanted.paper.title} {wanted.paper.abstract}"))
    assert held.isdisjoint(question_terms(question).stems)
    assert sample_book.search(question, 1)[0].arxiv_id == sample_id(number)


@pytest.fixture
def lexical_book(library: Library, sample_folder: Path) -> Daybook:
    """The sample, where only words decide."""
    book = Daybook(library, OneVectorEmbedder)
    book.ingest([sample_folder])
    return book


def test_words_find_what_no_vector_finds(lexical_book: Daybook) -> None:
    assert lexical_book.search("polytunnel", 1)[0].arxiv_id == sample_id(29)
    assert lexical_book.search("What do BerthLink's edges combine?", 1)[0].arxiv_id == sample_id(37)


def test_rare_words_weigh_more_than_common_ones(lexical_book: Daybook) -> None:
    images = sum("image" in stored.paper.abstract for stored in lexical_book.papers())
    assert images > SAMPLE_PAPERS / 4
    assert lexical_book.search("images of stomata", 1)[0].arxiv_id == sample_id(3)


def test_results_go_from_best_to_worst_and_hold_every_paper_once(word_book: Daybook) -> None:
    found = word_book.search("polyp segmentation", 2 * SAMPLE_PAPERS)
    scores = [result.score for result in found]
    assert scores == sorted(scores, reverse=True)
    assert len({result.arxiv_id for result in found}) == len(found) == SAMPLE_PAPERS


@pytest.mark.parametrize("limit", [1, 5, SAMPLE_PAPERS])
def test_a_limit_keeps_the_best(word_book: Daybook, limit: int) -> None:
    found = word_book.search("polyp segmentation", 2 * SAMPLE_PAPERS)
    assert word_book.search("polyp segmentation", limit) == found[:limit]


def test_a_retriever_gives_llama_index_nodes(word_book: Daybook) -> None:
    assert isinstance(word_book.retriever, BaseRetriever)
    nodes = word_book.retriever.retrieve("How does KerbFirst flood regions between boundaries?")
    kerb_first = word_book.library.paper(sample_id(14))
    assert kerb_first is not None
    assert nodes[0].node_id == sample_id(14)
    assert nodes[0].text == kerb_first.paper.abstract
    assert nodes[0].metadata == {
        "arxiv_id": "9901.00014",
        "title": "Where the Road Ends: Boundary-First Semantic Segmentation of Street Scenes",
        "day": "2026-11-02",
        "basis": "announced",
        "is_withdrawn": False,
        "url": "https://arxiv.org/pdf/9901.00014.pdf",
    }
    scores = [node.get_score(raise_error=True) for node in nodes]
    assert scores == sorted(scores, reverse=True)


def test_a_retriever_takes_a_query_bundle_and_has_its_own_limit(word_book: Daybook, embedder: WordEmbedder) -> None:
    retriever = DaybookRetriever(HybridRetriever(word_book.library, embedder), limit=3)
    nodes = retriever.retrieve(QueryBundle("polyp segmentation"))
    assert [node.node_id for node in nodes] == [r.arxiv_id for r in word_book.search("polyp segmentation", 3)]


def test_an_embedding_model_gives_llama_index_vectors(embedder: WordEmbedder) -> None:
    theirs, text = DaybookEmbedding(embedder), "polyp segmentation"
    assert isinstance(theirs, BaseEmbedding)
    assert np.allclose(theirs.get_text_embedding(text), embedder.text_vector(text))
    assert np.allclose(theirs.get_text_embedding_batch([text, "kite"])[1], embedder.text_vector("kite"))
    assert np.allclose(theirs.get_query_embedding(text), embedder.question_vector(text))
    assert np.allclose(asyncio.run(theirs.aget_query_embedding(text)), embedder.question_vector(text))


def test_a_retriever_keeps_to_the_days_of_the_question(sample_book: Daybook) -> None:
    nodes = sample_book.retriever.retrieve("polyp segmentation on 3 November 2026")
    assert nodes[0].node_id == sample_id(25)
    assert {node.metadata["day"] for node in nodes} == {"2026-11-03"}
    assert sample_book.retriever.retrieve("polyp segmentation on 3 November 2025") == []


def test_an_empty_library_has_nothing_to_retrieve(book: Daybook) -> None:
    assert book.retriever.retrieve("polyps") == []


def test_a_single_paper_is_found_by_any_question(book: Daybook, tmp_path: Path) -> None:
    book.ingest([write_digest(tmp_path, date(2021, 1, 4), [("2101.00001", "Cats", "They purr.")])])
    assert [result.arxiv_id for result in book.search("Which animals bark?")] == ["2101.00001"]


def test_new_papers_are_found_at_once(book: Daybook, tmp_path: Path) -> None:
    book.ingest([write_digest(tmp_path, date(2021, 1, 4), [("2101.00001", "Cats", "Cats purr at night.")])])
    assert book.search("dogs that bark", 1)[0].arxiv_id == "2101.00001"
    book.ingest([write_digest(tmp_path, date(2021, 1, 5), [("2101.00002", "Dogs", "Dogs bark at noon.")])])
    assert book.search("dogs that bark", 1)[0].arxiv_id == "2101.00002"


SYNTAX = [
    '"', "'", "''", "*", "^", ":", "-", "+", "(", ")", "{", "}", "[1]", ";--", "\\", "%", "$", "`",
    " AND ", " OR ", " NOT ", " NEAR(", ", 2)", "title:", "abstract : ", "\x00", "\x1a", "\n", "\u2028", "\ufeff",
    "😀", "👩‍🔬", "é", "é", "İ", "ß", "²", "½", "ﬁ", "Ⅷ", "漢字", "עברית", "ͅ", "polyp", "U2Net", "GPT-4", "2026-11-03",
]  # fmt: skip
questions = st.lists(st.sampled_from(SYNTAX) | st.text(max_size=8), max_size=12).map("".join)


@given(question=questions)
def test_any_text_can_be_looked_for(word_book: Daybook, question: str) -> None:
    for node in word_book.retriever.retrieve(question):
        assert word_book.library.paper(node.node_id) is not None


def test_a_very_long_question_can_be_looked_for(sample_book: Daybook, real_embedder: OnnxEmbedding) -> None:
    words = " ".join(f"word{number}" for number in range(3000))
    nodes = DaybookRetriever(HybridRetriever(sample_book.library, real_embedder)).retrieve(f"{words} stomata")
    assert len(nodes) == 10


@pytest.mark.parametrize(
    ("question", "as_text"),
    [
        ("What do polyps look like?", 0),
        ("which papers outline polyps", 0),
        ("Polyps are outlined in video.", 1),
        ("polyp segmentation", 1),
    ],
)
def test_a_question_is_embedded_once_and_a_statement_as_a_text(
    library: Library, embedder: WordEmbedder, sample_folder: Path, question: str, as_text: int
) -> None:
    ingest([sample_folder], library, embedder)
    embedder.texts.clear()
    DaybookRetriever(HybridRetriever(library, embedder)).retrieve(question)
    assert (len(embedder.texts), len(embedder.questions)) == (as_text, 1 - as_text)


@pytest.mark.parametrize(
    ("question", "numbers"),
    [
        ("How do WakeMem and BerthLink differ?", {28, 37}),
        ("What is the difference between counting leaf pores and picking strawberries?", {3, 29}),
    ],
)
def test_a_comparison_brings_both_sides_first(sample_book: Daybook, question: str, numbers: set[int]) -> None:
    found = sample_book.search(question, SAMPLE_PAPERS)
    assert {result.arxiv_id for result in found[:2]} == {sample_id(number) for number in numbers}
    assert len({result.arxiv_id for result in found}) == len(found)


def test_british_and_american_words_are_the_same(lexical_book: Daybook) -> None:
    assert lexical_book.search("harbor video", 1) == lexical_book.search("harbour video", 1)
