"""Which data sets a sentence names."""

import pytest

from assistant.comparing.dataset_words import set_key
from assistant.comparing.datasets import dataset_names, defined_keys


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


def test_one_data_set_is_known_by_all_its_spellings() -> None:
    assert {set_key(name) for name in ("COCO", "MS COCO", "MS-COCO", "COCO2017")} == {"coco"}
    assert set_key("Cityscapes") != set_key("CamVid")
