"""A file for conversations alone, beside a library that others may only read."""

from pathlib import Path

from ingest.conversations import Conversations
from ingest.errors import InputError, LibraryDamagedError, LibraryError
from ingest.files import make_folder
from ingest.sqlite import SqliteFile


class ConversationsFile:
    """A SQLite file in the format of a library's, of which only the conversations are used. Several processes may.

    Raises:
        InputError: it cannot be made or used; the message says why.
    """

    def __init__(self, path: Path) -> None:
        try:
            make_folder(path.absolute().parent)
            self._file = _File(path.absolute())
        except OSError as error:
            raise InputError(
                f"the conversations cannot be kept in {path}: {error.strerror}; name another file with --conversations"
            ) from error
        except LibraryError as error:
            raise InputError(f"the conversations cannot be kept in {path}: {error}") from error
        self.conversations = Conversations(self._file)

    def close(self) -> None:
        """Close the file."""
        self._file.close()


class _File(SqliteFile):
    """Its errors name the file and not a library."""

    def damaged(self, what: str) -> LibraryDamagedError:
        return LibraryDamagedError(f"{what} is damaged in {self.path}, and not used; put the file back from a copy")

    def _not_writable(self) -> str:
        return f"{self.path} cannot be written by you; name another file with --conversations"
