"""The conversations of one browser: found and deleted by it, and by no other."""

import re
from typing import Any

import pytest

from assistant.engine.daybook import Daybook
from assistant.face.ui.kept import KeptConversations, labelled
from assistant.face.ui.owners import new_token
from assistant.face.ui.page import Page
from assistant.face.ui.parts import Updates
from ingest.errors import LibraryError
from tests.assistant.face.ui.reading import text_of
from tests.assistant.face.ui.test_page import ASKED, ask, asking, page_over, shown, update_of

GUESSES: list[Any] = [None, "", 0, [], {}, "0" * 32, "' OR 1=1 --", "%", "x" * 10_000, "\ud800", "../../etc/passwd"]


@pytest.fixture(scope="module")
def page(word_book: Daybook) -> Page:
    return page_over(word_book)


def asked(page: Page, token: str) -> str:
    """The id of a conversation that a browser with this token began."""
    current: str = shown(ask(page, ASKED, "", asking(token)), page._current)[-1]
    return current


def opened(page: Page, token: str, current: object, former_token: object = "") -> Updates:
    return update_of(page._open(former_token, current, asking(token)))


def test_the_page_comes_back_as_it_was_left(page: Page) -> None:
    token = new_token()
    current = asked(page, token)
    update = opened(page, token, current)
    assert text_of(update[page._shown]).startswith(ASKED)
    assert 'class="turn restored" id="turn-1"' in update[page._shown]
    assert f"own/conversations/{current}.md" in update[page._export]


def test_all_turns_but_the_newest_come_back_in_one_piece(page: Page) -> None:
    token = new_token()
    current = asked(page, token)
    for question in ("And how fast is it?", "And its code?"):
        ask(page, question, current, asking(token))
    update = opened(page, token, current)
    assert [update[part].count("<article") for part in (page._past, page._shown)] == [2, 1]
    assert 'id="turn-3"' in update[page._shown]


def test_a_browser_that_had_a_token_of_its_own_takes_its_conversations_over(page: Page) -> None:
    former, token = new_token(), new_token()
    current = asked(page, former)
    update = opened(page, token, current, former)
    assert text_of(update[page._shown]).startswith(ASKED)
    assert update[page._former_token] == ""
    assert f'value="{current}"' in opened(page, token, "")[page._shown]
    assert f'value="{current}"' not in opened(page, former, "")[page._shown]


def test_a_library_that_cannot_be_written_leaves_the_former_token_to_another_time(
    word_book: Daybook, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> int:
        raise LibraryError("the disk is full")

    former = new_token()
    monkeypatch.setattr(type(word_book.library.conversations), "hand_over", fail)
    page = page_over(word_book)
    assert page._former_token not in opened(page, new_token(), "", former)


@pytest.mark.parametrize("guess", GUESSES, ids=lambda guess: repr(guess)[:20])
def test_nothing_is_read_or_deleted_by_guessing(page: Page, word_book: Daybook, guess: object) -> None:
    token = new_token()
    current = asked(page, token)
    for stranger in (guess, new_token()):
        for wanted in (guess, current):
            name = stranger if isinstance(stranger, str) and stranger.isalnum() else ""
            update = opened(page, name, wanted, guess)
            assert "Ask the papers" in update[page._shown]
            assert current not in update[page._shown]
            update_of(page._delete_current(wanted, asking(name)))
            assert current not in update_of(page._reopen(wanted, asking(name)))[page._shown]
    assert KeptConversations(word_book, token).find(current) is not None
    assert token not in [summary.id for summary in word_book.conversations()]


def test_earlier_conversations_are_listed_reopened_and_deleted(page: Page) -> None:
    token = new_token()
    current = asked(page, token)
    update = update_of(page._begin_anew(asking(token)))
    assert update[page._shown].count('class="earlier"') == 1
    assert f'value="{current}"' in update[page._shown]
    assert update[page._current] == ""
    assert text_of(update_of(page._reopen(current, asking(token)))[page._shown]).startswith(ASKED)
    assert "Ask the papers" in update_of(page._reopen("nonsense", asking(token)))[page._shown]
    update_of(page._delete_current(current, asking(token)))
    assert 'class="earlier"' not in update_of(page._begin_anew(asking(token)))[page._shown]


def test_a_long_title_is_cut_before_its_day(word_book: Daybook) -> None:
    kept = KeptConversations(word_book, new_token())
    list(kept.dialogue().ask("Which " + "very " * 40 + "good networks are there?"))
    ((_, label),) = labelled(kept.listed())
    assert len(label) <= 60
    assert " … · " in label


def test_a_title_from_right_to_left_is_set_apart_from_its_day(word_book: Daybook) -> None:
    kept = KeptConversations(word_book, new_token())
    list(kept.dialogue().ask("نموذج " * 20))
    ((_, label),) = labelled(kept.listed())
    assert len(label) <= 60
    assert re.fullmatch("\u2068نموذج .* …\u2069 · .+", label)
