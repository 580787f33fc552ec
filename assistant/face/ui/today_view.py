"""The first page: the newest day, and what has come since the browser last looked."""

import json
import logging
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import partial
from hashlib import sha256
from math import isfinite
from typing import Any

import gradio as gr
from gradio.components import Component

from assistant.day.page import MOST_PAPERS
from assistant.engine.daybook import Daybook
from assistant.face.ui.asked import numbered
from assistant.face.ui.current_news import CurrentNews
from assistant.face.ui.dialogue import DEFECT
from assistant.face.ui.parts import (
    PRIVATE,
    SESSIONS_KEPT,
    UNQUEUED,
    Updates,
    button,
    hidden_box,
    is_here,
    kept_by_browser,
    session_of,
    small_box,
    text,
)
from assistant.face.ui.pieces import problem_html
from assistant.face.ui.today_markup import news_html, since_html, today_html
from assistant.face.ui.turns import SESSIONS_KNOWN, Bounded, Turns
from assistant.following.news import News
from ingest.errors import DaybookError
from ingest.follows import FollowKind
from prompts import fill

VISIT_SECONDS = 4 * 60 * 60
"""Whoever comes back sooner goes on with the same visit: what was new at its begin is still called new."""
MOST_NEW = 20_000
"""Of more new papers only their count is said: the library was begun, or begun anew."""

_MOST_ROWS = 2**63  # SQLite's

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Visit:
    """What a browser has seen of a `library`, by rows of chunks, which are never used twice.

    Up to `since` before this visit, up to `seen` in it, which was last at `at`.
    """

    library: str
    since: int
    seen: int
    at: float

    @classmethod
    def read(cls, text: object) -> "Visit | None":
        """What a browser kept; None where it kept nothing, or nothing that can be."""
        try:
            kept = json.loads(str(text))
            visit = cls(str(kept["library"]), int(kept["since"]), int(kept["seen"]), float(kept["at"]))
        except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
            return None
        return visit if 0 <= visit.since <= visit.seen < _MOST_ROWS and isfinite(visit.at) else None

    def written(self) -> str:
        """What a browser keeps."""
        return json.dumps(asdict(self))


def visit_now(before: Visit | None, library: str, last_row: int, now: float) -> Visit:
    """The visit that goes on or begins; who was never here, or in another library, has seen all that is held."""
    if before is None or before.library != library or before.seen > last_row:
        return Visit(library, last_row, last_row, now)
    is_same = now - before.at < VISIT_SECONDS
    return Visit(library, before.since if is_same else before.seen, last_row, now)


class TodayView:
    """What stands below the question box before anything is asked."""

    def __init__(self, book: Daybook, current_news: CurrentNews, *, may_change: bool) -> None:
        """Lay it out where the layout is just now; who is at the page `may_change` what is followed, or only see it."""
        self._book = book
        self._may_change = may_change and not book.library.is_read_only
        self.turns = Turns(1, 1, "today")
        self._made: tuple[tuple[int, int], str] = ((-1, -1), "")
        self._library = sha256(str(book.library.folder.absolute()).encode()).hexdigest()[:16]
        self._current_news = current_news
        self._seen_by = Bounded[str, News](SESSIONS_KNOWN)
        """The news that each page shows, which is what is marked as seen there."""
        self._kept = kept_by_browser("visit")
        self._followed = hidden_box("followed")
        self._news = text(elem_id="news")
        self._shown = text(elem_id="today")
        with gr.Row(elem_id="follow-form", visible=self._may_change):
            self._topic = small_box("Follow a topic", "follow-topic", "such as event cameras", scale=1)
            self._follow = button("Follow", "follow")
        self._problem = text(elem_id="follow-status")

    def connect(self, blocks: gr.Blocks, *again: Any) -> None:
        """Show it when the page is opened, and on each event of `again`."""
        outputs: list[Component] = [self._shown, self._kept, self._news]
        busy: dict[str, Any] = {"concurrency_limit": SESSIONS_KEPT, "concurrency_id": "today", **PRIVATE}
        gr.on([blocks.load, *again], self._open, [self._kept], outputs, **UNQUEUED)
        changed: list[Component] = [self._news, self._problem, self._topic]
        asked = [self._topic.submit, self._follow.click]
        gr.on(asked, self._begin_to_follow, [self._topic], changed, **busy)
        self._followed.submit(self._change, [self._followed], changed, **busy)

    async def _open(self, kept: object, request: gr.Request) -> Updates:
        """The newest day, below what came since the last visit."""
        try:
            session = session_of(request)
            return await self.turns.run(partial(self._today, Visit.read(kept), session), session)
        except DaybookError as error:
            _log.warning("the newest day could not be shown: %s", error)
        except Exception:  # noqa: BLE001 - a question can be asked all the same, and the log has the traceback
            _log.exception("the newest day could not be shown")
        return {self._shown: ""}

    async def _begin_to_follow(self, topic: str | None, request: gr.Request) -> Updates:
        """Follow what stands in the box, which is emptied."""
        return await self._changed(lambda: self._book.follow(FollowKind.TOPIC, topic or ""), request)

    async def _change(self, wanted: str | None, request: gr.Request) -> Updates:
        """What is pressed beside what is followed: that it was seen, or that one of it is followed no longer."""
        _, act = numbered(wanted)
        verb, _, number = act.partition(" ")
        if verb == "stop" and number.isascii() and number.isdecimal():
            return await self._changed(lambda: self._book.stop_following(int(number)), request)
        shown = self._seen_by.get(session_of(request))
        return await self._changed(lambda: self._book.looked(shown) if shown else None, request)

    async def _changed(self, change: Callable[[], object], request: gr.Request) -> Updates:
        """What is followed after a change; why there was none, and the box as it is."""
        if not (self._may_change and is_here(request)):
            return {self._problem: problem_html(fill("follow_not_here"))}

        def changed() -> Updates:
            change()
            return {self._news: self._news_shown(session_of(request)), self._problem: "", self._topic: ""}

        try:
            return await self.turns.run(changed, session_of(request))
        except DaybookError as error:
            return {self._problem: problem_html(str(error))}
        except Exception:  # noqa: BLE001 - the page must be usable again, and the log has the traceback
            _log.exception("what is followed could not be changed")
            return {self._problem: problem_html(DEFECT)}

    def _today(self, before: Visit | None, session: str) -> Updates:
        database = self._book.library.database
        visit = visit_now(before, self._library, database.last_chunk_row(), time.time())
        rows = list(database.arrivals(visit.since).newest_chunks) if visit.since < visit.seen else []
        days = database.days(rows) if 0 < len(rows) <= MOST_NEW else []
        return {
            self._shown: since_html(len(rows), days) + self._newest_day(),
            self._news: self._news_shown(session),
            self._kept: visit.written(),
        }

    def _news_shown(self, session: str) -> str:
        try:
            news = self._seen_by[session] = self._current_news.news()
        except DaybookError as error:
            return problem_html(str(error))
        return news_html(news, may_change=self._may_change)

    def _newest_day(self) -> str:
        """Made once for each state of the library, as it takes a core for a while."""
        state = self._book.library.database.change_counters()
        if self._made[0] != state:
            newest = next((summary for summary in self._book.days()), None)
            is_shown = newest is not None and newest.papers <= MOST_PAPERS
            self._made = state, today_html(self._book.day()) if is_shown else ""
        return self._made[1]
