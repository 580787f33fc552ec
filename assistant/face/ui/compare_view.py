"""The comparison view: the papers chosen so far, from any view, and the table of them."""

import logging
from collections.abc import Sequence

import gradio as gr
from gradio.components import Component

from assistant.comparing.build import as_answer
from assistant.comparing.choosing import Chooser, Found
from assistant.engine.daybook import Daybook
from assistant.engine.engines import checked_question
from assistant.face.ui import compare_markup
from assistant.face.ui.asked import Chosen, aspects_in, chosen_papers
from assistant.face.ui.dialogue import DEFECT
from assistant.face.ui.markup import sources_html
from assistant.face.ui.parts import PRIVATE, Updates, button, hidden_box, small_box, text
from assistant.face.ui.pieces import listed_problem_html, problem_html
from assistant.language.inline import rich_text
from ingest.cleaning import printable
from ingest.errors import DaybookError
from ingest.paper import StoredPaper

_TURN = 0
"""Conversations count their turns from one; this is the turn whose sources stand below the table."""
_log = logging.getLogger(__name__)


class CompareView:
    """The components of the view, and what happens on its events."""

    def __init__(self, book: Daybook, blocks: gr.Blocks) -> None:
        self._book = book
        self._lay_out()
        self._connect(blocks)

    def _lay_out(self) -> None:
        self._kept = gr.BrowserState("", storage_key="daybook-comparison", secret="daybook")  # noqa: S106 - see kept.py
        self._chosen = hidden_box("chosen")
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
        outputs: list[Component] = [self._chosen, self._kept, self._name, self._status, self._chips, self._table]
        inputs: list[Component] = [self._chosen, self._aspects]
        blocks.load(self._open, [self._kept], outputs, **PRIVATE)
        # Papers come as a whole list: of several quick presses the last one tells of all of them.
        self._chosen.submit(self._choose, inputs, outputs, trigger_mode="always_last", **PRIVATE)
        added = [self._name, *inputs]
        gr.on([self._name.submit, self._add.click], self._add_named, added, outputs, **PRIVATE)
        gr.on([self._aspects.submit, self._show.click], self._choose, inputs, outputs, **PRIVATE)

    # ---- the papers

    def _open(self, kept: object) -> Updates:
        """The comparison as this browser left it; a paper that is no longer held is left out without a word."""
        ids = kept.split() if isinstance(kept, str) else []
        if not ids:
            return {self._status: ""}
        chosen = chosen_papers(ids, self._book.library)
        return {**self._shown(chosen.papers, ""), self._chosen: " ".join(chosen.ids)}

    def _choose(self, ids: str | None, aspects: str | None) -> Updates:
        """The papers that the page has chosen; the list is given back only where something had to be left out."""
        chosen = chosen_papers((ids or "").split(), self._book.library)
        corrected: Updates = {self._chosen: " ".join(chosen.ids)} if chosen.problem else {}
        return {**corrected, **self._shown(chosen.papers, aspects or "", chosen.problem)}

    def _add_named(self, name: str | None, ids: str | None, aspects: str | None) -> Updates:
        """One more paper, by what a reader calls it; where it names none for sure, all stays as it was."""
        try:
            found = Chooser(self._book.library, self._book.retriever).paper(checked_question(name or ""))
        except DaybookError as error:
            return {self._status: listed_problem_html(str(error))}
        except Exception:  # noqa: BLE001 - the page must be usable again, and the log has the traceback
            _log.exception("a paper could not be added")
            return {self._status: problem_html(DEFECT)}
        chosen = self._with((ids or "").split(), found)
        shown = self._shown(chosen.papers, aspects or "", chosen.problem)
        said: Updates = {} if chosen.problem or not found.said else {self._status: _note(found.said)}
        return {**shown, **said, self._chosen: " ".join(chosen.ids), self._name: name if chosen.problem else ""}

    def _with(self, ids: Sequence[str], found: Found) -> Chosen:
        return chosen_papers([*ids, *(stored.paper.arxiv_id for stored in found.papers)], self._book.library)

    # ---- the table

    def _shown(self, papers: Sequence[StoredPaper], aspects: str, problem: str = "") -> Updates:
        """The chips and the table of some papers; a problem leaves the table as it was."""
        shown: Updates = {
            self._chips: compare_markup.chips_html(papers),
            self._kept: " ".join(stored.paper.arxiv_id for stored in papers),
            self._status: problem_html(problem),
        }
        try:
            return {**shown, self._table: self._table_of(papers, aspects_in(aspects))}
        except DaybookError as error:
            return {**shown, self._status: problem_html(str(error))}
        except Exception:  # noqa: BLE001 - the page must be usable again, and the log has the traceback
            _log.exception("papers could not be compared")
            return {**shown, self._status: problem_html(DEFECT)}

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
