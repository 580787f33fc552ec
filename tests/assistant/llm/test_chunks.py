"""What a server sends is read no further than it can be an answer."""

import json
from collections.abc import Iterator

import pytest

from assistant.llm import chunks
from assistant.llm.chunks import UNREADABLE, Chunk, read_chunks
from ingest.errors import LlmError
from tests.assistant.llm import fake_llm as fake

LINE = b"no event at all, and no end of it\n"


def test_lines_that_are_no_events_are_not_kept_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunks, "_MOST_BYTES", 10 * len(LINE))
    sent: list[bytes] = []

    def lines() -> Iterator[bytes]:
        for _ in range(1000):
            sent.append(LINE)
            yield LINE

    with pytest.raises(LlmError, match=UNREADABLE):
        list(read_chunks(lines()))
    assert len(sent) == 11


def test_an_answer_that_has_begun_is_read_whatever_stands_between(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunks, "_MOST_BYTES", 10 * len(LINE))
    begun = f"data: {json.dumps(fake.chunk('Dogs.'))}\n\n".encode()
    assert list(read_chunks(iter([begun, *[LINE] * 100, b"data: [DONE]\n"]))) == [Chunk("Dogs."), Chunk(finish="stop")]
