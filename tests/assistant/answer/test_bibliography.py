"""Papers as BibTeX, RIS and CSL-JSON, read by programs that read such files."""

import json
import re
import unicodedata
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import rispy
from bibtexparser.entrypoint import parse_string
from bibtexparser.library import Library as BibtexLibrary
from bibtexparser.middlewares import LatexDecodingMiddleware, SeparateCoAuthors, SplitNameParts
from citeproc import Citation, CitationItem, CitationStylesBibliography, CitationStylesStyle, formatter
from citeproc.source.json import CiteProcJSON
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.answer.bibliography import BibliographyFormat, bibliography, citation_keys, one_line, submitted
from ingest.paper import Basis, StoredPaper
from tests.assistant.conftest import stored_paper
from tests.typesetting import needs_bibtex, needs_latex, typeset_references

ANNOUNCED = date(2021, 4, 26)
BIBTEX, RIS, CSL = BibliographyFormat.BIBTEX, BibliographyFormat.RIS, BibliographyFormat.CSL


def paper(
    arxiv_id: str = "2104.10510",
    *,
    title: str = "KiteNet: Tracking Kites in Wind",
    abstract: str = "Kites are small.",
    authors: tuple[str, ...] = ("Laurens van der Maaten", "Hinton, Geoffrey"),
    categories: tuple[str, ...] = ("cs.CV", "cs.LG"),
    day: date | None = date(2021, 4, 21),
    is_withdrawn: bool = False,
) -> StoredPaper:
    stored = stored_paper(arxiv_id, title=title, abstract=abstract, day=ANNOUNCED)
    told = replace(stored.paper, authors=authors, categories=categories, submitted=day, is_withdrawn=is_withdrawn)
    return replace(stored, paper=told)


# ---- the programs


def read_bibtex(text: str) -> list[dict[str, Any]]:
    """The entries of a file, names split and LaTeX decoded."""
    middlewares = [SeparateCoAuthors(), SplitNameParts(), LatexDecodingMiddleware()]
    library: BibtexLibrary = parse_string(text, append_middleware=middlewares)
    assert (library.failed_blocks, library.comments, library.strings, library.preambles) == ([], [], [], [])
    return [{"key": entry.key, "type": entry.entry_type, **dict(entry.items())} for entry in library.entries]


def read_ris(text: str) -> list[dict[str, Any]]:
    return list(rispy.loads(text))


def read_csl(text: str) -> list[dict[str, Any]]:
    return list(json.loads(text))


def rendered(text: str) -> list[str]:
    """Each item of CSL-JSON as a style prints it."""
    source = CiteProcJSON(json.loads(text))
    style = CitationStylesStyle("harvard-cite-them-right", validate=False)
    made = CitationStylesBibliography(style, source, formatter.plain)
    for key in source:
        made.register(Citation([CitationItem(key)]))
    return [str(item) for item in made.bibliography()]


def ids_and_titles(text: str, as_format: BibliographyFormat) -> list[tuple[str, str]]:
    """The arXiv ids and titles that a program reads."""
    if as_format is BIBTEX:
        return [(entry["eprint"], entry.get("title", "")) for entry in read_bibtex(text)]
    if as_format is RIS:
        return [(item["accession_number"].removeprefix("arXiv:"), item.get("title", "")) for item in read_ris(text)]
    return [(item["number"].removeprefix("arXiv:"), item.get("title", "")) for item in read_csl(text)]


# ---- what is told


def test_bibtex_tells_all_that_is_known() -> None:
    text = bibliography([paper()], BIBTEX)
    (entry,) = read_bibtex(text)
    authors = entry.pop("author")
    assert [(name.first, name.von, name.last) for name in authors] == [
        (["Laurens"], ["van", "der"], ["Maaten"]),
        (["Geoffrey"], [], ["Hinton"]),
    ]
    assert entry == {
        "key": "vandermaaten2021kitenet",
        "type": "misc",
        "ENTRYTYPE": "misc",
        "ID": "vandermaaten2021kitenet",
        "title": "KiteNet: Tracking Kites in Wind",
        "year": "2021",
        "month": "apr",
        "day": "21",
        "eprint": "2104.10510",
        "archivePrefix": "arXiv",
        "primaryClass": "cs.CV",
        "url": "https://arxiv.org/pdf/2104.10510.pdf",
        "abstract": "Kites are small.",
    }
    assert "month = apr," in text


