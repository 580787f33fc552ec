"""A collection of chunk vectors on a Chroma server; with `ingest/index.py` all that imports chromadb.

The server is asked through Chroma's own client. What that lacks is added here: it waits forever, loads code that the
environment names, and reads a `.env` of whatever folder a program was started in.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import numpy as np
from chromadb.api.fastapi import FastAPI
from chromadb.api.models.Collection import Collection
from chromadb.config import Settings, System
from chromadb.errors import ChromaError, NotFoundError
from numpy.typing import NDArray

from ingest.chroma_address import TOKEN_VARIABLE, ChromaAddress
from ingest.errors import ChromaServerError, ChromaServerSilentError
from ingest.index import SEARCH

_CONNECT_SECONDS, _ANSWER_SECONDS, _CHANGE_SECONDS = 2.0, 10.0, 120.0
"""Most that it may take to reach the server, to be answered, and to change something: the first question after its
start waits until it has read a collection, and a batch is built into the graph before it is acknowledged."""
_IDS_AT_ONCE = 10_000
_STATE = "daybook_state"


class _ImpatientClient(FastAPI):
    """Chroma's client, with an end to its patience, and a word for who is not let in."""

    def __init__(self, system: System) -> None:
        super().__init__(system)
        self._session.timeout = httpx.Timeout(_ANSWER_SECONDS, connect=_CONNECT_SECONDS)
        self._session.event_hooks = {"response": [_let_in]}

    def wait_for(self, seconds: float) -> None:
        """Wait so long for each answer from now on."""
        self._session.timeout = httpx.Timeout(seconds, connect=_CONNECT_SECONDS)

    def disconnect(self) -> None:
        """Close the connections."""
        self._session.close()


class _NotLetInError(Exception):
    """The server, or what stands before it, wants other credentials."""


class _NoServerError(Exception):
    """What stands before the server does not reach it, or sends elsewhere."""


def _let_in(response: httpx.Response) -> None:
    """Raise for answers that are not Chroma's own, whose words need not be shown."""
    if response.status_code in {401, 403, 407}:
        raise _NotLetInError
    if response.status_code in {502, 503, 504} or response.is_redirect:
        raise _NoServerError


@dataclass(frozen=True, slots=True)
class HeldVectors:
    """A collection as it was found: `key` tells it from one made anew, `state` is what it was said to hold."""

    key: str
    state: str
    _collection: Collection
    _server: "ChromaServer"

    def count(self) -> int:
        """How many vectors it has."""
        with self._server.errors_told():
            return self._collection.count()

    def ids(self) -> set[str]:
        """The ids of all its vectors."""
        found: set[str] = set()
        with self._server.errors_told():
            while page := self._collection.get(include=[], limit=_IDS_AT_ONCE, offset=len(found))["ids"]:
                before = len(found)
                found.update(page)
                if len(page) < _IDS_AT_ONCE or len(found) == before:  # the last, or it changes meanwhile
                    break
        return found

    def nearest(self, vectors: NDArray[np.float32], limit: int) -> list[list[tuple[str, float]]]:
        """For each unit vector the ids nearest to it with their cosines, best first; approximate."""
        with self._server.errors_told():
            found = self._collection.query(query_embeddings=vectors, n_results=limit, include=["distances"])
            ids, distances = found["ids"], found["distances"] or []
            return [
                [(one, 1.0 - float(distance)) for one, distance in zip(some, far, strict=True)]
                for some, far in zip(ids, distances, strict=True)
            ]

    def put(self, ids: Sequence[str], vectors: NDArray[np.float32]) -> None:
        """Add vectors, or put them in the place of those with the same ids."""
        with self._server.errors_told():
            self._collection.upsert(ids=list(ids), embeddings=vectors)

    def drop(self, ids: Sequence[str]) -> None:
        """Take vectors away."""
        with self._server.errors_told():
            self._collection.delete(ids=list(ids))

    def mark(self, state: str) -> None:
        """Say what it holds."""
        with self._server.errors_told():
            self._collection.modify(metadata={_STATE: state})


