"""Text that can be nothing but text, and the links, formulas and marks that stand in it."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from assistant.language.inline import (
    DISPLAY_MATH,
    INLINE_MATH,
    escaped,
    is_linked,
    link,
    merged,
    rich_text,
    set_apart,
)
from ingest.paper import Link, Span
from tests.assistant.face.ui.reading import HOSTILE, links_of, marked_texts, tags_of, text_of

NEVER_SHOWN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ue000-\ue003]")
ANY_TEXT = st.text(st.characters(codec="utf-8"), max_size=200)


@given(ANY_TEXT | st.sampled_from(HOSTILE))
def test_escaped_text_is_read_as_that_text_alone(text: str) -> None:
    html = escaped(text)
    assert tags_of(html) == []
    assert text_of(html) == NEVER_SHOWN.sub(" ", text)


@given(ANY_TEXT | st.sampled_from(HOSTILE))
def test_escaped_text_means_nothing_to_markdown(text: str) -> None:
    inline = [token for token in MarkdownIt("gfm-like", {"linkify": False}).parse(escaped(text)) if token.children]
    children = [child for token in inline for child in token.children or []]
    assert {child.type for child in children} <= {"text", "text_special"}


@given(ANY_TEXT)
def test_escaped_text_holds_no_punctuation_but_that_of_entities(text: str) -> None:
    assert re.fullmatch(r"(?:&#\d+;|[^!-/:-@\[-`{-~\n])*", escaped(text))


@pytest.mark.parametrize(
    "url",
    [
        "https://arxiv.org/pdf/2101.00001.pdf",
        "http://export.arxiv.org/abs/2101.00001",
        "https://GitHub.com/a/b?c=d#e",
        "https://someone.github.io/project",
        "https://huggingface.co",
    ],
)
def test_a_url_of_a_known_host_is_a_link(url: str) -> None:
    assert links_of(link(url, "label")) == [url]


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "ftp://arxiv.org/x",
        "//arxiv.org/x",
        "arxiv.org/x",
        "",
        "https://evil.example/arxiv.org",
        "https://arxiv.org.evil.example/",
        "https://notarxiv.org/",
        "https://arxiv.org@evil.example/",
        "https://user:word@arxiv.org/",
        "https://evil.example\\.github.com/",
        "https://github.com\\@evil.example/",
        "https://arxiv.org:8443/x",
        "https://arxiv.org/a b",
        'https://arxiv.org/"onmouseover="x',
        "https://аrxiv.org/",  # the first letter is Cyrillic
    ],
)
def test_any_other_url_is_text(url: str) -> None:
    assert not is_linked(url)
    assert link(url, "label") == "label"


def test_a_link_keeps_foreign_pages_at_a_distance() -> None:
    assert 'target="_blank" rel="noopener noreferrer nofollow"' in link("https://arxiv.org/abs/1", "label")


class TestRichText:
    CODE = Link("https://github.com/kites/kites", is_code=True)

    def test_a_url_of_the_store_is_a_link_wherever_it_stands(self) -> None:
        html = rich_text(f"See {self.CODE.url}, or ({self.CODE.url}).", [self.CODE])
        assert links_of(html) == [self.CODE.url] * 2
        assert text_of(html) == f"See {self.CODE.url}, or ({self.CODE.url})."

    def test_a_url_that_the_store_does_not_name_is_text(self) -> None:
        assert links_of(rich_text(f"See {self.CODE.url}.")) == []

    def test_a_url_of_another_host_is_text(self) -> None:
        url = "https://evil.example/x"
        html = rich_text(f"See {url}.", [Link(url, is_code=False)])
        assert (links_of(html), text_of(html)) == ([], f"See {url}.")

    def test_of_two_urls_that_begin_alike_each_is_its_own_link(self) -> None:
        longer = Link(self.CODE.url + "/wiki", is_code=True)
        html = rich_text(f"{self.CODE.url} {longer.url}", [self.CODE, longer])
        assert links_of(html) == [self.CODE.url, longer.url]

    def test_marks_stand_at_the_exact_offsets(self) -> None:
        text = "Kites fly. They <b>turn</b> & dive. They land."
        html = rich_text(text, marks=[Span(11, 35)])
        assert marked_texts(html) == ["They <b>turn</b> & dive."] == [text[11:35]]
        assert text_of(html) == text

    def test_an_entity_in_a_quote_stays_whole(self) -> None:
        text = "a &amp; b &lt;c&gt;"
        assert marked_texts(rich_text(text, marks=[Span(2, 7), Span(8, 11)])) == ["&amp;", "b &"]

    def test_a_text_that_closes_a_mark_does_not(self) -> None:
        html = rich_text("one </mark> two", marks=[Span(0, 15)])
        assert marked_texts(html) == ["one </mark> two"]

    def test_overlapping_and_touching_marks_are_one_and_others_stay_apart(self) -> None:
        html = rich_text("abcdefghij", marks=[Span(6, 8), Span(0, 3), Span(2, 4), Span(4, 5)])
        assert marked_texts(html) == ["abcde", "gh"]

    def test_a_link_in_a_mark_is_a_link_and_one_that_the_mark_cuts_is_text(self) -> None:
        text = f"Code: {self.CODE.url}"
        assert links_of(rich_text(text, [self.CODE], [Span(0, len(text))])) == [self.CODE.url]
        cut = rich_text(text, [self.CODE], [Span(0, 20)])
        assert (links_of(cut), text_of(cut)) == ([], text)

    @given(st.text("ab<&>*[ é", max_size=40), st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40))))
    def test_marks_hold_exactly_what_they_mark(self, text: str, edges: list[tuple[int, int]]) -> None:
        marks = [Span(min(edge), max(edge)) for edge in edges if min(edge) < max(edge) <= len(text)]
        html = rich_text(text, marks=marks)
        assert set(tags_of(html)) <= {"mark", "bdi"}
        assert text_of(html) == text
        assert marked_texts(html) == [text[mark.start : mark.end] for mark in merged(marks)]

    @given(ANY_TEXT | st.sampled_from(HOSTILE))
    def test_formulas_change_nothing_but_their_delimiters(self, text: str) -> None:
        html = rich_text(text)
        assert set(tags_of(html)) <= {"bdi"}
        assert _without_delimiters(text_of(html)) == _without_delimiters(NEVER_SHOWN.sub(" ", text))


def _without_delimiters(text: str) -> str:
    return re.sub(r"[\ue000-\ue003]|\$|\\[()]", "", text)


def inline(formula: str) -> str:
    return formula.join(INLINE_MATH)


class TestFormulas:
    @pytest.mark.parametrize(
        ("text", "shown"),
        [
            ("at $640 \\times 192$ pixels", f"at {inline('640 &#92;times 192')} pixels"),
            ("in \\(O(n)\\) steps", f"in {inline('O&#40;n&#41;')} steps"),
            ("$$x<y$$", "x&#60;y".join(DISPLAY_MATH)),
            ("1624$\\times$1200", f"1624{inline('&#92;times')}1200"),
            ("$a$ and $b$", f"{inline('a')} and {inline('b')}"),
        ],
    )
    def test_a_formula_gets_the_delimiters_of_the_page(self, text: str, shown: str) -> None:
        assert rich_text(text) == shown

    @pytest.mark.parametrize(
        "text",
        [
            "from $5 to $10",
            "$5K–$10K",
            "costs $ 5 or 6$",
            "an open $x",
            "\\$5\\$",
            "an open \\(x",
            "$$",
            "$95%$",
            "$\\href{javascript:alert(1)}{x}$",
            "$\\rule{99em}{99em}$",
            "$\\def\\x{\\x\\x}\\x$",
            "$\\htmlId{x}{y}$",
            "$" + "x" * 400 + "$",
        ],
    )
    def test_what_is_no_formula_or_a_dangerous_one_stays_text(self, text: str) -> None:
        assert rich_text(text) == escaped(text)

    def test_a_formula_that_a_mark_cuts_stays_text(self) -> None:
        html = rich_text("so $x+y$ holds", marks=[Span(0, 5)])
        assert html == f"<mark>{escaped('so $x')}</mark>{escaped('+y$ holds')}"

    def test_delimiters_of_the_page_in_a_text_are_not_shown(self) -> None:
        assert rich_text(inline("\\rule{1em}{1em}")) == f" {escaped(chr(92) + 'rule{1em}{1em}')} "

    def test_many_formulas_take_no_long_time(self) -> None:
        assert rich_text("$a$ " * 5000).count(INLINE_MATH[0]) == 5000
        assert rich_text("\\( " * 5000) == escaped("\\( " * 5000)


@pytest.mark.parametrize("text", ["نموذج 12)", "On מודל", "\U0001e900 Adlam"])
def test_words_from_right_to_left_turn_nothing_around_beside_them(text: str) -> None:
    for html in (rich_text(text), set_apart(text)):
        assert html == f'<bdi dir="ltr">{escaped(text)}</bdi>'
        assert tags_of(html) == ["bdi"]


@given(st.text(st.characters(codec="latin-1"), max_size=200))
def test_other_words_stand_as_they_are(text: str) -> None:
    assert set_apart(text) == escaped(text)
    assert "bdi" not in rich_text(text)
