import re
from dataclasses import dataclass
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.formats.digest import NO_DIGEST, looks_like_digest, read_digest
from ingest.paper import Block, Entry, Rejection
from tests.conftest import digest_text
from tests.ingest.feeds import parted
from tests.ingest.texts import PROSE

DAY = "# ArXiv cs.CV --Mon, 4 Jan 2021"
LINK = "[ :arrow_down: ](https://arxiv.org/pdf/2101.00001.pdf)"


@dataclass(frozen=True)
class Parsed:
    entries: list[Entry]
    rejections: list[Rejection]


def parse_digest(text: str, file: str) -> Parsed:
    return Parsed(*parted(read_digest(lines_of(text), file)))


def lines_of(text: str) -> list[str]:
    return re.split(r"\r\n|\r|\n", text.lstrip("\ufeff"))


def parse(*lines: str) -> Parsed:
    return parse_digest("\n".join(lines) + "\n", "digest.md")


def only(parsed: Parsed) -> Entry:
    (entry,) = parsed.entries
    assert parsed.rejections == []
    return entry


# ---- what a paper's two lines hold


def test_an_entry_holds_all_that_the_digest_says_of_it() -> None:
    entry = only(parse(DAY, f"### 1.On <i>Kites</i>  {LINK}", "> &gt;9 kites: https://github.com/k/k .      "))
    paper, listing = entry.paper, entry.listing
    assert (paper.arxiv_id, paper.version, paper.title) == ("2101.00001", 0, "On Kites")
    assert paper.abstract == ">9 kites: https://github.com/k/k ."
    assert paper.url == "https://arxiv.org/pdf/2101.00001.pdf"
    assert [(link.url, link.is_code) for link in paper.links] == [("https://github.com/k/k", True)]
    assert (listing.day, listing.category, listing.block, listing.position) == (date(2021, 1, 4), "cs.CV", Block.NEW, 1)
    assert (entry.raw_title, entry.raw_abstract) == ("On <i>Kites</i>", "&gt;9 kites: https://github.com/k/k .")
    assert entry.line == 2


@pytest.mark.parametrize("label", ["[ :arrow_down: ]", "[ pdf ]", "[pdf]", "[ PDF ]"])
@pytest.mark.parametrize("end", ["", " ", "      ", "\t"])
def test_both_labels_and_any_trailing_space(label: str, end: str) -> None:
    entry = only(
        parse(DAY + end, f"### 1.On Kites {label}(https://arxiv.org/pdf/2101.00001.pdf){end}", f"> They fly.{end}")
    )
    assert (entry.paper.title, entry.paper.abstract) == ("On Kites", "They fly.")


@pytest.mark.parametrize(
    ("link", "arxiv_id", "version"),
    [
        ("https://arxiv.org/pdf/2101.00001v3.pdf", "2101.00001", 3),
        ("https://arxiv.org/pdf/2101.00001v12", "2101.00001", 12),
        ("https://arxiv.org/abs/2101.00001v2", "2101.00001", 2),
        ("http://arxiv.org/pdf/0704.1234.pdf", "0704.1234", 0),
        ("https://arxiv.org/pdf/astro-ph/0601001.pdf", "astro-ph/0601001", 0),
        ("https://arxiv.org/pdf/math.GT/0309136v1.pdf", "math.GT/0309136", 1),
    ],
)
def test_ids_of_every_kind_with_and_without_a_version(link: str, arxiv_id: str, version: int) -> None:
    paper = only(parse(DAY, f"### 1.On Kites [ pdf ]({link})", "> They fly.")).paper
    assert (paper.arxiv_id, paper.version, paper.url) == (arxiv_id, version, link)


@pytest.mark.parametrize(
    ("heading", "title"),
    [
        ("### 1.On Kites", "On Kites"),
        ("### 12. On Kites", "On Kites"),
        ("### On Kites", "On Kites"),
        ("###On Kites", "On Kites"),
        ("#### 3.On Kites", "On Kites"),
        ("### 4.3D Kites", "3D Kites"),
        ("### 4.2.5D Kites", "2.5D Kites"),
        ("### 4.Kites [Extended] (2nd Edition)", "Kites [Extended] (2nd Edition)"),
        ("### 4.Kites #1 &amp; #2", "Kites #1 & #2"),
        ("### 100 Kites", "100 Kites"),
    ],
)
def test_a_title_is_what_stands_between_number_and_link(heading: str, title: str) -> None:
    assert only(parse(DAY, f"{heading} {LINK}", "> They fly.")).paper.title == title


