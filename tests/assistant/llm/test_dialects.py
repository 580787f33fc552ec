"""Servers as they really are: each way to ask and to answer that one of them has, against the writer.

Those of the people who judge, `shared/cases/25`, where they are; the same and more of our own, always.
"""

import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from assistant.answering.contract import DraftClaim, Note
from assistant.llm.client import connect
from assistant.llm.settings import LlmSettings, Patience
from assistant.llm.writing import LlmWriter
from tests.assistant.llm import fake_llm as fake
from tests.assistant.llm.test_llm_writing import AMPLE, EVIDENCE, QUESTION, QUOTES, SHORT, Written, settings, write
from tests.conftest import PROJECT

WHOLE = "PurrNet detects 93.5% of the cats [1]. BarkFormer finds dogs by their bark [3]."
FIRST, SECOND = "PurrNet detects 93.5% of the cats.", "BarkFormer finds dogs by their bark."
STANDS, COMPLETES = (
    "Quotes stand here for what a language model would have written: ",
    "Quotes complete what a language ",
)
DONE = fake.chunk(finish="stop")


def pieces(**more: Any) -> list[object]:
    return [fake.chunk(WHOLE[place : place + 9], **more) for place in range(0, len(WHOLE), 9)]


def raw(text: str) -> fake.Reply:
    return fake.sending(text.encode())


def data(*chunks: object, end: str = "\n\n", begin: str = "data: ") -> str:
    return "".join(f"{begin}{json.dumps(chunk, ensure_ascii=False)}{end}" for chunk in chunks)


# ---- answers in every form


@pytest.mark.parametrize(
    "reply",
    [
        fake.streaming(*pieces()),
        fake.streaming(*pieces(), fake.chunk(finish="eos_token")),
        fake.streaming(*pieces(), fake.chunk(finish="STOP")),
        fake.streaming(*pieces(), fake.chunk(finish="end_turn")),
        fake.streaming(fake.chunk(WHOLE[:-9]), fake.chunk(WHOLE[-9:], finish="stop")),
        fake.streaming({"choices": [], "prompt_filter_results": []}, *pieces(), DONE),
        fake.streaming(*pieces(), DONE, {"choices": [], "usage": {"prompt_tokens": 9, "completion_tokens": 9}}),
        fake.streaming(*pieces(), DONE, {"choices": None, "usage": None}),
        fake.streaming({"choices": [{"message": {"content": WHOLE}, "finish_reason": "stop"}]}),
        fake.streaming(*pieces(), {"choices": [{"message": {"content": WHOLE}, "finish_reason": "stop"}]}),
        fake.streaming(
            *({"choices": [{"delta": {"content": c}}]} for c in WHOLE), {"choices": [{"finish_reason": "x"}]}
        ),
        fake.streaming({"choices": [{"text": WHOLE, "finish_reason": "stop"}]}),
        fake.streaming(fake.chunk(), fake.chunk(role="assistant"), fake.chunk(content=None), *pieces(), DONE),
        fake.streaming(fake.chunk([{"type": "thinking", "thinking": [{"text": "Cats."}]}]), *pieces(), DONE),
        fake.streaming(fake.chunk([{"type": "text", "text": WHOLE}]), DONE),
        fake.streaming(fake.chunk([WHOLE]), DONE),
        fake.streaming(fake.chunk(reasoning_content="It runs at 30 frames [2]."), *pieces(), DONE),
        fake.streaming(fake.chunk(reasoning="It runs at 30 frames [2]."), *pieces(reasoning_content=None), DONE),
        fake.streaming(*pieces(tool_calls=[]), DONE),
        fake.streaming(*pieces(tool_calls=[{"function": {"name": "f"}}]), fake.chunk(finish="tool_calls")),
        fake.streaming(fake.chunk(WHOLE + "<|im_end|>"), fake.chunk(finish="length")),
        raw(data(*pieces(), DONE, end="\r\n\r\n")),
        raw(data(*pieces(), DONE, begin="data:")),
        raw(data(*pieces(), DONE, end="\n")),
        raw(": PROCESSING\n\n" + data(*pieces()[:3]) + ": still\n\ndata: \n\ndata:\n\n" + data(*pieces()[3:], DONE)),
        raw("event: ping\ndata: {}\n\ndata: ping\n\nid: 7\nretry: 10\n" + data(*pieces(), DONE)),
        raw("\ufeff" + data(*pieces(), DONE)),
        raw(data(fake.chunk("PurrNet detects 93.5% of the\u2028cats [1]. "), fake.chunk(WHOLE[39:]), DONE)),
        fake.whole({"choices": [{"message": {"content": WHOLE}, "finish_reason": "stop"}]}),
        fake.whole({"choices": [{"message": {"content": WHOLE}, "finish_reason": "stop"}]}, "text/event-stream"),
        fake.whole({"choices": [{"message": {"content": WHOLE, "reasoning": "BarkFormer."}}]}),
        fake.saying(f"Okay, the user asks. {QUOTES[2]} I should cite it.\n</think>\n\n{WHOLE}"),
    ],
)
def test_an_answer_is_read_in_every_form(reply: fake.Reply) -> None:
    written = write(reply)
    assert (written.said, written.note) == ([FIRST, SECOND], "")


