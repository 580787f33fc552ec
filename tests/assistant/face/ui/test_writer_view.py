"""Who writes, seen, tried and set on the page: by its owner alone, and the key never comes out again."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import gradio as gr
import pytest
from fastapi import FastAPI, Request

from assistant.answering.writing import QuotingWriter
from assistant.engine.daybook import Daybook
from assistant.face.ui import writer_view
from assistant.face.ui.dialogue import DEFECT
from assistant.face.ui.gradio_queue import gradio_app_of
from assistant.face.ui.owners import OWNER_COOKIE, new_token
from assistant.face.ui.page import Page
from assistant.face.ui.parts import Updates, session_of
from assistant.face.ui.server import build_app
from assistant.face.ui.writer_view import WriterView
from assistant.llm.kept import KEPT_FILE, kept_llm
from assistant.llm.settings import LlmSettings, Patience
from ingest.library import Library
from tests.assistant.face.fake_writer import KEY, TOKENS_READ, writing
from tests.assistant.face.ui.reading import tags_of, text_of
from tests.assistant.face.ui.test_page import ASKED, ask, shown, update_of, updates_of
from tests.assistant.llm import fake_llm as fake
from tests.conftest import WordEmbedder

HERE = ("127.0.0.1", 50_000)
ELSEWHERE = ("192.0.2.1", 50_000)


def coming(client: tuple[str, int] | None = HERE, **headers: str) -> gr.Request:
    """A request of a browser at an address."""
    told = {
        "cookie": f"{OWNER_COOKIE}={new_token()}",
        **{name.replace("_", "-"): said for name, said in headers.items()},
    }
    scope = {"type": "http", "client": client, "headers": [(n.encode(), v.encode()) for n, v in told.items()]}
    return gr.Request(Request(scope), session_hash=new_token())


@pytest.fixture
def book(tmp_path: Path, sample_folder: Path) -> Iterator[Daybook]:
    with Daybook(Library(tmp_path / "library"), WordEmbedder) as opened:
        opened.ingest([sample_folder])
        yield opened


@pytest.fixture
def model() -> Iterator[fake.FakeLlm]:
    with fake.fake_llm(writing) as server:
        yield server


def page_over(book: Daybook, *, may_set: bool = True, limits: LlmSettings | None = None) -> Page:
    async def make() -> Page:
        return Page(book, may_set=may_set, limits=limits)

    return asyncio.run(make())


def view_of(page: Page) -> WriterView:
    (view,) = (one for one in page._views if isinstance(one, WriterView))
    return view


@pytest.fixture
def page(book: Daybook) -> Page:
    return page_over(book)


@pytest.fixture
def view(page: Page) -> WriterView:
    return view_of(page)


def told(view: WriterView, updates: Updates) -> str:
    return text_of(updates[view._told])


def use(view: WriterView, url: str, key: str = "", *, keep: bool = False, model: str = "kitten") -> Updates:
    return update_of(view._use_model(url, model, key, keep, coming()))


def tried(view: WriterView, url: str, key: str = "", request: gr.Request | None = None) -> str:
    return told(view, updates_of(view._try(url, "kitten", key, request or coming()))[-1])


def test_a_model_is_tried_without_being_set(book: Daybook, view: WriterView, model: fake.FakeLlm) -> None:
    first, last = updates_of(view._try(model.url, "kitten", KEY, coming()))
    assert "Asking the model" in told(view, first)
    for found in ("reachable", "streams", "obeys", "first word", "speed", "This model can write"):
        assert found in told(view, last)
    assert isinstance(book.writer, QuotingWriter)
    assert set(model.keys) == {f"Bearer {KEY}"}


def test_who_closes_the_page_ends_the_trial(view: WriterView) -> None:
    hold, request = fake.Hold(), coming()

    async def close() -> bool:
        with fake.fake_llm(hold) as server:
            trial = view._try(server.url, "kitten", "", request)
            await anext(trial)
            asked = asyncio.ensure_future(anext(trial))
            while not server.asked:
                await asyncio.sleep(0.02)
            view.turns.leave(session_of(request))
            is_left = await asyncio.to_thread(hold.hung_up.wait, 10)
            hold.released.set()
            await asyncio.wait([asked])
            return is_left

    assert asyncio.run(close())


def test_a_model_is_used_until_quotes_are_wanted(page: Page, view: WriterView, model: fake.FakeLlm) -> None:
    assert text_of(update_of(page._open("", "", coming()))[page._writer]) == "Writer: quotes only"
    updates = use(view, model.url, KEY)
    assert text_of(updates[page._writer]) == "Writer: kitten"
    assert (updates[view._key], updates[view._url], updates[view._model]) == ("", model.url, "kitten")
    assert "A key is set." in text_of(updates[view._state])
    turn = text_of(shown(ask(page, ASKED), page._shown)[-1])
    assert f"kitten · {TOKENS_READ:,} tokens read" in turn
    quoting = update_of(view._use_quotes(coming()))
    assert text_of(quoting[page._writer]) == "Writer: quotes only"
    answered = ask(page, ASKED)
    assert "tokens" not in text_of(shown(answered, page._shown)[-1])
    assert text_of(shown(answered, page._writer)[-1]) == "Writer: quotes only"
    use(view, model.url)  # the key that was given for this server is still known
    ask(page, ASKED)
    assert set(model.keys) == {f"Bearer {KEY}"}


def test_the_key_is_in_nothing_that_the_page_is_told(view: WriterView, model: fake.FakeLlm, page: Page) -> None:
    updates = [
        *updates_of(view._try(model.url, "kitten", KEY, coming())),
        use(view, model.url, KEY, keep=True),
        *updates_of(view._try(model.url, "kitten", "", coming())),
        update_of(view._open(coming())),
        update_of(page._open("", "", coming())),
        use(view, "http://a b", KEY),
        use(view, model.url, f"{KEY}\u20ac"),
        use(view, model.url, KEY * 500),
        *ask(page, ASKED),
        update_of(view._use_quotes(coming())),
        update_of(view._forget_all(coming())),
    ]
    assert KEY not in repr([list(update.values()) for update in updates])
    assert KEY not in json.dumps(page.blocks.get_config_file(), default=str)


@pytest.mark.parametrize("other", ["http://127.0.0.1:9", "https://127.0.0.1", "http://127.0.0.1.evil.example"])
def test_a_key_goes_to_the_server_alone_that_it_was_given_for(
    view: WriterView, model: fake.FakeLlm, other: str
) -> None:
    use(view, model.url, KEY)
    assert view._settings(model.url, "dog", "").key == KEY
    assert view._settings(f"{model.url}/v1", "dog", "").key == KEY
    assert view._settings(other, "dog", "").key == ""


class TestWhoMaySet:
    @pytest.mark.parametrize(
        "request_", [coming(ELSEWHERE), coming(None), coming(x_forwarded_for="192.0.2.1"), coming(forwarded="for=a")]
    )
    def test_nothing_is_done_for_who_is_elsewhere(
        self, book: Daybook, view: WriterView, model: fake.FakeLlm, request_: gr.Request
    ) -> None:
        use(view, model.url, KEY, keep=True)
        before, asked = book.writing, len(model.asked)
        refused = "Who writes can be set only at the server’s own machine"
        assert tried(view, model.url, "other", request_) == refused
        assert told(view, update_of(view._use_model(model.url, "dog", "other", False, request_))) == refused
        assert told(view, update_of(view._use_quotes(request_))) == refused
        assert told(view, update_of(view._forget_all(request_))) == refused
        opened = update_of(view._open(request_))
        assert model.url not in repr(list(opened.values()))
        assert (book.writing, len(model.asked)) == (before, asked)
        assert kept_llm(book.library.folder) is not None

    @pytest.mark.parametrize(("host", "has_form"), [("127.0.0.1", True), ("localhost", True), ("0.0.0.0", False)])  # noqa: S104
    def test_a_page_that_the_network_reaches_only_shows_who_writes(
        self, book: Daybook, host: str, *, has_form: bool
    ) -> None:
        book.use(LlmSettings("http://127.0.0.1:9/hidden", "kitten", KEY))
        app = build_app(book, host, token="" if has_form else "a-token-of-some-length")
        config = json.dumps(gradio_app_of(app).get_blocks().get_config_file(), default=str)
        assert ('"llm-key"' in config, '"llm-use"' in config) == (has_form, has_form)
        view = view_of(app.state.page)
        if not has_form:
            state = text_of(update_of(view._open_to_read())[view._state])
            assert state.startswith("kitten")
            assert "hidden" not in state
            assert "Only the page on the server’s own machine sets who writes" in state
            assert not hasattr(view, "_told")


class TestWhatIsKept:
    def test_it_is_kept_only_where_that_is_wished(self, book: Daybook, view: WriterView, model: fake.FakeLlm) -> None:
        folder = book.library.folder
        use(view, model.url, KEY)
        assert KEPT_FILE not in {path.name for path in folder.iterdir()}
        assert not any(KEY.encode() in path.read_bytes() for path in folder.rglob("*") if path.is_file())
        assert "kept on this machine" in told(view, use(view, model.url, keep=True))
        kept = kept_llm(folder)
        assert kept is not None
        assert (kept.url, kept.model, kept.key) == (model.url, "kitten", KEY)
        assert (folder / KEPT_FILE).stat().st_mode & 0o077 == 0

    def test_quotes_leave_it_and_forgetting_takes_it_and_the_key(
        self, book: Daybook, view: WriterView, model: fake.FakeLlm
    ) -> None:
        use(view, model.url, KEY, keep=True)
        assert "Forget takes it away" in text_of(update_of(view._use_quotes(coming()))[view._state])
        assert kept_llm(book.library.folder) is not None
        updates = update_of(view._forget_all(coming()))
        assert (updates[view._url], updates[view._model], updates[view._keep]) == ("", "", False)
        assert kept_llm(book.library.folder) is None
        assert isinstance(book.writer, QuotingWriter)
        assert view._settings(model.url, "kitten", "").key == ""

    def test_where_nothing_can_be_kept_it_is_said(
        self, view: WriterView, model: fake.FakeLlm, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def full(*_: object) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr("assistant.llm.kept.write_whole", full)
        said = told(view, use(view, model.url, KEY, keep=True))
        assert "No space left on device" in said
        assert isinstance(view._book.writer, QuotingWriter)


@pytest.mark.parametrize(
    ("url", "model", "said"),
    [
        ("file:///etc/passwd", "a", "is no URL"),
        ("gopher://127.0.0.1", "a", "is no URL"),
        ("", "a", "is no URL"),
        ("http://127.0.0.1:9", " ", "is named; name one with “Model”"),
        ("http://me:hidden-word@127.0.0.1:9", "a", "leave names, passwords and keys out of it"),
        ("http://127.0.0.1:9/v1?key=hidden-word", "a", "leave names, passwords and keys out of it"),
        ("http://127.0.0.1:9/" + "x" * 3000, "a", "has 3,019 characters"),
    ],
)
def test_what_cannot_be_used_changes_nothing_and_is_one_line(
    book: Daybook, view: WriterView, url: str, model: str, said: str
) -> None:
    line = told(view, use(view, url, KEY, model=model))
    assert said in line
    assert "hidden-word" not in line
    assert isinstance(book.writer, QuotingWriter)


def test_a_password_in_the_url_of_the_start_is_not_told(book: Daybook, model: fake.FakeLlm) -> None:
    secret = model.url.replace("http://", "http://me:hidden-word@")
    book.use(LlmSettings(secret, "kitten", KEY))
    view = view_of(page_over(book))
    opened = update_of(view._open(coming()))
    assert "hidden-word" not in repr(list(opened.values()))
    assert view._settings(opened[view._url], "dog", "").url == secret
    assert "hidden-word" not in tried(view, opened[view._url])


def test_the_limits_of_the_start_hold_for_what_is_set_here(book: Daybook, model: fake.FakeLlm) -> None:
    limits = LlmSettings("", "", patience=Patience(7, 70))
    view = view_of(page_over(book, limits=limits))
    use(view, model.url)
    assert book.writing.settings is not None
    assert book.writing.settings.patience == limits.patience


def test_a_defect_leaves_the_page_usable_and_the_log_without_the_key(
    view: WriterView, model: fake.FakeLlm, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(settings: LlmSettings) -> Any:
        raise RuntimeError(f"Illegal header value {settings.key}")

    monkeypatch.setattr(writer_view, "tried", fail)
    assert tried(view, model.url, KEY) == DEFECT
    assert "RuntimeError" in caplog.text
    assert KEY not in caplog.text


def test_the_name_of_a_model_is_text(page: Page, view: WriterView, model: fake.FakeLlm) -> None:
    hostile = "<img src=x onerror=alert(1)> **b** [l](javascript:x)"
    updates = use(view, model.url, model=hostile)
    assert tags_of(updates[page._writer]) == ["p", "a"]
    assert tags_of(updates[view._state]) == ["section", "h2", "p", "p"]
    assert text_of(updates[page._writer]) == f"Writer: {hostile}"


@pytest.mark.parametrize("newer", ["trial", "quotes"])
def test_an_older_trial_is_not_shown_after_something_newer(view: WriterView, model: fake.FakeLlm, newer: str) -> None:
    request = coming()

    async def overtaken() -> list[Updates]:
        steps: AsyncIterator[Updates] = view._try(model.url, "kitten", "", request)
        first = await anext(steps)
        if newer == "trial":
            [_ async for _ in view._try(model.url, "kitten", "", request)]
        else:
            await view._use_quotes(request)
        return [first, *[update async for update in steps]]

    assert asyncio.run(overtaken())[-1] == {view._told: gr.skip()}


def test_the_app_tells_the_page_where_it_is_served(book: Daybook) -> None:
    app: FastAPI = build_app(book)
    assert hasattr(view_of(app.state.page), "_told")
