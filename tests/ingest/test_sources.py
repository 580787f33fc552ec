import gzip
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from ingest.errors import InputError
from ingest.library import Library
from ingest.paper import Entry, Rejection
from ingest.pipeline import ingest
from ingest.sources import find_sources
from tests.conftest import PROJECT, WordEmbedder, digest_text, write_digest

DAY = date(2021, 1, 4)
PAPERS = [("2101.00002", "On Lévy Kites", "They fly at 24°."), ("2101.00001", "On Winds", "They blow – “hard”.")]


def paths_of(*paths: Path) -> list[Path]:
    return [source.path for source in find_sources(paths)]


def read(*paths: Path) -> list[tuple[list[Entry], list[Rejection]]]:
    """What each file holds: its papers, and what could not be taken of it."""
    read_files = []
    for source in find_sources(paths):
        items = list(source.items())
        read_files.append(
            ([i for i in items if isinstance(i, Entry)], [i for i in items if isinstance(i, Rejection)]),
        )
    return read_files


# ---- what is read


def test_a_folder_stands_for_the_files_below_it_but_hidden_ones(tmp_path: Path) -> None:
    for name in ("b.md", "a.txt", "c/d.MARKDOWN", "c/notes", ".hidden", ".git/config", "c/.e/f.md"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("text", encoding="utf-8")
    assert paths_of(tmp_path) == [tmp_path / name for name in ("a.txt", "b.md", "c/d.MARKDOWN", "c/notes")]


def test_a_file_named_twice_is_read_once(tmp_path: Path) -> None:
    file = write_digest(tmp_path, DAY, PAPERS)
    assert paths_of(file, tmp_path, file) == [file]


def test_a_file_that_is_named_is_read_whatever_its_ending(tmp_path: Path) -> None:
    file = write_digest(tmp_path, DAY, PAPERS, name="digest.of.monday")
    ((entries, rejections),) = read(file)
    assert (len(entries), rejections) == (2, [])


def test_a_pattern_stands_for_the_files_that_fit(tmp_path: Path) -> None:
    files = [write_digest(tmp_path / "a", DAY.replace(day=day), PAPERS) for day in (4, 5)]
    (tmp_path / "a" / "notes.txt").write_text("text", encoding="utf-8")
    assert paths_of(tmp_path / "*" / "2021-*.md") == files
    with pytest.raises(InputError, match="does not exist"):
        find_sources([tmp_path / "*.pdf"])


def test_a_path_that_does_not_exist_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no-such-digest\.md does not exist"):
        find_sources([tmp_path / "no-such-digest.md"])


def test_an_empty_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=str(tmp_path)):
        find_sources([tmp_path])


def test_every_file_gives_its_papers(sample_folder: Path) -> None:
    assert [path.name for path in paths_of(sample_folder)] == ["2026-11-02.md", "2026-11-03.md", "2026-11-04.md"]
    counts = [path.read_text(encoding="utf-8").count("\n### ") for path in paths_of(sample_folder)]
    assert [(len(entries), rejections) for entries, rejections in read(sample_folder)] == [(n, []) for n in counts]


def test_standard_input_is_read_as_a_file_is(tmp_path: Path) -> None:
    code = "from ingest.sources import *\nfor item in find_sources(['-'])[0].items(): print(item.paper.title)"
    with write_digest(tmp_path, DAY, PAPERS).open("rb") as file:
        run = subprocess.run(
            [sys.executable, "-X", "utf8", "-c", code], cwd=PROJECT, stdin=file, capture_output=True, check=True
        )
    assert run.stdout.decode().split("\n") == ["On Lévy Kites", "On Winds", ""]


