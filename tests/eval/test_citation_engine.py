"""The baseline's text is read as its readers read it, and the engine really runs."""

import json
from collections.abc import Sequence

import pytest

from assistant import Daybook
from assistant.llm.client import connect
from assistant.llm.settings import LlmSettings
from eval.answer_metrics import Statement
from eval.citation_engine import by_passages, citation_engine, read_citations
from tests.assistant.conftest import sample_id
from tests.assistant.llm.fake_llm import Handler, Reply, fake_llm

SOURCES = [("2101.00001", "Kites fly."), ("2101.00002", "Boats float.")]


@pytest.mark.parametrize(
    ("text", "statements", "dangling"),
    [
        ("Kites fly [1].", [Statement("Kites fly.", ("Kites fly.",))], ()),
        ("Kites fly over the sea. [1] Boats never do that. [2]", None, ()),
        (
            "Kites fly and boats float [1, 2].",
            [Statement("Kites fly and boats float.", ("Kites fly.", "Boats float."))],
            (),
        ),
        ("Kites fly over the sea. Source 1", [Statement("Kites fly over the sea.", ("Kites fly.",))], ()),
        ("Kites fly (Source 1).", [Statement("Kites fly.", ("Kites fly.",))], ()),
        ("Kites fly [Source 1].", [Statement("Kites fly.", ("Kites fly.",))], ()),
        ("Kites fly [0][3].", [Statement("Kites fly.", ())], (0, 3)),
        ("Kites fly over the sea.", [Statement("Kites fly over the sea.", ())], ()),
        ("", [], ()),
    ],
)
def test_markers_are_read_where_they_stand(
    text: str, statements: list[Statement] | None, dangling: tuple[int, ...]
) -> None:
    read = read_citations(text, SOURCES)
    if statements is None:
        statements = [
            Statement("Kites fly over the sea.", ("Kites fly.",)),
            Statement("Boats never do that.", ("Boats float.",)),
        ]
    assert list(read.statements) == statements
    assert read.dangling == dangling


def test_the_cited_papers_are_those_of_the_markers() -> None:
    read = read_citations("Boats float [2]. Boats float again, and again [2][9].", SOURCES)
    assert read.cited == ("2101.00002",)
    assert (read.citations, read.dangling) == (3, (9,))


def test_a_whole_text_entails_what_two_neighbouring_sentences_of_it_do() -> None:
    def says_so_in_short(sentence: str, cited: Sequence[str]) -> bool:
        return sentence in " ".join(cited) and len(cited) < 3 and all(len(text) < 40 for text in cited)

    judge = by_passages(says_so_in_short)
    text = "It begins with a kite. Then comes a boat. In the end there is a net."
    assert judge("kite. Then", [text])
    assert judge("boat. In", [text])
    assert not judge("kite. Then comes a boat. In", [text])
    assert judge("Kites", ["Kites fly."])
    assert not judge("Kites", [])


def completing(text: str) -> Reply:
    """A model that says a text at once."""

    def reply(handler: Handler) -> None:
        choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
        handler.begin(kind="application/json")
        data = {"id": "1", "object": "chat.completion", "created": 0, "model": "fake", "choices": [choice]}
        handler.raw(json.dumps(data).encode())

    return reply


def test_the_engine_gets_the_papers_that_daybook_ranks_best(word_book: Daybook) -> None:
    with fake_llm(completing("KerbFirst reaches 81.7% mIoU [1]. It was first [8].")) as fake:
        llm = connect(LlmSettings(fake.url, "fake"))
        ask = citation_engine(word_book.library, word_book.embedder, llm)
        read = ask("What mIoU does KerbFirst reach on Cityscapes?")
        prompt = fake.prompt
    assert "Source 3:" in prompt
    assert "KerbFirst predicts a thin map" in prompt
    assert read.cited == (sample_id(14),)
    assert read.dangling == (8,)
    assert not read.statements[0].cited[0].startswith("Source")
