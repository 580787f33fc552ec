"""Bytes, characters and lines, and the end of what goes on and on."""

import gzip
import io
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest import streams
from ingest.formats.digest import NO_DIGEST
from ingest.paper import Block, Entry, Listing, Paper, Rejection
from ingest.streams import Stream, TooLongError, decoded
from tests.conftest import digest_text
from tests.ingest.builders import MONDAY, a_paper, an_entry
from tests.ingest.feeds import parted, read_bytes
from tests.ingest.test_formats import source_of

CHUNKS = st.lists(st.sampled_from([b"a", b"\n", b"\r\n", b"\xc3\xa9", b"\xe4\xb8\xad", b"\xf0\x9d\x92\x9f", b"bc"]))


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small limits."""
    monkeypatch.setattr(streams, "LONGEST_LINE", 4000)
    monkeypatch.setattr(streams, "_BUFFER_BYTES", 512)
    monkeypatch.setattr(streams, "_ALLOWANCE", 200_000)
    monkeypatch.setattr(streams, "_LINE_COST", 2)
    monkeypatch.setattr(streams, "_FAILURE_COST", 100)


@given(CHUNKS.map(b"".join), st.integers(1, 7))
def test_text_is_the_same_in_blocks_of_any_size(data: bytes, size: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(streams, "_BUFFER_BYTES", size)
        text = data.decode()
        assert "".join(Stream(io.BytesIO(data)).text_blocks()) == text
        expected = re.split(r"\r\n|\n", text)
        lines = [line for line in Stream(io.BytesIO(data)).text_lines() if line]
        assert lines == [line for line in expected if line]


@given(CHUNKS.map(b"".join), st.sampled_from([b"a", b"bc", b"\xc3\xa9"]), st.integers(1, 7))
def test_the_lines_with_some_bytes_are_found_with_their_numbers(data: bytes, wanted: bytes, size: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(streams, "_BUFFER_BYTES", size)
        expected = [(n, line) for n, line in enumerate(data.split(b"\n"), start=1) if wanted in line]
        assert list(Stream(io.BytesIO(data)).lines_holding(wanted)) == expected


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"K\xc3\xb6hler", "Köhler"),
        (b"K\xf6hler", "Köhler"),
        (b"\x93q\x94 \xe2\x80\x94", "“q” —"),
        (b"a\x81b", "a\ufffdb"),
        (b"\xff\xfea\x00", "ÿþa\x00"),
    ],
)
def test_a_byte_that_is_no_utf_8_is_windows_1252(data: bytes, text: str) -> None:
    assert decoded(data) == text


@pytest.mark.usefixtures("small")
def test_a_line_that_is_too_long_is_none_and_the_next_is_whole() -> None:
    data = b"a\n" + b"x" * 9000 + b"\nb\n" + b"y" * 9000
    assert list(Stream(io.BytesIO(data)).text_lines()) == ["a", None, "b", None]
    found = list(Stream(io.BytesIO(data)).lines_holding(b""))
    assert found == [(1, b"a"), (2, None), (3, b"b"), (4, None)]


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("unit", [b"x", b"\n", b"x\n", b" ", b"{\n"])
def test_a_stream_without_papers_ends(unit: bytes) -> None:
    for packed in (False, True):
        data = unit * (1_000_000 // len(unit))
        stream = Stream(io.BytesIO(gzip.compress(data) if packed else data))
        with pytest.raises(TooLongError, match="the rest was not read"):
            list(stream.text_lines())


@pytest.mark.usefixtures("small")
def test_a_paper_allows_as_much_again_and_a_broken_piece_does_not() -> None:
    entry = an_entry(a_paper())
    for items, ends in (([entry], False), ([], False), ([Rejection("a", 1, "no")], True)):
        stream = Stream(io.BytesIO(b"x" * 150_000))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(streams, "_FAILURE_COST", 100_000)
            blocks = stream.blocks()
            next(blocks)
            assert list(stream.counted(iter(items))) == items
            if ends:
                with pytest.raises(TooLongError):
                    list(blocks)
            else:
                list(blocks)


@pytest.mark.usefixtures("small")
def test_a_paper_with_a_remark_is_a_paper() -> None:
    stream = Stream(io.BytesIO(b""))
    stream.failed()
    paper = Entry(Paper("2101.00001", "K", "", ""), Listing(MONDAY, "cs.CV", Block.NEW, 1), "K", "", 1)
    list(stream.counted(iter([paper, Rejection("a", 1, "no date")])))
    assert stream._left == streams._ALLOWANCE


# ---- sources that go on and on, small


PAPERS = [("2101.00002", "On Kites", "They fly."), ("2101.00001", "On Winds", "They blow.")]
DIGEST = digest_text(MONDAY, PAPERS)
LONG_LINE = "kelp " * 2000


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize(
    "between",
    [
        f"> {LONG_LINE}\n",
        f"### {LONG_LINE}\n",
        f"### 9.On Kelp [ pdf ](https://arxiv.org/pdf/2101.00009)\n> {LONG_LINE}\n",
    ],
)
def test_papers_behind_a_line_that_is_too_long_are_read(between: str) -> None:
    third = digest_text(MONDAY, [("2012.00001", "On Nets", "They hold.")]).split("\n", 1)[1]
    entries, rejections = parted(read_bytes((DIGEST + between + third).encode()))
    assert "2012.00001" in [entry.paper.arxiv_id for entry in entries]
    assert "2101.00002" in [entry.paper.arxiv_id for entry in entries]
    assert rejections


def test_a_paper_with_an_endless_abstract_is_told_and_the_others_are_read() -> None:
    endless = [("2101.00003", "On Kelp", "kelp " * 30_000), *PAPERS]
    entries, (rejection,) = parted(read_bytes(digest_text(MONDAY, endless).encode()))
    assert [entry.paper.title for entry in entries] == ["On Kites", "On Winds"]
    assert rejection.reason == "2101.00003 has a title or an abstract longer than any paper's"


@pytest.mark.usefixtures("small")
def test_papers_before_what_goes_on_and_on_are_read(tmp_path: Path) -> None:
    data = DIGEST + digest_text(MONDAY.replace(day=5), PAPERS) + "# Notes\n" + "ab\n" * 300_000
    entries, rejections = parted(source_of(tmp_path, gzip.compress(data.encode())).items())
    assert len(entries) == 4
    assert "without a paper" in rejections[-1].reason


def test_a_text_that_is_no_digest_is_told_in_one_line() -> None:
    _, rejections = parted(read_bytes(b"# Notes\n\n## More\n" * 500))
    assert [rejection.reason for rejection in rejections] == [NO_DIGEST]


def test_a_block_of_code_without_end_hides_no_papers() -> None:
    text = DIGEST.replace("They fly.", "They fly.\n```")
    entries, _ = parted(read_bytes(text.encode()))
    assert [entry.paper.title for entry in entries] == ["On Kites", "On Winds"]
