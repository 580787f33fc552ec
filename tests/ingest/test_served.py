"""The vectors of a library on a real Chroma server: the same answers, and none of it believed when it is not so."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import ingest.chroma_server
import ingest.served
from assistant.engine.daybook import Daybook
from ingest.chroma_address import chroma_address
from ingest.chroma_server import ChromaServer, HeldVectors
from ingest.database import Takeout
from ingest.errors import ChromaServerError, ChromaServerSilentError
from ingest.library import Library
from ingest.scores import NearestScores
from ingest.served import MOMENTS_FILE, NAME_FILE, ServedVectors
from tests.conftest import WordEmbedder
from tests.ingest.builders import a_paper, an_entry, many_prepared, prepared, unit_vectors
from tests.ingest.chroma_process import ChromaProcess, chroma_running, gate_before

VECTORS = unit_vectors(60)
LATER = unit_vectors(10, seed=1)
QUESTIONS = [
    "What does KerbFirst predict?",
    "polyp segmentation",
    "How are vessels tracked that are hidden?",
    "papers on vessels of 3 November 2026",
    "Who is the mother of a yeast cell?",
    "nothing of this is in any of them: zyzzyva",
    "flooding",
]
UNBELIEVED = "does not hold what this library holds now"


@pytest.fixture(scope="module")
def chroma(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ChromaProcess]:
    """A server that the tests share, as libraries do."""
    with chroma_running(tmp_path_factory.mktemp("chroma") / "data") as running:
        yield running


@pytest.fixture(scope="module")
def sample(chroma: ChromaProcess, sample_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A closed library of the sample whose vectors are on the server."""
    folder = tmp_path_factory.mktemp("sample") / "library"
    with Daybook(Library(folder, chroma=chroma_address(chroma.url)), WordEmbedder) as book:
        book.ingest([sample_folder])
    return folder


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ingest.served, "RETRY_SECONDS", 0.0)


@pytest.fixture
def library(chroma: ChromaProcess, tmp_path: Path) -> Iterator[Library]:
    """A library of 60 papers whose vectors are on the server."""
    with Library(tmp_path / "library", chroma=chroma_address(chroma.url)) as opened:
        with opened.writer():
            opened.save(many_prepared(VECTORS))
            opened.sync_index()
        yield opened


def of(library: Library) -> ServedVectors:
    assert library._served is not None
    return library._served


def collection_of(library: Library) -> HeldVectors:
    held = of(library)._reached().held()
    assert held is not None
    return held


def is_served(library: Library) -> bool:
    """Whether the server answers; whoever answers, the best paper is the one asked for."""
    found = library.dense_scores(VECTORS[3])
    assert found.rows[found.scores.argmax()] == 4
    return isinstance(found, NearestScores)


# ---- the same answers


def test_answers_are_those_of_a_library_without_a_server(
    chroma: ChromaProcess, sample: Path, caplog: pytest.LogCaptureFixture
) -> None:
    served = Daybook(Library(sample, chroma=chroma_address(chroma.url)), WordEmbedder)
    with served, Daybook(Library(sample), WordEmbedder) as alone:
        for question in QUESTIONS:
            same_search(served, alone, question, 20)
            assert served.ask(question).text == alone.ask(question).text
        assert isinstance(served.library.dense_scores(served.finder.vector("polyps")), NearestScores)
        assert served.examine() == []
    assert not (sample / "chroma").exists(), "the index beside the library is not made for nothing"
    assert caplog.messages == []


def same_search(served: Daybook, alone: Daybook, question: str, limit: int) -> None:
    found, expected = served.search(question, limit), alone.search(question, limit)
    assert [one.arxiv_id for one in found] == [one.arxiv_id for one in expected], question
    assert [one.score for one in found] == pytest.approx([one.score for one in expected], abs=1e-4)


def test_of_a_part_of_the_papers_the_ranking_is_that_of_all(
    chroma: ChromaProcess, sample: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingest.served, "_NEAREST_CHUNKS", 12)
    served = Daybook(Library(sample, chroma=chroma_address(chroma.url)), WordEmbedder)
    with served, Daybook(Library(sample), WordEmbedder) as alone:
        for question in QUESTIONS[:5]:
            same_search(served, alone, question, 5)
        assert len(served.library.dense_scores(served.finder.vector("polyps")).rows) == 12


