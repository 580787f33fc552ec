"""Exact answers: against a naive count of the sample, and never in the place of another answer."""

import json
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant import Answer, Daybook
from assistant.engine.plan import plan
from assistant.facts import answer_facts
from assistant.finding.mention import Wanted, rows_holding
from assistant.language.counting import counted
from assistant.question.scope import Scope
from assistant.question.wish import FACTS, Fact, Wish, trained_wishes
from eval.exact import read_cases
from ingest.embedding import OnnxEmbedding
from ingest.library import Library
from ingest.paper import Block, StoredPaper
from tests.assistant.conftest import SAMPLE_DAYS, SAMPLE_PAPERS, cited_ids, sample_id
from tests.conftest import write_digest

TRAPS = [case.question for case in read_cases() if case.expected is None and "not have code" not in case.question]
WORDS = ["polyp", "track", "the", "vessels", "of", "depth", "GritDet", "field", "a"]
_COUNT: Fact = "count"
_PAPERS: Fact = "papers"
FIRST, SECOND = date(2021, 1, 4), date(2021, 1, 5)


def exact(book: Daybook, question: str) -> Answer:
    answer = book.ask(question)
    assert answer.kind == "exact", answer.text
    return answer


def first_number(answer: Answer) -> float:
    found = re.search(r"\d[\d,.]*\d|\d", re.sub(r"\([^()]*\)|“[^”]*”", "", answer.facts[0]))
    assert found is not None
    return float(found.group().replace(",", ""))


def on(papers: list[StoredPaper], day: date) -> list[StoredPaper]:
    return [paper for paper in papers if paper.day == day]


def of_block(papers: list[StoredPaper], block: Block) -> list[StoredPaper]:
    return [paper for paper in papers if paper.listings[0].block is block]


def text_of(stored: StoredPaper) -> str:
    return f"{stored.paper.title} {stored.paper.abstract}".lower()


@pytest.fixture
def two_days(tmp_path: Path, real_embedder: OnnxEmbedding) -> Daybook:
    """Two days: of the first 3 papers, 1 of them cross-listed, of the second 1; one is listed on both."""
    folder = tmp_path / "digests"
    kite = (
        "2101.00003",
        "KiteNet: Flying Things",
        "We propose KiteNet. Code: https://github.com/kites/kites is public.",
    )
    gull = ("2101.00001", "On Gulls", "We count gulls as StoneGull does. The code will come.")
    owl = ("2101.00002", "Owl Losses", "An owl loss on the Kitty-9 data, and no link.")
    write_digest(folder, FIRST, [kite, gull], [owl])
    write_digest(folder, SECOND, [gull])
    book = Daybook(Library(tmp_path / "library"), lambda: real_embedder, today=lambda: date(2021, 2, 1))
    book.ingest([folder])
    return book


# ---- counts


@pytest.mark.parametrize(
    ("question", "count"),
    [
        ("How many papers are there?", len),
        ("how many papers do you have", len),
        ("How many papers were listed on 3 November 2026?", lambda papers: len(on(papers, SAMPLE_DAYS[1]))),
        ("How many papers are cross-listed?", lambda p: len(of_block(p, Block.CROSS_LISTED))),
        ("Number of new submissions on 4 Nov 2026?", lambda p: len(of_block(on(p, SAMPLE_DAYS[0]), Block.NEW))),
        ("How many papers come with code?", lambda p: sum(any(link.is_code for link in o.paper.links) for o in p)),
        ("How many days do you have?", lambda _: len(SAMPLE_DAYS)),
        ("How many papers mention polyps?", lambda p: sum("polyp" in text_of(o) for o in p)),
        ("What is the average number of papers per day?", lambda papers: len(papers) / len(SAMPLE_DAYS)),
    ],
)  # fmt: skip
def test_counts_are_those_of_a_naive_count(
    sample_book: Daybook, question: str, count: Callable[[list[StoredPaper]], float]
) -> None:
    assert first_number(exact(sample_book, question)) == pytest.approx(count(sample_book.papers()), abs=0.05)


def test_a_paper_of_two_days_counts_once_and_stands_on_both(two_days: Daybook) -> None:
    assert first_number(exact(two_days, "How many papers are in the library?")) == 3
    assert first_number(exact(two_days, "How many papers were listed on 5 January 2021?")) == 1
    assert "4 Jan 2021 and 5 Jan 2021" in exact(two_days, "When was 2101.00001 listed?").text
    listed = exact(two_days, "List the papers of 5 January 2021.")
    assert [paper.day for paper in listed.references] == [SECOND]


