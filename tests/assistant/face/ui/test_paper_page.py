"""The page of one paper: what it tells, what it was, and that nothing in it is more than text."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from fastapi import FastAPI

from assistant.engine.daybook import Daybook
from assistant.face.ui.paper_markup import paper_html, problem_page
from assistant.face.ui.paper_view import Earlier, PaperView, earlier_texts
from assistant.face.ui.server import build_app
from ingest.database import Sighting
from ingest.library import Library
from ingest.paper import Basis, Block, Link, Listing, Paper, Span, StoredPaper
from tests.assistant.conftest import sample_id
from tests.assistant.face.ui.reading import HOSTILE, attributes_of, links_of, marked_texts, tags_of, text_of
from tests.assistant.face.ui.test_server import get
from tests.conftest import WordEmbedder, write_digest

OWN_TAGS = {
    *("html", "head", "meta", "title", "link", "body", "header", "nav", "main", "article", "section", "h1", "h2", "h3"),
    *("p", "a", "mark", "code", "ul", "li", "small", "dl", "div", "dt", "dd", "details", "summary", "pre", "strong"),
    *("ins", "del", "bdi"),
}
OWN_ATTRIBUTES = {"lang", "charset", "name", "content", "rel", "href", "class", "aria-label", "target", "title", "dir"}
KITES = Paper("2101.00001", "On Kites", "Kites fly. They reach $x^2$ m. See https://github.com/kites/kites.", "x")


def view_of(paper: Paper = KITES, *, key: Span | None = None, earlier: tuple[Earlier, ...] = ()) -> PaperView:
    listings = (
        Listing(date(2021, 1, 4), "cs.CV", Block.NEW, 1),
        Listing(date(2021, 1, 5), "cs.LG", Block.CROSS_LISTED, 2),
        Listing(date(2021, 1, 1), "cs.CV", Block.NEW, 1, Basis.MONTH),
    )
    return PaperView(StoredPaper(1, paper, listings), key, None, earlier)


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FastAPI]:
    folder = tmp_path_factory.mktemp("versions")
    texts = ("We propose kites. They reach 81.5% accuracy.", "We propose red kites. They reach 90.5% accuracy.")
    with Daybook(Library(folder / "library"), WordEmbedder) as book:
        for day, text in enumerate(texts, start=4):
            book.ingest([digest(folder, day, text)])
        yield build_app(book)


def digest(folder: Path, day: int, text: str) -> Path:
    old_style = ("cs/0101001", "An Old Kite", "We propose an old kite.")
    return write_digest(folder, date(2021, 1, day), [("2101.00001", "On Kites", text), old_style])


class TestServed:
    def test_a_paper_with_what_it_was(self, app: FastAPI) -> None:
        page = get(app, "/paper/2101.00001")
        assert page.status_code == 200
        assert "script-src 'self';" in page.headers["content-security-policy"]
        assert "<script" not in page.text
        assert "Version" not in page.text
        assert "An earlier text, last listed 4 Jan 2021" in text_of(page.text)
        assert "<ins>red</ins>" in page.text
        assert "<del>81&#46;5&#37;</del>" in page.text
        assert "Title:" not in text_of(page.text)
        assert [
            text for text in marked_texts(page.text) if text not in "We propose red kites. They reach 90.5% accuracy."
        ] == []
        assert marked_texts(page.text)
        for link in (
            "../day/2021-01-04",
            "../day/2021-01-05",
            "../compare?add=2101.00001",
            "../own/papers/2101.00001.bib",
        ):
            assert link in links_of(page.text)

    def test_an_id_of_the_old_form_is_one_step_deeper(self, app: FastAPI) -> None:
        page = get(app, "/paper/cs/0101001")
        assert "../../own/papers/cs/0101001.ris" in links_of(page.text)
        assert 'href="../../own/paper.css"' in page.text
        assert get(app, "/own/paper.css").status_code == 200

    @pytest.mark.parametrize("named", ["2101.00001v7", "2101.00001?again"])
    def test_every_way_to_write_it_leads_to_one_address(self, app: FastAPI, named: str) -> None:
        answer = get(app, f"/paper/{named}")
        assert (answer.status_code, answer.headers["location"]) == (303, "../paper/2101.00001")

    @pytest.mark.parametrize("named", ["1234.56789", "nonsense", "%3Cscript%3E", "a/b", "x" * 100, "%00"])
    def test_an_unknown_one_is_one_clear_line(self, app: FastAPI, named: str) -> None:
        page = get(app, f"/paper/{named}")
        assert page.status_code == 404
        assert page.text.count('class="problem"') == 1
        assert "The library holds no paper “" in text_of(page.text)
        assert page.text.count("<h1>") == 1


class TestTold:
    def test_days_and_blocks_are_told_as_what_they_are(self) -> None:
        text = text_of(paper_html(view_of(), "../"))
        assert "4 Jan 2021: new in cs.CV" in text
        assert "5 Jan 2021: cross-listed in cs.LG" in text
        assert "January 2021: new in cs.CV" in text

    def test_a_formula_stays_latex_and_a_link_a_link(self) -> None:
        paper = replace(KITES, links=(Link("https://github.com/kites/kites", is_code=True),), is_withdrawn=True)
        html = paper_html(view_of(paper, key=Span(0, 10)), "../")
        assert '<code class="math">x&#94;2</code>' in html
        assert links_of(html).count("https://github.com/kites/kites") == 2
        assert "withdrawn" in text_of(html)
        assert "What it does“Kites fly.”" in text_of(html)

    def test_authors_categories_version_and_submission_are_told_where_they_are_known(self) -> None:
        known = replace(KITES, authors=("A. B.", "C"), categories=("cs.CV",), version=2, submitted=date(2021, 1, 2))
        text = text_of(paper_html(view_of(known), "../"))
        assert "A. B., C" in text
        assert "arXiv:2101.00001v2 · cs.CV · submitted 2 Jan 2021" in text
        assert 'class="authors"' not in paper_html(view_of(), "../")

    def test_earlier_texts_stand_newest_first_and_only_where_words_differ(self) -> None:
        seen = [
            Sighting(2, "On Kites", "Kites fly  well.", "2021-01-06"),
            Sighting(1, "On a Kite", "A kite flies.", ""),
            Sighting(2, "On Kites", "Kites fly well.", "2021-01-05"),
            Sighting(3, "On Kites", KITES.abstract, "2021-01-07"),
        ]
        earlier = earlier_texts(KITES, seen)
        assert [(one.text.version, one.next.version) for one in earlier] == [(2, 3), (1, 2)]
        assert earlier_texts(KITES, seen[3:]) == ()
        html = paper_html(view_of(earlier=earlier), "../")
        assert "Version 1Title: On a Kite Kites" in text_of(html)
        assert "Version 2, last listed 6 Jan 2021" in text_of(html)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_text(text: str) -> None:
    paper = Paper(
        "2101.00001", text, f"Before. {text} After.", text, links=(Link(text, is_code=True),), authors=(text,)
    )
    paper = replace(paper, categories=(text,))
    was = Sighting(1, f"Was {text}", f"Was {text}", "")
    view = view_of(paper, key=Span(0, 7), earlier=(Earlier(was, Sighting(2, text, text, "")),))
    for html in (paper_html(view, "../"), problem_page("No such paper", text, "../")):
        shown = html.replace("<!DOCTYPE html>", "")
        assert set(_names(shown)) <= OWN_TAGS
        assert attributes_of(shown) <= OWN_ATTRIBUTES
        assert not [link for link in links_of(shown) if not link.startswith("../")]


def _names(html: str) -> list[str]:
    """The tags, without those that are never closed."""
    for void in ("meta", "link"):
        html = "".join(
            part if place == 0 else part.partition(">")[2] for place, part in enumerate(html.split(f"<{void} "))
        )
    return tags_of(html)


def test_the_sample_has_a_page_for_every_paper(word_book: Daybook) -> None:
    app = build_app(word_book)
    for number in (1, 14, 42):
        page = get(app, f"/paper/{sample_id(number)}").text
        assert "What it does" in page
        assert _names(page.replace("<!DOCTYPE html>", "")).count("h1") == 1