# ---- how it is read


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_encodings_of_every_age_are_read(tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "digest.md"
    file.write_bytes(digest_text(DAY, PAPERS).encode(encoding))
    ((entries, rejections),) = read(file)
    assert [(e.paper.title, e.paper.abstract) for e in entries] == [(title, text) for _, title, text in PAPERS]
    assert rejections == []


def test_a_packed_digest_is_read(tmp_path: Path) -> None:
    file = tmp_path / "digest.md.gz"
    file.write_bytes(gzip.compress(digest_text(DAY, PAPERS).encode()))
    ((entries, rejections),) = read(file)
    assert ([entry.paper.title for entry in entries], rejections) == (["On Lévy Kites", "On Winds"], [])


def test_of_a_packed_digest_that_is_cut_off_nothing_is_taken_as_whole(tmp_path: Path) -> None:
    papers = [(f"2101.{n:05}", f"Title {n}", os.urandom(200).hex()) for n in range(300, 0, -1)]
    packed = gzip.compress(digest_text(DAY, papers).encode())
    file = tmp_path / "digest.md.gz"
    file.write_bytes(packed[: len(packed) // 2])
    ((entries, rejections),) = read(file)
    whole = {title: abstract for _, title, abstract in papers}
    assert all(entry.paper.abstract == whole[entry.paper.title] for entry in entries)
    (rejection,) = rejections
    assert "cannot be read to its end" in rejection.reason


def test_one_broken_byte_does_not_spoil_the_rest(tmp_path: Path) -> None:
    file = tmp_path / "digest.md"
    file.write_bytes(digest_text(DAY, PAPERS).encode().replace(b"hard", b"h\xffrd"))
    ((entries, _),) = read(file)
    assert [entry.paper.title for entry in entries] == ["On Lévy Kites", "On Winds"]
    assert entries[0].paper.abstract == "They fly at 24°."


@pytest.mark.parametrize("data", [b"", b"# My notes\n", b"\x89PNG\r\n\x1a\n\x00\x00", bytes(range(256)) * 40])
def test_what_is_no_digest_is_told_and_the_next_file_is_read(tmp_path: Path, data: bytes) -> None:
    other = tmp_path / "a.md"
    other.write_bytes(data)
    first, second = read(other, write_digest(tmp_path, DAY, PAPERS, name="b.md"))
    (rejection,) = first[1]
    assert (rejection.file, rejection.line, first[0]) == (str(other), 1, [])
    assert "no digest" in rejection.reason
    assert len(second[0]) == 2


def test_a_file_that_cannot_be_read_is_told_and_the_next_file_is_read(tmp_path: Path) -> None:
    gone, digest = write_digest(tmp_path, DAY, PAPERS, name="a.md"), write_digest(tmp_path, DAY, PAPERS, name="b.md")
    sources = find_sources([gone, digest])
    gone.unlink()
    (rejection,) = sources[0].items()
    assert isinstance(rejection, Rejection)
    assert rejection.file == str(gone)
    assert "No such file" in rejection.reason
    assert len(list(sources[1].items())) == 2


# ---- how much is told


def test_the_rejections_of_a_file_are_bounded_and_the_others_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingest.sources._MOST_REJECTIONS", 5)
    broken = '{"id": "2101.00001", "title": "K", "abstract": "a", "categories": "cs.CV"\n'
    good = broken.replace('CV"', 'CV"}')
    (tmp_path / "lines.json").write_text(good + broken * 12 + good, encoding="utf-8")
    ((entries, rejections),) = read(tmp_path / "lines.json")
    assert (len(entries), len(rejections)) == (2, 6)
    assert rejections[-1].reason == "7 more pieces that could not be taken; this is the line of the last"
    assert rejections[-1].line == 13


def test_what_was_not_told_is_counted_where_a_file_breaks_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.sources._MOST_REJECTIONS", 5)
    packed = gzip.compress(b'{"a"\n' * 9 + os.urandom(9000).hex().encode())
    (tmp_path / "lines.json").write_bytes(packed[:-3000])
    ((_, rejections),) = read(tmp_path / "lines.json")
    assert "more pieces" in rejections[-2].reason
    assert "cannot be read to its end" in rejections[-1].reason


def test_an_ingested_paper_keeps_where_it_came_from(tmp_path: Path, library: Library, embedder: WordEmbedder) -> None:
    file = write_digest(tmp_path / "days", DAY, PAPERS)
    (tmp_path / "link.md").symlink_to(file)
    ingest([tmp_path / "link.md"], library, embedder)
    rows = [paper.row for paper in library.papers()]
    assert {origin.source for found in library.database.origins(rows).values() for origin in found} == {str(file)}
