import _thread
import signal
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import astuple
from datetime import date, timedelta
from itertools import permutations
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ingest.embedding import DIMENSIONS, Vector
from ingest.errors import InputError
from ingest.library import Library
from ingest.paper import Block, Rejection
from ingest.pipeline import IngestReport, ingest
from tests.conftest import PaperText, WordEmbedder, write_digest
from tests.ingest.builders import MONDAY, TUESDAY
from tests.ingest.processes import line_of, python

PAPER_ID = "2101.00001"
COUNT = 160
"""Five batches of the pipeline."""

SLOW_INGEST = """
import sys, time
from pathlib import Path
from ingest.library import Library
from ingest.pipeline import ingest
from tests.conftest import WordEmbedder

class Slow(WordEmbedder):
    def text_vector(self, text):
        time.sleep(0.01)
        return super().text_vector(text)

with Library(Path(sys.argv[1])) as library:
    ingest([Path(sys.argv[2])], library, Slow(), lambda report: print(report.new))
"""


def many_papers(count: int = COUNT) -> list[PaperText]:
    """Papers in the order of a digest: the newest id first."""
    return [(f"2101.{number:05}", f"Title{number}", f"Abstract{number} of it.") for number in range(count, 0, -1)]


@pytest.fixture
def digest(tmp_path: Path) -> Path:
    return write_digest(tmp_path / "digests", MONDAY, many_papers())


def file_rows(library: Library, query: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(library.folder / "daybook.sqlite3")) as connection:
        return connection.execute(query).fetchall()


def everything(library: Library) -> list[str]:
    """All that the file holds, as SQL."""
    with closing(sqlite3.connect(library.folder / "daybook.sqlite3")) as connection:
        return list(connection.iterdump())


def assert_whole(library: Library, papers: Sequence[PaperText]) -> None:
    """The library holds exactly these papers, each with its own vector, its sentences and its words."""
    stored = library.papers()
    assert {(s.paper.arxiv_id, s.paper.title, s.paper.abstract) for s in stored} == set(papers)
    assert len(stored) == len(papers)
    rows = library.database.vectors_after(0, DIMENSIONS)
    assert rows.paper_rows.tolist() == sorted(s.row for s in stored)
    by_row = dict(zip(rows.paper_rows.tolist(), rows.vectors, strict=True))
    for one in stored:
        text = f"{one.paper.title}\n{one.paper.abstract}"
        assert np.array_equal(by_row[one.row], WordEmbedder().question_vector(text))
        assert library.database.rows_matching(one.paper.title) == [one.row]
        assert library.sentences([one.row])[one.row][-1].end == len(one.paper.abstract)


# ---- bringing in


def test_the_sample_is_brought_in_whole(library: Library, embedder: WordEmbedder, sample_folder: Path) -> None:
    report = ingest([sample_folder], library, embedder)
    headings = [f.read_text(encoding="utf-8").count("\n### ") for f in sorted(sample_folder.glob("*.md"))]
    assert (report.files_total, report.files_read, report.rejected, report.files_without_papers) == (3, 3, [], [])
    assert report.new + report.updated + report.unchanged == sum(headings)
    assert report.new == report.embedded == len(embedder.texts) == len(library.papers())
    assert [summary.new + summary.cross_listed for summary in library.days()] == headings[::-1]


def test_each_paper_gets_its_own_vector(library: Library, embedder: WordEmbedder, digest: Path) -> None:
    report = ingest([digest], library, embedder)
    assert_whole(library, many_papers())
    assert (report.new, report.embedded, report.updated, report.unchanged) == (COUNT, COUNT, 0, 0)
    assert [s.paper.arxiv_id for s in library.papers(MONDAY)] == [paper[0] for paper in many_papers()]


def test_the_same_again_changes_nothing_and_embeds_nothing(
    library: Library, embedder: WordEmbedder, sample_folder: Path
) -> None:
    first = ingest([sample_folder], library, embedder)
    before, embedded = everything(library), len(embedder.texts)
    again = ingest([sample_folder], library, embedder)
    assert everything(library) == before
    assert len(embedder.texts) == embedded
    assert (again.new, again.updated, again.embedded) == (0, 0, 0)
    assert again.unchanged == first.new + first.updated + first.unchanged