# ---- asking otherwise

LIMIT = "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead."


def has_system(body: dict[str, object]) -> bool:
    return "system" in str(body["messages"])[:40]


@pytest.mark.parametrize(
    ("reply", "requests", "again"),
    [
        (fake.refusing(has_system, "Conversation roles must alternate user/assistant/…", WHOLE), 2, 1),
        (fake.refusing(has_system, "Jinja Exception: System role not supported", WHOLE, 500), 2, 1),
        (fake.refusing(has_system, "Developer instruction is not enabled", WHOLE), 2, 1),
        (fake.refusing(has_system, "Internal Server Error", WHOLE, 500), 2, 2),
        (fake.refusing(lambda body: "max_tokens" in body, LIMIT, WHOLE, param="max_tokens"), 2, 1),
        (fake.refusing(lambda body: {"max_tokens", "max_completion_tokens"} & body.keys(), LIMIT, WHOLE), 3, 1),
        (fake.refusing(lambda body: "temperature" in body, "'temperature' does not support 0 here", WHOLE), 2, 1),
        (fake.refusing(lambda body: "stream_options" in body, "extra_forbidden: stream_options", WHOLE, 422), 2, 1),
        (fake.refusing(lambda body: "stream_options" in body or "temperature" in body, "Bad Request", WHOLE), 2, 1),
        (fake.refusing(lambda body: body["max_tokens"] > 400, "maximum context length is 4096 tokens", WHOLE), 2, 2),
    ],
    ids=["alternate", "jinja", "developer", "system 500", "limit", "no limit", "heat", "usage", "bad", "room"],
)  # fmt: skip
def test_what_a_server_refuses_is_left_out_and_what_it_names_is_remembered(
    reply: fake.Reply, requests: int, again: int
) -> None:
    with fake.fake_llm(reply) as server:
        writer = LlmWriter(connect(settings(server.url)), patience=AMPLE)
        for count in (requests, requests + again):
            said = [draft for draft in writer.write(QUESTION, EVIDENCE) if isinstance(draft, DraftClaim)]
            assert said[0].sentence == FIRST
            assert len(server.asked) == count
        assert "NOT IN THESE SENTENCES" in server.prompt


@pytest.mark.parametrize(
    ("status", "message"), [(500, "Internal Server Error"), (400, "refused by a filter"), (400, "")]
)
def test_what_did_not_help_is_not_remembered(status: int, message: str) -> None:
    with fake.fake_llm(fake.refusing(lambda _: True, message, "", status)) as server:
        writer = LlmWriter(connect(settings(server.url)), patience=AMPLE)
        for _ in range(2):
            list(writer.write(QUESTION, EVIDENCE))
        *_, again, _ = server.asked
        assert has_system(again)
        assert (again["temperature"], again["max_tokens"], "stream_options" in again) == (0, 4496, True)


def test_a_failure_that_passes_takes_nothing_away() -> None:
    with fake.fake_llm(fake.failing(500)) as server:
        writer = LlmWriter(connect(settings(server.url)), patience=AMPLE)

        def once(handler: fake.Handler) -> None:
            server.reply = fake.saying(WHOLE)
            fake.failing(500)(handler)

        server.reply = once
        for _ in range(2):
            list(writer.write(QUESTION, EVIDENCE))
        assert [has_system(body) for body in server.asked] == [True, False, True]


def test_a_prompt_too_long_takes_the_room_to_think_from_itself_alone() -> None:
    refused = fake.refusing(lambda body: body["max_tokens"] > 400, "maximum context length is 4096 tokens", WHOLE)
    with fake.fake_llm(refused) as server:
        writer = LlmWriter(connect(settings(server.url)), patience=AMPLE)
        list(writer.write(QUESTION, EVIDENCE))
        server.reply = fake.saying(WHOLE)
        list(writer.write(QUESTION, EVIDENCE))
        assert [body["max_tokens"] for body in server.asked] == [4496, 400, 4496]


