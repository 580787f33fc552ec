"""Sentences of SciFact's rationales: how cases are read, what counts as chosen, and how the heads are learned."""

import json
from pathlib import Path

import numpy as np
import pytest

from assistant.learned.heads import Heads
from assistant.reading.quote_features import ANSWER_FEATURES, QUOTE_FEATURES
from assistant.reading.quoting import Quoter, read_text
from eval.rationales import Found, RationaleCase, found_in, measure, read_cases
from eval.train_quoting import Example, train_heads
from ingest.errors import InputError
from ingest.paper import Span
from tests.assistant.reading.conftest import WordReader
from tests.assistant.reading.test_quoting import word_quoter
from tests.conftest import PROJECT

TEXT = "Cats purr at night. Dogs bark by day. Cows give much milk."
DOG = Span(20, 37)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Two abstracts and three claims: one is settled by a sentence, one by two, one cites what does not settle it."""
    folder = tmp_path / "scifact"
    (folder / "beir").mkdir(parents=True)
    documents = [{"_id": "7", "title": "Animals", "text": TEXT}, {"_id": "8", "title": "Rain", "text": "It rains."}]
    claims = [
        {"id": 1, "claim": "Dogs bark.", "cited_doc_ids": [7], "evidence": {"7": [{"sentences": [1]}]}},
        {"id": 2, "claim": "Cats purr, cows give milk.", "cited_doc_ids": [7, 8],
         "evidence": {"7": [{"sentences": [0]}, {"sentences": [3]}]}},
        {"id": 3, "claim": "It snows.", "cited_doc_ids": [8], "evidence": {}},
    ]  # fmt: skip
    (folder / "beir" / "corpus.jsonl").write_text("\n".join(map(json.dumps, documents)), encoding="utf-8")
    (folder / "claims_validation.jsonl").write_text("\n".join(map(json.dumps, claims)), encoding="utf-8")
    return tmp_path


def test_a_claim_stands_beside_each_abstract_that_it_cites(data: Path) -> None:
    cases = read_cases(data, "validation")
    assert [(case.claim_id, case.document, sorted(case.gold)) for case in cases] == [
        ("1", "7", [1]), ("2", "7", [0, 2]), ("2", "8", []), ("3", "8", []),  # a number too high is the last sentence
    ]  # fmt: skip
    assert cases[0].sentences[1] == DOG
    assert cases[0].title == "Animals"


def test_data_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="SciFact's abstracts"):
        read_cases(tmp_path, "train")


@pytest.mark.parametrize(
    ("spans", "numbers"),
    [
        ([], []),
        ([DOG], [1]),
        ([Span(25, 30)], [1]),  # a part of the sentence
        ([Span(0, 37)], [0, 1]),  # two sentences as one
        ([Span(20, 41)], [1]),  # a little of the next
        ([Span(0, 19), Span(38, 58)], [0, 2]),
    ],
)
def test_a_sentence_is_chosen_by_half_of_it(data: Path, spans: list[Span], numbers: list[int]) -> None:
    assert sorted(read_cases(data, "validation")[0].chosen(spans)) == numbers


def test_precision_and_recall_are_of_all_sentences_together(data: Path) -> None:
    cases = read_cases(data, "validation")
    found = found_in(cases, [frozenset({1, 2}), frozenset({0}), frozenset({0}), frozenset()])
    assert found == Found(right=2, chosen=3, gold=3)  # the third case has no evidence, and does not count
    assert (found.precision, found.recall, found.f1) == (2 / 3, 2 / 3, 2 / 3)
    assert Found(0, 0, 0).f1 == 0


def test_the_report_tells_what_was_quoted_beside_a_wrong_claim(data: Path) -> None:
    report = measure(data, "validation", word_quoter(sentence_cut=50.0))
    assert (report.abstracts, report.abstracts_without) == (2, 2)
    assert report.found == Found(right=2, chosen=2, gold=3)
    assert (report.silent, report.without) == (0, 1)
    assert "F1 0.800" in "\n".join(report.lines())
    silent = measure(data, "validation", word_quoter(answered_cut=1e6))
    assert (silent.silent, silent.without, silent.found.f1) == (1, 0, 0)


def test_the_heads_that_are_learned_choose_what_was_labelled() -> None:
    examples = [_example(number, is_claim=number % 2 == 0, is_answered=number % 5 > 0) for number in range(60)]
    made = train_heads(examples, "reader")
    assert made.report["reader: fact: gold first"] > 0.9
    quoter = Quoter(WordReader(), heads=Heads(dict(made.heads)))
    text = "Some other thing is told here. The kestrel hunts over the meadow. Nothing more is told."
    assert quoter.ranked("kestrel hunts meadow", text)[0].text == "The kestrel hunts over the meadow."


def _example(number: int, *, is_claim: bool, is_answered: bool) -> Example:
    said = f"Animal{number} hunts over field{number} at dawn." if is_answered else "The sky was grey on that morning."
    others = ["Some other thing is told here.", "Nothing more is told of that day."]
    text = " ".join([*others[: number % 3], said, *others[number % 3 :]])
    question = f"animal{number} hunts field{number}"
    read = read_text(WordReader(), question, text)
    labels = np.array([is_answered and sentence == said for sentence in read.text.sentences])
    kind = ("claim" if is_claim else "fact") if is_answered else "unstated"
    gold = frozenset(np.flatnonzero(labels).tolist())
    case = RationaleCase(question, str(number), str(number), "", text, read.text.spans, gold) if is_claim else None
    return Example(kind, f"document {number}", f"question {number}", read, labels, case)


def test_the_report_that_ships_names_the_features_that_are_computed() -> None:
    told = json.loads((PROJECT / "assistant" / "learned" / "quoting.json").read_text(encoding="utf-8"))
    assert told["features"] == {"sentence": list(QUOTE_FEATURES), "answered": list(ANSWER_FEATURES)}
    assert told["report"]["reader: rationales F1"] >= 0.57
    assert told["report"]["reader: fact: quoted, gold first"] >= 0.78
    assert told["report"]["reader: fact: quoted"] >= 0.97
