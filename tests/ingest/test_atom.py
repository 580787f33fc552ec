from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from ingest.atom import read_atom
from ingest.paper import Block, Listing
from ingest.selection import Selection
from tests.ingest.feeds import NOON, Told, atom_feed, ids, parted, told_papers

ATOM = "{http://www.w3.org/2005/Atom}"


def read(feed: str | bytes, selection: Selection | None = None) -> tuple[list[str], list[tuple[int, str]]]:
    """The ids that a feed gives, and its rejections."""
    data = feed.encode() if isinstance(feed, str) else feed
    entries, rejections = parted(read_atom(data, "feed", selection or Selection()))
    assert {r.file for r in rejections} <= {"feed"}
    return ids(entries), [(r.line, r.reason) for r in rejections]


def test_all_of_a_paper_is_read() -> None:
    told = Told(
        "2101.00007", "On  $\\alpha$-Kites\n  & Winds", "  They fly <br> at\n 5 km, see https://github.com/k/k.  ", 3,
        ("cs.RO", "cs.CV"), datetime(2021, 1, 4, 23, 59, 59, tzinfo=UTC), "8 pages",
    )  # fmt: skip
    (entry,) = parted(read_atom(atom_feed([told]).encode(), "feed"))[0]
    paper = entry.paper
    assert (paper.arxiv_id, paper.version, paper.title) == ("2101.00007", 3, "On α-Kites & Winds")
    assert paper.abstract == "They fly at 5 km, see https://github.com/k/k."
    assert [link.url for link in paper.links] == ["https://github.com/k/k"]
    assert (paper.url, paper.is_withdrawn) == ("https://arxiv.org/abs/2101.00007", False)
    assert entry.listing == Listing(date(2021, 1, 4), "cs.RO", Block.NEW, 1)
    assert (entry.raw_title, entry.line) == (told.title, 8)


def test_a_paper_stands_in_the_block_that_its_primary_category_gives() -> None:
    feed = atom_feed(
        [Told("2101.00001", categories=("cs.CV", "cs.LG")), Told("2101.00002", categories=("cs.LG", "cs.CV"))]
    )
    entries, _ = parted(read_atom(feed.encode(), "feed", Selection("cs.CV")))
    day = NOON.date()
    assert [entry.listing for entry in entries] == [
        Listing(day, "cs.CV", Block.NEW, 1),
        Listing(day, "cs.CV", Block.CROSS_LISTED, 2),
    ]


def test_an_old_id_is_read() -> None:
    (entry,) = parted(read_atom(atom_feed([Told("math.GT/0309136", version=2)]).encode(), "feed"))[0]
    assert (entry.paper.arxiv_id, entry.paper.version) == ("math.GT/0309136", 2)
    assert entry.paper.url == "https://arxiv.org/abs/math.GT/0309136"


@pytest.mark.parametrize(
    ("published", "day"),
    [
        ("2021-01-04T23:30:00Z", date(2021, 1, 4)),
        ("2021-01-04T23:30:00-05:00", date(2021, 1, 5)),
        ("2021-01-05T00:30:00+01:00", date(2021, 1, 4)),
        ("2021-01-04", date(2021, 1, 4)),
        (" 2021-01-04T00:00:00Z\n", date(2021, 1, 4)),
    ],
)
def test_the_day_is_that_of_the_first_submission_in_utc(published: str, day: date) -> None:
    feed = atom_feed([Told("2101.00001")]).replace("<published>2021-01-04T12:00:00Z", f"<published>{published}")
    (entry,) = parted(read_atom(feed.encode(), "feed"))[0]
    assert entry.listing.day == day


@pytest.mark.parametrize(
    ("abstract", "comment", "is_withdrawn"),
    [
        ("This paper has been withdrawn by the authors.", "", True),
        ("They fly.", "This paper has been withdrawn due to an error in Lemma 2", True),
        ("They fly.", "withdrawn by the author", True),
        ("Samples are withdrawn from the kite.", "12 pages", False),
    ],
)
def test_a_withdrawn_paper_is_marked(abstract: str, comment: str, is_withdrawn: bool) -> None:
    feed = atom_feed([Told("2101.00001", abstract=abstract, comment=comment)])
    (entry,) = parted(read_atom(feed.encode(), "feed"))[0]
    assert entry.paper.is_withdrawn is is_withdrawn


