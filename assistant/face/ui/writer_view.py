"""Where who writes the answers is seen, tried and set, by the owner of the server at its own machine alone.

A key comes in and never goes out: the page is told only whether there is one.
"""

import asyncio
import logging
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from typing import Any

import gradio as gr
from gradio.components import Component

from assistant.engine.daybook import Daybook
from assistant.face.trying import tried
from assistant.face.ui.dialogue import DEFECT
from assistant.face.ui.parts import (
    PRIVATE,
    SESSIONS_KEPT,
    UNQUEUED,
    Updates,
    button,
    is_here,
    session_of,
    small_box,
    text,
)
from assistant.face.ui.pieces import problem_html
from assistant.face.ui.turns import Newest, Turns
from assistant.face.ui.writer_markup import in_words_of_page, told_html, trial_html, writer_html, writer_link_html
from assistant.llm.client import connect
from assistant.llm.kept import KEPT_FILE, forget_llm, has_secret, is_same_server, keep_llm, shown_url
from assistant.llm.settings import LlmSettings
from ingest.errors import DaybookError, InputError

TRIALS_AT_ONCE = 1
"""One asks its server for some sentences; a server of one's own writes one at a time."""
_LONGEST = {"URL": 2_000, "name of the model": 300, "key": 4_000}  # characters; the longest keys known have some 2,000
_NOT_YOURS = "who writes can be set only at the server’s own machine"
_Run = Callable[[Callable[[], Updates]], Awaitable[Updates]]
_log = logging.getLogger(__name__)


