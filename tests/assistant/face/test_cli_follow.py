"""The command line for what is followed and what is noted."""

import json
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from xml.etree import ElementTree as ET

import bibtexparser.entrypoint
import pytest

from assistant import Daybook
from assistant.answer.bibliography import BibliographyFormat
from assistant.face.cli_follow import NewsFormat
from ingest.embedding import OnnxEmbedding
from ingest.library import Library
from tests.assistant.conftest import sample_id
from tests.assistant.face.conftest import Say
from tests.conftest import digest_text

WAKEMEM, BERTHLINK = sample_id(28), sample_id(37)
WEDNESDAY = "2026-11-04"


@pytest.fixture(scope="module")
def first_day(real_embedder: OnnxEmbedding, sample_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library that holds the first day of the sample, and follows something since; copy it before changing it."""
    folder = tmp_path_factory.mktemp("first") / "library"
    with Daybook(Library(folder), lambda: real_embedder) as book:
        book.ingest([sample_folder / "2026-11-02.md"])
        book.follow("topic", "vessels")
        book.follow("name", "WakeMem")
    return folder


@pytest.fixture(scope="module")
def all_days(
    first_day: Path, real_embedder: OnnxEmbedding, sample_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The same when the other days have come."""
    folder = Path(shutil.copytree(first_day, tmp_path_factory.mktemp("all") / "library"))
    with Daybook(Library(folder), lambda: real_embedder) as book:
        assert book.ingest([sample_folder]).new == 28
    return folder


@pytest.fixture
def say(say_on: Callable[[Path], Say], first_day: Path, tmp_path: Path) -> Say:
    """Commands on a library of one day."""
    return say_on(Path(shutil.copytree(first_day, tmp_path / "library")))


@pytest.fixture
def grown(say_on: Callable[[Path], Say], all_days: Path, tmp_path: Path) -> Say:
    """Commands on a library of all days."""
    return say_on(Path(shutil.copytree(all_days, tmp_path / "library")))


def test_what_is_followed_from_now_on_is_said(say: Say) -> None:
    status, output, errors = say("follow", "--question", "How fast  is it?")
    assert (status, output) == (0, "question “How fast is it?” followed as number 3\n")
    assert errors.startswith("daybook: Following starts with the next papers")
    assert [line.split(": ")[1] for line in say("follow")[1].splitlines()] == ["nothing new"] * 3


def test_what_is_followed_is_listed_with_how_much_is_new(grown: Say) -> None:
    status, output, errors = grown("follow")
    assert (status, errors) == (0, "")
    assert output.splitlines() == ["  1  topic “vessels”: 2 new", "  2  name “WakeMem”: 1 new"]
    topic, name = json.loads(grown("follow", "--json")[1])
    assert (topic["number"], topic["kind"], topic["text"], topic["new"], name["new"]) == (1, "topic", "vessels", 2, 1)
    assert grown("follow", "--stop", "1")[:2] == (0, "topic “vessels” is followed no longer\n")
    assert grown("follow")[1] == "  2  name “WakeMem”: 1 new\n"


def test_what_is_new_is_shown_once_and_kept_where_that_is_asked_for(grown: Say) -> None:
    status, output, _ = grown("new", "--keep")
    assert (status, output.count(f"arXiv:{WAKEMEM}, 3 Nov 2026, https://arxiv.org/")) == (0, 2)
    assert "“WakeMem keeps an entry for every lost vessel" in output
    assert grown("new")[1] == output
    nothing = "1. topic “vessels”: nothing new\n\n2. name “WakeMem”: nothing new\n"
    assert grown("new") == (0, nothing, "")
    since = grown("new", "--since", WEDNESDAY)[1]
    assert (BERTHLINK in since, WAKEMEM in since) == (True, False)


def test_a_new_version_is_shown_with_its_diff(grown: Say, tmp_path: Path) -> None:
    assert grown("new")[0] == 0
    (paper,) = (one for one in json.loads(grown("papers", "--json")[1]) if one["arxiv_id"] == WAKEMEM)
    abstract = paper["abstract"].replace("46.8", "48.1")
    day = tmp_path / "later.md"
    later = digest_text(date(2026, 11, 9), [(f"{WAKEMEM}v2", paper["title"], abstract)])
    day.write_text(later, encoding="utf-8")
    assert grown("ingest", str(day))[1].startswith("0 new, 1 updated")
    assert grown("follow")[1].splitlines()[1] == "  2  name “WakeMem”: 1 in a new version"
    output = grown("new", "--keep")[1]
    assert "in a new version" in output
    assert "association accuracy reaches [-46.8.-] {+48.1.+}" in output
    assert r"~~46\.8.~~ **48\.1.**" in grown("new", "--keep", "--format", "markdown")[1]
    change = json.loads(grown("new", "--keep", "--format", "json")[1])[1]["papers"][0]["changes"][0]
    assert [piece["text"] for piece in change["pieces"] if piece["kind"] == "added"] == ["48.1."]
    assert "{+48.1.+}" in grown("new", "--format", "atom")[1]


def test_each_format_is_what_it_is_called(grown: Say) -> None:
    def written(form: str) -> str:
        status, output, _ = grown("new", "--keep", "--format", form)
        assert status == 0
        return output

    news = json.loads(written("json"))
    assert [[paper["arxiv_id"] for paper in one["papers"]] for one in news] == [[BERTHLINK, WAKEMEM], [WAKEMEM]]
    quote = news[1]["papers"][0]["quotes"][0]
    assert quote["end"] - quote["start"] == len(quote["quote"])
    markdown = written("markdown")
    assert markdown.startswith("# What is new in Daybook\n\n## topic “vessels” (2 new)\n\n**[BerthLink")
    assert len(bibtexparser.entrypoint.parse_string(written("bibtex")).entries) == 2
    assert written("ris").count("TY  -") == 2
    assert len(json.loads(written("csl"))) == 2
    feed = written("atom")
    assert feed.startswith('<?xml version="1.0" encoding="utf-8"?>\n')
    assert len(ET.fromstring(feed.encode()).findall("{http://www.w3.org/2005/Atom}entry")) == 2  # noqa: S314


def test_every_format_of_papers_is_one_of_news() -> None:
    assert {form.value for form in BibliographyFormat} <= {form.value for form in NewsFormat}


def test_papers_are_marked_listed_and_hidden(grown: Say) -> None:
    said = f"{WAKEMEM:<12} read, starred; tags: boats, sea; note: “read twice”  WakeMem: Remembering"
    status, output, errors = grown(
        "mark", f"arXiv:{WAKEMEM}v1", "--read", "--star", "--tag", "sea", "--tag", "boats", "--note", "read\ntwice"
    )
    assert (status, errors, output.startswith(said)) == (0, "", True)
    assert grown("mark", WAKEMEM)[1] == grown("mark")[1] == output
    assert grown("mark", BERTHLINK, "--hide")[1].startswith(f"{BERTHLINK:<12} hidden  BerthLink")
    assert [line[:10] for line in grown("mark")[1].splitlines()] == [BERTHLINK, WAKEMEM]
    assert grown("mark", "--starred")[1] == grown("mark", "--tag", "sea")[1] == output
    assert grown("mark", "--tag", "sea", "--tag", "land")[1] == ""
    (told,) = json.loads(grown("mark", "--starred", "--json")[1])
    assert (told["arxiv_id"], told["read"], told["tags"], told["note"]) == (
        WAKEMEM,
        True,
        ["boats", "sea"],
        "read twice",
    )
    assert grown("follow")[1].splitlines()[0] == "  1  topic “vessels”: 1 new"
    assert BERTHLINK not in grown("similar", WAKEMEM, "--limit", "99")[1]
    assert grown("remove", "--yes", WAKEMEM)[0] == 0
    assert "(not in the library)" in grown("mark", "--starred")[1]
    assert (
        "nothing noted"
        in grown("mark", WAKEMEM, "--unread", "--unstar", "--untag", "sea", "--untag", "boats", "--note", "")[1]
    )
    assert json.loads(grown("mark", WAKEMEM, "--json")[1]) == []


def test_papers_like_a_paper_are_listed(grown: Say) -> None:
    status, output, errors = grown("similar", WAKEMEM, "--limit", "2")
    assert (status, errors) == (0, "")
    assert sorted(line.split()[1] for line in output.splitlines()) == [sample_id(13), BERTHLINK]
    found = json.loads(grown("similar", WAKEMEM, "--limit", "2", "--json")[1])
    assert [one["arxiv_id"] for one in found] == [line.split()[1] for line in output.splitlines()]


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (("follow", "a topic", "--author", "A. Author"), "several things are named"),
        (("follow", "cars", "--stop", "1"), "several things are named"),
        (("follow", "the"), "“the” is no theme"),
        (("follow", "Vessels"), "the topic “vessels” is followed already, as number 1"),
        (("follow", "--stop", "9"), "nothing that is followed has number 9"),
        (("new", "--since", "yesterday"), "“yesterday” is no day"),
        (("mark", "--star"), "no paper is named"),
        (("mark", "WakeMem", "--star"), "“WakeMem” is no arXiv id"),
        (("mark", "2101.00001", "--star"), "the library holds no paper arXiv:2101.00001"),
        (("mark", WAKEMEM, "--starred"), "--starred lists marked papers"),
        (("similar", "2101.00001"), "the library holds no paper arXiv:2101.00001"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(say: Say, command: tuple[str, ...], said: str) -> None:
    status, output, errors = say(*command)
    assert (status, output, errors.count("\n")) == (1, "", 1)
    assert errors.startswith(f"daybook: {said}")


def test_where_nothing_is_followed_that_is_said(
    say_on: Callable[[Path], Say], sample_library_folder: Path, tmp_path: Path
) -> None:
    shutil.copytree(sample_library_folder, tmp_path / "library")
    say = say_on(tmp_path / "library")
    for command in (("follow",), ("new",)):
        status, output, errors = say(*command)
        assert (status, output, errors.count("\n")) == (0, "", 1)
        assert "nothing is followed yet" in errors
    assert json.loads(say("new", "--format", "json")[1]) == []
    assert ET.fromstring(say("new", "--format", "atom")[1].encode()).tag.endswith("feed")  # noqa: S314
