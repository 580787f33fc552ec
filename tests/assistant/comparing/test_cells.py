"""Which sentences fill a cell, and what a paper is called."""

import pytest

from assistant.comparing import cells
from assistant.comparing.reading import ReadPaper, ReadSentence, name_of, trimmed
from assistant.reading.columns import trained_columns
from assistant.reading.evidence import Passages
from ingest.paper import Role, Span
from tests.assistant.conftest import stored_paper

ABSTRACT = (
    "Trackers of birds have been popular for years.",
    "However, they fail in clouds and need many labels.",
    "In this paper, we propose KiteNet, a recurrent network that remembers the wind.",
    "It is trained and tested on the SkyBench dataset, which has 5,200 videos of kites.",
    "Experiments show that KiteNet outperforms all others by 3.1% accuracy.",
    "Our code will be released.",
)


def a_paper(*sentences: str, title: str = "On Birds") -> ReadPaper:
    """A paper whose abstract is these sentences, read by the model that ships."""
    abstract = " ".join(sentences)
    starts = [sum(len(before) + 1 for before in sentences[:number]) for number in range(len(sentences))]
    spans = tuple(Span(start, start + len(text)) for start, text in zip(starts, sentences, strict=True))
    whole = Passages.of(abstract, title)
    text = whole if whole.spans == spans else Passages(title, abstract, spans, whole.roles[: len(spans)])
    return ReadPaper(stored_paper(title=title, abstract=abstract), text, trained_columns().log_odds(text))


@pytest.mark.parametrize(
    ("column", "number"), [("problem", 1), ("method", 2), ("data", 3), ("results", 4), ("code", 5)]
)
def test_each_cell_has_its_sentence(column: str, number: int) -> None:
    assert number in [sentence.number for sentence in cells.cell(a_paper(*ABSTRACT), column)]


@pytest.mark.parametrize("column", ["problem", "data", "code"])
def test_what_is_not_stated_is_no_cell(column: str) -> None:
    paper = a_paper("We propose a pair of glasses for birds.", "They are light and outperform the previous glasses.")
    assert cells.cell(paper, column) == []


def test_a_cell_has_at_most_two_sentences_in_their_order() -> None:
    paper = a_paper(*(f"We propose bird {number}, a network that flies." for number in range(6)))
    numbers = [sentence.number for sentence in cells.cell(paper, "method")]
    assert 1 <= len(numbers) <= 2
    assert numbers == sorted(numbers)


def test_what_tells_most_comes_first() -> None:
    paper = a_paper(*ABSTRACT)
    told = cells.telling(paper, "results")
    odds = [float(paper.odds[sentence.number, 3]) for sentence in told]
    assert odds == sorted(odds, reverse=True)
    assert told[0].number == 4


def test_a_paper_without_an_abstract_has_no_odds() -> None:
    assert trained_columns().log_odds(Passages("On Birds", "", (), ())).shape == (0, 4)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("However, birds fly.", "birds fly."),
        ("In this paper, we propose a net.", "we propose a net."),
        ("To address this problem, we propose a net.", "we propose a net."),
        ("Methods: To solve this problem, we propose a net.", "we propose a net."),
        ("Results: 5 birds fly.", "5 birds fly."),
        ("However important, birds fly.", "However important, birds fly."),
        ("Birds fly.", "Birds fly."),
    ],
)
def test_words_that_only_join_are_trimmed(text: str, kept: str) -> None:
    span = trimmed(ReadSentence(0, Span(0, len(text)), text, Role.OTHER))
    assert text[span.start : span.end] == kept


@pytest.mark.parametrize(
    ("title", "abstract", "name"),
    [
        ("WakeMem: Remembering Vessels", "It remembers.", "WakeMem"),
        ("A Net of Birds", "We propose a Temporal Bird Network (TBNet) for it.", "TBNet"),
        ("A Net of Birds", "In this work, we introduce BirdNet, a net.", "BirdNet"),
        ("A Net of Birds", "We use convolutional neural networks (CNNs).", "A Net of Birds"),
        ("A Net of Birds", "We present a net, called SkyNet.", "SkyNet"),
        (
            "A Very Long Title That Goes On and On About Birds in the Sky",
            "It goes on.",
            "A Very Long Title That Goes On and On About …",
        ),
    ],
)
def test_a_paper_is_called_by_its_name(title: str, abstract: str, name: str) -> None:
    assert name_of(stored_paper(title=title, abstract=abstract)) == name
