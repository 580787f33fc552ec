import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from ingest.formats.markup import Piece, child_text, inner_text, parsed, pieces
from ingest.streams import Stream

TAGS = frozenset(["entry", "title"])


def cut(text: str, *, ends: bool = True) -> list[Piece]:
    return list(pieces(Stream(io.BytesIO(text.encode())), ["entry"] if ends else ["dt"], ends=ends))


def entries(text: str) -> list[tuple[str, int, str]]:
    return [(piece.text, piece.line, piece.error) for piece in cut(text) if not piece.is_head]


def test_entries_are_cut_from_tag_to_end_with_their_lines() -> None:
    first, second = "<entry>\n1</entry>", "<a:entry x='>'>2</a:entry>"
    assert entries(f"<feed>\n{first}\n{second}</feed>") == [(first, 2, ""), (second, 4, "")]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("<entry>1<entry>2</entry>", [("<entry>1", "it has no end"), ("<entry>2</entry>", "")]),
        ("<entry>1</entry><entry>2", [("<entry>1</entry>", ""), ("<entry>2", "it is cut off")]),
        ("<!-- <entry>0</entry> --><entry>1</entry>", [("<entry>1</entry>", "")]),
        ("<!-- <entry>1</entry>", [("<entry>1</entry>", "")]),  # a comment that never ends is none
        ("<entry-list><entry>1</entry>", [("<entry>1</entry>", "")]),
        ("<ENTRY>1</Entry >", [("<ENTRY>1</Entry >", "")]),
    ],
)
def test_an_entry_ends_where_it_must(text: str, found: list[tuple[str, str]]) -> None:
    assert [(told, error) for told, _, error in entries(text)] == found


def test_what_stands_between_entries_is_given_too() -> None:
    told = [(piece.text, piece.is_head) for piece in cut("<feed><entry>1</entry>\n<token/><entry>2</entry></feed>")]
    assert told == [("<feed>", True), ("<entry>1</entry>", False), ("\n<token/>", True), ("<entry>2</entry>", False),
                    ("</feed>", True)]  # fmt: skip


def test_an_entry_that_is_too_long_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.formats.markup.LONGEST_ENTRY", 1 << 20)
    long = "<entry>" + "k" * (3 << 20) + "</entry>"
    (_, _, error), after = entries(f"<feed>{long}<entry>2</entry>")
    assert error == "it has over 1 million characters"
    assert after == ("<entry>2</entry>", 1, "")


# ---- one entry


def title_of(text: str) -> str:
    return child_text(parsed(f"<entry><title>{text}</title></entry>", TAGS), "title")


@pytest.mark.parametrize(
    ("raw", "meant"),
    [
        ("a &lt; b &amp; c", "a < b & c"),
        ("a < b & c", "a < b & c"),
        ("R&D &eacute; &kite; &#1; &#x110000; &#65;", "R&D é &kite;   A"),
        ("x <sub>2</sub> <", "x <sub>2</sub> <"),
        ("<![CDATA[a < b & c]]> & d", "a < b & c & d"),
        ("a ]]> b &", "a ]]> b &"),
        ("k\x00\x0b\ufffe &", "k &"),
    ],
)
def test_a_stray_sign_is_the_text_it_stands_for(raw: str, meant: str) -> None:
    assert title_of(raw) == meant


def test_tags_within_a_text_stay_in_it() -> None:
    assert title_of('10<sup class="a">5</sup> <!-- c -->m') == '10<sup class="a">5</sup> m'
    assert inner_text(None) == ""


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"], exclude_characters="\ufffe\uffff")))
def test_any_text_with_a_bad_sign_before_it_is_whole(text: str) -> None:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert title_of(f"& {escaped}") == f"& {text}"


@given(
    st.text(max_size=60)
    | st.lists(st.sampled_from(["<", "</", "title>", "<!--", "-->", "<![CDATA[", "]]>", "&", "a:b='", "<?", "?>"])).map(
        "".join
    )
)
def test_any_entry_is_parsed_or_refused(text: str) -> None:
    try:
        parsed(f"<entry><title>{text}</title></entry>", TAGS)
    except etree.XMLSyntaxError:
        return


@pytest.mark.parametrize("bit", ["<![CDATA[", "<!--", "<b>", "&", "a:b=' ", "<", "]]>", "<title>"])
def test_an_entry_made_to_take_long_does_not(bit: str) -> None:
    """A pattern that looks at each place again from each place would take hours here."""
    text = f"<entry><title>{bit * (500_000 // len(bit))}</title></entry>"
    try:
        parsed(text, TAGS)
    except etree.XMLSyntaxError:
        return
