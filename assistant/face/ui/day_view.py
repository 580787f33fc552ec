"""The day view: a calendar of what the library holds, and the page of the day or period that is chosen."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from datetime import date
from functools import partial
from typing import Any

import gradio as gr
from gradio.components import Component

from assistant.engine.daybook import Daybook
from assistant.face.ui import day_markup
from assistant.face.ui.asked import Wanted, numbered, page_of, wanted_days
from assistant.face.ui.dialogue import DEFECT
from assistant.face.ui.links import DAY, linked_days
from assistant.face.ui.parts import (
    PRIVATE,
    SESSIONS_KEPT,
    UNQUEUED,
    Updates,
    button,
    hidden_box,
    session_of,
    small_box,
    text,
)
from assistant.face.ui.pieces import problem_html
from assistant.face.ui.turns import Newest, Turns
from assistant.language.days import spoken_period
from ingest.errors import DaybookError

PAGES_AT_ONCE = 1
"""One keeps a core busy; questions have threads of their own."""
NEWEST = "newest"
"""What the page's script picks when the view is opened."""

_log = logging.getLogger(__name__)


class DayView:
    """The components of the view, and what happens on its events."""

    def __init__(self, book: Daybook) -> None:
        self._book = book
        self.turns = Turns(PAGES_AT_ONCE, PAGES_AT_ONCE, "days")
        self._newest, self._newest_turn = Newest(), Newest()
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        self._place = hidden_box("place")
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
        busy: dict[str, Any] = {"concurrency_limit": SESSIONS_KEPT, "concurrency_id": "days", **PRIVATE}
        busy["trigger_mode"] = "always_last"
        self._picked.submit(self._pick, [self._picked, self._theme], outputs, **busy)
        asked = [box.submit for box in (self._first, self._last, self._theme)]
        gr.on([*asked, self._show.click], self._ask, boxes, outputs, **busy)
        turned: list[Component] = [self._calendar, self._place, self._later, self._earlier]
        turning: dict[str, Any] = {"trigger_mode": "always_last", **UNQUEUED}
        self._later.click(self._turn_later, [self._place], turned, **turning)
        self._earlier.click(self._turn_earlier, [self._place], turned, **turning)

    # ---- the page of a day

    async def _pick(self, picked: str | None, theme: str | None, request: gr.Request) -> AsyncIterator[Updates]:
        """A day of the calendar, within the theme that is followed; the newest day held; or what a link names."""
        number, day = numbered(picked)
        is_link, is_newest_day = day.startswith(DAY), day == NEWEST
        asked = linked_days(day) if is_link else ("", "", theme or "") if is_newest_day else (day, day, theme or "")
        is_newest = self._newest.begin(session_of(request), number)
        if is_link and is_newest():
            yield {self._theme: asked[2]}
        async for updates in self._show_page(asked, is_newest, request, has_to_turn=is_newest_day, is_link=is_link):
            yield updates

    async def _ask(
        self, first: str | None, last: str | None, theme: str | None, request: gr.Request
    ) -> AsyncIterator[Updates]:
        """The period in the boxes."""
        is_newest = self._newest.begin(session_of(request))
        asked = (first or "", last or "", theme or "")
        async for updates in self._show_page(asked, is_newest, request, has_to_turn=True):
            yield updates

    async def _show_page(
        self,
        asked: tuple[str, str, str],
        is_newest: Callable[[], bool],
        request: gr.Request,
        *,
        has_to_turn: bool = False,
        is_link: bool = False,
    ) -> AsyncIterator[Updates]:
        """The page once it is there; where it cannot be, why, and the page before it stays.

        What is asked meanwhile takes its place, and a calendar that was turned meanwhile stays. A link may be the first
        that is shown: where it names no day held, the calendar is there to go on from.
        """
        is_not_turned = self._newest_turn.begin(session_of(request))
        updates: Updates = {}
        has_to_turn = has_to_turn or is_link
        try:
            wanted = await asyncio.to_thread(self._wanted, *asked)
            if is_newest():
                yield {self._status: _reading(wanted)}
                updates = await self.turns.run(partial(self._page_of, wanted, is_newest, has_to_turn=has_to_turn))
        except DaybookError as error:
            months = await asyncio.to_thread(self._months, 0) if is_link else {}
            updates = {self._status: problem_html(str(error)), **months}
        except Exception:  # noqa: BLE001 - the page must be usable again, and the log has the traceback
            _log.exception("a day could not be shown")
            updates = {self._status: problem_html(DEFECT)}
        calendar = {self._calendar, self._place, self._later, self._earlier}
        yield {
            self._status: gr.skip(),  # something has to be said, also of what is not shown
            **{
                part: value
                for part, value in updates.items()
                if is_newest() and (part not in calendar or is_not_turned())
            },
        }

    def _wanted(self, first: str, last: str, theme: str) -> Wanted:
        return wanted_days(first, last, theme, self._book.library.holdings().days, date.today())

    def _page_of(self, wanted: Wanted, is_newest: Callable[[], bool], *, has_to_turn: bool) -> Updates:
        if not is_newest():
            return {}
        page = page_of(self._book, wanted)
        first, last = page.days[0], page.days[-1]
        return {
            self._status: "",
            self._page: day_markup.day_html(page, self._neighbours(first, last)),
            self._first: first.isoformat(),
            self._last: last.isoformat(),
            **(self._months(self._place_of(last)) if has_to_turn else {}),
        }

    def _neighbours(self, first: date, last: date) -> tuple[date | None, date | None]:
        """The days held before and after a period."""
        held = self._book.library.holdings().days
        before = [day for day in held if day < first][-1:]
        after = [day for day in held if day > last][:1]
        return next(iter(before), None), next(iter(after), None)

    # ---- the calendar

    async def _turn_later(self, place: str | None, request: gr.Request) -> Updates:
        return await self._turn(place, -day_markup.MONTHS_SHOWN, request)

    async def _turn_earlier(self, place: str | None, request: gr.Request) -> Updates:
        return await self._turn(place, day_markup.MONTHS_SHOWN, request)

    async def _turn(self, place: str | None, step: int, request: gr.Request) -> Updates:
        self._newest_turn.begin(session_of(request))
        number, _ = numbered(place)
        return await asyncio.to_thread(self._months, (number or 0) + step)

    def _place_of(self, day: date) -> int:
        """Where the months that are shown together with a day's begin."""
        months = day_markup.months_of(self._book.days())
        place = months.index(day.replace(day=1))
        return place - place % day_markup.MONTHS_SHOWN

    def _months(self, place: int) -> Updates:
        days = self._book.days()
        count = len(day_markup.months_of(days))
        place = max(0, min(place, (count - 1) // day_markup.MONTHS_SHOWN * day_markup.MONTHS_SHOWN))
        return {
            self._calendar: day_markup.calendar_html(days, place),
            self._place: str(place),
            self._later: gr.update(interactive=place > 0),
            self._earlier: gr.update(interactive=place + day_markup.MONTHS_SHOWN < count),
        }


def _reading(wanted: Wanted) -> str:
    days = spoken_period(wanted.period) if wanted.period else "the newest day"
    return f'<p class="pending">Reading {days} …</p>'
