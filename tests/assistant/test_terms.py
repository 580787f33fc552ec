"""Words, stems and names of a question; the real FTS5 says what words and stems have to be."""

import sqlite3
from collections.abc import Iterator

import pytest

from assistant import Daybook
from assistant.terms import names_in, question_terms, stems_of, words_of


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
def sample_texts(word_book: Daybook) -> list[str]:
    return [f"{stored.paper.title}\n{stored.paper.abstract}" for stored in word_book.papers()]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("What does SPSG do?", ["SPSG"]),
        ("How does PriorGAN differ from U2Net?", ["PriorGAN", "U2Net"]),
        ("How fast is PP-YOLOv2, and is it on COCO?", ["PP-YOLOv2", "COCO"]),
        ("Is there work on COVID-19 or GPT-4?", ["COVID-19", "GPT-4"]),
        ("Which papers are about 3D pose and 2D maps?", []),
        ("What is new? Tell me, I ask.", []),
        ("how does kerbfirst work", []),
        ("", []),
    ],
)
def test_names_have_two_capitals_or_a_capital_and_a_digit(text: str, names: list[str]) -> None:
    assert names_in(text) == names


def test_a_name_is_kept_with_its_words_once() -> None:
    terms = question_terms("PP-YOLOv2 or DETR? PP-YOLOv2!")
    assert [(name.text, name.words) for name in terms.names] == [("PP-YOLOv2", ("pp", "yolov2")), ("DETR", ("detr",))]


@pytest.mark.parametrize("question", ["What is this paper about?", "which papers do they propose", "", "?!", "s t d"])
def test_words_of_asking_carry_nothing(question: str) -> None:
    terms = question_terms(question)
    assert (terms.words, terms.stems, terms.pairs, terms.names) == ((), (), (), ())


def test_the_words_that_carry_meaning_stand_once_in_the_order_of_the_question() -> None:
    terms = question_terms("Which papers segment polyps, and how do they segment small polyps?")
    assert terms.words == ("segment", "polyps", "small")


def test_words_of_one_stem_make_one_stem() -> None:
    terms = question_terms("tracking a tracked track")
    assert terms.words == ("tracking", "tracked", "track")
    assert terms.stems == ("track",)


def test_a_single_letter_carries_meaning_only_in_a_name() -> None:
    assert question_terms("vitamin k").words == ("vitamin",)
    assert question_terms("vitamin K-2B").words == ("vitamin", "k", "2b")


def test_pairs_are_stems_of_words_that_stand_side_by_side() -> None:
    terms = question_terms("estimating the depth of crowded scenes")
    assert terms.pairs == (("crowd", "scene"),)


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
segmentation networks estimated learning supervised transformers recognising generated datasets""".split()  # noqa: SIM905


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


def test_stems_of_the_sample_are_those_of_the_index(sample_texts: list[str], fts5: Fts5) -> None:
    for text in sample_texts:
        assert stems_of(text) == fts5.stems(text)
