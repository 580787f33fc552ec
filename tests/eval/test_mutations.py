import random
from dataclasses import replace
from pathlib import Path

import pytest

from eval.bombs import BOMBS, Bomb, BombReading, ingest_bomb
from eval.mutations import FormatReport, MutationReport, lost, made_up, measure, mutated
from eval.source_formats import FORMATS
from ingest.paper import Entry
from ingest.sources import items_of
from tests.conftest import WordEmbedder
from tests.ingest.builders import a_paper, an_entry

ENTRY = b'<entry>\n<title>K\xc3\xb6hler &amp; "kites"</title>\n</entry>'


def test_mutated_sources_of_every_format_are_read() -> None:
    report = measure(count=6, seed=7)
    assert [(o.crashes, o.lost, o.altered, o.made_up) for o in report.formats] == [([], [], [], [])] * len(FORMATS)
    assert [one.cases for one in report.formats] == [6] * len(FORMATS)
    assert sum(one.rejections for one in report.formats) > 20


def test_a_case_can_be_made_again() -> None:
    one, again = ([mutated(ENTRY, random.Random(f"{n}")) for n in range(50)] for _ in range(2))  # noqa: S311
    assert one == again
    assert len({done.partition(" at ")[0] for _, done in one}) == 9
    assert all(entry != ENTRY for entry, done in one if done.startswith(("insert", "double", "duplicate")))


def test_what_is_lost_or_made_up_is_noticed() -> None:
    entries = [an_entry(a_paper(f"2101.0000{n}")) for n in (1, 3, 7, 8)]
    ids = [f"2101.0000{n}" for n in (1, 2, 3, 4)]
    assert lost(entries, 3, ids) == ["2101.00002"]
    assert lost(entries, 1, ids) == ["2101.00004"]
    assert made_up(entries, ids) == ["2101.00008"]
    assert made_up(entries[:3], ids) == []


def test_a_text_that_is_altered_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    real = items_of

    def altering(*arguments: object) -> object:
        for item in real(*arguments):  # type: ignore[arg-type]
            is_broken = arguments[1] == "mutated" and isinstance(item, Entry)
            yield replace(item, raw_title=item.raw_title[1:]) if is_broken and isinstance(item, Entry) else item

    monkeypatch.setattr("eval.mutations.items_of", altering)
    monkeypatch.setattr("eval.mutations.FORMATS", {"CSV": FORMATS["CSV"]})
    (report,) = measure(1, 0).formats
    assert len(report.altered) >= 18


@pytest.mark.parametrize("kind", ["crashes", "lost", "altered", "made_up"])
def test_a_report_with_a_failure_is_not_clean(kind: str) -> None:
    report = MutationReport([FormatReport("CSV", cases=1)])
    assert report.is_clean
    getattr(report.formats[0], kind).append("case 7")
    assert not report.is_clean
    assert "case 7" in report.lines()[-1]
    assert not MutationReport([FormatReport("CSV", slowest_seconds=0.06)]).is_clean


# ---- bombs


@pytest.fixture
def small_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """The limits of the reader a few hundred times smaller, so that small bombs reach them."""
    monkeypatch.setattr("eval.bombs._CHUNK_BYTES", 1 << 17)
    monkeypatch.setattr("ingest.streams._ALLOWANCE", 1 << 20)
    monkeypatch.setattr("ingest.streams._BUFFER_BYTES", 1 << 14)
    monkeypatch.setattr("ingest.streams._LINE_COST", 32)
    monkeypatch.setattr("ingest.streams.LONGEST_LINE", 1 << 16)


@pytest.mark.usefixtures("small_limits")
@pytest.mark.parametrize("name", BOMBS)
def test_a_small_bomb_ends_in_a_rejection_and_what_is_ingested_after_it_is_saved(
    name: str, tmp_path: Path, embedder: WordEmbedder
) -> None:
    report, (before, _, next_source) = ingest_bomb(tmp_path, BOMBS[name], 1 << 21, embedder)
    assert before >= (3 if BOMBS[name].format else 0)
    assert next_source == 4
    assert report.rejected_count > 0


@pytest.mark.parametrize("name", [name for name, bomb in BOMBS.items() if bomb.format])
def test_papers_behind_what_ends_in_time_are_saved(
    name: str, tmp_path: Path, embedder: WordEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("eval.bombs._CHUNK_BYTES", 1 << 15)  # some 16,000 broken pieces, of 65,000 that are allowed
    _, (_, behind, next_source) = ingest_bomb(tmp_path, BOMBS[name], 1 << 15, embedder)
    assert (behind, next_source) == (4, 4)


def test_a_reading_that_takes_too_much_or_costs_a_paper_is_not_clean() -> None:
    reading = BombReading("x", 1, 1.0, 1000, 4, 4, 0, 4, 1, "why")
    assert reading.is_clean
    worse = [{"seconds": 31.0}, {"peak_bytes": 1 << 31}, {"ended": -9}, {"rejections": 0}, {"before": 2}]
    worse.append({"next_source": 3})
    assert not any(replace(reading, **one).is_clean for one in worse)  # type: ignore[arg-type]
    assert "why" in reading.line()
    assert Bomb("CSV", "x").closing == "\n"
