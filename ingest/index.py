"""The derived index: a Chroma collection of chunk vectors. The only file that imports chromadb.

Chroma rewrites its files in place, without fsync, and cannot repair itself. So an index that is in use is
never changed: a change is made in a copy, or from SQLite in a new folder, which takes the old one's place
when it is complete and on the disk. Its manifest tells what its files must be; without one that fits, the
index is not used but built anew.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from chromadb import Collection
from chromadb.api.client import Client
from chromadb.config import Settings, System
from chromadb.errors import ChromaError
from numpy.typing import NDArray

from ingest.errors import LibraryError
from ingest.files import copy_tree, make_folder, remove_tree, replace, sync_folder, sync_tree, write_whole
from ingest.manifest import MANIFEST, Manifest, manifest_text, read_manifest
from ingest.private import tighten
from ingest.scores import PaperScores
from ingest.sqlite import content_of_foreign_file

_COLLECTION = "chunks"
_BATCH = 300
_OWN_DATABASE = "chroma.sqlite3"
_TOUCHED_ON_OPENING = frozenset({"acquire_write"})
_FAILURES = (ChromaError, OSError, RuntimeError, ValueError, AttributeError)
"""What Chroma raises where its files are damaged, another thread has just closed them, or the disk is full."""
SEARCH = {"space": "cosine", "ef_construction": 200, "ef_search": 1000, "max_neighbors": 32}
"""How every collection of ours is searched, here and on a server (docs/decisions/0001)."""
_SEARCH_HERE = {**SEARCH, "sync_threshold": 1}
"""Every batch reaches the vector files: until the first does, Chroma writes noise to them on each opening."""


@dataclass(frozen=True, slots=True)
class IndexRow:
    """A chunk for the index: its deterministic id, its paper's row and its unit vector."""

    chunk_id: str
    paper_row: int
    vector: NDArray[np.float32]