def test_an_abstract_may_go_over_several_lines() -> None:
    entry = only(parse(DAY, f"### 1.On Kites {LINK}", ">  They fly.", "", "> They fall.<br>And", "fly #1 again.  ", ""))
    assert entry.paper.abstract == "They fly. They fall. And fly #1 again."
    assert entry.raw_abstract == "They fly.\nThey fall.<br>And\nfly #1 again."


def test_a_paper_without_an_abstract_is_kept() -> None:
    parsed = parse(DAY, f"### 1.On Kites {LINK}", f"### 2.On Winds {LINK.replace('00001', '00000')}", "> They blow.")
    assert [(e.paper.title, e.paper.abstract) for e in parsed.entries] == [("On Kites", ""), ("On Winds", "They blow.")]


# ---- the file


def whole(separator: str = "\n", start: str = "", end: str = "\n") -> str:
    lines = [
        DAY,
        f"### 1.On Kites {LINK}",
        "> They fly.",
        f"### 2.On Winds {LINK.replace('00001', '00000')}",
        "> They blow.",
    ]
    return start + separator.join(lines) + end


@pytest.mark.parametrize(
    "text",
    [
        whole("\r\n", end="\r\n"),
        whole(end=""),
        whole(start="\ufeff"),
        whole(start="\n\n"),
        whole("\n\n"),
        whole("\n  "),
    ],
    ids=["CRLF", "no newline at the end", "BOM", "empty lines first", "empty lines between", "indented"],
)
def test_the_form_of_the_file_does_not_matter(text: str) -> None:
    def texts(parsed: Parsed) -> list[tuple[str, str]]:
        assert parsed.rejections == []
        return [(entry.raw_title, entry.raw_abstract) for entry in parsed.entries]

    assert looks_like_digest(lines_of(text))
    assert (
        texts(parse_digest(text, "a.md"))
        == texts(parse_digest(whole(), "a.md"))
        == [("On Kites", "They fly."), ("On Winds", "They blow.")]
    )


@pytest.mark.parametrize(
    ("heading", "category", "day"),
    [
        ("# ArXiv cs.CV --Mon, 4 Jan 2021", "cs.CV", date(2021, 1, 4)),
        ("# arxiv cs.LG -- Wed, 29 May 2019", "cs.LG", date(2019, 5, 29)),
        ("#ArXiv eess.IV --Thu, 02 April 2020", "eess.IV", date(2020, 4, 2)),
        ("# ArXiv stat.ML --2 Apr 2020", "stat.ML", date(2020, 4, 2)),
        ("# ArXiv astro-ph.GA --Sat, 29 Feb 2020  ", "astro-ph.GA", date(2020, 2, 29)),
    ],
)
def test_the_heading_gives_day_and_category(heading: str, category: str, day: date) -> None:
    listing = only(parse(heading, f"### 1.On Kites {LINK}", "> They fly.")).listing
    assert (listing.category, listing.day) == (category, day)


def test_a_file_may_hold_several_days_and_categories() -> None:
    monday = digest_text(date(2021, 1, 4), [("2101.00002", "A", "a"), ("2101.00001", "B", "b")])
    tuesday = digest_text(date(2021, 1, 5), [("2101.00004", "C", "c"), ("2101.00003", "D", "d")], category="cs.LG")
    listings = [entry.listing for entry in parse_digest("\ufeff" + monday + "\ufeff" + tuesday, "both.md").entries]
    assert [(x.day.day, x.category, x.block, x.position) for x in listings] == [
        (4, "cs.CV", Block.NEW, 1),
        (4, "cs.CV", Block.NEW, 2),
        (5, "cs.LG", Block.NEW, 1),
        (5, "cs.LG", Block.NEW, 2),
    ]


def test_the_second_block_is_of_cross_listed_papers_and_numbering_goes_on() -> None:
    new = [("2101.00009", "A", "a"), ("2101.00007", "B", "b")]
    crossed = [("2101.00008", "C", "c"), ("2101.00002", "D", "d"), ("2012.00001", "E", "e"), ("cs/0601001", "F", "f")]
    parsed = parse_digest(digest_text(date(2021, 1, 4), new, crossed), "a.md")
    assert [(e.paper.title, e.listing.block, e.listing.position) for e in parsed.entries] == [
        ("A", Block.NEW, 1),
        ("B", Block.NEW, 2),
        ("C", Block.CROSS_LISTED, 3),
        ("D", Block.CROSS_LISTED, 4),
        ("E", Block.CROSS_LISTED, 5),
        ("F", Block.CROSS_LISTED, 6),
    ]


