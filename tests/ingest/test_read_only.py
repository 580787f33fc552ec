"""Libraries that may only be read, by an ordinary user, and what is left of a writer that was killed."""

import os
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from ingest.library import Library
from ingest.sqlite import made_in_format, migrations
from tests.ingest.builders import many_prepared, unit_vectors
from tests.ingest.processes import line_of, python, tell
from tests.ordinary import make_read_only, make_writable, ordinary, run_ordinary, said_by

pytestmark = [
    pytest.mark.skipif(os.name != "posix", reason="there are no modes that keep a user from writing"),
    pytest.mark.usefixtures("every_library_is_huge"),
]

FIRST, SECOND, THIRD, FOURTH = unit_vectors(4)
REFUSED = "the library {} cannot be written by you; name another with --library"

READ = """
import sys
from pathlib import Path
from ingest.doctor import examine
from ingest.errors import DaybookError
from ingest.library import Library
from tests.conftest import WordEmbedder
with Library(Path(sys.argv[1]), create=False, exact_search_chunks=int(sys.argv[2])) as library:
    print(library.is_read_only, *(stored.paper.arxiv_id for stored in library.papers()))
    print(*library.conversations.turns("1" * 32))
    print(len(library.lexical_table().rows), len(library.dense_scores(WordEmbedder().question_vector("on")).rows))
    print(*(finding.problem for finding in examine(library, None)), library._index_answers)
    for write in (library.writer().__enter__, lambda: library.conversations.append("1" * 32, ["b"], title="one")):
        try:
            write()
        except DaybookError as error:
            print(error)
"""


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A library of two papers and a conversation; it can be removed again, whatever a test does to its modes."""
    folder = tmp_path / "library"
    with Library(folder) as library, library.writer():
        library.save(many_prepared([FIRST, SECOND]))
        library.sync_index()
        library.conversations.append("1" * 32, ["a"], title="one")
    yield folder
    make_writable(folder)


@pytest.fixture
def temporary(tmp_path: Path) -> Path:
    """The folder of a child's temporary files."""
    made = tmp_path / "temporary"
    made.mkdir()
    return made


