"""Which sentences fill a cell, over sentences that are given their roles."""

import pytest

from assistant.comparing import cells
from assistant.comparing.reading import ReadPaper, ReadSentence, name_of, trimmed
from ingest.paper import Role, Span
from tests.assistant.conftest import stored_paper

B, A, M, R = Role.BACKGROUND, Role.OBJECTIVE, Role.METHOD, Role.RESULT


def a_paper(*sentences: tuple[Role, str], title: str = "On Birds") -> ReadPaper:
    """A paper whose abstract is these sentences."""
    texts, start = [], 0
    for number, (role, text) in enumerate(sentences):
        texts.append(ReadSentence(number, Span(start, start + len(text)), text, role))
        start += len(text) + 1
    abstract = " ".join(text for _, text in sentences)
    return ReadPaper(stored_paper(title=title, abstract=abstract), tuple(texts), -1)


def numbers(chosen: list[ReadSentence]) -> list[int]:
    return [sentence.number for sentence in chosen]


def test_the_problem_is_what_is_missing_not_what_is_known() -> None:
    paper = a_paper(
        (B, "Trackers of birds have been popular for years."),
        (B, "However, they fail in clouds and need many labels."),
        (A, "We propose a tracker that needs no labels."),
        (R, "It outperforms all others."),
    )
    assert numbers(cells.problem(paper)) == [1]
    assert numbers(cells.method(paper)) == [2]
    assert numbers(cells.results(paper)) == [3]


def test_a_proposal_that_only_points_back_is_no_problem() -> None:
    paper = a_paper((B, "Birds are hard to see."), (A, "To solve this problem, we propose a pair of glasses."))
    assert numbers(cells.problem(paper)) == [0]


def test_others_proposals_are_not_the_papers_method() -> None:
    paper = a_paper(
        (B, "Many methods have been proposed to track birds."),
        (M, "In this work, we present a net for tracking birds."),
        (M, "Specifically, we propose a loss for it."),
    )
    assert numbers(cells.method(paper)) == [1]


@pytest.mark.parametrize(
    ("sentence", "is_result"),
    [
        ("It achieves 71.2% accuracy.", True),
        ("Experiments show that our method outperforms previous ones.", True),
        ("We find that larger birds are easier to track.", True),
        ("Extensive experiments are conducted on several datasets.", False),
        ("To verify its superiority, we test the tracker on birds.", False),
        ("The dataset contains 5,200 images of birds.", False),
        ("We hope that the tracker improves the life of birds.", False),
    ],
)
def test_a_result_is_a_finding(sentence: str, is_result: bool) -> None:
    paper = a_paper((A, "We propose a tracker of birds."), (M, sentence))
    assert numbers(cells.results(paper)) == ([1] if is_result else [])


def test_the_heads_of_a_structured_abstract_are_believed() -> None:
    paper = a_paper(
        (B, "Purpose: The flight of birds is to be measured."),
        (M, "Methods: A camera follows 12 birds."),
        (M, "We present data of a second camera."),
        (R, "Results: They fly higher than before."),
        (R, "We show that birds fly."),
    )
    assert numbers(cells.problem(paper)) == [0]
    assert numbers(cells.method(paper)) == [1]
    assert numbers(cells.results(paper)) == [3]


def test_results_of_others_are_none() -> None:
    paper = a_paper((B, "Recent trackers achieve 90.0% accuracy."), (A, "We propose another one."))
    assert cells.results(paper) == []


def test_two_sentences_with_numbers_are_both_results() -> None:
    paper = a_paper(
        (A, "We propose a tracker."),
        (R, "It achieves 71.2% accuracy."),
        (R, "It runs at 40 FPS, faster than the others."),
        (R, "It is robust."),
    )
    assert numbers(cells.results(paper)) == [1, 2]


def test_a_paper_always_has_a_method_where_its_key_sentence_is_known() -> None:
    paper = a_paper((B, "Birds fly."), (B, "Fish swim."))
    assert cells.method(paper) == []
    known = ReadPaper(paper.stored, paper.sentences, 1)
    assert numbers(cells.method(known)) == [1]


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
    paper = a_paper((B, text))
    span = trimmed(paper.sentences[0])
    assert paper.stored.paper.abstract[span.start : span.end] == kept


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
