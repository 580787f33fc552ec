"""One entry that is broken in any way costs at most itself: every other comes with every text to the letter."""

import random
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eval.source_formats import FORMATS
from eval.source_papers import Written, invented_papers
from tests.ingest.formats.invented import items_in

BREAKS = st.one_of(
    st.sampled_from([b"", b"<", b"&", b">", b'"', b"'", b"\\", b"{", b"}", b"[", b"]", b"|", b"#", b"\x00", b"\xff"]),
    st.sampled_from([b"<b>", b"</title>", b"</b>", b"&nbsp;", b"&kite;", b"]]>", b'\\"', b"<![CDATA[", b"\xe4\xb8"]),
    st.binary(max_size=3).filter(lambda data: not set(data) & set(b"\r\n")),
)


@cache
def written(name: str) -> Written:
    return FORMATS[name].write(invented_papers(6, random.Random(name)))  # noqa: S311 - no secret


@cache
def as_read(name: str) -> dict[str, tuple[str, str]]:
    entries, _ = items_in(written(name).data())
    return {entry.paper.arxiv_id: (entry.raw_title, entry.raw_abstract) for entry in entries}


@pytest.mark.parametrize("name", FORMATS)
@settings(max_examples=16)
@given(data=st.data())
def test_a_broken_entry_costs_only_itself(name: str, data: st.DataObject) -> None:
    source = written(name)
    place = data.draw(st.integers(0, 5))
    entry = source.entries[place].encode()
    start = data.draw(st.integers(0, len(entry) - 1))
    end = data.draw(st.sampled_from([start, start + 1, start + 7, len(entry)]))
    broken = entry[:start] + data.draw(BREAKS) + entry[end:]
    entries, _ = items_in(source.with_entry(place, broken))
    read = {entry.paper.arxiv_id: (entry.raw_title, entry.raw_abstract) for entry in entries}
    expected = as_read(name)
    own = source.papers[place].arxiv_id
    assert {one: read.get(one) for one in expected if one != own} == {
        one: texts for one, texts in expected.items() if one != own
    }
    assert len(set(read) - set(expected)) <= 1, "no paper that nobody wrote, but for the broken one's id"


@pytest.mark.parametrize("name", FORMATS)
def test_an_entry_that_is_left_out_in_part_is_told(name: str) -> None:
    """Where the paper is lost, a reason is given."""
    source = written(name)
    entry = source.entries[2].encode()
    for end in range(20, len(entry), max(1, len(entry) // 12)):
        entries, rejections = items_in(source.with_entry(2, entry[:end]))
        is_read = source.papers[2].arxiv_id in {one.paper.arxiv_id for one in entries}
        assert is_read or rejections or len(entries) == len(source.entries), entry[:end]
