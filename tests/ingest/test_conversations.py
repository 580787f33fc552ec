"""The conversations that a library keeps, in SQLite."""

import sqlite3
import time
from collections.abc import Callable
from contextlib import closing

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.checksums import row_checksum
from ingest.conversations import Conversations
from ingest.errors import InputError, LibraryDamagedError, LibraryError
from ingest.library import Library
from ingest.sqlite import made_in_format
from tests.ingest.damage import as_damage

ONE, OTHER = "1" * 32, "2" * 32


@pytest.fixture
def store(library: Library) -> Conversations:
    return library.conversations


def test_turns_come_back_in_their_order(store: Conversations) -> None:
    store.append(ONE, ["a", "b"], title="First?")
    store.append(ONE, ["c"], title="ignored")
    assert store.turns(ONE) == ["a", "b", "c"]
    assert store.turns(ONE, after=2) == ["c"]
    summary = store.find(ONE)
    assert summary is not None
    assert (summary.title, summary.turn_count) == ("First?", 3)
    assert summary.created <= summary.updated


def test_the_one_used_last_is_listed_first(store: Conversations) -> None:
    store.append(ONE, ["a"], title="one")
    store.append(OTHER, ["b"], title="other")
    assert [summary.id for summary in store.listed()] == [OTHER, ONE]
    store.append(ONE, ["c"], title="one")
    assert [summary.id for summary in store.listed()] == [ONE, OTHER]


def test_what_an_owner_keeps_is_seen_and_changed_by_no_other(store: Conversations) -> None:
    store.append(ONE, ["a"], title="one", owner="mine")
    assert store.listed("yours") == []
    assert store.find(ONE, "yours") is None
    assert not store.delete(ONE, "yours")
    with pytest.raises(InputError, match="another's"):
        store.append(ONE, ["b"], title="one", owner="yours")
    assert store.turns(ONE) == ["a"]
    assert [summary.id for summary in store.listed("mine")] == [ONE]
    assert store.delete(ONE, "mine")
    assert store.turns(ONE) == []


def test_what_was_deleted_is_gone_from_the_files(library: Library) -> None:
    secret = "the aunt's heart murmur " * 20
    library.conversations.append(ONE, [secret], title=secret)
    assert library.conversations.delete(ONE)
    assert library.conversations.listed() == []
    library.close()
    held = [path for path in library.folder.rglob("*") if path.is_file() and b"heart murmur" in path.read_bytes()]
    assert held == []


def test_a_library_of_format_2_gets_the_tables_and_keeps_its_papers(library: Library) -> None:
    library.close()
    file = library.folder / "daybook.sqlite3"
    file.unlink()
    made_in_format(file, 2).close()
    with Library(library.folder, create=False) as opened:
        opened.conversations.append(ONE, ["a"], title="one")
        assert opened.conversations.turns(ONE) == ["a"]
    with closing(sqlite3.connect(file)) as connection:
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master")]
    assert "papers_vocabulary" not in names


def test_a_turn_is_saved_while_another_holds_the_writers_lock(library: Library) -> None:
    with Library(library.folder, create=False) as other, other.writer():
        library.conversations.append(ONE, ["a"], title="one")
    assert library.conversations.turns(ONE) == ["a"]


def test_a_library_that_stays_locked_is_waited_for_a_moment_and_then_told(library: Library) -> None:
    with closing(sqlite3.connect(library.folder / "daybook.sqlite3", isolation_level=None)) as blocker:
        blocker.execute("BEGIN IMMEDIATE")
        start = time.monotonic()
        with pytest.raises(LibraryError, match="locked"):
            library.conversations.append(ONE, ["a"], title="one")
        assert time.monotonic() - start < 6
        assert library.conversations.listed() == []
        blocker.execute("ROLLBACK")
    library.conversations.append(ONE, ["a"], title="one")


