"""The opening states facts of the library, and what stands out is counted exactly."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from assistant import Daybook
from assistant.day.overview import spoken_days
from assistant.language.days import Period
from ingest.library import Library
from tests.assistant.day.conftest import MONDAY, TUESDAY
from tests.conftest import WordEmbedder, write_digest


def test_the_opening_counts_the_papers_the_themes_and_the_code(days_book: Daybook) -> None:
    opening = days_book.day(Period(MONDAY, MONDAY)).opening
    assert opening[0] == "The library holds 8 papers of 4 Jan 2021: 6 new, 2 cross-listed."
    assert opening[1].startswith("They fall under 2 themes, the largest ")
    assert opening[1].endswith("(3); 1 on other topics.")
    assert opening[2:] == ("One paper links to code.", "Of 1 paper the library holds no abstract.")


def test_the_opening_of_a_period_names_its_days(days_book: Daybook) -> None:
    opening = days_book.day(Period(MONDAY, TUESDAY), category="cs.CV").opening
    assert opening[0] == "The library holds 9 papers of cs.CV of 4–5 Jan 2021, listed on 2 days: 7 new, 2 cross-listed."


@pytest.fixture
def much_kelp(tmp_path: Path) -> Daybook:
    """40 papers of a day on other things, two of which name kelp forests, and 6 of the next, five of which do."""
    others = [(f"2101.{2000 + n:05}", f"Paper {n}", f"Thing {n}. {'Kelp forests.' * (n < 2)}") for n in range(40)][::-1]
    kelp = [
        (f"2101.{3000 + n:05}", "On Kelp Forests" if n else "On Bread", "We map kelp forests." if n else "We bake.")
        for n in range(6)
    ][::-1]
    write_digest(tmp_path / "digests", MONDAY - timedelta(days=1), others)
    write_digest(tmp_path / "digests", MONDAY, kelp)
    book = Daybook(Library(tmp_path / "library"), WordEmbedder)
    book.ingest([tmp_path / "digests"])
    return book


def test_what_stands_out_is_counted_in_all_papers(much_kelp: Daybook) -> None:
    with much_kelp as book:
        said = [line for line in book.day(Period(MONDAY, MONDAY)).opening if line.startswith("Standing out")]
        assert said == [
            "Standing out: kelp forests, named in 5 of these 6 papers and in 2 of the 40 others of the library."
        ]
        assert not any("Standing out" in line for line in book.day(Period.until(date(2021, 1, 3))).opening)


def test_days_with_gaps_are_named_one_by_one() -> None:
    held = [date(2021, 1, day) for day in (4, 5, 8, 11, 12, 13, 14)]
    assert spoken_days(held[:2], held) == "4–5 Jan 2021"
    assert spoken_days([held[0], held[2]], held) == "4 Jan 2021 and 8 Jan 2021"
    assert spoken_days(held[1:3], held) == "5–8 Jan 2021"  # the library holds no day between them


def test_a_block_is_named_with_its_papers(days_book: Daybook) -> None:
    answer = days_book.ask("Summarise the cross-lists of 4 January 2021")
    assert answer.facts[0] == "The library holds 2 cross-listed papers of 4 Jan 2021: 0 new, 2 cross-listed."
    assert not any("daybook day" in fact for fact in answer.facts)  # no command shows a block
