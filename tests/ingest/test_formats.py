"""Every format in every wrapping: whole, packed, cut off, damaged, piped, and selected from."""

import gzip
import io
import os
import sys
import zlib
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import cast

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.errors import InputError
from ingest.selection import Selection
from ingest.sources import Source, find_sources
from ingest.unpacking import Unpacked
from tests.conftest import digest_text, write_digest
from tests.ingest.feeds import NOON, Told, atom_feed, ids, parted, snapshot_lines

DAY = date(2021, 1, 4)
PAPERS = [("2101.00002", "On Lévy Kites", "They fly at 24°."), ("2101.00001", "On Winds", "They blow – “hard”.")]
TOLD = [Told(arxiv_id, title, abstract) for arxiv_id, title, abstract in PAPERS]
DIGEST, FEED, SNAPSHOT = digest_text(DAY, PAPERS), atom_feed(TOLD), snapshot_lines(TOLD)
FORMATS = {"digest": DIGEST, "feed": FEED, "snapshot": SNAPSHOT}
BEGINNINGS = {"digest": "###", "feed": "<entry>", "snapshot": '{"id"'}
STARTS = [b"", b"{", b"<feed", b"\x1f\x8b", b"\xff\xfe", DIGEST.encode()]

ENCODINGS: dict[str, Callable[[str], bytes]] = {
    "utf-8": str.encode,
    "a byte order mark": lambda text: b"\xef\xbb\xbf" + text.encode(),
    "carriage returns": lambda text: text.replace("\n", "\r\n").encode(),
    "gzip": lambda text: gzip.compress(text.encode()),
    "gzip with a mark": lambda text: gzip.compress(b"\xef\xbb\xbf" + text.encode()),
    "gzip in two members": lambda text: gzip.compress(text.encode()[:300]) + gzip.compress(text.encode()[300:]),
    "gzip, padded": lambda text: gzip.compress(text.encode()) + b"\0" * 70_000,
    "utf-16": lambda text: text.replace("encoding='UTF-8'", "").encode("utf-16"),
    "utf-16 big-endian": lambda text: b"\xfe\xff" + text.replace("encoding='UTF-8'", "").encode("utf-16-be"),
}


def source_of(folder: Path, data: bytes, name: str = "source") -> Source:
    (folder / name).write_bytes(data)
    (source,) = find_sources([folder / name])
    return source


def noise(size: int, seed: int = 0) -> bytes:
    return np.random.default_rng(seed).bytes(size)


# ---- formats


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("content", FORMATS)
@pytest.mark.parametrize("name", ["a.json", "a.txt", "a.md", "a.gz", "a"])
def test_a_format_is_told_by_its_content(tmp_path: Path, content: str, encoding: str, name: str) -> None:
    source = source_of(tmp_path, ENCODINGS[encoding](FORMATS[content]), name)
    entries, rejections = parted(source.items())
    assert rejections == []
    assert [(e.paper.arxiv_id, e.paper.title, e.paper.abstract) for e in entries] == PAPERS
    assert {e.listing.day for e in entries} == {DAY}


@pytest.mark.parametrize("data", [b"\n", noise(4000), b"\0" * 99, gzip.compress(b"", mtime=0), b"\xff\xfe"])
def test_what_is_no_digest_is_told(tmp_path: Path, data: bytes) -> None:
    entries, (rejection,) = parted(source_of(tmp_path, data, "a.md").items())
    assert entries == []
    assert (rejection.file, rejection.line) == (str(tmp_path / "a.md"), 1)
    assert "no digest" in rejection.reason


@pytest.mark.parametrize("data", [b"<html><p>Busy</p></html>", b"<!-- a page --><!DOCTYPE html><html></html>"])
def test_a_page_that_is_no_feed_is_told(tmp_path: Path, data: bytes) -> None:
    entries, (rejection,) = parted(source_of(tmp_path, data).items())
    assert entries == []
    assert rejection.reason.startswith("a page that is no listing of arXiv")


@given(st.binary(max_size=3000), st.sampled_from(STARTS))
def test_any_bytes_give_papers_or_rejections(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, start: bytes
) -> None:
    items = list(source_of(tmp_path_factory.getbasetemp(), start + data).items())
    assert items, "nothing fails silently"


