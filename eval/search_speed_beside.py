"""Run by its path, with a checkout first on the path of modules: how fast that one opens and searches a library.

Its argument is a JSON object: `make` is the folder of a library to be made or completed, or `folder` one to be
measured, `other` one to get warm with, `questions`, `models` and `embedding` (their folders), `openings`. Prints one
JSON object.
"""

import importlib
import inspect
import json
import os
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

_MILLISECONDS = 1000
_KILOBYTES_PER_MEGABYTE = 1024
_LIMIT = 10


def _make(folder: Path) -> dict[str, Any]:
    """The files beside SQLite that a search reads, without Chroma; of an empty folder, an empty library."""
    library = importlib.import_module("ingest.library").Library(folder)
    if library.database.paper_count():
        with library.writer():
            getattr(library, "sync_search_files", library.rebuild_lexical_index)()
    library.close()
    return {}


def _measure(wish: dict[str, Any]) -> dict[str, Any]:
    questions = wish["questions"]
    embedder = importlib.import_module("ingest.embedding").OnnxEmbedding.load(Path(wish["embedding"]))
    opened = _opener(embedder, Path(wish["models"]))
    with opened(wish["other"]) as warm:
        for question in questions[:_LIMIT]:
            warm.search(question, _LIMIT)
        warm.ask(questions[0])
    searches = [_time(opened, wish["folder"], lambda book: book.search(questions[0], _LIMIT), wish["openings"])]
    answers = [_time(opened, wish["folder"], lambda book: book.ask(questions[0]), wish["openings"])]
    with opened(wish["folder"]) as book:
        book.search(questions[0], _LIMIT)
        resident = resident_megabytes()
        floors, taken, found = _search(book, embedder, questions)
    return {
        "open_search": searches[0],
        "open_answer": answers[0],
        "floor": floors,
        "search": taken,
        "found": found,
        "resident": resident,
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _KILOBYTES_PER_MEGABYTE,
    }


def _opener(embedder: Any, models: Path) -> Callable[[str], Any]:
    """How a Daybook over a folder is made that has its models already; without a reader where it knows none."""
    daybook, library = importlib.import_module("assistant").Daybook, importlib.import_module("ingest.library").Library
    models_given: dict[str, Any] = {}
    if "load_reader" in inspect.signature(daybook).parameters:
        reader = importlib.import_module("ingest.cross_encoder").CrossEncoder.load(models)
        models_given["load_reader"] = lambda: reader
    return lambda folder: daybook(library(Path(folder), create=False), lambda: embedder, **models_given)


def _time(opened: Callable[[str], Any], folder: str, first: Callable[[Any], object], openings: int) -> list[float]:
    """The milliseconds from opening a library to the end of the first thing that it is asked."""
    taken = []
    for _ in range(openings):
        start = time.perf_counter()
        book = opened(folder)
        first(book)
        taken.append((time.perf_counter() - start) * _MILLISECONDS)
        book.close()
    return taken


def _search(book: Any, embedder: Any, questions: list[str]) -> tuple[list[float], list[float], list[list[str]]]:
    """The floor's and the search's milliseconds for each question, in turns, and what was found."""
    vectors = book.library.database.vectors_after(0, 384).vectors.copy()
    finder = book.finder if hasattr(type(book), "finder") else book.retriever  # as it was called before
    terms_of = _terms().question_terms
    floors, taken, found = [], [], []
    for question in questions:
        start = time.perf_counter()
        vectors @ embedder.question_vector(question)
        middle = time.perf_counter()
        scope = finder.understood(question)
        ranked = finder.rank(scope, terms_of(scope.rest), _LIMIT)
        end = time.perf_counter()
        floors.append((middle - start) * _MILLISECONDS)
        taken.append((end - middle) * _MILLISECONDS)
        found.append([paper.stored.paper.arxiv_id for paper in ranked])
    return floors, taken, found


def resident_megabytes() -> float:
    """The megabytes of this process that are in memory, mapped files among them; 0 where the system does not tell."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except OSError:
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / _KILOBYTES_PER_MEGABYTE**2


def _terms() -> Any:
    """Its module, where it is or where it was."""
    try:
        return importlib.import_module("assistant.language.terms")
    except ModuleNotFoundError:
        return importlib.import_module("assistant.terms")


def _main() -> None:
    found = Path(str(importlib.import_module("ingest").__file__))
    if not found.is_relative_to(os.environ["PYTHONPATH"]):  # but one that is installed
        raise SystemExit("it is no checkout of Daybook")
    wish = json.loads(sys.stdin.read())
    print(json.dumps(_make(Path(wish["make"])) if "make" in wish else _measure(wish)))


if __name__ == "__main__":
    _main()
