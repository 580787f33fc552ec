"""Hostile texts in every place of the page, and that what looks for harm sees it; `daybook eval hostile` shows more."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from eval.hostile import HostileResult, measure, read_widths
from eval.hostile_page import Harm, WatchedPage, chromium, chromium_path
from ingest.errors import InputError

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser

COUNT = 60
"""Three days of papers: each kind of text of `eval.hostile_markup` three times, each of `eval.hostile_papers` once."""
EVERYWHERE = (
    *("day: title", "day: abstract", "day: quote", "export: title", "export: quote", "answer: authors"),
    *("answer: title", "question kept", "conversation named", "comparison: title", "comparison: cell"),
    *("comparison: chip", "sources: title", "sources: abstract"),
    *("paper: title", "paper: abstract", "paper: quote"),
)
"""The places in which every text is shown that is any paper's."""
TITLE, BUTTON = "<title>Daybook</title>", '<p class="prose"><button id="send">Ask</button></p>'


@pytest.fixture(autouse=True)
def _needs_a_browser() -> None:
    pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if not chromium_path():
        pytest.skip("there is no Chromium on this machine")


def test_hostile_texts_are_text_everywhere() -> None:
    result = measure(COUNT, 1, [400, 1280], lambda _: None)
    assert "\n".join(result.lines()[-len(result.faults) :] if result.faults else []) == ""
    assert {place: len(result.seen[place]) for place in EVERYWHERE} == dict.fromkeys(EVERYWHERE, COUNT - result.refused)
    assert result.refused < COUNT / 20
    assert {"question asked", "day: problem", "comparison: column"} <= result.seen.keys()


class Opened:
    """A file with a body, opened in a browser, and the harm that is found there."""

    def __init__(self, folder: Path, browser: "Browser") -> None:
        self._path = folder / "page.html"
        self._page = WatchedPage(browser, folder.as_uri(), [400])

    def harm(self, body: str) -> Harm:
        self._path.write_text(f'<!DOCTYPE html><meta charset="utf-8">{TITLE}{body}{BUTTON}', encoding="utf-8")
        self._page.open(self._path.as_uri())
        self._page.tab.wait_for_load_state("networkidle")
        return self._page.examine(["#send"], "Daybook")[1]


@pytest.fixture(scope="class")  # no longer: two browsers cannot be driven at a time
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Opened]:
    with chromium() as browser:
        yield Opened(tmp_path_factory.mktemp("opened"), browser)


class TestWatching:
    """What harms a page is seen, and nothing else."""

    @pytest.mark.parametrize(
        ("kind", "body"),
        [
            ("executions", "<script>window.hostile_ran=1</script>"),
            ("executions", "<img src=x: onerror=window.hostile_ran=1>"),
            ("executions", "<script>alert(1)</script>"),
            ("requests", "<img src=https://hostile.invalid/i.png>"),
            (
                "blocked",
                "<meta http-equiv=Content-Security-Policy content=\"img-src 'none'\"><img src=https://hostile.invalid/>",
            ),
            ("elements", "<p data-canary>x</p>"),
            ("elements", "<div class=prose><form></form></div>"),
            ("elements", "<div class=prose><p style='color:red'>x</p></div>"),
            ("elements", "<div class=prose><p onclick=x>x</p></div>"),
            ("links", "<a href='javascript:window.hostile_ran=1'>x</a>"),
            ("links", "<a href=https://github.com.hostile.invalid/>x</a>"),
            ("links", "<a href=https://x@github.com/>x</a>"),
            ("clobbers", "<img name=getElementById>"),
            ("clobbers", "<a id=gradio_config>x</a>"),
            ("errors", "<script>throw new Error('x')</script>"),
            ("broken", "<style>#send { display: none }</style>"),
            ("broken", "<div style='position:fixed;inset:0'></div>"),
            ("broken", "<script>document.title = 'x'</script>"),
            ("overflows", f"<p>{'W' * 300}</p>"),
            ("turned", "<p><a>على</a> <span class=about>29 Nov 2026</span></p>"),
            ("turned", "<p>“على 12.” <a class=marker>[1]</a></p>"),
        ],
    )
    def test_harm_is_seen(self, opened: Opened, kind: str, body: str) -> None:
        assert kind in opened.harm(body).found

    @pytest.mark.parametrize(
        "body",
        [
            "",
            "&lt;script&gt;window.hostile_ran=1&lt;/script&gt;",
            "<div class=prose><p>x <a href=https://github.com/a/b>x</a> <a href='#turn-1'>1</a></p></div>",
            "<p><a><bdi dir=ltr>على</bdi></a> <span class=about>29 Nov 2026</span></p>",
            "<p>“<bdi dir=ltr>على 12.</bdi>” <a class=marker>[1]</a></p>",
        ],
    )
    def test_where_no_harm_is_none_is_seen(self, opened: Opened, body: str) -> None:
        assert opened.harm(body).found == {}


def test_every_fault_is_told_with_what_makes_it_again() -> None:
    result = HostileResult(7, 40, (400,))
    assert result.is_clean
    assert "40 hostile texts, seed 7, 400 px" in result.lines()[0]


@pytest.mark.parametrize("text", ["", "wide", "400,", "12", "400;1280", "99999"])
def test_a_width_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="is no width of a window"):
        read_widths(text)