def test_a_wide_scope_is_searched_whole(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ingest.served, "_MOST_READ", 30)
    narrow, wide = (library.dense_scores(VECTORS[3], within=np.arange(1, end)) for end in (31, 32))
    assert isinstance(narrow, NearestScores)
    assert len(wide.rows) == len(VECTORS)
    assert not isinstance(wide, NearestScores)


def test_an_empty_library_has_nothing_to_ask_for(chroma: ChromaProcess, tmp_path: Path) -> None:
    with Library(tmp_path / "empty", chroma=chroma_address(chroma.url)) as empty:
        with empty.writer():
            empty.sync_index()
        assert len(empty.dense_scores(VECTORS[0]).rows) == 0
        assert empty.index_is_current()


# ---- what the server holds


def test_what_is_new_replaced_and_taken_out_is_so_on_the_server(library: Library) -> None:
    with library.writer():
        library.save(many_prepared(LATER[:2], first=61))
        library.save([prepared(an_entry(a_paper("2101.00005", "Paper 5", "Another text.", 2)), LATER[2], LATER[3])])
        library.take_out(Takeout(papers=(7,)))
        assert not library.index_is_current()
        library.sync_index()
    assert library.index_is_current()
    assert is_served(library)
    near = {int(library.dense_scores(v).rows[library.dense_scores(v).scores.argmax()]) for v in LATER[:2]}
    assert near == {61, 62}
    for vector in LATER[2:4]:
        found = library.dense_scores(vector)
        assert (found.rows[found.scores.argmax()], found.scores.max()) == (5, pytest.approx(1, abs=1e-5))
    assert 7 not in library.dense_scores(VECTORS[6]).rows
    assert collection_of(library).count() == 62


def test_several_libraries_share_a_server(library: Library, chroma: ChromaProcess, tmp_path: Path) -> None:
    with Library(tmp_path / "other", chroma=chroma_address(chroma.url)) as other:
        with other.writer():
            other.save(many_prepared(LATER))
            other.sync_index()
        assert collection_of(other).count() == len(LATER)
    assert collection_of(library).count() == len(VECTORS)
    assert is_served(library)


def test_what_was_begun_is_gone_on_with(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ingest.served, "_BATCH", 4)
    put, sizes = HeldVectors.put, list[int]()

    def breaks_off(self: HeldVectors, ids: list[str], vectors: np.ndarray) -> None:
        sizes.append(len(ids))
        if len(sizes) == 2:
            raise ChromaServerSilentError("the Chroma server is gone")
        put(self, ids, vectors)

    monkeypatch.setattr(HeldVectors, "put", breaks_off)
    with library.writer():
        library.save(many_prepared(LATER, first=61))
        with pytest.raises(ChromaServerSilentError, match="your papers are safe: run the same again"):
            library.sync_index()
        assert not is_served(library), "a part is not taken for the whole"
        library.sync_index()
    assert sizes == [4, 4, 4, 2], "what was there is not sent again"
    assert is_served(library)


def test_a_half_built_collection_is_not_believed(library: Library, caplog: pytest.LogCaptureFixture) -> None:
    assert is_served(library)
    with of(library)._reached().changing() as begun:
        assert not is_served(library)
        assert not is_served(library)
        (line,) = caplog.messages
        assert f"{UNBELIEVED}; daybook ingest or daybook doctor --repair bring it there; " in line
        assert "the library's own vectors are searched meanwhile, with the same results" in line
        begun.mark(ingest.served._state(library.database)[1])
    assert is_served(library)
    assert caplog.messages[1:] == [f"the Chroma server {of(library)._address.url} is used again"]


def test_what_is_of_another_state_is_not_believed(library: Library, tmp_path: Path) -> None:
    earlier = Path(shutil.copytree(library.folder, tmp_path / "earlier"))
    with library.writer():
        library.save(many_prepared(LATER, first=61))
        assert not is_served(library), "SQLite has more"
        library.sync_index()
    with Library(earlier, chroma=of(library)._address) as restored:
        assert not is_served(restored), "the server has more"
        assert not restored.index_is_current()
        with restored.writer():
            restored.sync_index()
        assert is_served(restored)
        assert collection_of(restored).count() == len(VECTORS)
    assert not is_served(library), "a copy of the library has taken its name"


