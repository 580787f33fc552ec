"""Which data a sentence names or describes."""

import pytest

from assistant.comparing.dataset_words import set_key
from assistant.comparing.datasets import data_in, dataset_names, defined_keys, holds_samples


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Experiments on PASCAL VOC and MS COCO datasets show it.", ("PASCAL VOC", "MS COCO")),
        (
            "It is evaluated on benchmarks such as MNIST, CIFAR-10, and Tiny-ImageNet.",
            ("MNIST", "CIFAR-10", "Tiny-ImageNet"),
        ),
        ("On the ImageNet VID dataset it achieves 80.9% mAP.", ("ImageNet VID",)),
        ("We collect a dataset called SkyBench.", ("SkyBench",)),
        ("It is tested on the invasive ductal carcinoma (IDC) data set.", ("IDC",)),
        ("It reaches 70.1% with ResNet-50 on an NVIDIA GTX 1080Ti GPU.", ()),
        ("Extensive experiments show the effectiveness of our GAN.", ()),
    ],
)
def test_data_sets_are_found_by_name(text: str, names: tuple[str, ...]) -> None:
    assert dataset_names(text) == names


def test_a_papers_own_method_is_no_data_set() -> None:
    text = "Experiments on KITTI show that SkyNet works on SkyNet benchmarks."
    assert dataset_names(text, {"skynet"}) == ("KITTI",)


def test_acronyms_that_an_abstract_defines_are_no_data_sets() -> None:
    abstract = "We study multiple instance learning (MIL). It is tested on the ductal carcinoma (IDC) data set."
    assert defined_keys(abstract) == {"mil"}


@pytest.mark.parametrize(
    "text",
    [
        "It is trained on 5,095 Holter recordings of patients.",
        "We introduce a large dataset of satellite images.",
        "Results on three benchmark datasets are good.",
        "It is evaluated on a cervical dysplasia classification dataset.",
        "Experiments on real hyperspectral data show the gain.",
        "We use a data set with 429 subjects.",
    ],
)
def test_data_are_described_by_number_or_kind(text: str) -> None:
    assert data_in(text).strength > 0.65


@pytest.mark.parametrize(
    "text",
    [
        "Extensive experiments on several challenging datasets show it.",
        "Experiments on standard benchmarks demonstrate the effectiveness.",
        "It fuses two images and outperforms 18 models.",
        "Learning works in the absence of a face dataset.",
        "It reduces the loss and needs no data.",
        "Results are obtained on various medical datasets.",
    ],
)
def test_a_mere_mention_of_data_describes_none(text: str) -> None:
    assert data_in(text).strength <= 0.65


def test_words_of_the_title_describe_no_data() -> None:
    text = "Experiments on long-tailed datasets show it."
    assert data_in(text).strength > 0.65
    assert data_in(text, (), {"long", "tail"}).strength <= 0.65


def test_the_size_of_a_data_set_is_no_result() -> None:
    assert holds_samples("The dataset contains 115,354 images of streets.")
    assert not holds_samples("It reaches 61.2% accuracy.")


def test_one_data_set_is_known_by_all_its_spellings() -> None:
    assert {set_key(name) for name in ("COCO", "MS COCO", "MS-COCO", "COCO2017")} == {"coco"}
    assert set_key("Cityscapes") != set_key("CamVid")
