"""The page: the conversation with the sources of its newest answer, beside it the views of days and comparisons."""

import logging
from collections.abc import Iterator, Sequence
from typing import Any

import gradio as gr

from assistant.conversation.history import Conversation
from assistant.engine.daybook import Daybook
from assistant.face.ui import markup
from assistant.face.ui.compare_view import CompareView
from assistant.face.ui.day_view import DayView
from assistant.face.ui.dialogue import DEFECT, Dialogue, Turn
from assistant.face.ui.examples import example_questions
from assistant.face.ui.kept import EARLIER_SHOWN, KeptConversations, is_token, labels, new_token
from assistant.face.ui.parts import PRIVATE, Updates, button, text

WAITING_QUESTIONS = 64
QUESTIONS_AT_ONCE = 4
SESSIONS_KEPT = 1000
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

    def __init__(self, book: Daybook) -> None:
        self._book = book
        with gr.Blocks(title="Daybook", analytics_enabled=False, fill_width=True, fill_height=True) as self.blocks:
            self._lay_out()
            self._connect()
            DayView(book)
            CompareView(book, self.blocks)
        self.blocks.state_session_capacity = SESSIONS_KEPT
        self.blocks.queue(api_open=False, max_size=WAITING_QUESTIONS, default_concurrency_limit=QUESTIONS_AT_ONCE)

    # ---- layout

    def _lay_out(self) -> None:
        self._dialogue = gr.State(None)
        self._earlier_ids = gr.State([])
        self._token = gr.BrowserState("", storage_key="daybook-browser", secret="daybook")  # noqa: S106 - see kept.py
        self._current = gr.BrowserState("", storage_key="daybook-conversation", secret="daybook")  # noqa: S106
        with gr.Row(elem_id="top"):
            self._masthead = text(elem_id="masthead")
            text(markup.views_html(), elem_id="views")
            with gr.Row(elem_id="tools", visible=False) as self._tools:
                self._export = text(elem_id="export")
                self._delete = button("Delete", "delete")
                self._keep = button("Keep", "keep", visible=False)
                self._sure = button("Delete for good", "sure", visible=False)
            self._new = button("New conversation", "new")
        with gr.Row(elem_id="desk", equal_height=True):
            with gr.Column(elem_id="talk", scale=3):
                with gr.Column(elem_id="conversation"):
                    self._turns = text(elem_id="turns")
                    self._examples = gr.Dataset(
                        components=["textbox"], samples=[], elem_id="examples", show_label=False, visible=False
                    )
                    self._earlier = gr.Dataset(
                        components=["textbox"],
                        samples=[],
                        elem_id="earlier",
                        label="Earlier conversations",
                        type="index",
                        samples_per_page=EARLIER_SHOWN,
                        visible=False,
                    )
                with gr.Row(elem_id="asking"):
                    self._box = _question_box()
                    self._send = gr.Button("Ask", elem_id="send", variant="primary", scale=0, min_width=0)
            with gr.Column(elem_id="beside", scale=2):
                self._sources = text(markup.no_sources_html(), elem_id="sources")

    # ---- events

    def _connect(self) -> None:
        browser = [self._token, self._current]
        outputs = [self._box, self._send, self._turns, self._examples, self._sources, self._dialogue]
        outputs += [self._earlier, self._earlier_ids, self._tools, self._export, *browser]
        outputs += [self._masthead, self._delete, self._keep, self._sure]
        self.blocks.load(self._open, browser, outputs, **PRIVATE)
        typed, sample = [self._box, self._dialogue, *browser], [self._examples, self._dialogue, *browser]
        asked = gr.on([self._box.submit, self._send.click], self._ask, typed, outputs, **PRIVATE)
        chosen = self._examples.click(self._ask_example, sample, outputs, **PRIVATE)
        ends: dict[str, Any] = {"outputs": outputs, "cancels": [asked, chosen], **PRIVATE}
        self._new.click(self._begin_anew, [self._token], **ends)
        self._earlier.click(self._reopen, [self._earlier, self._earlier_ids, self._token], **ends)
        self._sure.click(self._delete_current, browser, **ends)
        asking = [self._delete, self._keep, self._sure]
        self._delete.click(lambda: self._ask_whether_sure(is_asked=True), None, asking, **PRIVATE)
        self._keep.click(lambda: self._ask_whether_sure(is_asked=False), None, asking, **PRIVATE)

    # ---- kept conversations

    def _kept(self, token: object) -> KeptConversations:
        """The conversations of the browser with this token; of a new one where it brings none."""
        return KeptConversations(self._book, str(token) if is_token(token) else new_token())

    def _open(self, token: object, current: object) -> Updates:
        """The page as this browser left it."""
        kept = self._kept(token)
        found = kept.find(current)
        return {**self._show_library(kept), **(self._show_conversation(kept, found) if found else {})}

    def _reopen(self, place: int, earlier_ids: Sequence[str], token: object) -> Updates:
        is_there = 0 <= place < len(earlier_ids)
        return self._open(token, earlier_ids[place] if is_there else "")

    def _delete_current(self, token: object, current: object) -> Updates:
        self._kept(token).delete(current)
        return self._begin_anew(token)

    def _ask_whether_sure(self, *, is_asked: bool) -> Updates:
        shown = {self._delete: not is_asked, self._keep: is_asked, self._sure: is_asked}
        return {button: gr.update(visible=is_visible) for button, is_visible in shown.items()}

    def _show_conversation(self, kept: KeptConversations, found: Conversation) -> Updates:
        dialogue = kept.dialogue(found)
        sources = self._show_sources(dialogue.turns[-1], len(dialogue.turns)) if dialogue.turns else {}
        return {
            self._turns: conversation(dialogue.turns),
            self._dialogue: dialogue,
            **self._hide_welcome(),
            **sources,
            **self._show_tools(found.id),
        }

    def _hide_welcome(self) -> Updates:
        return {self._examples: gr.update(visible=False), self._earlier: gr.update(visible=False)}

    def _show_tools(self, conversation_id: str) -> Updates:
        """What can be done with the conversation that is shown, if the library keeps it."""
        return {
            self._tools: gr.update(visible=bool(conversation_id)),
            self._export: markup.export_html(conversation_id) if conversation_id else "",
            self._current: conversation_id,
            **self._ask_whether_sure(is_asked=False),
        }

    # ---- asking

    def _show_library(self, kept: KeptConversations | None = None) -> Updates:
        """The page before a question."""
        kept = kept or self._kept("")
        days = [summary.day for summary in self._book.days()]
        count = self._book.library.database.paper_count()
        examples = example_questions(self._book.papers(days[0])) if days else []
        earlier = kept.listed()
        return {
            self._masthead: markup.masthead_html(count, days),
            self._turns: markup.welcome_html() if days else markup.empty_library_html(),
            self._examples: gr.update(samples=[[question] for question in examples], visible=bool(examples)),
            self._earlier: gr.update(samples=[[label] for label in labels(earlier)], visible=bool(earlier)),
            self._earlier_ids: [summary.id for summary in earlier],
            self._token: kept.token,
            self._sources: markup.no_sources_html(),
            self._dialogue: None,
            **self._show_tools(""),
        }

    def _dialogue_of(self, token: object, current: object) -> Dialogue:
        """The dialogue to go on with: also after a restart of the server, which forgot what the page shows."""
        kept = self._kept(token)
        return kept.dialogue(kept.find(current))

    def _ask(
        self, question: str | None, dialogue: Dialogue | None, token: object = "", current: object = ""
    ) -> Iterator[Updates]:
        asked, turn = question or "", None
        dialogue = dialogue or self._dialogue_of(token, current)
        yield {self._box: "", self._send: _busy(), **self._hide_welcome(), self._dialogue: dialogue}
        try:
            for turn in dialogue.ask(asked):
                yield {self._turns: conversation(dialogue.turns), **self._show_sources(turn, len(dialogue.turns))}
        except Exception:  # noqa: BLE001 - the page must be usable again, and the log has the traceback
            _log.exception("an answer could not be shown")
            turn = Turn(asked, problem=DEFECT)
            yield {self._turns: conversation([turn])}
        kept: Updates = {self._box: asked} if turn and turn.problem else {}
        yield {self._send: _ready(), **kept, **self._show_tools(dialogue.conversation_id)}

    def _ask_example(
        self, sample: list[str], dialogue: Dialogue | None, token: object = "", current: object = ""
    ) -> Iterator[Updates]:
        yield from self._ask(sample[0], dialogue, token, current)

    def _show_sources(self, turn: Turn, number: int) -> Updates:
        if turn.answer is None:
            return {}
        shown = turn.answer.nearest if turn.answer.abstained else turn.answer.references
        papers = self._book.library.database.papers_by_id([paper.arxiv_id for paper in shown])
        return {self._sources: markup.sources_html(turn.answer, papers, number)}

    def _begin_anew(self, token: object = "") -> Updates:
        return {**self._show_library(self._kept(token)), self._box: "", self._send: _ready()}


def conversation(turns: Sequence[Turn]) -> str:
    """The turns as HTML blocks, one to a turn, so that a page changes only the newest."""
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
