"""An answer as JSON."""

import json
from datetime import date

from assistant import Answer, Citation, Claim, NearPaper, Reference

URL = "https://arxiv.org/pdf/2101.00001.pdf"


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
        "answer": "Cats (4 Jan 2021): “They purr.” [1]",
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
        "references": [{"number": 1, "arxiv_id": "2101.00001", "title": "Cats", "day": "2021-01-04", "url": URL}],
        "nearest": [],
        "understood": [],
        "note": "",
        "timings_ms": {"retrieve": 1.23, "total": 2.0},
        "table": None,
    }


def test_an_abstention_becomes_plain_data() -> None:
    near = NearPaper("2101.00001", "Cats", date(2021, 1, 4), URL)
    data = Answer("Do dogs bark?", "No.", abstained=True, nearest=(near,)).to_dict()
    assert (data["abstained"], data["claims"], data["references"]) == (True, [], [])
    assert json.loads(json.dumps(data["nearest"])) == [
        {"arxiv_id": "2101.00001", "title": "Cats", "day": "2021-01-04", "url": URL}
    ]
