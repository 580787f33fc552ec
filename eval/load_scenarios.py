"""What many browsers do to one server, and what each of them sees of it."""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from itertools import count, cycle
from pathlib import Path

import numpy as np

from eval.load_browser import LONGEST_WAIT, Browser, Reply
from eval.load_llm import SlowLlm, slow_llm
from eval.load_questions import Asked, asked_in_turn, is_foreign, is_own
from eval.load_server import Checkout, Server, served

Figures = dict[str, float]
"""What was measured by what it is: seconds, MB, KB or counts, as the name says; NaN where nothing came."""

_CORES = 2
_WARMING = 2  # the first question loads the reader, the second what the first did not need
_NEIGHBOURS = 5
_REFILLED_EVERY = 0.1  # seconds; an answer takes about as long, so that what gets free is taken
_LONGEST_CROWD = 600.0  # seconds that one of a hundred waits at most, before it counts as refused
_BYTES_OF = (1, 10, 47)
_SETTLING = 2.0  # seconds for streams to close and memory to be given back
_STEADY = 5.0  # seconds in which no further chat reaches the model: none will
_KILOBYTES = 1024
_REASONS_TOLD = 3
_LONGEST_REASON = 200


@dataclass(frozen=True, slots=True)
class Sizes:
    """How many and how long: the figures that are wished for are of these, a test takes less."""

    sessions: int = 100
    questions: int = 5
    alone: int = 30
    hogs: tuple[int, ...] = (68, 300)
    chats: int = 20
    llm_seconds: float = 60.0
    beside: int = 30
    turns: int = 50
    kept_sessions: int = 40
    kept_turns: int = 10
    rest: float = 60.0


@dataclass(slots=True)
class Bench:
    """One build with its library, and who asks it what."""

    checkout: Checkout
    library: Path
    sessions: Sequence[Sequence[Asked]]
    days: Sequence[str]
    sizes: Sizes
    seed: int
    tell: Callable[[str], None]
    _numbers: "count[int]" = field(default_factory=count)
    _chance: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self._chance = random.Random(self.seed)

    @asynccontextmanager
    async def server(self, *options: str) -> AsyncIterator[Server]:
        """A fresh server whose memory is watched."""
        log = self.library.parent / f"server-{next(self._numbers)}.log"
        async with served(self.checkout, self.library, log, *options) as server:
            watching = asyncio.create_task(server.watch())
            try:
                yield server
            finally:
                watching.cancel()

    def browser(self, server: Server) -> Browser:
        """A browser that was never here."""
        return Browser(server.address, f"{self._chance.getrandbits(48):012x}")

    def session(self, place: int) -> Sequence[Asked]:
        """The questions of one session; where there are more sessions than papers, some share one."""
        return self.sessions[place % len(self.sessions)]


# ---- one alone, and a crowd


async def crowd(bench: Bench) -> Figures:
    """One session alone, then many that open the page and ask at once, twice."""
    sizes = bench.sizes
    async with bench.server() as server:
        started = server.megabytes()
        bench.tell(f"one session, {sizes.alone} questions")
        figures = await _alone(bench, server)
        await asyncio.sleep(_SETTLING)
        idle = server.megabytes()
        figures |= {"memory once started, MB": started, "memory idle, MB": idle}
        rests: list[float] = []
        for number in (1, 2):
            bench.tell(f"round {number}: {sizes.sessions} sessions, {sizes.questions} questions each")
            server.peak = 0
            figures |= {f"round {number}: {name}": value for name, value in (await _round(bench, server)).items()}
            figures[f"round {number}: memory at its peak above idle, MB"] = server.peak / 2**20 - idle
            await asyncio.sleep(sizes.rest)
            rests.append(server.megabytes())
            figures[f"round {number}: memory {sizes.rest:g} s after, above idle, MB"] = rests[-1] - idle
        figures["round 2: memory that it added, MB"] = rests[1] - rests[0]
        for name in ("round 1", "round 2"):
            fair = figures["alone: p50, s"] * sizes.sessions / _CORES
            figures[f"{name}: p95 / share of {_CORES} cores"] = figures[f"{name}: p95, s"] / fair
        figures["errors in the log"] = server.defects()
    return figures


