"""Markdown and HTML show every text as it is, and lead nowhere but to known hosts."""

import re
from dataclasses import replace
from datetime import date
from html import unescape
from html.parser import HTMLParser

import pytest
from markdown_it import MarkdownIt

from assistant import Daybook
from assistant.answer import Citation
from assistant.day import DayPage, DayPaper, Limits, Theme
from assistant.day.formats import shown_in_markdown, to_html, to_markdown
from assistant.language.days import Period
from ingest.paper import Link
from tests.assistant.conftest import stored_paper
from tests.assistant.day.conftest import MONDAY, TUESDAY

HOSTILE = '<script>alert("x")</script> [a](https://evil.example) *b* & `c` ![d](e) &lt;'


def page_of(title: str = "T", abstract: str = "", url: str = "", link: str = "") -> DayPage:
    stored = stored_paper(title=title, abstract=abstract)
    links = (Link(link, is_code=True),) if link else ()
    stored = replace(stored, paper=replace(stored.paper, url=url or stored.paper.url, links=links))
    quote = Citation(1, stored.paper.arxiv_id, abstract, 0, len(abstract)) if abstract else None
    paper = DayPaper(stored, stored.listings[0], quote)
    return DayPage((date(2021, 1, 4),), Limits(), ("One fact.",), (Theme("Kites", (paper,), ("kite lines",)),))


class Elements(HTMLParser):
    """The tags, the links and the text of HTML."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.links: list[str] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.links += [value or "" for name, value in attrs if name in {"href", "src"}]

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.parametrize("text", [HOSTILE, "# no heading", "- no list", "1. none", "> no quote", "a  b"])
def test_markdown_shows_a_text_as_it_is(text: str) -> None:
    rendered = MarkdownIt("commonmark").render(shown_in_markdown(text))
    assert re.fullmatch(r"<p>[^<>]*</p>\n", rendered)
    assert unescape(rendered)[3:-5] == " ".join(text.split())


def test_html_escapes_every_text() -> None:
    html = to_html(page_of(HOSTILE, HOSTILE, link="https://evil.example/code"))
    found = Elements(html)
    assert found.tags.isdisjoint({"script", "img", "iframe", "link"})
    assert found.links == ["https://arxiv.org/pdf/2101.00001.pdf"]
    assert found.text.count(HOSTILE) == 2


def test_html_needs_nothing_else() -> None:
    html = to_html(page_of("T", "It begins here."))
    assert html.startswith("<!DOCTYPE html>")
    assert "default-src 'none'" in html
    assert "src=" not in html
    assert "@import" not in html


def test_links_lead_to_known_hosts_only() -> None:
    code = "https://github.com/kites/sea"
    assert f"[code]({code})" in to_markdown(page_of(link=code))
    assert code in Elements(to_html(page_of(link=code))).links
    elsewhere = "https://evil.example/kites"
    markdown = to_markdown(page_of(url=elsewhere, link=elsewhere))
    assert f"]({elsewhere})" not in markdown
    assert Elements(to_html(page_of(url=elsewhere, link=elsewhere))).links == []


def test_a_paper_without_an_abstract_says_so() -> None:
    for shown in (to_markdown(page_of()), Elements(to_html(page_of())).text):
        assert "The library holds no abstract of it." in shown


def test_everything_of_the_page_is_shown(days_book: Daybook) -> None:
    page = days_book.day(Period(MONDAY, TUESDAY))
    html = Elements(to_html(page)).text
    markdown = re.sub(r"\\(?=[\\`*_\[\]<])", "", to_markdown(page))
    for shown in (html, markdown):
        assert shown.count("4–5 Jan 2021") >= 2
        assert all(f"{theme.label} ({len(theme.papers)})" in shown for theme in page.themes)
        for paper in page.papers:
            assert paper.stored.paper.title in shown
            assert f"arXiv:{paper.stored.paper.arxiv_id}" in shown
            for cited in paper.quoted:
                assert f"“{cited.quote}” [{cited.number}]" in shown
        assert shown.count("cross-listed") == 2 + 1  # two papers, and the opening
        assert "5 Jan 2021" in shown


def test_json_holds_every_paper_with_its_quote_and_links(days_book: Daybook) -> None:
    data = days_book.day(Period(MONDAY, MONDAY), category="cs.CV").to_dict()
    papers = [paper for theme in data["themes"] for paper in theme["papers"]]
    assert (data["papers"], data["new"], data["cross_listed"]) == (len(papers), 6, 2)
    assert (data["first"], data["last"], data["days"], data["category"]) == ("2021-01-04",) * 2 + (
        ["2021-01-04"],
        "cs.CV",
    )
    sea = next(paper for paper in papers if paper["arxiv_id"] == "2101.00009")
    assert sea["code"] == "https://github.com/kites/sea"
    assert sea["key_sentence"]["quote"].startswith("We test kite line tracking")
    assert (sea["block"], sea["day"]) == ("cross-listed", "2021-01-04")
