"""A model on this machine: what may be named, and a server that dies with the process that started it."""

import os
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from assistant import Daybook
from assistant.face.cli import cli
from assistant.face.cli_llm import LlmChoice, chosen_llm
from assistant.llm.local import local_model, serving
from ingest.errors import InputError, LlmError
from tests.assistant.llm import fake_llm as fake
from tests.conftest import PROJECT

XLLAMACPP = """
import threading

class CommonParams:
    def __init__(self):
        self.model, self.cpuparams, self.cpuparams_batch = type(self).Part(), type(self).Part(), type(self).Part()
    class Part: pass

class Server:
    def __init__(self, params):
        with open(params.model.path, "rb") as file:
            if b"broken" in file.read():
                raise RuntimeError("no model")
        print("noise of a server")
        self.listening_address = "http://127.0.0.1:1/" + params.api_keys[0]
"""


@pytest.fixture
def xllamacpp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A module in the place of the real one, which serves nothing: the child process and its pipes are real."""
    folder = tmp_path / "modules"
    folder.mkdir()
    (folder / "xllamacpp.py").write_text(XLLAMACPP, encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(folder))
    monkeypatch.syspath_prepend(str(folder))


@pytest.fixture
def gguf(tmp_path: Path) -> Path:
    path = tmp_path / "kitten.gguf"
    path.write_bytes(b"GGUF and so on")
    return path


def refuse(question: str) -> bool:
    raise AssertionError(question)


@pytest.mark.usefixtures("xllamacpp")
def test_a_gguf_file_is_a_model(gguf: Path, tmp_path: Path) -> None:
    assert local_model(str(gguf), tmp_path, refuse) == gguf


@pytest.mark.usefixtures("xllamacpp")
@pytest.mark.parametrize(
    ("content", "message"), [(None, "is no language model; write --llm local"), (b"PK", "is no GGUF file")]
)
def test_what_is_no_model_is_told_in_one_line(tmp_path: Path, content: bytes | None, message: str) -> None:
    path = tmp_path / "kitten.bin"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError, match=message):
        local_model(str(path), tmp_path, refuse)


def test_a_missing_extra_is_told_in_one_line(gguf: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(InputError, match=r"install it: pip install 'daybook\[local\]'"):
        local_model(str(gguf), tmp_path, refuse)


@pytest.mark.usefixtures("xllamacpp")
def test_a_server_lives_as_long_as_its_context(gguf: Path) -> None:
    with serving(gguf) as settings:
        assert settings.url == f"http://127.0.0.1:1/{settings.key}"
        assert settings.model == "kitten"
        assert len(settings.key) == 32
        with serving(gguf) as other:
            assert other.key != settings.key


@pytest.mark.usefixtures("xllamacpp")
def test_a_model_that_cannot_be_served_is_told_in_one_line(gguf: Path) -> None:
    gguf.write_bytes(b"GGUF broken")
    with pytest.raises(LlmError, match=r"kitten\.gguf cannot be served"), serving(gguf):
        pass


@pytest.mark.usefixtures("xllamacpp")
def test_a_server_dies_with_a_process_that_was_killed(gguf: Path) -> None:
    code = f"""
        import os, signal, subprocess
        from pathlib import Path
        from assistant.llm import local
        class Telling(subprocess.Popen):
            def __init__(self, *arguments, **options):
                super().__init__(*arguments, **options)
                print(self.pid, flush=True)
        subprocess.Popen = Telling
        with local.serving(Path({str(gguf)!r})):
            os.kill(os.getpid(), signal.SIGKILL)
    """
    command = [sys.executable, "-c", textwrap.dedent(code)]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    assert done.returncode == -9
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline and _is_running(int(done.stdout)):
        time.sleep(0.05)
    assert not _is_running(int(done.stdout))


def _is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{process}/stat")
    return not (state.exists() and " Z " in state.read_text(encoding="utf-8"))


# ---- on the command line


@pytest.mark.parametrize(
    ("choice", "message"),
    [
        (LlmChoice("local", "http://127.0.0.1", "kitten", yes=False), "give one of them"),
        (LlmChoice(None, None, "kitten", yes=False), "without a server; name it with --llm-url"),
    ],
)
def test_a_choice_that_cannot_be_kept_is_told(tmp_path: Path, choice: LlmChoice, message: str) -> None:
    with pytest.raises(InputError, match=message), chosen_llm(choice, tmp_path, tmp_path, print):
        pass


def test_no_choice_is_no_model(tmp_path: Path) -> None:
    with chosen_llm(LlmChoice(None, None, None, yes=False), tmp_path, tmp_path, print) as chosen:
        assert chosen is None


def test_a_server_is_chosen_with_the_key_and_the_patience_of_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    choice = LlmChoice(None, "http://127.0.0.1:1", "kitten", yes=False)
    monkeypatch.setenv("DAYBOOK_LLM_KEY", "secret")
    monkeypatch.setenv("DAYBOOK_LLM_TIMEOUT", "7.5")
    with chosen_llm(choice, tmp_path, tmp_path, print) as chosen:
        assert chosen is not None
        assert (chosen.key, chosen.patience.timeout_seconds) == ("secret", 7.5)
    for text in ("soon", "0", "-1", "nan", "inf"):
        monkeypatch.setenv("DAYBOOK_LLM_TIMEOUT", text)
        with (
            pytest.raises(InputError, match="write a number of seconds"),
            chosen_llm(choice, tmp_path, tmp_path, print),
        ):
            pass


@pytest.mark.usefixtures("xllamacpp")
def test_a_gigabyte_is_not_fetched_unasked(tmp_path: Path) -> None:
    """There is no terminal to ask at."""
    choice = LlmChoice("local", None, None, yes=False)
    with (
        pytest.raises(InputError, match=r"has 1,117 MB.*say yes to it with --yes"),
        chosen_llm(choice, tmp_path, tmp_path, print),
    ):
        pass
    assert list(tmp_path.glob("llm/*")) == []


def test_ask_shows_what_the_model_wrote_and_the_note(
    sample_book: Daybook, sample_library_folder: Path, models_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DAYBOOK_MODELS", str(models_folder))
    question = "How does WakeMem remember lost vessels?"
    quoted = sample_book.ask(question)
    options = ["--library", str(sample_library_folder), "--llm-model", "kitten"]
    with fake.fake_llm(fake.failing(500)) as server:
        shown = CliRunner().invoke(cli, ["ask", question, *options, "--llm-url", server.url])
    assert shown.exit_code == 0, shown.output
    assert quoted.text in shown.stdout
    assert "(Quotes stand here for what a language model would have written:" in shown.stdout


def test_the_limits_are_of_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    choice = LlmChoice(None, "http://127.0.0.1:1", "kitten", yes=False)
    names = ("DAYBOOK_LLM_TOKENS", "DAYBOOK_LLM_THINKING_TOKENS", "DAYBOOK_LLM_CONTEXT")
    for name, tokens in zip(names, ("200", "0", "32768"), strict=True):
        monkeypatch.setenv(name, tokens)
    with chosen_llm(choice, tmp_path, tmp_path, print) as chosen:
        assert chosen is not None
        assert (chosen.answer_tokens, chosen.thinking_tokens, chosen.context_tokens) == (200, 0, 32768)
    for name in names:
        for text in ("-1", "many", "1.5", "99999999", "²"):
            monkeypatch.setenv(name, text)
            with (
                pytest.raises(InputError, match=rf"{name} is .*; write a number of tokens such as"),
                chosen_llm(choice, tmp_path, tmp_path, print),
            ):
                pass
        monkeypatch.setenv(name, "")
    monkeypatch.setenv("DAYBOOK_LLM_TOKENS", "0")
    with (
        pytest.raises(InputError, match="write a number of tokens such as 400"),
        chosen_llm(choice, tmp_path, tmp_path, print),
    ):
        pass
