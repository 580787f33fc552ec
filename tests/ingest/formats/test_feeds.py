from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from ingest.paper import UNKNOWN_CATEGORY, Basis, Block, Entry, Listing
from ingest.selection import Selection
from tests.ingest.feeds import NOON, Told, atom_entry, atom_feed, ids, parted, read_bytes, told_papers

ATOM = "{http://www.w3.org/2005/Atom}"


def read(feed: str | bytes, selection: Selection | None = None) -> tuple[list[str], list[tuple[int, str]]]:
    """The ids that a feed gives, and its rejections."""
    data = feed.encode() if isinstance(feed, str) else feed
    entries, rejections = parted(read_bytes(data, selection or Selection()))
    assert {r.file for r in rejections} <= {"feed"}
    return ids(entries), [(r.line, r.reason) for r in rejections]


def test_all_of_a_paper_is_read() -> None:
    told = Told(
        "2101.00007", "On  $\\alpha$-Kites\n  & Winds", "  They fly <br> at\n 5 km, see https://github.com/k/k.  ", 3,
        ("cs.RO", "cs.CV"), datetime(2021, 1, 4, 23, 59, 59, tzinfo=UTC), "8 pages",
    )  # fmt: skip
    (entry,) = parted(read_bytes(atom_feed([told]).encode()))[0]
    paper = entry.paper
    assert (paper.arxiv_id, paper.version, paper.title) == ("2101.00007", 3, "On α-Kites & Winds")
    assert paper.abstract == "They fly at 5 km, see https://github.com/k/k."
    assert [link.url for link in paper.links] == ["https://github.com/k/k"]
    assert (paper.url, paper.is_withdrawn) == ("https://arxiv.org/abs/2101.00007", False)
    assert entry.listing == Listing(date(2021, 1, 4), "cs.RO", Block.NEW, 1, Basis.SUBMITTED)
    assert (entry.raw_title, entry.line) == (told.title, 8)


def test_a_paper_stands_in_the_block_that_its_primary_category_gives() -> None:
    feed = atom_feed(
        [Told("2101.00001", categories=("cs.CV", "cs.LG")), Told("2101.00002", categories=("cs.LG", "cs.CV"))]
    )
    entries, _ = parted(read_bytes(feed.encode(), Selection("cs.CV")))
    day = NOON.date()
    assert [entry.listing for entry in entries] == [
        Listing(day, "cs.CV", Block.NEW, 1, Basis.SUBMITTED),
        Listing(day, "cs.CV", Block.CROSS_LISTED, 2, Basis.SUBMITTED),
    ]


def test_an_old_id_is_read() -> None:
    (entry,) = parted(read_bytes(atom_feed([Told("math.GT/0309136", version=2)]).encode()))[0]
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
    (entry,) = parted(read_bytes(feed.encode()))[0]
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
    (entry,) = parted(read_bytes(feed.encode()))[0]
    assert entry.paper.is_withdrawn is is_withdrawn


@pytest.mark.parametrize(
    ("whole", "broken", "missing"),
    [
        ("<id>http://arxiv.org/abs/2101.00002v1</id>", "<id>http://arxiv.org/abs/kite</id>", "arXiv id"),
        ("<id>http://arxiv.org/abs/2101.00002v1</id>", "", "arXiv id"),
        ("<title>Kite 2</title>", "<title> </title>", "title"),
        ("<title>Kite 2</title>", "", "title"),
    ],
)
def test_a_paper_that_lacks_something_is_told_with_its_line_and_what_it_lacks(
    whole: str, broken: str, missing: str
) -> None:
    feed = atom_feed(told_papers(3))
    assert whole in feed
    line = feed[: feed.index("<id>http://arxiv.org/abs/2101.00002v1")].count("\n")
    found, ((told_line, reason),) = read(feed.replace(whole, broken))
    assert (found, told_line) == (["2101.00001", "2101.00003"], line)
    assert f"a paper without {missing}" in reason