def names(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def read(folder: Path, temporary: Path, exact_search_chunks: int = 1000) -> list[str]:
    """What a child reads of a library; nothing is written beside it, and nothing stays among the temporary files."""
    before = names(folder)
    said = said_by(run_ordinary(READ, folder, exact_search_chunks, environment={"TMPDIR": str(temporary)}))
    assert names(folder) == before
    assert names(temporary) == []
    return said


def test_everything_is_read_and_nothing_found_wrong(folder: Path, temporary: Path) -> None:
    make_read_only(folder)
    expected = ["True 2101.00001 2101.00002", "a", "2 2", "False", *[REFUSED.format(folder)] * 2]
    assert read(folder, temporary) == expected
    assert read(folder, temporary, exact_search_chunks=0) == expected, "Chroma, which would write, is not asked"


def test_damage_is_found_without_writing(folder: Path, temporary: Path) -> None:
    with closing(sqlite3.connect(folder / "daybook.sqlite3")) as connection, connection:
        connection.execute("INSERT INTO papers_text (papers_text) VALUES ('delete-all')")
    (folder / "chroma" / "manifest.json").unlink()
    make_read_only(folder)
    assert read(folder, temporary, exact_search_chunks=0)[3].startswith(
        "the full-text index does not say what the papers say the vector index is missing, damaged or not up to date"
    )


KILLED = """
import sys, time
from pathlib import Path
from ingest.library import Library
from tests.ingest.builders import many_prepared, unit_vectors
library = Library(Path(sys.argv[1]))
with library.writer():
    library.save(many_prepared(unit_vectors(3)[2:], first=3))
    print("saved", flush=True)
    time.sleep(600)
"""


def killed_writer(folder: Path) -> None:
    """Save a third paper that stands in SQLite's log alone, and kill who saved it."""
    with python(KILLED, folder) as child:
        assert line_of(child) == "saved"
        child.send_signal(signal.SIGKILL)
        child.wait(10)
    assert (folder / "daybook.sqlite3-wal").stat().st_size > 0


def test_what_a_killed_writer_acknowledged_is_read(folder: Path, temporary: Path) -> None:
    killed_writer(folder)
    make_read_only(folder)
    whole, conversation, *_ = read(folder, temporary)
    assert (whole, conversation) == ("True 2101.00001 2101.00002 2101.00003", "a")
    make_writable(folder)
    (folder / "daybook.sqlite3-shm").unlink()
    make_read_only(folder)
    assert read(folder, temporary)[0] == whole, "without its index too"


OLDER = """
import os, stat, sys, tempfile
from pathlib import Path
from ingest.errors import LibraryError
from ingest.library import Library
os.umask(0)
libraries = [Library(Path(folder), create=False) for folder in sys.argv[1:]]
for library in libraries:
    print(library.is_read_only, *(stored.paper.title for stored in library.papers()))
    try:
        library.conversations.append("1" * 32, ["b"], title="one")
    except LibraryError as error:
        print(error)
for copy in Path(tempfile.gettempdir()).iterdir():
    print(*(oct(stat.S_IMODE(path.stat().st_mode)) for path in (copy, copy / "daybook.sqlite3")))
1 / 0
"""


def test_a_library_of_every_older_format_is_read(tmp_path: Path, temporary: Path) -> None:
    folders = [older_library(tmp_path / str(number), number) for number in range(1, len(migrations()))]
    before = {folder: (folder / "daybook.sqlite3").read_bytes() for folder in folders}
    for folder in folders:
        make_read_only(folder)
    try:
        run = run_ordinary(OLDER, *folders, environment={"TMPDIR": str(temporary)})
        told = [line for folder in folders for line in ("True On Kites", REFUSED.format(folder))]
        assert run.stdout.splitlines() == [*told, *["0o700 0o600"] * len(folders)], run.stderr
        assert "ZeroDivisionError" in run.stderr
        assert names(temporary) == [], "the copies are gone although the process ended with an error"
        assert {folder: (folder / "daybook.sqlite3").read_bytes() for folder in folders} == before
        assert [names(folder) for folder in folders] == [["daybook.sqlite3"]] * len(folders)
    finally:
        for folder in folders:
            make_writable(folder)


def older_library(folder: Path, number: int) -> Path:
    """A library of an older format, with a paper."""
    folder.mkdir()
    with closing(made_in_format(folder / "daybook.sqlite3", number)) as connection:
        connection.execute(
            "INSERT INTO papers (row, arxiv_id, version, title, abstract, url, links)"
            " VALUES (1, '2101.00001', 2, 'On Kites', 'They fly.', 'https://x', '[]')"
        )
        told = {"paper": 1, "day": "2021-01-04", "category": "cs.CV", "block": "new", "position": 1}
        if number >= 5:
            told["basis"] = "announced"
        marks = ", ".join(f":{name}" for name in told)
        connection.execute(f"INSERT INTO listings ({', '.join(told)}) VALUES ({marks})", told)  # noqa: S608
    with closing(sqlite3.connect(folder / "daybook.sqlite3")) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
    return folder


READER = """
import sys
from pathlib import Path
from ingest.library import Library
with Library(Path(sys.argv[1]), create=False) as library:
    for _ in sys.stdin:
        print(len(library.papers()), len(library.vector_table()))
"""


def test_a_reader_sees_what_another_writes_meanwhile(folder: Path) -> None:
    """While there is no log the file is read without locks, and then beside the writer, with its locks."""
    make_read_only(folder)
    with python(READER, folder, preexec=ordinary()) as reader:

        def seen() -> str:
            tell(reader, "how many?")
            return line_of(reader)

        assert seen() == "2 2"
        make_writable(folder)
        with Library(folder) as library:
            library.save(many_prepared([THIRD], first=3))
            make_read_only(folder)
            assert seen() == "3 3"
            library.save(many_prepared([FOURTH], first=4))
            assert seen() == "4 4"
            make_writable(folder)
        make_read_only(folder)
        assert seen() == "4 4"


UNREADABLE = """
import sys
from pathlib import Path
from ingest.errors import LibraryError
from ingest.library import Library
try:
    Library(Path(sys.argv[1]), create=False)
except LibraryError as error:
    print(error)
"""


def test_a_library_that_may_not_even_be_read_is_told_in_one_line(folder: Path) -> None:
    (folder / "daybook.sqlite3").chmod(0)
    (said,) = said_by(run_ordinary(UNREADABLE, folder))
    assert said.startswith(f"the library file {folder / 'daybook.sqlite3'} cannot be read by you")
    folder.chmod(0)
    (said,) = said_by(run_ordinary(UNREADABLE, folder))
    assert said == f"the library folder {folder} cannot be used: Permission denied; name another"


NO_ROOM = """
import sys
from pathlib import Path
from ingest.errors import LibraryError
from ingest.doctor import examine
from ingest.library import Library
with Library(Path(sys.argv[1]), create=False) as library:
    try:
        print(*examine(library, None))
    except LibraryError as error:
        print(error)
"""


def test_a_check_that_finds_no_room_for_its_copy_says_so_and_finds_nothing_wrong(folder: Path, temporary: Path) -> None:
    make_read_only(folder)
    temporary.chmod(0o500)
    everywhere = dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(temporary))
    code = f"import tempfile; tempfile.tempdir = {str(temporary)!r}\n{NO_ROOM}"
    (said,) = said_by(run_ordinary(code, folder, environment=everywhere))
    assert said.startswith(REFUSED.format(folder))
    assert "cannot be made in" in said
    assert "TMPDIR" in said
