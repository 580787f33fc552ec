import time
import unicodedata

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ingest.cleaning import clean, is_withdrawal
from ingest.paper import Link
from ingest.readable import links_in, printable
from tests.ingest.texts import PROSE

ANCHOR = '<a class="link-external link-https" href="{}" rel="external noopener nofollow">this {} URL</a>'
UNSEEN = "\x00\x01\x1b\x7f\u00ad\u200b\u200d\u200e\u202a\u202e\u2060\u2066\u2069\ufeff\ufff9\U000e0041\ud800\udfff"
NOT_TEXT = "\x80\x9f"  # dropped, or mended to what was meant

MARKUP = st.sampled_from(
    ["<a", ' href="', "https://x.org/", "http://models.In", '">', "this https URL", "</a>", "<br>", "<", ">"]
) | st.sampled_from(
    ["&", "#", "&amp;", "&lt;", "&#x1F4A9;", "&#0;", "&#xD800;", ";", "$x_1$", "\\textit{", "}", "Ã©", "â€™"]
)
ODD = st.sampled_from(UNSEEN + NOT_TEXT)
ANY_TEXT = st.lists(MARKUP | ODD | st.text(max_size=8), max_size=30).map("".join)


# ---- anchors


def test_an_anchor_becomes_the_address_it_points_to() -> None:
    cleaned = clean(f"Code is at {ANCHOR.format('https://github.com/kites/kites', 'https')}.")
    assert cleaned.text == "Code is at https://github.com/kites/kites."
    assert cleaned.links == (Link("https://github.com/kites/kites", is_code=True),)


def test_an_anchor_with_words_of_its_own_keeps_them() -> None:
    cleaned = clean('see <a href="https://kites.example.org">our page</a> for more')
    assert cleaned.text == "see our page for more"


@pytest.mark.parametrize(
    ("href", "words"),
    [
        ("http://models.In", "models. In"),
        ("http://CNNs.To", "CNNs. To"),
        ("http://state-of-the-art.We", "state-of-the-art. We"),
        ("http://e.g.models.In", "e.g.models. In"),
        ("http://images.A", "images. A"),
    ],
)
def test_words_that_a_full_stop_joined_are_words_again(href: str, words: str) -> None:
    cleaned = clean(f"for deep {ANCHOR.format(href, 'http')} this paper")
    assert cleaned.text == f"for deep {words} this paper"
    assert cleaned.links == ()


@pytest.mark.parametrize("href", ["http://kites.in", "http://kites.org/In", "https://www.deepkites.com"])
def test_a_true_address_is_not_taken_for_words(href: str) -> None:
    cleaned = clean(f"at {ANCHOR.format(href, 'http')} now")
    assert cleaned.text == f"at {href} now"
    assert cleaned.links == (Link(href, is_code=False),)


def test_entities_in_an_address_are_resolved() -> None:
    assert clean(ANCHOR.format("https://kites.org/?a=1&amp;b=2", "https")).text == "https://kites.org/?a=1&b=2"


def test_a_parameter_that_looks_like_an_entity_stays_itself() -> None:
    address = "https://kites.org/get?id=1&amp;region=eu"
    assert clean(ANCHOR.format(address, "https")).text == "https://kites.org/get?id=1&region=eu"


# ---- entities, tags, encodings


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("accuracy &gt; 90% &amp; rising", "accuracy > 90% & rising"),
        ("R&D and Q&A", "R&D and Q&A"),
        ("&amp;lt;1% and &amp;amp;gt;2%", "<1% and >2%"),
        ("&#8220;kites&#x201D;", "“kites”"),
        ("a&nbsp;b", "a b"),
        ("ends here.<br>Starts there", "ends here. Starts there"),
        ("one<br/>two<BR />three</br>four", "one two three four"),
        ("<p>very <i>small</i> <b>kites</b></p>", "very small kites"),
        ("if a < b then c > d", "if a < b then c > d"),
        ("LÃ©vy flights at 24.73Â°", "Lévy flights at 24.73°"),
        ("donâ€™t", "don’t"),
        ("Lévy at 24.73° – “quoted”", "Lévy at 24.73° – “quoted”"),
        ("$x^2 \\leq 3$, 5\\%, \\textit{kite}, AF\\b{eta}", "x² ≤ 3, 5%, kite, AFβ"),
        ("  several\n lines\tand   spaces ", "several lines and spaces"),
        ("", ""),
        ("<br>", ""),
    ],
)
def test_markup_becomes_text(raw: str, text: str) -> None:
    assert clean(raw).text == text