@pytest.mark.parametrize("published", ["yesterday", "0001-01-01T00:00:00+09:00"])
def test_a_date_that_cannot_be_read_is_told_and_only_the_month_of_the_id_is_kept(published: str) -> None:
    feed = atom_feed(told_papers(3)).replace("2021-01-04T12:00:02Z</published>", f"{published}</published>")
    entries, (rejection,) = parted(read_bytes(feed.encode()))
    assert [e.listing.basis for e in entries] == [Basis.SUBMITTED, Basis.MONTH, Basis.SUBMITTED]
    assert (entries[1].listing.day, entries[1].paper.submitted) == (date(2021, 1, 1), None)
    assert rejection.reason == f"2101.00002: “{published}” is no date; only the month of its id is known, January 2021"


def test_a_paper_without_a_date_stands_in_the_month_of_its_id() -> None:
    feed = atom_feed([Told("0704.0001")]).replace("<published>2021-01-04T12:00:00Z</published>", "")
    (entry,), rejections = parted(read_bytes(feed.encode()))
    assert (entry.listing.day, entry.listing.basis, rejections) == (date(2007, 4, 1), Basis.MONTH, [])


def test_a_paper_without_categories_is_taken_and_they_are_unknown() -> None:
    feed = atom_feed([Told("2101.00001", categories=("kites",))])
    (entry,), _ = parted(read_bytes(feed.replace('term="kites"', "").encode()))
    assert (entry.listing.category, entry.paper.categories) == (UNKNOWN_CATEGORY, ())


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
    ("mark", "meant"),
    [("&", "&"), ("<", "<"), ("&kite;", "&kite;"), ("&eacute;", "é"), ("\x01", ""), ("]]>", "]]>"), ("&#1;", "")],
)
def test_a_stray_sign_is_read_as_what_it_stands_for_and_changes_nothing_else(mark: str, meant: str) -> None:
    feed = atom_feed(told_papers(3))
    (first, broken, third), rejections = parted(read_bytes(feed.replace("Kite 2 flies", f"Kite {mark} flies").encode()))
    assert rejections == []
    assert broken.raw_abstract == f"Kite {meant} flies & lands."
    whole = [entry.raw_abstract for entry in parted(read_bytes(feed.encode()))[0]]
    assert [first.raw_abstract, third.raw_abstract] == [whole[0], whole[2]]


@pytest.mark.parametrize("mark", ["</title>", "<entry>", "</summary>", "<summary>"])
def test_an_entry_whose_tags_do_not_fit_costs_only_itself(mark: str) -> None:
    feed = atom_feed(told_papers(3))
    entries, rejections = parted(read_bytes(feed.replace("Kite 2 flies", f"Kite {mark} flies").encode()))
    assert [entry.paper.arxiv_id for entry in entries if entry.paper.arxiv_id != "2101.00002"] == [
        "2101.00001",
        "2101.00003",
    ]
    assert rejections


@pytest.mark.parametrize("tag", ["<entry>", "</entry>"])
def test_an_entry_that_lacks_its_first_or_last_tag_is_told_and_costs_only_itself(tag: str) -> None:
    first, second, third = (atom_entry(told) for told in told_papers(3))
    head, _, tail = atom_feed([]).rpartition("</feed>")
    found, rejections = read(f"{head}{first}{second.replace(tag, '')}{third}</feed>{tail}")
    assert (found, len(rejections)) == (["2101.00001", "2101.00003"], 1)


@pytest.mark.parametrize("data", [b"", b"<", b"<?xml", b"<feed", b"<feed>\x00</feed>", b"\xff\xfe<\x00"])
def test_what_is_no_xml_is_told(data: bytes) -> None:
    found, rejections = read(data)
    assert (found, len(rejections)) == ([], 1)


@pytest.mark.parametrize("depth", [100, 200_000])
def test_deep_nesting_costs_one_paper_at_most(depth: int) -> None:
    feed = atom_feed(told_papers(3)).replace("Kite 2 flies", "<b>" * depth + "flies")
    entries, rejections = parted(read_bytes(feed.encode()))
    assert [entry.paper.abstract for entry in entries if entry.paper.arxiv_id != "2101.00002"] == [
        "Kite 1 flies & lands.",
        "Kite 3 flies & lands.",
    ]
    assert len(entries) + len(rejections) == 3


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
    entries, _ = parted(read_bytes(feed.encode()))
    assert sum(len(entry.raw_abstract) for entry in entries) < 1000


