"""What the doctor does about a damaged file: another takes its place, of all that is proved."""

import os
import shutil
import signal
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from ingest import salvage as salvaging
from ingest.doctor import Finding, examine, made_readable
from ingest.errors import LibraryDamagedError, LibraryError, LibraryLockedError, LibraryTooNewError
from ingest.follows import FollowKind
from ingest.library import Library
from ingest.marks import MarkChange
from ingest.pipeline import ingest
from ingest.sqlite import made_in_format, migrations
from tests.conftest import WordEmbedder
from tests.ingest.damage import as_damage

KITES, PORTS = "9901.00013", "9901.00014"
"""Papers of the sample."""
PAGE = 4096


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, sample_folder: Path) -> Path:
    """A library with the sample and a conversation, closed; copy it before changing it."""
    folder = tmp_path_factory.mktemp("made") / "library"
    with Library(folder) as library:
        ingest([sample_folder], library, WordEmbedder())
        library.conversations.append("one", ["a", "b", "c"], title="Kites?")
        library.database.follows.add(FollowKind.TOPIC, "vessels", library.database.arrivals(0).upto)
        library.database.follows.add(FollowKind.NAME, "WakeMem", library.database.arrivals(0).upto)
        library.database.marks.change(KITES, MarkChange(is_starred=True, note="filmed in ports", tags=("ports",)))
        library.database.marks.change(PORTS, MarkChange(is_hidden=True))
    return folder


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "library"))


@pytest.fixture
def file(folder: Path) -> Path:
    return folder / "daybook.sqlite3"


def doctor(folder: Path, embedder: WordEmbedder | None = None) -> list[Finding]:
    found = made_readable(folder, repair=embedder is not None)
    if any(not finding.is_repaired for finding in found[:1]):
        return found
    with Library(folder) as library, library.writer():
        return found + list(examine(library, (lambda: embedder) if embedder else None))


def state_of(folder: Path) -> list[Any]:
    """Everything that a reader sees, moments and numbers of rows left out."""
    with Library(folder) as library:
        papers = {stored.row: stored for stored in library.papers()}
        vectors = library.database.vectors_after(0, 384)
        return [
            [(stored.paper, stored.listings) for stored in papers.values()],
            sorted((papers[row].paper.arxiv_id, spans) for row, spans in library.sentences(list(papers)).items()),
            sorted(zip(vectors.paper_rows.tolist(), map(bytes, vectors.vectors), strict=True)),
            sorted((papers[row].paper.arxiv_id, library.database.sightings(row)) for row in papers),
            sorted((papers[row].paper.arxiv_id, some) for row, some in library.database.origins(list(papers)).items()),
            [library.database.rows_matching("harbour OR vessel OR dataset"), library.days()],
            [library.conversations.turns(one.id) for one in library.conversations.listed()],
            [library.database.follows.listed(), library.database.marks.listed()],
        ]  # fmt: skip


def asides(folder: Path) -> list[Path]:
    return sorted(folder.glob("daybook.sqlite3.damaged-*"))


def flipped(path: Path, place: int, bit: int = 0) -> None:
    data = bytearray(path.read_bytes())
    data[place] ^= 1 << bit
    path.write_bytes(data)


def place_of(path: Path, text: bytes) -> list[int]:
    """Where a text stands in a file."""
    data, places, at = path.read_bytes(), [], -1
    while (at := data.find(text, at + 1)) >= 0:
        places.append(at)
    assert places
    return places


def test_a_flipped_bit_of_every_copy_of_a_text_is_told_and_proved(folder: Path, file: Path, made: Path) -> None:
    before = state_of(made)
    for place in place_of(file, b"filmed by fixed cameras"):
        shutil.copy(made / "daybook.sqlite3", file)
        flipped(file, place)
        found = doctor(folder)
        assert found
        assert not any(finding.is_repaired for finding in found)
        assert asides(folder) == []
        embedder = WordEmbedder()
        assert all(finding.is_repaired for finding in doctor(folder, embedder))
        assert embedder.texts == [], "nothing is embedded that is whole"
        assert (doctor(folder), state_of(folder)) == ([], before)
        (aside,) = asides(folder)
        aside.unlink()