@pytest.mark.parametrize("character", UNSEEN)
def test_what_nobody_can_see_is_dropped(character: str) -> None:
    assert clean(f"ki{character}te").text == "kite"
    assert printable(f"ki{character}te") == "kite"


@pytest.mark.parametrize("character", NOT_TEXT)
def test_what_is_no_text_does_not_come_through(character: str) -> None:
    text = clean(f"ki{character}te").text
    assert character not in text
    assert text.startswith("ki")
    assert text.endswith("te")


def test_an_inequality_is_no_tag() -> None:
    assert clean("if a<b then c>d").text == "if a<b then c>d"


@pytest.mark.parametrize("entity", ["&#8238;", "&#x200B;", "&shy;", "&rlm;", "&zwj;"])
def test_what_nobody_can_see_is_dropped_as_an_entity_too(entity: str) -> None:
    assert clean(f"ki{entity}te").text == "kite"


def test_the_arabic_direction_mark_is_dropped() -> None:
    assert clean("ki\u061cte").text == "kite"


@pytest.mark.parametrize("word", ["García", "don’t", "Å"])
def test_mojibake_with_unseen_bytes_is_mended(word: str) -> None:
    assert clean(word.encode().decode("latin-1")).text == word


def test_a_number_of_a_character_without_end_is_no_error() -> None:
    clean("&#" + "9" * 5000 + ";")


# ---- links


@pytest.mark.parametrize(
    ("address", "is_code"),
    [
        ("https://github.com/kites/kites", True),
        ("https://www.github.com/kites", True),
        ("https://GitHub.com/kites", True),
        ("https://kites.github.io/paper", True),
        ("https://gitlab.com/kites", True),
        ("https://huggingface.co/kites/small", True),
        ("https://notgithub.com/kites", False),
        ("https://github.com.kites.org/x", False),
        ("https://kites.org/github.com", False),
        ("https://github.com@kites.org/x", False),
        ("https://[kites", False),
    ],
)
def test_code_hosts_are_told_from_others(address: str, is_code: bool) -> None:
    assert links_in(f"see {address} there") == (Link(address, is_code),)


def test_links_stand_once_in_order_without_the_punctuation_around_them() -> None:
    text = "(https://b.org/1), https://a.org/2. Again https://b.org/1; \\url{https://c.org/3}!"
    assert [link.url for link in links_in(text)] == ["https://b.org/1", "https://a.org/2", "https://c.org/3"]


def test_an_address_keeps_its_own_brackets() -> None:
    assert links_in("see https://kites.org/Kite_(toy)")[0].url == "https://kites.org/Kite_(toy)"


# ---- whatever comes


@given(ANY_TEXT)
def test_any_text_gives_one_line_that_utf8_can_hold_and_eyes_can_see(raw: str) -> None:
    text = clean(raw).text
    assert text == " ".join(text.split())
    assert text.encode("utf-8").decode("utf-8") == text
    assert not [c for c in text if unicodedata.category(c) in {"Cc", "Cs"} or c in UNSEEN]


