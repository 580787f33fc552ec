"""The files for containers name what there is: they cannot be run here, and so much can be held without."""

import re
from typing import Any

import pytest

import app  # noqa: F401 - it puts the commands together
from assistant.face.cli import loaded
from assistant.face.ui.access import TOKEN_VARIABLE
from tests.conftest import PROJECT

DAYBOOKS = ("daybook-1", "daybook-2")


def text_of(name: str) -> str:
    return (PROJECT / name).read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    yaml = pytest.importorskip("yaml", reason="Chroma brings it")
    read: dict[str, Any] = yaml.safe_load(text_of("compose.yaml"))
    return read


def known_variables(command: str) -> set[str]:
    """The variables of the environment that a command of ours takes."""
    return {str(found) for parameter in loaded(command).params if (found := parameter.envvar)} | {TOKEN_VARIABLE}


def test_a_chroma_two_daybooks_a_proxy_and_one_that_writes(compose: dict[str, Any]) -> None:
    assert set(compose["services"]) == {"chroma", *DAYBOOKS, "proxy", "writer"}
    one, other = (compose["services"][name] for name in DAYBOOKS)
    assert one == other
    assert {"library:/library:ro", "models:/models:ro", "state:/state"} == set(one["volumes"])
    assert "library:/library" in compose["services"]["writer"]["volumes"]
    assert compose["services"]["writer"]["profiles"] == ["writer"], "`up` does not start it"
    named = {place.partition(":")[0] for service in compose["services"].values() for place in service["volumes"]}
    assert {name for name in named if name.isalpha()} <= set(compose["volumes"])


def test_the_server_is_of_the_version_of_its_client(compose: dict[str, Any]) -> None:
    locked = re.search(r"^chromadb==(\S+)", text_of("requirements.lock"), re.MULTILINE)
    assert locked is not None
    assert compose["services"]["chroma"]["image"] == f"chromadb/chroma:{locked[1]}"


def test_only_the_proxy_is_reached_from_outside(compose: dict[str, Any]) -> None:
    assert [name for name, service in compose["services"].items() if "ports" in service] == ["proxy"]


def test_the_command_and_its_variables_are_ours(compose: dict[str, Any]) -> None:
    served = compose["services"]["daybook-1"]
    name, *options = served["command"].split()
    assert loaded(name).make_context(name, options).params["host"] == "0.0.0.0"  # noqa: S104 - as it stands there
    ours = {variable for variable in served["environment"] if variable.startswith("DAYBOOK_")}
    assert ours == {"DAYBOOK_CHROMA", "DAYBOOK_CONVERSATIONS", "DAYBOOK_NAMES", "DAYBOOK_TOKEN"}
    assert ours <= known_variables(name)
    assert set(compose["services"]["writer"]["environment"]) <= known_variables("ingest")
    assert served["environment"]["DAYBOOK_CHROMA"] == "http://chroma:8000"


def test_the_proxy_sends_a_browser_to_the_same_daybook(compose: dict[str, Any]) -> None:
    proxy = text_of("Caddyfile")
    assert re.findall(r"(\S+):7860", proxy) == list(DAYBOOKS)
    assert "lb_policy cookie " in proxy
    wanted = set(re.findall(r"\{\$(\w+)", proxy))
    assert wanted == set(compose["services"]["proxy"]["environment"])
    assert "./Caddyfile:/etc/caddy/Caddyfile:ro" in compose["services"]["proxy"]["volumes"]


def test_the_image_starts_our_command() -> None:
    dockerfile = text_of("Dockerfile")
    (entry,) = re.findall(r'^ENTRYPOINT \["(\S+)"\]', dockerfile, re.MULTILINE)
    assert f'{entry} = "app:main"' in text_of("pyproject.toml")
    assert "COPY requirements.lock ./" in dockerfile
    assert re.search(r"^USER daybook$", dockerfile, re.MULTILINE), "not as root"
    assert set(re.findall(r"DAYBOOK_\w+", dockerfile)) <= known_variables("serve") | {"DAYBOOK_MODELS"}


@pytest.mark.parametrize("name", ["Dockerfile", "compose.yaml", "Caddyfile"])
def test_no_address_of_elsewhere_stands_in_them(name: str) -> None:
    urls = set(re.findall(r"https?://[^\s\"']+", text_of(name)))
    assert urls <= {"http://chroma:8000", "https://localhost/?token=$DAYBOOK_TOKEN"}
