"""A million papers on one machine: how fast they are searched, what of an exact search is found, how much they take.

The papers are generated from real ones (`eval.latency`), the first 500 of which are held out: their vectors are the
questions of which the exact answer is known. Everything is measured in a process of its own, which prints JSON.
"""

import json
import resource
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.finding.retrieval import HybridRetriever
from assistant.language.terms import question_terms
from assistant.question.scope import Scope
from eval.corpora import CORPORA, Tell, library_folder
from eval.latency import RATES, drawn, generated_library, material_of
from eval.search_speed import real_questions
from eval.search_speed_beside import resident_megabytes
from ingest.embedding import DIMENSIONS, Embedder, OnnxEmbedding
from ingest.library import Library, library_file
from ingest.models import EMBEDDING_FOLDER
from ingest.scores import NearestScores, PaperScores
from ingest.sqlite import opened_as_stored

HELD_OUT = 500
_LIMIT = 10
_PAPERS_A_RATE = 100_000
_AT_ONCE = 50_000
_MILLISECONDS = 1000
_KILOBYTES_PER_MEGABYTE = 1024
_QUANTILES = (5, 25, 50, 75, 95)
_PLACES = (1, 10, 100)


@dataclass(frozen=True, slots=True)
class Wish:
    """What is measured: how many generated papers, how many questions; `data`, `work` and `models` are folders.

    `peers` is a Python that has txtai and llama-index, none where it is empty; it is asked `peer_questions`.
    """

    papers: int
    questions: int
    data: Path
    work: Path
    models: Path
    peers: str
    peer_questions: int


def measure(wish: Wish, embedder: Embedder, tell: Tell) -> dict[str, Any]:
    """Make the library, or go on making it, and measure it."""
    real = library_folder(CORPORA["ten-thousand"], wish.data, wish.work, embedder, tell)
    folder = generated_library(real, wish.papers, wish.work, tell, held_out=HELD_OUT)
    asked = {"folder": str(folder), "real": str(real), "models": str(wish.models)}
    questions = real_questions(wish.data)[: wish.questions]
    found: dict[str, Any] = _run({**asked, "questions": questions})
    found["papers saved a second, by the hundred thousand"] = _rates(folder / RATES)
    found["kB a paper beside the raw text"] = _kilobytes_a_paper(folder)
    if wish.peers:
        tell("million: peers")
        found["peers"] = _peers(wish, folder, real)
    return found