@pytest.mark.parametrize(
    "piece", ["<", "< ", '<a href="', "&", "&amp;", "$", "\\(", "\\cite[", "{", "https://", "\\b{", "("]
)
def test_a_text_made_to_take_long_does_not(piece: str) -> None:
    started = time.perf_counter()
    clean(piece * (20_000 // len(piece)))
    assert time.perf_counter() - started < 5


@given(
    st.lists(
        MARKUP
        | PROSE
        | st.sampled_from("\u200b\u202e\ufeff")
        | st.text(st.characters(min_codepoint=9, max_codepoint=126), max_size=8),
        max_size=30,
    ).map("".join)
)
def test_cleaning_clean_text_changes_nothing(raw: str) -> None:
    once = clean(raw)
    assume(not set(once.text) & set("<&\\$"))  # an escaped “<br>” is text once, and markup if it is read again
    assert clean(once.text) == once


@given(ANY_TEXT)
def test_every_link_stands_in_the_text(raw: str) -> None:
    cleaned = clean(raw)
    assert all(link.url in cleaned.text for link in cleaned.links)


@given(st.lists(st.from_regex(r"[A-Za-z0-9%.,;:()\[\]_^{}=+*/'\"-]{1,12}", fullmatch=True), max_size=30))
def test_plain_words_are_left_as_they_are(words: list[str]) -> None:
    assert clean(" \n".join(words)).text == " ".join(words)


# ---- tags


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("<p>One.</p><p>Two.</p><ul><li>Three.</li><li>Four.</li></ul>", "One. Two. Three. Four."),
        ("<h2 class='a'>Kites</h2><blockquote>fly</blockquote>", "Kites fly"),
        ("<em>very</em> <strong>small</strong> <tt>kites</tt>", "very small kites"),
        ("10<sup>5</sup> m<sup>-2</sup> H<sub>2</sub>O", "10⁵ m⁻² H₂O"),
        ("<SUP>3</SUP>He", "³He"),
        ("x<y and y>z", "x<y and y>z"),
        ("a < b <c> d > e", "a < b <c> d > e"),
        ("if p<p_0 and b>a", "if p<p_0 and b>a"),
        ("<i>kite", "kite"),
        ("<details><summary>", "<details><summary>"),
    ],
)
def test_tags_go_and_what_only_looks_like_one_stays(raw: str, text: str) -> None:
    assert clean(raw).text == text


# ---- links on any forge, without a scheme, in any quotes


QUOTES = [
    '"{}"',
    "'{}'",
    "“{}”",
    "‘{}’",
    "«{}»",
    "`{}`",
    "({})",
    "[{}]",
    "<{}>",
    "{{{}}}",
    "{}.",
    "{},",
    "{};",
    "{}!",
    "*{}*",
]
HOSTS = ["github.com", "gitlab.com", "bitbucket.org", "codeberg.org", "gitee.com", "git.sr.ht", "huggingface.co",
         "gitlab.inria.fr", "git.ist.ac.at", "salsa.debian.org", "framagit.org", "www.github.com"]  # fmt: skip


@pytest.mark.parametrize("quotes", QUOTES)
@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize("scheme", ["https://", "http://", ""])
def test_code_is_linked_however_it_is_quoted(quotes: str, host: str, scheme: str) -> None:
    (link,) = links_in(f"Code at {quotes.format(f'{scheme}{host}/kites/small-kites')} now.")
    assert link == Link(f"{scheme or 'https://'}{host}/kites/small-kites", is_code=True)


@pytest.mark.parametrize(
    "text",
    [
        "see and/or",
        "a.b/c",
        "e.g./i.e.",
        "kites.org/a",
        "1.5/2.5",
        "github.com",
        "x@github.com/a",
        "p.m./a.m.",
        "notgithub.com/a/b",
    ],
)
def test_what_only_looks_like_an_address_is_no_link(text: str) -> None:
    assert links_in(f"It is {text} here.") == ()


# ---- withdrawals


@pytest.mark.parametrize(
    ("abstract", "comment"),
    [
        ("This paper has been withdrawn by the author due to an error.", ""),
        ("This article was withdrawn. It was about kites.", ""),
        ("We fly. This submission has been temporarily withdrawn.", ""),
        ("(This paper is withdrawn.)", ""),
        ("We fly kites.", "Withdrawn"),
        ("We fly kites.", "Withdrawn due to a crucial error in the proof of Lemma 3"),
        ("We fly kites.", "8 pages; this paper has been withdrawn"),
        ("We fly kites.", "Paper retracted by the authors"),
        ("We fly kites.", "This paper has been withdrawn from arXiv"),
    ],
)
def test_a_withdrawal_is_told(abstract: str, comment: str) -> None:
    assert is_withdrawal(abstract, comment)


@pytest.mark.parametrize(
    ("abstract", "comment"),
    [
        ("We study 14,000 preprints that were withdrawn by the authors and the reasons they gave.", ""),
        ("Retracted papers go on being cited. We count how often.", ""),
        ("We fly. Such a paper has been withdrawn by others. We land.", ""),
        ("We fly kites.", "8 pages"),
        ("We fly kites.", "Withdrawn from ICML 2021 and sent to a journal"),
        ("We fly kites.", "A data set of withdrawn drugs"),
        ("", ""),
    ],
)
def test_a_paper_about_withdrawals_is_none(abstract: str, comment: str) -> None:
    assert not is_withdrawal(abstract, comment)