class ChromaIndex:
    """Chunk vectors in a Chroma collection under `folder`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._client: Client | None = None

    def manifest(self) -> Manifest | None:
        """The manifest, if it is there and it and every file still are what it says; else None."""
        found = read_manifest(self._folder)
        try:
            is_sound = found is not None and found.files == _file_hashes(self._folder)
        except (OSError, LibraryError):
            return None
        return found if is_sound else None

    def stamp(self) -> tuple[int, int]:
        """What differs after every change of the index; cheap to ask for."""
        try:
            found = (self._folder / MANIFEST).stat()
        except OSError:
            return (0, 0)
        return (found.st_ino, found.st_mtime_ns)

    def replace(self, rows: Iterable[IndexRow], *, last_chunk_row: int, rewrites: int) -> None:
        """Make the index anew of these rows alone."""
        self._change(rows, None, Manifest(last_chunk_row, rewrites, 0, {}), based_on=None)

    def extend(
        self, rows: Iterable[IndexRow], keep: frozenset[str] | None, *, last_chunk_row: int, rewrites: int
    ) -> None:
        """Add or replace rows in a sound index; with `keep`, drop every other id."""
        self._change(rows, keep, Manifest(last_chunk_row, rewrites, 0, {}), based_on=self._folder)

    def _change(
        self, rows: Iterable[IndexRow], keep: frozenset[str] | None, goal: Manifest, *, based_on: Path | None
    ) -> None:
        """Make the next index beside the present one, and put it in its place.

        Raises:
            LibraryError: the disk is full, or Chroma cannot write; the present index is left as it was.
        """
        self.close()
        following = ChromaIndex(self._folder.with_name(self._folder.name + ".next"))
        try:
            remove_tree(following._folder)
            if based_on is not None:
                copy_tree(based_on, following._folder, leaving_out=MANIFEST)
            following._write(rows, keep)
            following._complete(goal)
            _take_place(following._folder, self._folder)
        except (*_FAILURES, LibraryError) as error:
            following.close()
            remove_tree(following._folder)
            raise LibraryError(
                f"the index in {self._folder.parent} could not be written ({_reason(error)}); "
                "your papers are safe: free some disk space and run the same again"
            ) from error

    def _write(self, rows: Iterable[IndexRow], keep: frozenset[str] | None) -> None:
        collection = self._collection()
        batch: list[IndexRow] = []
        for row in rows:
            batch.append(row)
            if len(batch) == _BATCH:
                _upsert(collection, batch)
                batch = []
        if batch:
            _upsert(collection, batch)
        if keep is not None:
            stale = [chunk_id for chunk_id in collection.get(include=[])["ids"] if chunk_id not in keep]
            for first in range(0, len(stale), _BATCH):
                collection.delete(ids=stale[first : first + _BATCH])

    def _complete(self, goal: Manifest) -> None:
        """Close the files, see them on the disk, and vouch for them."""
        count = self._collection().count()
        self.close()
        tighten(self._folder)
        sync_tree(self._folder)
        manifest = Manifest(goal.last_chunk_row, goal.rewrites, count, _file_hashes(self._folder))
        write_whole(self._folder / MANIFEST, manifest_text(manifest).encode())

    def nearest(self, query_vector: NDArray[np.float32], limit: int) -> PaperScores:
        """The papers of the chunks nearest to a unit vector, with their cosines; approximate.

        Raises:
            LibraryError: the files cannot be read.
        """
        try:
            found = self._collection().query(
                query_embeddings=query_vector.tolist(), n_results=limit, include=["distances", "metadatas"]
            )
        except _FAILURES as error:
            raise LibraryError(f"the index {self._folder} cannot be read ({_reason(error)})") from error
        best: dict[int, float] = {}
        for metadata, distance in zip((found["metadatas"] or [[]])[0], (found["distances"] or [[]])[0], strict=True):
            if metadata is not None:  # it was taken out while it was looked for
                best.setdefault(int(str(metadata["paper"])), 1.0 - distance)
        cosines = np.array(list(best.values()), dtype=np.float32)
        return PaperScores(np.array(list(best), dtype=np.int64), cosines, cosines)

    def close(self) -> None:
        """Close the files; the next use opens them again."""
        if self._client is not None:
            self._client.close()
            self._client = None

    def _collection(self) -> Collection:
        if self._client is None:
            make_folder(self._folder)
            self._client = _opened(self._folder)
        configuration: dict[str, Any] = {"hnsw": _SEARCH_HERE}
        return self._client.get_or_create_collection(
            _COLLECTION,
            embedding_function=None,
            configuration=configuration,  # type: ignore[arg-type]
        )


def _opened(folder: Path) -> Client:
    """A client of its own; Chroma by itself gives all clients of a path the files that the first one opened."""
    system = System(Settings(persist_directory=str(folder), is_persistent=True, anonymized_telemetry=False))
    system.start()
    return Client.from_system(system)


def _take_place(following: Path, present: Path) -> None:
    """Put a folder in the place of another; a process that dies between the renames leaves none, as after damage."""
    former = present.with_name(present.name + ".old")
    remove_tree(former)
    if present.exists():
        replace(present, former)
    replace(following, present)
    sync_folder(present.parent)
    remove_tree(former)


def _upsert(collection: Collection, rows: Sequence[IndexRow]) -> None:
    collection.upsert(
        ids=[row.chunk_id for row in rows],
        embeddings=np.stack([row.vector for row in rows]),
        metadatas=[{"paper": row.paper_row} for row in rows],
    )


def _file_hashes(folder: Path) -> dict[str, str]:
    """A hash of every file; of Chroma's own SQLite file, which it touches on every opening, a hash of its rows."""
    return {
        str(path.relative_to(folder)): _content_hash(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != MANIFEST and not path.name.startswith(_OWN_DATABASE + "-")
    }


def _content_hash(path: Path) -> str:
    digest = hashlib.blake2b(digest_size=16)
    if path.name == _OWN_DATABASE:
        for row in content_of_foreign_file(path, _TOUCHED_ON_OPENING):
            digest.update(row)
    else:
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _reason(error: BaseException) -> str:
    """The first line of an error; where Chroma stumbles over its own clean-up, of the error before it."""
    if isinstance(error, AttributeError) and error.__context__ is not None:
        error = error.__context__
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:160]
