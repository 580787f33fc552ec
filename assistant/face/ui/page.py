"""The page: the conversation with the sources of its newest answer, beside it the views of days and comparisons."""

import asyncio
import logging
import os
from collections.abc import AsyncGenerator, Callable, Generator, Sequence
from contextlib import aclosing
from functools import partial
from typing import Any

import gradio as gr

from assistant.engine.daybook import Daybook
from assistant.face.ui import markup
from assistant.face.ui.compare_view import CompareView
from assistant.face.ui.current_news import CurrentNews
from assistant.face.ui.day_view import DayView
from assistant.face.ui.dialogue import BROKEN_OFF, DEFECT, Dialogue, Turn
from assistant.face.ui.dialogues import LiveDialogues
from assistant.face.ui.examples import example_questions
from assistant.face.ui.fairness import MOST_EVENTS
from assistant.face.ui.kept import KeptConversations, labelled
from assistant.face.ui.owners import new_token, owner_in
from assistant.face.ui.parts import (
    PRIVATE,
    SESSIONS_KEPT,
    UNQUEUED,
    Updates,
    button,
    hidden_box,
    kept_by_browser,
    session_of,
    text,
)
from assistant.face.ui.today_view import TodayView
from assistant.face.ui.turns import SESSIONS_KNOWN, Bounded, Newest, Turns
from assistant.face.ui.writer_markup import writer_link_html
from assistant.face.ui.writer_view import WriterView
from assistant.llm.settings import LlmSettings

ASKED_AT_ONCE = 256
"""Questions that are being answered: nearly all wait, for a core or for a language model."""
READ_AT_ONCE = os.cpu_count() or 1
"""Questions whose answer is being read from abstracts, which keeps a core busy."""
THEME = gr.themes.Base(
    primary_hue="sky",
    neutral_hue="stone",
    font=[gr.themes.LocalFont("IBM Plex Sans", weights=(400, 700)), "system-ui", "sans-serif"],
    font_mono=["ui-monospace", "monospace"],
).set(
    body_background_fill="#faf9f6",
    body_background_fill_dark="#15181b",
    body_text_color="#20252b",
    body_text_color_dark="#e5e2db",
)

_log = logging.getLogger(__name__)