def test_ris_tells_all_that_is_known() -> None:
    assert read_ris(bibliography([paper()], RIS)) == [
        {
            "type_of_reference": "GEN",
            "authors": ["van der Maaten, Laurens", "Hinton, Geoffrey"],
            "title": "KiteNet: Tracking Kites in Wind",
            "year": "2021",
            "date": "2021/04/21/",
            "accession_number": "arXiv:2104.10510",
            "publisher": "arXiv",
            "urls": ["https://arxiv.org/pdf/2104.10510.pdf"],
            "abstract": "Kites are small.",
        }
    ]


def test_csl_tells_all_that_is_known() -> None:
    assert read_csl(bibliography([paper()], CSL)) == [
        {
            "id": "vandermaaten2021kitenet",
            "type": "article",
            "title": "KiteNet: Tracking Kites in Wind",
            "author": [
                {"family": "van der Maaten", "given": "Laurens"},
                {"family": "Hinton", "given": "Geoffrey"},
            ],
            "issued": {"date-parts": [[2021, 4, 21]]},
            "number": "arXiv:2104.10510",
            "publisher": "arXiv",
            "URL": "https://arxiv.org/pdf/2104.10510.pdf",
            "abstract": "Kites are small.",
        }
    ]


def test_a_style_prints_csl() -> None:
    held = [paper(), paper("2104.10520", authors=("LHCb Collaboration",), title="On Owls")]
    first, second = rendered(bibliography(held, CSL))
    assert first.startswith("van der Maaten, L. and Hinton, G. (2021) “KiteNet: Tracking Kites in Wind”. arXiv.")
    assert second.startswith("LHCb Collaboration (2021) “On Owls”. arXiv.")


def test_a_collaboration_stays_whole_in_every_format() -> None:
    held = [paper(authors=("LHCb Collaboration", "Davis, Sammy, Jr."))]
    assert "author = {{LHCb Collaboration} and Davis, Jr., Sammy}" in bibliography(held, BIBTEX)
    assert read_ris(bibliography(held, RIS))[0]["authors"] == ["LHCb Collaboration", "Davis, Sammy, Jr."]
    assert read_csl(bibliography(held, CSL))[0]["author"] == [
        {"literal": "LHCb Collaboration"},
        {"family": "Davis", "given": "Sammy", "suffix": "Jr."},
    ]


def test_where_no_author_is_known_none_is_told() -> None:
    held = [paper(authors=(), categories=())]
    (entry,) = read_bibtex(bibliography(held, BIBTEX))
    assert entry.keys().isdisjoint({"author", "primaryClass"})
    assert "authors" not in read_ris(bibliography(held, RIS))[0]
    assert "author" not in read_csl(bibliography(held, CSL))[0]


@pytest.mark.parametrize("as_format", BibliographyFormat)
def test_a_withdrawn_paper_says_so(as_format: BibliographyFormat) -> None:
    assert "Withdrawn." in bibliography([paper(is_withdrawn=True)], as_format)
    assert "Withdrawn" not in bibliography([paper()], as_format)


@pytest.mark.parametrize("as_format", BibliographyFormat)
def test_a_paper_is_written_once_and_in_its_place(as_format: BibliographyFormat) -> None:
    held = [paper("2104.00020"), paper("2104.00010"), paper("2104.00020")]
    found = ids_and_titles(bibliography(held, as_format), as_format)
    assert [arxiv_id for arxiv_id, _ in found] == ["2104.00020", "2104.00010"]


def test_of_no_papers_there_is_an_empty_file() -> None:
    assert [bibliography([], one) for one in (BIBTEX, RIS, CSL)] == ["", "", "[]"]


@pytest.mark.parametrize("as_format", BibliographyFormat)
def test_no_link_ends_its_field(as_format: BibliographyFormat) -> None:
    stored = paper()
    stored = replace(stored, paper=replace(stored.paper, url='https://arxiv.org/}"\nER  - \n{a b'))
    assert ids_and_titles(bibliography([stored], as_format), as_format) == [("2104.10510", stored.paper.title)]
    assert "https://arxiv.org/%7D%22%20ER%20-%20%7Ba%20b" in bibliography([stored], as_format)