UNPROVED = {
    "a text that its history still holds": "UPDATE papers SET abstract = 'Kites fell.' WHERE arxiv_id = '9901.00013'",
    "a history that the paper still holds": "UPDATE versions SET abstract = 'Kites fell.' WHERE paper = 2",
    "a vector": "UPDATE chunks SET vector = zeroblob(1536) WHERE paper = 2",
    "a vector that vanished": "DELETE FROM chunks WHERE paper = 2",
    "sentences": "UPDATE sentences SET end_offset = 3 WHERE paper = 2",
    "a last sentence that vanished": (
        "DELETE FROM sentences WHERE (paper, number) IN (SELECT paper, max(number) FROM sentences WHERE paper = 2)"
    ),
    "a counter": "UPDATE state SET value = 99 WHERE key = 'generation'",
    "a counter that vanished": "DELETE FROM state WHERE key = 'rewrites'",
    "what is kept of how many rows there are": "UPDATE sums SET rows = rows + 1 WHERE name = 'papers'",
    "a sum that vanished": "DELETE FROM sums WHERE name = 'papers'",
    "an index": "DROP INDEX listings_by_day",
    "a trigger": "DROP TRIGGER papers_delete",
}


@pytest.mark.parametrize("damage", UNPROVED)
def test_what_can_be_had_from_elsewhere_is_mended(folder: Path, file: Path, made: Path, damage: str) -> None:
    with as_damage(file) as connection:
        connection.execute(UNPROVED[damage].replace("DROP TRIGGER papers_delete", "SELECT 1"))
    if "TRIGGER" in UNPROVED[damage]:
        with closing(sqlite3.connect(file)) as connection:
            connection.execute(UNPROVED[damage])
    assert doctor(folder)
    assert [finding.problem for finding in doctor(folder, WordEmbedder()) if not finding.is_repaired] == []
    assert (doctor(folder), state_of(folder)) == ([], state_of(made))


LOST = {
    "a paper's link": ("UPDATE papers SET url = 'https://elsewhere' WHERE arxiv_id = '9901.00013'", "arXiv:9901.00013"),
    "a paper that vanished": ("DELETE FROM papers WHERE arxiv_id = '9901.00013'", "arXiv:9901.00013"),
    "a listing": ("UPDATE listings SET day = '2026-12-24' WHERE paper = 2", "arXiv:9901.00013"),
    "a listing that vanished": ("DELETE FROM listings WHERE paper = 2", "arXiv:9901.00013"),
    "a raw text": ("UPDATE versions SET raw_abstract = 'x' WHERE paper = 2", "arXiv:9901.00013"),
    "an origin": ("UPDATE origins SET source = 'x' WHERE paper = 2", "arXiv:9901.00013"),
}


@pytest.mark.parametrize("damage", LOST)
def test_what_cannot_be_proved_is_taken_out_and_named_and_ingested_again(
    folder: Path, file: Path, made: Path, damage: str, sample_folder: Path
) -> None:
    statement, name = LOST[damage]
    with as_damage(file) as connection:
        connection.execute(statement)
    lost = [finding.problem for finding in doctor(folder, WordEmbedder()) if not finding.is_repaired]
    assert any(name in problem and "ingest" in problem for problem in lost), lost
    assert doctor(folder) == []
    before = {paper.arxiv_id: paper for paper, _ in state_of(made)[0]}
    assert all(before[paper.arxiv_id] == paper for paper, _ in state_of(folder)[0]), "nothing false is shown"
    with Library(folder) as library:
        ingest([sample_folder], library, WordEmbedder())
    left, right = state_of(folder), state_of(made)
    del left[2], right[2]  # these tell rows by number
    del left[4], right[4]
    assert left == right
    assert doctor(folder) == []


def test_the_files_that_bring_a_paper_back_are_named(folder: Path, file: Path, sample_folder: Path) -> None:
    with as_damage(file) as connection:
        connection.execute("UPDATE papers SET url = 'https://elsewhere' WHERE arxiv_id = '9901.00013'")
    (lost,) = [finding.problem for finding in doctor(folder, WordEmbedder()) if not finding.is_repaired]
    assert lost.endswith(f"ingest again: daybook ingest {(sample_folder / '2026-11-02.md').resolve()}")


