"""The page in a real browser, with everything watched that a hostile text could do to it.

A server of its own answers over a library; Chromium opens the page and files that were saved from it. What is looked
at from inside a page stands in `templates/hostile_page.js`.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.face.ui.dialogue import DEFECT
from assistant.language.inline import LINKED_HOSTS
from eval.hostile_markup import CANARY, CLOBBERED, PLANTED
from eval.hostile_papers import HOST, RAN
from ingest.errors import InputError

if TYPE_CHECKING:
    from playwright.sync_api import Browser, ConsoleMessage, Dialog, Page, Request

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
CHROMIUM_OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
"""It runs as any user, and asks nothing of any server by itself."""
_HEIGHT = 800  # pixels: a small laptop's window
PATIENCE_MS = 60_000
"""For what takes a tenth of a second on a quiet machine."""
_SECONDS_TO_STOP = 20
_OWN_DATA = ("data:image/svg+xml,%3Csvg xmlns=", "data:font/", "data:application/")  # the icon, and fonts in styles
_SERVER = """
import sys
from pathlib import Path
from assistant.engine.daybook import Daybook
from assistant.face.ui.server import serve
from eval.crash import WordEmbedder
from ingest.library import Library

with Daybook(Library(Path(sys.argv[1])), WordEmbedder) as book:
    serve(book, "127.0.0.1", 0)
"""


@dataclass(frozen=True, slots=True)
class Shown:
    """A text that a page shows: in which place, and of which paper or turn."""

    place: str
    of: str
    text: str


@dataclass(slots=True)
class Harm:
    """What was found on a page, by kind of harm; each a line that tells what it was."""

    found: dict[str, list[str]] = field(default_factory=dict)

    def add(self, kind: str, what: Sequence[str]) -> None:
        """Take in what was found of a kind."""
        if what:
            self.found.setdefault(kind, []).extend(what)


@contextmanager
def served(library: Path) -> Iterator[str]:
    """The address of a server over a library; stopped with Ctrl+C, as a reader would.

    Raises:
        InputError: it does not start.
    """
    command = [sys.executable, "-c", _SERVER, str(library)]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as server:
        try:
            line = server.stdout.readline() if server.stdout else ""
            if not line.startswith("Daybook is at "):
                raise InputError(f"the server of the page did not start: {line or 'see above'}")
            yield line.split()[3]
        finally:
            server.send_signal(signal.SIGINT)
            try:
                server.communicate(timeout=_SECONDS_TO_STOP)
            except subprocess.TimeoutExpired:
                server.kill()


def chromium_path() -> str:
    """The Chromium of this machine; empty where there is none."""
    return next(filter(None, (shutil.which(name) for name in CHROMIUM_NAMES)), "")


@contextmanager
def chromium() -> Iterator["Browser"]:
    """A headless Chromium.

    Raises:
        InputError: there is none on this machine, or no playwright to drive it.
    """
    path = chromium_path()
    if not path:
        raise InputError(f"there is no Chromium under any of the names {', '.join(CHROMIUM_NAMES)}; install one")
    try:
        from playwright.sync_api import sync_playwright  # noqa: PLC0415 - no other measurement needs it
    except ImportError:
        raise InputError("playwright is not installed; install Daybook with its dev extra") from None
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=CHROMIUM_OPTIONS)
        yield browser
        browser.close()


class WatchedPage:
    """A tab, and what happens in it that must not."""

    def __init__(self, browser: "Browser", origin: str, widths: Sequence[int]) -> None:
        self.tab: Page = browser.new_context(accept_downloads=False).new_page()
        self.tab.set_default_timeout(PATIENCE_MS)
        self._origin, self._widths = origin, widths
        self._events = Harm()
        self.tab.add_init_script(_script())
        self.tab.on("request", self._requested)
        self.tab.on("dialog", self._refuse)
        self.tab.on("pageerror", lambda error: self._events.add("errors", [str(error)[:200]]))
        self.tab.on("console", self._said)
        self.tab.on("popup", lambda opened: self._events.add("executions", [f"opened {opened.url}"]))
        self.tab.on("download", lambda saved: self._events.add("requests", [f"saved {saved.url[:200]}"]))

    def _refuse(self, dialog: "Dialog") -> None:
        self._events.add("executions", [dialog.message[:200]])
        dialog.dismiss()

    def _said(self, said: "ConsoleMessage") -> None:
        if said.type == "error" and "Content Security Policy" not in said.text:  # what that blocks is told by itself
            self._events.add("errors", [said.text[:200]])

    def _requested(self, request: "Request") -> None:
        url = request.url
        if not url.startswith((self._origin, *_OWN_DATA)):
            self._events.add("requests", [url[:200]])

    def open(self, address: str) -> None:
        """Open an address of the origin."""
        self.tab.goto(address)

    def examine(self, controls: Sequence[str], title: str | None) -> tuple[list[Shown], Harm]:
        """What the page shows, and what is wrong with it, looked at in every width; a title of None may be any."""
        harm = Harm()
        for width in self._widths:
            self.tab.set_viewport_size({"width": width, "height": _HEIGHT})
            standing = self._evaluate("controls => hostileStanding(controls)", harm, list(controls))
            if standing:
                harm.add("overflows", [f"{standing['overflow']} px at {width}"] * (standing["overflow"] > 0))
                harm.add("broken", [f"at {width}, out of reach: {one}" for one in standing["unreachable"]])
                harm.add("turned", [f"at {width}: {one}" for one in standing["turned"]])
                harm.add("broken", [f"the title is {standing['title']}"] * (title not in {None, standing["title"]}))
        report = self._evaluate("() => hostileReport()", harm)
        for kind, what in self._events.found.items():
            harm.add(kind, what)
        self._events.found = {}
        if not report:
            return [], harm
        harm.add("executions", ["a script ran"] * report["runs"])
        harm.add("blocked", report["blocked"])
        harm.add("elements", report["foreign"])
        harm.add("links", report["badLinks"])
        harm.add("broken", [problem for problem in report["problems"] if problem == DEFECT])
        harm.add("clobbers", report["clobbered"])
        return [Shown(*text) for text in report["texts"]], harm

    def _evaluate(self, script: str, harm: Harm, argument: object = None) -> dict[str, Any]:
        """What a script finds; that it fails is harm too, as a name that it uses was taken."""
        from playwright.sync_api import Error  # noqa: PLC0415 - no other measurement needs it

        try:
            found: dict[str, Any] = self.tab.evaluate(script, argument)
        except Error as error:
            harm.add("clobbers", [str(error)[:200]])
            return {}
        return found


def _script() -> str:
    names = {
        "ran": RAN,
        "canary": CANARY,
        "host": HOST,
        "hosts": LINKED_HOSTS,
        "clobbered": CLOBBERED,
        "planted": PLANTED,
    }
    template = Path(__file__).parent / "templates" / "hostile_page.js"
    return template.read_text(encoding="utf-8").replace("__NAMES__", json.dumps(names))