def test_numbers_that_are_missing_or_repeated_change_nothing() -> None:
    text = digest_text(date(2021, 1, 4), [("2101.00003", "A", "a"), ("2101.00002", "B", "b"), ("2101.00001", "C", "c")])
    for changed in (text.replace("### 2.", "### 1."), text.replace("### 2.", "### "), text.replace("### 3.", "### 7.")):
        entries = parse_digest(changed, "a.md").entries
        assert [(e.paper.title, e.listing.position) for e in entries] == [("A", 1), ("B", 2), ("C", 3)]


@pytest.mark.parametrize(
    "text", ["", "\n", "# Notes", "arXiv cs.CV Mon, 4 Jan 2021", "### 1.On Kites", "# ArXiv cs.CV"]
)
def test_another_text_is_no_digest(text: str) -> None:
    assert not looks_like_digest(lines_of(text))


# ---- what cannot be taken


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("### 2.On Winds", "no arXiv link after the title: “2.On Winds”"),
        ("### 2.On Winds [ ps ](https://arxiv.org/ps/2101.00001)", "no arXiv link after the title"),
        (f"### 2.On Winds {LINK} and more", "no arXiv link after the title"),
        (
            "### 2.On Winds [ pdf ](https://arxiv.org/pdf/winds.pdf)",
            "holds no arXiv id: “https://arxiv.org/pdf/winds.pdf”",
        ),
        ("### 2.On Winds [ pdf ]()", "holds no arXiv id: “”"),
        (f"### 2. {LINK}", "2101.00001 has no title"),
        (f"### 2.<br>\u200b {LINK}", "2101.00001 has no title"),
        ("###", "no arXiv link"),
        ("## Kites", "a heading that is neither a day nor a paper"),
        ("#", "a heading that is neither a day nor a paper"),
    ],
)
def test_a_piece_that_cannot_be_taken_is_told_with_line_and_reason(line: str, reason: str) -> None:
    before = f"### 1.On Kites {LINK}"
    parsed = parse(DAY, before, "> They fly.", line, "> They blow.", before, "> They fall.")
    (rejection,) = parsed.rejections
    assert (rejection.file, rejection.line) == ("digest.md", 4)
    assert reason in rejection.reason
    assert [entry.paper.abstract for entry in parsed.entries] == ["They fly.", "They fall."]


def test_a_paper_under_no_day_is_rejected() -> None:
    parsed = parse(f"### 1.On Kites {LINK}", "> They fly.", DAY)
    assert parsed.rejections == [Rejection("digest.md", 1, "2101.00001 stands under no day's heading")]


def test_the_papers_of_a_day_that_does_not_exist_do_not_go_to_the_day_before() -> None:
    parsed = parse(DAY, "# ArXiv cs.CV --Tue, 30 Feb 2021", f"### 1.On Kites {LINK}", "> They fly.")
    assert parsed.entries == []
    assert [(r.line, r.reason) for r in parsed.rejections] == [
        (2, "“Tue, 30 Feb 2021” is no date; its papers have no day"),
        (3, "2101.00001 stands under no day's heading"),
    ]


@pytest.mark.parametrize(
    "before", [[], [f"### 1.On Kites {LINK}", "> They fly."]], ids=["dropped", "joined to another"]
)
def test_a_paper_whose_marks_are_missing_is_told(before: list[str]) -> None:
    parsed = parse(DAY, *before, f"2.On Winds {LINK.replace('00001', '00000')}", "> They blow.")
    assert [rejection.line for rejection in parsed.rejections] == [2 + len(before)]
    assert [entry.paper.abstract for entry in parsed.entries] == ["They fly."][: len(before)]


# ---- whatever comes

