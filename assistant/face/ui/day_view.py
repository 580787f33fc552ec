"""The day view: a calendar of what the library holds, and the page of the day or period that is chosen."""

import logging
from collections.abc import Iterator
from datetime import date
from typing import Any

import gradio as gr
from gradio.components import Component

from assistant.engine.daybook import Daybook
from assistant.face.ui import day_markup
from assistant.face.ui.asked import LONGEST_TEXT, Wanted, page_of, wanted_days
from assistant.face.ui.dialogue import DEFECT
from assistant.face.ui.parts import PRIVATE, Updates, button, hidden_box, small_box, text
from assistant.face.ui.pieces import problem_html
from assistant.language.days import Period, spoken_period
from ingest.errors import DaybookError

PAGES_AT_ONCE = 2
NEWEST = "newest"
"""What the page's script picks when the view is opened."""

_log = logging.getLogger(__name__)


class DayView:
    """The components of the view, and what happens on its events."""

    def __init__(self, book: Daybook) -> None:
        self._book = book
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        self._place = gr.State(0)
        self._picked = hidden_box("picked")
        with gr.Row(elem_id="day-view", equal_height=True):
            with gr.Column(elem_id="calendar-side", scale=1, min_width=0):
                with gr.Row(elem_id="paging"):
                    self._later = button("← Later", "later", interactive=False)
                    self._earlier = button("Earlier →", "earlier-months", interactive=False)
                self._calendar = text(elem_id="calendar")
            with gr.Column(elem_id="day-side", scale=3, min_width=0):
                with gr.Row(elem_id="day-form"):
                    self._first = small_box("From", "first-day", "2020-05-25")
                    self._last = small_box("To", "last-day", "2020-05-29")
                    self._theme = small_box("Only on", "theme", "such as medical imaging", scale=2)
                    self._show = button("Show", "show-days", variant="primary")
                self._status = text(elem_id="day-status")
                self._page = text(elem_id="day-page")

    def _connect(self) -> None:
        boxes: list[Component] = [self._first, self._last, self._theme]
        outputs: list[Component] = [*boxes, self._status, self._page, self._calendar, self._place]
        outputs += [self._later, self._earlier]
        busy: dict[str, Any] = {"concurrency_limit": PAGES_AT_ONCE, "concurrency_id": "days", **PRIVATE}
        picked = [self._picked, self._theme, self._place]
        self._picked.submit(self._pick, picked, outputs, trigger_mode="always_last", **busy)
        asked = [box.submit for box in (self._first, self._last, self._theme)]
        gr.on([*asked, self._show.click], self._ask, [*boxes, self._place], outputs, **busy)
        turned = [self._calendar, self._place, self._later, self._earlier]
        shown = [self._first, self._last, self._place]
        self._later.click(self._turn_later, shown, turned, **PRIVATE)
        self._earlier.click(self._turn_earlier, shown, turned, **PRIVATE)

    # ---- the page of a day

    def _pick(self, picked: str | None, theme: str | None, place: int) -> Iterator[Updates]:
        """A day of the calendar, within the theme that is followed, or the newest day held."""
        is_newest = (picked or "").strip() == NEWEST
        day = "" if is_newest else picked or ""
        yield from self._show_page(day, day, theme or "", place, has_to_turn=is_newest)

    def _ask(self, first: str | None, last: str | None, theme: str | None, place: int) -> Iterator[Updates]:
        yield from self._show_page(first or "", last or "", theme or "", place, has_to_turn=True)

    def _show_page(self, first: str, last: str, theme: str, place: int, *, has_to_turn: bool) -> Iterator[Updates]:
        """The page once it is there; where it cannot be, why, and the page before it stays."""
        try:
            held = self._book.library.holdings().days
            wanted = wanted_days(first, last, theme, held, date.today())
            yield {self._status: _reading(wanted)}
            page = page_of(self._book, wanted)
        except DaybookError as error:
            yield {self._status: problem_html(str(error))}
            return
        except Exception:  # noqa: BLE001 - the page must be usable again, and the log has the traceback
            _log.exception("a day could not be shown")
            yield {self._status: problem_html(DEFECT)}
            return
        shown = Period(page.days[0], page.days[-1])
        place = self._place_of(shown.last) if has_to_turn else place
        yield {
            self._status: "",
            self._page: day_markup.day_html(page),
            self._first: shown.first.isoformat(),
            self._last: shown.last.isoformat(),
            **self._months(place, shown),
        }

    # ---- the calendar

    def _turn_later(self, first: str | None, last: str | None, place: int) -> Updates:
        return self._months(place - day_markup.MONTHS_SHOWN, _shown_days(first, last))

    def _turn_earlier(self, first: str | None, last: str | None, place: int) -> Updates:
        return self._months(place + day_markup.MONTHS_SHOWN, _shown_days(first, last))

    def _place_of(self, day: date) -> int:
        """Where the months that are shown together with a day's begin."""
        months = day_markup.months_of(self._book.days())
        place = months.index(day.replace(day=1))
        return place - place % day_markup.MONTHS_SHOWN

    def _months(self, place: int, shown: Period | None) -> Updates:
        days = self._book.days()
        count = len(day_markup.months_of(days))
        place = max(0, min(place, (count - 1) // day_markup.MONTHS_SHOWN * day_markup.MONTHS_SHOWN))
        return {
            self._calendar: day_markup.calendar_html(days, place, shown),
            self._place: place,
            self._later: gr.update(interactive=place > 0),
            self._earlier: gr.update(interactive=place + day_markup.MONTHS_SHOWN < count),
        }


def _reading(wanted: Wanted) -> str:
    days = spoken_period(wanted.period) if wanted.period else "the newest day"
    return f'<p class="pending">Reading {days} …</p>'


def _shown_days(first: str | None, last: str | None) -> Period | None:
    """The days in the boxes, where they can be read without more ado."""
    try:
        return Period(date.fromisoformat((first or "")[:LONGEST_TEXT]), date.fromisoformat((last or "")[:LONGEST_TEXT]))
    except ValueError:
        return None
