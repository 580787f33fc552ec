"""What is done to the disk below one folder, seen operation by operation, each of which can be made to fail.

SQLite's operations come from a layer under it (`eval.faults_sqlite`), our own from the few functions in which
`ingest.files` changes the disk. What Chroma writes by itself is not seen as it happens: `note_unseen` compares its
folders with what was known of them, before each operation of ours.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from unittest.mock import patch

from eval.faults_operations import Fault, Kind, Operation, Trace
from eval.faults_sqlite import SqliteDisk
from ingest import files

Decide = Callable[[int, Operation], Fault | None]


class Layer:
    """Stands between Daybook and the disk while `watching`; `decide` says which operations fail."""

    def __init__(self, root: Path, decide: Decide = lambda *_: None) -> None:
        self.root = root
        self.trace = Trace()
        self.first_fault: tuple[Operation, Fault] | None = None
        self._decide = decide
        self._unseen: dict[str, bytes] = {}
        self._unseen_made: set[str] = set()
        self.unseen_folders: tuple[str, ...] = ()
        self._is_paused = False

    @contextmanager
    def watching(self, sqlite: SqliteDisk) -> Iterator["Layer"]:
        """See everything that is done below the root within the block."""
        with ExitStack() as stack:
            stack.enter_context(sqlite.watched_by(self))
            for name, instead in (
                ("_write", self._write),
                ("_sync", self._sync),
                ("_rename", self._rename),
                ("_remove", self._remove),
                ("_remove_tree", self._remove_tree),
                ("_copy_tree", self._copy_tree),
                ("_make_folder", self._make_folder),
                ("_make_file", self._make_file),
            ):
                stack.enter_context(patch.object(files, name, instead))
            yield self

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Let everything pass by within the block."""
        was_paused, self._is_paused = self._is_paused, True
        try:
            yield
        finally:
            self._is_paused = was_paused

    def relative(self, path: Path) -> str | None:
        """The path below the root; None where it is elsewhere."""
        return str(path.relative_to(self.root)) if path.is_relative_to(self.root) else None

    def note(self, operation: Operation) -> Fault | None:
        """Take an operation down that is about to happen; how it must fail, if it must."""
        if self._is_paused:
            return None
        number = len(self.trace.operations)
        self.trace.operations.append(operation)
        fault = self._decide(number, operation)
        if fault and self.first_fault is None:
            self.first_fault = (operation, fault)
        return fault

    # ---- our own files

    def _noted(self, kind: Kind, path: Path, content: bytes = b"", target: Path | None = None) -> bool:
        """Take an operation on a file of ours down; whether it is below the root.

        Raises:
            OSError: it was decided that it fails.
        """
        relative = self.relative(path)
        if relative is None:
            return False
        self._note_unseen()
        onto = self.relative(target) if target else None
        fault = self.note(Operation(kind, relative, content=content, target=onto or ""))
        if fault:
            raise fault.error(str(path))
        return True

    def _write(self, path: Path, pieces: Iterable[files.Piece]) -> None:
        content = b"".join(pieces)
        self._noted(Kind.CREATE, path)
        path.write_bytes(b"")
        try:
            self._noted(Kind.WRITE, path, content)
        except OSError:
            path.write_bytes(content[: len(content) // 2])
            raise
        path.write_bytes(content)
        self._know(path)

    def _sync(self, _: int, path: Path) -> None:
        self._noted(Kind.SYNC_FOLDER if path.is_dir() else Kind.SYNC, path)

    def _rename(self, path: Path, target: Path) -> None:
        self._noted(Kind.RENAME, path, target=target)
        path.replace(target)
        self._forget_unseen()

    def _remove(self, path: Path) -> None:
        if path.exists():
            self._noted(Kind.DELETE, path)
            path.unlink()

    def _make_folder(self, folder: Path) -> None:
        self._noted(Kind.FOLDER, folder)
        folder.mkdir(exist_ok=True)

    def _make_file(self, path: Path) -> None:
        if path.exists():
            raise FileExistsError(path)
        self._noted(Kind.CREATE, path)
        path.touch()

    def _remove_tree(self, folder: Path) -> None:
        """As `shutil.rmtree` that passes errors over: what cannot be removed stays."""
        for path in sorted(folder.rglob("*"), reverse=True):
            self._remove_one(path)
        if folder.is_dir():
            self._remove_one(folder)
        self._forget_unseen()

    def _remove_one(self, path: Path) -> None:
        try:
            self._noted(Kind.DELETE, path)
            path.rmdir() if path.is_dir() else path.unlink()
        except OSError:
            return

    def _copy_tree(self, folder: Path, target: Path, leaving_out: str) -> None:
        self._make_folder(target)
        for path in sorted(folder.rglob("*")):
            to = target / path.relative_to(folder)
            if path.is_dir():
                self._make_folder(to)
            elif path.name != leaving_out:
                self._write(to, [path.read_bytes()])

    # ---- what is written behind our back

    def _note_unseen(self) -> None:
        for path in self._unseen_files():
            relative, content = str(path.relative_to(self.root)), path.read_bytes()
            known = self._unseen.get(relative)
            if known != content:
                self._note_folders(path.parent)
                if known is None or len(known) > len(content):
                    self._note_foreign(Kind.CREATE, relative)
                self._note_foreign(Kind.WRITE, relative, content)
                self._unseen[relative] = content

    def _note_folders(self, folder: Path) -> None:
        above = [one for one in (folder, *folder.parents) if one.is_relative_to(self.root) and one != self.root]
        missing = [str(one.relative_to(self.root)) for one in above]
        for name in reversed([one for one in missing if one.startswith(self.unseen_folders)]):
            if name not in self._unseen_made:
                self._note_foreign(Kind.FOLDER, name)
                self._unseen_made.add(name)

    def _note_foreign(self, kind: Kind, relative: str, content: bytes = b"") -> None:
        self.trace.operations.append(Operation(kind, relative, content=content, is_foreign=True))

    def _unseen_files(self) -> Iterator[Path]:
        for name in self.unseen_folders:
            yield from sorted(path for path in (self.root / name).rglob("*") if path.is_file())

    def _folders(self) -> Iterator[Path]:
        for name in self.unseen_folders:
            yield from (path for path in [self.root / name, *(self.root / name).rglob("*")] if path.is_dir())

    def _forget_unseen(self) -> None:
        """After files moved: what lies where they lie now is known."""
        self._unseen = {str(path.relative_to(self.root)): path.read_bytes() for path in self._unseen_files()}
        self._unseen_made = {str(path.relative_to(self.root)) for path in self._folders()}

    def _know(self, path: Path) -> None:
        relative = self.relative(path)
        if relative is not None and relative.split("/", 1)[0] in self.unseen_folders:
            self._unseen[relative] = path.read_bytes()
