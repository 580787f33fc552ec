"""How search slows down as a library grows: real libraries, and one of generated papers as large as is wished.

A generated paper has the sentences of real abstracts, an invented name in its title, and a unit vector drawn near a
real one, off it in the directions in which real ones differ (a smoothed bootstrap, Silverman and Young 1987). It is
saved as an ingest saves papers; only the embedding is left out.
"""

import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from itertools import accumulate
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.engine.daybook import Daybook
from eval.corpora import CORPORA, Tell, library_folder, remove_former
from eval.reader import reader
from eval.results import LatencyResult, SizeLatency, latency, latency_path, write_result
from eval.retrieval import Bench
from eval.suites import chosen_suites
from ingest.database import Derived, PreparedPaper
from ingest.embedding import DIMENSIONS, Vector
from ingest.library import Library
from ingest.paper import Block, Entry, Listing, Paper, Sentence, Span
from ingest.roles import read_sentences

_BATCH = 2000
_TOLD_EVERY_PAPERS = 10_000
_SENTENCES = 7
_KEPT = 0.9
"""Of a real vector; the rest is drawn. With it 10,000 generated vectors lie about as near to a real one that was left
out as 10,000 real ones (`daybook eval million` shows both)."""
_FIRST_DAY = date(2015, 1, 1)
_PAPERS_A_DAY = 100
_PAPERS_A_MONTH = 99_999
_COMPLETE = "complete"
RATES = "rates.txt"
"""In a generated library: from which paper on how many were saved in how many seconds, line by line."""
_LIMIT = 10
_MILLISECONDS = 1000


def measure(papers: int, bench: Bench) -> LatencyResult:
    """Search the real libraries and one of `papers` generated papers, in turns with the floor; the result is kept."""
    base = "all-days" if bench.data else "sample"
    own = [suite for suite in chosen_suites([], bench.data) if suite.is_own]
    questions = list(dict.fromkeys(case.question for suite in own for case in suite.cases(bench.data)))
    folders = [
        library_folder(CORPORA[name], bench.data, bench.work, bench.embedder, bench.tell)
        for name in (("five-days", base) if bench.data else (base,))
    ]
    folders.append(generated_library(folders[-1], papers, bench.work, bench.tell))
    sizes = []
    for folder in folders:
        bench.tell(f"latency: {len(questions)} questions in {folder.name}")
        with Library(folder, create=False) as library:
            sizes.append(_measure(library, bench, questions))
    result = LatencyResult(bench.version, datetime.now(UTC).isoformat(timespec="seconds"), tuple(sizes))
    write_result(latency_path(bench.out, bench.version), result)
    return result


def _measure(library: Library, bench: Bench, questions: Sequence[str]) -> SizeLatency:
    book = Daybook(library, lambda: bench.embedder, load_reader=reader)
    vectors = library.database.vectors_after(0, DIMENSIONS).vectors
    book.search(questions[0], _LIMIT)
    taken, floors = [], []
    for question in questions:
        start = time.perf_counter()
        vectors @ bench.embedder.question_vector(question)
        middle = time.perf_counter()
        book.search(question, _LIMIT)
        floors.append((middle - start) * _MILLISECONDS)
        taken.append((time.perf_counter() - middle) * _MILLISECONDS)
    return SizeLatency(library.database.paper_count(), len(questions), latency(taken, floors))


def lines(result: LatencyResult) -> list[str]:
    """The latencies for a person."""
    table = [f"{'papers':>8} {'p50 ms':>8} {'p95 ms':>8} {'floor p95':>10} {'p95/floor':>10}"]
    for size in result.sizes:
        found = size.latency
        table.append(f"{size.papers:8} {found.p50:8.1f} {found.p95:8.1f} {found.floor_p95:10.1f} {found.ratio:10.2f}")
    return table


# ---- generated papers