class Page:
    """The components of the page, and what happens on its events."""

    def __init__(self, book: Daybook, *, may_set: bool = False, limits: LlmSettings | None = None) -> None:
        """Lay out the page; who is at it `may_set` who writes, within `limits`, where only this machine reaches it."""
        self._book = book
        self._may_set = may_set
        self._live = LiveDialogues()
        self._turns = Turns(READ_AT_ONCE, ASKED_AT_ONCE, "asking")
        self._newest = Newest()
        self._answered: dict[str, object] = {}
        """What stands for the question that each page waits for."""
        self._shown_by = Bounded[str, str](SESSIONS_KNOWN)
        """The conversation that each page shows, empty for a new one, perhaps before it hears of that itself."""
        self.current_news = CurrentNews(book)
        with gr.Blocks(title="Daybook", analytics_enabled=False, fill_width=True, fill_height=True) as self.blocks:
            self._lay_out()
            self._connect()
            writer = WriterView(book, self.blocks, self._writer, may_set=may_set, limits=limits)
            self._views = self._today, DayView(book), CompareView(book, self.blocks), writer
            self._today.connect(self.blocks, self._new.click)
        self.blocks.state_session_capacity = SESSIONS_KEPT
        self.blocks.max_threads = MOST_EVENTS  # what Gradio calls so are the events that run at the same time
        self.blocks.queue(api_open=False, max_size=MOST_EVENTS, default_concurrency_limit=ASKED_AT_ONCE)

    async def close(self) -> None:
        """End what is being answered, as nobody is there any more; afterwards nothing uses the library."""
        for turns in (self._turns, *(view.turns for view in self._views)):
            await turns.close()

    # ---- layout

    def _lay_out(self) -> None:
        self._former_token = kept_by_browser("browser")
        self._current = kept_by_browser("conversation")
        self._reopened = hidden_box("reopened")
        with gr.Row(elem_id="top"):
            self._masthead = text(elem_id="masthead")
            text(markup.views_html(), elem_id="views")
            self._writer = text(elem_id="writer")
            with gr.Row(elem_id="tools", visible=False) as self._tools:
                self._export = text(elem_id="export")
                button("Delete", "delete")
                button("Keep", "keep")
                self._sure = button("Delete for good", "sure")
            self._new = button("New conversation", "new")
        with gr.Row(elem_id="desk", equal_height=True):
            with gr.Column(elem_id="talk", scale=3):
                with gr.Column(elem_id="conversation"):
                    with gr.Column(elem_id="turns"):
                        self._past = text(elem_id="past")
                        self._shown = text(elem_id="newest")
                    self._today = TodayView(self._book, self.current_news, may_change=self._may_set)
                with gr.Row(elem_id="asking"):
                    self._box = _question_box()
                    self._send = gr.Button("Ask", elem_id="send", variant="primary", scale=0, min_width=0)
            with gr.Column(elem_id="beside", scale=2):
                self._sources = text(markup.no_sources_html(), elem_id="sources")

    # ---- events

    def _connect(self) -> None:
        shown = [self._box, self._send, self._past, self._shown, self._sources]
        outputs = [*shown, self._tools, self._export, self._current, self._writer]
        opened = [*outputs, self._masthead, self._former_token]
        self.blocks.load(self._open, [self._former_token, self._current], opened, **UNQUEUED)
        self.blocks.unload(self._leave)
        # One group, as Gradio begins the events of a group in their order, and those of several in any. None is held
        # back by the page or cancelled there: it would begin late, or what it says would not be read.
        asking: dict[str, Any] = {"concurrency_limit": ASKED_AT_ONCE, "concurrency_id": "asking", **PRIVATE}
        asking["trigger_mode"] = "multiple"
        gr.on([self._box.submit, self._send.click], self._ask, [self._box, self._current], outputs, **asking)
        self._new.click(self._begin_anew, None, opened, **asking)
        self._reopened.submit(self._reopen, [self._reopened], opened, **asking)
        self._sure.click(self._delete_current, [self._current], opened, **asking)

    async def _leave(self, request: gr.Request) -> None:
        """The page was closed: what it still waits for is waited for no more."""
        for turns in (self._turns, *(view.turns for view in self._views)):
            turns.leave(session_of(request))

    # ---- kept conversations

    def _kept(self, request: gr.Request) -> KeptConversations:
        """The conversations of the browser that asks; of nobody's, where its request does not say who it is."""
        return KeptConversations(self._book, owner_in(request.cookies) or new_token())

    async def _open(self, former_token: object, current: object, request: gr.Request) -> Updates:
        """The page as this browser left it."""
        kept = self._kept(request)
        live = self._live.find(kept.owner, str(current))

        def show() -> Updates:
            is_used_up = kept.adopt(former_token)
            updates = self._conversation(kept, current, live) or self._welcome(kept)
            return {**updates, **({self._former_token: ""} if is_used_up else {})}

        return await self._show(show, request)

    async def _reopen(self, conversation_id: object, request: gr.Request) -> Updates:
        self._end_answer(session_of(request), str(conversation_id))
        kept = self._kept(request)
        live = self._live.find(kept.owner, str(conversation_id))

        def show() -> Updates:
            return {**(self._conversation(kept, conversation_id, live) or self._welcome(kept)), **self._idle()}

        return await self._show(show, request)

    async def _delete_current(self, current: object, request: gr.Request) -> Updates:
        self._end_answer(session_of(request))
        kept = self._kept(request)
        self._live.drop(kept.owner, str(current))

        def show() -> Updates:
            kept.delete(current)
            return {**self._welcome(kept), **self._idle()}

        return await self._show(show, request)

    async def _begin_anew(self, request: gr.Request) -> Updates:
        self._end_answer(session_of(request))
        return await self._show(lambda: {**self._welcome(self._kept(request)), **self._idle()}, request)

    def _end_answer(self, session: str, shown: str = "") -> None:
        """The page shows another conversation now, or a new one: what it waits for is waited for no more."""
        self._answered.pop(session, None)
        self._shown_by[session] = shown
        self._turns.leave(session)

    async def _show(self, show: Callable[[], Updates], request: gr.Request) -> Updates:
        """What is shown now, unless something newer was asked meanwhile; read in a thread that no answer takes."""
        is_newest = self._newest.begin(session_of(request))
        updates = await asyncio.to_thread(show)
        return updates if is_newest() else {self._box: gr.skip()}

    def _conversation(self, kept: KeptConversations, conversation_id: object, live: Dialogue | None) -> Updates:
        """A conversation of this browser, whole, as the library keeps it or else as it is live; empty without one."""
        found = kept.find(conversation_id)
        dialogue = kept.dialogue(found) if found else live
        if dialogue is None or not dialogue.turns:
            return {}
        *past, last = enumerate(dialogue.turns, start=1)
        return {
            **self._library(),
            self._past: conversation([turn for _, turn in past]),
            self._shown: markup.turn_html(last[1], last[0], is_restored=True),
            self._sources: self._sources_of(last[1], last[0]),
            **self._show_tools(dialogue.conversation_id),
        }

    def _library(self) -> Updates:
        days = [summary.day for summary in self._book.days()]
        masthead = markup.masthead_html(self._book.library.database.paper_count(), days)
        return {self._masthead: masthead, **self._who_writes()}

    def _who_writes(self) -> Updates:
        return {self._writer: writer_link_html(self._book.writing)}

    def _welcome(self, kept: KeptConversations) -> Updates:
        """The page before a question."""
        days = [summary.day for summary in self._book.days()]
        earlier = labelled(kept.listed())
        examples = example_questions(self._book.papers(days[0])) if days else []
        return {
            **self._library(),
            self._past: "",
            self._shown: markup.welcome_html(examples, earlier) if days else markup.empty_library_html(earlier),
            self._sources: markup.no_sources_html(),
            **self._show_tools(""),
        }

    def _show_tools(self, conversation_id: str) -> Updates:
        """What can be done with the conversation that is shown, if the library keeps it."""
        return {
            self._tools: gr.update(visible=bool(conversation_id)),
            self._export: markup.export_html(conversation_id) if conversation_id else "",
            self._current: conversation_id,
        }

    # ---- asking

    async def _ask(self, question: str | None, current: object, request: gr.Request) -> AsyncGenerator[Updates, None]:
        """The newest turn as it grows, beside its sources; the turns before it stand as they are."""
        asked, session = question or "", session_of(request)
        if session in self._answered:  # asked twice: what was typed stays until its turn comes
            yield {self._box: gr.skip()}
            return
        this = self._answered[session] = object()
        is_newest = self._newest.begin(session)
        number, ends = 1, Updates()
        try:
            kept = self._kept(request)
            dialogue = await self._dialogue_of(kept, self._shown_by.get(session, current))
            async with dialogue.asking:
                number, shown = dialogue.next_number, Updates()
                yield {self._box: "", self._send: _busy(), **self._turn_of(Turn(asked), number)}
                growing = partial(self._growing, dialogue, asked, number)
                async with aclosing(self._turns.stream(growing, session)) as steps:
                    async for updates in steps:
                        if not is_newest():
                            break
                        if changed := {part: value for part, value in updates.items() if shown.get(part) != value}:
                            yield changed
                        shown = updates
                if is_newest():
                    ends = self._ended(kept, dialogue, asked, number)
                    self._shown_by[session] = dialogue.conversation_id
        except Exception:  # noqa: BLE001 - the page must be usable again, and the log has the traceback
            _log.exception("an answer could not be shown")
            ends = {self._box: asked, **self._turn_of(Turn(asked, problem=DEFECT), number)}
        finally:
            if self._answered.get(session) is this:
                del self._answered[session]
        if is_newest():
            yield {self._send: _ready(), **ends}
        else:
            yield {self._send: gr.skip() if session in self._answered else _ready()}  # something has to be said

    async def _dialogue_of(self, kept: KeptConversations, current: object) -> Dialogue:
        """The dialogue to go on with, also one that this server never held; a new one where there is none."""
        if (live := self._live.find(kept.owner, str(current))) is not None:
            return live
        return await asyncio.to_thread(lambda: kept.dialogue(kept.find(current)))

    def _growing(self, dialogue: Dialogue, asked: str, number: int) -> Generator[Updates, None, None]:
        """The turn with its sources."""
        for turn in dialogue.ask(asked):
            updates: Updates = {self._shown: markup.turn_html(turn, number)}
            if turn.answer is not None:
                updates[self._sources] = self._sources_of(turn, number)
            yield updates

    def _ended(self, kept: KeptConversations, dialogue: Dialogue, asked: str, number: int) -> Updates:
        """What is left to show when nothing more comes; a question that has to be asked again is back in its box."""
        if len(dialogue.turns) < number:  # whoever asked has left, or seemed to
            return {self._box: asked, **self._turn_of(Turn(asked, problem=BROKEN_OFF), number)}
        self._live.keep(kept.owner, dialogue)
        mended: Updates = {self._box: asked} if dialogue.turns[-1].problem else {}
        return {**self._show_tools(dialogue.conversation_id), **self._who_writes(), **mended}

    def _turn_of(self, turn: Turn, number: int) -> Updates:
        """A turn in its place; the first one has no other before it."""
        return {self._shown: markup.turn_html(turn, number), **({self._past: ""} if number == 1 else {})}

    def _sources_of(self, turn: Turn, number: int) -> str:
        if turn.answer is None:
            return markup.no_sources_html()
        shown = turn.answer.nearest if turn.answer.abstained else turn.answer.references
        papers = self._book.library.database.papers_by_id([paper.arxiv_id for paper in shown])
        return markup.sources_html(turn.answer, papers, number)

    def _idle(self) -> Updates:
        """Nothing is being asked; what is typed meanwhile stays."""
        return {self._send: _ready()}


def conversation(turns: Sequence[Turn]) -> str:
    """The turns as HTML blocks, one to a turn."""
    return "\n\n".join(markup.turn_html(turn, number) for number, turn in enumerate(turns, start=1))


def _question_box() -> gr.Textbox:
    return gr.Textbox(
        elem_id="question",
        label="Question",
        show_label=False,
        container=False,
        placeholder="Ask about the papers",
        lines=1,
        max_lines=6,
        autofocus=True,
    )


def _busy() -> dict[str, Any]:
    return gr.update(value="Reading …", interactive=False)


def _ready() -> dict[str, Any]:
    return gr.update(value="Ask", interactive=True)