def test_an_external_entity_is_not_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("the key", encoding="utf-8")
    for declared in (f'<!ENTITY x SYSTEM "{secret.as_uri()}">', f'<!ENTITY % x SYSTEM "{secret.as_uri()}"> %x;'):
        entries, rejections = parted(read_bytes(with_entities(declared, "&x;").encode()))
        assert len(entries) + len(rejections) >= 3
        assert "the key" not in f"{entries}{rejections}"


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=60))
def test_any_text_comes_through(text: str) -> None:
    told = Told("2101.00001", title=f"K {text}", abstract=text, comment=text)
    (entry,), rejections = parted(read_bytes(atom_feed([told]).encode()))
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
    entries, rejections = parted(read_bytes(file.read_bytes()))
    expected = independent_reading(file)
    assert (len(entries), rejections) == (count, [])
    told = [(e.paper.arxiv_id, str(e.paper.version), e.listing.day.isoformat(), e.listing.category) for e in entries]
    assert told == [row[:4] for row in expected]
    assert all(entry.paper.title and entry.paper.abstract for entry in entries)
    for category, papers in Counter(term for row in expected for term in row[4]).items():
        assert len(ids(read_bytes(file.read_bytes(), Selection(category)))) == papers


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


# ---- announcements


ANNOUNCEMENT = """<?xml version='1.0'?><feed xmlns:arxiv="a" xmlns:dc="d" xmlns="http://www.w3.org/2005/Atom">
<id>http://rss.arxiv.org/atom/cs.RO</id><entry><id>oai:arXiv.org:2101.00001v2</id><title>On Kites</title>
<link href="https://arxiv.org/abs/2101.00001"/><summary>{summary}</summary><category term="cs.CV"/>
<category term="cs.RO"/><published>{published}</published><arxiv:announce_type>{kind}</arxiv:announce_type>
<dc:creator>Ada Kite, B. Wind (1), C. Net</dc:creator></entry></feed>"""


def announced(kind: str = "new", summary: str = "They fly.", published: str = "2021-01-04T00:00:00-05:00") -> Entry:
    feed = ANNOUNCEMENT.format(kind=kind, summary=summary, published=published)
    (entry,) = parted(read_bytes(feed.encode()))[0]
    return entry


@pytest.mark.parametrize(
    ("kind", "block", "category"),
    [
        ("new", Block.NEW, "cs.RO"),
        ("cross", Block.CROSS_LISTED, "cs.RO"),
        ("replace", Block.REPLACED, "cs.RO"),
        ("replace-cross", Block.REPLACED, "cs.RO"),
    ],
)
def test_an_announcement_says_its_block(kind: str, block: Block, category: str) -> None:
    entry = announced(kind)
    assert (entry.listing.block, entry.listing.category, entry.listing.basis) == (block, category, Basis.ANNOUNCED)
    assert (entry.paper.version, entry.paper.submitted) == (2, None)
    assert entry.paper.authors == ("Ada Kite", "B. Wind", "C. Net")


@pytest.mark.parametrize(
    ("summary", "abstract"),
    [
        ("arXiv:2101.00001v2 Announce Type: new \nAbstract: They fly.", "They fly."),
        ("arXiv:2101.00001v2 Announce Type: replace-cross Abstract: They fly.", "They fly."),
        ("ariv:2101.00001v2 nnounce Typ: new \nAbstract: They fly.", "They fly."),
        ("They fly.\nAbstract: it is.", "They fly. Abstract: it is."),
        ("x" * 200 + "\nAbstract: They fly.", "x" * 200 + " Abstract: They fly."),
        ("They fly.", "They fly."),
    ],
)
def test_the_line_of_the_announcement_is_no_part_of_the_abstract(summary: str, abstract: str) -> None:
    if summary.startswith("They fly.\n"):
        summary = "Kites.\nThey fly.\nAbstract: it is."
        abstract = "Kites. They fly. Abstract: it is."
    assert announced(summary=summary).paper.abstract == abstract


@pytest.mark.parametrize(
    ("published", "day"),
    [
        ("2021-01-04T00:00:00-05:00", date(2021, 1, 4)),
        ("2021-01-04T05:00:00Z", date(2021, 1, 4)),
        ("Mon, 04 Jan 2021 00:00:00 -0500", date(2021, 1, 4)),
        ("2021-07-05T04:00:00+00:00", date(2021, 7, 5)),
    ],
)
def test_an_announcement_is_of_its_day_in_new_york(published: str, day: date) -> None:
    assert announced(published=published).listing.day == day


