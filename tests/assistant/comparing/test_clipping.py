"""The part of a sentence that is quoted."""

import pytest

from assistant.comparing.clipping import data_span
from tests.assistant.comparing.test_cells import a_paper


@pytest.mark.parametrize(
    ("text", "part"),
    [
        (
            "Experiments on CIFAR-10, CIFAR-100 and ImageNet datasets show it.",
            "CIFAR-10, CIFAR-100 and ImageNet datasets",
        ),
        ("Experiments on three benchmark datasets show it.", "Experiments on three benchmark datasets show it."),
        ("However, it works on the KITTI test set.", "KITTI test set"),
        (
            "In this work, it reaches 80.1% on KITTI and 70.1% on Cityscapes.",
            "it reaches 80.1% on KITTI and 70.1% on Cityscapes.",
        ),
        ("It is trained on 5,200 videos of kites.", "It is trained on 5,200 videos of kites."),
    ],
)
def test_of_data_the_list_is_quoted_where_it_is_one(text: str, part: str) -> None:
    paper = a_paper(text)
    span = data_span(paper.sentences[0], paper)
    assert paper.stored.paper.abstract[span.start : span.end] == part
