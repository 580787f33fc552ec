import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from math import nan
from pathlib import Path
from typing import Any

import gradio.utils
import pytest

from assistant.engine.daybook import Daybook
from eval.load import LoadReport, LoadWish, as_data, measure
from eval.load_browser import Event, Reply
from eval.load_questions import Asked, sessions_of
from eval.load_scenarios import SCENARIOS, Bench, Figures, Sizes, strangers
from eval.load_server import Checkout
from ingest.embedding import OnnxEmbedding
from ingest.errors import InputError
from ingest.library import Library
from tests.conftest import PROJECT

SMALL = Sizes(
    sessions=4,
    questions=2,
    alone=2,
    hogs=(100,),
    chats=1,
    llm_seconds=0.5,
    beside=1,
    turns=2,
    kept_sessions=1,
    kept_turns=2,
    rest=0,
)


@pytest.fixture(scope="module")
def bench(real_embedder: OnnxEmbedding, sample_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Bench:
    folder = tmp_path_factory.mktemp("load")
    with Daybook(Library(folder / "library"), lambda: real_embedder) as book:
        book.ingest([sample_folder])
    sessions = sessions_of([sample_folder], 0)
    return Bench(Checkout(PROJECT), folder / "library", sessions, ["2026-11-03"], SMALL, 0, _silent)


def _silent(_: object) -> None:
    """What is told is not looked at."""


def test_each_of_many_sessions_gets_its_own_answers(bench: Bench) -> None:
    figures = asyncio.run(SCENARIOS["crowd"](bench))
    for number in (1, 2):
        got = {name: figures[f"round {number}: {name}"] for name in ("pages that did not open", "answered")}
        assert got == {"pages that did not open": 0, "answered": 8}
        assert figures[f"round {number}: refused"] == 0
        assert figures[f"round {number}: alien"] == 0
        assert figures[f"round {number}: not about its paper, alone neither"] == 0
        assert figures[f"round {number}: first words, p50, s"] <= figures[f"round {number}: p50, s"]
    assert figures["alone: answered"] == 2
    assert figures["errors in the log"] == 0


def test_the_load_of_a_slow_model_is_measured(bench: Bench) -> None:
    figures: Figures = asyncio.run(SCENARIOS["llm"](bench))
    assert figures["facts: beside chats, measured"] == 1
    assert figures["first quotes: beside chats, measured"] == 1
    assert figures["errors in the log"] == 0


# ---- whose an answer is


def test_an_answer_of_another_session_is_alien_and_a_missed_paper_is_not(bench: Bench) -> None:
    mistaken = [Asked(asked.question, "9999.99999") for asked in bench.sessions[2]]
    bench = replace(bench, sessions=[*bench.sessions[:2], mistaken], sizes=replace(SMALL, sessions=3))

    async def judged() -> list[Figures]:
        async with bench.server() as server:
            answers: list[list[Reply]] = []
            for place in range(3):
                async with bench.browser(server) as browser:
                    assert not (await browser.open()).refusal
                    answers.append([await browser.ask(asked.question) for asked in bench.session(place)[:2]])
            (one, two), (three, four), missed = answers
            hidden = replace(four, html="", shown=(*four.shown, two.shown[-1], *two.shown))
            return [
                await strangers(bench, server, [[one, two], [three, four], missed]),
                await strangers(bench, server, [[three, two], [one, four], missed]),
                await strangers(bench, server, [[one, two], [three, hidden], missed]),
                await strangers(bench, server, [[one, replace(two, html=four.html)], [three, four], missed]),
            ]

    calm, swapped, beside, replaced = asyncio.run(judged())
    assert calm == {"alien": 0, "not about its paper, alone neither": 2}
    assert swapped["alien"] == 2
    assert beside["alien"] == 1  # a text that came with the answer shows what another session asked
    assert replaced["alien"] == 1  # the answer cites another paper, and alone it does not


def test_what_a_server_says_bit_by_bit_is_put_together() -> None:
    diff: Callable[[object, object], object] = gradio.utils.diff

    async def put_together() -> Event:
        event = Event({}, time.perf_counter(), asyncio.get_running_loop().create_future())
        steps: Sequence[list[Any]] = [
            ["", {"value": "Reading …", "__type__": "update"}],
            ['<article class="turn"><p class="pending">', {"value": "Reading …", "__type__": "update"}],
            ['<article class="turn"><p class="answer">One', {"__type__": "update"}],
            ['<article class="turn"><p class="answer">One and two', {"__type__": "update"}],
        ]
        for place, step in enumerate(steps):
            data = step if not place else [diff(*pair) for pair in zip(steps[place - 1], step, strict=True)]
            event.take({"msg": "process_generating", "success": True, "output": {"data": data}})
            assert (event.first_words is not None) == (place >= 2)
        assert not event.ended.done()
        event.take({"msg": "process_completed", "success": True, "output": {"data": [{"__type__": "update"}] * 2}})
        assert event.ended.done()
        return event

    event = asyncio.run(put_together())
    assert (event.html, event.refusal) == ('><p class="answer">One and two', "")
    assert event.shown[1] == "Reading …"


@pytest.mark.parametrize(
    ("message", "refusal"),
    [
        ({"msg": "process_completed", "success": False, "output": {"error": "broken"}}, "failed: broken"),
        ({"msg": "unexpected_error", "success": False, "message": "gone"}, "gone"),
    ],
)
def test_an_answer_that_fails_is_refused(message: dict[str, Any], refusal: str) -> None:
    async def refused() -> str:
        event = Event({}, time.perf_counter(), asyncio.get_running_loop().create_future())
        event.take(message)
        await event.ended
        return event.refusal

    assert asyncio.run(refused()) == refusal


# ---- the command


def test_a_scenario_that_is_not_known_is_said() -> None:
    with pytest.raises(InputError, match="there is no scenario storm; there are crowd, hog, llm, long"):
        measure(LoadWish(scenarios=("storm",)), _silent, _silent)


def test_a_report_is_a_table_of_builds_and_has_no_figure_where_nothing_came() -> None:
    figures: dict[str, Figures] = {
        "one": {"round 1: p95 / share of 2 cores": 1.25},
        "two": {"refused": 3, "p50, s": nan},
    }
    report = LoadReport(["digests"], 0, SMALL, {"crowd": figures})
    assert [line.split() for line in report.table("crowd")] == [
        ["crowd", "one", "two", "wanted"],
        ["round", "1:", "p95", "/", "share", "of", "2", "cores", "1.250", "–", "≤", "1.5"],
        ["refused", "–", "3", "0"],
        ["p50,", "s", "–", "–"],
    ]
    told = json.loads(json.dumps(as_data(report)))
    assert told["figures"]["crowd"]["two"] == {"refused": 3, "p50, s": None}


@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="processes are looked for in /proc")
@pytest.mark.usefixtures("real_embedder")
def test_an_interrupted_run_leaves_no_server(sample_folder: Path, tmp_path: Path) -> None:
    command = [sys.executable, str(PROJECT / "app.py"), "eval", "load", str(sample_folder), "--only", "crowd"]
    environment = {**os.environ, "TMPDIR": str(tmp_path), "PYTHONPATH": str(PROJECT)}
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if "questions" in line:
                break
        assert len(_processes_over(tmp_path)) == 1
        process.send_signal(signal.SIGTERM)
        assert "interrupted; the servers are stopped" in process.stderr.read()
    assert process.returncode == 130
    assert _processes_over(tmp_path) == []
    assert list(tmp_path.glob("daybook-load-*")) == []


def _processes_over(folder: Path) -> list[str]:
    """The command lines of processes that name a file in a folder."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = path.read_text(encoding="utf-8", errors="replace")
        except OSError:  # it has ended
            continue
        if f"{folder}{os.sep}" in line:
            found.append(line.replace("\0", " "))
    return found
