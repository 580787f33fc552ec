"""A browser with the page open, without a window: Gradio's protocol over HTTP, found from the page's own config.

Nothing here knows the parts of one build's page but the names of what a user types into and where an answer stands,
so that builds with other outputs, cookies and queues are driven alike.
"""

import asyncio
import json
import re
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import httpx
from gradio_client.utils import apply_diff

LONGEST_WAIT = 120.0
"""Seconds after which an answer is given up: nobody waits longer."""

_KEPT_ALIVE = 2.0  # seconds; the server closes after five, and a request must not meet that
_API = "/gradio_api"
_CONFIG = "window.gradio_config = "
_TURN = 'class="turn"'
_ANSWER = re.compile(r'class="answer\b')
_PROBLEM = re.compile(r'class="problem\b')


@dataclass(frozen=True, slots=True)
class Reply:
    """What came of something that was done on the page.

    `seconds` until it was complete, `first_words` until an answer could begin to be read, `html` the newest answer
    or problem, `shown` all texts that came, `received` in bytes of bodies, `refusal` why nothing came: empty if it did.
    """

    seconds: float
    first_words: float | None = None
    html: str = ""
    shown: tuple[str, ...] = ()
    received: int = 0
    refusal: str = ""


@dataclass(slots=True)
class Event:
    """Something that the server was told has happened, and all that it has said to it so far."""

    dependency: dict[str, Any]
    started: float
    ended: asyncio.Future[None]
    first_words: float | None = None
    seconds: float = 0.0
    html: str = ""
    shown: list[str] = field(default_factory=list)
    refusal: str = ""
    outputs: list[Any] = field(default_factory=list)

    def take(self, message: dict[str, Any]) -> None:
        """Take in what the server says of this event."""
        said = message["msg"]
        if said == "process_generating" and message["success"]:
            given = message["output"]["data"]
            if self.outputs:  # after the first time only the changes come
                given = [apply_diff(old, change) for old, change in zip(self.outputs, given, strict=True)]
            self._show(given)
        elif said == "process_completed":
            if message["success"]:
                self._show(message["output"]["data"])
            self.end("" if message["success"] else f"failed: {message['output'].get('error')}")
        elif said == "unexpected_error":
            self.end(message["message"])

    def complete(self, outputs: list[Any]) -> None:
        """Take in what came at once, without the queue."""
        self._show(outputs)
        self.end()

    def end(self, refusal: str = "") -> None:
        """Nothing more is coming."""
        if not self.ended.done():
            self.seconds, self.refusal = time.perf_counter() - self.started, refusal
            self.ended.set_result(None)

    def _show(self, outputs: list[Any]) -> None:
        before, self.outputs = self.outputs or [None] * len(outputs), outputs
        for old, new in zip(before, outputs, strict=True):
            text = new.get("value") if isinstance(new, dict) else new
            if new == old or not isinstance(text, str):
                continue
            self.shown.append(text)
            newest = text.rpartition(_TURN)[2]
            if is_answer := _ANSWER.search(newest):
                self.first_words = self.first_words or time.perf_counter() - self.started
            if is_answer or _PROBLEM.search(newest):
                self.html = newest