HIDDEN = {
    "its id": "UPDATE conversations SET id = '0' WHERE owner = 'mine'",
    "its owner": "UPDATE conversations SET owner = 'mind' WHERE owner = 'mine'",
    "its last turn": "UPDATE turns SET conversation = '0' WHERE number = 2",
    "all its turns": "DELETE FROM turns WHERE turn IN ('a', 'b')",
    "all of it": "DELETE FROM conversations WHERE owner = 'mine'",
    "it, another in its place": (
        "UPDATE conversations SET id = '0', owner = 'x', checksum ="
        " row_checksum('conversations', '0', 'x', title, created_at, updated_at, turns) WHERE owner = 'mine'"
    ),
}
READINGS: dict[str, Callable[[Conversations], object]] = {
    "found": lambda store: store.find(ONE, "mine"),
    "listed": lambda store: store.listed("mine"),
    "read": lambda store: store.turns(ONE),
    "deleted": lambda store: store.delete(ONE, "mine"),
    "handed over": lambda store: store.hand_over("mine", "yours"),
}
SOUND = {("its last turn", "handed over"), ("all its turns", "handed over")}
"""What asks for no turn, and changes none."""


@pytest.mark.parametrize("reading", READINGS)
@pytest.mark.parametrize("hidden", HIDDEN)
def test_a_damaged_conversation_is_told_and_not_passed_over(library: Library, hidden: str, reading: str) -> None:
    library.conversations.append(ONE, ["a", "b"], title="one", owner="mine")
    library.conversations.append(OTHER, ["c"], title="other", owner="yours")
    library.close()
    file = library.folder / "daybook.sqlite3"
    with as_damage(file) as connection:
        connection.create_function("row_checksum", -1, row_checksum)
        connection.execute(HIDDEN[hidden])
    with Library(library.folder) as opened:
        before = opened.database.problems()
        assert before
        if (hidden, reading) in SOUND:
            READINGS[reading](opened.conversations)
        else:
            with pytest.raises(
                LibraryDamagedError, match=r"is damaged in the library .*; mend it: daybook doctor --repair"
            ):
                READINGS[reading](opened.conversations)
        assert opened.database.problems() == before
        summary = opened.conversations.find(OTHER, "yours")
        assert summary is not None, "what is whole is still read"
        assert opened.conversations.turns(OTHER) == ["c"]


def test_a_damaged_owner_is_not_called_another(library: Library) -> None:
    library.conversations.append(ONE, ["a"], title="one", owner="mine")
    library.close()
    with as_damage(library.folder / "daybook.sqlite3") as connection:
        connection.execute("UPDATE conversations SET owner = 'mind'")
    with Library(library.folder) as opened, pytest.raises(LibraryDamagedError, match="is damaged"):
        opened.conversations.append(ONE, ["b"], title="one", owner="mine")


def test_what_was_made_anew_meanwhile_has_no_turns_after_those_known(store: Conversations) -> None:
    store.append(ONE, ["a"], title="one")
    assert store.turns(ONE, after=3) == []


@settings(max_examples=25)
@given(
    st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from("xy"), st.text(max_size=20)), max_size=20),
)
def test_no_turn_comes_into_another_conversation(
    tmp_path_factory: pytest.TempPathFactory, turns: list[tuple[str, str, str]]
) -> None:
    turns = [(conversation, owner, text.encode(errors="replace").decode()) for conversation, owner, text in turns]
    expected: dict[str, tuple[str, list[str]]] = {}
    with Library(tmp_path_factory.mktemp("given") / "library") as library:
        for conversation, owner, text in turns:
            kept_owner, kept = expected.setdefault(conversation, (owner, []))
            if owner == kept_owner:
                library.conversations.append(conversation, [text], title=text, owner=owner)
                kept.append(text)
            else:
                with pytest.raises(InputError):
                    library.conversations.append(conversation, [text], title=text, owner=owner)
        for conversation, (owner, kept) in expected.items():
            assert library.conversations.turns(conversation) == kept
            assert library.conversations.find(conversation, owner) is not None
            assert library.conversations.find(conversation, "xy".replace(owner, "")) is None
