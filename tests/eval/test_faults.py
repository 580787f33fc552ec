import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import ingest.sqlite
from eval.faults import FaultReport, measure, slot_of
from eval.faults_layer import Layer
from eval.faults_operations import Fault, Kind, Operation
from eval.faults_sqlite import SqliteDisk
from eval.faults_workloads import WORKLOADS
from ingest.errors import InputError, LibraryError
from ingest.library import Library
from ingest.sqlite import SqliteFile

SHORT = 152
"""A round of seeds: every mode with every workload at least once, and every write point that is asked for."""


@pytest.fixture(scope="module", autouse=True)
def sqlite() -> SqliteDisk:
    """The layer; without it there is nothing to test here."""
    try:
        return SqliteDisk()
    except InputError as error:
        pytest.skip(str(error))


def seeds_of(name: str, count: int) -> list[int]:
    """The first seeds that try something."""
    return [seed for seed in range(100_000) if slot_of(seed).name == name][:count]


# ---- what is measured


def test_no_fault_loses_a_paper_or_makes_an_answer_wrong() -> None:
    report = measure(range(SHORT))
    assert (report.failures, report.silent) == ([], [])
    assert report.is_clean
    assert report.faults >= SHORT
    workloads = {workload.name for workload in WORKLOADS}
    assert report.hit.keys() == workloads
    assert {name.partition(" ")[0] for name in report.by_point} == {"crash", "live", "lying", "schedule"}
    points = sum(report.by_point.values(), Counter[str]())
    assert {
        "write the log",
        "write the database",
        "sync the database",
        "write the index of words",
        "write the vectors",
    } <= points.keys()


def test_seeds_meet_every_write_point_of_a_workload() -> None:
    operations = 84  # of the shortest one
    turns = [slot_of(seed).turn for seed in seeds_of("crash repair", operations)]
    assert turns == list(range(operations))
    assert {turn * 7919 % operations for turn in turns} == set(range(operations))


@pytest.mark.parametrize("name", ["crash ingest", "live talk", "lying remove", "schedule"])
def test_a_seed_gives_the_same_again(name: str) -> None:
    seeds = seeds_of(name, 2)
    one, other = (measure(seeds).as_data() | {"seconds": 0} for _ in range(2))
    assert one == other


# ---- what would be found out


def test_writes_that_are_never_synced_are_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ingest.sqlite, "_SETTINGS", ("PRAGMA journal_mode = WAL", "PRAGMA synchronous = OFF"))
    report = measure(seeds_of("crash ingest", 25))
    assert any("texts" in failure and "--from" in failure for failure in report.failures)
    assert not report.is_clean