def _rates(file: Path) -> dict[str, float]:
    papers: Counter[int] = Counter()
    seconds: Counter[int] = Counter()
    for line in file.read_text(encoding="ascii").splitlines():
        first, count, taken = line.split()
        papers[int(first) // _PAPERS_A_RATE] += int(count)
        seconds[int(first) // _PAPERS_A_RATE] += float(taken)  # type: ignore[assignment]
    return {f"from {part * _PAPERS_A_RATE}": round(papers[part] / seconds[part], 1) for part in sorted(papers)}


def _kilobytes_a_paper(folder: Path) -> float:
    connection = opened_as_stored(library_file(folder))
    (papers, text) = connection.execute(
        "SELECT count(*), sum(length(CAST(title AS BLOB)) + length(CAST(abstract AS BLOB))) FROM papers"
    ).fetchone()
    connection.close()
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    return float(round((size - text) / papers / 1000, 2))


def _run(wish: Mapping[str, object]) -> Any:
    done = subprocess.run(
        [sys.executable, "-m", "eval.million"], input=json.dumps(wish), stdout=subprocess.PIPE, text=True, check=True
    )
    return json.loads(done.stdout)


# ---- in a process of its own


def _measured(wish: Mapping[str, Any]) -> dict[str, Any]:
    embedder = OnnxEmbedding.load(Path(wish["models"]) / EMBEDDING_FOLDER)
    questions = wish["questions"]
    with Library(Path(wish["real"]), create=False) as real:
        warm = HybridRetriever(real, embedder)
        for question in questions[:_LIMIT]:
            _search(warm, question)
        rows = real.database.vectors_after(0, DIMENSIONS)
    held_out = rows.paper_rows <= HELD_OUT
    asked, others = rows.vectors[held_out][:HELD_OUT].copy(), rows.vectors[~held_out].copy()
    del rows
    Library(Path(wish["folder"]), create=False).close()  # one of an older format is brought up to date, once
    start = time.perf_counter()
    library = Library(Path(wish["folder"]), create=False)
    finder = HybridRetriever(library, embedder)
    _search(finder, questions[0])
    opened = time.perf_counter() - start
    told: dict[str, Any] = {"papers": library.database.paper_count(), "seconds to the first search": round(opened, 3)}
    times: dict[str, list[float]] = {"embedding": [], "search": [], "a day": [], "a category": []}
    newest = library.holdings().days[-1]
    scopes: dict[str, dict[str, Any] | None] = {
        "search": None,
        "a day": {"days": frozenset([newest])},
        "a category": {"categories": frozenset(["cs.CV"])},
    }
    for number, question in enumerate(questions):
        times["embedding"].append(_time(partial(embedder.question_vector, question)))
        for name, limits in scopes.items():
            finder.vector.cache_clear()  # type: ignore[attr-defined]
            if limits is None or number % 5 == 0:
                times[name].append(_time(partial(_search, finder, question, limits)))
    told |= {f"{name}, p50 and p95 in ms": _percentiles(taken, (50, 95)) for name, taken in times.items()}
    told["resident megabytes"] = round(resident_megabytes())
    told["search p95 in question embeddings (p50)"] = round(
        float(np.percentile(times["search"], 95) / np.percentile(times["embedding"], 50)), 2
    )
    told |= _recalls(library, asked)
    told["peak megabytes, with the exact search"] = round(
        resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _KILOBYTES_PER_MEGABYTE
    )
    generated = drawn(material_of(others), len(others), np.random.default_rng(1))
    told["similarities"] = {
        "real vectors to as many real ones": _similarities(asked, others),
        "to as many generated ones": _similarities(asked, generated),
    }
    return told


def _search(finder: HybridRetriever, question: str, limits: Mapping[str, Any] | None = None) -> object:
    scope = finder.understood(question)
    if limits:
        scope = Scope(scope.rest, **limits)
    return finder.rank(scope, question_terms(scope.rest), _LIMIT)


def _time(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * _MILLISECONDS


def _recalls(library: Library, asked: NDArray[np.float32]) -> dict[str, float]:
    """The share of the first ten of an exact float32 search that the library's has, by cosine and as it ranks."""
    table = library.vector_table()
    rows = table.rows
    whitened = asked @ table.whitening.matrix
    whitened /= np.sqrt(np.einsum("ij,ij->i", asked, whitened))[:, None]
    cosines = np.empty((len(asked), len(rows.vectors)), dtype=np.float32)
    others = np.empty_like(cosines)
    for first in range(0, len(rows.vectors), _AT_ONCE):
        some = slice(first, first + _AT_ONCE)
        cosines[:, some] = asked @ rows.vectors[some].T
        others[:, some] = whitened @ rows.vectors[some].T
    others /= table.whitening.norms
    hits = {"cosine": 0, "as it ranks": 0}
    for vector, plain, other in zip(asked, cosines, others, strict=True):
        found = library.dense_scores(vector)
        exact = _near(plain, other, (plain.mean(), plain.std(), other.mean(), other.std()))
        for name, scores, mine in (
            ("cosine", plain, found.scores),
            ("as it ranks", exact, _ranked(found)),
        ):
            wanted = set(rows.paper_rows[np.argpartition(-scores, _LIMIT)[:_LIMIT]].tolist())
            hits[name] += len(wanted & set(found.rows[np.argsort(-mine)[:_LIMIT]].tolist()))
    return {f"recall of ten, {name}": round(hit / _LIMIT / len(asked), 4) for name, hit in hits.items()}


def _near(plain: NDArray[np.float32], other: NDArray[np.float32], spread: tuple[float, ...]) -> NDArray[np.float32]:
    near: NDArray[np.float32] = (plain - spread[0]) / spread[1] + 2 * (other - spread[2]) / spread[3]
    return near


def _ranked(found: PaperScores) -> NDArray[np.float32]:
    if isinstance(found, NearestScores):
        one, other = found.spread, found.whitened_spread
        return _near(found.scores, found.whitened, (one.mean, one.deviation, other.mean, other.deviation))
    plain, other_scores = found.scores, found.whitened
    return _near(plain, other_scores, (plain.mean(), plain.std(), other_scores.mean(), other_scores.std()))


def _similarities(asked: NDArray[np.float32], vectors: NDArray[np.float32]) -> dict[str, list[float]]:
    """The 5th to 95th percentiles of the cosine of the nearest, the tenth and the hundredth."""
    cosines = np.sort(asked @ vectors.T, axis=1)
    return {f"place {place}": _percentiles(cosines[:, -place], _QUANTILES, 3) for place in _PLACES}


def _percentiles(values: Any, which: Sequence[int], digits: int = 1) -> list[float]:
    return [round(float(value), digits) for value in np.percentile(values, which)]


# ---- beside others


def _peers(wish: Wish, folder: Path, real: Path) -> list[Any]:
    """Txtai and llama-index with their defaults, over the same vectors."""
    vectors, asked = folder / "vectors.npy", folder / "asked.npy"
    with Library(folder, create=False) as library:
        np.save(vectors, library.vector_table().rows.vectors)
    with Library(real, create=False) as library:
        rows = library.database.vectors_after(0, DIMENSIONS)
        np.save(asked, rows.vectors[rows.paper_rows <= HELD_OUT][: wish.peer_questions])
    script = Path(__file__).with_name("million_peers.py")
    try:
        return [
            json.loads(
                subprocess.run(
                    [wish.peers, str(script), name, str(vectors), str(asked)],
                    stdout=subprocess.PIPE,
                    text=True,
                    check=True,
                ).stdout
            )
            for name in ("txtai", "llama-index")
        ]
    finally:
        vectors.unlink()
        asked.unlink()


def _peer(command: Sequence[str]) -> Any:
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    return json.loads(done.stdout) if done.returncode == 0 else {"name": command[2], "ended with": done.returncode}


def lines(found: Mapping[str, Any]) -> list[str]:
    """What was measured, for a person."""
    told = []
    for name, value in found.items():
        if isinstance(value, dict):
            told += [name, *(f"  {inner:45} {of}" for inner, of in value.items())]
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            told += [f"{name}: {json.dumps(one)}" for one in value]
        else:
            told.append(f"{name:47} {value}")
    return told


if __name__ == "__main__":
    print(json.dumps(_measured(json.loads(sys.stdin.read()))))