def test_only_what_is_new_is_embedded(library: Library, embedder: WordEmbedder, tmp_path: Path, digest: Path) -> None:
    ingest([digest], library, embedder)
    embedder.texts.clear()
    more = write_digest(tmp_path / "digests", TUESDAY, [("2101.00999", "Fresh", "It is new."), *many_papers(3)])
    report = ingest([digest, more], library, embedder)
    assert embedder.texts == ["Fresh\nIt is new."]
    assert (report.new, report.updated, report.unchanged) == (1, 3, COUNT)


def test_progress_is_told_as_papers_are_saved(library: Library, embedder: WordEmbedder, digest: Path) -> None:
    told: list[int] = []

    def progress(report: IngestReport) -> None:
        assert library.database.paper_count() == report.new
        told.append(report.new)

    ingest([digest], library, embedder, progress)
    assert len(told) > 2
    assert told == sorted(told)
    assert told[-1] == COUNT


@pytest.mark.usefixtures("every_library_is_huge")
def test_the_index_is_in_step_after_an_ingest(library: Library, embedder: WordEmbedder, digest: Path) -> None:
    ingest([digest], library, embedder)
    assert library.index_is_current()
    manifest = library._index().manifest()
    assert manifest is not None
    assert manifest.count == COUNT


def test_a_long_abstract_becomes_several_chunks(library: Library, embedder: WordEmbedder, tmp_path: Path) -> None:
    abstract = " ".join(f"Sentence number {n} tells something about kites over the sea." for n in range(120))
    report = ingest([write_digest(tmp_path, MONDAY, [(PAPER_ID, "Long", abstract)])], library, embedder)
    assert (report.new, report.embedded) == (1, len(embedder.texts))
    assert report.embedded > 2
    assert (
        " ".join(text.removeprefix("Long\n") for text in sorted(embedder.texts, key=lambda t: abstract.index(t[5:])))
        == abstract
    )
    assert len(library.database.vectors_after(0, DIMENSIONS).vectors) == report.embedded


# ---- the same paper more than once


def test_a_paper_twice_in_a_file_is_one(library: Library, embedder: WordEmbedder, tmp_path: Path) -> None:
    twice = [("2101.00002", "B", "b"), (PAPER_ID, "A", "a"), (PAPER_ID, "A", "a")]
    report = ingest([write_digest(tmp_path, MONDAY, twice)], library, embedder)
    assert (report.new, report.unchanged, len(embedder.texts)) == (2, 1, 2)
    assert [s.paper.arxiv_id for s in library.papers()] == ["2101.00002", PAPER_ID]


def test_a_paper_a_hundred_times_in_a_file_is_one(library: Library, embedder: WordEmbedder, tmp_path: Path) -> None:
    ingest([write_digest(tmp_path, MONDAY, [(PAPER_ID, "A", "a")] * 100)], library, embedder)
    assert (len(library.papers()), len(embedder.texts)) == (1, 1)


def test_a_paper_of_two_files_is_one_with_two_listings(
    library: Library, embedder: WordEmbedder, tmp_path: Path
) -> None:
    write_digest(tmp_path / "digests", MONDAY, [(PAPER_ID, "A", "a")])
    write_digest(
        tmp_path / "digests", TUESDAY, [("2101.00003", "C", "c")], [("2101.00004", "D", "d"), (PAPER_ID, "A", "a")]
    )
    report = ingest([tmp_path / "digests"], library, embedder)
    assert (report.new, report.updated, len(embedder.texts)) == (3, 1, 3)
    stored = library.paper(PAPER_ID)
    assert stored is not None
    assert [(x.day, x.block) for x in stored.listings] == [(MONDAY, Block.NEW), (TUESDAY, Block.CROSS_LISTED)]


def test_a_changed_text_within_one_run_replaces_the_first(
    library: Library, embedder: WordEmbedder, tmp_path: Path
) -> None:
    """The two stand in different batches, the first still unsaved when the second is read."""
    papers = many_papers(40)
    write_digest(tmp_path / "digests", MONDAY, papers)
    changed = [(arxiv_id, title, f"Changed {title}.") for arxiv_id, title, _ in papers]
    write_digest(tmp_path / "digests", TUESDAY, changed)
    report = ingest([tmp_path / "digests"], library, embedder)
    assert (report.new, report.updated) == (40, 40)
    assert_whole(library, changed)


