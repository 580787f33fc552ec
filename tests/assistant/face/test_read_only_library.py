"""The commands and the page over a library that this user may only read: what reads works, what writes says why not."""

import json
import os
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant import Daybook
from ingest.library import Library
from ingest.marks import MarkChange
from tests.assistant.conftest import SAMPLE_PAPERS
from tests.conftest import WordEmbedder
from tests.ordinary import make_read_only, make_writable, run_ordinary, said_by

pytestmark = pytest.mark.skipif(os.name != "posix", reason="there are no modes that keep a user from writing")

NOT_SAVED = "could not be saved"
READING = {
    'ask "How does WakeMem remember lost vessels?"': "WakeMem",
    'ask --conversation new "How does WakeMem remember lost vessels?"': NOT_SAVED,
    "search vessels": "WakeMem",
    "papers": "9901.00028",
    "days": "2026-11-04",
    "day 2026-11-03": "WakeMem",
    "compare WakeMem BerthLink": "BerthLink",
    "conversations": "How many papers",
    "conversations show last": f"{SAMPLE_PAPERS} papers",
    "doctor": "all is well",
    "follow": "vessels",
    "new": "nothing new",
    "mark": "9901.00028",
    "similar 9901.00028": "BerthLink",
}
WRITING = [
    "ingest SAMPLE",
    "fetch cs.CV",
    "remove --yes 9901.00028",
    "doctor --repair",
    "conversations delete --yes --all",
    "follow cars",
    "follow --stop 1",
    "mark 9901.00028 --read",
]
RUN = """
import contextlib, io, json, sys
import app
for command in json.load(sys.stdin):
    out, err = io.StringIO(), io.StringIO()
    sys.argv = ["daybook", *command]
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            app.main()
    except SystemExit as ended:
        print(json.dumps([ended.code, out.getvalue(), err.getvalue()]))
"""
PAGE = """
import asyncio, sys
from pathlib import Path
import httpx
from assistant import Daybook
from assistant.face.ui.kept import KeptConversations
from assistant.face.ui.server import build_app
from ingest.library import Library
from tests.conftest import WordEmbedder
with Daybook(Library(Path(sys.argv[1])), WordEmbedder) as book:
    async def get(path):
        transport = httpx.ASGITransport(build_app(book))
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:7860") as client:
            return (await client.get(path)).status_code
    print(asyncio.run(get("/")))
    *_, turn = KeptConversations(book, "1" * 32).dialogue().ask("How many papers are there?")
    print(turn.answer.text, turn.answer.note, turn.problem)
"""


@pytest.fixture
def folder(tmp_path: Path, sample_library_folder: Path) -> Iterator[Path]:
    """A copy of the sample, with a conversation, that may only be read."""
    folder = tmp_path / "library"
    shutil.copytree(sample_library_folder, folder)
    with Daybook(Library(folder), WordEmbedder) as book:
        book.chat_engine().chat("How many papers are there?")
        book.follow("topic", "vessels")
        book.mark("9901.00028", MarkChange(is_starred=True))
    make_read_only(folder)
    yield folder
    make_writable(folder)


def test_commands_that_read_answer_and_those_that_write_end_in_one_line(
    folder: Path, models_folder: Path, sample_folder: Path
) -> None:
    commands = [*READING, *WRITING]
    lines = [[word.replace("SAMPLE", str(sample_folder)) for word in shlex.split(command)] for command in commands]
    environment = {"DAYBOOK_LIBRARY": str(folder), "DAYBOOK_MODELS": str(models_folder)}
    run = run_ordinary(RUN, environment=environment, stdin=json.dumps(lines))
    said = dict(zip(commands, map(json.loads, said_by(run)), strict=True))
    for command, expected in READING.items():
        status, out, err = said[command]
        assert (status, expected in out, "Traceback" in err) == (0, True, False), said[command]
    for command in WRITING:
        status, out, err = said[command]
        told = [line for line in err.splitlines() if not line.startswith("daybook: fetching cs.CV")]
        refused = f"daybook: the library {folder} cannot be written by you; name another with --library"
        assert (status, out, told) == (1, "", [refused]), command


def test_the_page_answers_and_says_that_it_keeps_nothing(folder: Path) -> None:
    status, said = said_by(run_ordinary(PAGE, folder))
    assert status == "200"
    assert f"{SAMPLE_PAPERS} papers" in said
    assert NOT_SAVED in said
