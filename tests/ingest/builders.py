"""Papers, entries and prepared papers in a word, for the tests of storage."""

from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from pathlib import Path

import numpy as np

from ingest.database import Derived, PreparedPaper, VectorRows
from ingest.embedding import DIMENSIONS, Vector
from ingest.library import Library
from ingest.paper import Block, Entry, Link, Listing, Paper, Span
from ingest.roles import read_sentences

MONDAY = date(2021, 1, 4)
TUESDAY = date(2021, 1, 5)
WEDNESDAY = date(2021, 1, 6)


def a_paper(arxiv_id: str = "2101.00001", title: str = "On Kites", abstract: str = "", version: int = 0) -> Paper:
    url = f"https://arxiv.org/pdf/{arxiv_id}.pdf"
    return Paper(arxiv_id, title, abstract or f"The abstract of {title}.", url, version, links=())


def an_entry(
    paper: Paper, day: date = MONDAY, block: Block = Block.NEW, position: int = 1, category: str = "cs.CV"
) -> Entry:
    return Entry(paper, Listing(day, category, block, position), f"raw {paper.title}", f"raw {paper.abstract}", line=2)


def prepared(entry: Entry, *vectors: Vector) -> PreparedPaper:
    """An entry with one chunk for each vector; the chunks share the abstract in equal parts."""
    abstract = entry.paper.abstract
    edges = [round(part * len(abstract) / len(vectors)) for part in range(len(vectors) + 1)]
    chunks = [Span(start, end) for start, end in pairwise(edges)]
    return PreparedPaper(entry, Derived(entry.paper, chunks, vectors, read_sentences(entry.paper)))


def unit_vectors(count: int, seed: int = 0) -> list[Vector]:
    """Random unit vectors; in 384 dimensions any two are nearly orthogonal."""
    drawn = np.random.default_rng(seed).normal(size=(count, DIMENSIONS)).astype(np.float32)
    return list(drawn / np.linalg.norm(drawn, axis=1, keepdims=True))


def many_prepared(vectors: Sequence[Vector], first: int = 1) -> list[PreparedPaper]:
    """A paper of one chunk for each vector: `2101.00001` and on."""
    return [
        prepared(an_entry(a_paper(f"2101.{number:05}", f"Paper {number}"), position=number), vector)
        for number, vector in enumerate(vectors, start=first)
    ]


def vector_rows(papers: Sequence[int], vectors: Sequence[Vector], first_row: int = 1) -> VectorRows:
    """Rows of a vector table: chunk rows count up from `first_row`."""
    chunk_rows = np.arange(first_row, first_row + len(papers), dtype=np.int64)
    stacked = np.array(vectors, dtype=np.float32).reshape(len(papers), DIMENSIONS)
    return VectorRows(chunk_rows, np.array(papers, dtype=np.int64), chunk_rows * 7, stacked)


CODE_LINK = Link("https://github.com/kites/kites", is_code=True)


def indexed_library(folder: Path, vectors: Sequence[Vector]) -> Path:
    """A closed library of a paper for each vector, and its index; copy it before changing it."""
    with Library(folder) as library, library.writer():
        library.save(many_prepared(vectors))
        library.sync_index()
    return folder