Listed = tuple[date, str, str]
"""A listing of one paper: the day, a version as a link has it, the abstract."""


def end_of(folder: Path, listed: Sequence[Listed]) -> tuple[object, ...]:
    """What the library holds of a paper after its listings arrived one by one, in this order."""
    with Library(folder / "library") as library:
        for number, (day, version, abstract) in enumerate(listed):
            digest = write_digest(folder, day, [(PAPER_ID + version, "Kites", abstract)], name=f"{number}.md")
            ingest([digest], library, WordEmbedder())
        stored = library.paper(PAPER_ID)
        assert stored is not None
        history = file_rows(library, "SELECT version, abstract FROM versions ORDER BY 1, 2")
        return stored.paper.abstract, stored.paper.version, [astuple(x) for x in stored.listings], history


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        ((MONDAY, "", "First."), (TUESDAY, "", "Second.")),
        ((TUESDAY, "v1", "First."), (MONDAY, "v2", "Second.")),
        ((MONDAY, "v1", "First."), (MONDAY, "v2", "Second.")),
        ((MONDAY, "", "First."), (MONDAY, "v1", "Second.")),
        ((MONDAY, "v9", "First."), (MONDAY, "v10", "Second.")),
    ],
    ids=["by day", "by version", "by version on a day", "with a version", "by number"],
)
def test_the_newer_of_two_versions_stays_whichever_comes_first(tmp_path: Path, older: Listed, newer: Listed) -> None:
    forth, back = end_of(tmp_path / "forth", [older, newer]), end_of(tmp_path / "back", [newer, older])
    assert forth == back
    assert forth[0] == "Second."
    assert forth[3] == sorted((int(version[1:] or 0), abstract) for _, version, abstract in (older, newer))


def test_an_older_version_is_history_and_not_embedded(library: Library, embedder: WordEmbedder, tmp_path: Path) -> None:
    newer = write_digest(tmp_path, TUESDAY, [(PAPER_ID + "v2", "Kites", "New.")])
    older = write_digest(tmp_path, MONDAY, [(PAPER_ID + "v1", "Kites", "Old.")])
    ingest([newer], library, embedder)
    rewrites = library.database.change_counters()[1]
    assert ingest([older], library, embedder).updated == 1
    assert ingest([older], library, embedder).unchanged == 1
    assert embedder.texts == ["Kites\nNew."]
    assert library.database.change_counters()[1] == rewrites


@pytest.mark.parametrize(
    "listed",
    [
        pytest.param([(MONDAY, "", "First."), (MONDAY, "", "Second.")], id="two texts of one day"),
        pytest.param(
            [(MONDAY, "", "First."), (TUESDAY, "", "Second."), (TUESDAY + timedelta(1), "", "First.")],
            id="the first text again",
        ),
        pytest.param(
            [(MONDAY, "v2", "First."), (TUESDAY, "v3", "First."), (TUESDAY + timedelta(1), "v2", "Second.")],
            id="a version that changes no text",
        ),
        pytest.param(
            [(MONDAY + timedelta(n), "", text) for n, text in enumerate(["First.", "", "Third."])],
            id="three texts of three days",
        ),
    ],
)
def test_the_order_of_arrival_does_not_matter(tmp_path: Path, listed: list[Listed]) -> None:
    ends = [end_of(tmp_path / str(n), order)[:3] for n, order in enumerate(permutations(listed))]
    assert all(end == ends[0] for end in ends)


# ---- what cannot be taken


def test_what_is_rejected_is_told_and_kept(library: Library, embedder: WordEmbedder, tmp_path: Path) -> None:
    good = write_digest(tmp_path / "digests", MONDAY, [(PAPER_ID, "A", "a")])
    with good.open("a", encoding="utf-8") as file:
        file.write("### 2.No link here\n> Nothing.\n")
    notes = tmp_path / "digests" / "notes.md"
    notes.write_text("# Notes\n", encoding="utf-8")
    for paths, without_papers in (([good.parent], []), ([good, notes], [str(notes)])):
        report = ingest(paths, library, embedder)
        assert [(r.file, r.line) for r in report.rejected] == [(str(good), 4), (str(notes), 1)]
        assert report.rejected_count == 2
        assert report.files_without_papers == without_papers
        rows = file_rows(library, "SELECT file, line, reason FROM rejections ORDER BY file")
        assert [Rejection(*row) for row in rows] == report.rejected
    assert len(library.papers()) == 1


