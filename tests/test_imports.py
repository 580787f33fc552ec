"""Imports point one way, and a library that we build on is known to one file only."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import PROJECT

MAY_IMPORT = {
    "app": {"assistant", "ingest", "eval"},
    "eval": {"assistant", "ingest"},
    "assistant": {"ingest", "prompts"},
    "ingest": set[str](),
    "prompts": set[str](),
}
FLOORS = (
    {"learned", "language"},
    {"question"},
    {"answer", "finding"},
    {"reading", "help"},
    {"answering", "conversation"},
    {"comparing", "day", "facts", "llm"},
    {"following"},
    {"engine"},
    {"face"},
)
"""The rooms of `assistant/`, from the ground up: each imports from below only."""
ONE_FILE_EACH = {
    "chromadb": ["ingest/chroma_server.py", "ingest/index.py"],  # on a server and beside the library: nothing in common
    "sqlite3": ["ingest/sqlite.py"],
    "tiktoken": ["ingest/chunking.py"],
    "onnxruntime": ["ingest/onnx.py"],
    "pylatexenc": ["ingest/latex/parsing.py"],
    "xllamacpp": ["assistant/llm/server.py"],
}
NEVER = {"torch"}


def sources() -> list[Path]:
    """Every Python file of the project but the tests, relative to its root."""
    folders = [name for name in MAY_IMPORT if name != "app"]
    files = [path for folder in folders for path in (PROJECT / folder).rglob("*.py")]
    return sorted(path.relative_to(PROJECT) for path in [*files, PROJECT / "app.py"])


def imported_modules(source: str) -> Iterator[str]:
    """The modules that a file imports, wherever in it, type-checking blocks and strings to `import_module` too."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            yield node.module or ""
        elif isinstance(node, ast.Call) and ast.unparse(node.func) in {
            "__import__",
            "import_module",
            "importlib.import_module",
        }:
            assert isinstance(node.args[0], ast.Constant), "an import by a computed name cannot be checked"
            yield str(node.args[0].value)


def roots_of(path: Path) -> set[str]:
    text = (PROJECT / path).read_text(encoding="utf-8")
    return {module.partition(".")[0] for module in imported_modules(text)}


def place_of(path: Path) -> str:
    return path.parts[0].removesuffix(".py")


def test_every_place_has_files() -> None:
    assert {place_of(path) for path in sources()} == set(MAY_IMPORT)
    assert {path.name.removesuffix(".py") for path in PROJECT.glob("*.py")} == {"app"}


@pytest.mark.parametrize("path", sources(), ids=str)
def test_imports_point_one_way(path: Path) -> None:
    place = place_of(path)
    ours = roots_of(path) & {*MAY_IMPORT, "tests"}
    assert ours <= MAY_IMPORT[place] | {place}


def test_every_room_of_the_assistant_has_a_floor() -> None:
    rooms = {path.parts[1].removesuffix(".py") for path in sources() if place_of(path) == "assistant"}
    floors = [room for floor in FLOORS for room in floor]
    assert sorted(rooms - {"__init__"}) == sorted(floors)


@pytest.mark.parametrize("path", [path for path in sources() if len(path.parts) > 2 and path.parts[0] == "assistant"])
def test_rooms_import_from_floors_below(path: Path) -> None:
    own = next(floor for floor in FLOORS if path.parts[1] in floor)
    below = {room for floor in FLOORS[: FLOORS.index(own)] for room in floor} | {path.parts[1]}
    text = (PROJECT / path).read_text(encoding="utf-8")
    ours = {module.split(".")[1] for module in imported_modules(text) if module.startswith("assistant.")}
    assert ours <= below


@pytest.mark.parametrize("library", ONE_FILE_EACH)
def test_a_library_is_known_to_one_file(library: str) -> None:
    assert [path.as_posix() for path in sources() if library in roots_of(path)] == ONE_FILE_EACH[library]


def test_what_is_not_wanted_is_imported_nowhere() -> None:
    assert {str(path): roots_of(path) & NEVER for path in sources() if roots_of(path) & NEVER} == {}


def test_modules_do_not_import_each_other_in_a_circle() -> None:
    names = {".".join(path.with_suffix("").parts).removesuffix(".__init__"): path for path in sources()}
    graph = {name: direct_imports(path) & names.keys() for name, path in names.items()}
    done: set[str] = set()

    def walk(name: str, above: tuple[str, ...]) -> None:
        assert name not in above, " → ".join([*above, name])
        if name not in done:
            for other in graph[name] - {name}:
                walk(other, (*above, name))
            done.add(name)

    for name in graph:
        walk(name, ())


def direct_imports(path: Path) -> set[str]:
    """What a file imports when it is loaded; `from a import b` may name the module `a.b`."""
    tree = ast.parse((PROJECT / path).read_text(encoding="utf-8"))
    found: set[str] = set()
    for node in tree.body:
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.update({node.module, *(f"{node.module}.{alias.name}" for alias in node.names)})
    return found


def test_the_reader_of_imports_sees_every_form() -> None:
    lines = [
        "import a.b, c",
        "from d.e import f",
        "def g():",
        "    import h",
        "import_module('i.j')",
        "__import__('k')",
    ]
    assert sorted(imported_modules("\n".join(lines))) == ["a.b", "c", "d.e", "h", "i.j", "k"]


def test_ingest_is_imported_without_the_slow_libraries() -> None:
    """Chroma is only for large libraries: a command that only reads does not wait for it."""
    code = "import sys, ingest.library, ingest.pipeline; print('chromadb' in sys.modules, 'torch' in sys.modules)"
    shown = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert shown.stdout.split() == ["False", "False"]
