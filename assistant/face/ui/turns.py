"""Turns at the cores: as many at a time as are useful, the first come first; whoever waits for a model has none."""

import asyncio
import threading
from collections import OrderedDict, deque
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager
from typing import Generic, TypeVar

from assistant.llm.waiting import lent

K = TypeVar("K")
T = TypeVar("T")

SESSIONS_KNOWN = 2000
"""Of so many pages the newest request is known; of one that was forgotten every answer counts as the newest."""


class Slots:
    """So many at a time, in the order in which they came; taken and given back from any thread."""

    def __init__(self, count: int) -> None:
        self._free = count
        self._waiting: deque[Future[None]] = deque()
        self._lock = threading.Lock()

    def take(self) -> "Future[None]":
        """A slot, once the future is done."""
        future: Future[None] = Future()
        with self._lock:
            if self._free:
                self._free -= 1
                future.set_result(None)
            else:
                self._waiting.append(future)
        return future

    async def taken(self) -> None:
        """Wait for a slot without holding a thread."""
        future = self.take()
        try:
            await asyncio.wrap_future(future)
        except asyncio.CancelledError:
            if not future.cancel():  # it came at the same moment
                self.give()
            raise

    def give(self) -> None:
        """Give a slot back: to who waits longest, if anybody does."""
        with self._lock:
            while self._waiting:
                future = self._waiting.popleft()
                if future.set_running_or_notify_cancel():
                    future.set_result(None)
                    return
            self._free += 1


class LentTurn:
    """One turn: a slot that is given back while a model is waited for, and an end before its time."""

    def __init__(self, slots: Slots) -> None:
        self._slots = slots
        self._ends: list[Callable[[], None]] = []
        self._lock = threading.Lock()
        self._has_slot = False
        self.is_left = False

    async def begin(self) -> bool:
        """Wait for a slot; whether it came before the turn was left."""
        taking = asyncio.ensure_future(self._slots.taken())

        def stop() -> None:
            taking.cancel()

        try:
            with self.ended_by(stop):
                await taking
            self._has_slot = True
        except asyncio.CancelledError:
            if not taking.cancelled():  # it came at the same moment
                self._slots.give()
            task = asyncio.current_task()
            if task is None or task.cancelling():  # it is not the turn alone that ends
                raise
        return self._has_slot

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """Around a wait, in which others have the slot."""
        self.give()
        try:
            yield
        finally:
            if not self.is_left:
                self._slots.take().result()
                self._has_slot = True

    @contextmanager
    def ended_by(self, end: Callable[[], None]) -> Iterator[None]:
        """Around what `end` ends, once the turn is left."""
        with self._lock:
            self._ends.append(end)
            is_left = self.is_left
        if is_left:
            end()
        try:
            yield
        finally:
            with self._lock:
                self._ends.remove(end)

    def leave(self) -> None:
        """Nobody wants any more what the turn is for."""
        with self._lock:
            self.is_left = True
            ends = [*self._ends]
        for end in ends:
            end()

    def give(self) -> None:
        """Give the slot back, where it is still held."""
        if self._has_slot:
            self._has_slot = False
            self._slots.give()


class _Mail(Generic[T]):
    """What a thread has to say to the loop; of what nobody has read yet, only the newest."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._news = asyncio.Event()
        self._newest: list[T] = []
        self._error: Exception | None = None
        self._is_over = False

    def say(self, item: T) -> None:
        self._tell(lambda: self._newest.__setitem__(slice(None), [item]))

    def end(self, error: Exception | None = None) -> None:
        self._tell(lambda: self._end(error))

    def _end(self, error: Exception | None) -> None:
        self._is_over, self._error = True, error

    def _tell(self, act: Callable[[], None]) -> None:
        def told() -> None:
            act()
            self._news.set()

        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(told)

    async def read(self) -> AsyncIterator[T]:
        """Yield what is new until the end.

        Raises:
            Exception: what the thread ended with.
        """
        while not self._is_over or self._newest:
            if not self._newest:
                self._news.clear()
                await self._news.wait()
                continue
            yield self._newest.pop()
        if self._error is not None:
            raise self._error


class Turns:
    """Threads that answer, no more at a time than there are slots, beside those that wait for a model."""

    def __init__(self, slots: int, most_threads: int, name: str) -> None:
        self._slots = Slots(slots)
        self._threads = ThreadPoolExecutor(most_threads, thread_name_prefix=f"daybook-{name}")
        self._lent: dict[str, set[LentTurn]] = {}

    async def stream(self, steps: Callable[[], Generator[T, None, None]], session: str = "") -> AsyncGenerator[T, None]:
        """Yield what a generator yields in a thread; where it is faster than its reader, only the newest.

        Whoever stops reading leaves the turn: the generator is closed, and a model that it waits for is hung up.
        """
        turn, mail = LentTurn(self._slots), _Mail[T]()
        self._lent.setdefault(session, set()).add(turn)
        try:
            if await turn.begin():
                self._threads.submit(_drive, steps, turn, mail)
                async for item in mail.read():
                    yield item
        finally:
            turn.leave()
            self._lent[session].discard(turn)
            if not self._lent[session]:
                del self._lent[session]

    async def run(self, act: Callable[[], T], session: str = "") -> T:
        """What a function returns in a thread, as long as its session is not left.

        Raises:
            CancelledError: nobody is there any more for it.
        """

        def steps() -> Generator[T, None, None]:
            yield act()

        results = [result async for result in self.stream(steps, session)]
        if not results:
            raise asyncio.CancelledError
        return results[-1]

    def leave(self, session: str) -> None:
        """Nobody is there any more for what a session asked."""
        for turn in [*self._lent.get(session, ())]:
            turn.leave()

    async def close(self) -> None:
        """Nobody is there any more for anything, and no thread works on when this ends."""
        for session in [*self._lent]:
            self.leave(session)
        await asyncio.to_thread(self._threads.shutdown, cancel_futures=True)


def _drive(steps: Callable[[], Generator[T, None, None]], turn: LentTurn, mail: _Mail[T]) -> None:
    error: Exception | None = None
    try:
        with lent(turn), closing(steps()) as items:
            for item in () if turn.is_left else items:
                if turn.is_left:
                    break
                mail.say(item)
    except Exception as failed:  # noqa: BLE001 - whoever reads the mail has to deal with it
        error = failed
    finally:
        turn.give()
        mail.end(error)


class Bounded(OrderedDict[K, T]):
    """A mapping that forgets what was set longest ago."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self._most = most

    def __setitem__(self, key: K, value: T) -> None:
        super().__setitem__(key, value)
        self.move_to_end(key)
        while len(self) > self._most:
            self.popitem(last=False)


class Newest:
    """Which request of a page is its newest: what an older one finds must not be shown after it.

    A page that counts its requests says their numbers, so that one which comes late is known to be old.
    """

    def __init__(self) -> None:
        self._begun = Bounded[str, tuple[int, int]](SESSIONS_KNOWN)
        self._serial = 0

    def begin(self, session: str, number: int | None = None) -> Callable[[], bool]:
        """Begin a request; what is returned tells, whenever it is asked, whether it is the newest.

        Without a number it is newer than all that came before it.
        """
        self._serial += 1
        newest, _ = self._begun.get(session, (number or 0, 0))
        begun = (newest if number is None else number, self._serial)
        if begun[0] < newest:
            return lambda: False
        self._begun[session] = begun
        return lambda: self._begun.get(session, begun) == begun
