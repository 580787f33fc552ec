"""The language model that is kept in a library's folder, key and all: a file that its owner alone can read."""

import json
import os
import stat
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from assistant.llm.settings import LlmSettings
from ingest.errors import InputError
from ingest.files import OWNERS_FILE, remove, write_whole

KEPT_FILE = "daybook.llm.json"
_PORTS = {"http": 80, "https": 443}
_SHOWN_IN_QUERY = "api-version"  # all else that stands in a query may be a key


def kept_llm(folder: Path) -> LlmSettings | None:
    """What is kept in a library's folder; None where nothing is, or by another user whose library this one only reads.

    Raises:
        InputError: it cannot be read; the message never tells what stands there.
    """
    file = folder / KEPT_FILE
    try:
        told = file.stat()
        if os.name == "posix" and told.st_uid != os.geteuid():
            return None
        if stat.S_IMODE(told.st_mode) != OWNERS_FILE:
            file.chmod(OWNERS_FILE)
        data = json.loads(file.read_text(encoding="utf-8"))
        url, model, key = (str(data[name]) for name in ("url", "model", "key"))
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return None
    except (OSError, ValueError, KeyError, TypeError):
        raise InputError(f"{file} holds no language model that can be read; forget it: daybook llm --forget") from None
    return LlmSettings(url, model, key)


def keep_llm(folder: Path, settings: LlmSettings) -> None:
    """Keep a model's server, name and key in a library's folder, in the place of what was kept before.

    Raises:
        InputError: the folder cannot be written.
    """
    data = {"url": settings.url, "model": settings.model, "key": settings.key}
    try:
        write_whole(folder / KEPT_FILE, f"{json.dumps(data)}\n".encode())
    except OSError as error:
        raise InputError(f"nothing can be kept in {folder}: {error.strerror}") from None


def forget_llm(folder: Path) -> bool:
    """Take away what is kept in a library's folder; whether there was anything.

    Raises:
        InputError: it cannot be taken away.
    """
    file = folder / KEPT_FILE
    try:
        was_there = file.exists()
        remove(file)
    except OSError as error:
        raise InputError(f"{file} cannot be taken away: {error.strerror}; delete it") from None
    return was_there


def is_same_server(one: str, other: str) -> bool:
    """Whether two URLs are of one server, which alone may be sent the key that was given for it."""
    found = _server(one)
    return found is not None and found == _server(other)


def _server(url: str) -> tuple[str, str, int | None] | None:
    try:
        parts = urlsplit(url.strip())
        return (parts.scheme, parts.hostname or "", parts.port or _PORTS.get(parts.scheme))
    except ValueError:
        return None


def shown_url(url: str) -> str:
    """A URL without what may be secret in it: a name and a password, and what stands in its query."""
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return "…"
    place = parts.netloc.rpartition("@")[2]
    query = "&".join(_shown_part(part) for part in parts.query.split("&")) if parts.query else ""
    return urlunsplit((parts.scheme, place, parts.path, query, ""))


def _shown_part(part: str) -> str:
    name, equals, _ = part.partition("=")
    return part if name == _SHOWN_IN_QUERY else f"{name}=…" if equals else "…"


def has_secret(url: str) -> bool:
    """Whether a URL holds what may be secret."""
    try:
        return shown_url(url) != urlunsplit(urlsplit(url.strip())._replace(fragment=""))
    except ValueError:
        return False