class Browser:
    """One browser with its own cookies and its own session; use it as an asynchronous context."""

    def __init__(self, address: str, session: str) -> None:
        self._session = session
        self._client = httpx.AsyncClient(
            base_url=address,
            headers={"Origin": address},
            verify=False,  # noqa: S501 - plain HTTP on this machine, and a hundred certificate stores take seconds
            timeout=httpx.Timeout(LONGEST_WAIT),
            limits=httpx.Limits(max_connections=None, keepalive_expiry=_KEPT_ALIVE),
            trust_env=False,
        )
        self._running: dict[str, Event] = {}
        self._early: dict[str, list[dict[str, Any]]] = {}
        self._dependencies: list[dict[str, Any]] = []
        self._elements: dict[str, int] = {}
        self._values: dict[int, Any] = {}
        self._states: set[int] = set()
        self._tasks: list[asyncio.Task[None]] = []
        self._listening: asyncio.Task[None] | None = None
        self.received = 0

    async def __aenter__(self) -> "Browser":
        return self

    async def __aexit__(self, *_: object) -> None:
        tasks = [*self._tasks, *([self._listening] if self._listening else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._client.aclose()

    @property
    def is_open(self) -> bool:
        """Whether there is a page, though some of what it loads may have been refused."""
        return bool(self._dependencies)

    # ---- what a user does

    async def open(self) -> Reply:
        """Open the page, to the end of what it loads."""
        started, before = time.perf_counter(), self.received
        try:
            page = await self._client.get("/")
            page.raise_for_status()
            self._read_config(page.text)
            self.received += len(page.content)
            await self._client.get(f"{_API}/startup-events")
        except httpx.HTTPError as error:
            return Reply(time.perf_counter() - started, refusal=f"the page did not open: {error!r}")
        self._tasks.append(asyncio.create_task(self._beat()))
        loading = [one for one in self._dependencies if any(event == "load" for _, event in one["targets"])]
        return await self._follow(loading, None, started, before)

    async def ask(self, question: str, most_seconds: float = LONGEST_WAIT) -> Reply:
        """Ask a question, to the end of its answer."""
        return await self._submit("question", question, most_seconds)

    async def show_day(self, day: str) -> Reply:
        """Pick a day of the calendar, to the end of its page."""
        return await self._submit("picked", day, LONGEST_WAIT)

    async def first_words(self, question: str) -> Reply:
        """Ask a question, and leave as soon as there is something to read."""
        box, started = self._elements["question"], time.perf_counter()
        self._values[box] = question
        events = [await self._join(one, box) for one in self._triggered(box, "submit")]
        while time.perf_counter() - started < LONGEST_WAIT:
            words = [event.first_words for event in events if event.first_words is not None]
            refusal = next((event.refusal for event in events if event.refusal), "")
            if words or refusal or all(event.ended.done() for event in events):
                return Reply(words[0] if words else time.perf_counter() - started, refusal=refusal or _missing(words))
            await asyncio.sleep(0.002)  # a hundredth of what is measured
        return Reply(LONGEST_WAIT, refusal=_too_late(LONGEST_WAIT))

    async def ask_at_once(self, questions: Sequence[str]) -> list[Event]:
        """Ask many questions without waiting for an answer, as no page does; returns once all are joined."""
        box = self._elements["question"]
        joining = []
        for question in questions:
            self._values[box] = question
            joining += [self._join(one, box) for one in self._triggered(box, "submit")]
        return await asyncio.gather(*joining)

    async def _submit(self, element: str, text: str, most_seconds: float) -> Reply:
        box, started, before = self._elements[element], time.perf_counter(), self.received
        self._values[box] = text
        following = self._follow(self._triggered(box, "submit"), box, started, before)
        try:
            return await asyncio.wait_for(following, most_seconds)
        except TimeoutError:
            return Reply(most_seconds, received=self.received - before, refusal=_too_late(most_seconds))

    # ---- the page's own script

    def _read_config(self, page: str) -> None:
        begin = page.index(_CONFIG) + len(_CONFIG)
        config, _ = json.JSONDecoder().raw_decode(page[begin:])
        self._dependencies = [one for one in config["dependencies"] if one["backend_fn"]]
        for component in config["components"]:
            number, props = component["id"], component["props"]
            self._values[number] = props.get("value", props.get("default_value"))
            if props.get("elem_id"):
                self._elements[props["elem_id"]] = number
            if component["type"] == "state":  # its value never leaves the server
                self._states.add(number)

    def _triggered(self, component: int, event: str) -> list[dict[str, Any]]:
        return [one for one in self._dependencies if [component, event] in one["targets"]]

    async def _follow(
        self, dependencies: Iterable[dict[str, Any]], trigger: int | None, started: float, before: int
    ) -> Reply:
        """Tell of an event, wait for its end and for that of all that follows on it."""
        chains = await asyncio.gather(*(self._chain(one, trigger) for one in dependencies))
        events = [event for chain in chains for event in chain]
        words = [event.started + event.first_words for event in events if event.first_words is not None]
        return Reply(
            seconds=max((event.started + event.seconds for event in events), default=started) - started,
            first_words=min(words) - started if words else None,
            html=next((event.html for event in reversed(events) if event.html), ""),
            shown=tuple(text for event in events for text in event.shown),
            received=self.received - before,
            refusal=next((event.refusal for event in events if event.refusal), ""),
        )

    async def _chain(self, dependency: dict[str, Any], trigger: int | None) -> list[Event]:
        event = await self._join(dependency, trigger)
        await event.ended
        self._keep(event)
        events = [event]
        unwanted = "trigger_only_on_success" if event.refusal else "trigger_only_on_failure"
        for after in self._dependencies:
            if after["trigger_after"] == dependency["id"] and not after[unwanted]:
                events += await self._chain(after, trigger)
        return events

    def _keep(self, event: Event) -> None:
        """What an event wrote stands in the page from now on."""
        for number, output in zip(event.dependency["outputs"], event.outputs, strict=False):
            is_update = isinstance(output, dict) and output.get("__type__") == "update"
            if number not in self._states and not (is_update and "value" not in output):
                self._values[number] = output["value"] if is_update else output

    async def _join(self, dependency: dict[str, Any], trigger: int | None) -> Event:
        """Tell the server of an event; where it refuses, the event has ended."""
        event = Event(dependency, time.perf_counter(), asyncio.get_running_loop().create_future())
        is_queued = dependency["queue"] is not False
        body = {
            "data": [self._values[number] for number in dependency["inputs"]],
            "event_data": None,
            "fn_index": dependency["id"],
            "trigger_id": trigger,
            "session_hash": self._session,
        }
        try:
            answer = await self._client.post(f"{_API}/queue/join" if is_queued else f"{_API}/run/predict", json=body)
        except httpx.HTTPError as error:
            event.end(f"not reached: {error!r}")
            return event
        self.received += len(answer.content)
        if answer.status_code != httpx.codes.OK:
            event.end(f"{answer.status_code}: {answer.text}")
        elif not is_queued:
            event.complete(answer.json()["data"])
        else:
            self._await_messages(answer.json()["event_id"], event)
        return event

    def _await_messages(self, number: str, event: Event) -> None:
        self._running[number] = event
        for message in self._early.pop(number, []):
            self._take(message)
        if self._running and (self._listening is None or self._listening.done()):
            self._listening = asyncio.create_task(self._listen())

    async def _listen(self) -> None:
        """Read what the server says as long as something is awaited."""
        reason = "the stream ended"
        try:
            while self._running:
                url = f"{_API}/queue/data"
                async with self._client.stream("GET", url, params={"session_hash": self._session}) as stream:
                    if stream.status_code != httpx.codes.OK:
                        reason = f"{stream.status_code} for the stream"
                        break
                    await self._read(stream)
        except httpx.HTTPError as error:
            reason = f"the stream broke off: {error!r}"
        for event in self._running.values():
            event.end(reason)
        self._running.clear()

    async def _read(self, stream: httpx.Response) -> None:
        rest = b""
        async for piece in stream.aiter_raw():
            self.received += len(piece)
            *messages, rest = (rest + piece).split(b"\n\n")
            for message in messages:
                if message.startswith(b"data: "):
                    self._take(json.loads(message.removeprefix(b"data: ")))

    def _take(self, message: dict[str, Any]) -> None:
        number = message.get("event_id")
        if number is None:
            if message["msg"] == "unexpected_error":  # it is of all that is awaited
                for event in self._running.values():
                    event.take(message)
                self._running.clear()
        elif number in self._running:
            self._running[number].take(message)
            if self._running[number].ended.done():
                del self._running[number]
        else:  # the stream may be ahead of the answer that tells the event's number
            self._early.setdefault(number, []).append(message)

    async def _beat(self) -> None:
        """Hold the stream by which a server knows that the page is still open."""
        with suppress(httpx.HTTPError):
            async with self._client.stream("GET", f"{_API}/heartbeat/{self._session}") as stream:
                async for _ in stream.aiter_raw():
                    pass


def _missing(words: Sequence[float]) -> str:
    return "" if words else "no answer was shown"


def _too_late(seconds: float) -> str:
    return f"no answer within {seconds:g} s"
