"""A disk that is full, on a small file system that the tests mount."""

import os
import subprocess
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from ingest.doctor import examine
from ingest.embedding import DIMENSIONS, Vector
from ingest.errors import LibraryError
from ingest.library import Library
from ingest.pipeline import IngestReport, ingest
from tests.conftest import PaperText, WordEmbedder, write_digest
from tests.ingest.builders import MONDAY, many_prepared, unit_vectors

pytestmark = pytest.mark.usefixtures("every_library_is_huge")

COUNT = 160
"""Five batches of the pipeline."""
PAPERS: list[PaperText] = [
    (f"2101.{number:05}", f"Title{number}", f"Abstract{number} of it.") for number in range(COUNT, 0, -1)
]


class NoiseEmbedder(WordEmbedder):
    """A random vector for each text; Chroma misses some of many texts that are equally near to each other."""

    @staticmethod
    def _vector(text: str) -> Vector:
        (vector,) = unit_vectors(1, seed=zlib.crc32(text.encode()))
        return vector


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """An empty file system of 8 MiB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if not sys.platform.startswith("linux"):
        pytest.skip("a small file system is mounted on Linux only")
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=8m", "daybook-test", str(folder)],
        capture_output=True,
        text=True,
        check=False,
    )
    if mounted.returncode:
        pytest.skip(f"a small file system cannot be mounted here: {mounted.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.fixture
def digest(tmp_path: Path) -> Path:
    return write_digest(tmp_path / "digests", MONDAY, PAPERS)


def fill(disk: Path, free_bytes: int) -> None:
    """Leave only so much space, in whole pages."""
    found = os.statvfs(disk)
    (disk / "filler").write_bytes(bytes(max(found.f_bavail * found.f_frsize - free_bytes, 0)))


def ingest_to_full(folder: Path, digest: Path, progress_free_bytes: int | None) -> tuple[int, str]:
    """Ingest until the disk is full; with a number, fill it as soon as all papers are saved."""
    acknowledged = 0

    def progress(report: IngestReport) -> None:
        nonlocal acknowledged
        acknowledged = report.new
        if progress_free_bytes is not None and report.new == COUNT and not (folder.parent / "filler").exists():
            fill(folder.parent, progress_free_bytes)

    with pytest.raises(LibraryError) as raised, Library(folder) as library:
        ingest([digest], library, NoiseEmbedder(), progress)
    return acknowledged, str(raised.value)


def assert_kept(folder: Path, count: int) -> None:
    """The first `count` papers of the digest at least are whole."""
    with Library(folder) as library:
        kept = {stored.paper.arxiv_id for stored in library.papers()}
        assert {paper[0] for paper in PAPERS[:count]} <= kept
        assert library.database.problems() == []
        assert library.database.papers_to_prepare(DIMENSIONS) == []


def assert_completes(folder: Path, digest: Path) -> None:
    """With space again, the same ingest goes on where it ended, and Chroma finds every paper."""
    with Library(folder) as library:
        held = library.database.paper_count()
        embedder = NoiseEmbedder()
        assert ingest([digest], library, embedder).new == len(embedder.texts) == COUNT - held
        assert_kept(folder, COUNT)
        assert library.index_is_current()
        rows = library.database.vectors_after(0, DIMENSIONS)
        found = [library._index().nearest(vector, 1).scores[0] for vector in rows.vectors]
        assert np.allclose(found, 1, atol=1e-4)


@pytest.mark.parametrize("free_kilobytes", [4, 64, 150, 250, 400, 600])
def test_full_while_papers_are_saved(disk: Path, digest: Path, free_kilobytes: int) -> None:
    folder = disk / "library"
    Library(folder).close()
    fill(disk, free_kilobytes * 1024)
    acknowledged, message = ingest_to_full(folder, digest, None)
    assert acknowledged < COUNT
    assert "\n" not in message
    assert "full" in message
    (disk / "filler").unlink()
    assert_kept(folder, acknowledged)
    assert_completes(folder, digest)


@pytest.mark.parametrize("free_kilobytes", [0, 8, 100, 200, 300, 400])
def test_full_while_the_index_is_made(disk: Path, digest: Path, free_kilobytes: int) -> None:
    folder = disk / "library"
    acknowledged, message = ingest_to_full(folder, digest, free_kilobytes * 1024)
    assert acknowledged == COUNT
    assert "\n" not in message
    assert "your papers are safe" in message
    assert [path.name for path in folder.glob("chroma*")] == [], "what was begun is swept away"
    (disk / "filler").unlink()
    assert_kept(folder, COUNT)
    assert_completes(folder, digest)


@pytest.mark.parametrize("free_kilobytes", [8, 300, 600])
def test_full_while_the_index_grows(disk: Path, digest: Path, tmp_path: Path, free_kilobytes: int) -> None:
    folder = disk / "library"
    first, whole = write_digest(tmp_path / "first", MONDAY, PAPERS[-40:]), digest.read_bytes()
    digest.write_bytes(first.read_bytes())
    with Library(folder) as library:
        ingest([digest], library, NoiseEmbedder())
    digest.write_bytes(whole)  # the same file, grown: nothing is to be written of its first papers

    def progress(report: IngestReport) -> None:
        if report.new == COUNT - 40 and not (disk / "filler").exists():
            fill(disk, free_kilobytes * 1024)

    with Library(folder, exact_search_chunks=0) as library:
        with pytest.raises(LibraryError, match="your papers are safe"):
            ingest([digest], library, NoiseEmbedder(), progress)
        manifest = library._index().manifest()
        assert manifest is not None
        assert manifest.count == 40, "the old index is as it was"
        question = NoiseEmbedder().question_vector("Title7\nAbstract7 of it.")
        found = library.dense_scores(question)
        best = int(found.rows[found.scores.argmax()])
        assert library.database.papers_by_row([best])[best].paper.title == "Title7"
    (disk / "filler").unlink()
    assert_completes(folder, digest)


def test_a_library_on_a_full_disk_is_read_and_written_when_there_is_space_again(disk: Path) -> None:
    folder = disk / "library"
    with Library(folder) as library:
        library.save(many_prepared(unit_vectors(2)))
    fill(disk, 0)
    with Library(folder) as library:
        assert library.is_read_only
        assert (len(library.papers()), len(library.vector_table())) == (2, 2)
        assert list(examine(library, None))[:-1] == [], "all but that its index was never made"
        for write in (library.writer().__enter__, lambda: library.save(many_prepared(unit_vectors(1), first=3))):
            with pytest.raises(LibraryError, match=r"is full; free some space") as raised:
                write()
            assert "\n" not in str(raised.value)
        (disk / "filler").unlink()
        with library.writer():
            library.save(many_prepared(unit_vectors(1), first=3))
        assert len(library.papers()) == 3
        assert not library.is_read_only


def test_no_library_is_made_on_a_full_disk(disk: Path) -> None:
    fill(disk, 0)
    with pytest.raises(LibraryError, match=r"is full|No space left") as raised:
        Library(disk / "library")
    assert "\n" not in str(raised.value)


def test_a_library_on_a_disk_that_is_mounted_to_be_read_is_read(disk: Path) -> None:
    folder = disk / "library"
    with Library(folder) as library, library.writer():
        library.save(many_prepared(unit_vectors(2)))
        library.sync_index()
    (disk / "empty").mkdir()
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    with Library(folder) as library:
        assert len(library.papers()) == 2
        assert list(examine(library, None)) == []
        with pytest.raises(LibraryError, match=r"cannot be written by you; name another"), library.writer():
            pytest.fail("it was written")
    with pytest.raises(LibraryError, match=r"cannot be written by you; name another"):
        Library(disk / "empty")
    with pytest.raises(LibraryError, match=r"cannot be used: Read-only file system; name another"):
        Library(disk / "another")


def test_a_full_disk_keeps_no_writer_out(disk: Path) -> None:
    with Library(disk / "library") as library:
        fill(disk, 0)
        with library.writer():
            assert library.papers() == []
