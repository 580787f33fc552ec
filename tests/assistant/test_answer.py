"""An answer as JSON."""

import json
from datetime import date

import pytest

from assistant import Answer, Citation, Claim, NearPaper, Reference
from assistant.answer import Closest, Usage

URL = "https://arxiv.org/pdf/2101.00001.pdf"
KNOWN = {"basis": "announced", "is_withdrawn": False}
CLOSEST = Answer(
    "Do dogs bark?",
    "No abstract states it.",
    abstained=True,
    nearest=(NearPaper("2101.00001", "Cats", date(2021, 1, 4), URL),),
    closest=(Closest("2101.00001", "They purr.", 0, 10, 0.25),),
)


def test_an_answer_becomes_plain_data() -> None:
    answer = Answer(
        "Do cats purr?",
        "Cats (4 Jan 2021): “They purr.” [1]",
        abstained=False,
        claims=(Claim("They purr.", (Citation(1, "2101.00001", "They purr.", 0, 10),)),),
        references=(Reference(1, "2101.00001", "Cats", date(2021, 1, 4), URL),),
        timings_ms={"retrieve": 1.23456, "total": 2.0},
    )
    assert json.loads(json.dumps(answer.to_dict())) == {
        "question": "Do cats purr?",
        "job": "ask",
        "limits": {},
        "answer": "Cats (4 Jan 2021): “They purr.” [1]",
        "grade": "answered",
        "abstained": False,
        "kind": "quoted",
        "facts": [],
        "claims": [
            {
                "sentence": "They purr.",
                "citations": [{"number": 1, "arxiv_id": "2101.00001", "quote": "They purr.", "start": 0, "end": 10}],
                "is_replaced": False,
                "heading": "",
            }
        ],
        "references": [
            {"number": 1, "arxiv_id": "2101.00001", "title": "Cats", "day": "2021-01-04", "url": URL, **KNOWN}
        ],
        "closest": [],
        "near": [],
        "nearest": [],
        "understood": [],
        "note": "",
        "timings_ms": {"retrieve": 1.23, "total": 2.0},
        "usage": None,
        "table": None,
    }


def test_what_comes_closest_becomes_plain_data() -> None:
    data = json.loads(json.dumps(CLOSEST.to_dict()))
    assert (data["grade"], data["abstained"], data["claims"], data["references"]) == ("closest", True, [], [])
    near = {"arxiv_id": "2101.00001", "title": "Cats", "day": "2021-01-04", "url": URL, **KNOWN}
    assert data["near"] == data["nearest"] == [near]
    assert data["closest"] == [{"arxiv_id": "2101.00001", "quote": "They purr.", "start": 0, "end": 10, "score": 0.25}]
    assert Answer.from_dict(data) == CLOSEST


def test_an_abstention_becomes_plain_data() -> None:
    answer = Answer("Do dogs bark?", "No.", abstained=True)
    data = json.loads(json.dumps(answer.to_dict()))
    assert (data["grade"], data["abstained"], data["claims"], data["closest"]) == ("none", True, [], [])
    assert (data["near"], data["nearest"], data["references"]) == ([], [], [])
    assert Answer.from_dict(data) == answer


def test_facts_are_an_answer() -> None:
    assert Answer("How many?", "Two.", abstained=False, facts=("Two.",)).to_dict()["grade"] == "answered"


def test_what_an_older_daybook_kept_still_reads() -> None:
    older = CLOSEST.to_dict()
    for key in ("grade", "closest", "near"):
        del older[key]
    answer = Answer.from_dict(older)
    assert (answer.grade, answer.closest) == ("none", ())
    assert answer.nearest == CLOSEST.nearest


class TestWhatItTook:
    def test_usage_becomes_plain_data_and_is_read_again(self) -> None:
        usage = Usage("kitten", 512, None, 0.25, 1.5)
        answer = Answer("Do cats purr?", "Yes.", abstained=False, facts=("Yes.",), usage=usage)
        data = json.loads(json.dumps(answer.to_dict()))
        assert data["usage"] == {
            "model": "kitten",
            "prompt_tokens": 512,
            "completion_tokens": None,
            "first_token_seconds": 0.25,
            "seconds": 1.5,
        }
        assert Answer.from_dict(data) == answer

    @pytest.mark.parametrize(
        ("usage", "said"),
        [
            (None, "2.0 s"),
            (
                Usage("a", 1512, 48, 0.25, 1.5),
                "a · 1,512 tokens read, 48 written · first word after 0.2 s · 2.0 s in all",
            ),
            (Usage("a", None, 48, 0.25), "a · 48 tokens written · first word after 0.2 s · 2.0 s in all"),
            (Usage("a"), "a · tokens not told · no first word · 2.0 s in all"),
        ],
    )
    def test_it_is_said_in_one_line(self, usage: Usage | None, said: str) -> None:
        assert Answer("?", "No.", abstained=True, timings_ms={"total": 2000.0}, usage=usage).spent == said

    def test_of_what_nobody_took_the_time_nothing_is_said(self) -> None:
        assert CLOSEST.spent == ""
