"""Names of people, compared."""

import pytest

from ingest.authors import is_named, names_an_author, words_of_name


@pytest.mark.parametrize(
    "name", ["A. Author", "author", "AUTHOR", "Author, A.", "Ana Author", "a author", "a.b. author"]
)
def test_a_name_is_found_in_any_case_and_order_and_by_initials(name: str) -> None:
    assert is_named("Ana Berta Author", words_of_name(name))


@pytest.mark.parametrize("name", ["Auth", "B. Other", "Ana Ana Author", "C. Author", "A. A. Author", "", "–"])
def test_all_words_must_be_words_of_the_name_each_of_another(name: str) -> None:
    assert not is_named("Ana Berta Author", words_of_name(name))


@pytest.mark.parametrize(
    ("author", "name"),
    [("Jürgen Müller", "jurgen muller"), ("Søren Łoś", "Soren Los"), ("Erin O’Neil", "o'neil"), ("Jose", "José")],
)
def test_accents_are_no_difference(author: str, name: str) -> None:
    assert is_named(author, words_of_name(name))


def test_the_words_are_those_of_one_author() -> None:
    assert names_an_author('["Ana Author", "Bo Bee"]', "bee, b")
    assert not names_an_author('["Ana Author", "Bo Bee"]', "Ana Bee")