class ChromaServer:
    """The collection of a library on a Chroma server.

    Raises, in everything it does:
        ChromaServerSilentError: it cannot be reached, is not answered in time, or lets us not in.
        ChromaServerError: it answers something else than Chroma does, or refuses; never in its own words.
    """

    def __init__(self, address: ChromaAddress, collection: str) -> None:
        self._address = address
        self._name = collection
        self._place: dict[str, str] = {"tenant": address.tenant, "database": address.database}
        self._client = _ImpatientClient(System(_settings(address)))

    def held(self) -> HeldVectors | None:
        """The collection as it is now; None where there is none."""
        with self.errors_told():
            try:
                return self._found(self._client.get_collection(self._name, **self._place))
            except NotFoundError:
                return None

    @contextmanager
    def changing(self, *, anew: bool = False) -> Iterator[HeldVectors]:
        """The collection, to be changed: nobody believes it until it is marked. Made where there is none, or `anew`."""
        self._client.wait_for(_CHANGE_SECONDS)
        try:
            yield self._begun(anew=anew)
        finally:
            self._client.wait_for(_ANSWER_SECONDS)

    def _begun(self, *, anew: bool) -> HeldVectors:
        configuration: dict[str, Any] = {"hnsw": SEARCH}
        with self.errors_told():
            if anew and self.held() is not None:
                self._client.delete_collection(self._name, **self._place)
            model = self._client.create_collection(
                self._name,
                configuration=configuration,  # type: ignore[arg-type]
                metadata={_STATE: ""},
                get_or_create=True,
                tenant=self._address.tenant,
                database=self._address.database,
            )
        begun = self._found(model)
        begun.mark("")
        return begun

    def _found(self, model: Any) -> HeldVectors:
        collection = Collection(client=self._client, model=model, embedding_function=None, data_loader=None)
        metadata: Mapping[str, Any] = model.metadata or {}
        return HeldVectors(str(model.id), str(metadata.get(_STATE, "")), collection, self)

    def close(self) -> None:
        """Close the connections."""
        self._client.disconnect()

    @contextmanager
    def errors_told(self) -> Iterator[None]:
        """Errors of whatever stands at the address, as ours."""
        try:
            yield
        except ChromaServerError:
            raise
        except httpx.TimeoutException as error:
            raise self._silent("does not answer in time") from error
        except (httpx.TransportError, _NoServerError) as error:
            raise self._silent("cannot be reached") from error
        except _NotLetInError:
            raise self._silent(f"does not let Daybook in; give it its token in {TOKEN_VARIABLE}") from None
        except NotFoundError as error:
            raise ChromaServerError(f"the Chroma server {self._address.url} has lost what it held") from error
        except ChromaError as error:
            raise ChromaServerError(f"the Chroma server {self._address.url} refuses ({error.name()})") from error
        except Exception as error:  # Chroma's client raises plain ones, and any where it is no Chroma server
            raise ChromaServerError(f"what {self._address.url} answers is not what a Chroma server does") from error

    def _silent(self, why: str) -> ChromaServerSilentError:
        return ChromaServerSilentError(f"the Chroma server {self._address.url} {why}")


def _settings(address: ChromaAddress) -> Settings:
    """What Chroma's client is told; nothing of it comes from the environment or a file but how TLS is checked."""
    return Settings(
        _env_file=None,
        chroma_api_impl="chromadb.api.fastapi.FastAPI",
        chroma_server_host=address.url,
        chroma_server_http_port=0,  # wanted, and not used where the host is a whole URL
        chroma_server_headers=dict(address.headers),
        chroma_client_auth_provider=None,
        chroma_client_auth_credentials=None,
        chroma_otel_collection_endpoint="",
        chroma_otel_granularity=None,
        anonymized_telemetry=False,
    )