def test_both_blocks_are_counted_where_both_are_asked_for(two_days: Daybook) -> None:
    for question in (
        "How many papers of 4 January 2021, cross-lists included?",
        "How many papers were new and how many cross-listed on 4 January 2021?",
    ):
        assert exact(two_days, question).text == "The library holds 3 papers (4 Jan 2021): 2 new, 1 cross-listed."


@given(
    words=st.lists(st.sampled_from(WORDS), min_size=1, max_size=3)
)  # fmt: skip
@settings(deadline=None, max_examples=40)
def test_mentions_are_those_of_a_naive_search(word_book: Daybook, words: list[str]) -> None:
    wanted = Wanted((" ".join(words),))
    pattern = re.compile(r"(?<!\w)" + r"[-\s]{0,2}".join(words) + r"(?:s|es)?(?!\w)", re.IGNORECASE)
    singular = re.compile(
        r"(?<!\w)" + r"[-\s]{0,2}".join([*words[:-1], re.sub("s$", "", words[-1])]) + r"(?:s|es)?(?!\w)", re.I
    )
    naive = {
        paper.row
        for paper in word_book.papers()
        if any(rx.search(text) for rx in (pattern, singular) for text in (paper.paper.title, paper.paper.abstract))
    }
    assert rows_holding(word_book.library.database, wanted) == naive


def test_words_count_joined_or_apart_and_in_plural(two_days: Daybook) -> None:
    for term in ("Kitty9", "kitty-9", "Kitty 9", "owl losses", "owl loss", "KiteNets"):
        assert first_number(exact(two_days, f"How many papers mention {term}?")) == 1, term
    assert first_number(exact(two_days, "How many papers mention Kitty?")) == 1
    assert first_number(exact(two_days, "How many papers mention Kit?")) == 0
    assert first_number(exact(two_days, "How many papers mention gulls and KiteNet?")) == 0
    assert first_number(exact(two_days, "How many papers mention gulls or KiteNet?")) == 2
    assert first_number(exact(two_days, "How many papers have “gull” in the title?")) == 1


@given(
    words=st.lists(st.sampled_from(WORDS), min_size=1, max_size=2),
    is_any=st.booleans(),
    titles=st.booleans(),
    days=st.none() | st.frozensets(st.sampled_from(SAMPLE_DAYS), min_size=1),
    block=st.none() | st.sampled_from(Block),
    code=st.none() | st.booleans(),
)  # fmt: skip
@settings(deadline=None, max_examples=60)
def test_counts_and_lists_never_contradict_one_another(
    word_book: Daybook,
    *,
    words: list[str],
    is_any: bool,
    titles: bool,
    days: frozenset[date] | None,
    block: Block | None,
    code: bool | None,
) -> None:
    scope = Scope("?", days=days, block=block, with_code=code)
    where: tuple[Fact, ...] = ("in_title",) if titles else ()
    for targets in ((), tuple(words)):
        count, listed = (
            answer_facts("?", scope, Wish((fact, *(where if targets else ())), targets, is_any), word_book.library)
            for fact in (_COUNT, _PAPERS)
        )
        assert count is not None
        assert listed is not None
        assert first_number(count) == len(listed.references)
        assert set(cited_ids(count)) <= set(cited_ids(listed))


# ---- days


def test_the_day_with_most_and_the_ends_of_the_library(two_days: Daybook) -> None:
    assert "4 Jan 2021: 3 papers" in exact(two_days, "Which day had the most papers?").text
    assert "5 Jan 2021: 1 paper" in exact(two_days, "Which day had the fewest papers?").text
    assert "5 Jan 2021" in exact(two_days, "What is the newest day?").text
    assert "4 Jan 2021" in exact(two_days, "When does the library begin?").text
    assert len(exact(two_days, "Which days do you have?").facts) == 3
    assert exact(two_days, "Do you have 4 January 2021?").text.startswith("Yes.")
    assert exact(two_days, "Do you have 6 January 2021?").text.startswith(
        "No, the library does not. It holds no digest"
    )


def test_what_is_not_held_is_said(two_days: Daybook) -> None:
    for question in ("How many papers were listed on 6 January 2021?", "List the papers of 6 January 2021."):
        answer = two_days.ask(question)
        assert answer.abstained
        assert "It holds no digest of 6 Jan 2021; its days are 5 Jan 2021, 4 Jan 2021." in answer.text
    assert "No paper fits (5 Jan 2021, cross-listed)" in exact(two_days, "List the cross-lists of 5 January 2021.").text
    assert "does not hold arXiv:2101.00009" in exact(two_days, "Is 2101.00009 in the library?").text


