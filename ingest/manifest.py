"""What vouches for the vector index; read without Chroma, which is slow to import."""

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path

MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a complete index holds: the last chunk row, the count of rewrites, and a hash of each file."""

    last_chunk_row: int
    rewrites: int
    count: int
    files: dict[str, str]


def manifest_text(manifest: Manifest) -> str:
    """The manifest as its file holds it."""
    return json.dumps({"manifest": asdict(manifest), "hash": _hash(manifest)})


def read_manifest(index_folder: Path) -> Manifest | None:
    """The manifest of an index, if it is there and as it was written; whether the files are is not looked at."""
    try:
        kept = json.loads((index_folder / MANIFEST).read_text(encoding="utf-8"))
        found = Manifest(**kept["manifest"])
    except (OSError, ValueError, TypeError, KeyError):
        return None
    return found if kept["hash"] == _hash(found) else None


def _hash(manifest: Manifest) -> str:
    return hashlib.blake2b(json.dumps(asdict(manifest)).encode(), digest_size=16).hexdigest()