HEADING = st.builds(
    "### {}.{} {}".format,
    st.integers(0, 99),
    PROSE.map(lambda text: text.replace("#", "")),
    st.sampled_from(
        [LINK, "[ pdf ](https://arxiv.org/pdf/2012.00001v2.pdf)", "[ pdf ](https://x.org)", "", "[ pdf ]("]
    ),
)
LINE = st.one_of(
    HEADING,
    st.just(DAY),
    st.sampled_from(["# ArXiv cs.LG --Tue, 5 Jan 2021", "# ArXiv cs.CV --31 Foo 2021", "## Kites", "###", "", "  "]),
    PROSE.map("> {}".format),
    st.text(st.characters(exclude_categories=["C", "Z"]), max_size=10),
)


@given(st.lists(LINE, max_size=25), st.sampled_from(["\n", "\r\n"]), st.integers(3, 60))
def test_every_paper_is_an_entry_or_a_rejection_of_its_line(lines: list[str], newline: str, width: int) -> None:
    lines = [line[:width] if line.startswith("###") else line for line in lines] + lines
    parsed = parse_digest(newline.join(lines), "a.md")
    papers = [number for number, line in enumerate(lines, start=1) if line.startswith("###")]
    rejected = [r.line for r in parsed.rejections if r.reason != NO_DIGEST]
    told = sorted([entry.line for entry in parsed.entries] + rejected)
    assert [line for line in told if line in papers] == papers


@given(st.text() | st.lists(LINE | st.text(max_size=20), max_size=20).map("\n".join))
def test_no_text_raises(text: str) -> None:
    parsed = parse_digest(text, "a.md")
    looks_like_digest(lines_of(text))
    assert all(entry.paper.title and entry.paper.arxiv_id for entry in parsed.entries)


# ---- examples, and what takes long


def test_a_block_of_code_is_an_example_and_what_stands_behind_it_is_read() -> None:
    paper = [f"### 1.On Kites {LINK}", "> They fly."]
    parsed = parse(DAY, "```", *paper, "```", *(line.replace("00001", "00002") for line in paper))
    assert [entry.paper.arxiv_id for entry in parsed.entries] == ["2101.00002"]
    assert [rejection.reason.partition(":")[0] for rejection in parsed.rejections] == ["an example in a block of code"]


@pytest.mark.parametrize("count", [3, 700])
def test_a_block_of_code_that_never_ends_hides_nothing(count: int) -> None:
    papers = [
        line for n in range(count) for line in (f"### On Kites {LINK.replace('00001', f'{n:05}')}", "> They fly.")
    ]
    parsed = parse(DAY, papers[0], papers[1], "```", *papers[2:])
    assert (len(parsed.entries), parsed.rejections) == (count, [])


def test_a_paper_of_too_many_lines_is_told() -> None:
    parsed = parse(DAY, f"### 1.On Kites {LINK}", *["> fly"] * 6000, f"### 2.On Winds {LINK}", "> They blow.")
    assert [entry.paper.title for entry in parsed.entries] == ["On Winds"]
    (rejection,) = parsed.rejections
    assert (rejection.line, "too many lines" in rejection.reason) == (2, True)


def test_a_day_of_more_than_any_is_read_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.formats.digest._MOST_HELD", 500)
    papers = [line for n in range(99, 9, -1) for line in (f"### K {LINK.replace('00001', f'000{n}')}", "> They fly.")]
    parsed = parse(DAY, *papers)
    assert [entry.listing.position for entry in parsed.entries] == list(range(1, 91))


@pytest.mark.parametrize(
    "fragment",
    [
        "<a ", '<a href="', '" href="x', "\\b{eta}", "\\cite[", "\\em{", "{\\em ", "$x", "\\(", "\\'e", "&amp;", "&",
        "{", "}", "{}", "[", "](", "https://a.b/(", "~", "a.", "\\foo ", "x^", "^{", "Ã©", "\x85", "### ", "\\\\",
    ],
)  # fmt: skip
@pytest.mark.parametrize("place", ["title", "abstract", "heading"])
def test_a_text_made_to_take_long_is_read(fragment: str, place: str) -> None:
    """A pattern that looks at each place again from each place would take minutes here."""
    long = fragment * (90_000 // len(fragment))
    lines = {
        "title": [DAY, f"### 1.{long} {LINK}", "> They fly."],
        "abstract": [DAY, f"### 1.On Kites {LINK}", f"> {long}"],
        "heading": [f"# ArXiv {long}", DAY, f"### 1.On Kites {LINK}", "> They fly."],
    }[place]
    parsed = parse(*lines)
    assert parsed.entries or parsed.rejections