def generated_library(real: Path, papers: int, work: Path, tell: Tell, *, held_out: int = 0) -> Path:
    """The folder of a library of generated papers, made of those of a real one; an unfinished one goes on growing.

    The first `held_out` papers of the real one are no material. How many were saved a second stands in its `RATES`.
    """
    name = f"generated-{papers}"
    folder = work / f"{name}-{real.name.rpartition('-')[2]}"
    if (folder / _COMPLETE).exists():
        return folder
    remove_former(folder, name)
    with Library(real, create=False) as source, Library(folder) as library, library.writer():
        material = _material(source, held_out)
        begun = time.perf_counter()
        for first in range(library.database.paper_count(), papers, _BATCH):
            numbers = range(first, min(first + _BATCH, papers))
            generated = list(_generated(numbers, material))
            start = time.perf_counter()
            library.save(generated)
            _keep_rate(folder, numbers, time.perf_counter() - start)
            if numbers.stop % _TOLD_EVERY_PAPERS == 0 or numbers.stop == papers:
                tell(f"library of generated papers: {numbers.stop} of {papers}, {time.perf_counter() - begun:.0f} s")
        library.sync_search_files()
    (folder / _COMPLETE).touch()
    return folder


def _keep_rate(folder: Path, numbers: range, seconds: float) -> None:
    with (folder / RATES).open("a", encoding="ascii") as file:
        file.write(f"{numbers.start} {len(numbers)} {seconds:.4f}\n")


@dataclass(frozen=True)
class _Material:
    """What papers are made of: real titles, sentences and vectors."""

    titles: Sequence[str]
    sentences: Sequence[tuple[str, Sentence]]
    vectors: NDArray[np.float32]
    spread: NDArray[np.float32]

    @cached_property
    def mean(self) -> Vector:
        """Of the vectors."""
        mean: Vector = self.vectors.mean(axis=0)
        return mean


def material_of(vectors: NDArray[np.float32]) -> _Material:
    """What vectors are made of: real ones, and a root of their covariance."""
    variances, axes = np.linalg.eigh(np.cov(vectors.T, bias=True))
    root = (axes * np.sqrt(np.maximum(variances, 0))).T
    return _Material((), (), vectors, root.astype(np.float32))


def _material(library: Library, held_out: int) -> _Material:
    stored = sorted(library.papers(), key=lambda one: one.row)
    papers = [one.paper for one in stored[held_out:]]
    sentences = [(p.abstract[s.span.start : s.span.end], s) for p in papers for s in read_sentences(p)]
    rows = library.database.vectors_after(0, DIMENSIONS)
    kept = np.isin(rows.paper_rows, [one.row for one in stored[held_out:]])
    return replace(material_of(rows.vectors[kept]), titles=[paper.title for paper in papers], sentences=sentences)


def _generated(numbers: range, material: _Material) -> Iterator[PreparedPaper]:
    chance, noise = random.Random(numbers.start), np.random.default_rng(numbers.start)
    for number in numbers:
        name = "".join(chance.choices("aeioulnrstdm", k=chance.randint(5, 9))).capitalize()
        title = f"{name}: {chance.choice(material.titles)}"
        chosen = chance.sample(material.sentences, _SENTENCES)
        paper = _paper(number, title, " ".join(text for text, _ in chosen))
        ends = list(accumulate(len(text) + 1 for text, _ in chosen))
        spans = (Span(end - len(text) - 1, end - 1) for end, (text, _) in zip(ends, chosen, strict=True))
        sentences = [replace(known, span=span) for span, (_, known) in zip(spans, chosen, strict=True)]
        whole = Span(0, len(paper.abstract))
        yield PreparedPaper(
            Entry(paper, _listing(number), paper.title, paper.abstract, number + 1),
            Derived(paper, [whole], list(drawn(material, 1, noise)), sentences),
        )


def _paper(number: int, title: str, abstract: str) -> Paper:
    months, rest = divmod(number, _PAPERS_A_MONTH)
    arxiv_id = f"{15 + months // 12:02}{1 + months % 12:02}.{rest:05}"
    return Paper(arxiv_id, title, abstract, f"https://arxiv.org/abs/{arxiv_id}")


def _listing(number: int) -> Listing:
    days, place = divmod(number, _PAPERS_A_DAY)
    return Listing(_FIRST_DAY + timedelta(days=days), "cs.CV", Block.NEW, place + 1)


def drawn(material: _Material, count: int, noise: np.random.Generator) -> NDArray[np.float32]:
    """Unit vectors, each some way off a real one, shape [count, dimensions]."""
    real = material.vectors[noise.integers(0, len(material.vectors), count)]
    off = noise.standard_normal((count, DIMENSIONS), dtype=np.float32) @ material.spread
    moved = material.mean + np.float32(_KEPT) * (real - material.mean) + np.float32((1 - _KEPT**2) ** 0.5) * off
    unit: NDArray[np.float32] = moved / np.linalg.norm(moved, axis=1)[:, None]
    return unit
