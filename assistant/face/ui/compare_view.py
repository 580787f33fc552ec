"""The comparison view: the papers chosen so far, from any view, and the table of them."""

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from typing import Any

import gradio as gr
from gradio.components import Component

from assistant.comparing.build import as_answer
from assistant.comparing.choosing import Chooser
from assistant.engine.daybook import Daybook
from assistant.engine.engines import checked_question
from assistant.face.ui import compare_markup
from assistant.face.ui.asked import aspects_in, chosen_papers, numbered
from assistant.face.ui.dialogue import DEFECT
from assistant.face.ui.markup import sources_html
from assistant.face.ui.parts import (
    PRIVATE,
    SESSIONS_KEPT,
    UNQUEUED,
    Updates,
    button,
    hidden_box,
    kept_by_browser,
    session_of,
    small_box,
    text,
)
from assistant.face.ui.pieces import listed_problem_html, problem_html
from assistant.face.ui.turns import Newest, Turns
from assistant.language.inline import rich_text
from ingest.errors import DaybookError
from ingest.paper import StoredPaper
from ingest.readable import printable

TABLES_AT_ONCE = 1
"""One keeps a core busy; questions have threads of their own."""
_TURN = 0
"""Conversations count their turns from one; this is the turn whose sources stand below the table."""
_log = logging.getLogger(__name__)


class CompareView:
    """The components of the view, and what happens on its events."""

    def __init__(self, book: Daybook, blocks: gr.Blocks) -> None:
        self._book = book
        self.turns = Turns(TABLES_AT_ONCE, TABLES_AT_ONCE, "tables")
        self._newest, self._newest_name = Newest(), Newest()
        self._lay_out()
        self._connect(blocks)

    def _lay_out(self) -> None:
        self._kept = kept_by_browser("comparison")
        self._chosen = hidden_box("chosen")
        self._added = text(elem_id="added", elem_classes="unseen")
        self._status = text(elem_id="compare-status")  # outside, as papers are chosen in every view
        with gr.Column(elem_id="compare-view"):
            with gr.Row(elem_id="compare-form"):
                self._name = small_box("Add a paper", "paper-name", "arXiv id, title or name of a method", scale=3)
                self._add = button("Add", "add-paper", variant="primary")
                self._aspects = small_box("More columns", "aspects", "training data, speed", scale=2)
                self._show = button("Show", "show-columns")
            self._chips = text(elem_id="chips")
            self._table = text(compare_markup.too_few_html(0), elem_id="table")

    def _connect(self, blocks: gr.Blocks) -> None:
        blocks.load(self._open, [self._kept], [self._added], **UNQUEUED)
        busy: dict[str, Any] = {"concurrency_limit": SESSIONS_KEPT, "concurrency_id": "tables", **PRIVATE}
        busy["trigger_mode"] = "always_last"  # papers come as a whole list: the last press tells of all of them
        inputs: list[Component] = [self._chosen, self._aspects]
        outputs: list[Component] = [self._kept, self._status, self._chips, self._table]
        self._chosen.submit(self._choose, inputs, outputs, **busy)
        gr.on([self._aspects.submit, self._show.click], self._choose, inputs, outputs, **busy)
        named: list[Component] = [self._name, self._status, self._added]
        gr.on([self._name.submit, self._add.click], self._add_named, [self._name, self._chosen], named, **busy)

    # ---- the papers; which are chosen is the page's to say, so that no answer undoes what was pressed since

    async def _open(self, kept: object) -> Updates:
        """The comparison as this browser left it; a paper that is no longer held is left out without a word."""
        ids = kept.split() if isinstance(kept, str) else []
        chosen = await asyncio.to_thread(chosen_papers, ids, self._book.library)
        return self._adding(chosen.ids, is_kept=True)

    async def _choose(self, chosen: str | None, aspects: str | None, request: gr.Request) -> Updates:
        """The papers that the page has chosen, as chips and as a table."""
        number, ids = numbered(chosen)
        is_newest = self._newest.begin(session_of(request), number)
        return await self._found(is_newest, lambda: self._shown(ids.split(), aspects or "", number or 0))

    async def _add_named(self, name: str | None, chosen: str | None, request: gr.Request) -> Updates:
        """One more paper, by what a reader calls it; where it names none for sure, all stays as it was."""
        _, ids = numbered(chosen)
        is_newest = self._newest_name.begin(session_of(request))
        return await self._found(is_newest, lambda: self._named(name or "", ids.split()))

    async def _found(self, is_newest: Callable[[], bool], find: Callable[[], Updates]) -> Updates:
        """What is found in a thread of this view, unless something newer is asked meanwhile."""
        try:
            updates = await self.turns.run(lambda: find() if is_newest() else {})
        except DaybookError as error:
            updates = {self._status: listed_problem_html(str(error))}
        except Exception:  # noqa: BLE001 - the page must be usable again, and the log has the traceback
            _log.exception("papers could not be compared")
            updates = {self._status: problem_html(DEFECT)}
        return {self._status: gr.skip(), **(updates if is_newest() else {})}

    def _named(self, name: str, ids: Sequence[str]) -> Updates:
        found = Chooser(self._book.library, self._book.finder).paper(checked_question(name))
        added = [stored.paper.arxiv_id for stored in found.papers]
        if problem := chosen_papers([*ids, *added], self._book.library).problem:
            return {self._status: problem_html(problem)}
        return {self._name: "", self._status: _note(found.said) if found.said else "", **self._adding(added)}

    def _adding(self, ids: Sequence[str], *, is_kept: bool = False) -> Updates:
        return {self._added: compare_markup.added_html(ids, time.time_ns(), is_kept=is_kept) if ids else ""}

    # ---- the table

    def _shown(self, ids: Sequence[str], aspects: str, number: int) -> Updates:
        """The chips and the table of some papers; a problem leaves the table as it was."""
        chosen = chosen_papers(ids, self._book.library)
        shown: Updates = {
            self._chips: compare_markup.chips_html(chosen.papers, number),
            self._kept: " ".join(chosen.ids),
            self._status: problem_html(chosen.problem),
        }
        try:
            return {**shown, self._table: self._table_of(chosen.papers, aspects_in(aspects))}
        except DaybookError as error:
            return {**shown, self._status: problem_html(str(error))}

    def _table_of(self, papers: Sequence[StoredPaper], aspects: Sequence[str]) -> str:
        if len(papers) < 2:
            return compare_markup.too_few_html(len(papers))
        comparison = self._book.comparer.compare(papers, aspects)
        answer = as_answer(comparison, "", "")
        held = {stored.paper.arxiv_id: stored for stored in papers}
        saving = compare_markup.saving_html([*held], aspects)
        body = compare_markup.comparison_html(comparison, _TURN)
        sources = sources_html(answer, held, _TURN)
        return f'<div class="answer" id="turn-{_TURN}" tabindex="-1">{saving}{body}</div>{sources}'


def _note(said: str) -> str:
    return f'<p class="about note">{rich_text(printable(said[:1].upper() + said[1:]))}</p>'
