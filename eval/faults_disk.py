"""What a disk may hold after the power fails: a model of a file system, and the states that it allows.

The model is harsh, and stated here in full. A write or a change of size is safe once its file was synced after it.
Until then any of them may be lost while later ones are kept (they are reordered), a write may be torn at sectors of
512 bytes, and a write that is lost may leave its file longer, with zeros in its place. A file may be found under the
name that it was given, taken from, or moved to, once its folder was synced after that; until then the changes of
names in a folder are kept up to any one of them, in the order in which they were made, as journalling file systems do.
So a file that was renamed but not synced may be found under its new name and empty, and a file that was synced may
be gone with its name. Bytes beside those that are written are never touched, as SQLite takes it to be.
"""

import random
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from eval.faults_operations import Kind, Operation

SECTOR_BYTES = 512
"""The smallest piece that any disk writes at once."""
_LEAVES_ZEROS = 0.25
"""How often a write that is lost leaves its file longer."""

Tree = dict[str, bytes | None]
"""The files of a folder by their relative paths; None for a folder."""


class Loss(StrEnum):
    """What becomes of all that was not synced."""

    ALL = "all lost"
    NONE = "all kept"
    SOME = "some lost, others kept"
    TORN = "the last write torn"
    TORN_AND_SOME = "the last write torn, some others lost"


def tree_of(root: Path) -> Tree:
    """What a folder holds now."""
    return {str(path.relative_to(root)): None if path.is_dir() else path.read_bytes() for path in root.rglob("*")}


def lay_out(tree: Mapping[str, bytes | None], root: Path) -> None:
    """Make a folder hold what a tree says."""
    for name, content in sorted(tree.items()):
        path = root / name
        if content is None:
            path.mkdir(parents=True, exist_ok=True)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)


@dataclass(slots=True, eq=False)
class _File:
    durable: bytearray = field(default_factory=bytearray)
    pending: list[Operation] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class _Folder:
    """`names` are those that everybody sees, `durable` those that a crash leaves."""

    names: dict[str, "_File | _Folder"] = field(default_factory=dict)
    durable: dict[str, "_File | _Folder"] = field(default_factory=dict)
    pending: list[Callable[[dict[str, "_File | _Folder"]], object]] = field(default_factory=list)

    def change(self, change: Callable[[dict[str, "_File | _Folder"]], object]) -> None:
        change(self.names)
        self.pending.append(change)


def crash_state(
    before: Mapping[str, bytes | None],
    operations: Iterable[Operation],
    loss: Loss,
    chance: random.Random,
    believes: Callable[[Operation], bool] = lambda _: True,
) -> Tree:
    """What the disk may hold of a tree after these operations, the last of them under way, and a loss of power.

    `believes` tells which syncs are what they say; those that are not change nothing.
    """
    disk = _Disk(before)
    for operation in operations:
        if operation.kind not in {Kind.SYNC, Kind.SYNC_FOLDER} or believes(operation):
            disk.apply(operation)
    return dict(disk.left(loss, chance))


class _Disk:
    def __init__(self, before: Mapping[str, bytes | None]) -> None:
        self._root = _Folder()
        for name, content in sorted(before.items()):
            folder, last = self._place(name)
            folder.names[last] = folder.durable[last] = _Folder() if content is None else _File(bytearray(content))
        self._last: Operation | None = None

    def apply(self, operation: Operation) -> None:
        """Do an operation."""
        _DO[operation.kind](self, operation)
        if operation.kind is Kind.WRITE:
            self._last = operation

    def left(self, loss: Loss, chance: random.Random) -> Iterable[tuple[str, bytes | None]]:
        """What a crash leaves, path by path."""
        kept_share = chance.random()
        yield from _left("", self._root, _Loser(loss, kept_share, self._last, chance))

    def _place(self, path: str) -> tuple[_Folder, str]:
        *folders, last = path.split("/")
        folder = self._root
        for name in folders:
            folder = _as_folder(folder.names[name])
        return folder, last

    def _file(self, path: str) -> _File:
        folder, last = self._place(path)
        found = folder.names[last]
        if not isinstance(found, _File):
            raise TypeError(f"{path} is no file")
        return found

    def create(self, operation: Operation) -> None:
        folder, last = self._place(operation.path)
        known = folder.names.get(last)
        if isinstance(known, _File):
            known.pending.append(Operation(Kind.TRUNCATE, operation.path))
        else:
            made = _File()
            folder.change(lambda names: names.__setitem__(last, made))

    def make_folder(self, operation: Operation) -> None:
        folder, last = self._place(operation.path)
        if last not in folder.names:
            made = _Folder()
            folder.change(lambda names: names.__setitem__(last, made))

    def change_file(self, operation: Operation) -> None:
        self._file(operation.path).pending.append(operation)

    def sync(self, operation: Operation) -> None:
        file = self._file(operation.path)
        for change in file.pending:
            _apply(file.durable, change)
        file.pending.clear()

    def sync_folder(self, operation: Operation) -> None:
        folder = self._root
        if operation.path != ".":
            outer, last = self._place(operation.path)
            folder = _as_folder(outer.names[last])
        folder.durable = dict(folder.names)
        folder.pending.clear()

    def rename(self, operation: Operation) -> None:
        folder, last = self._place(operation.path)
        target = operation.target.rpartition("/")[2]

        def move(names: dict[str, _File | _Folder]) -> None:
            if last in names:
                names[target] = names.pop(last)

        folder.change(move)

    def delete(self, operation: Operation) -> None:
        folder, last = self._place(operation.path)
        folder.change(lambda names: names.pop(last, None))

    def pass_over(self, _: Operation) -> None:
        """What is no matter of the disk."""


