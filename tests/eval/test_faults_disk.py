"""The model of a disk: what it keeps, and what it may lose."""

import random
from pathlib import Path

import pytest

from eval.faults_disk import SECTOR_BYTES, Loss, Tree, crash_state, lay_out, tree_of
from eval.faults_operations import Kind, Operation

OLD, NEW = b"o" * 4 * SECTOR_BYTES, b"n" * 4 * SECTOR_BYTES
CREATE, SYNC, SYNC_FOLDER = Operation(Kind.CREATE, "a"), Operation(Kind.SYNC, "a"), Operation(Kind.SYNC_FOLDER, ".")
WRITE = Operation(Kind.WRITE, "a", content=NEW)
RENAME = Operation(Kind.RENAME, "a", target="b")
DELETE = Operation(Kind.DELETE, "a")


def drawn(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311 - nothing secret


def states(before: Tree, *operations: Operation, losses: tuple[Loss, ...] = tuple(Loss)) -> list[Tree]:
    """What many crashes leave."""
    return [crash_state(before, operations, loss, drawn(seed)) for seed in range(60) for loss in losses]


def test_what_was_synced_with_its_folder_is_kept() -> None:
    assert states({}, CREATE, WRITE, SYNC, SYNC_FOLDER) == [{"a": NEW}] * 300


def test_a_name_is_lost_until_its_folder_is_synced() -> None:
    assert {} in states({}, CREATE, WRITE, SYNC)
    assert {"a": NEW} in states({"a": NEW}, DELETE)
    assert states({"a": NEW}, DELETE, SYNC_FOLDER) == [{}] * 300


def test_a_file_renamed_before_it_was_synced_may_be_empty() -> None:
    found = states({}, CREATE, WRITE, RENAME, SYNC_FOLDER)
    assert {"b": b""} in found
    assert {"b": NEW} in found


def test_names_are_kept_in_their_order() -> None:
    found = states({"a": OLD}, RENAME, Operation(Kind.CREATE, "c"))
    assert {name for tree in found for name in tree} == {"a", "b", "c"}
    assert {"b": OLD} in found, "the first change alone"
    assert not [tree for tree in found if "c" in tree and "b" not in tree]


def test_a_write_is_torn_at_sectors_only() -> None:
    found = [tree["a"] for tree in states({"a": OLD}, WRITE, losses=(Loss.TORN,))]
    assert all(content is not None and len(content) == len(OLD) for content in found)
    sectors = {
        content[start : start + SECTOR_BYTES] for content in found if content for start in range(0, 2048, SECTOR_BYTES)
    }
    assert sectors == {b"o" * SECTOR_BYTES, b"n" * SECTOR_BYTES}
    assert len(set(found)) > 4


def test_a_later_write_may_be_kept_without_an_earlier_one() -> None:
    later = Operation(Kind.WRITE, "a", offset=len(NEW), content=b"later")
    found = states({"a": OLD}, WRITE, later, losses=(Loss.SOME,))
    assert {"a": OLD + b"later"} in found
    assert {"a": OLD + bytes(5)} in found, "a lost write may leave zeros"


def test_all_or_nothing_of_what_was_not_synced() -> None:
    assert states({"a": OLD}, WRITE, losses=(Loss.ALL,)) == [{"a": OLD}] * 60
    assert states({"a": OLD}, WRITE, losses=(Loss.NONE,)) == [{"a": NEW}] * 60


def test_a_size_is_lost_as_a_write_is() -> None:
    cut = Operation(Kind.TRUNCATE, "a", size=1)
    assert {tree["a"] for tree in states({"a": OLD}, cut)} == {OLD, b"o"}


def test_a_sync_that_lies_keeps_nothing() -> None:
    state = crash_state({"a": OLD}, [WRITE, SYNC], Loss.ALL, drawn(0), believes=lambda _: False)
    assert state == {"a": OLD}


def test_folders_go_with_what_they_hold() -> None:
    made = (Operation(Kind.FOLDER, "f"), Operation(Kind.CREATE, "f/a"), Operation(Kind.WRITE, "f/a", content=NEW))
    assert {} in states({}, *made, Operation(Kind.SYNC, "f/a"), Operation(Kind.SYNC_FOLDER, "f"))
    moved = Operation(Kind.RENAME, "f", target="g")
    assert {"g": None, "g/a": NEW} in states({"f": None, "f/a": NEW}, moved)


@pytest.mark.parametrize("wrong", [Operation(Kind.WRITE, "f"), Operation(Kind.CREATE, "a/b")])
def test_files_and_folders_are_told_apart(wrong: Operation) -> None:
    with pytest.raises(TypeError):
        crash_state({"f": None, "a": OLD}, [wrong], Loss.NONE, drawn(0))


def test_a_tree_is_laid_out_and_read(tmp_path: Path) -> None:
    tree: Tree = {"a": OLD, "f": None, "f/b": NEW}
    lay_out(tree, tmp_path)
    assert tree_of(tmp_path) == tree