@pytest.mark.parametrize("file", [NAME_FILE, MOMENTS_FILE])
def test_files_beside_the_library_that_are_gone_are_made_anew(library: Library, file: str) -> None:
    (library.folder / file).unlink()
    with Library(library.folder, chroma=of(library)._address) as reader:
        assert not is_served(reader)
        assert not reader.index_is_current()
        with reader.writer():
            reader.sync_index()
        assert is_served(reader)


def test_vectors_that_are_gone_or_wrong_are_noticed(library: Library) -> None:
    """Also those that are in no sample."""
    address = of(library)._address
    held = collection_of(library)
    sampled = library.database.chunk_sample(ingest.served._SAMPLE)
    one = next(chunk_id for chunk_id in sorted(held.ids()) if int(chunk_id.split("-")[1]) not in sampled)
    held.drop([one])
    with Library(library.folder, chroma=address) as reader:
        assert not is_served(reader), "one is missing"
    assert not library.index_is_current()
    held.put([one], LATER[0][None])
    with Library(library.folder, chroma=address) as reader:
        assert not is_served(reader), "one says something else"
    held.drop([one])
    assert not library.index_is_current()
    with library.writer():
        library.sync_index()
    assert library.index_is_current()
    assert is_served(library)


def test_a_collection_that_is_made_anew_is_not_the_one_that_was(library: Library) -> None:
    assert is_served(library)
    with of(library)._reached().changing(anew=True):
        assert not is_served(library)
    assert not is_served(library)


# ---- when the server is not there


def test_killed_and_back(tmp_path: Path, sample: Path, caplog: pytest.LogCaptureFixture) -> None:
    folder = Path(shutil.copytree(sample, tmp_path / "library"))
    with (
        chroma_running(tmp_path / "own") as own,
        Daybook(Library(folder, chroma=chroma_address(own.url)), WordEmbedder) as book,
    ):
        (finding,) = book.examine(repair=True)
        assert finding.problem == f"the index on the Chroma server {own.url} is missing, damaged or not up to date"
        before = book.ask(QUESTIONS[0]).text
        assert caplog.messages == []
        own.kill()
        assert [book.ask(QUESTIONS[0]).text for _ in range(3)] == [before] * 3
        assert caplog.messages == [
            f"the Chroma server {own.url} cannot be reached; "
            "the library's own vectors are searched meanwhile, with the same results"
        ]
        (finding,) = book.examine()
        assert (finding.problem, finding.is_repaired) == (f"the Chroma server {own.url} cannot be reached", False)
        own.start()
        assert book.ask(QUESTIONS[0]).text == before
        assert caplog.messages[1:] == [f"the Chroma server {own.url} is used again"]
        assert book.examine() == []


