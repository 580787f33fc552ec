"""Which papers are meant."""

from datetime import date

import pytest

from assistant import Daybook
from assistant.comparing.choosing import Chooser, topic_scope
from ingest.errors import InputError
from tests.assistant.comparing.conftest import GULL, KITE, SECOND
from tests.assistant.conftest import SAMPLE_DAYS, sample_id


def ids(book: Daybook, *names: str) -> list[str]:
    return [row.paper.arxiv_id for row in book.compare(*names).table.rows]


@pytest.mark.parametrize(
    "names",
    [
        (KITE, GULL),
        ("KiteNet", "GullNet"),
        ("kitenet", GULL),
        (f"arXiv:{KITE}", "GullNet: Following Gulls"),
        (f"the kite tracker ({KITE})", "the GullNet paper"),
    ],
)
def test_papers_are_named_by_id_name_or_title(birds: Daybook, names: tuple[str, str]) -> None:
    comparison = birds.compare(*names)
    assert [row.paper.arxiv_id for row in comparison.table.rows] == [KITE, GULL]
    assert comparison.understood == ()


def test_the_same_paper_twice_is_one(birds: Daybook) -> None:
    assert ids(birds, "KiteNet", KITE, "GullNet") == [KITE, GULL]


def test_an_unknown_name_is_never_guessed(birds: Daybook) -> None:
    with pytest.raises(InputError, match=r"no paper that “PriorGAN” surely names") as raised:
        birds.compare("KiteNet", "PriorGAN")
    assert len(str(raised.value).splitlines()) == 4
    with pytest.raises(InputError, match=r"2199\.00001"):
        birds.compare("KiteNet", "2199.00001")


def test_a_description_is_said_to_have_been_read(sample_book: Daybook) -> None:
    comparison = sample_book.compare("HarbourTrack", "remembering vessels through occlusion")
    assert [row.paper.arxiv_id for row in comparison.table.rows] == [sample_id(13), sample_id(28)]
    assert comparison.understood[0].startswith("read “remembering vessels through occlusion” as “WakeMem")


def test_the_papers_of_a_topic_are_within_its_days(sample_book: Daybook) -> None:
    first, last = min(SAMPLE_DAYS), max(SAMPLE_DAYS)
    table = sample_book.compare_topic("polyp segmentation", since=first, until=last).table
    assert {row.paper.arxiv_id for row in table.rows} == {sample_id(12), sample_id(25)}
    with pytest.raises(InputError, match=r"the library holds 0 on “polyp segmentation”"):
        sample_book.compare_topic("polyp segmentation", since=last, until=last)
    with pytest.raises(InputError, match="no papers of"):
        sample_book.compare_topic("tracking", since=date(2027, 1, 1))


def test_a_topics_limit_is_told(sample_book: Daybook) -> None:
    comparison = sample_book.compare_topic("segmentation", limit=2)
    assert len(comparison.table.rows) == 2
    assert comparison.understood[-1].startswith("the 2 nearest of ")


def test_days_of_a_topic_meet_those_that_it_names(birds: Daybook) -> None:
    scope = topic_scope(birds.finder.understood("swans"), birds.library.holdings(), None, SECOND)
    assert scope.description == "until 5 Jan 2021"
    assert scope.days is not None
    assert len(scope.days) == 2


def test_several_papers_of_a_name_are_listed(birds: Daybook) -> None:
    chooser = Chooser(birds.library, birds.finder)
    found = chooser.named("KiteNet")
    assert found is not None
    assert [stored.paper.arxiv_id for stored in found.papers] == [KITE]
    assert chooser.named("NoSuchNet") is None
