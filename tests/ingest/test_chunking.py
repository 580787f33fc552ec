import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.chunking import CHUNK_TOKENS, count_tokens, embedded_text, split_chunks
from ingest.embedding import OnnxEmbedding
from ingest.paper import Span
from tests.ingest.builders import a_paper
from tests.ingest.texts import PROSE

LONG = {
    "no full stop": "kite " * 3000,
    "commas": "kite, " * 1500,
    "one word": "k1t3" * 2000,
    "no spaces": "風箏" * 1500,
    "a long sentence": "We fly kites. " + "kite " * 1200 + ". We fly kites again.",
    "repeats": "same sentence again. " * 400,
    "emoji": "😀 " * 1100,
}


def texts_of(abstract: str) -> list[str]:
    """The chunks of an abstract, after a check that they are in order and that no word is outside them."""
    spans = split_chunks(a_paper(abstract=abstract))
    end = 0
    for span in spans:
        assert end <= span.start <= span.end
        assert not abstract[end : span.start].strip(), "words between two chunks"
        end = span.end
    assert not abstract[end:].strip(), "words after the last chunk"
    return [abstract[span.start : span.end] for span in spans]


def test_tokens_are_those_of_cl100k_base() -> None:
    assert count_tokens("tiktoken is great!") == 6  # the example of OpenAI's cookbook
    assert count_tokens("<|endoftext|>") > 1  # as text, not as the special token
    assert count_tokens("") == 0


def test_a_short_abstract_is_one_chunk() -> None:
    abstract = "We fly kites. They are red."
    assert split_chunks(a_paper(abstract=abstract)) == [Span(0, len(abstract))]


def test_a_paper_without_an_abstract_is_embedded_by_its_title() -> None:
    paper = a_paper(title="On Kites")
    empty = type(paper)(paper.arxiv_id, paper.title, "", paper.url)
    (chunk,) = split_chunks(empty)
    assert chunk == Span(0, 0)
    assert embedded_text(empty, chunk) == "On Kites"


def test_the_title_is_embedded_with_every_chunk() -> None:
    paper = a_paper(title="On Kites", abstract="We fly kites. They are red.")
    assert embedded_text(paper, Span(0, 13)) == "On Kites\nWe fly kites."
    assert embedded_text(paper, Span(14, 27)) == "On Kites\nThey are red."


@pytest.mark.parametrize("sentence_count", [20, 100, 400])
def test_a_long_abstract_is_cut_between_sentences(sentence_count: int) -> None:
    sentences = [f"Kite number {n} flew {n * 7} metres over the harbour of the town." for n in range(sentence_count)]
    abstract = " ".join(sentences)
    texts = texts_of(abstract)
    assert len(texts) >= count_tokens(abstract) / CHUNK_TOKENS
    assert all(text.startswith("Kite number") and text.endswith("town.") for text in texts)
    assert " ".join(texts) == abstract


@pytest.mark.parametrize("kind", LONG)
def test_an_abstract_of_more_than_1024_tokens_is_cut_whole(kind: str) -> None:
    abstract = LONG[kind].strip()
    assert count_tokens(abstract) > 1024
    assert len(texts_of(abstract)) > 2


@pytest.mark.parametrize("kind", LONG)
def test_no_chunk_is_over_the_budget(kind: str) -> None:
    assert max(map(count_tokens, texts_of(LONG[kind].strip()))) <= CHUNK_TOKENS


@settings(max_examples=40)
@given(st.lists(PROSE, min_size=5, max_size=200).map(" ".join))
def test_any_prose_is_cut_whole_and_in_budget(abstract: str) -> None:
    assert all(count_tokens(text) <= CHUNK_TOKENS for text in texts_of(" ".join(abstract.split())))


@pytest.mark.parametrize("word", ["kite ", "3.14159 ", "Überflugdrachenschnur "])
def test_a_full_chunk_with_its_title_fits_the_model(word: str, real_embedder: OnnxEmbedding) -> None:
    """Words at the end of a chunk move its vector, so the model has read them."""
    paper = a_paper(title="A Title of Twelve Words, as Long as Titles of Papers Are", abstract=(word * 900).strip())
    chunk = split_chunks(paper)[0]
    text = embedded_text(paper, chunk)
    assert float(real_embedder.text_vector(text) @ real_embedder.text_vector(text + " zebra zebra zebra")) < 0.9999
