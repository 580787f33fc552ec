"""What a library keeps is for its owner alone, whatever the umask."""

import os
import stat
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from assistant.engine.daybook import Daybook
from ingest.files import make_folder
from ingest.library import Library
from ingest.model_fetching import alone
from ingest.private import TemporaryFolder, tighten
from ingest.sqlite import SqliteFile
from tests.conftest import WordEmbedder, write_digest
from tests.ingest.builders import MONDAY, TUESDAY
from tests.ordinary import NOBODY

pytestmark = pytest.mark.skipif(os.name != "posix", reason="there are no such modes")

PAPERS = [("2101.00002", "On Winds", "They blow."), ("2101.00001", "On Kites", "They fly over the harbour.")]
OTHERS = 0o077


@pytest.fixture(params=[0o000, 0o022], ids=["umask 000", "umask 022"])
def _umask(request: pytest.FixtureRequest) -> Iterator[None]:
    former = os.umask(request.param)
    yield
    os.umask(former)


def modes(folder: Path) -> dict[str, str]:
    """The modes of a folder and of all below it."""
    return {str(path.relative_to(folder)): f"{mode_of(path):o}" for path in [folder, *folder.rglob("*")]}


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


def assert_private(folder: Path) -> None:
    for path in [folder, *folder.rglob("*")]:
        assert mode_of(path) == (0o700 if path.is_dir() else 0o600), modes(folder)


@pytest.mark.usefixtures("_umask")
def test_every_file_of_a_library_is_private_at_any_time(tmp_path: Path, embedder: WordEmbedder) -> None:
    folder = tmp_path / "above" / "library"
    with Daybook(Library(folder, exact_search_chunks=0), lambda: embedder) as book:
        assert_private(tmp_path / "above")
        book.ingest([write_digest(tmp_path / "digests", MONDAY, PAPERS)])
        assert {"daybook.sqlite3-wal", "writer.lock", "writer.pid", "search.words", "search.vectors"} <= {
            path.name for path in folder.iterdir()
        }
        assert_private(folder)
        book.chat_engine().chat("What flies over the harbour?")
        assert book.library._index_answers, "Chroma was asked"
        assert_private(folder)
        book.ingest([write_digest(tmp_path / "digests", TUESDAY, [("2101.00003", "On Boats", "They sail.")])])
        (folder / "chroma" / "manifest.json").unlink()
        book.examine(repair=True)
        assert_private(folder)


@pytest.mark.usefixtures("_umask")
def test_sqlites_files_are_never_open_to_others(tmp_path: Path) -> None:
    with closing(SqliteFile(tmp_path / "daybook.sqlite3")):
        made = {path.name: mode_of(path) for path in tmp_path.iterdir()}
    assert made == dict.fromkeys(("daybook.sqlite3", "daybook.sqlite3-wal", "daybook.sqlite3-shm"), 0o600)


def open_up(folder: Path) -> None:
    """Give everybody all rights, as an older Daybook may have under a umask of 000."""
    for path in [folder, *folder.rglob("*")]:
        path.chmod(0o777 if path.is_dir() else 0o666)


def test_an_older_library_is_made_private_when_it_is_opened(library: Library, embedder: WordEmbedder) -> None:
    folder = library.folder
    with Daybook(library, lambda: embedder) as book:
        book.ingest([write_digest(folder.parent / "digests", MONDAY, PAPERS)])
    open_up(folder)
    Library(folder).close()
    assert_private(folder)


def test_what_is_not_ours_in_a_library_is_left_as_it_is(library: Library) -> None:
    folder, elsewhere = library.folder, library.folder.parent / "elsewhere"
    library.close()
    elsewhere.touch()
    (folder / "notes.txt").touch()
    (folder / "daybook.link").symlink_to(elsewhere)
    open_up(folder)
    elsewhere.chmod(0o644)
    if os.geteuid() == 0:
        (folder / "daybook.of-another").touch()
        (folder / "daybook.of-another").chmod(0o644)
        os.chown(folder / "daybook.of-another", NOBODY, NOBODY)
    Library(folder).close()
    found = modes(folder)
    assert found.pop("daybook.sqlite3") == "600"
    assert found.pop("daybook.of-another", "644") == "644"
    assert (found["."], found["notes.txt"], mode_of(elsewhere)) == ("777", "666", 0o644)


def test_what_its_owner_may_not_do_stays_so(tmp_path: Path) -> None:
    (tmp_path / "one").touch()
    (tmp_path / "one").chmod(0o444)
    tighten(tmp_path)
    assert modes(tmp_path) == {".": "700", "one": "400"}


def test_a_library_that_another_may_write_is_not_taken_from_them(library: Library) -> None:
    """Only the owner of a file tells who may do what with it."""
    if os.geteuid() != 0:
        pytest.skip("only root can give a file to another")
    library.close()
    open_up(library.folder)
    for path in [library.folder, *library.folder.rglob("*")]:
        os.chown(path, NOBODY, NOBODY)
    Library(library.folder).close()
    assert set(modes(library.folder).values()) <= {"777", "666"}


@pytest.mark.usefixtures("_umask")
def test_folders_that_are_made_are_private_and_those_that_are_there_stay(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    make_folder(tmp_path / "a" / "b")
    make_folder(tmp_path / "a" / "b")
    assert modes(tmp_path) == {".": "755", "a": "700", "a/b": "700"}
    (tmp_path / "file").touch()
    with pytest.raises(FileExistsError):
        make_folder(tmp_path / "file")


@pytest.mark.usefixtures("_umask")
def test_a_temporary_folder_is_private_and_goes(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    folder = TemporaryFolder()
    assert mode_of(folder.path) == 0o700
    folder.close()
    assert list(tmp_path.iterdir()) == []
    folder = TemporaryFolder()
    del folder
    assert list(tmp_path.iterdir()) == [], "it was forgotten"


@pytest.mark.usefixtures("_umask")
def test_the_models_of_the_users_own_cache_lie_in_private_folders(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("ingest.models.DEFAULT_MODELS", tmp_path / "cache" / "models")
    with alone(tmp_path / "cache" / "models" / "one", print):
        assert {mode_of(tmp_path / "cache" / name) for name in (".", "models", "models/one")} == {0o700}
    with alone(tmp_path / "named" / "one", print):
        assert mode_of(tmp_path / "named" / "one") & OTHERS, "where the user named it, others may share it"
