"""`daybook llm`: what is set, where it comes from, and a test of it; the key is never shown."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from assistant.face import cli_ask, cli_llm_show
from assistant.llm.kept import KEPT_FILE, keep_llm, kept_llm
from assistant.llm.settings import LlmSettings
from tests.assistant.face.conftest import Say
from tests.assistant.face.fake_writer import KEY, SAID, TOKENS_READ, TOKENS_WRITTEN, writing
from tests.assistant.llm import fake_llm as fake

VARIABLES = (
    "DAYBOOK_LLM", "DAYBOOK_LLM_URL", "DAYBOOK_LLM_MODEL", "DAYBOOK_LLM_KEY", "OPENAI_API_KEY", "DAYBOOK_LLM_TIMEOUT",
)  # fmt: skip
NOWHERE = "http://127.0.0.1:9"
ASKED = "What does KerbFirst predict?"


@pytest.fixture(autouse=True)
def _nothing_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in VARIABLES:
        monkeypatch.delenv(variable, raising=False)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "library").mkdir()
    return tmp_path / "library"


@pytest.fixture
def say(say_on: Callable[[Path], Say], folder: Path) -> Say:
    return say_on(folder)


@pytest.fixture
def model() -> Iterator[fake.FakeLlm]:
    with fake.fake_llm(writing) as server:
        yield server


def rows_of(output: str) -> dict[str, str]:
    """What stands behind each name."""
    return {line[:20].strip(): line[20:].strip() for line in output.splitlines() if line[20:22] == "  "}


def test_with_nothing_set_it_says_so_and_how_to_set_it(say: Say) -> None:
    status, output, errors = say("llm")
    assert (status, errors) == (0, "")
    assert "No language model is set: answers are made of quotes." in output
    assert all(way in output for way in ("--llm-url", "DAYBOOK_LLM_URL", "DAYBOOK_LLM_KEY", "--llm local", "Writer"))
    assert json.loads(say("llm", "--json")[1]) == {"writer": "quotes", "settings": [], "test": None}


def test_each_setting_says_where_it_comes_from_and_the_model_is_tested(
    say: Say, model: fake.FakeLlm, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DAYBOOK_LLM_MODEL", "kitten")
    monkeypatch.setenv("DAYBOOK_LLM_KEY", KEY)
    monkeypatch.setenv("DAYBOOK_LLM_TIMEOUT", "20")
    status, output, errors = say("llm", "--llm-url", model.url)
    assert (status, errors) == (0, "")
    rows = rows_of(output)
    assert rows["url"] == f"{model.url}  (--llm-url)"
    assert rows["model"] == "kitten  (DAYBOOK_LLM_MODEL)"
    assert rows["key"] == "set  (DAYBOOK_LLM_KEY)"
    assert rows["timeout seconds"] == "20.0  (DAYBOOK_LLM_TIMEOUT)"
    assert rows["answer tokens"].endswith("(default)")
    for found in ("ok   reachable", "ok   streams", "ok   obeys", "ok   first word", "ok   speed"):
        assert found in output
    assert "This model can write." in output
    assert set(model.keys) == {f"Bearer {KEY}"}
    assert KEY not in output
    assert not any(KEY[:8] in text or KEY[-8:] in text for text in (output, errors))


def test_the_same_as_json(say: Say, model: fake.FakeLlm, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    status, output, _ = say("llm", "--llm-url", model.url, "--llm-model", "kitten", "--json")
    data = json.loads(output)
    assert (status, data["writer"], data["test"]["ok"], data["test"]["problem"]) == (0, "server", True, "")
    settings = {row["name"]: (row["value"], row["origin"]) for row in data["settings"]}
    assert settings["key"] == (True, "OPENAI_API_KEY")
    assert settings["model"] == ("kitten", "--llm-model")
    assert [line["name"] for line in data["test"]["lines"]][:4] == ["reachable", "model", "streams", "obeys"]
    assert KEY not in output


@pytest.mark.parametrize("as_json", [False, True])
def test_a_server_that_refuses_fails_the_test_and_says_what_to_do(
    say: Say, monkeypatch: pytest.MonkeyPatch, *, as_json: bool
) -> None:
    monkeypatch.setenv("DAYBOOK_LLM_KEY", KEY)
    with fake.fake_llm(fake.failing(401)) as server:
        command = ["llm", "--llm-url", server.url, "--llm-model", "kitten", *(["--json"] if as_json else [])]
        status, output, errors = say(*command)
    assert status == 1
    assert "refuses the key; set DAYBOOK_LLM_KEY (401)" in output
    assert KEY not in output + errors


def test_a_server_that_is_not_there_fails_the_test(say: Say) -> None:
    status, output, _ = say("llm", "--llm-url", NOWHERE, "--llm-model", "kitten")
    assert status == 1
    assert "FAIL reachable" in output
    assert output.splitlines()[-1] == "Start the model’s server, or correct its URL."


def test_a_model_that_does_not_obey_fails_the_test(say: Say) -> None:
    with fake.fake_llm(fake.saying("I would rather talk about something else.")) as server:
        status, output, _ = say("llm", "--llm-url", server.url, "--llm-model", "kitten")
    assert status == 1
    assert "FAIL obeys" in output
    assert output.splitlines()[-1].startswith("Take a larger model")


@pytest.mark.parametrize("arguments", [("--llm-url", "ftp://a", "--llm-model", "kitten"), ("--llm-url", NOWHERE)])
def test_what_cannot_be_used_is_one_line(say: Say, arguments: tuple[str, ...]) -> None:
    status, output, _ = say("llm", *arguments)
    assert status == 1
    assert "no URL" in output or "no model" in output


class TestWhatIsKept:
    def test_it_is_shown_tested_and_forgotten(self, say: Say, folder: Path, model: fake.FakeLlm) -> None:
        keep_llm(folder, LlmSettings(model.url, "kitten", KEY))
        status, output, _ = say("llm")
        rows = rows_of(output)
        assert (status, set(model.keys)) == (0, {f"Bearer {KEY}"})
        assert all(rows[name].endswith(f"({KEPT_FILE})") for name in ("url", "model", "key"))
        assert KEY not in output
        assert say("llm", "--forget")[:2] == (0, "forgotten; a page that runs goes on with it until it is stopped\n")
        assert kept_llm(folder) is None
        assert say("llm", "--forget")[1] == "nothing was kept\n"
        assert "No language model is set" in say("llm")[1]

    def test_options_and_the_environment_go_before_it(
        self, say: Say, folder: Path, model: fake.FakeLlm, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        keep_llm(folder, LlmSettings(NOWHERE, "dog", "dog-key"))
        monkeypatch.setenv("DAYBOOK_LLM_URL", model.url)
        rows = rows_of(say("llm", "--llm-model", "kitten")[1])
        assert rows["url"] == f"{model.url}  (DAYBOOK_LLM_URL)"
        assert rows["model"] == "kitten  (--llm-model)"
        assert rows["key"] == "not set"
        assert set(model.keys) <= {None, "Bearer none"}  # the kept key is another server's

    def test_a_key_of_the_environment_does_not_go_to_a_server_that_is_kept(
        self, say: Say, folder: Path, model: fake.FakeLlm, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        keep_llm(folder, LlmSettings(model.url, "kitten"))  # a folder may come from somebody else
        monkeypatch.setenv("DAYBOOK_LLM_KEY", KEY)
        monkeypatch.setenv("OPENAI_API_KEY", KEY)
        assert rows_of(say("llm")[1])["key"] == "not set"
        assert model.asked
        assert KEY not in str(model.keys)

    def test_a_kept_key_goes_to_its_server_named_otherwise(self, say: Say, folder: Path, model: fake.FakeLlm) -> None:
        keep_llm(folder, LlmSettings(f"{model.url}/v1", "dog", KEY))
        assert say("llm", "--llm-url", model.url, "--llm-model", "kitten")[0] == 0
        assert set(model.keys) == {f"Bearer {KEY}"}
        assert {asked["model"] for asked in model.asked} == {"kitten"}

    def test_quotes_go_before_everything(self, say: Say, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        keep_llm(folder, LlmSettings(NOWHERE, "kitten"))
        monkeypatch.setenv("DAYBOOK_LLM_URL", NOWHERE)
        assert "No language model is set" in say("llm", "--llm", "quotes")[1]

    def test_what_is_damaged_is_told_with_the_command_that_mends_it(self, say: Say, folder: Path) -> None:
        (folder / KEPT_FILE).write_text(f'{{"key": "{KEY}"', encoding="utf-8")
        status, _, errors = say("llm")
        assert (status, errors.count("\n")) == (1, 1)
        assert "daybook llm --forget" in errors
        assert KEY not in errors
        assert say("llm", "--forget")[0] == 0


class TestAModelOfThisMachine:
    def test_it_is_shown_and_nothing_is_fetched(self, say: Say, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(cli_llm_show, "is_fetched", lambda *_: False)
        status, output, errors = say("llm", "--llm", "local")
        assert (status, errors) == (0, "")
        assert rows_of(output)["llm"] == "local  (--llm)"
        assert "it is not here yet and so not tested" in output

    def test_a_file_that_is_none_fails(self, say: Say, tmp_path: Path) -> None:
        status, output, _ = say("llm", "--llm", str(tmp_path / "missing.gguf"))
        assert status == 1
        assert "xllamacpp" in output or "is no language model" in output


class TestWhatAnAnswerTook:
    def test_of_a_model_it_is_printed_and_in_json(
        self, say_on: Callable[[Path], Say], sample_library_folder: Path, model: fake.FakeLlm
    ) -> None:
        say, chosen = say_on(sample_library_folder), ("--llm-url", model.url, "--llm-model", "kitten")
        _, output, errors = say("ask", ASKED, *chosen)
        assert errors == ""
        assert SAID in output
        last = output.splitlines()[-1]
        assert last.startswith(f"(kitten · {TOKENS_READ:,} tokens read, {TOKENS_WRITTEN} written · first word after ")
        assert last.endswith(" in all)")
        data = json.loads(say("ask", ASKED, *chosen, "--json")[1])
        assert (data["usage"]["model"], data["usage"]["prompt_tokens"]) == ("kitten", TOKENS_READ)
        assert data["usage"]["completion_tokens"] == TOKENS_WRITTEN
        assert (
            0 < data["usage"]["first_token_seconds"] <= data["usage"]["seconds"] <= data["timings_ms"]["total"] / 1000
        )

    def test_of_a_model_that_failed_too(self, say_on: Callable[[Path], Say], sample_library_folder: Path) -> None:
        with fake.fake_llm(fake.failing(500)) as server:
            data = json.loads(
                say_on(sample_library_folder)("ask", ASKED, "--llm-url", server.url, "--llm-model", "a", "--json")[1]
            )
        assert "failed (500)" in data["note"]
        assert (data["usage"]["model"], data["usage"]["completion_tokens"]) == ("a", None)

    def test_the_time_of_quotes_is_for_who_watches(
        self, say_on: Callable[[Path], Say], sample_library_folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        told: list[str] = []
        monkeypatch.setattr(cli_ask, "tell_on_terminal", told.append)
        _, output, _ = say_on(sample_library_folder)("ask", ASKED)
        assert "tokens" not in output
        assert told[-1].endswith(" s")
