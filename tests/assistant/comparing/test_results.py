"""Numbers lined up, and when one may be called better."""

import pytest

from assistant import Daybook
from assistant.answer.table import NumberLine
from ingest.library import Library
from tests.assistant.comparing.conftest import FIRST, GULL, KITE, OWL, SWAN
from tests.conftest import WordEmbedder, write_digest

ONE, OTHER = "2102.00001", "2102.00002"


@pytest.fixture
def lines(tmp_path_factory: pytest.TempPathFactory) -> "type[Compared]":
    Compared.folders = tmp_path_factory
    return Compared


class Compared:
    """The lines of numbers of two papers that say these sentences."""

    folders: pytest.TempPathFactory

    @classmethod
    def of(cls, one: str, other: str) -> tuple[NumberLine, ...]:
        folder = cls.folders.mktemp("numbers")
        texts = [(ONE, "One Bird", f"We propose one bird. {one}"), (OTHER, "Another Bird", f"We propose it. {other}")]
        write_digest(folder / "digests", FIRST, texts)
        with Daybook(Library(folder / "library"), WordEmbedder) as book:
            book.ingest([folder / "digests"])
            return book.compare(ONE, OTHER).table.numbers


def test_the_same_metric_on_the_same_data_has_a_better_number(birds: Daybook) -> None:
    (line,) = birds.compare(KITE, GULL).table.numbers
    assert (line.dataset, line.metric, line.better) == ("SkyBench", "accuracy", GULL)
    assert [value.value for value in line.values] == ["64.0% accuracy", "61.2% accuracy"]
    said = birds.compare(KITE, GULL).said[0].sentence
    assert said == (
        "GullNet reports the better accuracy on SkyBench, 64.0% accuracy against 61.2% accuracy (KiteNet)."
        " The metric and the data are the same; the circumstances that the abstracts state differ."
    )


def test_a_gain_over_others_is_no_score(birds: Daybook) -> None:
    (line,) = birds.compare(KITE, SWAN).table.numbers
    assert (line.better, line.reason) == (
        "",
        "No better one is called: a number is a gain over another method, not a score.",
    )


def test_without_a_common_metric_that_is_said(birds: Daybook) -> None:
    table = birds.compare(KITE, OWL).table
    assert table.numbers == ()
    assert table.notes == ("No metric that Daybook knows was found in two of these abstracts.",)


@pytest.mark.parametrize(
    ("one", "other", "better"),
    [
        ("It reaches 80.1% mIoU on Cityscapes.", "It reaches 79.0% mIoU on Cityscapes.", ONE),
        ("It has an error of 3.1% on KITTI.", "It has an error of 2.9% on KITTI.", OTHER),
        ("It obtains an AUC of 0.91 on CheXpert.", "It obtains an AUC of 90% on CheXpert.", ONE),
        ("It obtains 50.3% mAP on COCO2017 test-dev.", "On COCO test-dev, it obtains 41.4 mAP.", ONE),
        ("It achieves accuracy from 77% to 80.7% on ImageNet.", "It achieves 75.0% accuracy on ImageNet.", ONE),
    ],
)
def test_the_better_number_is_found(lines: type[Compared], one: str, other: str, better: str) -> None:
    (line,) = lines.of(one, other)
    assert line.better == better


@pytest.mark.parametrize(
    ("one", "other", "reason"),
    [
        ("It reaches 80.1% mIoU on Cityscapes.", "It reaches 79.0% mIoU on CamVid.", "on different data"),
        ("It reaches 80.1% mIoU on Cityscapes.", "It reaches 79.0% mIoU.", "measured on the same data"),
        ("It reaches 45.0 mAP on COCO test-dev.", "It reaches 44.0 mAP on COCO minival.", "different settings"),
        ("It has 90.0% top-1 accuracy on ImageNet.", "It has 95.0% top-5 accuracy on ImageNet.", "different settings"),
        ("It reaches 80.1% mIoU on KITTI.", "It improves mIoU by 2.0% on KITTI.", "a gain over another method"),
        ("It reaches 80.1% mIoU on KITTI.", "It also has 80.1% mIoU on KITTI.", "numbers are the same"),
    ],
)
def test_where_anything_differs_none_is_called_better(lines: type[Compared], one: str, other: str, reason: str) -> None:
    (line,) = lines.of(one, other)
    assert line.better == ""
    assert reason in line.reason


def test_other_circumstances_are_told(lines: type[Compared]) -> None:
    (line,) = lines.of(
        "It reaches 80.1% mIoU on KITTI with ten views.", "It reaches 79.1% mIoU on KITTI with a single view."
    )
    assert line.better == ONE
    assert line.reason == "The metric and the data are the same; the circumstances that the abstracts state differ."


def test_the_number_of_a_rival_is_not_the_papers_own(lines: type[Compared]) -> None:
    (line,) = lines.of(
        "It reaches 80.1% mIoU on KITTI, compared to 85.0% mIoU on KITTI with the oracle.",
        "It reaches 81.0% mIoU on KITTI.",
    )
    assert line.better == OTHER
    assert [value.value for value in line.values] == ["81.0% mIoU", "80.1% mIoU"]