# ---- files that break off


@pytest.mark.parametrize("content", FORMATS)
@pytest.mark.parametrize("left", [0.3, 0.6, 0.95])
def test_of_a_truncated_gzip_the_papers_before_the_cut_are_kept(tmp_path: Path, content: str, left: float) -> None:
    papers = [(f"2101.{n:05}", f"Kite {n}", f"{noise(300, n).hex()} {n}") for n in range(2000, 0, -1)]
    told = [Told(*paper) for paper in papers]
    whole = {"digest": digest_text(DAY, papers), "feed": atom_feed(told), "snapshot": snapshot_lines(told)}[content]
    packed = gzip.compress(whole.encode(), compresslevel=1)
    cut = packed[: int(left * len(packed))]
    begun = zlib.decompressobj(31).decompress(cut).decode(errors="ignore").count(BEGINNINGS[content])
    entries, rejections = parted(source_of(tmp_path, cut).items())
    assert [(e.paper.arxiv_id, e.paper.title, e.paper.abstract) for e in entries] == papers[: len(entries)]
    assert begun - 2 <= len(entries) <= begun, "but the one that is cut, all that is there is kept"
    assert any("cannot be read to its end: the gzip file breaks off" in r.reason for r in rejections)


def test_of_a_damaged_gzip_the_papers_before_the_damage_are_kept(tmp_path: Path) -> None:
    told = [Told(f"2101.{n:05}", abstract=noise(400, n).hex()) for n in range(1, 3001)]
    packed = bytearray(gzip.compress(snapshot_lines(told).encode()))
    middle = len(packed) // 2
    packed[middle : middle + 2000] = b"\xff" * 2000
    entries, rejections = parted(source_of(tmp_path, bytes(packed)).items())
    assert 1000 < len(entries) < 2000
    assert any("cannot be read to its end" in r.reason for r in rejections)


