"""JSON that is not a line a paper: arrays, objects within objects, rows of tables; `test_snapshot` has the lines."""

import io
import json
import random
from datetime import date

import pytest

from eval.source_papers import invented_papers
from eval.source_texts import bot_json, json_array, json_objects, semantic_scholar
from ingest.paper import Basis, Entry
from ingest.sources import items_of
from ingest.streams import TooLongError
from tests.ingest.formats.invented import items_in

KITE = {"id": "2101.00001", "title": "On Kites", "abstract": "They fly.", "categories": "cs.CV"}
WIND = {"id": "2101.00002", "title": "On Winds", "abstract": "They blow.", "categories": "cs.CV"}


def ids(text: str) -> list[str]:
    return [entry.paper.arxiv_id for entry in items_in(text.encode())[0]]


@pytest.mark.parametrize("indent", [None, 0, 2])
@pytest.mark.parametrize(
    "value",
    [
        [KITE, WIND],
        [[KITE], [WIND]],
        {"papers": [KITE, WIND]},
        {"2026-01-01": {"cs.CV": [KITE], "cs.RO": [WIND]}},
        {"2101.00001": KITE, "2101.00002": WIND},
        {"data": {"a": {"b": [KITE, WIND]}}},
        [{"paper": KITE, "title": "On Kites", "summary": "They fly."}, {"paper": WIND}],
    ],
)
def test_papers_are_found_within_what_they_stand_in(value: object, indent: int | None) -> None:
    assert ids(json.dumps(value, indent=indent)) == ["2101.00001", "2101.00002"]


@pytest.mark.parametrize("text", ["[]", "{}", "[ ]", '[1, "a", null]', '["2101.00001"]', '{"a": 1}', "[[]]"])
def test_json_without_papers_is_told_once(text: str) -> None:
    entries, rejections = items_in(text.encode())
    assert (entries, len(rejections)) == ([], 1)


def test_a_list_of_one_array_a_line_is_read() -> None:
    assert ids(f"[\n{json.dumps(KITE)},\n{json.dumps(WIND)}\n]\n") == ["2101.00001", "2101.00002"]


def test_a_repeated_title_is_that_of_the_paper_within() -> None:
    outer = {"paper": {**KITE, "publishedAt": "2021-01-04T10:00:00Z"}, "publishedAt": "2021-02-01T00:00:00Z",
             "title": "On Kites", "summary": "They fly."}  # fmt: skip
    (entry,), _ = items_in(json.dumps([outer]).encode())
    assert (entry.listing.day, entry.listing.basis) == (date(2021, 1, 4), Basis.SUBMITTED)


# ---- what is broken


@pytest.mark.parametrize("place", [0, 2, 5])
@pytest.mark.parametrize("write", [json_array, json_objects, semantic_scholar, bot_json])
def test_after_a_broken_object_the_next_is_read(write: object, place: int) -> None:
    written = write(invented_papers(6, random.Random(0)))  # type: ignore[operator]  # noqa: S311 - no secret
    entry = written.entries[place].encode()
    own = written.papers[place].arxiv_id
    for broken in (b"", entry[1:], entry[:-1], entry[: len(entry) // 2], entry.replace(b'"', b"", 1), b"x" + entry):
        entries, rejections = items_in(written.with_entry(place, broken))
        read = [one.paper.arxiv_id for one in entries]
        assert [one for one in read if one != own] == [p.arxiv_id for p in written.papers if p.arxiv_id != own]
        assert rejections or own in read or not broken


def test_what_is_broken_is_told_once_with_its_line() -> None:
    text = (
        "[\n" + ",\n".join(json.dumps(one) for one in (KITE, WIND, KITE)).replace('"On Winds",', '"On Winds"') + "\n]"
    )
    entries, (rejection,) = items_in(text.encode())
    assert (len(entries), rejection.line) == (2, 3)
    assert rejection.reason.startswith("no JSON: ")


def test_objects_within_a_broken_one_are_no_papers_and_are_not_told() -> None:
    written = json_objects(invented_papers(3, random.Random(0)))  # noqa: S311 - no secret
    entries, rejections = items_in(written.with_entry(0, written.entries[0].replace('"title"', "title").encode()))
    assert (len(entries), len(rejections)) == (2, 1)


def test_two_lines_that_became_one_are_two_papers() -> None:
    text = f"{json.dumps(KITE)}\n{json.dumps(KITE)[:-9]}{json.dumps(WIND)}\n{json.dumps(KITE)}\n"
    entries, (rejection,) = items_in(text.encode())
    assert ([entry.paper.arxiv_id[-1] for entry in entries], rejection.line) == (["1", "2", "1"], 2)


def test_a_record_that_names_others_is_one_paper() -> None:
    record = {**KITE, "references": [{**WIND}], "citations": [WIND, WIND]}
    assert ids(json.dumps([record, record])) == ["2101.00001", "2101.00001"]


def test_a_long_object_costs_only_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.formats.json_values._LONGEST_VALUE", 10_000)
    long = json.dumps({**KITE, "abstract": "x" * 400_000})
    entries, rejections = items_in(f"[{json.dumps(KITE)}, {long}, {json.dumps(WIND)}]".encode())
    assert ([e.paper.arxiv_id for e in entries], len(rejections)) == (["2101.00001", "2101.00002"], 1)


def test_papers_within_an_object_that_is_too_long_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.formats.json_values._LONGEST_VALUE", 10_000)
    monkeypatch.setattr("ingest.streams._BUFFER_BYTES", 4099)
    written = semantic_scholar(invented_papers(80, random.Random(0)))  # noqa: S311 - no secret
    entries, rejections = items_in(written.data())
    assert [e.paper.arxiv_id for e in entries] == [p.arxiv_id for p in written.papers]
    assert len(rejections) == 1


@pytest.mark.parametrize("unit", ["{", "[", '{"a":', '{"a":1', '"', "x", "[{", '{"a":[', " ", "\n", '{"id":"'])
def test_what_goes_on_and_on_ends_and_the_papers_before_are_kept(unit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.streams._ALLOWANCE", 1 << 20)
    monkeypatch.setattr("ingest.streams._LINE_COST", 1)
    text = f"[{json.dumps(KITE)}, {json.dumps(WIND)}, " + unit * (2_000_000 // len(unit))
    entries, error = items_in_bounded(text)
    assert entries == ["2101.00001", "2101.00002"]
    assert "without a paper; the rest was not read" in error


def items_in_bounded(text: str) -> tuple[list[str], str]:
    """The ids until the reader gives up, and why it does."""
    found: list[str] = []
    try:
        found.extend(i.paper.arxiv_id for i in items_of(io.BytesIO(text.encode()), "x") if isinstance(i, Entry))
    except TooLongError as error:
        return found, str(error)
    return found, ""