@pytest.mark.parametrize(
    ("whole", "broken"),
    [
        ("<id>http://arxiv.org/abs/2101.00002v1</id>", "<id>http://arxiv.org/abs/kite</id>"),
        ("<id>http://arxiv.org/abs/2101.00002v1</id>", ""),
        ("<title>Kite 2</title>", "<title> </title>"),
        ("<published>2021-01-04T12:00:02Z</published>", "<published>yesterday</published>"),
        ("<published>2021-01-04T12:00:02Z</published>", "<published>0001-01-01T00:00:00+09:00</published>"),
        ("<published>2021-01-04T12:00:02Z</published>", ""),
    ],
)
def test_a_paper_that_lacks_something_is_told_with_its_line(whole: str, broken: str) -> None:
    feed = atom_feed(told_papers(3))
    assert whole in feed
    line = feed[: feed.index("<id>http://arxiv.org/abs/2101.00002v1")].count("\n")
    found, ((told_line, reason),) = read(feed.replace(whole, broken))
    assert (found, told_line) == (["2101.00001", "2101.00003"], line)
    assert "a paper without" in reason


def test_a_paper_without_categories_is_told() -> None:
    feed = atom_feed([Told("2101.00001", categories=("kites",))])
    assert read(feed.replace('term="kites"', ""))[1] == [
        (8, "a paper without arXiv id, title, date or category: “http://arxiv.org/abs/2101.00001v1”")
    ]


def test_an_answer_that_is_an_error_is_told() -> None:
    entry = "<id>https://arxiv.org/api/errors#bad_id</id><title>Error</title><summary>bad id abc</summary>"
    feed = atom_feed([]).replace("</feed>", f"<entry>{entry}</entry></feed>")
    assert read(feed) == ([], [(8, "arXiv answered with an error: bad id abc")])


# ---- broken feeds


@given(st.data())
def test_of_a_feed_that_is_cut_off_the_papers_before_the_cut_are_kept(data: st.DataObject) -> None:
    feed = atom_feed(told_papers(4))
    cut = feed[: data.draw(st.integers(len("<?xml"), len(feed) - len("\n</feed>")))]
    found, rejections = read(cut)
    whole, begun = cut.count("</entry>"), cut.count("<entry>")
    assert found == [f"2101.{n:05}" for n in range(1, len(found) + 1)]
    assert whole - (whole == begun) <= len(found) <= whole
    assert rejections, "the cut is told"
    assert "cut off" in rejections[0][1]


@pytest.mark.parametrize(
    ("mark", "kept"),
    [("&", 2), ("<", 2), ("&kite;", 2), ("\x01", 2), ("]]>", 2), ("</title>", 1), ("</b>", 1)],
)
def test_a_feed_that_breaks_in_the_middle_loses_what_cannot_be_told_apart(mark: str, kept: int) -> None:
    feed = atom_feed(told_papers(3))
    line = feed[: feed.index("Kite 2 flies")].count("\n") + 1
    found, rejections = read(feed.replace("Kite 2 flies", f"Kite {mark} flies"))
    assert found == ["2101.00001", "2101.00003"][:kept]
    assert [told_line for told_line, _ in rejections] == [line]


@pytest.mark.parametrize("data", [b"", b"<", b"<?xml", b"<feed", b"<feed>\x00</feed>", b"\xff\xfe<\x00"])
def test_what_is_no_xml_is_told(data: bytes) -> None:
    found, rejections = read(data)
    assert (found, len(rejections)) == ([], 1)


@pytest.mark.parametrize("depth", [100, 200_000])
def test_deep_nesting_does_no_harm(depth: int) -> None:
    feed = atom_feed(told_papers(2)).replace("Kite 2 flies", "<b>" * depth + "flies")
    found, rejections = read(feed)
    assert found[0] == "2101.00001"
    assert rejections


# ---- hostile feeds


