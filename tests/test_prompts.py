import ast
from collections.abc import Iterator
from pathlib import Path
from string import Template

import pytest

import prompts
from prompts import MissingVariablesError, fill, messages
from tests.conftest import PROJECT

FOLDER = PROJECT / "prompts"
PROMPTS = sorted(path.stem for path in FOLDER.glob("*.txt"))
TEXTS = sorted([*PROMPTS, *messages()])


def text_of(name: str) -> str:
    return messages().get(name) or (FOLDER / f"{name}.txt").read_text(encoding="utf-8").rstrip("\n")


def filled_in_code() -> dict[str, list[set[str]]]:
    """For each text, the variables of every call of `fill` in the project."""
    calls: dict[str, list[set[str]]] = {}
    for path in [
        PROJECT / "app.py",
        *(p for folder in ("assistant", "eval") for p in (PROJECT / folder).rglob("*.py")),
    ]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in {"fill", "prompts.fill"}:
                name = node.args[0]
                assert isinstance(name, ast.Constant), f"{path}: a text is named where it is filled"
                calls.setdefault(str(name.value), []).append({str(keyword.arg) for keyword in node.keywords})
    return calls


@pytest.fixture
def a_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A text of its own: two variables, one of them twice, and a price."""
    (tmp_path / "kites.txt").write_text("$who flies ${what}s.\n$who pays $$5.\n\n", encoding="utf-8")
    (tmp_path / "messages.toml").write_text('gulls = "$who feeds gulls."\n', encoding="utf-8")
    monkeypatch.setattr(prompts, "files", lambda _: tmp_path)
    caches = (prompts.messages, prompts._template)
    for one in caches:
        one.cache_clear()
    yield "kites"
    for one in caches:
        one.cache_clear()


def test_variables_are_filled(a_text: str) -> None:
    assert fill(a_text, who="Ann", what="kite") == "Ann flies kites.\nAnn pays $5."
    assert fill("gulls", who="Ann") == "Ann feeds gulls."


def test_what_is_filled_in_is_not_filled_again(a_text: str) -> None:
    assert fill(a_text, who="$what", what="$who") == "$what flies $whos.\n$what pays $5."


def test_every_missing_variable_is_named(a_text: str) -> None:
    with pytest.raises(MissingVariablesError, match=r"kites in prompts needs what, who$"):
        fill(a_text)
    with pytest.raises(MissingVariablesError, match=r"needs what$"):
        fill(a_text, who="Ann")


def test_a_variable_that_the_text_does_not_have_is_named(a_text: str) -> None:
    with pytest.raises(ValueError, match=r"kites in prompts has no when, why$"):
        fill(a_text, who="Ann", what="kite", why="wind", when="now")


def test_a_text_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(FileNotFoundError, match="no_such_text"):
        fill("no_such_text")


@pytest.mark.parametrize("name", TEXTS)
def test_every_text_is_valid(name: str) -> None:
    text = text_of(name)
    assert Template(text).is_valid()
    assert text
    assert text == text.strip()
    variables = Template(text).get_identifiers()
    shown = fill(name, **{variable: f"<{variable}>" for variable in variables})
    assert all(f"<{variable}>" in shown for variable in variables)
    assert not shown.endswith("\n")


def test_every_text_is_filled_somewhere_with_its_variables() -> None:
    calls = filled_in_code()
    assert sorted(calls) == TEXTS
    for name, given in calls.items():
        assert all(variables == set(Template(text_of(name)).get_identifiers()) for variables in given), name


def test_the_folder_holds_texts_only() -> None:
    others = {path.name for path in FOLDER.iterdir() if path.suffix != ".txt"} - {"__init__.py", "__pycache__"}
    assert others == {"messages.toml"}
    assert messages().keys().isdisjoint(PROMPTS)
