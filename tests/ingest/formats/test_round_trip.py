"""Every format, written by other means, gives the papers that were written into it."""

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eval.source_formats import FORMATS
from eval.source_papers import invented_papers
from ingest.cleaning import clean
from tests.ingest.formats.invented import ENCODINGS, assert_told, items_in, some_papers


@pytest.mark.parametrize("name", FORMATS)
@settings(max_examples=8)
@given(data=st.data())
def test_what_is_written_is_read(name: str, data: st.DataObject) -> None:
    written = FORMATS[name].write(data.draw(some_papers(name)))
    encoding = data.draw(st.sampled_from(sorted(ENCODINGS)))
    entries, rejections = items_in(ENCODINGS[encoding](written.data().decode()))
    assert rejections == []
    assert_told(entries, written, name)


@pytest.mark.parametrize("name", FORMATS)
def test_a_larger_source_is_read_with_its_blocks(name: str) -> None:
    written = FORMATS[name].write(invented_papers(60, random.Random(name)))  # noqa: S311 - no secret
    entries, rejections = items_in(written.data())
    assert rejections == []
    assert_told(entries, written, name)


@pytest.mark.parametrize("name", [name for name in FORMATS if name not in {"bot table", "bot JSON", "BibTeX"}])
def test_what_a_strict_reader_reads_is_read_to_the_letter(name: str) -> None:
    written = FORMATS[name].write(invented_papers(30, random.Random(name)))  # noqa: S311 - no secret
    entries, _ = items_in(written.data())
    for entry, raw, paper in zip(entries, written.entries, written.papers, strict=True):
        expected = FORMATS[name].strict(raw) or (entry.raw_title, entry.raw_abstract)
        assert (entry.raw_title, entry.raw_abstract) == expected
        assert clean(expected[0]).text == clean(paper.title).text


@pytest.mark.parametrize("name", [name for name in FORMATS if "abstract" in FORMATS[name].tells])
def test_a_character_that_lies_across_two_blocks_stays_whole(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.streams._BUFFER_BYTES", 4099)
    papers = [replace(paper, abstract="鱼ö𝒟" * 300) for paper in invented_papers(12, random.Random(1))]  # noqa: S311
    written = FORMATS[name].write(papers)
    entries, rejections = items_in(written.data())
    assert rejections == []
    assert [entry.paper.abstract for entry in entries] == [clean(papers[0].abstract).text] * 12
