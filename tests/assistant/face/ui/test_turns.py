"""Turns at the cores: fair, given back while a model is waited for, left with whoever asked."""

import asyncio
import threading
from collections.abc import Generator
from contextlib import aclosing

import pytest

from assistant.face.ui import turns as turns_module
from assistant.face.ui.turns import Newest, Slots, Turns
from assistant.llm.waiting import ended_by, waiting

ENOUGH = 60  # seconds, after which something will never come


async def told(event: threading.Event) -> None:
    assert await asyncio.to_thread(event.wait, ENOUGH)


class TestSlots:
    def test_they_are_given_in_the_order_in_which_they_were_asked_for(self) -> None:
        slots = Slots(1)
        first, second, third = slots.take(), slots.take(), slots.take()
        assert [one.done() for one in (first, second, third)] == [True, False, False]
        slots.give()
        assert [one.done() for one in (second, third)] == [True, False]

    def test_who_does_not_wait_any_more_is_passed_over(self) -> None:
        async def leave() -> None:
            slots = Slots(1)
            await slots.taken()
            waits = asyncio.create_task(slots.taken())
            await asyncio.sleep(0)
            waits.cancel()
            await asyncio.gather(waits, return_exceptions=True)
            slots.give()
            await slots.taken()  # or it was lost

        asyncio.run(asyncio.wait_for(leave(), ENOUGH))

    def test_a_slot_that_comes_as_its_taker_leaves_is_not_lost(self) -> None:
        async def leave() -> None:
            slots = Slots(1)
            await slots.taken()
            waits = asyncio.create_task(slots.taken())
            await asyncio.sleep(0)
            slots.give()
            waits.cancel()
            await asyncio.gather(waits, return_exceptions=True)
            await slots.taken()

        asyncio.run(asyncio.wait_for(leave(), ENOUGH))