# ---- papers


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("What is the title of 2101.00003?", "KiteNet: Flying Things"),
        ("Link to KiteNet", "https://arxiv.org/pdf/2101.00003.pdf"),
        ("What is the arXiv id of “KiteNet: Flying Things”?", "arXiv:2101.00003"),
        ("What is the arXiv id of KiteNet?", "arXiv:2101.00003"),
        ("When was KiteNet listed?", "4 Jan 2021"),
        ("Is KiteNet in the library?", "Yes."),
        ("Is 2101.00002 new or cross-listed?", "cross-listed"),
        ("Which category is KiteNet in?", "cs.CV"),
        ("What is the version of 2101.00003?", "names no version"),
        ("Which paper is number 3 of 4 January 2021?", "Owl Losses"),
        ("What is the last paper of 4 January 2021?", "Owl Losses"),
        ("Which paper is number 9 of 4 January 2021?", "There is no number 9"),
    ],
)
def test_papers_are_known_by_id_title_and_method(two_days: Daybook, question: str, says: str) -> None:
    assert says in exact(two_days, question).facts[0]


def test_code_is_given_with_its_quote(two_days: Daybook) -> None:
    answer = exact(two_days, "Where is the code of KiteNet?")
    assert "https://github.com/kites/kites" in answer.facts[0]
    assert [claim.sentence for claim in answer.claims] == ["Code: https://github.com/kites/kites is public."]
    none_yet = exact(two_days, "Does 2101.00001 have code?")
    assert "gives no link to code" in none_yet.facts[0]
    assert [claim.sentence for claim in none_yet.claims] == ["The code will come."]
    assert exact(two_days, "Where is the code of 2101.00002?").claims == ()


def test_a_follow_up_is_about_the_papers_before_it(two_days: Daybook) -> None:
    before = exact(two_days, "When was KiteNet listed?")
    assert "2101.00003" in two_days.ask("What is its link?", [before]).facts[0]
    everything = exact(two_days, "List the papers of 4 January 2021.")
    assert first_number(two_days.ask("How many papers are in the library?", [everything])) == 3


def test_a_name_that_only_others_mention_is_no_paper(two_days: Daybook) -> None:
    assert two_days.ask("When was StoneGull listed?").kind == "quoted"


def test_a_misspelt_name_is_read(sample_book: Daybook) -> None:
    answer = exact(sample_book, "When was BerthLinkk listed?")
    assert cited_ids(answer) == [sample_id(37)]
    assert answer.understood == ("read “BerthLinkk” as “BerthLink”",)


@pytest.mark.parametrize(
    ("fact", "says"),
    [
        ("title", "arXiv:2101.00003 is “KiteNet: Flying Things”."),
        ("link", "https://arxiv.org/pdf/2101.00003.pdf"),
        ("id", "is arXiv:2101.00003"),
        ("days", "was listed on 4 Jan 2021"),
        ("held", "Yes."),
        ("place", "number 1 of cs.CV on 4 Jan 2021, new"),
        ("block", "4 Jan 2021, new"),
        ("category", "is listed in cs.CV"),
        ("version", "names no version"),
        ("code", "https://github.com/kites/kites"),
        ("authors", "keeps no authors"),
    ],
)
def test_each_fact_of_a_paper_is_stated(two_days: Daybook, fact: Fact, says: str) -> None:
    answer = answer_facts("KiteNet?", Scope("KiteNet?"), Wish((fact,), ("KiteNet",)), two_days.library)
    assert answer is not None
    assert says in answer.text
    assert cited_ids(answer) == ["2101.00003"]


def test_every_paper_and_every_fact_that_is_wished_is_stated(two_days: Daybook) -> None:
    wish = Wish(("link", "block"), ("KiteNet", "2101.00002"))
    answer = answer_facts("?", Scope("?", arxiv_ids=frozenset({"2101.00002"})), wish, two_days.library)
    assert answer is not None
    assert len(answer.facts) == 4
    assert set(cited_ids(answer)) == {"2101.00002", "2101.00003"}


