"""The part of a sentence that is quoted."""

import pytest

from assistant.comparing import cues
from assistant.comparing.clipping import data_span, item_span
from ingest.paper import Role
from tests.assistant.comparing.test_cells import a_paper


@pytest.mark.parametrize(
    ("text", "part"),
    [
        (
            "Experiments on CIFAR-10, CIFAR-100 and ImageNet datasets show it.",
            "CIFAR-10, CIFAR-100 and ImageNet datasets",
        ),
        ("Experiments on three benchmark datasets demonstrate it.", "three benchmark datasets"),
        ("However, it works on the KITTI test set.", "KITTI test set"),
        (
            "In this work, it reaches 80.1% on KITTI and 70.1% on Cityscapes.",
            "it reaches 80.1% on KITTI and 70.1% on Cityscapes.",
        ),
        ("It is trained on 5,200 videos of kites.", "It is trained on 5,200 videos of kites."),
    ],
)
def test_of_data_the_list_is_quoted_where_it_is_one(text: str, part: str) -> None:
    paper = a_paper((Role.RESULT, text))
    span = data_span(paper.sentences[0], paper)
    assert paper.stored.paper.abstract[span.start : span.end] == part


def test_of_a_long_count_the_item_that_tells_is_quoted() -> None:
    long = "a subnetwork that learns how densely the birds of a flock fly, in any weather and at any time of the day"
    text = f"Our contributions are: (1) we propose {long}; (2) we describe {long}; and (3) it outperforms the others."
    paper = a_paper((Role.METHOD, text))
    span = item_span(paper.sentences[0], cues.STRONG_OUTCOME)
    assert paper.stored.paper.abstract[span.start : span.end] == "it outperforms the others."
    whole = item_span(paper.sentences[0], cues.PROPOSES)
    assert (whole.start, whole.end) == (0, len(text))
