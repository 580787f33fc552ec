"""The address of a Chroma server: what is one, what is sent with it, and that no secret is shown."""

from base64 import b64decode

import pytest

from ingest.chroma_address import ChromaAddress, chroma_address
from ingest.errors import InputError

SECRET = "s3cret-of-nobody"  # noqa: S105 - it opens nothing


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("http://localhost:8000", "http://localhost:8000"),
        (" http://localhost:8000/\n", "http://localhost:8000"),
        ("HTTP://Chroma.Example.org:80/", "http://chroma.example.org"),
        ("https://chroma.example.org:443/behind/a/proxy/", "https://chroma.example.org/behind/a/proxy"),
        ("http://[::1]:8000", "http://[::1]:8000"),
        ("http://somebody:secret@host:8000", "http://host:8000"),
    ],
)
def test_an_address_is_shown_without_what_is_nobodys_business(text: str, url: str) -> None:
    assert chroma_address(text).url == url


def test_a_tenant_and_a_database_are_named_in_it() -> None:
    assert chroma_address("http://host") == ChromaAddress("http://host", "default_tenant", "default_database")
    named = chroma_address("http://host:8000/?tenant=a%20team&database=papers")
    assert (named.url, named.tenant, named.database) == ("http://host:8000", "a team", "papers")


@pytest.mark.parametrize(
    "text",
    [
        *("", "localhost:8000", "//host", "ftp://host", "http://", "http://:8000", "http://host:port", "http://[::1"),
        *("http://host:0", "http://host:70000", "http://a b", "http://host/\x00", "http://host/#part", "/a/path"),
        *("http://host?tenant=", "http://host?tenant=a&tenant=b", "http://host?key=a", f"me:{SECRET}@host:8000"),
        *(f"http://me:{SECRET}@host:port", f"http://me:{SECRET}@host?token={SECRET}", f"http://me:{SECRET}@"),
    ],
)
def test_what_is_none_is_told_in_one_line_that_repeats_nothing(text: str) -> None:
    with pytest.raises(InputError) as told:
        chroma_address(text)
    assert "the address of the Chroma server" in str(told.value)
    assert SECRET not in str(told.value)
    assert len(str(told.value).splitlines()) == 1


@pytest.mark.parametrize(
    ("environment", "header", "value"),
    [
        ({"DAYBOOK_CHROMA_TOKEN": SECRET}, "Authorization", f"Bearer {SECRET}"),
        ({"CHROMA_CLIENT_AUTH_CREDENTIALS": SECRET}, "Authorization", f"Bearer {SECRET}"),
        (
            {"DAYBOOK_CHROMA_TOKEN": SECRET, "CHROMA_AUTH_TOKEN_TRANSPORT_HEADER": "X-Chroma-Token"},
            "X-Chroma-Token",
            SECRET,
        ),
        ({"DAYBOOK_CHROMA_TOKEN": f"me:{SECRET}"}, "Authorization", f"Basic me:{SECRET}"),
        (
            {
                "CHROMA_CLIENT_AUTH_PROVIDER": "chromadb.auth.basic_authn.BasicAuthClientProvider",
                "CHROMA_CLIENT_AUTH_CREDENTIALS": f"me:{SECRET}",
            },
            "Authorization",
            f"Basic me:{SECRET}",
        ),
        (
            {"DAYBOOK_CHROMA_TOKEN": SECRET, "CHROMA_CLIENT_AUTH_CREDENTIALS": "another"},
            "Authorization",
            f"Bearer {SECRET}",
        ),
    ],
)
def test_a_secret_is_sent_as_chroma_takes_it_and_never_shown(
    environment: dict[str, str], header: str, value: str
) -> None:
    address = chroma_address("http://host:8000", environment)
    sent = address.headers[header]
    assert (f"Basic {b64decode(sent[6:]).decode()}" if sent.startswith("Basic ") else sent) == value
    assert list(address.headers) == [header]
    assert SECRET not in repr(address)


def test_what_the_address_says_goes_before_the_environment() -> None:
    address = chroma_address(f"http://me:{SECRET}%40@host", {"DAYBOOK_CHROMA_TOKEN": "another"})
    assert b64decode(address.headers["Authorization"][6:]).decode() == f"me:{SECRET}@"
    assert SECRET not in repr(address) + address.url


@pytest.mark.parametrize(
    ("environment", "told"),
    [
        ({"DAYBOOK_CHROMA_TOKEN": f"{SECRET}\n{SECRET}"}, "DAYBOOK_CHROMA_TOKEN holds what no token has"),
        ({"DAYBOOK_CHROMA_TOKEN": f"ü{SECRET}"}, "DAYBOOK_CHROMA_TOKEN holds what no token has"),
        (
            {"DAYBOOK_CHROMA_TOKEN": SECRET, "CHROMA_AUTH_TOKEN_TRANSPORT_HEADER": "Host"},
            "write Authorization or X-Chroma-Token",
        ),
        (
            {"CHROMA_CLIENT_AUTH_PROVIDER": "os.system", "CHROMA_CLIENT_AUTH_CREDENTIALS": SECRET},
            "write basic or token",
        ),
    ],
)
def test_a_secret_that_cannot_be_sent_is_told_without_it(environment: dict[str, str], told: str) -> None:
    with pytest.raises(InputError, match=told) as error:
        chroma_address("http://host:8000", environment)
    assert SECRET not in str(error.value)