def with_entities(declarations: str, used: str) -> str:
    feed = atom_feed(told_papers(3)).replace("Kite 2 flies", f"Kite {used} flies")
    return feed.replace("<feed", f"<!DOCTYPE feed [{declarations}]><feed", 1)


@pytest.mark.parametrize("used_in", ["text", "attribute"])
def test_an_entity_bomb_is_not_set_off(used_in: str) -> None:
    bomb = '<!ENTITY e0 "kite">' + "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    feed = with_entities(bomb, "&e11;")
    if used_in == "attribute":
        feed = feed.replace("<entry>", '<entry kind="&e11;">')
    entries, _ = parted(read_atom(feed.encode(), "feed"))
    assert sum(len(entry.raw_abstract) for entry in entries) < 1000


def test_an_external_entity_is_not_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("the key", encoding="utf-8")
    for declared in (f'<!ENTITY x SYSTEM "{secret.as_uri()}">', f'<!ENTITY % x SYSTEM "{secret.as_uri()}"> %x;'):
        entries, rejections = parted(read_atom(with_entities(declared, "&x;").encode(), "feed"))
        assert len(entries) + len(rejections) >= 3
        assert "the key" not in f"{entries}{rejections}"


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=60))
def test_any_text_comes_through(text: str) -> None:
    told = Told("2101.00001", title=f"K {text}", abstract=text, comment=text)
    (entry,), rejections = parted(read_atom(atom_feed([told]).encode(), "feed"))
    assert (entry.raw_title, entry.raw_abstract, rejections) == (told.title, text, [])


# ---- real feeds


def independent_reading(feed: Path) -> list[tuple[str, str, str, str, frozenset[str]]]:
    """(id, version, day, primary category, categories) of each entry, by other means."""
    rows = []
    for entry in etree.parse(feed).getroot().iter(f"{ATOM}entry"):
        link = str(entry.findtext(f"{ATOM}id")).split("/abs/")[1]
        arxiv_id, _, version = link.rpartition("v")
        terms = frozenset(str(c.attrib["term"]) for c in entry.iter(f"{ATOM}category"))
        (primary,) = (str(c.attrib["term"]) for c in entry.iter("{http://arxiv.org/schemas/atom}primary_category"))
        rows.append((arxiv_id, version, str(entry.findtext(f"{ATOM}published"))[:10], primary, terms))
    return rows


@pytest.mark.parametrize(("name", "count"), [("page_100", 100), ("old_style_id", 1), ("empty", 0)])
def test_every_paper_of_a_real_feed_is_taken(data_folder: Path, name: str, count: int) -> None:
    file = data_folder / "formats" / f"arxiv_api_{name}.xml"
    entries, rejections = parted(read_atom(file.read_bytes(), "feed"))
    expected = independent_reading(file)
    assert (len(entries), rejections) == (count, [])
    told = [(e.paper.arxiv_id, str(e.paper.version), e.listing.day.isoformat(), e.listing.category) for e in entries]
    assert told == [row[:4] for row in expected]
    assert all(entry.paper.title and entry.paper.abstract for entry in entries)
    for category, papers in Counter(term for row in expected for term in row[4]).items():
        assert len(ids(read_atom(file.read_bytes(), "feed", Selection(category)))) == papers


def test_a_real_error_is_told(data_folder: Path) -> None:
    found, rejections = read((data_folder / "formats" / "arxiv_api_error_400.xml").read_bytes())
    assert (found, [reason for _, reason in rejections]) == (
        [],
        ["arXiv answered with an error: incorrect id format for abc"],
    )


def test_our_feeds_have_the_shape_of_real_ones(data_folder: Path) -> None:
    """So that what is tested on feeds written here holds for arXiv's."""
    real = etree.parse(data_folder / "formats" / "arxiv_api_page_100.xml").getroot()
    ours = etree.fromstring(atom_feed([Told("2101.00001", comment="8 pages")]).encode())
    tags = {str(element.tag) for element in ours.iter()}
    assert tags <= {str(element.tag) for element in real.iter()}
    assert set(ours.nsmap.values()) == set(real.nsmap.values())