@given(st.binary(max_size=200_000), st.integers(1, 9), st.integers(1, 4), st.integers(1, 100_000))
def test_what_was_packed_is_unpacked(data: bytes, level: int, members: int, size: int) -> None:
    length = -(-len(data) // members) or 1
    parts = [data[n : n + length] for n in range(0, len(data), length)] or [b""]
    packed = b"".join(gzip.compress(part, level) for part in parts)
    assert io.BufferedReader(Unpacked(io.BytesIO(packed)), size).read() == data


# ---- what is named


def test_a_file_is_the_same_by_any_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = write_digest(tmp_path, DAY, PAPERS)
    (tmp_path / "link.md").symlink_to(file)
    monkeypatch.chdir(tmp_path)
    named: list[Path | str] = [
        tmp_path,
        file,
        str(file),
        file.name,
        tmp_path / ".." / tmp_path.name / file.name,
        "*.md",
        "link.md",
    ]
    assert [(source.path, source.was_named) for source in find_sources(named)] == [(file, True)]


def test_a_hidden_file_or_folder_can_be_named(tmp_path: Path) -> None:
    file = write_digest(tmp_path / ".cache", DAY, PAPERS, name=".monday")
    digest = write_digest(tmp_path / ".cache", DAY, PAPERS)
    assert [source.path for source in find_sources([file.parent])] == [digest]
    assert [(source.path, source.was_named) for source in find_sources([file])] == [(file, True)]


def test_a_pattern_may_fit_folders_and_reach_below(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("2021-01-04.md", "deep/2021-01-06.md", "deep/er/2021-01-07.md"):
        write_digest((tmp_path / name).parent, DAY, PAPERS, name=Path(name).name)
    monkeypatch.chdir(tmp_path)
    assert [str(source.path) for source in find_sources(["2021-*.md"])] == ["2021-01-04.md"]
    assert len(find_sources([tmp_path / "**" / "2021-01-*.md"])) == 3
    assert [source.path.name for source in find_sources(["dee?"])] == ["2021-01-06.md", "2021-01-07.md"]


def test_a_file_whose_name_looks_like_a_pattern_can_be_named(tmp_path: Path) -> None:
    file = write_digest(tmp_path, DAY, PAPERS, name="digest[1].md")
    assert [source.path for source in find_sources([file])] == [file]


@pytest.mark.parametrize("name", ["no-such-*.md", "k" * 300, "a\0b"])
def test_a_path_that_cannot_exist_is_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match=r"does not exist|File name too long"):
        find_sources([tmp_path / name])


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_told(tmp_path: Path) -> None:
    source = source_of(tmp_path, DIGEST.encode())
    source.path.chmod(0)
    _, (rejection,) = parted(source.items())
    assert "Permission denied" in rejection.reason


def test_the_progress_of_a_file_ends_at_its_size(tmp_path: Path) -> None:
    source = source_of(tmp_path, gzip.compress(SNAPSHOT.encode()))
    assert source.bytes_read == 0
    assert ids(source.items()) == [arxiv_id for arxiv_id, _, _ in PAPERS]
    assert source.bytes_read == source.size_bytes == source.path.stat().st_size


# ---- pipes


class Drops(io.RawIOBase):
    """A pipe whose writer writes two bytes at a time."""

    def __init__(self, data: bytes) -> None:
        self._rest = io.BytesIO(data)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        drop = self._rest.read(min(2, len(buffer)))
        buffer[: len(drop)] = drop
        return len(drop)


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("content", FORMATS)
def test_standard_input_is_read_however_it_comes(monkeypatch: pytest.MonkeyPatch, content: str, encoding: str) -> None:
    standard_input = io.TextIOWrapper(
        io.BufferedReader(cast("io.RawIOBase", Drops(ENCODINGS[encoding](FORMATS[content]))))
    )
    monkeypatch.setattr(sys, "stdin", standard_input)
    (source,) = find_sources(["-", "-"])
    entries, rejections = parted(source.items())
    assert ([e.paper.arxiv_id for e in entries], rejections) == ([arxiv_id for arxiv_id, _, _ in PAPERS], [])
    assert source.bytes_read == 0
    assert not standard_input.buffer.closed


def test_a_named_pipe_is_read() -> None:
    """As in `daybook ingest <(zcat monday.md.gz)`; how far a pipe was read cannot be told."""
    reader, writer = os.pipe()
    os.write(writer, gzip.compress(DIGEST.encode()))
    os.close(writer)
    try:
        (source,) = find_sources([f"/dev/fd/{reader}"])
        found = [(item, source.bytes_read) for item in source.items()]
    finally:
        os.close(reader)
    assert ids(item for item, _ in found) == [arxiv_id for arxiv_id, _, _ in PAPERS]
    assert {bytes_read for _, bytes_read in found} == {0}


# ---- selection


def text_of(content: str, papers: list[Told]) -> str:
    if content != "digest":
        return atom_feed(papers) if content == "feed" else snapshot_lines(papers)
    return "".join(
        digest_text(p.submitted.date(), [(p.arxiv_id, p.title, p.abstract)], category=p.categories[0]) for p in papers
    )


@pytest.mark.parametrize("content", FORMATS)
@pytest.mark.parametrize(
    ("selection", "wanted"),
    [
        (Selection(), [1, 2, 3, 4]),
        (Selection(category="cs.CV"), [1, 3]),
        (Selection(category="cs.C"), []),
        (Selection(since=date(2021, 1, 5)), [2, 3, 4]),
        (Selection(until=date(2021, 1, 5)), [1, 2]),
        (Selection("cs.CV", date(2021, 1, 5), date(2021, 1, 6)), [3]),
        (Selection("cs.CV", date(2021, 1, 5), date(2021, 1, 5)), []),
    ],
)
def test_papers_are_selected_alike_in_every_format(
    tmp_path: Path, content: str, selection: Selection, wanted: list[int]
) -> None:
    rows = [(1, "cs.CV", 4), (2, "cs.LG", 5), (3, "cs.CV", 6), (4, "cs.LG", 7)]
    papers = [Told(f"2101.{n:05}", categories=(c,), submitted=NOON.replace(day=day)) for n, c, day in rows]
    entries, rejections = parted(source_of(tmp_path, text_of(content, papers).encode()).items(selection))
    assert ([int(e.paper.arxiv_id[5:]) for e in entries], rejections) == (wanted, [])