def _as_folder(found: _File | _Folder) -> _Folder:
    if not isinstance(found, _Folder):
        raise TypeError("a file is no folder")
    return found


_DO: dict[Kind, Callable[[_Disk, Operation], None]] = {
    Kind.CREATE: _Disk.create,
    Kind.FOLDER: _Disk.make_folder,
    Kind.WRITE: _Disk.change_file,
    Kind.TRUNCATE: _Disk.change_file,
    Kind.SYNC: _Disk.sync,
    Kind.SYNC_FOLDER: _Disk.sync_folder,
    Kind.RENAME: _Disk.rename,
    Kind.DELETE: _Disk.delete,
    Kind.SHARED_MEMORY: _Disk.pass_over,
}


@dataclass(frozen=True, slots=True)
class _Loser:
    """Draws what is lost."""

    loss: Loss
    kept_share: float
    last: Operation | None
    chance: random.Random

    def keeps(self) -> bool:
        """Whether the next of several unsynced changes is kept."""
        if self.loss in {Loss.ALL, Loss.NONE, Loss.TORN}:
            return self.loss is not Loss.ALL
        return self.chance.random() < self.kept_share

    def tears(self, operation: Operation) -> bool:
        """Whether a write is the one to be torn."""
        return operation is self.last and self.loss in {Loss.TORN, Loss.TORN_AND_SOME}

    def kept_names(self, changes: int) -> int:
        """Up to which of some changes of names they are kept."""
        if self.loss in {Loss.ALL, Loss.NONE, Loss.TORN}:
            return 0 if self.loss is Loss.ALL else changes
        return self.chance.randint(0, changes)


def _left(path: str, folder: _Folder, loser: _Loser) -> Iterable[tuple[str, bytes | None]]:
    names = dict(folder.durable)
    for change in folder.pending[: loser.kept_names(len(folder.pending))]:
        change(names)
    for name, node in sorted(names.items()):
        here = f"{path}{name}"
        if isinstance(node, _Folder):
            yield here, None
            yield from _left(f"{here}/", node, loser)
        else:
            yield here, bytes(_content(node, loser))


def _content(file: _File, loser: _Loser) -> bytearray:
    content = bytearray(file.durable)
    for change in file.pending:
        if loser.tears(change):
            _tear(content, change, loser.chance)
        elif loser.keeps():
            _apply(content, change)
        elif change.kind is Kind.WRITE and loser.loss is not Loss.ALL and loser.chance.random() < _LEAVES_ZEROS:
            _lengthen(content, change.offset + len(change.content))
    return content


def _apply(content: bytearray, change: Operation) -> None:
    if change.kind is Kind.TRUNCATE:
        del content[change.size :]
        _lengthen(content, change.size)
    else:
        _lengthen(content, change.offset)
        content[change.offset : change.offset + len(change.content)] = change.content


def _lengthen(content: bytearray, size: int) -> None:
    content.extend(bytes(max(0, size - len(content))))


def _tear(content: bytearray, change: Operation, chance: random.Random) -> None:
    """Write only some sectors: the first ones, the last ones, or any."""
    start, end = change.offset, change.offset + len(change.content)
    edges = [start, *range((start // SECTOR_BYTES + 1) * SECTOR_BYTES, end, SECTOR_BYTES), end]
    count = len(edges) - 1
    cut = chance.randint(0, count)
    kept = chance.choice([range(cut), range(cut, count), [n for n in range(count) if chance.random() < 0.5]])
    for number in kept:
        first, last = edges[number], edges[number + 1]
        piece = change.content[first - start : last - start]
        _apply(content, Operation(Kind.WRITE, change.path, first, piece))