@pytest.mark.parametrize(
    ("status", "message"),
    [(400, "kitten is not a valid model ID"), (400, "insufficient_quota"), (401, "no"), (402, "")],
)
def test_what_no_other_wording_would_mend_is_asked_once(status: int, message: str) -> None:
    with fake.fake_llm(fake.refusing(lambda _: True, message, "", status)) as server:
        list(LlmWriter(connect(settings(server.url)), patience=AMPLE).write(QUESTION, EVIDENCE))
        assert len(server.asked) == 1


def test_a_model_that_reads_little_is_shown_half_of_the_evidence() -> None:
    reply = fake.refusing(lambda body: "[3]" in str(body["messages"]), "the prompt is too long", f"{FIRST[:-1]} [1].")
    with fake.fake_llm(reply) as server:
        drafts = list(LlmWriter(connect(settings(server.url)), patience=AMPLE).write(QUESTION, EVIDENCE))
        assert [draft.sentence for draft in drafts if isinstance(draft, DraftClaim)] == [FIRST, *QUOTES[1:]]
        assert QUOTES[0] in server.prompt
        assert QUOTES[1] not in server.prompt


def test_a_server_is_asked_for_an_answer_and_thoughts_and_their_count() -> None:
    with fake.fake_llm(fake.saying(WHOLE)) as server:
        list(LlmWriter(connect(settings(server.url)), patience=AMPLE).write(QUESTION, EVIDENCE))
        (body,) = server.asked
    assert body["max_tokens"] == 400 + 4096
    assert body["stream_options"] == {"include_usage": True}
    assert "Authorization" not in body


def test_a_pasted_url_with_a_version_is_asked_as_it_is() -> None:
    with fake.fake_llm(fake.saying(WHOLE)) as server:
        url = f"{server.url}/v1/chat/completions?api-version=2024-06-01"
        list(LlmWriter(connect(settings(url)), patience=AMPLE).write(QUESTION, EVIDENCE))
        assert server.paths == ["/v1/chat/completions?api-version=2024-06-01"]


@pytest.mark.parametrize(
    ("reply", "seconds"),
    [(fake.busy(1, WHOLE, retry_after="1"), 1.0), (fake.busy(2, WHOLE, retry_after_ms="200"), 0.4)],
)
def test_a_busy_server_is_waited_for(reply: fake.Reply, seconds: float) -> None:
    start = time.monotonic()
    written = write(reply)
    assert time.monotonic() - start >= seconds
    assert (written.said, written.note) == ([FIRST, SECOND], "")


@pytest.mark.parametrize(
    ("headers", "note"),
    [
        ({"retry_after": "3600"}, "is busy, and asks to wait 3600 seconds (429)"),
        ({"retry_after": "Fri, 31 Dec 2066 23:59:59 GMT"}, "is busy, and asks to wait"),
        ({"retry_after": "soon"}, "is busy (429)"),
        ({}, "is busy (429)"),
    ],
)
def test_a_busy_server_is_not_waited_for_longer_than_a_reader_would(headers: dict[str, str], note: str) -> None:
    start = time.monotonic()
    written = write(fake.busy(9, WHOLE, **headers), SHORT)
    assert time.monotonic() - start < 3
    assert written.sentences == QUOTES
    assert note in written.note