# ---- dates


@pytest.mark.parametrize(
    ("arxiv_id", "parts"),
    [
        ("2104.10510", (2021, 4)),
        ("0704.0001", (2007, 4)),
        ("astro-ph/0601001", (2006, 1)),
        ("hep-th/9901001", (1999, 1)),
        ("math.GT/9108001", (1991, 8)),
        ("2105.00001", (2021, 5)),  # given in the night before the month in which it was announced
        ("9901.00028", ()),  # the sample's ids are invented: no paper is announced before its month
        ("2113.00001", ()),
    ],
)
def test_without_a_day_of_submission_the_id_tells_the_month(arxiv_id: str, parts: tuple[int, ...]) -> None:
    assert submitted(paper(arxiv_id, day=None)) == parts


def test_the_day_of_submission_is_the_date() -> None:
    assert submitted(paper("2105.00001", day=date(2021, 4, 30))) == (2021, 4, 30)


@pytest.mark.parametrize("basis", Basis)
@pytest.mark.parametrize("as_format", BibliographyFormat)
def test_the_day_of_a_listing_is_never_the_date(as_format: BibliographyFormat, basis: Basis) -> None:
    stored = paper(day=None)
    (listing,) = stored.listings
    text = bibliography([replace(stored, listings=(replace(listing, basis=basis),))], as_format)
    assert "26" not in text
    told = {BIBTEX: "month = apr", RIS: "DA  - 2021/04//\n", CSL: '"date-parts": [\n    [\n     2021,\n     4\n    ]'}
    assert told[as_format] in text
    assert "day = " not in text


# ---- keys


def test_papers_that_would_share_a_key_have_their_ids_in_it() -> None:
    held = [paper("2104.10510"), paper("2104.10520"), paper("2104.10530", title="GullNet: Following Gulls")]
    keys = ["vandermaaten2021kitenet-2104.10510", "vandermaaten2021kitenet-2104.10520", "vandermaaten2021gullnet"]
    assert citation_keys(held) == keys
    assert citation_keys(held[::-1]) == keys[::-1]


@pytest.mark.parametrize(
    ("authors", "title", "key"),
    [
        ((), "A Title", "arxiv-hep-th-9901001"),
        (("张三",), "A Title", "arxiv-hep-th-9901001"),
        (("Émile Zoła",), "On the École", "zola1999ecole"),
        (("LHCb Collaboration",), "What is it?", "lhcb1999"),
        (("Ada Lovelace",), "Self-supervised kites", "lovelace1999self"),
    ],
)
def test_a_key_is_of_plain_letters(authors: tuple[str, ...], title: str, key: str) -> None:
    assert citation_keys([paper("hep-th/9901001", authors=authors, title=title, day=None)]) == [key]


# ---- capitals and signs in BibTeX


@pytest.mark.parametrize(
    ("title", "written"),
    [
        ("Tracking Kites in Wind", "Tracking Kites in Wind"),
        ("KiteNet: Tracking Kites", "{KiteNet}: Tracking Kites"),
        ("A U-Net for (3D) Self-Supervised X-Rays", "A {U-Net} for ({3D}) Self-Supervised {X-Rays}"),
        ("Kites of ØRSTED and Ørsted", r"Kites of {{\O{}RSTED}} and \O{}rsted"),
        ("Learning of kites from Bayesian models", "Learning of kites from {Bayesian} models"),
    ],
)
def test_capitals_that_matter_are_kept(title: str, written: str) -> None:
    assert f"title = {{{written}}}" in bibliography([paper(title=title)], BIBTEX)


def test_signs_beyond_latex_stay_as_they_are() -> None:
    text = bibliography([paper(title="中文 ș and [U+4E2D]", authors=("张三",))], BIBTEX)
    assert "title = {中文 ș and [{U+4E2D}]}" in text
    assert "author = {{张三}}" in text


