"""A layer under SQLite: the same library that Python uses, with its file system put between by the C interface.

SQLite reaches the disk through a table of functions (a VFS), and each open file has a table of its own. The layer
registers a copy of the system's VFS as the default, and gives the files below the watched folder a copy of their
table, in which only what changes the disk is ours: reads and locks stay SQLite's own. Connections that were opened
before are not touched.
"""

import ctypes
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import ingest.sqlite  # noqa: F401 - loads the library
from eval.faults_operations import Fault, Kind, Operation
from ingest.errors import InputError

_OK, _FULL, _CANTOPEN = 0, 13, 14
_WRITE, _FSYNC, _TRUNCATE, _DELETE, _SHARED_MEMORY = 778, 1034, 1546, 2570, 4874
"""SQLITE_OK, SQLITE_FULL and so on, SQLITE_IOERR_WRITE and so on: codes of SQLite's interface, which never change."""
_OPEN_CREATE = 0x4
_JOURNAL_TYPES = 0x800 | 0x4000 | 0x80000
"""A main journal, a super-journal, a log: SQLite syncs their folder with the first sync after it opened them."""
_SECTOR = 512
_NAME = b"daybook-faults"
_FILE_METHODS = (
    "xClose", "xRead", "xWrite", "xTruncate", "xSync", "xFileSize", "xLock", "xUnlock", "xCheckReservedLock",
    "xFileControl", "xSectorSize", "xDeviceCharacteristics", "xShmMap", "xShmLock", "xShmBarrier", "xShmUnmap",
    "xFetch", "xUnfetch",
)  # fmt: skip
_DISK_METHODS = (
    "xOpen", "xDelete", "xAccess", "xFullPathname", "xDlOpen", "xDlError", "xDlSym", "xDlClose", "xRandomness",
    "xSleep", "xCurrentTime", "xGetLastError", "xCurrentTimeInt64", "xSetSystemCall", "xGetSystemCall",
    "xNextSystemCall",
)  # fmt: skip

_FOREVER: list[object] = []
"""What SQLite may call or read as long as the process lives: files that are open keep their table."""

_int, _long, _pointer = ctypes.c_int, ctypes.c_int64, ctypes.c_void_p


class _FileMethods(ctypes.Structure):
    _fields_ = (("iVersion", _int), *((name, _pointer) for name in _FILE_METHODS))


class _Disk(ctypes.Structure):
    _fields_ = (
        ("iVersion", _int),
        ("szOsFile", _int),
        ("mxPathname", _int),
        ("pNext", _pointer),
        ("zName", ctypes.c_char_p),
        ("pAppData", _pointer),
        *((name, _pointer) for name in _DISK_METHODS),
    )


_SIGNATURES: dict[str, Any] = {
    "xOpen": ctypes.CFUNCTYPE(_int, _pointer, _pointer, _pointer, _int, ctypes.POINTER(_int)),
    "xDelete": ctypes.CFUNCTYPE(_int, _pointer, ctypes.c_char_p, _int),
    "xRandomness": ctypes.CFUNCTYPE(_int, _pointer, _int, _pointer),
    "xClose": ctypes.CFUNCTYPE(_int, _pointer),
    "xWrite": ctypes.CFUNCTYPE(_int, _pointer, _pointer, _int, _long),
    "xTruncate": ctypes.CFUNCTYPE(_int, _pointer, _long),
    "xSync": ctypes.CFUNCTYPE(_int, _pointer, _int),
    "xShmMap": ctypes.CFUNCTYPE(_int, _pointer, _int, _int, _int, _pointer),
}


class Watcher(Protocol):
    """Who is shown what SQLite does to the disk."""

    def relative(self, path: Path) -> str | None:
        """The path below the folder that is watched; None where it is elsewhere."""

    def note(self, operation: Operation) -> Fault | None:
        """Take an operation down that is about to happen; how it must fail, if it must."""


