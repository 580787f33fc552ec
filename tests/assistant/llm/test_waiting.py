"""A model that is waited for holds up nobody else, and is hung up when nobody waits for it any more."""

import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

import pytest

from assistant import Daybook
from assistant.llm.settings import LlmSettings
from assistant.llm.waiting import ended_by, lent, waiting
from tests.assistant.llm import fake_llm as fake

ASKED = "How does WakeMem remember lost vessels?"
ENOUGH = 60  # seconds, after which something will never come


class Turn:
    """A turn that tells whether somebody waits in it."""

    def __init__(self) -> None:
        self.waits = threading.Event()
        self.count = 0
        self.ends: list[Callable[[], None]] = []

    @contextmanager
    def waiting(self) -> Iterator[None]:
        self.count += 1
        self.waits.set()
        yield
        self.waits.clear()

    @contextmanager
    def ended_by(self, end: Callable[[], None]) -> Iterator[None]:
        self.ends.append(end)
        yield
        self.ends.remove(end)


def test_without_a_turn_a_wait_is_a_wait() -> None:
    with waiting(), ended_by(lambda: None):
        pass


def test_a_turn_is_lent_for_as_long_as_a_thread_has_it() -> None:
    turn = Turn()
    with lent(turn), waiting():
        assert turn.waits.is_set()
    with waiting():
        assert turn.count == 1


def test_a_model_is_waited_for_in_a_turn_and_what_it_says_is_checked_outside(word_book: Daybook) -> None:
    turn = Turn()
    with fake.fake_llm(fake.saying("WakeMem keeps an entry for every lost vessel [1]. It updates it [1].")) as server:
        book = Daybook(word_book.library, lambda: word_book.embedder, llm=LlmSettings(server.url, "kitten"))
        with lent(turn):
            answers = [(answer, turn.waits.is_set()) for answer in book.engine.stream(ASKED)]
    assert turn.count > 1
    assert not any(waits for _, waits in answers)
    assert turn.ends == []


@pytest.mark.parametrize(
    "reply", [fake.Hold(), fake.never_answering, fake.never_beginning], ids=["held", "mute", "alive"]
)
def test_who_leaves_waits_no_longer_and_the_model_is_hung_up(word_book: Daybook, reply: fake.Reply) -> None:
    turn = Turn()
    with fake.fake_llm(reply) as server:
        book = Daybook(word_book.library, lambda: word_book.embedder, llm=LlmSettings(server.url, "kitten"))
        said: list[str] = []

        def ask() -> None:
            with lent(turn), closing(book.engine.stream(ASKED)) as answers:  # type: ignore[type-var]
                said.extend(answer.note for answer in answers)

        asking = threading.Thread(target=ask)
        asking.start()
        assert turn.waits.wait(ENOUGH)
        while not server.asked:
            assert not server.left.wait(0.01)
        for end in [*turn.ends]:
            end()
        asking.join(ENOUGH)
        assert not asking.is_alive()
        assert said
        if isinstance(reply, fake.Hold):
            assert reply.hung_up.wait(ENOUGH)
