"""The vectors of a library on a Chroma server: brought up to SQLite, and asked for what is near to a question.

The server only says which papers may be near. What they are worth is reckoned from SQLite's own vectors, exactly, so
that an answer is the same as without a server; and whenever the server cannot be relied on, SQLite is searched alone.

A vector's id on the server is made of its chunk's paper, row and checksum: another vector always has another id, so
what is there needs no change, only additions and removals. The collection says what it holds, as the last thing after
every change: the sum of the checksums, which SQLite keeps too. Who reads it believes it only where both are the same.
"""

import logging
import re
import secrets
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ingest.chroma_address import ChromaAddress
from ingest.database import Database, VectorRows
from ingest.embedding import DIMENSIONS, Vector
from ingest.errors import ChromaServerError, ChromaServerSilentError
from ingest.files import write_whole
from ingest.moments import Moments, kept_moments, save_moments
from ingest.scores import NearestScores

if TYPE_CHECKING:
    from ingest.chroma_server import ChromaServer, HeldVectors

NAME_FILE, MOMENTS_FILE = "daybook.chroma", "daybook.moments"
"""In the library's folder: what its collection is called, and what is known of all its vectors without them."""
RETRY_SECONDS = 5.0
"""How long a server that failed is left alone; then one question tries it, while the others go on without."""
_NEAREST_CHUNKS = 1000
"""How many the server is asked for: with 1,000 the first ten papers are those of an exact search for 487 of 489
questions over 10,302 papers (docs/decisions/0027)."""
_MOST_READ = 4000
"""How many papers are read from SQLite for one question, at some 10 µs each; of a wider scope, all vectors are."""
_BATCH = 500
_SAMPLE = 16
_TOLERANCE = 1e-3
"""By how much a cosine of Chroma's may differ; it keeps unit vectors as float32, and divides by their lengths."""
_LAYOUT = 1
"""Raised where what lies on a server has to be made anew."""
_NAME = re.compile(r"[0-9a-f]{32}")
_ID = re.compile(r"(\d{1,18})-(\d{1,18})-[0-9a-f]{1,16}")

_log = logging.getLogger(__name__)

PaperRows = NDArray[np.int64]


class _BehindError(ChromaServerError):
    """The server holds another state of the library, or a part of it."""