@needs_bibtex
@needs_latex
def test_bibtex_itself_reads_it_without_a_warning(tmp_path: Path) -> None:
    held = [
        paper(title="Tracking GANs with Δ-Nets in the ØRSTED data at 50% & more_or_less #1 ~ ^ \\ $x$"),
        paper("2104.10520", authors=(), title="Unbalanced } braces { and @misc{x, title = {y}}"),
        paper("2104.10530", authors=("Émile Zoła", "Ångström, Åsa", "Ramón y Cajal, Santiago", "LHCb Collaboration")),
        paper("hep-th/9901001", day=None, is_withdrawn=True, abstract='A "quote" } and a % sign'),
    ]
    said, made, typeset = typeset_references(tmp_path, bibliography(held, BIBTEX))
    assert re.search(r"Warning|error", said) is None, said
    assert made.count("\\bibitem") == len(held)
    flat = " ".join(made.split())
    assert "Tracking {GANs} with" in flat
    assert "delta" not in flat
    assert "Withdrawn" in flat
    assert "Laurens van~der Maaten" in flat
    assert "Santiago {Ram" in flat
    assert typeset.errors == []


@needs_bibtex
@needs_latex
def test_bibtex_shortens_names_that_begin_with_an_accent(tmp_path: Path) -> None:
    _, made, typeset = typeset_references(tmp_path, bibliography([paper(authors=("Émile Zola",))], BIBTEX), "abbrv")
    assert re.search(r"\{\\'\{?E\}?\}\.~Zola", made), made
    assert typeset.errors == []


# ---- any text

SIGNS = (
    "{", "}", "@misc{x,", '"', "\\", "%", "#", "\r\n", "\n\nTY  - GEN", "\nER  - \n", "\u2028", "\x00", "\ud800",
    "a", "Owl", "and", ",", " ", "é", "Δ", "中", "$", "&", "_", "~", "^", "=", "\x85", "'", "ﬁ",
)  # fmt: skip
ANY_TEXT = st.text(st.characters(codec=None, categories=None), max_size=60) | st.lists(
    st.sampled_from(SIGNS), max_size=12
).map("".join)
PAPERS = st.lists(
    st.builds(
        paper,
        st.integers(1, 99999).map(lambda number: f"2104.{number:05}"),
        title=ANY_TEXT,
        abstract=ANY_TEXT,
        authors=st.lists(ANY_TEXT, max_size=3).map(tuple),
        categories=st.lists(ANY_TEXT, max_size=1).map(tuple),
        day=st.none() | st.dates(date(2021, 4, 1), date(2021, 5, 1)),
        is_withdrawn=st.booleans(),
    ),
    max_size=4,
    unique_by=lambda stored: stored.paper.arxiv_id,
)


@pytest.mark.parametrize("as_format", [RIS, CSL])
@given(held=PAPERS)
def test_as_many_papers_are_read_as_were_written(as_format: BibliographyFormat, held: list[StoredPaper]) -> None:
    text = bibliography(held, as_format)
    text.encode("utf-8")
    expected = [(stored.paper.arxiv_id, one_line(stored.paper.title)) for stored in held]
    assert ids_and_titles(text, as_format) == expected


@settings(max_examples=60)  # its reader decodes LaTeX in Python
@given(held=PAPERS)
def test_as_many_papers_are_read_from_bibtex(held: list[StoredPaper]) -> None:
    text = bibliography(held, BIBTEX)
    text.encode("utf-8")
    assert [arxiv_id for arxiv_id, _ in ids_and_titles(text, BIBTEX)] == [stored.paper.arxiv_id for stored in held]
    assert len(re.findall(r"^@", text, re.MULTILINE)) == len(held)


@settings(max_examples=60)
@given(titles=st.lists(st.lists(st.sampled_from(SIGNS), max_size=12).map("".join), min_size=1, max_size=2))
def test_titles_are_read_from_bibtex_as_they_were_written(titles: list[str]) -> None:
    """But for quotation marks, of which two are one in LaTeX, and a circumflex, which is read as an accent."""
    held = [paper(f"2104.0000{number}", title=title) for number, title in enumerate(titles)]
    found = [title for _, title in ids_and_titles(bibliography(held, BIBTEX), BIBTEX)]
    assert list(map(as_read, found)) == [as_read(one_line(title)) for title in titles]


def as_read(text: str) -> str:
    return re.sub(r"[\"'”’]", "", unicodedata.normalize("NFKC", text.replace("ˆ", "^").replace("˜", "~")))


@given(text=ANY_TEXT)
def test_a_line_is_one_line(text: str) -> None:
    line = one_line(text)
    assert len(line.splitlines()) <= 1
    assert line == line.strip()
    assert one_line(line) == line
