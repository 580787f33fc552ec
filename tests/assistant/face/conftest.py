"""Commands run as a user runs them, in this process."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import app

Say = Callable[..., tuple[int, str, str]]
"""What a command says: its exit status, output and errors."""


@pytest.fixture
def say_on(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], models_folder: Path
) -> Callable[[Path], Say]:
    """Commands on a library."""

    def on(library: Path) -> Say:
        def run(*arguments: str) -> tuple[int, str, str]:
            monkeypatch.setattr(sys, "argv", ["daybook", *arguments])
            monkeypatch.setenv("DAYBOOK_MODELS", str(models_folder))
            monkeypatch.setenv("DAYBOOK_LIBRARY", str(library))
            with pytest.raises(SystemExit) as ended:
                app.main()
            shown = capsys.readouterr()
            assert isinstance(ended.value.code, int)
            return ended.value.code, shown.out, shown.err

        return run

    return on