def test_a_path_that_does_not_exist_changes_nothing(library: Library, embedder: WordEmbedder, digest: Path) -> None:
    with pytest.raises(InputError, match="nowhere does not exist"):
        ingest([digest, digest.parent / "nowhere"], library, embedder)
    assert library.papers() == []


@pytest.mark.parametrize("version", ["v0", "v9999", "v99999999999999999999"])
def test_no_version_number_stops_an_ingest(
    library: Library, embedder: WordEmbedder, tmp_path: Path, version: str
) -> None:
    papers = [("2101.00002" + version, "B", "b"), (PAPER_ID, "A", "a")]
    report = ingest([write_digest(tmp_path, MONDAY, papers)], library, embedder)
    assert report.new + len(report.rejected) == 2


# ---- interruptions


class Trap(WordEmbedder):
    """Does something else than embedding at one of its texts."""

    def __init__(self, at: str, spring: Callable[[], None]) -> None:
        super().__init__()
        self._at, self._spring = at, spring

    def text_vector(self, text: str) -> Vector:
        if text.startswith(self._at + "\n"):
            self._spring()
        return super().text_vector(text)


def fails() -> None:
    raise RuntimeError("the model broke")


def control_c() -> None:
    """Press Ctrl-C: the main thread is interrupted while it waits for this text."""
    _thread.interrupt_main()
    threading.Event().wait(0.2)


@pytest.fixture
def _heeds_control_c() -> Iterator[None]:
    """A shell starts what runs in its background deaf to Ctrl-C."""
    former = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, former)


@pytest.mark.usefixtures("_heeds_control_c")
@pytest.mark.parametrize(("spring", "error"), [(fails, RuntimeError), (control_c, KeyboardInterrupt)])
def test_an_interrupted_ingest_keeps_what_it_saved_and_goes_on_when_run_again(
    tmp_path: Path, digest: Path, spring: Callable[[], None], error: type[BaseException]
) -> None:
    papers = many_papers()
    trapped = 120
    with Library(tmp_path / "library") as library, pytest.raises(error):
        ingest([digest], library, Trap(papers[trapped][1], spring))
    with Library(tmp_path / "library", create=False) as library:
        saved = len(library.papers())
        assert trapped - 64 <= saved <= trapped, "two batches at most are lost"
        assert_whole(library, papers[:saved])
        rest = WordEmbedder()
        report = ingest([digest], library, rest)
        assert (report.new, report.unchanged, len(rest.texts)) == (COUNT - saved, saved, COUNT - saved)
        assert_whole(library, papers)


@pytest.mark.usefixtures("_heeds_control_c")
def test_control_c_within_sqlite_is_no_damage_and_what_is_saved_is_whole(library: Library) -> None:
    def pressed() -> int:
        control_c()
        return sum(range(1000))

    file = library.database._file
    with file.transaction() as connection:
        connection.create_function("pressed", 0, pressed)
    with pytest.raises(KeyboardInterrupt), file.transaction() as connection:
        connection.execute("SELECT pressed()")
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    assert library.database.paper_count() == 0


@pytest.mark.usefixtures("every_library_is_huge")
def test_an_error_leaves_the_index_in_step(library: Library, digest: Path) -> None:
    papers = many_papers()
    with pytest.raises(RuntimeError, match="the model broke"):
        ingest([digest], library, Trap(papers[120][1], fails))
    manifest = library._index().manifest()
    assert manifest is not None
    assert manifest.last_chunk_row == library.database.last_chunk_row() > 0


@pytest.mark.parametrize("batches", [1, 3])
def test_a_killed_ingest_keeps_all_that_it_told_and_goes_on_when_run_again(
    tmp_path: Path, digest: Path, embedder: WordEmbedder, batches: int
) -> None:
    with python(SLOW_INGEST, tmp_path / "library", digest) as child:
        told = [int(line_of(child)) for _ in range(batches)]
        child.send_signal(signal.SIGKILL)
        child.wait(10)
    with Library(tmp_path / "library", create=False) as library:
        saved = len(library.papers())
        assert told[-1] <= saved < COUNT
        assert_whole(library, many_papers()[:saved])
        ingest([digest], library, embedder)
        assert len(embedder.texts) == COUNT - saved
        assert_whole(library, many_papers())
