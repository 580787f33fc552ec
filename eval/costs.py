"""What an answer costs: milliseconds and processor time of each of its stages, over libraries of four sizes.

Each question is answered twice in turn, once timed by the clock on the wall and once by that of the processor, which
counts all cores; nothing that was read for the one is kept for the other.
"""

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from assistant.engine.daybook import Daybook
from eval.corpora import CORPORA, Tell, library_folder
from eval.latency import generated_library
from eval.search_speed import REAL, real_questions
from ingest.cross_encoder import CrossEncoder
from ingest.embedding import OnnxEmbedding
from ingest.library import Library

SIZES = REAL
STAGES = {
    "scope": "reading the question",
    "embed": "of finding: the question's vector",
    "retrieve": "finding papers, with the vector",
    "read": "reading their sentences",
    "write": "putting the answer together",
    "total": "all",
}
_WARM = 5
_MILLISECONDS = 1000
_BEGIN, _END = "<!-- costs -->", "<!-- end of costs -->"


@dataclass(frozen=True, slots=True)
class Cost:
    """What the stages of answers cost over a library: medians and 95th percentiles in milliseconds, by stage."""

    papers: int
    wall: dict[str, tuple[float, float]]
    processor: dict[str, tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Material:
    """What is measured with: folders of the data and of the libraries, the models, and how many questions."""

    data: Path
    work: Path
    embedder: OnnxEmbedding
    reader: CrossEncoder
    questions: int


def measure(papers: int, material: Material, tell: Tell) -> list[Cost]:
    """The costs over the real libraries and one of generated papers, none where `papers` is 0."""
    folders = [library_folder(CORPORA[name], material.data, material.work, material.embedder, tell) for name in SIZES]
    if papers:
        folders.append(generated_library(folders[-1], papers, material.work, tell))
    questions = real_questions(material.data)
    questions = questions[:: max(len(questions) // material.questions, 1)][: material.questions]
    costs = []
    for folder in folders:
        tell(f"costs: {folder.name}")
        costs.append(_cost(folder, questions, material))
    return costs


def _cost(folder: Path, questions: Sequence[str], material: Material) -> Cost:
    library = Library(folder, create=False)
    with Daybook(library, lambda: material.embedder, load_reader=lambda: material.reader) as book:
        clocks = {"wall": time.perf_counter, "processor": time.process_time}
        engines = {name: replace(book.engine, seconds=clock) for name, clock in clocks.items()}
        for question in questions[:_WARM]:
            book.engine.answer(question)
        spent: dict[str, dict[str, list[float]]] = {name: {stage: [] for stage in STAGES} for name in clocks}
        for question in questions:
            for name, engine in engines.items():
                start = clocks[name]()
                material.embedder.question_vector(question)
                spent[name]["embed"].append((clocks[name]() - start) * _MILLISECONDS)
                book.finder.vector.cache_clear()  # type: ignore[attr-defined]
                for stage, taken in engine.answer(question).timings_ms.items():
                    if stage in STAGES:
                        spent[name][stage].append(taken)
        wall, processor = ({stage: _told(taken) for stage, taken in of.items()} for of in spent.values())
        return Cost(library.database.paper_count(), wall, processor)


def _told(taken: Sequence[float]) -> tuple[float, float]:
    median, high = np.percentile(taken, (50, 95)) if taken else (0.0, 0.0)
    return float(median), float(high)


def table(costs: Sequence[Cost], questions: int) -> list[str]:
    """The costs as a table in Markdown."""
    heads = " | ".join(f"{cost.papers:,} papers" for cost in costs)
    lines = [
        f"{questions} questions on {os.cpu_count()} cores; milliseconds on the wall, median and 95th percentile,"
        " and in brackets the median of the processor's milliseconds on all cores together.",
        "",
        f"| stage | {heads} |",
        f"|---|{'---|' * len(costs)}",
    ]
    for stage, told in STAGES.items():
        cells = (f"{c.wall[stage][0]:.1f}, {c.wall[stage][1]:.1f} ({c.processor[stage][0]:.1f})" for c in costs)
        lines.append(f"| {told} | {' | '.join(cells)} |")
    return lines


def write_into(page: Path, lines: Sequence[str]) -> None:
    """Put the table between its marks in a page of the docs.

    Raises:
        ValueError: the page has no such marks.
    """
    text = page.read_text(encoding="utf-8")
    before, _, rest = text.partition(_BEGIN)
    _, mark, after = rest.partition(_END)
    if not mark:
        raise ValueError(f"{page} has no place for a table of costs")
    page.write_text(f"{before}{_BEGIN}\n" + "\n".join(lines) + f"\n{_END}{after}", encoding="utf-8")
