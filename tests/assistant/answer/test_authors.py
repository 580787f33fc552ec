"""Names of authors as sources write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.answer.authors import Author, read_author


@pytest.mark.parametrize(
    ("name", "read"),
    [
        ("Ada Lovelace", Author("Lovelace", "Ada")),
        ("Lovelace, Ada", Author("Lovelace", "Ada")),
        ("Laurens van der Maaten", Author("van der Maaten", "Laurens")),
        ("van der Maaten, Laurens", Author("van der Maaten", "Laurens")),
        ("Luc Van Gool", Author("Van Gool", "Luc")),
        ("Fernando De la Torre", Author("De la Torre", "Fernando")),
        ("Hung Van Nguyen", Author("Nguyen", "Hung Van")),
        ("Santiago Ramón y Cajal", Author("Ramón y Cajal", "Santiago")),
        ("Jean d'Alembert", Author("d'Alembert", "Jean")),
        ("J. R. R. Tolkien", Author("Tolkien", "J. R. R.")),
        ("Jean-Luc Picard", Author("Picard", "Jean-Luc")),
        ("danah boyd", Author("boyd", "danah")),
        ("Sammy Davis Jr.", Author("Davis", "Sammy", "Jr.")),
        ("Sammy Davis, Jr.", Author("Davis", "Sammy", "Jr.")),
        ("Davis, Sammy, Jr.", Author("Davis", "Sammy", "Jr.")),
        ("Davis, Jr., Sammy", Author("Davis", "Sammy", "Jr.")),
        ("Henry Ford III", Author("Ford", "Henry", "III")),
    ],
)
def test_a_name_is_split_where_that_is_sure(name: str, read: Author) -> None:
    assert read_author(name) == read


@pytest.mark.parametrize(
    "name",
    [
        "LHCb Collaboration",
        "The ATLAS collaboration",
        "Event Horizon Telescope Consortium, K. Akiyama",
        "University of Harbours",
        "Ada Lovelace (Analytical Engines)",
        "Ada Lovelace and Charles Babbage",
        "Lovelace, Ada, Babbage, Charles",
        "Lovelace, Ada, London",
        "Lovelace,",
        ", Ada",
        "et al.",
        "others",
        "Madonna",
        "张三",
        "Ramesh K.",
        "Balamurali M",
        "Ramón y Cajal",
        "Jr.",
        "R2D2 Unit",
        "=, %",
    ],
)
def test_what_cannot_be_split_stays_as_it_is_told(name: str) -> None:
    assert read_author(name) == Author(name)
    assert read_author(name).is_literal


@given(st.text(min_size=1).map(lambda text: " ".join(text.split())).filter(bool))
def test_no_letter_of_a_name_is_lost(name: str) -> None:
    author = read_author(name)
    parts = "".join((author.given, author.family, author.suffix))
    assert sorted(parts.replace(" ", "")) == sorted(
        name.replace(" ", "").replace(",", "") if author.given else name.replace(" ", "")
    )
