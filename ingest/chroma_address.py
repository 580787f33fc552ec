"""Where a Chroma server is and what it is told to let us in; read without Chroma, which is slow to import."""

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from ingest.errors import InputError

TOKEN_VARIABLE = "DAYBOOK_CHROMA_TOKEN"  # noqa: S105 - a variable's name
CREDENTIALS_VARIABLE = "CHROMA_CLIENT_AUTH_CREDENTIALS"
PROVIDER_VARIABLE = "CHROMA_CLIENT_AUTH_PROVIDER"
HEADER_VARIABLE = "CHROMA_AUTH_TOKEN_TRANSPORT_HEADER"
"""The last three are what Chroma's own client reads, which take the same values here."""
_DEFAULT_PORTS = {"http": 80, "https": 443}
_HEADERS = ("Authorization", "X-Chroma-Token")
_PROVIDERS = {"basic": "basic_authn.BasicAuthClientProvider", "token": "token_authn.TokenAuthClientProvider"}
_NO_ADDRESS = "the address of the Chroma server is none; write it as http://host:8000 or https://host/path"
"""Without the address: it may hold a password, and one that cannot be read cannot be cut out of it."""
_PARAMETERS = {"tenant": "default_tenant", "database": "default_database"}


@dataclass(frozen=True, slots=True)
class ChromaAddress:
    """A Chroma server: `url` without credentials or a query, which can be shown; `headers` hold the secret."""

    url: str
    tenant: str = _PARAMETERS["tenant"]
    database: str = _PARAMETERS["database"]
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


def chroma_address(text: str, environment: Mapping[str, str] = MappingProxyType({})) -> ChromaAddress:
    """The server of `http(s)://[user:password@]host[:port][/path][?tenant=…&database=…]`.

    The secret is that of the address, else what variables of the environment hold: a token, or user:password, since
    a bearer token has no colon (RFC 6750).

    Raises:
        InputError: it is no such address, or a secret that cannot be sent; the message tells neither.
    """
    parts = _split(text.strip())
    port = parts.port
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    place = host if port in {None, _DEFAULT_PORTS[parts.scheme]} else f"{host}:{port}"
    secret = (_of_address(parts), "") if "@" in parts.netloc else _of_environment(environment)
    headers = {} if not secret[0] else _headers(*secret, environment.get(HEADER_VARIABLE, ""))
    return ChromaAddress(f"{parts.scheme}://{place}{parts.path.rstrip('/')}", *_named(parts.query), headers)


def _split(text: str) -> SplitResult:
    try:
        parts = urlsplit(text)
        is_one = parts.scheme in _DEFAULT_PORTS and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port that is no number, half of an IPv6 address
        raise InputError(_NO_ADDRESS) from None
    if not is_one or parts.fragment or not text.isprintable() or " " in text:
        raise InputError(_NO_ADDRESS)
    return parts


def _named(query: str) -> tuple[str, str]:
    """The tenant and the database that a query names."""
    given = parse_qs(query, keep_blank_values=True)
    if given.keys() - _PARAMETERS.keys() or not all(len(values) == 1 and values[0] for values in given.values()):
        raise InputError(
            "the address of the Chroma server may end in ?tenant=…&database=…, each once, and in nothing else"
        )
    tenant, database = (given.get(name, [default])[0] for name, default in _PARAMETERS.items())
    return tenant, database


def _of_address(parts: SplitResult) -> str:
    return f"{unquote(parts.username or '')}:{unquote(parts.password or '')}"


def _of_environment(environment: Mapping[str, str]) -> tuple[str, str]:
    """The secret and the name of the way in which it is sent, empty where it tells that itself."""
    if own := environment.get(TOKEN_VARIABLE, "").strip():
        return own, ""
    provider = environment.get(PROVIDER_VARIABLE, "")
    ways = [way for way, name in _PROVIDERS.items() if provider in {way, name, f"chromadb.auth.{name}"}]
    if provider and not ways:  # it names code to load, and what the environment names is not loaded
        raise InputError(f"{PROVIDER_VARIABLE} is none that is known; write basic or token")
    return environment.get(CREDENTIALS_VARIABLE, "").strip(), ways[0] if ways else ""


def _headers(secret: str, way: str, header: str) -> dict[str, str]:
    if (way or ("basic" if ":" in secret else "token")) == "basic":
        return {"Authorization": f"Basic {b64encode(secret.encode()).decode()}"}
    name = next((known for known in _HEADERS if known.lower() == (header or _HEADERS[0]).lower()), None)
    if name is None:
        raise InputError(f"{HEADER_VARIABLE} is none that Chroma knows; write {' or '.join(_HEADERS)}")
    if not (secret.isascii() and secret.isprintable() and " " not in secret):
        raise InputError(f"{TOKEN_VARIABLE} holds what no token has; write letters, digits and punctuation")
    return {name: f"Bearer {secret}" if name == _HEADERS[0] else secret}
