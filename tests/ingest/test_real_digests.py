"""The real digests, checked against a reading of their own: a few regular expressions over the raw files."""

import html
import re
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import pytest
from tokenizers import Tokenizer

from ingest.chunking import embedded_text, split_chunks
from ingest.embedding import OnnxEmbedding
from ingest.paper import Block, Entry, Rejection
from ingest.sentences import split_sentences
from ingest.sources import find_sources

PAPER = re.compile(
    r"^### (\d+)\.(.*?)\s*\[ (?::arrow_down:|pdf) \]\((https://arxiv\.org/pdf/(\d{4}\.\d{4,5})\.pdf)\)\s*\n>\s*(.*?)\s*$",
    re.MULTILINE,
)
FALSE_LINK = re.compile(r'<a [^>]*href="https?://([\w.-]+)\.([A-Z][a-z]*)"[^>]*>this https? URL</a>')
LINK = re.compile(r'<a [^>]*href="([^"]*)"[^>]*>this https? URL</a>')


@dataclass(frozen=True)
class RawPaper:
    """A paper as the raw file has it."""

    day: date
    number: int
    title: str
    url: str
    arxiv_id: str
    abstract: str


def read_raw(folder: Path) -> list[RawPaper]:
    papers = []
    for file in sorted(folder.glob("*.txt")):
        text = file.read_text(encoding="utf-8")
        (heading,) = re.findall(r"^# ArXiv cs\.CV --\w+, (\d+ \w+ \d+)\s*$", text, re.MULTILINE)
        day = datetime.strptime(heading, "%d %b %Y").date()
        papers += [RawPaper(day, int(m[1]), m[2], m[3], m[4], m[5]) for m in PAPER.finditer(text)]
    return papers


def read_entries(folder: Path) -> list[Entry]:
    items = [item for source in find_sources([folder]) for item in source.items()]
    assert [item for item in items if isinstance(item, Rejection)] == []
    return [item for item in items if isinstance(item, Entry)]


@pytest.fixture(scope="module")
def raw_papers(data_folder: Path) -> list[RawPaper]:
    return read_raw(data_folder / "digests")


@pytest.fixture(scope="module")
def entries(data_folder: Path) -> list[Entry]:
    return read_entries(data_folder / "digests")


def test_all_283_papers_are_read(raw_papers: list[RawPaper], entries: list[Entry]) -> None:
    assert len(raw_papers) == len(entries) == 283
    assert len({entry.listing.day for entry in entries}) == 5


def test_id_day_link_place_and_raw_text_are_those_of_the_file(raw_papers: list[RawPaper], entries: list[Entry]) -> None:
    for raw, entry in zip(raw_papers, entries, strict=True):
        paper, listing = entry.paper, entry.listing
        assert (paper.arxiv_id, paper.url, paper.version) == (raw.arxiv_id, raw.url, 0)
        assert (listing.day, listing.category, listing.position) == (raw.day, "cs.CV", raw.number)
        assert (entry.raw_title, entry.raw_abstract) == (raw.title, raw.abstract)


def test_the_cross_listed_block_starts_where_the_ids_start_anew(
    raw_papers: list[RawPaper], entries: list[Entry]
) -> None:
    for day in {raw.day for raw in raw_papers}:
        ids = [raw.arxiv_id for raw in raw_papers if raw.day == day]
        (start,) = [place for place in range(1, len(ids)) if ids[place] > ids[place - 1]]
        blocks = [entry.listing.block for entry in entries if entry.listing.day == day]
        assert blocks == [Block.NEW] * start + [Block.CROSS_LISTED] * (len(ids) - start)


def test_plain_text_is_left_as_it_is(raw_papers: list[RawPaper], entries: list[Entry]) -> None:
    pairs = [(raw.title, entry.paper.title) for raw, entry in zip(raw_papers, entries, strict=True)]
    pairs += [(raw.abstract, entry.paper.abstract) for raw, entry in zip(raw_papers, entries, strict=True)]
    plain = [(raw, cleaned) for raw, cleaned in pairs if raw.isascii() and not re.search(r"[<&\\$]", raw)]
    assert len(plain) > 400, "most titles and abstracts are plain"
    assert [cleaned for _, cleaned in plain] == [" ".join(raw.split()) for raw, _ in plain]


