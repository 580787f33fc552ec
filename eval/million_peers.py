"""Run by its path, by a Python that has txtai or llama-index: how their defaults search vectors in a file.

Arguments: txtai or llama-index, a file of vectors and one of questions (.npy). Prints one JSON object.
"""

import json
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

_LIMIT = 10
_AT_ONCE = 50_000
_PATIENCE_SECONDS = 120
"""How long it is asked; one that takes a minute for a question is not asked all."""
_MILLISECONDS = 1000
_KILOBYTES_PER_MEGABYTE = 1024

Search = Callable[[Any], list[int]]


def _txtai(vectors: Any, folder: Path) -> tuple[Search, int]:
    """Its embeddings' index alone, as its defaults build it, given vectors."""
    from txtai.ann import ANNFactory  # noqa: PLC0415

    config = {"backend": "faiss", "dimensions": vectors.shape[1], "offset": 0}
    index = ANNFactory.create(config)
    index.index(np.array(vectors))
    index.save(str(folder / "index"))
    size = (folder / "index").stat().st_size
    return lambda vector: [int(found) for found, _ in index.search(vector[None], _LIMIT)[0]], size


def _llama_index(vectors: Any, _: Path) -> tuple[Search, int]:
    """Its default store, which keeps lists of Python's numbers."""
    from llama_index.core.schema import TextNode  # noqa: PLC0415
    from llama_index.core.vector_stores import SimpleVectorStore  # noqa: PLC0415
    from llama_index.core.vector_stores.types import VectorStoreQuery  # noqa: PLC0415

    store = SimpleVectorStore()
    for first in range(0, len(vectors), _AT_ONCE):
        some = np.array(vectors[first : first + _AT_ONCE])
        store.add([TextNode(id_=str(first + n), text="", embedding=v.tolist()) for n, v in enumerate(some)])

    def search(vector: Any) -> list[int]:
        found = store.query(VectorStoreQuery(query_embedding=vector.tolist(), similarity_top_k=_LIMIT))
        return [int(one) for one in found.ids or []]

    return search, 0


def _exact(vectors: Any, asked: Any) -> list[set[int]]:
    best: list[list[tuple[float, int]]] = [[] for _ in asked]
    for first in range(0, len(vectors), _AT_ONCE):
        scores = asked @ np.array(vectors[first : first + _AT_ONCE]).T
        for held, of_one in zip(best, scores, strict=True):
            near = np.argpartition(-of_one, _LIMIT)[:_LIMIT]
            held += [(float(of_one[i]), first + int(i)) for i in near]
    return [{place for _, place in sorted(held)[-_LIMIT:]} for held in best]


def _main() -> None:
    name, file, questions = sys.argv[1:]
    vectors, asked = np.load(file, mmap_mode="r"), np.load(questions)
    exact = _exact(vectors, asked)
    start = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        search, size = (_txtai if name == "txtai" else _llama_index)(vectors, Path(folder))
    built = time.perf_counter() - start
    taken: list[float] = []
    hits, until = 0, time.perf_counter() + _PATIENCE_SECONDS
    for vector, wanted in zip(asked, exact, strict=True):
        if taken and time.perf_counter() > until:
            break
        begun = time.perf_counter()
        found = search(vector)
        taken.append((time.perf_counter() - begun) * _MILLISECONDS)
        hits += len(wanted & set(found))
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    told = {
        "name": f"{name} {version('txtai' if name == 'txtai' else 'llama-index-core')}",
        "vectors": len(vectors),
        "questions": len(taken),
        "seconds to build": round(built, 1),
        "p50 and p95 in ms": [round(float(np.percentile(taken, which)), 1) for which in (50, 95)],
        "recall of ten": round(hits / _LIMIT / len(taken), 4),
        "resident megabytes": round(pages * os.sysconf("SC_PAGE_SIZE") / _KILOBYTES_PER_MEGABYTE**2),
        "peak megabytes": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _KILOBYTES_PER_MEGABYTE),
        "bytes of index a vector": round(size / len(vectors)),
    }
    print(json.dumps(told))


if __name__ == "__main__":
    _main()