async def _alone(bench: Bench, server: Server) -> Figures:
    """Each question in a conversation of its paper, so that no answer is of what went before."""
    replies: list[Reply] = []
    astray = 0
    for place in range(-(-bench.sizes.alone // bench.sizes.questions) + 1):
        async with bench.browser(server) as browser:
            await browser.open()
            for asked in asked_in_turn(bench.session(place), bench.sizes.questions):
                reply = await browser.ask(asked.question)
                replies.append(reply)
                astray += not is_own(asked, reply)
    replies = replies[_WARMING:][: bench.sizes.alone]
    return {**_times("alone: ", replies), "alone: not about its paper": astray}


async def _round(bench: Bench, server: Server) -> Figures:
    places = range(bench.sizes.sessions)
    server_before, own_before, begun = server.processor_seconds(), time.process_time(), time.perf_counter()
    visits = await asyncio.gather(*(_visit(bench, server, place) for place in places))
    took, own, served_in = (
        time.perf_counter() - begun,
        time.process_time() - own_before,
        server.processor_seconds() - server_before,
    )
    opened = [opening for opening, _ in visits]
    asked = [reply for _, replies in visits for reply in replies]
    refused = [reply for reply in asked if _is_refused(reply)]
    _tell_reasons(bench, [*opened, *refused])
    return {
        "pages that did not open": sum(bool(one.refusal) for one in opened),
        "refused": len(refused),
        **await strangers(bench, server, [replies for _, replies in visits]),
        "page opened, p95, s": _quantile([one.seconds for one in opened], 95),
        **_times("", [reply for reply in asked if not _is_refused(reply)]),
        "whole, s": took,
        "processor time of the server, s": served_in,
        "processor time of the browsers, s": own,
    }


def _is_refused(reply: Reply) -> bool:
    return bool(reply.refusal) or not reply.html


def _tell_reasons(bench: Bench, replies: Sequence[Reply]) -> None:
    for reason in sorted({reply.refusal for reply in replies if reply.refusal})[:_REASONS_TOLD]:
        bench.tell(f"refused: {reason[:_LONGEST_REASON]}")


async def strangers(bench: Bench, server: Server, answers: Sequence[Sequence[Reply]]) -> Figures:
    """How many answers are another session's, and how many miss their paper also when nobody else asks."""
    sessions = [asked_in_turn(bench.session(place), bench.sizes.questions) for place in range(len(answers))]
    questions = sorted({asked.question for session in sessions for asked in session})
    alien = missed = 0
    for session, replies in zip(sessions, answers, strict=True):
        foreign = {turn for turn, reply in enumerate(replies) if is_foreign(session, reply, questions)}
        suspects = {
            turn
            for turn, (asked, reply) in enumerate(zip(session, replies, strict=True))
            if not _is_refused(reply) and not is_own(asked, reply)
        }
        also_alone = suspects & await _missed_alone(bench, server, session) if suspects else set()
        alien += len(foreign | (suspects - also_alone))
        missed += len(also_alone)
    return {"alien": alien, "not about its paper, alone neither": missed}


async def _visit(bench: Bench, server: Server, place: int) -> tuple[Reply, list[Reply]]:
    session = asked_in_turn(bench.session(place), bench.sizes.questions)
    async with bench.browser(server) as browser:
        opened = await browser.open()
        if opened.refusal and not browser.is_open:
            return opened, [opened] * len(session)
        return opened, [await browser.ask(asked.question, _LONGEST_CROWD) for asked in session]


async def _missed_alone(bench: Bench, server: Server, session: Sequence[Asked]) -> set[int]:
    """Which answers of this session are not about its paper when nobody else asks."""
    async with bench.browser(server) as browser:
        await browser.open()
        return {turn for turn, asked in enumerate(session) if not is_own(asked, await browser.ask(asked.question))}


# ---- one that takes more than its part


async def hog(bench: Bench) -> Figures:
    """One browser that asks very many questions at once, and what others get meanwhile."""
    figures: Figures = {}
    async with bench.server() as server:
        for number in (0, *bench.sizes.hogs):
            who = f"beside {number} at once" if number else "beside nobody"
            bench.tell(who)
            figures |= {f"{who}: {name}": value for name, value in (await _beside_hog(bench, server, number)).items()}
        figures["errors in the log"] = server.defects()
    return figures


async def _beside_hog(bench: Bench, server: Server, number: int) -> Figures:
    """What others get while one browser asks so many questions at once, and more as soon as there is room."""
    questions = [asked.question for place in range(number) for asked in bench.session(place)[:1]]
    figures: Figures = {}
    async with AsyncExitStack() as stack:
        if questions:
            glutton = await stack.enter_async_context(bench.browser(server))
            await glutton.open()
            events = await glutton.ask_at_once(questions)
            figures["of them refused"] = sum(bool(event.refusal) for event in events)
            filling = asyncio.create_task(_fill_up(glutton, questions))
            stack.callback(filling.cancel)
        neighbours = [await _neighbour(bench, server, -place) for place in range(1, _NEIGHBOURS + 1)]
    await asyncio.sleep(_SETTLING)  # what the hog leaves behind is cleared away
    _tell_reasons(bench, [reply for neighbour in neighbours for reply in neighbour])
    return figures | {
        "pages that did not open": sum(bool(opened.refusal) for opened, _ in neighbours),
        "page opened, longest, s": max(opened.seconds for opened, _ in neighbours),
        "others refused": sum(bool(reply.refusal) for _, reply in neighbours),
        "others answered, longest, s": max(reply.seconds for _, reply in neighbours),
    }


async def _fill_up(glutton: Browser, questions: Sequence[str]) -> None:
    for question in cycle(questions):
        for event in await glutton.ask_at_once([question]):
            if event.refusal:
                await asyncio.sleep(_REFILLED_EVERY)


async def _neighbour(bench: Bench, server: Server, place: int) -> tuple[Reply, Reply]:
    async with bench.browser(server) as browser:
        opened = await browser.open()
        if not browser.is_open:
            return opened, opened
        return opened, await browser.ask(bench.session(place)[0].question)


# ---- a language model that takes its time


async def llm(bench: Bench) -> Figures:
    """Chats with a slow language model, and beside them what needs none and the first quotes of what does."""
    sizes = bench.sizes
    figures: Figures = {}
    async with slow_llm(0.0) as model, bench.server("--llm-url", model.url, "--llm-model", "slow") as server:
        bench.tell("without slow chats")
        alone = await _beside_chats(bench, server, sizes.beside, None)
        bench.tell(f"beside {sizes.chats} chats of {sizes.llm_seconds:g} s an answer")
        model.seconds, model.asked = sizes.llm_seconds, 0
        async with AsyncExitStack() as stack:
            chats = [await _chat(bench, server, place, stack) for place in range(sizes.chats)]
            await _until_all_ask(model, sizes.chats)
            beside = await _beside_chats(bench, server, sizes.beside, sizes.llm_seconds)
            for one in chats:
                one.cancel()
            await asyncio.gather(*chats, return_exceptions=True)
        for kind, calm in alone.items():
            figures |= _measured(f"{kind}: alone", calm) | _measured(f"{kind}: beside chats", beside[kind])
            figures[f"{kind}: p95 / p95 alone"] = _p95(beside[kind]) / _p95(calm)
        figures["errors in the log"] = server.defects()
    return figures


async def _chat(bench: Bench, server: Server, place: int, stack: AsyncExitStack) -> "asyncio.Task[None]":
    browser = await stack.enter_async_context(bench.browser(server))
    await browser.open()

    async def ask_on() -> None:
        for asked in cycle(bench.session(place)[:1]):
            reply = await browser.ask(asked.question, _LONGEST_CROWD)
            if reply.refusal:
                await asyncio.sleep(1)  # as a person would who is told to come back

    return asyncio.create_task(ask_on())


async def _until_all_ask(model: SlowLlm, chats: int) -> None:
    """Wait until the model is asked by all chats, or by as many as the build lets ask at once."""
    before = -1
    while before < model.asked < chats:
        before = model.asked
        await asyncio.sleep(_STEADY)


async def _beside_chats(bench: Bench, server: Server, number: int, most: float | None) -> dict[str, list[Reply]]:
    """So many of each kind, or of as many as end before `most` seconds are over.

    One that has not ended then counts with the time that it has waited.
    """
    day = cycle(bench.days)
    place = cycle(range(len(bench.sessions)))

    async def fact(browser: Browser) -> Reply:
        return await browser.ask(f"How many papers were listed on {next(day)}?")

    async def page(browser: Browser) -> Reply:
        return await browser.show_day(next(day))

    async def quotes(browser: Browser) -> Reply:
        return await browser.first_words(bench.session(next(place))[0].question)

    kinds: dict[str, Callable[[Browser], Awaitable[Reply]]] = {"facts": fact, "day pages": page, "first quotes": quotes}
    timed = await asyncio.gather(*(_again(bench, server, kind, number, most) for kind in kinds.values()))
    return dict(zip(kinds, timed, strict=True))


async def _again(
    bench: Bench, server: Server, do: Callable[[Browser], Awaitable[Reply]], number: int, most: float | None
) -> list[Reply]:
    """Do something again and again, each time in a browser of its own; where nothing presses, twice before to warm."""
    begun, replies = time.perf_counter(), []
    for _ in range(number + (0 if most else _WARMING)):
        left = LONGEST_WAIT if most is None else most - (time.perf_counter() - begun)
        if left <= 0:
            break
        async with bench.browser(server) as browser:
            await browser.open()
            started = time.perf_counter()
            try:
                reply = await asyncio.wait_for(do(browser), left)
            except TimeoutError:
                reply = Reply(time.perf_counter() - started, refusal="it still waited at the end")
        replies.append(reply)
    _tell_reasons(bench, replies)
    return replies if most else replies[_WARMING:]


def _measured(prefix: str, replies: Sequence[Reply]) -> Figures:
    """Those that were not answered count with the time that they waited."""
    return {
        f"{prefix}, measured": len(replies),
        f"{prefix}, not answered": sum(bool(reply.refusal) for reply in replies),
        f"{prefix}, p50, s": _quantile([reply.seconds for reply in replies], 50),
        f"{prefix}, p95, s": _p95(replies),
    }


def _p95(replies: Sequence[Reply]) -> float:
    return _quantile([reply.seconds for reply in replies], 95)


# ---- a long conversation


async def long(bench: Bench) -> Figures:
    """One conversation to its last turn, in bytes, and many that go on, in memory."""
    sizes = bench.sizes
    figures: Figures = {}
    async with bench.server() as server:
        bench.tell(f"one conversation of {sizes.turns} questions")
        asked = [one.question for place in range(sizes.turns) for one in bench.session(place)[:1]]
        async with bench.browser(server) as browser:
            await browser.open()
            replies = [await browser.ask(question) for question in asked]
        for turn in (turn for turn in _BYTES_OF if turn <= sizes.turns):
            figures[f"received for question {turn}, KB"] = replies[turn - 1].received / _KILOBYTES
        figures["received for all, KB"] = sum(reply.received for reply in replies) / _KILOBYTES
        figures["refused"] = sum(bool(reply.refusal) for reply in replies)
        figures["seconds of question 1"] = replies[0].seconds
        figures["seconds of the last"] = replies[-1].seconds
        bench.tell(f"{sizes.kept_sessions} sessions that stay open, {sizes.kept_turns} questions each")
        figures |= await _memory_of_sessions(bench, server)
        figures["errors in the log"] = server.defects()
    return figures


async def _memory_of_sessions(bench: Bench, server: Server) -> Figures:
    """By the difference of memory between sessions that have asked once and that have asked all."""
    sizes = bench.sizes
    async with AsyncExitStack() as stack:
        await asyncio.sleep(_SETTLING)
        before = server.memory()
        browsers = [await stack.enter_async_context(bench.browser(server)) for _ in range(sizes.kept_sessions)]
        for browser in browsers:
            await browser.open()
        marks = [server.memory()]
        for turn in range(sizes.kept_turns):
            for place, browser in enumerate(browsers):
                await browser.ask(asked_in_turn(bench.session(place), sizes.kept_turns)[turn].question)
            await asyncio.sleep(_SETTLING)
            marks.append(server.memory())
    opened, first, *_, last = marks
    turns = sizes.kept_sessions * (sizes.kept_turns - 1)
    return {
        "memory of an open session, KB": (opened - before) / sizes.kept_sessions / _KILOBYTES,
        "memory of a turn, KB": (last - first) / turns / _KILOBYTES,
    }


# ---- figures


def _times(prefix: str, replies: Sequence[Reply]) -> Figures:
    whole = [reply.seconds for reply in replies if not reply.refusal]
    words = [reply.first_words for reply in replies if reply.first_words is not None]
    return {
        f"{prefix}answered": len(whole),
        f"{prefix}p50, s": _quantile(whole, 50),
        f"{prefix}p95, s": _quantile(whole, 95),
        f"{prefix}longest, s": max(whole, default=float("nan")),
        f"{prefix}first words, p50, s": _quantile(words, 50),
        f"{prefix}first words, p95, s": _quantile(words, 95),
    }


def _quantile(values: Sequence[float], percent: float) -> float:
    return float(np.percentile(values, percent)) if values else float("nan")


SCENARIOS: dict[str, Callable[[Bench], Coroutine[None, None, Figures]]] = {
    "crowd": crowd,
    "hog": hog,
    "llm": llm,
    "long": long,
}