class ServedVectors:
    """The vectors of a library on a Chroma server. Any thread may ask.

    Whatever keeps the server from being used is told once, as a warning in the log, and so is that it is used again.
    """

    def __init__(self, address: ChromaAddress, folder: Path, database: Callable[[], Database]) -> None:
        self._address = address
        self._folder = folder
        self._database = database
        self._lock = threading.Lock()
        self._server: ChromaServer | None = None
        self._moments: tuple[str, Moments] | None = None
        self._sound = ("", "")
        self._trouble = ""
        self._next_try = 0.0

    @property
    def name(self) -> str:
        """What it is called in a line for a person."""
        return f"the index on the Chroma server {self._address.url}"

    # ---- asking

    def scores(
        self, query_vector: Vector, also: Callable[[], PaperRows | None], within: PaperRows | None
    ) -> NearestScores | None:
        """The scores of the papers nearest to a unit vector, of `also` and of those `within` some rows.

        None where the library's own vectors are to be searched.

        Raises:
            LibraryDamagedError: what SQLite holds of these papers is damaged.
        """
        if not self._may_try():
            return None
        try:
            found = self._scores(query_vector, also, within)
        except ChromaServerError as error:
            self._fell_out(error)
            return None
        if found is not None:
            self._answered()
        return found

    def _scores(
        self, query_vector: Vector, also: Callable[[], PaperRows | None], within: PaperRows | None
    ) -> NearestScores | None:
        database = self._database()
        count, state = _state(database)
        if not count or (within is not None and len(within) > _MOST_READ):
            return None
        wanted = [rows for rows in (also(), within) if rows is not None]
        moments, held = self._moments_of(state), self._believed(state)
        (near,) = held.nearest(query_vector[None], _NEAREST_CHUNKS)
        papers = np.array([_places(chunk_id)[0] for chunk_id, _ in near], dtype=np.int64)
        rows = np.unique(np.concatenate([papers, *wanted]))
        chunks = database.vectors_of_papers(rows.tolist(), DIMENSIONS)
        self._compare(near, chunks, query_vector)
        return moments.scores(query_vector, chunks)

    def _compare(self, near: Sequence[tuple[str, float]], chunks: VectorRows, query_vector: Vector) -> None:
        """See that the server has the vectors that SQLite has."""
        said = {_places(chunk_id)[1]: cosine for chunk_id, cosine in near}
        cosines = dict(zip(chunks.chunk_rows.tolist(), (chunks.vectors @ query_vector).tolist(), strict=True))
        if any(abs(cosine - said[row]) > _TOLERANCE for row, cosine in cosines.items() if row in said):
            raise self._behind()

    def _moments_of(self, state: str) -> Moments:
        with self._lock:
            if self._moments is None or self._moments[0] != state:
                found = kept_moments(self._folder / MOMENTS_FILE, state)
                if found is None:
                    raise self._behind()
                self._moments = state, found
            return self._moments[1]

    def _believed(self, state: str) -> "HeldVectors":
        """The collection, where it says that it holds this state and was seen to."""
        held = self._reached().held()
        if held is None or held.state != state:
            raise self._behind()
        if self._sound != (held.key, state):
            if not self._finds_its_own(held):
                raise self._behind()
            self._sound = held.key, state
        return held

    def _finds_its_own(self, held: "HeldVectors") -> bool:
        """Whether the vectors of a sample of chunks are found; a graph that lost some says nothing of it."""
        database = self._database()
        sample = database.vectors_of_chunks(database.chunk_sample(_SAMPLE), DIMENSIONS)
        if held.count() != database.total_of("chunks")[0]:
            return False
        found = held.nearest(sample.vectors, 1)
        return all(len(best) == 1 and best[0][1] > 1 - _TOLERANCE for best in found)

    def _behind(self) -> ChromaServerError:
        return _BehindError(
            f"the Chroma server {self._address.url} does not hold what this library holds now; "
            "daybook ingest or daybook doctor --repair bring it there"
        )

    def _reached(self) -> "ChromaServer":
        with self._lock:
            if self._server is None:
                from ingest.chroma_server import ChromaServer  # noqa: PLC0415 - chromadb is slow to import

                name = self._name()
                if name is None:
                    raise self._behind()
                self._server = ChromaServer(self._address, f"daybook-{name}")
            return self._server

    def _name(self) -> str | None:
        """The name that sets this library apart on a server that several share."""
        try:
            name = (self._folder / NAME_FILE).read_text(encoding="ascii").strip()
        except (OSError, UnicodeDecodeError):
            return None
        return name if _NAME.fullmatch(name) else None

    # ---- whether it is asked

    def _may_try(self) -> bool:
        with self._lock:
            now = time.monotonic()
            if now < self._next_try:
                return False
            if self._trouble:
                self._next_try = now + RETRY_SECONDS
            return True

    def _fell_out(self, error: ChromaServerError) -> None:
        with self._lock:
            is_news, self._trouble = str(error) != self._trouble, str(error)
            self._sound = ("", "")
            self._next_try = 0.0 if isinstance(error, _BehindError) else time.monotonic() + RETRY_SECONDS
        if is_news:
            _log.warning("%s; the library's own vectors are searched meanwhile, with the same results", error)

    def _answered(self) -> None:
        with self._lock:
            was_trouble, self._trouble, self._next_try = bool(self._trouble), "", 0.0
        if was_trouble:
            _log.warning("the Chroma server %s is used again", self._address.url)

    # ---- bringing it up to SQLite

    def is_current(self) -> bool:
        """Whether the server holds what SQLite holds, vector by vector as far as their ids tell.

        Raises:
            ChromaServerError: it cannot be asked.
        """
        count, state = _state(self._database())
        try:
            if count:
                self._moments_of(state)
            held = self._reached().held()
        except _BehindError:
            return False
        return held is not None and held.state == state and self._is_whole(held, self._wanted())

    def sync(self) -> None:
        """Bring the server up to what SQLite holds; what was begun before is gone on with. Needs the library's writer.

        Raises:
            ChromaServerError: it cannot be; the papers are safe.
            LibraryError: the library's folder cannot be written.
        """
        _, state = _state(self._database())
        self._keep_moments(state)
        try:
            self._sync(state)
        except ChromaServerError as error:
            raise type(error)(f"{error}; your papers are safe: run the same again when it does") from error

    def _sync(self, state: str) -> None:
        if self._name() is None:
            write_whole(self._folder / NAME_FILE, f"{secrets.token_hex(16)}\n".encode())
        server, wanted = self._reached(), self._wanted()
        held = server.held()
        if held is not None and held.state == state and self._is_whole(held, wanted):
            return
        for anew in (False, True):
            with server.changing(anew=anew) as collection:
                if self._is_brought(collection, wanted):
                    collection.mark(state)
                    return
        raise ChromaServerError(f"the Chroma server {self._address.url} does not keep what it is given")

    def _is_brought(self, collection: "HeldVectors", wanted: dict[str, int]) -> bool:
        try:
            self._bring(collection, wanted)
        except ChromaServerSilentError:
            raise
        except ChromaServerError:  # its files are damaged: what is begun anew has others
            return False
        return self._is_whole(collection, wanted)

    def _wanted(self) -> dict[str, int]:
        """The rows of all chunks, by their ids on the server."""
        return {_id(row, paper, checksum): row for row, paper, checksum in self._database().chunk_checksums()}

    def _bring(self, collection: "HeldVectors", wanted: dict[str, int]) -> None:
        there = collection.ids()
        for ids in _batches(sorted(there - wanted.keys())):
            collection.drop(ids)
        for ids in _batches([chunk_id for chunk_id in wanted if chunk_id not in there]):
            chunks = self._database().vectors_of_chunks([wanted[chunk_id] for chunk_id in ids], DIMENSIONS)
            collection.put(ids, chunks.vectors)

    def _is_whole(self, held: "HeldVectors", wanted: dict[str, int]) -> bool:
        try:
            return held.ids() == wanted.keys() and (not wanted or self._finds_its_own(held))
        except ChromaServerSilentError:
            raise
        except ChromaServerError:
            return False

    def _keep_moments(self, state: str) -> None:
        file = self._folder / MOMENTS_FILE
        if kept_moments(file, state) is not None:
            return
        rows = self._database().vectors_after(0, DIMENSIONS)
        if len(rows.vectors):
            save_moments(Moments.of(rows), state, file)

    def close(self) -> None:
        """Close the connections."""
        with self._lock:
            if self._server is not None:
                self._server.close()
                self._server = None


def _state(database: Database) -> tuple[int, str]:
    """How many chunks there are, and what tells them from any others."""
    count, total = database.total_of("chunks")
    return count, f"{_LAYOUT}-{count}-{total:x}"


def _id(row: int, paper: int, checksum: int) -> str:
    return f"{paper}-{row}-{checksum:x}"


def _places(chunk_id: str) -> tuple[int, int]:
    """The paper and the row of a chunk, from its id."""
    match = _ID.fullmatch(chunk_id)
    if match is None:
        raise _BehindError(f"the Chroma server has “{chunk_id[:20]!a}” among this library's vectors, which is none")
    return int(match[1]), int(match[2])


def _batches(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    return (ids[first : first + _BATCH] for first in range(0, len(ids), _BATCH))