def test_damaged_turns_are_left_out_and_named_and_the_conversation_goes_on(folder: Path, file: Path) -> None:
    with as_damage(file) as connection:
        connection.execute("UPDATE turns SET turn = 'another' WHERE number = 2")
    (lost,) = [finding.problem for finding in doctor(folder, WordEmbedder()) if not finding.is_repaired]
    assert "turns" in lost
    assert "one" in lost
    with Library(folder) as library:
        assert library.conversations.turns("one") == ["a", "c"]
        library.conversations.append("one", ["d"], title="Kites?")
        assert library.conversations.turns("one") == ["a", "c", "d"]


def lost_after_repair(folder: Path) -> list[str]:
    return [finding.problem for finding in doctor(folder, WordEmbedder()) if not finding.is_repaired]


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        ("UPDATE turns SET conversation = 'another' WHERE number = 3", "1 turns of the conversation one are missing"),
        ("UPDATE turns SET number = 99999 WHERE number = 3", "a row of turns is damaged and was left out: one"),
        ("DELETE FROM turns WHERE number = 3", "1 turns of the conversation one are missing"),
        ("UPDATE turns SET turn = 'another' WHERE number = 3", "a row of turns is damaged and was left out: one"),
    ],
)
def test_a_last_turn_that_is_lost_is_named_and_the_conversation_goes_on(
    folder: Path, file: Path, damage: str, told: str
) -> None:
    with as_damage(file) as connection:
        connection.execute(damage)
    with Library(folder) as library, pytest.raises(LibraryDamagedError, match="conversation one is damaged"):
        library.conversations.turns("one")
    lost = lost_after_repair(folder)
    assert [problem for problem in lost if "conversation one" in problem or ": one" in problem] == [
        f"{told}; what was said there is lost"
    ]
    assert doctor(folder) == []
    with Library(folder) as library:
        assert library.conversations.turns("one") == ["a", "b"]
        library.conversations.append("one", ["d"], title="Kites?")
        assert library.conversations.turns("one") == ["a", "b", "d"]
        assert [one.turn_count for one in library.conversations.listed()] == [3]
    assert doctor(folder) == []


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE turns SET conversation = 'ond' WHERE number = 3",
        "UPDATE turns SET number = 7 WHERE number = 3",
        "UPDATE conversations SET id = 'ond' WHERE id = 'one'",
        "UPDATE conversations SET owner = 'x' WHERE owner = 'y'",
        "UPDATE conversations SET turns = 2 WHERE id = 'one'",
    ],
)
def test_a_flipped_bit_of_a_conversation_is_proved_and_no_turn_is_lost(folder: Path, file: Path, damage: str) -> None:
    with Library(folder) as library:
        library.conversations.append("two", ["e"], title="Winds?", owner="y")
    with as_damage(file) as connection:
        connection.execute(damage)
    assert doctor(folder)
    assert lost_after_repair(folder) == []
    assert doctor(folder) == []
    with Library(folder) as library:
        assert library.conversations.turns("one") == ["a", "b", "c"]
        assert [one.id for one in library.conversations.listed("y")] == ["two"]


def test_a_turn_that_is_added_takes_no_number_of_a_damaged_one(folder: Path, file: Path) -> None:
    with as_damage(file) as connection:
        connection.execute("UPDATE turns SET conversation = 'ond' WHERE number = 3")
    with Library(folder) as library:
        library.conversations.append("one", ["d"], title="Kites?")
        with pytest.raises(LibraryDamagedError):
            library.conversations.turns("one")
    assert lost_after_repair(folder) == []
    with Library(folder) as library:
        assert library.conversations.turns("one") == ["a", "b", "c", "d"]


@pytest.mark.parametrize(
    ("damage", "said", "left"),
    [
        ("UPDATE follows SET text = 'cars' WHERE number = 1", "a row of follows is damaged and was left out: 1; follow"
         " it again: daybook follow", ([2], [KITES, PORTS])),
        ("UPDATE marks SET note = 'x' WHERE is_starred", f"a row of marks is damaged and was left out: {KITES}; mark"
         " the paper again: daybook mark", ([1, 2], [PORTS])),
        ("DELETE FROM follows WHERE number = 2", "1 rows of follows are missing", ([1], [KITES, PORTS])),
    ],
)  # fmt: skip
def test_a_damaged_follow_or_mark_is_left_out_and_named(
    folder: Path, file: Path, damage: str, said: str, left: tuple[list[int], list[str]]
) -> None:
    with as_damage(file) as connection:
        connection.execute(damage)
    lost = [finding.problem for finding in doctor(folder, WordEmbedder()) if not finding.is_repaired]
    assert any(said in problem for problem in lost), lost
    with Library(folder) as library:
        follows = [one.number for one in library.database.follows.listed()]
        assert (follows, sorted(library.database.marks.listed())) == left
    assert doctor(folder) == []


