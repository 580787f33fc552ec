"""An answer as JSON."""

import json
from datetime import date

from assistant import Answer, Citation, Claim, NearPaper, Reference
from assistant.answer import Closest

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
