"""The page: the conversation, and the sources of its newest answer beside it."""

import logging
from collections.abc import Iterator, Sequence
from typing import Any

import gradio as gr
from gradio.components import Component

from assistant.daybook import Daybook
from assistant.ui import markup
from assistant.ui.dialogue import DEFECT, Dialogue, Turn
from assistant.ui.examples import example_questions
from assistant.ui.inline import DISPLAY_MATH, INLINE_MATH

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

_LATEX: list[dict[str, str | bool]] = [
    {"left": INLINE_MATH[0], "right": INLINE_MATH[1], "display": False},
    {"left": DISPLAY_MATH[0], "right": DISPLAY_MATH[1], "display": True},
]

_PRIVATE: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}

Updates = dict[Component, Any]


class Page:
    """The components of the page, and what happens on its events."""

    def __init__(self, book: Daybook) -> None:
        self._book = book
        with gr.Blocks(title="Daybook", analytics_enabled=False, fill_width=True, fill_height=True) as self.blocks:
            self._lay_out()
            self._connect()
        self.blocks.state_session_capacity = SESSIONS_KEPT
        self.blocks.queue(api_open=False, max_size=WAITING_QUESTIONS, default_concurrency_limit=QUESTIONS_AT_ONCE)

    # ---- layout

    def _lay_out(self) -> None:
        self._dialogue = gr.State(None)
        with gr.Row(elem_id="top"):
            self._masthead = _text(elem_id="masthead")
            self._new = gr.Button("New conversation", elem_id="new", size="sm", scale=0, min_width=0)
        with gr.Row(elem_id="desk", equal_height=True):
            with gr.Column(elem_id="talk", scale=3):
                with gr.Column(elem_id="conversation"):
                    self._turns = _text(elem_id="turns")
                    self._examples = gr.Dataset(
                        components=["textbox"], samples=[], elem_id="examples", show_label=False, visible=False
                    )
                with gr.Row(elem_id="asking"):
                    self._box = _question_box()
                    self._send = gr.Button("Ask", elem_id="send", variant="primary", scale=0, min_width=0)
            with gr.Column(elem_id="beside", scale=2):
                self._sources = _text(markup.no_sources_html(), elem_id="sources")

    # ---- events

    def _connect(self) -> None:
        library = [self._masthead, self._turns, self._examples]
        outputs = [self._box, self._send, self._turns, self._examples, self._sources, self._dialogue]
        self.blocks.load(self._show_library, None, library, **_PRIVATE)
        asked = gr.on([self._box.submit, self._send.click], self._ask, [self._box, self._dialogue], outputs, **_PRIVATE)
        chosen = self._examples.click(self._ask_example, [self._examples, self._dialogue], outputs, **_PRIVATE)
        self._new.click(self._begin_anew, None, [self._masthead, *outputs], cancels=[asked, chosen], **_PRIVATE)

    def _show_library(self) -> Updates:
        days = [summary.day for summary in self._book.days()]
        count = self._book.library.database.paper_count()
        examples = example_questions(self._book.papers(days[0])) if days else []
        return {
            self._masthead: markup.masthead_html(count, days),
            self._turns: markup.welcome_html() if days else markup.empty_library_html(),
            self._examples: gr.update(samples=[[question] for question in examples], visible=bool(examples)),
        }

    def _ask(self, question: str | None, dialogue: Dialogue | None) -> Iterator[Updates]:
        dialogue, asked, turn = dialogue or Dialogue(self._book.chat_engine), question or "", None
        yield {self._box: "", self._send: _busy(), self._examples: gr.update(visible=False), self._dialogue: dialogue}
        try:
            for turn in dialogue.ask(asked):
                yield {self._turns: conversation(dialogue.turns), **self._show_sources(turn, len(dialogue.turns))}
        except Exception:  # noqa: BLE001 - the page must be usable again, and the log has the traceback
            _log.exception("an answer could not be shown")
            turn = Turn(asked, problem=DEFECT)
            yield {self._turns: conversation([turn])}
        kept: Updates = {self._box: asked} if turn and turn.problem else {}
        yield {self._send: _ready(), **kept}

    def _ask_example(self, sample: list[str], dialogue: Dialogue | None) -> Iterator[Updates]:
        yield from self._ask(sample[0], dialogue)

    def _show_sources(self, turn: Turn, number: int) -> Updates:
        if turn.answer is None:
            return {}
        shown = turn.answer.nearest if turn.answer.abstained else turn.answer.references
        papers = self._book.library.database.papers_by_id([paper.arxiv_id for paper in shown])
        return {self._sources: markup.sources_html(turn.answer, papers, number)}

    def _begin_anew(self) -> Updates:
        return {
            **self._show_library(),
            self._box: "",
            self._send: _ready(),
            self._sources: markup.no_sources_html(),
            self._dialogue: None,
        }


def conversation(turns: Sequence[Turn]) -> str:
    """The turns as HTML blocks, one to a turn, so that a page changes only the newest."""
    return "\n\n".join(markup.turn_html(turn, number) for number, turn in enumerate(turns, start=1))


def _text(value: str = "", *, elem_id: str) -> gr.Markdown:
    return gr.Markdown(value, elem_id=elem_id, latex_delimiters=_LATEX)


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