def test_a_flipped_bit_of_a_follow_is_proved(folder: Path, file: Path) -> None:
    before = state_of(folder)
    with as_damage(file) as connection:
        connection.execute("UPDATE follows SET text = 'vesselr' WHERE number = 1")
        connection.execute("UPDATE marks SET note = 'fileed in ports' WHERE is_starred")
    assert all(finding.is_repaired for finding in doctor(folder, WordEmbedder()))
    assert (state_of(folder), doctor(folder)) == (before, [])


def test_turns_that_an_older_library_lacks_are_told_and_the_others_read(tmp_path: Path) -> None:
    with closing(made_in_format(tmp_path / "daybook.sqlite3", 5)) as connection:
        connection.execute("INSERT INTO conversations VALUES ('one', '', 'Kites?', '2026-11-02', '2026-11-02')")
        connection.executemany("INSERT INTO turns VALUES ('one', ?, ?)", [(1, "a"), (3, "c")])
    with Library(tmp_path) as library, pytest.raises(LibraryDamagedError):
        library.conversations.listed()
    assert [finding.problem for finding in doctor(tmp_path)] == [
        "the conversation one has not the turns that it must have"
    ]
    doctor(tmp_path, WordEmbedder())
    assert doctor(tmp_path) == []
    with Library(tmp_path) as library:
        assert library.conversations.turns("one") == ["a", "c"]


def test_turns_of_an_older_damaged_library_are_numbered_anew(tmp_path: Path) -> None:
    with closing(made_in_format(tmp_path / "daybook.sqlite3", 5)) as connection:
        connection.execute("INSERT INTO conversations VALUES ('one', '', 'Kites?', '2026-11-02', '2026-11-02')")
        connection.executemany("INSERT INTO turns VALUES ('one', ?, ?)", [(1, "a"), (3, "c")])
        connection.execute("PRAGMA user_version = 6")
    salvaging.salvage(tmp_path / "daybook.sqlite3")
    with Library(tmp_path) as library:
        assert library.conversations.turns("one") == ["a", "c"]
        assert library.database.problems() == []


