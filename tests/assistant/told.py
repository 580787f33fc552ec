"""Papers of which sources tell more than digests do: authors, submissions, replacements, withdrawals."""

from collections.abc import Sequence
from datetime import date

from ingest.database import PreparedPaper
from ingest.library import Library
from ingest.paper import Basis, Block, Entry, Listing, Paper
from ingest.pipeline import prepare
from tests.conftest import WordEmbedder

FRIDAY, TUESDAY, WEDNESDAY = date(2026, 8, 7), date(2026, 8, 11), date(2026, 8, 12)


def told_paper(
    arxiv_id: str,
    title: str,
    *,
    abstract: str = "",
    authors: Sequence[str] = (),
    categories: Sequence[str] = (),
    submitted: date | None = None,
    is_withdrawn: bool = False,
) -> Paper:
    text = abstract or f"We propose {title.partition(':')[0]} for boats. It reaches 81.4 AP."
    url = f"https://arxiv.org/abs/{arxiv_id}"
    known = (tuple(authors), tuple(categories), submitted)
    return Paper(arxiv_id, title, text, url, 1, (), is_withdrawn, *known)


def at(
    day: date, category: str = "cs.CV", block: Block = Block.NEW, basis: Basis = Basis.ANNOUNCED, position: int = 1
) -> Listing:
    return Listing(day, category, block, position, basis)


def save(library: Library, paper: Paper, *listings: Listing) -> None:
    entries = [Entry(paper, listing, paper.title, paper.abstract, 1, "/told") for listing in listings]
    first, *others = entries
    library.save([PreparedPaper(first, prepare(paper, WordEmbedder())), *others])