class WriterView:
    """The components of the view, and what happens on its events; without `may_set` it only shows who writes.

    `link` is what says it on every view; `limits` are settings without a server, for all that are set here.
    """

    def __init__(
        self, book: Daybook, blocks: gr.Blocks, link: gr.Markdown, *, may_set: bool, limits: LlmSettings | None = None
    ) -> None:
        self._book = book
        self._link = link
        self._limits = limits or LlmSettings("", "")
        self._known = book.writing.settings or self._limits
        """The server that was set last, with its key, also while quotes are on."""
        self.turns = Turns(TRIALS_AT_ONCE, TRIALS_AT_ONCE, "trials")
        self._newest = Newest()
        self._setting = threading.Lock()
        with gr.Column(elem_id="writer-view"):
            self._state = text(elem_id="writing")
            if may_set:
                self._lay_out_form()
        if may_set:
            self._connect(blocks)
        else:
            blocks.load(self._open_to_read, None, [self._state], **UNQUEUED)

    def _lay_out_form(self) -> None:
        with gr.Row(elem_id="writer-form"):
            self._url = small_box("Server", "llm-url", "http://127.0.0.1:11434", scale=3)
            self._model = small_box("Model", "llm-model", "qwen2.5:7b", scale=2)
            self._key = gr.Textbox(
                label="Key",
                elem_id="llm-key",
                placeholder="only where the server asks for one",
                type="password",
                scale=2,
                min_width=0,
                max_lines=1,
                html_attributes=gr.InputHTMLAttributes(autocomplete="new-password", spellcheck=False),
            )
        with gr.Row(elem_id="writer-buttons"):
            self._test = button("Test", "llm-test")
            self._use = button("Use it", "llm-use", variant="primary")
            self._quotes = button("Quotes only", "llm-quotes")
            self._forget = button("Forget", "llm-forget")
            self._keep = gr.Checkbox(label="Keep on this machine, with the key", elem_id="llm-keep", container=False)
        self._told = text(elem_id="writer-status")

    def _connect(self, blocks: gr.Blocks) -> None:
        boxes: list[Component] = [self._url, self._model, self._key]
        shown: list[Component] = [self._link, self._state, self._told, *boxes, self._keep]
        blocks.load(self._open, None, [self._state, self._url, self._model], **UNQUEUED)
        busy: dict[str, Any] = {"concurrency_limit": SESSIONS_KEPT, "concurrency_id": "trials", **PRIVATE}
        self._test.click(self._try, boxes, [self._told], **busy)
        set_: dict[str, Any] = {"concurrency_limit": SESSIONS_KEPT, "concurrency_id": "writers", **PRIVATE}
        self._use.click(self._use_model, [*boxes, self._keep], shown, **set_)
        self._quotes.click(self._use_quotes, None, shown, **set_)
        self._forget.click(self._forget_all, None, shown, **set_)

    # ---- what is shown

    async def _open_to_read(self) -> Updates:
        return {self._state: writer_html(self._book.writing, may_set=False)}

    async def _open(self, request: gr.Request) -> Updates:
        """What is set, for the owner; the key is no part of it, and neither is what another machine asks."""
        if not is_here(request):
            return {self._state: writer_html(self._book.writing, may_set=False)}
        return {self._state: self._state_html(), **self._boxes()}

    def _boxes(self) -> Updates:
        """The server and the model that were set last; nothing of a key."""
        return {self._url: shown_url(self._known.url), self._model: self._known.model}

    def _state_html(self) -> str:
        is_kept = (self._book.library.folder / KEPT_FILE).exists()
        return writer_html(self._book.writing, may_set=True, is_kept=is_kept)

    # ---- what is done

    async def _try(self, url: object, model: object, key: object, request: gr.Request) -> AsyncIterator[Updates]:
        """What comes of asking a model, which is not set by it."""
        session = session_of(request)
        is_newest = self._newest.begin(session)
        yield {self._told: '<p class="pending">Asking the model …</p>'}
        updates = await self._done(
            request, lambda: self._trial(url, model, key), lambda act: self.turns.run(act, session)
        )
        yield updates if is_newest() else {self._told: gr.skip()}

    def _trial(self, url: object, model: object, key: object) -> Updates:
        return {self._told: trial_html(tried(self._settings(url, model, key)))}

    async def _use_model(self, url: object, model: object, key: object, keep: object, request: gr.Request) -> Updates:
        """Let a model write from the next answer on."""
        return await self._set(request, lambda: self._take(self._settings(url, model, key), is_kept=keep is True))

    def _take(self, settings: LlmSettings, *, is_kept: bool) -> Updates:
        if is_kept:
            keep_llm(self._book.library.folder, settings)
        self._book.use(settings)
        self._known = settings
        until = "and kept on this machine for the next start" if is_kept else "until the server is stopped"
        return self._changed(f"Used from the next answer on, {until}.")

    async def _use_quotes(self, request: gr.Request) -> Updates:
        """Quotes only; what was set is still known."""

        def quote() -> Updates:
            self._book.use(None)
            return self._changed("From the next answer on all is quoted; “Use it” lets the model write again.")

        return await self._set(request, quote)

    async def _forget_all(self, request: gr.Request) -> Updates:
        """Quotes only, and nothing is left here of a server, a model and a key."""

        def forget() -> Updates:
            forget_llm(self._book.library.folder)
            self._book.use(None)
            self._known = self._limits
            return {**self._changed("The server, the model and the key are forgotten."), self._keep: False}

        return await self._set(request, forget)

    def _changed(self, told: str) -> Updates:
        """The page after a change; the key's box is empty again."""
        shown = {self._state: self._state_html(), self._told: told_html(told), self._key: ""}
        return {self._link: writer_link_html(self._book.writing), **shown, **self._boxes()}

    async def _set(self, request: gr.Request, act: Callable[[], Updates]) -> Updates:
        """What comes of a change; no trial that was begun before it is told after it."""
        self._newest.begin(session_of(request))

        def alone() -> Updates:
            with self._setting:
                return act()

        return await self._done(request, alone, asyncio.to_thread)

    async def _done(self, request: gr.Request, act: Callable[[], Updates], run: _Run) -> Updates:
        """What comes of an act of the owner's; nobody else's is done."""
        try:
            if not is_here(request):
                raise InputError(_NOT_YOURS)
            return await run(act)
        except DaybookError as error:
            return {self._told: problem_html(in_words_of_page(str(error)))}
        except Exception as error:  # noqa: BLE001 - the page must be usable again
            _log.error("the writer could not be set or tried: %s", type(error).__name__)  # its words may hold the key
            return {self._told: problem_html(DEFECT)}

    def _settings(self, url: object, model: object, key: object) -> LlmSettings:
        """What stands in the boxes; without a key that which is known, for the server that it was given for alone.

        Raises:
            InputError: it cannot be used; the message never tells the key.
        """
        address, name, given = _line(url, "URL"), _line(model, "name of the model"), _line(key, "key")
        known = self._known if is_same_server(address, self._known.url) else self._limits
        if address == shown_url(known.url):
            address = known.url  # of which the page was not told all
        elif has_secret(address):
            raise InputError("a URL is shown to whoever looks: leave names, passwords and keys out of it")
        settings = replace(known, url=address, model=name, key=given or known.key)
        connect(settings)
        return settings


def _line(value: object, what: str) -> str:
    """The line that stands in a box.

    Raises:
        InputError: it is longer than any of its kind.
    """
    line = value.strip() if isinstance(value, str) else ""
    if len(line) > _LONGEST[what]:
        raise InputError(f"the {what} has {len(line):,} characters; {_LONGEST[what]:,} are the most")
    return line
