"""The derived index: a Chroma collection of chunk vectors. The only file that imports chromadb.

Chroma rewrites its files in place and cannot repair itself, so nothing here is trusted: a manifest,
written when a change is complete, tells what the files must be. Without it, or when it does not
fit, the index is built again from SQLite into a new folder that then takes the old one's place.
"""

import hashlib
import json
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from chromadb import Collection
from chromadb.api.client import Client
from chromadb.config import Settings
from numpy.typing import NDArray

from ingest.vectors import PaperScores

_COLLECTION = "chunks"
_BATCH = 300
_MANIFEST = "manifest.json"
_SEARCH = {"space": "cosine", "ef_construction": 200, "ef_search": 1000, "max_neighbors": 32}


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a complete index holds: the last chunk row, the count of rewrites, and a hash of each file."""

    last_chunk_row: int
    rewrites: int
    count: int
    files: dict[str, str]


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
        """The manifest, if it is there and every file still is what it says; else None."""
        try:
            found = Manifest(**json.loads((self._folder / _MANIFEST).read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return None
        return found if found.files == _file_hashes(self._folder) else None

    def change(self, rows: Iterable[IndexRow], *, keep: frozenset[str] | None) -> None:
        """Add or replace rows; with `keep`, drop every other id. The manifest is gone until `complete`."""
        (self._folder / _MANIFEST).unlink(missing_ok=True)
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

    def complete(self, last_chunk_row: int, rewrites: int) -> None:
        """Close the files and vouch for them."""
        count = self._collection().count()
        self.close()
        manifest = Manifest(last_chunk_row, rewrites, count, _file_hashes(self._folder))
        partial = self._folder / (_MANIFEST + ".partial")
        partial.write_text(json.dumps(asdict(manifest)), encoding="utf-8")
        partial.replace(self._folder / _MANIFEST)

    def nearest(self, query_vector: NDArray[np.float32], limit: int) -> PaperScores:
        """The papers of the chunks nearest to a unit vector, with their cosines; approximate."""
        found = self._collection().query(
            query_embeddings=query_vector.tolist(), n_results=limit, include=["distances", "metadatas"]
        )
        best: dict[int, float] = {}
        for metadata, distance in zip((found["metadatas"] or [[]])[0], (found["distances"] or [[]])[0], strict=True):
            best.setdefault(int(str(metadata["paper"])), 1.0 - distance)
        return PaperScores(np.array(list(best), dtype=np.int64), np.array(list(best.values()), dtype=np.float32))

    def clear(self) -> None:
        """Delete the index and all its files."""
        self.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def close(self) -> None:
        """Close the files; the next use opens them again."""
        if self._client is not None:
            self._client.close()
            self._client = None

    def _collection(self) -> Collection:
        if self._client is None:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._client = Client(
                settings=Settings(
                    persist_directory=str(self._folder),
                    is_persistent=True,
                    anonymized_telemetry=False,
                    allow_reset=False,
                )
            )
        configuration: dict[str, Any] = {"hnsw": _SEARCH}
        return self._client.get_or_create_collection(
            _COLLECTION,
            embedding_function=None,
            configuration=configuration,  # type: ignore[arg-type]
        )


def _upsert(collection: Collection, rows: Sequence[IndexRow]) -> None:
    collection.upsert(
        ids=[row.chunk_id for row in rows],
        embeddings=np.stack([row.vector for row in rows]),
        metadatas=[{"paper": row.paper_row} for row in rows],
    )


def _file_hashes(folder: Path) -> dict[str, str]:
    """A hash of every vector file; Chroma touches its own SQLite file on every opening."""
    return {
        str(path.relative_to(folder)): hashlib.blake2b(path.read_bytes(), digest_size=16).hexdigest()
        for path in sorted(folder.glob("*/*"))
        if path.is_file()
    }
