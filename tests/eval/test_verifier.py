"""The measurement of the verifier: alterations, rates, the fitted threshold, and what it reaches on real data."""

from pathlib import Path

from assistant.answering.verify import verify
from eval.alterations import altered
from eval.verifier import Pair, Rates, VerifierReport, balanced, best_threshold, real_sentences, scifact_pairs

SENTENCES = (
    "In this paper, we propose WakeNet, which improves accuracy by 12% on HarbourTrack.",
    "On two data sets, BerthLink is faster than SORT by 34 ms.",
)


def test_alterations_change_what_they_say() -> None:
    cases = altered(SENTENCES, 5, seed=1)
    assert {case.kind for case in cases if not case.is_supported} == {
        "number changed", "unit changed", "negation put in", "direction turned", "name swapped"
    }  # fmt: skip
    assert all(case.sentence != case.quote for case in cases if not case.is_supported)
    assert all(case.sentence == case.quote for case in cases if case.kind == "itself")
    assert altered(SENTENCES, 5, seed=1) == cases


def test_balanced_accuracy_weighs_both_classes_alike() -> None:
    rates = {"SUPPORT": Rates(8, 10), "CONTRADICT": Rates(5, 10), "NONE": Rates(0, 90)}
    assert balanced(rates, ["CONTRADICT"]) == (0.8 + 0.5) / 2
    assert balanced(rates, ["CONTRADICT", "NONE"]) == (0.8 + 0.95) / 2


def test_the_threshold_parts_two_classes() -> None:
    assert 2 <= best_threshold([0, 1, 2, 5, 6, 7], [False, False, False, True, True, True]) < 5


def test_the_report_is_readable() -> None:
    rates = {"SUPPORT": Rates(1, 1), "CONTRADICT": Rates(0, 1), "NONE": Rates(0, 1)}
    report = VerifierReport({"verify": rates}, {"itself": (True, Rates(3, 4)), "swapped": (False, Rates(1, 4))}, 12.0)
    assert report.altered_accuracy == 0.75
    assert any("altered by script: balanced accuracy 0.750" in line for line in report.lines())


def test_scifact_is_read_with_its_own_numbers(data_folder: Path) -> None:
    pairs = scifact_pairs(data_folder, "train")
    assert scifact_pairs(data_folder, "train") == pairs
    assert {pair.label for pair in pairs} == {"SUPPORT", "CONTRADICT", "NONE"}
    oat = next(pair for pair in pairs if pair.claim.startswith("Oat tolerant coeliac"))
    assert oat == Pair(oat.claim, oat.quotes, "SUPPORT")
    assert "oats-avenin-specific" in oat.quotes[0]


def test_altered_real_sentences_are_told_apart(data_folder: Path) -> None:
    cases = altered(real_sentences(data_folder)[:2500], 40, seed=3)
    right: dict[bool, list[bool]] = {True: [], False: []}
    for case in cases:
        right[case.is_supported].append(verify(case.sentence, [case.quote]).is_supported is case.is_supported)
    assert sum(sum(found) / len(found) for found in right.values()) / 2 >= 0.95