# ---- what really happened


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (fake.refusing(lambda _: True, "Insufficient credits", "", 402), "no credit is left for this key (402)"),
        (fake.refusing(lambda _: True, "insufficient_quota", "", 429), "no credit is left for this key (429)"),
        (fake.refusing(lambda _: True, "model 'm' not found", "", 404), "knows no such model; see --llm-model (404)"),
        (fake.refusing(lambda _: True, "kitten is not a valid model ID", ""), "knows no such model"),
        (fake.refusing(lambda _: True, "too many tokens in the context window", ""), "too long for the language model"),
        (fake.refusing(lambda _: True, "", "", 302), "redirects to another address; see --llm-url (302)"),
        (fake.refusing(lambda _: True, "Loading model", "", 503), "is busy, or still loads the model (503)"),
        (fake.whole({"error": {"message": "secret-key overloaded", "code": 502}}), "failed (502)"),
        (fake.whole({"object": "error", "message": "secret-key", "code": "401"}), "refuses the key"),
        (fake.whole({"detail": "Not Found"}), "sent what cannot be read"),
        (fake.sending(b"<!doctype html><title>Log in</title>"), "sent a web page instead of an answer"),
        (raw('event: error\ndata: {"message": "secret-key"}\n\n'), "failed"),
        (raw("event: error\ndata: secret-key overloaded\n\n"), "failed"),
        (fake.streaming({"error": {"message": "template", "code": 500}, "choices": []}), "failed (500)"),
        (fake.streaming(fake.chunk("PurrNet"), {"error": {"code": 502}}), "failed in the middle of its answer (502)"),
        (fake.streaming(fake.chunk("PurrNet"), {"choices": [{"error": {"code": 1}}]}), "failed in the middle"),
        (fake.streaming(fake.chunk("PurrNet"), fake.chunk(finish="content_filter")), "a filter of the language model"),
        (fake.streaming(fake.chunk(refusal="I cannot.")), "a filter of the language model"),
        (fake.streaming(fake.chunk(tool_calls=[{"index": 0}]), fake.chunk(finish="tool_calls")), "called a tool"),
        (fake.streaming(fake.chunk(reasoning="hm " * 900), fake.chunk(finish="length")), "was still thinking when"),
        (fake.streaming(fake.chunk(f"<think>{WHOLE}"), fake.chunk(finish="length")), "was still thinking when"),
        (fake.streaming(fake.chunk(reasoning="hm"), DONE), "thought, but wrote nothing"),
        (fake.saying(f"<think>{WHOLE}</think>"), "thought, but wrote nothing"),
    ],
)  # fmt: skip
def test_a_note_says_what_really_happened_and_never_in_the_words_of_the_server(reply: fake.Reply, reason: str) -> None:
    written = write(reply)
    assert written.sentences == QUOTES
    assert written.note.startswith(STANDS)
    assert reason in written.note
    assert "secret" not in written.note


@pytest.mark.parametrize(
    ("end", "reason"),
    [
        (fake.chunk(finish="length"), "reached its limit of tokens; DAYBOOK_LLM_TOKENS sets it"),
        (fake.chunk(finish="content_filter"), "a filter of the language model's server stopped the answer"),
        ({"error": {"code": 502}}, "failed in the middle of its answer (502)"),
    ],
)
@pytest.mark.parametrize("rest", ["", " PurrNet detects 93."])
def test_what_was_certainly_said_stays(end: object, reason: str, rest: str) -> None:
    written = write(fake.streaming(fake.chunk(f"BarkFormer finds dogs by their bark [3].{rest}"), end))
    assert written.sentences == [QUOTES[0], SECOND, QUOTES[1]]
    assert written.note.startswith(COMPLETES)
    assert reason in written.note


def test_a_model_that_still_thinks_when_time_is_over_is_told_so() -> None:
    def reply(handler: fake.Handler) -> None:
        handler.begin()
        while not handler.fake.left.wait(0.05):
            handler.raw(data(fake.chunk(reasoning="hm ")).encode())

    assert "did not finish thinking within 1.5 seconds" in write(reply, SHORT).note


def test_a_loop_ends_soon() -> None:
    def reply(handler: fake.Handler) -> None:
        handler.begin()
        while not handler.fake.left.is_set():
            handler.send("BarkFormer finds dogs by their bark [3]. ")

    start = time.monotonic()
    written = write(reply)
    assert time.monotonic() - start < 5
    assert written.said == [SECOND]
    assert written.note == "The language model began to repeat itself and was not read on."


def test_a_stream_that_stays_open_after_its_end_is_not_waited_for() -> None:
    def reply(handler: fake.Handler) -> None:
        handler.begin()
        handler.raw(data(fake.chunk(WHOLE), DONE).encode())
        handler.fake.left.wait(30)

    start = time.monotonic()
    written = write(reply)
    assert time.monotonic() - start < 5
    assert (written.said, written.note) == ([FIRST, SECOND], "")


def test_a_model_that_thinks_first_is_known_the_next_time() -> None:
    with fake.fake_llm(fake.saying(f"Okay.\n</think>\n{WHOLE}")) as server:
        writer = LlmWriter(connect(settings(server.url)), patience=AMPLE)
        list(writer.write(QUESTION, EVIDENCE))
        server.reply = fake.saying(
            f"PurrNet runs at 30 frames per second [2]. So that is what we say. And that is all.\n</think>\n{WHOLE}"
        )
        said = [draft.sentence for draft in writer.write(QUESTION, EVIDENCE) if isinstance(draft, DraftClaim)]
    assert said == [FIRST, SECOND, QUOTES[1]]


# ---- the server of those who judge

SHARED = "DAYBOOK_CASES"