@pytest.mark.parametrize(
    ("ending", "block", "title"),
    [
        (". (arXiv:2101.00001v1 [cs.CV])", Block.NEW, "On Kites"),
        (". (arXiv:2101.00001v1 [cs.RO])", Block.CROSS_LISTED, "On Kites"),
        (". (arXiv:2101.00001v3 [cs.CV] UPDATED)", Block.REPLACED, "On Kites"),
        (" (arXiv:2101.00001v3 [cs.CV] CROSS LISTED)", Block.CROSS_LISTED, "On Kites"),
        (". (arXiv:2101.00001v3 [cs.CV)", Block.NEW, "On Kites"),
        (". (arXiv:2101.00001v3 [cs", Block.NEW, "On Kites"),
        (" (a toy)", Block.NEW, "On Kites (a toy)"),
    ],
)
def test_rss_1_says_all_in_the_title(ending: str, block: Block, title: str) -> None:
    feed = (
        '<rdf:RDF xmlns:rdf="r" xmlns:dc="d"><channel rdf:about="x"><title>cs.CV updates on arXiv.org</title>'
        "<dc:date>2021-01-03T20:30:00-05:00</dc:date></channel>"
        f'<item rdf:about="http://arxiv.org/abs/2101.00001"><title>On Kites{ending}</title>'
        "<description>&lt;p&gt;They fly.&lt;/p&gt;</description></item></rdf:RDF>"
    )
    (entry,), rejections = parted(read_bytes(feed.encode()))
    assert (entry.paper.title, entry.listing.block, entry.paper.abstract) == (title, block, "They fly.")
    assert (entry.listing.day, entry.paper.arxiv_id, rejections) == (date(2021, 1, 3), "2101.00001", [])


# ---- OAI-PMH


def oai(record: str, more: str = "") -> bytes:
    return f"<OAI-PMH xmlns='o'><ListRecords>{record}{more}</ListRecords></OAI-PMH>".encode()


RECORD = """<record><header{status}><identifier>oai:arXiv.org:2101.00001</identifier></header>{metadata}</record>"""
RAW = """<metadata><arXivRaw xmlns="a"><id>2101.00001</id>{versions}<title>On Kites</title><authors>A. Kite</authors>
<categories>cs.CV</categories><abstract>They fly.</abstract></arXivRaw></metadata>"""


def test_a_list_that_goes_on_is_told_and_one_that_ends_is_not() -> None:
    record = RECORD.format(status="", metadata=RAW.format(versions=""))
    more = '<resumptionToken completeListSize="9">abc|2</resumptionToken>'
    _, (rejection,) = parted(read_bytes(oai(record, more)))
    assert rejection.reason == "the list of 9 records goes on elsewhere: ask for resumptionToken abc|2"
    assert parted(read_bytes(oai(record, "<resumptionToken/>")))[1] == []


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        (
            RECORD.format(status=' status="deleted"', metadata=""),
            "arXiv has deleted the record of “oai:arXiv.org:2101.00001”",
        ),
        (RECORD.format(status="", metadata=""), "a record without metadata: “oai:arXiv.org:2101.00001”"),
        ('<error code="noRecordsMatch">none</error>', "arXiv answered with an error: noRecordsMatch none"),
    ],
)
def test_a_record_without_a_paper_is_told(record: str, reason: str) -> None:
    entries, rejections = parted(read_bytes(oai(record)))
    assert entries == []
    assert rejections[0].reason == reason


@pytest.mark.parametrize("number", ["2", "v2", "v" + "9" * 5000, "v²", ""])
def test_a_version_that_is_no_number_is_none(number: str) -> None:
    version = f'<version version="{number}"><date>Mon, 4 Jan 2021 10:00:00 GMT</date></version>'
    (entry,), _ = parted(read_bytes(oai(RECORD.format(status="", metadata=RAW.format(versions=version)))))
    assert (entry.paper.version, entry.listing.day) == (
        2 if len(number) in {1, 2} and "²" not in number else 0,
        date(2021, 1, 4),
    )
