"""The verifier's rules, one by one, and what holds of every text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.answering.opposites import opposites_of
from assistant.answering.verify import unsupported_tokens, verify
from assistant.language.quantities import quantities_in

QUOTE = "On HarbourTrack, WakeMem improves HOTA by 12% over BerthLink and needs 34 ms per frame, without retraining."
WORDS = st.lists(st.sampled_from("the model improves kites harbour of with fewer boats slowly".split()), min_size=1)  # noqa: SIM905
NUMBERS = st.integers(2, 10_000)


def test_a_sentence_in_other_order_and_person_is_supported() -> None:
    assert verify("WakeMem improves HOTA by 12 percent over BerthLink on HarbourTrack.", [QUOTE]).is_supported


@pytest.mark.parametrize(
    ("sentence", "reason"),
    [
        (QUOTE.replace("12%", "21%"), "no quote says “21%” there"),
        (QUOTE.replace("12%", "12 points"), "no quote says “12 points” there"),
        (QUOTE.replace("34 ms", "34 s"), "no quote says “34 s” there"),
        (QUOTE.replace("BerthLink", "BuoyNet"), "no quote names “BuoyNet”"),
        (QUOTE.replace("HOTA", "MOTA"), "no quote names “MOTA”"),
        (QUOTE.replace("improves", "reduces"), "a quote says the opposite"),
        (QUOTE.replace("improves", "does not improve"), "a quote says the opposite"),
        (QUOTE.replace("without", "with"), "a quote says the opposite"),
        ("Whales sing.", "the quotes do not say this"),
        ("…", "it says nothing"),
    ],
)
def test_what_a_quote_does_not_say_is_refused(sentence: str, reason: str) -> None:
    verdict = verify(sentence, [QUOTE])
    assert (verdict.is_supported, verdict.reason) == (False, reason)


def test_a_sentence_without_quotes_is_refused() -> None:
    assert verify("Kites fly.", []).reason == "it cites no quote"


@pytest.mark.parametrize(
    ("sentence", "quote"),
    [
        ("reaches 1,000 images", "reaches 1000 images"),
        ("uses two million images", "uses 2M images"),
        ("an error of 0.12", "an error of 12%"),
        ("costs 3 to 5 ms", "costs 3–5 milliseconds"),
        ("is 2x faster", "is twice faster"),
        ("runs at 30 frames per second", "runs at 30 FPS"),
        ("has three stages", "has 3 stages"),
        ("reaches 91.9 percent", r"reaches $91.9\%$"),
        ("uses PP-YOLOv2", "uses PPYOLO v2"),
        ("uses GANs", "uses a GAN"),
        ("uses CNNs", "uses convolutional neural networks"),
        ("a ResNet 50 backbone, top 1 accuracy", "a ResNet-50 backbone, top-1 accuracy"),
        ("a CLIP-based loss", "a loss on CLIP features"),
    ],
)
def test_the_same_written_otherwise_stands_in_the_quote(sentence: str, quote: str) -> None:
    assert unsupported_tokens(sentence, [quote]) == ()


@pytest.mark.parametrize(
    ("sentence", "quote", "missing"),
    [
        ("reaches 12", "reaches 12%", ("12",)),
        ("an error of 0.13", "an error of 12%", ("0.13",)),
        ("ResNet-50 is used", "ResNet-101 is used", ("ResNet-50",)),
        ("a ResNet 50 backbone", "a ResNet-101 backbone", ("50",)),
        ("a 3D model", "a 2D model", ("3D",)),
        ("trained on Cityscapes", "trained on Kinetics", ("Cityscapes",)),
        ("uses SLAM in 5 rooms", "uses maps", ("5", "SLAM")),
    ],
)
def test_numbers_and_names_that_stand_in_no_quote_are_named(
    sentence: str, quote: str, missing: tuple[str, ...]
) -> None:
    assert unsupported_tokens(sentence, [quote]) == missing


def test_numbers_in_each_others_place_are_refused() -> None:
    quote = "It uses 3 cameras and 5 sensors, scores 55.2 HOTA and 61.7 IDF1."
    assert not verify("It uses 5 cameras and 3 sensors, scores 55.2 HOTA and 61.7 IDF1.", [quote]).is_supported
    assert not verify("It uses 3 cameras and 5 sensors, scores 61.7 HOTA and 55.2 IDF1.", [quote]).is_supported


def test_what_two_quotes_say_together_is_supported_by_both_only() -> None:
    one, other = "WakeMem tracks boats.", "BerthLink tracks trains."
    assert unsupported_tokens("WakeMem and BerthLink track.", [one, other]) == ()
    assert unsupported_tokens("WakeMem and BerthLink track.", [one]) == ("BerthLink",)


def test_a_negation_that_both_have_is_no_contradiction() -> None:
    assert verify("It does not improve tracking of boats.", ["It doesn't improve the tracking of boats."]).is_supported
    assert verify("It improves tracking of boats.", ["It not only improves tracking of boats."]).is_supported


@pytest.mark.parametrize(
    ("sentence", "quote", "is_supported"),
    [
        ("The tracker is inefficient on small boats.", "The tracker is efficient on small boats.", False),
        ("On small boats the tracker is inefficient.", "On small boats the tracker is not efficient.", True),
        ("Unlabeled videos of boats train the tracker.", "Labeled videos of boats train the tracker.", False),
        (
            "It learns unlabeled boats with an important loss.",
            "It learns unlabeled boats with an important loss,",
            True,
        ),
        ("It was improved by tracking of boats.", "It was proved by tracking of boats and improved.", True),
    ],
)
def test_a_prefix_that_denies_is_a_negation(sentence: str, quote: str, is_supported: bool) -> None:
    assert verify(sentence, [quote]).is_supported is is_supported


def test_meaning_decides_where_words_do_not() -> None:
    sentence, quote = "The tracker finds hidden vessels again.", "Occluded ships are recovered by memory."
    near = {sentence: 0.95, quote: 0.95}

    def similarity(one: str, other: str) -> float:
        return 0.95 if {one, other} <= near.keys() else 0.5

    assert not verify(sentence, [quote]).is_supported
    assert verify(sentence, [quote], similarity).is_supported
    assert not verify(sentence, [quote], lambda *_: 0.4).is_supported


def test_opposites_turn_one_word_or_the_negation() -> None:
    assert opposites_of("It improves speed.") == ["It worsens speed.", "It does not improve speed."]
    assert opposites_of("It does not overfit.") == ["It overfit.", "It does not not overfit."]
    assert "Drugs are not effective." in opposites_of("Drugs are effective.")


@given(st.text())
def test_any_text_is_supported_by_itself_and_more(text: str) -> None:
    assert verify(text, [text]).is_supported
    assert verify(text, ["Kites fly at 5 km.", text]).is_supported


@given(st.text(), st.lists(st.text(), max_size=3))
def test_no_text_raises(sentence: str, quotes: list[str]) -> None:
    verify(sentence, quotes)
    verify(sentence, quotes, lambda *_: 1.0)
    assert isinstance(unsupported_tokens(sentence, quotes), tuple)


@given(WORDS, st.lists(NUMBERS, min_size=1, max_size=4), WORDS, NUMBERS, st.data())
def test_a_changed_number_is_never_supported(
    before: list[str], numbers: list[int], between: list[str], new: int, data: st.DataObject
) -> None:
    changed = data.draw(st.integers(0, len(numbers) - 1))
    if numbers[changed] == new:
        return
    others = [*numbers[:changed], new, *numbers[changed + 1 :]]
    original, altered = (
        " ".join([*before, *(f"{number} {' '.join(between)}" for number in all_numbers)])
        for all_numbers in (numbers, others)
    )
    assert verify(original, [original]).is_supported
    assert not verify(altered, [original]).is_supported


@given(st.text(alphabet="0123456789.,-–%xe kM$\\"))
def test_any_mix_of_digits_is_read(text: str) -> None:
    for quantity in quantities_in(text):
        assert quantity.is_same(quantity)
