"""Aspects that the user names: asked of a reader, within a budget, and told by words where there is none."""

from collections.abc import Sequence

import numpy as np
import pytest

from assistant import Daybook
from assistant.comparing.aspects import AspectReader, column_of
from ingest.cross_encoder import STATE_SIZE, CrossEncoder, PairsRead
from tests.assistant.comparing.conftest import FORMULA, GULL, KITE, OWL, SWAN, read


class CountingReader:
    """Finds nothing of any question; `asked` holds what was read."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []

    def read(self, question: str, passages: Sequence[str]) -> PairsRead:
        self.asked += [(question, passage) for passage in passages]
        count = len(passages)
        return PairsRead(np.full(count, -11, dtype=np.float32), np.zeros((count, STATE_SIZE), dtype=np.float32))


def told(reader: AspectReader, book: Daybook, aspect: str, arxiv_id: str) -> str:
    ((sentences,),) = reader.cells([aspect], [read(book, arxiv_id)])
    return " ".join(sentence.text for sentence in sentences)


@pytest.mark.parametrize(
    ("aspect", "arxiv_id", "quote"),
    [
        ("speed", KITE, "runs at 40 FPS"),
        ("speed", GULL, ""),
        ("training data", KITE, "trained on 5,200 videos"),
        ("loss function", OWL, "how a loss function helps"),
        ("loss function", GULL, ""),
        ("number of parameters", SWAN, "4.2M parameters"),
        ("number of parameters", OWL, ""),
        ("wind", KITE, "remembers the wind"),
        ("wind", SWAN, ""),
    ],
)
def test_a_reader_tells_an_aspect(
    birds: Daybook, real_reader: CrossEncoder, aspect: str, arxiv_id: str, quote: str
) -> None:
    found = told(AspectReader(real_reader), birds, aspect, arxiv_id)
    assert quote in found
    assert bool(found) == bool(quote)


@pytest.mark.parametrize(("aspect", "arxiv_id", "quote"), [("loss function", OWL, "loss function"), ("wind", SWAN, "")])
def test_words_tell_an_aspect_without_a_reader(birds: Daybook, aspect: str, arxiv_id: str, quote: str) -> None:
    found = told(AspectReader(None), birds, aspect, arxiv_id)
    assert quote in found
    assert bool(found) == bool(quote)


@pytest.mark.parametrize("aspect", ["—", "(((", "\ue000"])
def test_an_aspect_without_a_word_is_told_of_by_no_sentence(birds: Daybook, aspect: str) -> None:
    assert told(AspectReader(None), birds, aspect, KITE) == ""
    assert told(AspectReader(CountingReader()), birds, aspect, KITE) == ""


def test_the_aspect_is_asked_as_it_is_written_of_the_likeliest_sentences(birds: Daybook) -> None:
    reader = CountingReader()
    AspectReader(reader).cells(["wind speed"], [read(birds, KITE)])
    assert [question for question, _ in reader.asked] == ["wind speed"] * 4
    assert any("remembers the wind" in passage for _, passage in reader.asked)
    assert all(passage.startswith("KiteNet: Tracking Kites in Wind. ") for _, passage in reader.asked)


def test_what_is_read_of_a_comparison_is_limited(birds: Daybook) -> None:
    reader = CountingReader()
    papers = [read(birds, arxiv_id) for arxiv_id in (KITE, GULL, OWL, FORMULA)]
    AspectReader(reader).cells(["speed", "size", "loss", "wind"], papers)
    assert len(reader.asked) <= 40


def test_the_reader_is_not_loaded_without_an_aspect_of_its_own(birds: Daybook) -> None:
    def never() -> None:
        raise AssertionError("the reader was loaded")

    comparer = type(birds.comparer)(birds.library, never)
    assert comparer.compare(birds.library.papers()[:2], ["results"]).table.rows
    with pytest.raises(AssertionError, match="loaded"):
        comparer.compare(birds.library.papers()[:2], ["speed"])


@pytest.mark.parametrize(
    ("aspect", "column"),
    [
        ("results", "results"),
        ("the data sets", "data"),
        ("their problem", "problem"),
        ("Code", "code"),
        ("training data", None),
        ("task", None),
        ("the", None),
    ],
)
def test_some_aspects_are_other_words_for_a_column(aspect: str, column: str | None) -> None:
    assert column_of(aspect) == column