def test_no_markup_is_left(entries: list[Entry]) -> None:
    markup = re.compile(r"</?[a-z]+[ >/]|<br|&(?:[a-z]+|#\d+);|this https? URL|href=|\\%|\\[a-z]+\{|  |[ÃÂ]|â€")
    for entry in entries:
        for text in (entry.paper.title, entry.paper.abstract):
            assert markup.search(text) is None, text
            assert text == text.strip()
            assert text.isprintable()
        assert entry.paper.title
        assert len(entry.paper.abstract) > 100


def test_no_word_of_a_text_with_markup_is_lost(raw_papers: list[RawPaper], entries: list[Entry]) -> None:
    """Without LaTeX, the words of a text are those left when tags, links and entities are resolved."""

    def words(text: str) -> Counter[str]:
        return Counter(re.findall(r"[A-Za-z0-9]+", text))

    compared = 0
    for raw, entry in zip(raw_papers, entries, strict=True):
        if re.search(r"[\\$]", raw.abstract) or not raw.abstract.isascii():
            continue
        text = LINK.sub(r"\1", FALSE_LINK.sub(r"\1. \2", raw.abstract))
        expected = words(html.unescape(re.sub(r"<br ?/?>", " ", text)))
        assert words(entry.paper.abstract) == expected, entry.paper.arxiv_id
        compared += 1
    assert compared > 200


def test_links_are_those_of_the_anchors(raw_papers: list[RawPaper], entries: list[Entry]) -> None:
    false_links = 0
    for raw, entry in zip(raw_papers, entries, strict=True):
        false = FALSE_LINK.findall(raw.abstract)
        false_links += len(false)
        for words in false:
            assert ". ".join(words) in entry.paper.abstract
        urls = [link.url for link in entry.paper.links]
        for address in LINK.findall(FALSE_LINK.sub("", raw.abstract)):
            assert html.unescape(address) in urls
            assert html.unescape(address) in entry.paper.abstract
        code = [link.url for link in entry.paper.links if link.is_code]
        assert all(re.match(r"https?://([\w-]+\.github\.io|github\.com|gitlab\.com)\b", url) for url in code)
        assert sum("//github.com/" in url for url in urls) == sum("//github.com/" in url for url in code)
    assert false_links > 0


def test_every_abstract_is_cut_into_sentences_of_sane_length(entries: list[Entry]) -> None:
    counts = []
    for entry in entries:
        text = entry.paper.abstract
        spans = split_sentences(text)
        assert " ".join(text[s.start : s.end] for s in spans) == text
        counts.append(len(spans))
    assert 6 < sum(counts) / len(counts) < 10, "abstracts of this field have about eight sentences"


@pytest.mark.parametrize("name", ["digests", "digests_2019"])
def test_every_chunk_fits_the_window_of_the_model(data_folder: Path, real_embedder: OnnxEmbedding, name: str) -> None:
    tokenizer = Tokenizer.from_str(real_embedder._tokenizer.to_str())
    tokenizer.no_truncation()
    for entry in read_entries(data_folder / name):
        for chunk in split_chunks(entry.paper):
            assert len(tokenizer.encode(embedded_text(entry.paper, chunk)).ids) <= 512, entry.paper.arxiv_id


def test_the_digests_of_2019_are_read_whole(data_folder: Path) -> None:
    raw_papers, entries = read_raw(data_folder / "digests_2019"), read_entries(data_folder / "digests_2019")
    assert len(raw_papers) == len(entries) == 3062
    for raw, entry in zip(raw_papers, entries, strict=True):
        assert (entry.paper.arxiv_id, entry.paper.url, entry.listing.day) == (raw.arxiv_id, raw.url, raw.day)
        assert (entry.raw_title, entry.raw_abstract) == (raw.title, raw.abstract)
