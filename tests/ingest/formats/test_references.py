from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.source_texts import _zotero
from ingest.cleaning import clean
from ingest.paper import Basis
from tests.ingest.formats.invented import items_in

ENTRY = "@misc{{k, title = {{{title}}}, eprint = {{2101.00001}}, author = {{Author, Ada and B. Other}}, year = 2021}}"


def title_of(value: str) -> str:
    (entry,), rejections = items_in(ENTRY.format(title=value).encode())
    assert rejections == []
    return entry.paper.title


@pytest.mark.parametrize(
    ("value", "title"),
    [
        ("{MoorNet}: {Counting} {Ropes}", "MoorNet: Counting Ropes"),
        ("{{MoorNet}}", "MoorNet"),
        ("R\\&D at 5\\%", "R&D at 5%"),
        ("a {\\textless} b", "a < b"),
        ('K{\\"o}hler', "Köhler"),
        ("The bound $O(n^{d-1})$", "The bound O(n^(d-1))"),
        ("costs \\$5", "costs $5"),
        ("node \\$x\\_i\\$", "node xᵢ"),
        ("\\${\\textbackslash}frac\\{a+b\\}\\{c\\}\\$", "(a+b)/c"),
        ("x{\\textasciitilde}y", "x~y"),
    ],
)
def test_a_value_is_what_it_was_before_it_was_bibtex(value: str, title: str) -> None:
    assert title_of(value) == title


@given(
    st.text(st.characters(exclude_categories=["C", "Z"], exclude_characters='{}"')),
    st.sampled_from(["$x_i$", "<", "^"]),
)
def test_what_zotero_escapes_comes_back(text: str, sign: str) -> None:
    raw = f"K {text} {sign} end"
    (entry,), _ = items_in(ENTRY.format(title=_zotero(raw)).encode())
    if "\\" in raw or "$" not in text:  # one dollar sign by itself is a dollar to both
        assert entry.paper.title == clean(entry.raw_title).text
    if "$" not in text and "\\" not in text and sign != "$x_i$":
        assert entry.raw_title == raw


def test_a_paper_of_bibtex_is_read() -> None:
    text = (
        "Notes before.\n@string{acm = {ACM}}\n@comment{x}\n@inproceedings{k,\n title = {On Kites},\n publisher = acm,\n"
        " url = {https://arxiv.org/abs/2101.00001v2},\n author = {Author, Ada and {Kite Group} and others},\n"
        " abstract = {They fly.\n\n Far.},\n note = {arXiv:2101.00001 [cs.CV]}\n}\n"
    )
    (entry,), rejections = items_in(text.encode())
    paper = entry.paper
    assert (paper.arxiv_id, paper.version, paper.abstract, rejections) == ("2101.00001", 2, "They fly. Far.", [])
    assert (paper.authors, paper.categories) == (("Ada Author", "Kite Group", "et al."), ("cs.CV",))
    assert (entry.listing.basis, entry.line) == (Basis.MONTH, 4)


def test_several_entries_in_a_line_are_several_papers() -> None:
    one, two = (ENTRY.format(title=f"K {n}").replace("00001", f"0000{n}") for n in (1, 2))
    entries, _ = items_in(f"{one} {two.replace('{k,', '{w,')}".encode())
    assert [entry.paper.arxiv_id for entry in entries] == ["2101.00001", "2101.00002"]
    entries, (rejection,) = items_in(f"{one} {two}".encode())  # the second by the name of the first
    assert (len(entries), rejection.line) == (1, 1)


def test_an_entry_that_is_broken_or_lacks_an_id_is_told() -> None:
    good = ENTRY.format(title="K")
    text = f"{good}\n@misc{{x, title = {{open\n{good}\n@article{{y, title = {{No Preprint}}, doi = {{10.1/x}}}}\n"
    entries, rejections = items_in(text.encode())
    assert len(entries) == 2
    assert [(r.line, r.reason) for r in rejections] == [
        (2, "an entry of BibTeX that is broken: “@misc{x, title = {open”"),
        (4, "a paper without arXiv id: “10.1/x”"),
    ]


@pytest.mark.parametrize("begin", ["@misc{k, title = {K}, abstract = {", "TY  - JOUR\nTI  - K\nAB  - "])
def test_an_entry_without_end_is_told_and_the_next_is_read(begin: str) -> None:
    end = (
        ENTRY.format(title="K")
        if begin[0] == "@"
        else "TY  - JOUR\nTI  - K\nUR  - https://arxiv.org/abs/2101.00001\nER  - "
    )
    entries, (rejection,) = items_in(f"{begin}{'they fly ' * 150_000}\n{end}\n".encode())
    assert ([e.paper.arxiv_id for e in entries], rejection.line) == (["2101.00001"], 1)
    assert rejection.reason == "an entry of over 1 million characters"


# ---- RIS

RECORD = (
    "TY  - Preprint\nTI  - On Kites\nAU  - Author, Ada\nAU  - Other, B.\nAB  - They fly.\n"
    "{more}UR  - http://arxiv.org/abs/{id}\nER  - \n"
)


def test_a_record_of_ris_is_read() -> None:
    text = RECORD.format(id="2101.00001v3", more="DA  - 2021/01/04/\n")
    (entry,), rejections = items_in(text.encode())
    assert (entry.paper.title, entry.paper.authors, entry.paper.version) == ("On Kites", ("Ada Author", "B. Other"), 3)
    assert (entry.listing.day, entry.listing.basis, rejections) == (date(2021, 1, 4), Basis.SUBMITTED, [])


def test_a_record_of_ris_without_its_end_is_read_as_far_as_it_goes() -> None:
    one, two = (RECORD.format(id=f"2101.0000{n}", more="") for n in (1, 2))
    entries, rejections = items_in((one.replace("ER  - \n", "") + two).encode())
    assert ([entry.paper.arxiv_id for entry in entries], rejections) == (["2101.00001", "2101.00002"], [])


def test_a_record_of_ris_without_its_beginning_is_told() -> None:
    one, two, three = (RECORD.format(id=f"2101.0000{n}", more="") for n in (1, 2, 3))
    entries, (rejection,) = items_in((one + two.replace("TY  -", "XX") + three).encode())
    assert [entry.paper.arxiv_id for entry in entries] == ["2101.00001", "2101.00003"]
    assert "without its beginning" in rejection.reason