@pytest.mark.parametrize("table", ["papers", "versions", "listings", "chunks", "sentences", "origins"])
def test_a_broken_page_loses_its_rows_and_what_is_lost_is_named(
    folder: Path, file: Path, made: Path, table: str, sample_folder: Path
) -> None:
    with closing(sqlite3.connect(file)) as connection:
        query = "SELECT pageno FROM dbstat WHERE name = ? AND pagetype = 'leaf' ORDER BY pageno"
        try:
            pages = [page for (page,) in connection.execute(query, (table,))]
        except sqlite3.OperationalError:
            pytest.skip("this SQLite cannot tell which pages a table has")
    data = bytearray(file.read_bytes())
    page = pages[len(pages) // 2]
    data[(page - 1) * PAGE : page * PAGE] = b"\xff" * PAGE
    file.write_bytes(data)
    found = doctor(folder)
    assert found
    assert file.read_bytes() == data
    repaired = doctor(folder, WordEmbedder())
    lost = [finding.problem for finding in repaired if not finding.is_repaired]
    assert lost or table in {"chunks", "sentences"}
    (aside,) = asides(folder)
    assert aside.read_bytes()[100:] == data[100:], "the damaged file is kept"
    assert doctor(folder) == []
    before = {paper.arxiv_id: paper for paper, _ in state_of(made)[0]}
    held = {paper.arxiv_id: paper for paper, _ in state_of(folder)[0]}
    assert held.items() <= before.items()
    assert all(any(arxiv_id in problem for problem in lost) for arxiv_id in before.keys() - held.keys())
    with Library(folder) as library:
        ingest([sample_folder], library, WordEmbedder())
    assert (doctor(folder), state_of(folder)[0], state_of(folder)[3]) == ([], state_of(made)[0], state_of(made)[3])


HEADERS = {"the first bytes": 3, "the size of a page": 16, "the format of the schema": 47, "the encoding": 59}


@pytest.mark.parametrize("header", HEADERS)
def test_a_damaged_header_is_written_anew(folder: Path, file: Path, made: Path, header: str) -> None:
    flipped(file, HEADERS[header], 1)
    found = doctor(folder)
    assert found
    assert not any(finding.is_repaired for finding in found)
    assert all(finding.is_repaired for finding in doctor(folder, WordEmbedder()))
    assert (doctor(folder), state_of(folder)) == ([], state_of(made))


def test_a_damaged_number_of_the_format_is_no_newer_daybook(folder: Path, file: Path, made: Path) -> None:
    for bit in range(5):
        shutil.copy(made / "daybook.sqlite3", file)
        flipped(file, 63, bit)
        if len(migrations()) ^ (1 << bit) == len(migrations()) - 1:  # whose step can be taken twice: harmless
            Library(folder).close()
            assert (doctor(folder), state_of(folder)) == ([], state_of(made))
            continue
        with pytest.raises((LibraryTooNewError, LibraryError)):
            Library(folder)
        assert [finding.is_repaired for finding in doctor(folder)] == [False]
        assert all(finding.is_repaired for finding in doctor(folder, WordEmbedder()))
        assert (doctor(folder), state_of(folder)) == ([], state_of(made))


def test_a_newer_library_is_not_repaired(folder: Path, file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE TABLE what_is_to_come (x)")
        connection.execute(f"PRAGMA user_version = {len(migrations()) + 1}")
    with pytest.raises(LibraryTooNewError):
        doctor(folder, WordEmbedder())
    assert asides(folder) == []


@pytest.mark.parametrize("bit", [0, 7])  # with the last one the schema is no text
def test_a_damaged_schema_is_written_anew(folder: Path, file: Path, made: Path, bit: int) -> None:
    flipped(file, place_of(file, b"CREATE TABLE papers (")[0] + 8, bit)
    assert doctor(folder)
    assert all(finding.is_repaired for finding in doctor(folder, WordEmbedder()))
    assert (doctor(folder), state_of(folder)) == ([], state_of(made))


def test_a_file_of_which_nothing_can_be_read_is_left_where_it_is(folder: Path, file: Path) -> None:
    data = b"It was a dark and stormy night. " * 3000
    file.write_bytes(data)
    with pytest.raises(LibraryError, match=r"nothing of .* can be read; move it away, and ingest your sources again"):
        doctor(folder, WordEmbedder())
    assert (file.read_bytes(), asides(folder)) == (data, [])
    assert list(folder.glob("*.mending*")) + list(folder.glob("*.copy*")) == []


@pytest.mark.parametrize("beginning", [b"SQLite format 3\x00", bytes(16)])
def test_a_library_of_which_nothing_can_be_read_is_put_aside_for_a_new_one(
    folder: Path, file: Path, made: Path, sample_folder: Path, beginning: bytes
) -> None:
    data = beginning + b"It was a dark and stormy night. " * 3000
    file.write_bytes(data)
    told = [finding.problem for finding in doctor(folder, WordEmbedder()) if not finding.is_repaired]
    assert any("nothing of it can be read; ingest your sources again" in problem for problem in told)
    assert [aside.read_bytes() for aside in asides(folder)] == [data]
    with Library(folder) as library:
        ingest([sample_folder], library, WordEmbedder())
    assert doctor(folder) == []
    with Library(folder) as library, Library(made) as former:
        assert [stored.paper for stored in library.papers()] == [stored.paper for stored in former.papers()]


def test_a_file_that_another_program_has_open_is_not_replaced(folder: Path, file: Path) -> None:
    with as_damage(file) as connection:
        connection.execute("UPDATE papers SET url = 'x' WHERE row = 1")
    with closing(sqlite3.connect(file)) as other:
        other.execute("SELECT count(*) FROM papers").fetchone()
        with pytest.raises(LibraryLockedError, match="close it"):
            doctor(folder, WordEmbedder())
    assert asides(folder) == []
    assert doctor(folder, WordEmbedder())


def test_a_library_that_was_migrated_in_part_is_made_whole(folder: Path, file: Path) -> None:
    """What a disk leaves that kept some pages of a migration: counters and columns of the new format under the old."""
    with closing(made_in_format(file.with_name("older"), 4)) as connection:
        connection.execute("INSERT INTO state VALUES ('removals', 0)")
    file.with_name("older").replace(file)
    with pytest.raises(LibraryError):
        Library(folder)
    assert doctor(folder, WordEmbedder())
    Library(folder).close()


@pytest.mark.parametrize("number", [1, 2])
def test_a_damaged_library_of_a_format_without_conversations_is_mended(folder: Path, file: Path, number: int) -> None:
    with closing(made_in_format(file.with_name("older"), number)) as connection:
        connection.execute(f"PRAGMA user_version = {number + 1}")
    file.with_name("older").replace(file)
    with pytest.raises(LibraryError):
        Library(folder)
    assert doctor(folder, WordEmbedder())
    Library(folder).close()


def test_a_damaged_library_of_the_format_before_follows_is_mended(folder: Path, file: Path) -> None:
    with closing(made_in_format(file.with_name("older"), 7)) as connection:
        connection.execute("INSERT INTO conversations VALUES ('one', '', 'Kites?', '2026-11-02', '2026-11-02', 1, 0)")
        connection.execute("INSERT INTO turns VALUES ('one', 1, 'a', 0)")
        connection.execute("PRAGMA user_version = 8")  # so that it is not brought up to date
    file.with_name("older").replace(file)
    told = doctor(folder, WordEmbedder())
    assert told
    assert not any("follows" in finding.problem for finding in told[1:])
    with Library(folder) as library:
        assert library.conversations.turns("one") == ["a"]
        assert library.database.follows.add(FollowKind.TOPIC, "kites", library.database.arrivals(0).upto).number == 1
    assert doctor(folder) == []


def test_an_older_damaged_library_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    path = tmp_path / "daybook.sqlite3"
    with closing(made_in_format(path, 5)) as connection:
        for row, title in ((1, b"On Kites"), (2, b"On \xff Winds")):
            connection.execute(
                "INSERT INTO papers (row, arxiv_id, version, title, abstract, url, links)"
                " VALUES (?, ?, 0, CAST(? AS TEXT), 'They fly.', 'https://arxiv.org/abs/x', '[]')",
                (row, f"2101.0000{row}", title),
            )
            connection.execute(
                "INSERT INTO versions VALUES (?, 0, CAST(? AS TEXT), 'They fly.', 'r', 'r', 's', '')", (row, title)
            )
            connection.execute(
                "INSERT INTO listings VALUES (?, '2021-01-04', 'cs.CV', 'announced', 'new', 1, 0)", (row,)
            )
    with pytest.raises(LibraryDamagedError):
        Library(tmp_path)
    lost = [finding.problem for finding in doctor(tmp_path, WordEmbedder()) if not finding.is_repaired]
    assert any("papers" in problem for problem in lost)
    with Library(tmp_path) as library:
        assert [stored.paper.title for stored in library.papers()] == ["On Kites"]
    assert doctor(tmp_path) == []


def killed_at(call: int, real: Callable[..., Any]) -> Callable[..., Any]:
    """A function that kills the process when it is called so many times."""
    left = [call]

    def killed(*arguments: Any) -> Any:
        left[0] -= 1
        if not left[0]:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(*arguments)

    return killed


@pytest.mark.skipif(not hasattr(os, "fork"), reason="a process is forked and killed here")
@pytest.mark.parametrize("step", ["_copy_files", "_readable", "sync_file", "replace", "take_all"])
def test_a_kill_on_the_way_leaves_the_damaged_file_or_the_new_one(
    folder: Path, file: Path, made: Path, step: str
) -> None:
    with as_damage(file) as connection:
        connection.execute("UPDATE sentences SET end_offset = 3 WHERE paper = 2")
    owner: Any = salvaging._Salvaging if step == "take_all" else salvaging
    real: Callable[..., Any] = getattr(owner, step)
    for calls in range(1, 4):
        pid = os.fork()
        if pid == 0:
            setattr(owner, step, killed_at(calls, real))
            salvaging.salvage(file)
            os._exit(0)
        os.waitpid(pid, 0)
        for aside in asides(folder):
            aside.unlink()
        assert all(finding.is_repaired for finding in doctor(folder, WordEmbedder()))
        assert (doctor(folder), state_of(folder)) == ([], state_of(made))
        with as_damage(file) as connection:
            connection.execute("UPDATE sentences SET end_offset = 3 WHERE paper = 2")