def test_papers_at_places_are_stated_and_those_of_no_place_are_not(two_days: Daybook) -> None:
    scope = Scope("?", days=frozenset({FIRST}))
    answer = answer_facts("?", scope, Wish(("place",), places=(1, -1, 7)), two_days.library)
    assert answer is not None
    assert cited_ids(answer) == ["2101.00003", "2101.00002"]
    assert "There is no number 7" in answer.text


def test_a_day_that_is_no_end_of_the_library_is_not_called_one(sample_book: Daybook) -> None:
    middle = sample_book.days()[1].day
    for fact in ("newest", "oldest"):
        answer = answer_facts("?", Scope("?", days=frozenset({middle})), Wish((fact,)), sample_book.library)
        assert answer is not None
        assert "day of the library" not in answer.text
        assert first_number(answer) == len(on(sample_book.papers(), middle))


def test_where_no_fact_is_clear_all_of_a_paper_or_of_the_limits_is_stated(two_days: Daybook) -> None:
    card = answer_facts("?", Scope("?"), Wish(("most",), ("KiteNet",)), two_days.library)
    assert card is not None
    assert len(card.facts) == 4
    of_day = answer_facts("?", Scope("?", days=frozenset({SECOND})), Wish(("title",)), two_days.library)
    assert of_day is not None
    assert cited_ids(of_day) == ["2101.00001"]


# ---- lists


def test_a_list_is_complete_new_before_cross_listed(two_days: Daybook) -> None:
    answer = exact(two_days, "List all papers of 4 January 2021.")
    assert cited_ids(answer) == ["2101.00003", "2101.00001", "2101.00002"]
    assert all(f"[{n}] {paper.title}" in answer.text for n, paper in enumerate(answer.references, start=1))
    assert cited_ids(exact(two_days, "List the cross-lists of 4 January 2021")) == ["2101.00002"]
    assert cited_ids(exact(two_days, "Which papers of 4 January 2021 have code?")) == ["2101.00003"]


def test_the_whole_library_is_listed_newest_day_first(sample_book: Daybook) -> None:
    answer = exact(sample_book, "List all papers.")
    assert len(answer.references) == SAMPLE_PAPERS
    assert cited_ids(answer) == [stored.paper.arxiv_id for stored in sample_book.papers()]


def test_papers_that_mention_a_name_are_listed(two_days: Daybook) -> None:
    answer = exact(two_days, "List all papers that mention KiteNet in January 2021.")
    assert cited_ids(answer) == ["2101.00003"]
    assert answer.facts[0].startswith("1 of 3 papers (January 2021) mention “KiteNet”")


def test_an_exact_answer_is_data(two_days: Daybook) -> None:
    data = json.loads(json.dumps(exact(two_days, "Link to KiteNet").to_dict()))
    assert (data["kind"], data["abstained"], data["claims"]) == ("exact", False, [])
    assert data["facts"][0].endswith("https://arxiv.org/pdf/2101.00003.pdf")
    assert [paper["arxiv_id"] for paper in data["references"]] == ["2101.00003"]
    assert counted(1) == "1 paper"
    assert counted(1204, "category") == "1,204 categories"


# ---- other questions


@pytest.mark.parametrize("question", TRAPS)
def test_other_questions_are_left_alone(sample_book: Daybook, question: str) -> None:
    assert plan(question, (), sample_book.finder, sample_book.library).read.job != "facts"


@given(
    st.text(max_size=500)
    | st.lists(st.sampled_from(" ".join(case.question for case in read_cases()).split())).map(" ".join),
    st.lists(st.sampled_from(FACTS), max_size=3),
)
@settings(deadline=None, max_examples=150)
def test_no_text_and_no_wish_raises(word_book: Daybook, text: str, facts: list[Fact]) -> None:
    scope, table = word_book.finder.understood(text), word_book.library.lexical_table()
    wording = trained_wishes().wording(text, scope, table)
    wish = trained_wishes().read(wording, word_book.finder.vector(wording.masked))
    for one in (wish, replace(wish, facts=tuple(facts))):
        answer = answer_facts(text, scope, one, word_book.library)
        assert answer is None or answer.text


def test_an_empty_library_and_a_copy_answer(tmp_path: Path, two_days: Daybook) -> None:
    with Library(tmp_path / "empty") as empty:
        for fact in FACTS:
            assert answer_facts("How many?", Scope("How many?"), Wish((fact,)), empty) is None
    two_days.close()
    shutil.copytree(two_days.library.folder, tmp_path / "copy")
    with Daybook(Library(tmp_path / "copy"), lambda: two_days.embedder) as copy:
        assert first_number(exact(copy, "How many papers are there?")) == 3
