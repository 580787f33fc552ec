"""The language model that is kept in a library's folder."""

import os
from pathlib import Path

import pytest

from assistant.llm.kept import KEPT_FILE, forget_llm, has_secret, is_same_server, keep_llm, kept_llm, shown_url
from assistant.llm.settings import LlmSettings
from ingest.errors import InputError

KITTEN = LlmSettings("http://127.0.0.1:8080", "kitten", "secret-key")
posix = pytest.mark.skipif(os.name != "posix", reason="this system has no modes of files")


def test_what_is_kept_is_there_until_it_is_forgotten(tmp_path: Path) -> None:
    assert kept_llm(tmp_path) is None
    keep_llm(tmp_path, KITTEN)
    assert kept_llm(tmp_path) == KITTEN
    assert forget_llm(tmp_path)
    assert kept_llm(tmp_path) is None
    assert not forget_llm(tmp_path)
    assert list(tmp_path.iterdir()) == []


@posix
def test_its_owner_alone_can_read_it(tmp_path: Path) -> None:
    keep_llm(tmp_path, KITTEN)
    file = tmp_path / KEPT_FILE
    assert file.stat().st_mode & 0o777 == 0o600
    file.chmod(0o644)
    assert kept_llm(tmp_path) == KITTEN
    assert file.stat().st_mode & 0o777 == 0o600


@posix
def test_what_another_user_kept_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keep_llm(tmp_path, KITTEN)
    monkeypatch.setattr(os, "geteuid", lambda: (tmp_path / KEPT_FILE).stat().st_uid + 1)
    assert kept_llm(tmp_path) is None


@pytest.mark.parametrize("text", ["", "secret-key", "[]", '{"url": "secret-key"}', "\xff"])
def test_a_damaged_file_is_told_without_what_stands_in_it(tmp_path: Path, text: str) -> None:
    (tmp_path / KEPT_FILE).write_text(text, encoding="latin-1")
    with pytest.raises(InputError, match="forget it: daybook llm --forget") as told:
        kept_llm(tmp_path)
    assert "secret-key" not in str(told.value)


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="nothing can be kept in"):
        keep_llm(tmp_path / "missing", KITTEN)


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("http://a:80/v1", "http://A/other", True),
        ("https://a", "https://a:443/v1", True),
        ("http://a", "https://a", False),
        ("http://a", "http://a.example", False),
        ("http://a:1", "http://a:2", False),
        ("http://a@b", "http://a", False),
        ("http://[", "http://[", False),
    ],
)
def test_a_server_is_a_scheme_a_host_and_a_port(one: str, other: str, is_same: bool) -> None:
    assert is_same_server(one, other) is is_same


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("http://127.0.0.1:8080/v1", "http://127.0.0.1:8080/v1"),
        ("https://me:hidden@a.example/v1", "https://a.example/v1"),
        ("https://a.example/v1?api-version=2024-10-21", "https://a.example/v1?api-version=2024-10-21"),
        ("https://a.example/v1?key=hidden&hidden", "https://a.example/v1?key=…&…"),
        ("http://[", "…"),
    ],
)
def test_a_url_is_shown_without_what_may_be_secret(url: str, shown: str) -> None:
    assert shown_url(url) == shown
    assert has_secret(url) is ("hidden" in url)