def test_a_server_that_says_nothing_is_not_waited_for(
    library: Library, chroma: ChromaProcess, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(ingest.chroma_server, "_ANSWER_SECONDS", 0.3)
    with Library(library.folder, chroma=of(library)._address) as impatient:
        with chroma.hanging():
            assert not is_served(impatient)
            assert f"the Chroma server {chroma.url} does not answer in time; " in caplog.messages[0]
        monkeypatch.setattr(ingest.chroma_server, "_ANSWER_SECONDS", 10)
        impatient._served = ServedVectors(of(library)._address, library.folder, lambda: library.database)
        assert is_served(impatient)
        of(impatient).close()


def test_a_server_that_failed_is_left_alone_for_a_while(
    library: Library, chroma: ChromaProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = list[str]()

    def fails(_: ChromaServer) -> None:
        asked.append("")
        raise ChromaServerSilentError("gone")

    monkeypatch.setattr(ingest.served, "RETRY_SECONDS", 60.0)
    with Library(library.folder, chroma=chroma_address(chroma.url)) as reader:
        assert is_served(reader)
        with monkeypatch.context() as patch:
            patch.setattr(ChromaServer, "held", fails)
            for _ in range(5):
                assert not is_served(reader)
        assert len(asked) == 1
        assert not is_served(reader), "it is back, and that is seen later"
        of(reader)._next_try = 0.0
        assert is_served(reader)


def test_papers_are_safe_where_the_server_is_not_there(tmp_path: Path) -> None:
    nowhere = chroma_address("http://127.0.0.1:9")
    with Library(tmp_path / "library", chroma=nowhere) as library:
        with library.writer():
            library.save(many_prepared(VECTORS))
            with pytest.raises(
                ChromaServerError, match=r"http://127\.0\.0\.1:9 cannot be reached; your papers are safe"
            ):
                library.sync_index()
        assert len(library.lexical_table()) == len(VECTORS)
        assert not is_served(library)
    with Library(tmp_path / "library") as alone:
        assert len(alone.dense_scores(VECTORS[0]).rows) == len(VECTORS)


@pytest.mark.parametrize(
    ("header", "value", "environment"),
    [
        ("Authorization", "Bearer the-token-of-a-test", {"DAYBOOK_CHROMA_TOKEN": "the-token-of-a-test"}),
        (
            "X-Chroma-Token",
            "the-token-of-a-test",
            {
                "CHROMA_CLIENT_AUTH_CREDENTIALS": "the-token-of-a-test",
                "CHROMA_AUTH_TOKEN_TRANSPORT_HEADER": "X-Chroma-Token",
            },
        ),
        ("Authorization", "Basic bWU6aW4=", {"DAYBOOK_CHROMA_TOKEN": "me:in"}),
    ],
)
def test_credentials_let_in_and_without_them_it_is_said(  # noqa: PLR0917 - fixtures and three parameters
    library: Library,
    chroma: ChromaProcess,
    caplog: pytest.LogCaptureFixture,
    header: str,
    value: str,
    environment: dict[str, str],
) -> None:
    with gate_before(chroma, header, value) as url:
        with Library(library.folder, chroma=chroma_address(url, environment)) as let_in:
            assert is_served(let_in)
        assert caplog.messages == []
        for wrong in ({}, {"DAYBOOK_CHROMA_TOKEN": "a-wrong-one"}):
            with Library(library.folder, chroma=chroma_address(url, wrong)) as kept_out:
                assert not is_served(kept_out)
    assert len(caplog.messages) == 2
    for line in caplog.messages:
        assert f"{url} does not let Daybook in; give it its token in DAYBOOK_CHROMA_TOKEN;" in line
        assert "a-wrong-one" not in line
        assert "who are you" not in line


def test_what_is_no_chroma_server_is_told(library: Library, caplog: pytest.LogCaptureFixture) -> None:
    from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer  # noqa: PLC0415 - only here
    from threading import Thread  # noqa: PLC0415

    class Other(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("content-length", "9")
            self.end_headers()
            self.wfile.write(b"<p>hello\x1b")

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Other) as other:
        thread = Thread(target=other.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        url = f"http://127.0.0.1:{other.server_port}"
        with Library(library.folder, chroma=chroma_address(url)) as reader:
            assert not is_served(reader)
        other.shutdown()
        thread.join()
    (line,) = caplog.messages
    assert line.startswith(f"what {url} answers is not what a Chroma server does; ")
    assert "hello" not in line


def test_the_environment_and_a_file_name_nothing_that_is_loaded(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Chroma's settings take classes to load, and a `.env` of the folder that a program was started in."""
    (tmp_path / ".env").write_text("CHROMA_SERVER_SSL_VERIFY=nowhere.pem\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CHROMA_CLIENT_AUTH_PROVIDER", "nowhere.Class")
    monkeypatch.setenv("CHROMA_SERVER_HOST", "192.0.2.1")
    with Library(library.folder, chroma=of(library)._address) as reader:
        assert is_served(reader)


def test_the_sample_sees_a_graph_that_finds_nothing(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    """As Chroma's is after its files were torn: the count is right, and searches miss."""
    nearest = HeldVectors.nearest

    def misses(self: HeldVectors, vectors: np.ndarray, limit: int) -> list[list[tuple[str, float]]]:
        return nearest(self, -vectors, limit)

    assert library.index_is_current()
    monkeypatch.setattr(HeldVectors, "nearest", misses)
    with Library(library.folder, chroma=of(library)._address) as reader:
        assert not is_served(reader)
        assert not reader.index_is_current()
        with reader.writer(), pytest.raises(ChromaServerError, match="does not keep what it is given"):
            reader.sync_index()
    monkeypatch.undo()
    assert not library.index_is_current()
    with library.writer():
        library.sync_index()
    assert is_served(library)
    assert collection_of(library).count() == len(VECTORS)