class TestTurns:
    def test_what_a_generator_says_is_said_to_its_end(self) -> None:
        def steps() -> Generator[int, None, None]:
            yield from range(1000)

        async def read() -> list[int]:
            return [step async for step in Turns(1, 1, "test").stream(steps)]

        numbers = asyncio.run(read())
        assert numbers[-1] == 999
        assert numbers == sorted(set(numbers))

    def test_a_defect_reaches_who_reads_and_the_slot_comes_back(self) -> None:
        def steps() -> Generator[int, None, None]:
            yield 1
            raise RuntimeError("a defect")

        async def read() -> int:
            turns = Turns(1, 1, "test")
            with pytest.raises(RuntimeError, match="a defect"):
                [step async for step in turns.stream(steps)]
            return await turns.run(lambda: 2)

        assert asyncio.run(asyncio.wait_for(read(), ENOUGH)) == 2

    def test_no_more_read_at_the_same_time_than_there_are_slots(self) -> None:
        lock, running, most = threading.Lock(), 0, 0

        def read() -> None:
            nonlocal running, most
            with lock:
                running += 1
                most = max(most, running)
            threading.Event().wait(0.01)
            with lock:
                running -= 1

        async def read_all() -> None:
            turns = Turns(2, 20, "test")
            await asyncio.gather(*(turns.run(read) for _ in range(20)))

        asyncio.run(read_all())
        assert most == 2

    def test_others_read_while_a_model_is_waited_for(self) -> None:
        answered = threading.Event()

        def ask_a_model() -> str:
            with waiting():
                assert answered.wait(ENOUGH)
            return "written"

        def read() -> str:
            answered.set()
            return "read"

        async def both() -> list[str]:
            turns = Turns(1, 2, "test")
            return [*await asyncio.gather(turns.run(ask_a_model), turns.run(read))]

        assert asyncio.run(both()) == ["written", "read"]

    def test_who_has_waited_for_a_model_takes_its_turn_again(self) -> None:
        answered, reads, goes_on = threading.Event(), threading.Event(), threading.Event()
        order: list[str] = []

        def ask_a_model() -> None:
            with waiting():
                assert answered.wait(ENOUGH)
            order.append("written")

        def read() -> None:
            answered.set()
            reads.set()
            assert goes_on.wait(ENOUGH)
            order.append("read")

        async def both() -> None:
            turns = Turns(1, 2, "test")
            asked = asyncio.create_task(turns.run(ask_a_model))
            reading = asyncio.create_task(turns.run(read))
            await told(reads)
            goes_on.set()
            await asyncio.gather(asked, reading)

        asyncio.run(both())
        assert order == ["read", "written"]

    @pytest.mark.parametrize("way", ["closed", "cancelled", "page"])
    def test_who_leaves_ends_the_wait_for_a_model(self, way: str) -> None:
        asked, left, closed = threading.Event(), threading.Event(), threading.Event()

        def steps() -> Generator[str, None, None]:
            try:
                yield "begun"
                with ended_by(left.set), waiting():
                    asked.set()
                    assert left.wait(ENOUGH)
                yield "of no use to anybody"
                raise AssertionError("nobody is there")
            finally:
                closed.set()

        async def leave() -> None:
            turns = Turns(1, 2, "test")

            async with aclosing(turns.stream(steps, "page")) as reading:
                await anext(reading)
                await told(asked)
                if way == "page":
                    turns.leave("page")
                    assert [step async for step in reading] in ([], ["of no use to anybody"])
                elif way == "cancelled":
                    rest = asyncio.create_task(anext(reading))
                    await asyncio.sleep(0)
                    rest.cancel()
                    await asyncio.gather(rest, return_exceptions=True)
            await told(left)
            await told(closed)
            assert await turns.run(lambda: "free") == "free"

        asyncio.run(asyncio.wait_for(leave(), ENOUGH))

    def test_at_the_end_nothing_is_waited_for_and_no_thread_works_on(self) -> None:
        asked, left, over = threading.Event(), threading.Event(), threading.Event()

        def steps() -> Generator[str, None, None]:
            yield "begun"
            with ended_by(left.set), waiting():
                asked.set()
                assert left.wait(ENOUGH)
            threading.Event().wait(0.05)  # what is left to do
            over.set()

        async def end() -> None:
            turns = Turns(1, 2, "test")
            async with aclosing(turns.stream(steps, "page")) as reading:
                await anext(reading)
                await told(asked)
                await turns.close()
                assert over.is_set()

        asyncio.run(asyncio.wait_for(end(), ENOUGH))

    @pytest.mark.parametrize("way", ["cancelled", "page"])
    def test_who_leaves_before_its_turn_is_never_begun(self, way: str) -> None:
        goes_on, begun = threading.Event(), threading.Event()

        def steps() -> Generator[str, None, None]:
            begun.set()
            yield "begun"

        async def leave() -> None:
            turns = Turns(1, 2, "test")
            first = asyncio.create_task(turns.run(lambda: goes_on.wait(2 * ENOUGH)))
            second = asyncio.create_task(anext(turns.stream(steps, "page"), "nothing"))
            await asyncio.sleep(0)
            if way == "page":
                turns.leave("page")
                assert await second == "nothing"  # though the slot is another's
            else:
                second.cancel()
                await asyncio.gather(second, return_exceptions=True)
            goes_on.set()
            assert await first
            assert await turns.run(lambda: "free") == "free"

        asyncio.run(asyncio.wait_for(leave(), ENOUGH))
        assert not begun.is_set()


class TestNewest:
    def test_what_was_begun_last_is_the_newest_of_its_page(self) -> None:
        newest = Newest()
        first, other, second = newest.begin("page"), newest.begin("other page"), newest.begin("page")
        assert [first(), other(), second()] == [False, True, True]

    def test_numbers_tell_what_came_late(self) -> None:
        newest = Newest()
        second, first = newest.begin("page", 2), newest.begin("page", 1)
        assert [first(), second()] == [False, True]
        assert newest.begin("page")()  # what has no number is newer than all before it
        assert not second()
        assert not newest.begin("page", 1)()

    def test_of_so_many_pages_the_newest_is_known(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(turns_module, "SESSIONS_KNOWN", 2)
        newest = Newest()
        begun = [newest.begin(page) for page in "abc"]
        assert len(newest._begun) == 2
        assert all(is_newest() for is_newest in begun)
