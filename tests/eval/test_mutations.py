import random
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.mutations import MutationReport, heading_lines, measure, mutated, unaccounted
from ingest.digest import ParsedDigest, parse_digest
from ingest.paper import Rejection
from tests.conftest import digest_text, write_digest
from tests.ingest.builders import MONDAY

PAPERS = [(f"2101.{n:05}", f"On $\\alpha_{n}$-Kites", f"They fly {n} km. " * 20) for n in range(30, 0, -1)]
DIGEST = digest_text(MONDAY, PAPERS)
AWKWARD = st.sampled_from(
    ["### ", "# ArXiv cs.CV --Mon, 4 Jan 2021", "\n", "\r", "\x85", "\u2028", "\ufeff", ">", "\\", "${"]
)


def checked(report: MutationReport) -> None:
    assert report.errors == []
    assert report.dropped == []
    assert len(report.slow) <= report.cases // 100, report.lines()  # the machine may be busy
    assert report.slowest.seconds < 0.5


def test_mutated_digests_are_read(tmp_path: Path) -> None:
    write_digest(tmp_path, MONDAY, PAPERS)
    report = measure([tmp_path], cases=200, seed=1)
    checked(report)
    assert report.cases == 200
    assert report.papers > 500
    assert report.rejections > 100


def test_mutated_real_digests_are_read(data_folder: Path) -> None:
    checked(measure([data_folder / "digests"], cases=200, seed=2))


def test_a_case_can_be_made_again() -> None:
    one, again = (mutated([DIGEST], random.Random("3")) for _ in range(2))  # noqa: S311 - no secret
    assert one == again


def test_what_is_dropped_is_noticed() -> None:
    lines = heading_lines("# day\n### a\nb\r### c\r\n \ufeff#### d\n## e")
    assert lines == [2, 4, 5]
    parsed = ParsedDigest(rejections=[Rejection("file", line, "") for line in (2, 5, 5)])
    assert unaccounted(lines, parsed) == [4, 5]


@pytest.mark.parametrize("failing", ["errors", "slow", "dropped"])
def test_a_report_with_a_failure_is_not_clean(failing: str) -> None:
    report = MutationReport()
    assert report.is_clean
    getattr(report, failing).append("case 7")
    assert not report.is_clean
    assert "failure: case 7" in report.lines()


@given(st.lists(AWKWARD | st.text(max_size=20), max_size=30).map("".join))
def test_every_heading_of_any_text_is_accounted_for(text: str) -> None:
    assert unaccounted(heading_lines(text), parse_digest(text, "any")) == []


@given(st.lists(AWKWARD | st.text(max_size=20), max_size=10).map("".join), st.integers(0, len(DIGEST)))
def test_what_stands_in_a_digest_spoils_only_what_it_touches(text: str, place: int) -> None:
    parsed = parse_digest(DIGEST[:place] + text + DIGEST[place:], "any")
    before = DIGEST[:place].count("\n### ")
    ids = [entry.paper.arxiv_id for entry in parsed.entries]
    untouched = [arxiv_id for arxiv_id, _, _ in PAPERS[: max(0, before - 1)]]
    assert ids[: len(untouched)] == untouched


@pytest.mark.parametrize(
    "fragment",
    [
        "<a ", '<a href="', '" href="x', "\\b{eta}", "\\cite[", "\\em{", "{\\em ", "$x", "\\(", "\\'e", "&amp;", "&",
        "{", "}", "{}", "[", "](", "https://a.b/(", "~", "a.", "\\foo ", "x^", "^{", "Ã©", "\x85", "### ", "\\\\",
    ],
)  # fmt: skip
def test_reading_takes_time_in_proportion_to_the_text(fragment: str) -> None:
    """A pattern that looks at each place again from each place would take minutes here."""
    start = time.process_time()
    parse_digest(digest_text(MONDAY, [("2101.00001", "On Kites", fragment * (200_000 // len(fragment)))]), "long")
    assert time.process_time() - start < 2