@pytest.fixture(scope="module")
def shared_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = Path(os.environ.get(SHARED) or PROJECT.parent / "shared" / "cases")
    script = folder / "25" / "fake_llm.py"
    if not script.is_file():
        pytest.skip(f"there are no cases in {folder}; name their folder in {SHARED}")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, str(script), str(port), "300"]
    with subprocess.Popen(command, cwd=tmp_path_factory.mktemp("shared")) as process:
        try:
            deadline = time.monotonic() + 20
            while time.monotonic() < deadline:
                with socket.socket() as tried:
                    if tried.connect_ex(("127.0.0.1", port)) == 0:
                        break
                time.sleep(0.05)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.kill()


QUICK = Patience(first_token_seconds=8, timeout_seconds=8)
ANSWERING = (
    "plain", "nosystem", "nosystem500", "nomax", "notemp", "think", "thinkclose", "thinkempty", "thinktwo", "thinking",
    "thought", "reasontag", "seedthink", "harmony", "thinkupper", "thinkfence", "finalanswer", "eot", "eot2",
    "answertag", "rc", "azure", "crlf", "nospace", "norole", "comment", "emptydata", "eventping", "noend", "donenm",
    "stopnm",
    "thinkcloselong", "thoughtlong", "slowgood", "doneonly", "eostoken", "STOP", "endturn", "finwithtext", "message",
    "parts", "contentnull", "noidx", "markersup", "markercite", "markerlink", "markercurly", "markerfoot",
    "markerparen", "markerdoc", "markerkey", "ident", "json", "jsonfence",
)  # fmt: skip
FAILING = {
    "r429": "is busy, and asks to wait 2 seconds (429)",
    "ctx": "too long for the language model (400)",
    "e402": "no credit is left for this key (402)",
    "e404model": "knows no such model; see --llm-model (404)",
    "err200": "failed (502)",
    "html200": "sent a web page instead of an answer",
    "rclen": "was still thinking when it reached its limit",
    "rclong": "was still thinking when it reached its limit",
    "thinklen": "was still thinking when it reached its limit",
    "tool": "called a tool instead of answering",
    "errmid": "failed in the middle of its answer (502)",
    "errmid2": "failed in the middle of its answer (502)",
    "errevent": "the language model's server failed",
    "slowlong": "did not finish within 8 seconds",
}
OTHERS = {
    "loop": (QUOTES, "began to repeat itself"),
    "length": (QUOTES, "Quotes complete what a language model began: the language model reached its limit"),
    "filter": (QUOTES, "a filter of the language model's server stopped the answer"),
    "zh": (QUOTES, "nothing that the language model wrote was supported"),
}


def written_at(url: str) -> Written:
    chosen = LlmSettings(url, "m", "secret-key", QUICK)
    drafts = list(LlmWriter(connect(chosen), patience=QUICK).write(QUESTION, EVIDENCE))
    notes = [draft.text for draft in drafts if isinstance(draft, Note)]
    return Written([draft for draft in drafts if isinstance(draft, DraftClaim)], " ".join(notes))


@pytest.mark.parametrize("mode", ANSWERING)
def test_a_shared_server_that_answers_is_read(shared_server: str, mode: str) -> None:
    written = written_at(f"{shared_server}/{mode}/v1")
    assert (written.sentences, written.note) == (QUOTES, "")
    assert [[piece.quote for piece in claim.evidence] for claim in written.claims] == [[quote] for quote in QUOTES]
    assert not any(claim.is_replaced for claim in written.claims)


@pytest.mark.parametrize("mode", FAILING)
def test_a_shared_server_that_fails_costs_nothing(shared_server: str, mode: str) -> None:
    written = written_at(f"{shared_server}/{mode}/v1")
    assert written.sentences == QUOTES
    assert written.note.startswith(STANDS)
    assert FAILING[mode] in written.note


@pytest.mark.parametrize("mode", OTHERS)
def test_a_shared_server_that_says_a_part(shared_server: str, mode: str) -> None:
    written = written_at(f"{shared_server}/{mode}/v1")
    sentences, note = OTHERS[mode]
    assert written.sentences == sentences
    assert note in written.note


def test_every_mode_of_the_shared_server_has_its_right_value(shared_server: str) -> None:
    folder = Path(os.environ.get(SHARED) or PROJECT.parent / "shared" / "cases")
    source = (folder / "25" / "fake_llm.py").read_text(encoding="utf-8")
    compared = re.findall(r'mode(?:==|!=| not in| in) ?(\([^)]*\)|"\w+")', source)
    modes = {name for group in compared for name in re.findall(r'"(\w+)"', group)}
    assert shared_server
    assert modes <= {*ANSWERING, *FAILING, *OTHERS}