def test_without_a_log_the_end_of_a_transaction_is_kept_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite opens a new library without its log where the disk failed just then; FULL does not sync a name there."""
    (synced,) = (setting for setting in ingest.sqlite._SETTINGS if "synchronous" in setting)
    found = {}
    for setting in (full := "PRAGMA synchronous = FULL", synced):
        monkeypatch.setattr(ingest.sqlite, "_SETTINGS", ("PRAGMA journal_mode = DELETE", setting))
        found[setting] = measure(seeds_of("crash talk", 60)).failures
    assert any("turns" in failure for failure in found[full])
    assert found[synced] == []


def test_an_error_that_is_not_told_in_a_line_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    @contextmanager
    def as_it_is(_: SqliteFile) -> Iterator[None]:
        yield

    monkeypatch.setattr(SqliteFile, "_errors_told", as_it_is)
    report = measure(seeds_of("live ingest", 10))
    assert any("OperationalError" in failure for failure in report.failures)


def test_a_full_disk_that_is_called_otherwise_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    @contextmanager
    def in_other_words(_: SqliteFile) -> Iterator[None]:
        try:
            yield
        except Exception as error:
            raise LibraryError("it did not work") from error

    monkeypatch.setattr(SqliteFile, "_errors_told", in_other_words)
    report = measure(seeds_of("live ingest", 12))
    assert any("does not say that the disk is full" in failure for failure in report.failures)


def test_a_command_that_ends_as_if_all_was_well_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    save = Library.save

    def passes_over(self: Library, *changes: object) -> None:
        try:
            save(self, *changes)  # type: ignore[arg-type]
        except LibraryError:
            return

    monkeypatch.setattr(Library, "save", passes_over)
    assert measure(seeds_of("live ingest", 6)).failures


def test_a_reader_of_an_older_state_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    newest = Library.lexical_table
    monkeypatch.setattr(Library, "lexical_table", lambda self: self._words or newest(self))
    assert any("reader" in failure for failure in measure(seeds_of("schedule", 3)).failures)


def test_damage_that_nobody_tells_of_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """The doctor passes over what no other part would notice."""
    monkeypatch.setattr("ingest.doctor._papers_with_missing_parts", lambda _: [])
    report = measure(seeds_of("crash repair", 2))
    assert any("after the same ingest" in failure for failure in report.failures)


def test_silent_damage_fails_the_run() -> None:
    report = FaultReport("abc", faults=1, silent=["nothing tells that it says otherwise"])
    assert not report.is_clean
    assert "silent: nothing tells that it says otherwise" in report.lines()


# ---- the layer


@pytest.mark.parametrize("fault", list(Fault))
@pytest.mark.parametrize("kind", [Kind.CREATE, Kind.WRITE, Kind.SYNC, Kind.SYNC_FOLDER, Kind.SHARED_MEMORY])
def test_an_operation_that_fails_is_told_in_a_line(
    sqlite: SqliteDisk, tmp_path: Path, kind: Kind, fault: Fault
) -> None:
    def decide(_: int, operation: Operation) -> Fault | None:
        return fault if operation.kind is kind else None

    with Layer(tmp_path, decide).watching(sqlite), pytest.raises(LibraryError) as raised:
        SqliteFile(tmp_path / "a.sqlite3")
    assert "\n" not in str(raised.value)
    if (kind, fault) == (Kind.WRITE, Fault.FULL):
        assert "is full; free some space" in str(raised.value)
    SqliteFile(tmp_path / "a.sqlite3").close()


def test_what_is_elsewhere_or_was_open_before_is_not_touched(sqlite: SqliteDisk, tmp_path: Path) -> None:
    watched = tmp_path / "watched"
    watched.mkdir()
    before = SqliteFile(watched / "before.sqlite3")
    layer = Layer(watched, lambda *_: Fault.BROKEN)
    with layer.watching(sqlite):
        SqliteFile(tmp_path / "elsewhere.sqlite3").close()
        with before.transaction() as connection:
            connection.execute("UPDATE state SET value = 7")
    before.close()
    assert layer.trace.operations == []


def test_afterwards_sqlite_is_as_it_was(sqlite: SqliteDisk, tmp_path: Path) -> None:
    layer = Layer(tmp_path, lambda *_: Fault.BROKEN)
    with layer.watching(sqlite):
        pass
    SqliteFile(tmp_path / "a.sqlite3").close()
    assert layer.trace.operations == []
    with layer.watching(sqlite), pytest.raises(RuntimeError, match="watched already"), layer.watching(sqlite):
        pass


def test_a_python_without_the_interface_is_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    class BuiltIn:
        __file__ = str(Path(json.__file__).with_name("no-library"))

    monkeypatch.setitem(sys.modules, "_sqlite3", BuiltIn)
    with pytest.raises(InputError, match="use a Python that is linked with a SQLite library") as raised:
        SqliteDisk()
    assert "\n" not in str(raised.value)


# ---- the command


def test_the_command_tells_the_figures() -> None:
    command = [sys.executable, "app.py", "eval", "faults", "--seeds", "60", "--only", "crash repair", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["failures"], told["silent"]) == ([], [])
    assert told["faults"] == len([seed for seed in range(60) if slot_of(seed).name == "crash repair"])


def test_lines_tell_where_the_faults_were() -> None:
    lines = measure(seeds_of("crash talk", 2)).lines()
    assert lines[0].startswith("2 faults in ")
    assert any(line.startswith("crash talk") for line in lines)
    assert any("talk" in line and " of " in line for line in lines)
    assert "failures 0, silent damage 0" in lines
