"""Papers that hypothesis invents, and whether what was read of a source is what was written into it."""

import gzip
import io
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, timedelta

from hypothesis import strategies as st

from eval.source_formats import FORMATS, Format
from eval.source_papers import InventedPaper, Written
from ingest.cleaning import clean
from ingest.paper import UNKNOWN_CATEGORY, Basis, Block, Entry, Rejection
from ingest.sources import items_of

CATEGORIES = ("cs.CV", "cs.LG", "math.CO", "hep-th", "eess.IV", "stat.ML", "cond-mat.mes-hall")
_ARCHIVES = ("hep-th", "math.GT", "cs", "cond-mat", "math-ph", "q-alg", "astro-ph")
_FIRST_NEW_STYLE = date(2007, 5, 1)
_ANNOUNCED = date(2026, 8, 12)

CANNOT_CARRY = {
    "digest, ascending": "", "digest, descending": "",
    "bot table": "|[]()*_`\\<>$", "bot JSON": "|[]()*_`\\<>$", "bot headings": "[]()*_<>",
    "BibTeX": "$\\^~{}\"", "RSS 1.0": "&<>", "listing page": "\\$",
}  # fmt: skip
"""Signs that a format has no way to say, or says in another way than the source."""

ENCODINGS: dict[str, Callable[[str], bytes]] = {
    "utf-8": str.encode,
    "a mark": lambda text: b"\xef\xbb\xbf" + text.encode(),
    "carriage returns": lambda text: text.replace("\n", "\r\n").encode(),
    "gzip": lambda text: gzip.compress(text.encode()),
    "utf-16": lambda text: text.encode("utf-16"),
    "utf-16, big-endian": lambda text: b"\xfe\xff" + text.encode("utf-16-be"),
}


def texts(name: str) -> st.SearchStrategy[str]:
    """One line of any signs that a format can carry."""
    signs = st.characters(exclude_categories=["C", "Zl", "Zp"], exclude_characters=CANNOT_CARRY.get(name, ""))
    words = st.sampled_from(["kelp", "R-D", "p = 0.05", "naïve", "中文", "“quoted”", "it's", "5 : 4", "a.b", "Ω ≤ 3"])
    return st.lists(words | st.text(signs, min_size=1, max_size=8), max_size=8).map(" ".join)


_NAME = st.text(st.characters(categories=["Lu", "Ll"], max_codepoint=0x24F), min_size=3, max_size=8).filter(
    lambda name: name.lower() not in {"and", "others", "etal"} and name.isprintable()
)


@st.composite
def papers_of(draw: st.DrawFn, name: str, number: int) -> InventedPaper:
    """A paper; its number makes its id another than that of every other number."""
    submitted = draw(st.dates(date(1992, 1, 1), _ANNOUNCED - timedelta(days=1)))
    month = f"{submitted:%y%m}"
    if submitted < _FIRST_NEW_STYLE:
        submitted = min(submitted, date(2007, 3, 31))
        arxiv_id = f"{draw(st.sampled_from(_ARCHIVES))}/{submitted:%y%m}{number:03}"
    else:
        arxiv_id = f"{month}.{number:04}" if month < "1501" else f"{month}.{number:05}"
    if name in {"digest, ascending", "digest, descending"}:
        arxiv_id = f"2608.{number:05}"
    return InventedPaper(
        arxiv_id,
        f"K {draw(texts(name))} x",
        f"We {draw(texts(name))} it.",
        draw(st.integers(1, 12)),
        tuple(draw(st.lists(st.builds("{} {}".format, _NAME, _NAME), min_size=1, max_size=4, unique=True))),
        tuple(draw(st.lists(st.sampled_from(CATEGORIES), min_size=1, max_size=3, unique=True))),
        submitted,
        _ANNOUNCED,
        draw(st.sampled_from([Block.NEW, Block.CROSS_LISTED, Block.REPLACED])),
    )


def some_papers(name: str) -> st.SearchStrategy[list[InventedPaper]]:
    """Some papers in any order."""
    several: st.SearchStrategy[tuple[InventedPaper, ...]] = st.integers(1, 4).flatmap(
        lambda count: st.tuples(*(papers_of(name, n) for n in range(1, count + 1)))
    )
    if name.startswith("digest"):  # which blocks a digest tells is tested with the blocks
        several = several.map(lambda some: tuple(replace(paper, block=Block.NEW) for paper in some))
    if name == "RSS 1.0":  # it marks no paper as cross-listed that is of another category than the feed's
        several = several.map(lambda some: tuple(_of_feed(paper) for paper in some))
    return several.map(list).flatmap(st.permutations)


def _of_feed(paper: InventedPaper) -> InventedPaper:
    return replace(paper, categories=("cs.CV",) if paper.block is Block.NEW else ("cs.LG", "cs.CV"))


def items_in(data: bytes, name: str = "source") -> tuple[list[Entry], list[Rejection]]:
    """What the bytes of a source hold."""
    items = list(items_of(io.BytesIO(data), name))
    return [i for i in items if isinstance(i, Entry)], [i for i in items if isinstance(i, Rejection)]


def assert_told(entries: Iterable[Entry], written: Written, name: str) -> None:
    """Every paper was read as it was written, as far as its format tells."""
    read = list(entries)
    assert [entry.paper.arxiv_id for entry in read] == [paper.arxiv_id for paper in written.papers]
    for entry, paper in zip(read, written.papers, strict=True):
        assert _as_read(entry, FORMATS[name]) == _as_told(paper, FORMATS[name])


def _as_read(entry: Entry, form: Format) -> dict[str, object]:
    told = {
        "title": entry.paper.title,
        "basis": entry.listing.basis,
        "version": entry.paper.version,
        "abstract": entry.paper.abstract,
        "authors": entry.paper.authors,
        "categories": entry.paper.categories,
        "primary": entry.paper.categories[:1] or (UNKNOWN_CATEGORY,),
        "day": entry.listing.day,
        "block": entry.listing.block,
    }
    return {key: value for key, value in told.items() if key in {"title", "basis", *form.tells}}


def _as_told(paper: InventedPaper, form: Format) -> dict[str, object]:
    told = {
        "title": clean(paper.title).text,
        "basis": form.basis,
        "version": paper.version,
        "abstract": clean(paper.abstract).text,
        "authors": paper.authors,
        "categories": paper.categories,
        "primary": paper.categories[:1],
        "day": paper.announced if form.basis is Basis.ANNOUNCED else paper.submitted,
        "block": paper.block,
    }
    return {key: value for key, value in told.items() if key in {"title", "basis", *form.tells}}
