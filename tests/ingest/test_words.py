"""Words and stems; the real FTS5 says what they have to be."""

import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.words import stems_of, words_of

SAMPLE = Path("ingest/sample").resolve()


class Fts5:
    """What SQLite's tokenizers make of a text."""

    def __init__(self) -> None:
        self._connection = sqlite3.connect(":memory:")
        for name, tokenizer in (("words", "unicode61"), ("stems", "porter unicode61")):
            self._connection.execute(
                f"CREATE VIRTUAL TABLE {name} USING fts5 (text, tokenize = '{tokenizer} remove_diacritics 2')"
            )
            self._connection.execute(f"CREATE VIRTUAL TABLE {name}_seen USING fts5vocab ({name}, instance)")

    def words(self, text: str) -> list[str]:
        return self._tokens("words", text)

    def stems(self, text: str) -> list[str]:
        return self._tokens("stems", text)

    def _tokens(self, table: str, text: str) -> list[str]:
        self._connection.execute(f"DELETE FROM {table}")  # noqa: S608 - a name from above
        self._connection.execute(f"INSERT INTO {table} VALUES (?)", (text,))  # noqa: S608 - a name from above
        rows = self._connection.execute(f"SELECT term FROM {table}_seen ORDER BY offset")  # noqa: S608 - as above
        return [term for (term,) in rows]

    def close(self) -> None:
        self._connection.close()


@pytest.fixture(scope="module")
def fts5() -> Iterator[Fts5]:
    tokenizers = Fts5()
    yield tokenizers
    tokenizers.close()


@pytest.fixture(scope="module")
def sample_texts() -> list[str]:
    return [file.read_text(encoding="utf-8") for file in sorted(SAMPLE.glob("*.md"))]


def test_words_lose_case_and_diacritics() -> None:
    assert words_of("A Lévy PROCESS at Ångström-Straße") == ["a", "levy", "process", "at", "angstrom", "straße"]


@pytest.mark.parametrize("text", ["2,100 km²", "x₀", "½ a page"])
def test_words_with_compatibility_characters_are_those_of_the_index(text: str, fts5: Fts5) -> None:
    assert words_of(text) == fts5.words(text)


def test_words_of_the_sample_are_those_of_the_index(sample_texts: list[str], fts5: Fts5) -> None:
    for text in sample_texts:
        assert words_of(text) == fts5.words(text)


STEMMED = """caresses ponies cats agreed plastered motoring hopping falling hissing failing filing happy sky relational
conditional rational digitizer conformably radically differently analogously vietnamization predication operator
feudalism decisiveness hopefulness callousness formality sensitivity sensibility triplicate formative formalize
electricity electrical hopeful goodness revival allowance inference airliner gyroscopic adjustable defensible irritant
replacement adjustment dependent adoption communism activate angularity effective probate rate cease controlling roll
segmentation networks estimated learning supervised transformers recognizing generated datasets""".split()  # noqa: SIM905


def test_stems_are_those_of_the_index(fts5: Fts5) -> None:
    text = " ".join(STEMMED)
    stems = stems_of(text)
    assert stems == fts5.stems(text)
    assert sum(stem != word for stem, word in zip(stems, STEMMED, strict=True)) > len(STEMMED) / 2


@pytest.mark.parametrize(
    "text", ["radiology dermatology", "possibly assembly", "21 ms", "as is", "1μs", "βars"], ids=lambda text: text
)
def test_stems_where_sqlite_departs_from_porter_1980(text: str, fts5: Fts5) -> None:
    assert stems_of(text) == fts5.stems(text)


BRITISH = {
    "colour": "color", "behavioural": "behavioral", "neighbourhoods": "neighborhoods", "recognised": "recognized",
    "optimisation": "optimization", "generaliser": "generalizer", "analysing": "analyzing", "centre": "center",
    "fibres": "fibers", "defences": "defenses", "licence": "license", "catalogue": "catalog", "dialogues": "dialogs",
    "programme": "program", "haemorrhage": "hemorrhage", "paediatric": "pediatric", "oesophagus": "esophagus",
    "greyscale": "grayscale", "judgement": "judgment", "tumours": "tumors", "labelled": "labeled",
}  # fmt: skip


@pytest.mark.parametrize("british", BRITISH)
def test_a_british_word_has_the_stem_of_the_american_one(british: str) -> None:
    assert stems_of(british) == stems_of(BRITISH[british])


@pytest.mark.parametrize(
    "word", ["noise", "four", "hours", "promise", "otherwise", "analysis", "acre", "more", "sense"]
)
def test_words_that_only_look_british_keep_their_stems(word: str, fts5: Fts5) -> None:
    assert stems_of(word) == fts5.stems(word)


def test_stems_of_the_sample_are_those_of_the_index_but_for_british_words(sample_texts: list[str], fts5: Fts5) -> None:
    differing = {
        word
        for text in sample_texts
        for word, ours, theirs in zip(words_of(text), stems_of(text), fts5.stems(text), strict=True)
        if ours != theirs
    }
    assert {word for word in differing if not re.search(r"our|is|ys|re|enc|og|ae|grey|judge|programme", word)} == set()
    assert len(differing) < 0.02 * len({word for text in sample_texts for word in words_of(text)})
