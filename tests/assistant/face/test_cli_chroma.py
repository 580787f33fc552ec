"""`--chroma` and `--conversations` on the command line: what is wrong is one line, and no secret is in it."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from ingest.chroma_address import chroma_address
from ingest.errors import LibraryError
from ingest.library import Library
from tests.assistant.face.conftest import Say
from tests.ingest.builders import many_prepared, unit_vectors
from tests.ingest.chroma_process import chroma_running

SECRET = "s3cret-of-nobody"  # noqa: S105 - it opens nothing
NOWHERE = f"http://me:{SECRET}@127.0.0.1:9/"
SAID_OF_IT = "the Chroma server http://127.0.0.1:9 cannot be reached"
COMMANDS = [
    ["ingest", "ingest/sample"],
    ["fetch", "cs.CV"],
    ["remove", "2101.00001", "--yes"],
    ["doctor"],
    ["search", "kites"],
    ["ask", "kites"],
    ["serve"],
]
QUESTION = "What does KerbFirst predict?"


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A closed library of three papers."""
    with Library(tmp_path / "library") as library, library.writer():
        library.save(many_prepared(unit_vectors(3)))
    return tmp_path / "library"


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: str(command[0]))
def test_an_address_that_is_none_is_told(say_on: Callable[[Path], Say], small: Path, command: list[str]) -> None:
    status, output, errors = say_on(small)(*command, "--chroma", f"me:{SECRET}@localhost:8000")
    assert (status, output.replace("kites", "")) == (1, "")
    *_, line = errors.splitlines()
    assert line.startswith("daybook: the address of the Chroma server is none; write it as http://host:8000")
    assert SECRET not in errors


def test_a_server_that_is_not_there_costs_one_line(
    say_on: Callable[[Path], Say], sample_library_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = Path(shutil.copytree(sample_library_folder, tmp_path / "library"))
    with Library(folder, chroma=chroma_address(NOWHERE)) as library, library.writer(), pytest.raises(LibraryError):
        library.sync_index()  # as when it was there, and then was not
    say = say_on(folder)
    alone = say("ask", QUESTION)[1:]
    monkeypatch.setenv("DAYBOOK_CHROMA", NOWHERE)
    monkeypatch.setenv("DAYBOOK_CHROMA_TOKEN", f"another-{SECRET}")
    status, output, errors = say("ask", QUESTION)
    assert (status, output) == (0, alone[0])
    assert errors.splitlines() == [
        f"daybook: {SAID_OF_IT}; the library's own vectors are searched meanwhile, with the same results"
    ]
    status, output, errors = say("doctor")
    assert (status, output.splitlines()[0], errors) == (1, f"found: {SAID_OF_IT}", "")
    assert SECRET not in output


def test_papers_are_taken_out_though_the_server_is_not_there(say_on: Callable[[Path], Say], small: Path) -> None:
    status, output, errors = say_on(small)("remove", "2101.00001", "--yes", "--chroma", NOWHERE)
    assert (status, output) == (1, "")
    assert errors == f"daybook: {SAID_OF_IT}; your papers are safe: run the same again when it does\n"
    with Library(small) as library:
        assert [stored.paper.arxiv_id for stored in library.papers()] == ["2101.00002", "2101.00003"]


def test_a_library_is_put_on_a_server_and_searched_there(
    say_on: Callable[[Path], Say], sample_library_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = Path(shutil.copytree(sample_library_folder, tmp_path / "library"))
    say = say_on(folder)
    alone = say("search", QUESTION)
    with chroma_running(tmp_path / "data") as server:
        monkeypatch.setenv("DAYBOOK_CHROMA", server.url)
        status, output, errors = say("doctor", "--repair")
        assert (status, errors) == (0, "")
        name = f"the index on the Chroma server {server.url}"
        assert output == f"repaired: {name} is missing, damaged or not up to date\n\n"
        assert say("search", QUESTION) == alone
        assert say("doctor") == (0, "all is well\n", "")


def test_conversations_lie_in_the_file_that_is_named(
    say_on: Callable[[Path], Say], sample_library_folder: Path, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(sample_library_folder, tmp_path / "library"))
    say, file = say_on(folder), tmp_path / "state" / "conversations.sqlite3"
    say("conversations", "delete", "--all", "--yes")  # those of other tests
    assert say("ask", "--conversation", "new", "--conversations", str(file), QUESTION)[0] == 0
    assert say("conversations")[1] == ""
    (line,) = say("conversations", "--conversations", str(file))[1].splitlines()
    assert line.endswith(QUESTION)
    assert QUESTION in say("conversations", "show", "last", "--conversations", str(file))[1]
    assert say("conversations", "delete", "--all", "--yes", "--conversations", str(file))[1] == "1 deleted\n"
    assert file.stat().st_mode & 0o777 == 0o600


def test_where_conversations_cannot_lie_is_told(say_on: Callable[[Path], Say], small: Path) -> None:
    (small / "text").write_text("no database, and long enough to be seen as none" * 100, encoding="utf-8")
    for place in (small / "text", small / "text" / "file", small):
        status, output, errors = say_on(small)("conversations", "--conversations", str(place))
        assert (status, output) == (1, "")
        (line,) = errors.splitlines()
        assert line.startswith(f"daybook: the conversations cannot be kept in {place}: ")
