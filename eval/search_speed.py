"""How fast a library is opened and searched as it grows, and where another checkout is named, how fast by that one.

Each size is measured in processes of their own, this checkout's and the other's in turns; every question is asked of
both. The other has copies of the libraries, in its own format.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np

from eval.corpora import CORPORA, Tell, library_folder
from eval.latency import generated_library
from eval.results import Latency, latency
from eval.suites import chosen_suites
from ingest.embedding import Embedder
from ingest.library import library_file
from ingest.models import EMBEDDING_FOLDER
from ingest.sqlite import opened_as_stored

_BESIDE = Path(__file__).with_name("search_speed_beside.py")
_HERE = Path(__file__).resolve().parents[1]
REAL = ("five-days", "all-days", "ten-thousand")
_OPENINGS = 5
_COPIED = ("papers", "versions", "listings", "chunks", "sentences", "state")
_COMPLETE = "complete"


@dataclass(frozen=True, slots=True)
class Speed:
    """One checkout over one library: medians in milliseconds, memory in megabytes; `found` are the ids by question.

    `resident` is what the process has in memory after the first search, mapped files among it.
    """

    papers: int
    open_search: float
    open_answer: float
    search: Latency
    resident: float
    peak: float
    found: Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class SearchSpeed:
    """Both checkouts over all libraries, by their sizes; no `beside` where none was named."""

    questions: int
    here: tuple[Speed, ...]
    beside: tuple[Speed, ...]


@dataclass(frozen=True, slots=True)
class Wish:
    """What is measured: with how many generated papers, none where 0, in how many rounds, beside which checkout.

    `data`, `work` and `models` are the folders of the real digests, of the libraries and of the models.
    """

    papers: int
    rounds: int
    most_questions: int
    beside: Path | None
    data: Path
    work: Path
    models: Path


def measure(wish: Wish, embedder: Embedder, tell: Tell) -> SearchSpeed:
    """Open and search the real libraries and one of generated papers.

    Raises:
        subprocess.CalledProcessError: the other checkout is none of Daybook, or of one too old.
    """
    questions = real_questions(wish.data)[: wish.most_questions]
    folders = [library_folder(CORPORA[name], wish.data, wish.work, embedder, tell) for name in REAL]
    if wish.papers:
        folders.append(generated_library(folders[-1], wish.papers, wish.work, tell))
    for folder in folders:
        _run(_HERE, {"make": str(folder)})
    others = [_copied(folder, wish.beside, wish.work, tell) for folder in folders] if wish.beside else []
    of_models = {"models": str(wish.models), "embedding": str(wish.models / EMBEDDING_FOLDER)}
    here: list[Speed] = []
    beside: list[Speed] = []
    for number, folder in enumerate(folders):
        told: Mapping[Path, list[Any]] = {_HERE: [], **({wish.beside: []} if wish.beside else {})}
        for turn in range(wish.rounds):
            tell(f"search speed: {folder.name}, round {turn + 1} of {wish.rounds}")
            for checkout, made in zip(told, ((folders, others) if others else (folders,)), strict=True):
                asked = {"folder": str(made[number]), "other": str(made[1 if number == 0 else 0])}
                rest = {"questions": questions, "openings": _OPENINGS, **of_models}
                told[checkout].append(_run(checkout, {**asked, **rest}))
        papers = _papers_in(folder)
        here.append(_speed(papers, told[_HERE]))
        if wish.beside:
            beside.append(_speed(papers, told[wish.beside]))
    return SearchSpeed(len(questions), tuple(here), tuple(beside))


def real_questions(data: Path) -> list[str]:
    """Every question of the suites that ask of the digests, each once."""
    suites = [suite for suite in chosen_suites([], data) if suite.library in REAL]
    return list(dict.fromkeys(case.question for suite in suites for case in suite.cases(data)))


def _speed(papers: int, rounds: Sequence[Mapping[str, Any]]) -> Speed:
    def every(name: str) -> list[float]:
        return list(chain.from_iterable(one[name] for one in rounds))

    return Speed(
        papers,
        float(np.median(every("open_search"))),
        float(np.median(every("open_answer"))),
        latency(every("search"), every("floor")),
        max(one["resident"] for one in rounds),
        max(one["peak"] for one in rounds),
        rounds[0]["found"],
    )


def _run(checkout: Path, wish: Mapping[str, object]) -> Any:
    done = subprocess.run(
        [sys.executable, str(_BESIDE)],
        input=json.dumps(wish),
        cwd=checkout,
        env={**os.environ, "PYTHONPATH": str(checkout)},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


def _papers_in(folder: Path) -> int:
    connection = opened_as_stored(library_file(folder))
    (papers,) = connection.execute("SELECT count(*) FROM papers").fetchone()
    connection.close()
    return int(papers)


def _copied(folder: Path, checkout: Path, work: Path, tell: Tell) -> Path:
    """The same papers in a library that another checkout made; an unfinished one is begun anew."""
    target = work / "beside" / checkout.resolve().name / folder.name
    if not (target / _COMPLETE).exists():
        tell(f"search speed: copying {folder.name}")
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir(parents=True)
        _run(checkout, {"make": str(target)})
        _copy_rows(library_file(folder), library_file(target))
        _run(checkout, {"make": str(target)})
        (target / _COMPLETE).touch()
    return target


def _copy_rows(source: Path, target: Path) -> None:
    """Bring every row of a library into an empty one of another format, as far as that has its columns."""
    connection = opened_as_stored(target)
    connection.execute("ATTACH ? AS source", (str(source),))
    connection.execute("BEGIN")
    for table in _COPIED:
        known = [_columns(connection, schema, table) for schema in ("main", "source")]
        names = ", ".join(name for name in known[0] if name in known[1])
        connection.execute(f"INSERT OR REPLACE INTO main.{table} ({names}) SELECT {names} FROM source.{table}")  # noqa: S608
    connection.execute("COMMIT")
    connection.close()


def _columns(connection: Any, schema: str, table: str) -> list[str]:
    rows = connection.execute(f"SELECT name FROM pragma_table_info('{table}', '{schema}')")  # noqa: S608
    return [name for (name,) in rows if name != "checksum"]


def lines(found: SearchSpeed) -> list[str]:
    """What was measured, for a person."""
    table = [f"{found.questions} questions, in milliseconds and megabytes"]
    table.append(
        f"{'papers':>8} {'':6} {'open, search':>12} {'open, answer':>12} {'p50':>7} {'p95':>7}"
        f" {'floor p50':>9} {'floor p95':>9} {'p95/floor':>9} {'resident':>8} {'peak':>6}"
    )
    for number, here in enumerate(found.here):
        table.append(_line(here, "here"))
        if found.beside:
            beside = found.beside[number]
            same = sum(one == other for one, other in zip(here.found, beside.found, strict=True))
            table += [_line(beside, "beside"), f"{'':8} {same} of {found.questions} rankings are the same, id for id"]
    return table


def _line(speed: Speed, whose: str) -> str:
    search = speed.search
    return (
        f"{speed.papers:8} {whose:6} {speed.open_search:12.1f} {speed.open_answer:12.1f}"
        f" {search.p50:7.1f} {search.p95:7.1f} {search.floor_p50:9.1f} {search.floor_p95:9.1f} {search.ratio:9.2f}"
        f" {speed.resident:8.0f} {speed.peak:6.0f}"
    )