class SqliteDisk:
    """The layer; files that were opened under it stay usable after it.

    Raises:
        InputError: this Python has SQLite built in, without its C interface.
    """

    def __init__(self) -> None:
        self._library = _library()
        self._library.sqlite3_vfs_find.restype = _pointer
        self._library.sqlite3_vfs_register.argtypes = [_pointer, _int]
        self._library.sqlite3_vfs_unregister.argtypes = [_pointer]
        self._library.sqlite3_randomness.argtypes = [_int, _pointer]
        self._original_address = self._library.sqlite3_vfs_find(None)
        self._original = _Disk.from_address(self._original_address)
        self._tables: dict[int, _FileMethods] = {}
        self._files: dict[int, tuple[Watcher, str]] = {}
        self._unsynced_names: set[int] = set()
        self._watcher: Watcher | None = None
        self._drawn = 0
        self._ours = self._copy()
        _FOREVER.append(self._ours)

    @contextmanager
    def watched_by(self, watcher: Watcher) -> Iterator[None]:
        """Show what connections that are opened within the block do; their random numbers are always the same."""
        if self._watcher is not None:
            raise RuntimeError("it is watched already")
        self._watcher, self._drawn = watcher, 0
        self._library.sqlite3_vfs_register(ctypes.addressof(self._ours), 1)
        self._library.sqlite3_randomness(0, None)
        try:
            yield
        finally:
            self._library.sqlite3_vfs_unregister(ctypes.addressof(self._ours))
            self._library.sqlite3_vfs_register(self._original_address, 1)
            self._library.sqlite3_randomness(0, None)
            self._watcher = None

    def _copy(self) -> _Disk:
        ours = _Disk()
        ctypes.memmove(ctypes.byref(ours), ctypes.byref(self._original), ctypes.sizeof(_Disk))
        ours.zName = _NAME
        ours.pNext = None
        for name, method in (("xOpen", self._open), ("xDelete", self._delete), ("xRandomness", self._random)):
            setattr(ours, name, self._callback(name, method))
        return ours

    def _callback(self, name: str, method: Callable[..., int]) -> int | None:
        kept = _SIGNATURES[name](method)
        _FOREVER.append(kept)
        return ctypes.cast(kept, _pointer).value

    def _code(self, fault: Fault, broken: int) -> int:
        return _FULL if fault is Fault.FULL else broken

    # ---- the disk

    def _open(self, _: int, name: int | None, file: int, flags: int, told: Any) -> int:
        path = ctypes.string_at(name).decode() if name else ""
        watcher, relative = self._watcher, self._watcher.relative(Path(path)) if path and self._watcher else None
        if watcher is None or relative is None:
            return self._open_original(name, file, flags, told)
        is_new = flags & _OPEN_CREATE and not Path(path).exists()
        if is_new and watcher.note(Operation(Kind.CREATE, relative)):
            ctypes.memset(file, 0, ctypes.sizeof(_pointer))
            return _CANTOPEN
        code = self._open_original(name, file, flags, told)
        methods = _pointer.from_address(file)
        if code == _OK and methods.value:
            self._files[file] = (watcher, relative)
            if flags & _JOURNAL_TYPES and flags & _OPEN_CREATE:
                self._unsynced_names.add(file)
            methods.value = ctypes.addressof(self._table(methods.value))
        return code

    def _open_original(self, name: int | None, file: int, flags: int, told: Any) -> int:
        code: int = _SIGNATURES["xOpen"](self._original.xOpen)(self._original_address, name, file, flags, told)
        return code

    def _delete(self, _: int, name: bytes, syncs_folder: int) -> int:
        path = Path(name.decode())
        watcher, relative = self._watcher, self._watcher.relative(path) if self._watcher else None
        if watcher is not None and relative is not None and path.exists():
            if watcher.note(Operation(Kind.DELETE, relative)):
                return _DELETE
            if syncs_folder and watcher.note(Operation(Kind.SYNC_FOLDER, _folder_of(relative))):
                return _FSYNC
        code: int = _SIGNATURES["xDelete"](self._original.xDelete)(self._original_address, name, syncs_folder)
        return code

    def _random(self, _: int, count: int, target: int) -> int:
        """The same numbers each time, so that a seed gives the same bytes again."""
        self._drawn += 1
        ctypes.memset(target, self._drawn % 251, count)
        return count

    # ---- its files

    def _table(self, original: int) -> _FileMethods:
        """Our copy of a table of methods."""
        if original not in self._tables:
            theirs, ours = _FileMethods.from_address(original), _FileMethods()
            ctypes.memmove(ctypes.byref(ours), ctypes.byref(theirs), ctypes.sizeof(_FileMethods))
            for name, make in (
                ("xClose", self._closing),
                ("xWrite", self._writing),
                ("xTruncate", self._truncating),
                ("xSync", lambda _: self._sync),
                ("xShmMap", self._mapping),
            ):
                address = getattr(theirs, name)
                if address:
                    setattr(ours, name, self._callback(name, make(_SIGNATURES[name](address))))
            self._tables[original] = ours
            _FOREVER.append(ours)
        return self._tables[original]

    def _closing(self, original: Callable[..., int]) -> Callable[..., int]:
        def close(file: int) -> int:
            self._files.pop(file, None)
            self._unsynced_names.discard(file)
            return original(file)

        return close

    def _writing(self, original: Callable[..., int]) -> Callable[..., int]:
        def write(file: int, content: int, size: int, offset: int) -> int:
            watcher, path = self._files[file]
            fault = watcher.note(Operation(Kind.WRITE, path, offset, ctypes.string_at(content, size)))
            if fault is None:
                return original(file, content, size, offset)
            if size > _SECTOR:  # a disk that fills up or breaks takes the beginning
                original(file, content, _SECTOR, offset)
            return self._code(fault, _WRITE)

        return write

    def _truncating(self, original: Callable[..., int]) -> Callable[..., int]:
        def truncate(file: int, size: int) -> int:
            watcher, path = self._files[file]
            return _TRUNCATE if watcher.note(Operation(Kind.TRUNCATE, path, size=size)) else original(file, size)

        return truncate

    def _sync(self, file: int, _: int) -> int:
        watcher, path = self._files[file]
        if watcher.note(Operation(Kind.SYNC, path)):
            return _FSYNC
        if file in self._unsynced_names:
            if watcher.note(Operation(Kind.SYNC_FOLDER, _folder_of(path))):
                return _FSYNC
            self._unsynced_names.discard(file)
        return _OK  # what a crash leaves is worked out, so nothing needs to reach a real disk

    def _mapping(self, original: Callable[..., int]) -> Callable[..., int]:
        def map_region(file: int, region: int, size: int, extends: int, target: int) -> int:
            watcher, path = self._files[file]
            if extends and watcher.note(Operation(Kind.SHARED_MEMORY, f"{path}-shm")):
                return _SHARED_MEMORY
            return original(file, region, size, extends, target)

        return map_region


def _folder_of(path: str) -> str:
    return path.rpartition("/")[0] or "."


def _library() -> Any:
    """The library that Python's own module uses: a symbol is looked for in the module and in what it is linked with."""
    module = sys.modules["_sqlite3"]
    try:
        library = ctypes.CDLL(getattr(module, "__file__", None))
        library.sqlite3_vfs_register  # noqa: B018 - is it there?
    except (OSError, AttributeError) as error:
        raise InputError(
            "this Python has SQLite built in without its C interface, so no layer can be put under it; "
            "use a Python that is linked with a SQLite library"
        ) from error
    return library
