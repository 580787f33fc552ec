"""How search slows down as a library grows: real libraries, and one of generated papers as large as is wished.

A generated paper has the sentences of real abstracts, an invented name in its title, and a unit vector near a
real one. It is saved as an ingest saves papers; only the embedding is left out.
"""

import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.engine.daybook import Daybook
from eval.corpora import CORPORA, Tell, library_folder, remove_former
from eval.reader import reader
from eval.results import LatencyResult, SizeLatency, latency, latency_path, write_result
from eval.retrieval import Bench
from eval.suites import chosen_suites
from ingest.chunking import split_chunks
from ingest.database import Derived, PreparedPaper
from ingest.embedding import DIMENSIONS, Vector
from ingest.library import Library
from ingest.paper import Block, Entry, Listing, Paper
from ingest.roles import read_sentences
from ingest.sentences import split_sentences

_BATCH = 2000
_TOLD_EVERY_PAPERS = 10_000
_SENTENCES = 7
_NOISE = 0.6
_FIRST_DAY = date(2015, 1, 1)
_PAPERS_A_DAY = 100
_PAPERS_A_MONTH = 50_000
_COMPLETE = "complete"
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


def generated_library(real: Path, papers: int, work: Path, tell: Tell) -> Path:
    """The folder of a library of generated papers, made of those of a real one; an unfinished one goes on growing."""
    name = f"generated-{papers}"
    folder = work / f"{name}-{real.name.rpartition('-')[2]}"
    if (folder / _COMPLETE).exists():
        return folder
    remove_former(folder, name)
    with Library(real, create=False) as source, Library(folder) as library, library.writer():
        material = _material(source)
        for first in range(library.database.paper_count(), papers, _BATCH):
            numbers = range(first, min(first + _BATCH, papers))
            library.save(list(_generated(numbers, material)))
            if numbers.stop % _TOLD_EVERY_PAPERS == 0 or numbers.stop == papers:
                tell(f"library of generated papers: {numbers.stop} of {papers}")
        library.sync_search_files()
    (folder / _COMPLETE).touch()
    return folder


@dataclass(frozen=True, slots=True)
class _Material:
    """What papers are made of: real titles, sentences and vectors."""

    titles: Sequence[str]
    sentences: Sequence[str]
    vectors: NDArray[np.float32]


def _material(library: Library) -> _Material:
    papers = [stored.paper for stored in library.papers()]
    sentences = [p.abstract[span.start : span.end] for p in papers for span in split_sentences(p.abstract)]
    vectors = library.database.vectors_after(0, DIMENSIONS).vectors
    return _Material([paper.title for paper in papers], sentences, vectors)


def _generated(numbers: range, material: _Material) -> Iterator[PreparedPaper]:
    chance, noise = random.Random(numbers.start), np.random.default_rng(numbers.start)
    for number in numbers:
        name = "".join(chance.choices("aeioulnrstdm", k=chance.randint(5, 9))).capitalize()
        title = f"{name}: {chance.choice(material.titles)}"
        paper = _paper(number, title, " ".join(chance.sample(material.sentences, _SENTENCES)))
        chunks = split_chunks(paper)
        near = [_near(material.vectors[chance.randrange(len(material.vectors))], noise) for _ in chunks]
        yield PreparedPaper(
            Entry(paper, _listing(number), paper.title, paper.abstract, number + 1),
            Derived(paper, chunks, near, read_sentences(paper)),
        )


def _paper(number: int, title: str, abstract: str) -> Paper:
    months, rest = divmod(number, _PAPERS_A_MONTH)
    arxiv_id = f"{15 + months // 12:02}{1 + months % 12:02}.{rest:05}"
    return Paper(arxiv_id, title, abstract, f"https://arxiv.org/abs/{arxiv_id}")


def _listing(number: int) -> Listing:
    days, place = divmod(number, _PAPERS_A_DAY)
    return Listing(_FIRST_DAY + timedelta(days=days), "cs.CV", Block.NEW, place + 1)


def _near(vector: Vector, noise: np.random.Generator) -> Vector:
    """A unit vector some way off another: their cosine is about 0.86."""
    moved = vector + _NOISE * noise.standard_normal(DIMENSIONS).astype(np.float32) / np.sqrt(DIMENSIONS)
    unit: Vector = (moved / np.linalg.norm(moved)).astype(np.float32)
    return unit
