"""The quoted sentences answer what was asked, from as many papers as the question needs.

First through `ask` over the sample with the real models: what counts is what a user gets; then, with a reader and
heads made for the test, what holds whatever was learned.
"""

import re
from datetime import date
from pathlib import Path

import pytest

from assistant import Daybook
from assistant.reading.choosing import PAIRS_READ, Findings, PaperReader
from assistant.reading.scoring import ReaderScorer
from ingest.cross_encoder import CrossEncoder
from ingest.embedding import OnnxEmbedding
from ingest.library import Library
from tests.assistant.conftest import cited_ids, quotes, sample_id, shown_ids, shown_quotes
from tests.assistant.reading.conftest import RecordingReader, WordReader, asked_of, made_heads, ranked_in_order
from tests.conftest import write_digest

NUMBERS = [
    ("How many video sequences does HarbourTrack gather?", 13, "412 video sequences"),
    ("What mIoU does KerbFirst reach on Cityscapes?", 14, "81.7% mIoU"),
    ("What mean Dice does Vellum attain?", 12, "mean Dice of 0.871"),
    ("What mean Dice does SparseScope reach with five percent of the labels?", 25, "0.858"),
    ("How many false alarms per minute does LumenTrace produce?", 10, "0.9 false alarms per minute"),
    ("What is the character error rate of InkTrail?", 41, "4.6%"),
    ("How many individuals does SealRoster comprise?", 15, "3,940 individuals"),
    ("How many parameters does the GrainGate model have?", 16, "1.3 million parameters"),
    ("How many GFLOPs does PebbleDet cost in total?", 6, "96 GFLOPs"),
    ("What robust accuracy does Breakwater have under AutoAttack?", 24, "58.9%"),
]


@pytest.mark.parametrize(("question", "number", "told"), NUMBERS)
def test_a_question_for_a_number_shows_the_sentence_with_it(
    sample_book: Daybook, question: str, number: int, told: str
) -> None:
    answer = sample_book.ask(question)
    assert shown_ids(answer) == [sample_id(number)]
    assert any(told in quote for quote in shown_quotes(answer))


def test_most_questions_for_a_number_are_answered(sample_book: Daybook) -> None:
    grades = [sample_book.ask(question).grade for question, *_ in NUMBERS]
    assert grades.count("answered") >= 0.8 * len(NUMBERS)
    assert "none" not in grades


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("Where can I find the code of LabelLoom?", "https://github.com/daybook-sample/labelloom"),
        ("Is the code of GleanViT available?", "https://github.com/daybook-sample/gleanvit"),
        ("Which data is Vellum trained on?", "PolypAtlas"),
        ("Why does KerbFirst struggle with wet asphalt at night?", "because reflections create closed outlines"),
        ("What does WakeMem do with lost vessels?", "keeps an entry for every lost vessel"),
    ],
)
def test_other_questions_quote_what_they_ask_for(sample_book: Daybook, question: str, told: str) -> None:
    assert told in quotes(sample_book.ask(question))


@pytest.mark.parametrize(
    ("question", "number"),
    [
        ("What does PebbleDet do for small objects?", 6),
        ("What does GritDet do for small objects?", 42),
        ("How does QuickQuill generate an image?", 8),
        ("How does HopStep generate an image?", 35),
        ("What does InkTrail achieve on LedgerScript?", 41),
        ("What does AbacusRead achieve on LedgerScript?", 40),
        ("How does SeasonStack do on FieldMosaic?", 36),
    ],
)
def test_a_name_keeps_other_papers_out(sample_book: Daybook, question: str, number: int) -> None:
    assert shown_ids(sample_book.ask(question)) == [sample_id(number)]


@pytest.mark.parametrize(
    ("question", "number"),
    [("What PSNR does Spiralite give at eightfold acceleration?", 1), ("What does Tercet cost on ImageNet?", 39)],
)
def test_a_name_with_one_capital_keeps_other_papers_out(sample_book: Daybook, question: str, number: int) -> None:
    assert shown_ids(sample_book.ask(question)) == [sample_id(number)]


@pytest.mark.parametrize(
    ("question", "numbers"),
    [
        ("Compare WakeMem and BerthLink", {28, 37}),
        ("How do QuickQuill and HopStep differ?", {8, 35}),
        ("Compare RipePick, BlinkVO and WhiskerMatch", {29, 26, 15}),
        ("How do Tercet and Cobblestone differ?", {39, 27}),
        ("Is PebbleDet or GritDet better on small objects?", {6, 42}),
        ("Compare Vellum and Spiralite", {12, 1}),
    ],
)
def test_each_of_several_names_brings_its_paper(sample_book: Daybook, question: str, numbers: set[int]) -> None:
    ids = cited_ids(sample_book.ask(question))
    assert sorted(ids) == sorted(sample_id(number) for number in numbers)


@pytest.mark.parametrize(
    ("question", "numbers"),
    [
        ("Which papers deal with polyps in colonoscopy?", {10, 12, 25}),
        ("List papers about monocular depth estimation", {9, 38}),
        ("Which works are about small object detection?", {6, 42}),
        ("Which papers are about polyp segmentation?", {12, 25}),
    ],
)
def test_a_question_for_papers_gets_all_that_are_on_it_first(
    sample_book: Daybook, question: str, numbers: set[int]
) -> None:
    ids = cited_ids(sample_book.ask(question))
    assert set(ids[: len(numbers)]) == {sample_id(number) for number in numbers}


def test_a_question_for_one_thing_is_answered_from_one_paper(sample_book: Daybook) -> None:
    assert cited_ids(sample_book.ask("How many micrographs does StomaSet hold?")) == [sample_id(3)]


@pytest.mark.parametrize(
    "question",
    [
        "Which papers deal with polyps in colonoscopy?",
        "How does WakeMem follow vessels?",
        "What does InkTrail achieve on LedgerScript?",
        "How is a knee MRI reconstructed?",
    ],
)
def test_every_quote_is_a_whole_sentence_of_the_stored_abstract(sample_book: Daybook, question: str) -> None:
    answer = sample_book.ask(question)
    citations = [citation for claim in answer.claims for citation in claim.citations]
    assert citations
    for citation in citations:
        stored = sample_book.library.paper(citation.arxiv_id)
        assert stored is not None
        abstract = stored.paper.abstract
        assert abstract[citation.start : citation.end] == citation.quote
        assert citation.start == 0 or re.search(r"[.!?)] $", abstract[: citation.start])
        assert re.search(r"[.!?)]$", citation.quote)


@pytest.mark.parametrize(
    "question",
    ["What does KerbFirst propose?", "How does SiltLine map floods?", "How does WakeMem follow vessels?"],
)
def test_no_sentence_is_quoted_twice_and_a_paper_has_one_heading(sample_book: Daybook, question: str) -> None:
    answer = sample_book.ask(question)
    spans = [(citation.arxiv_id, citation.start) for claim in answer.claims for citation in claim.citations]
    assert len(set(spans)) == len(spans) > 0
    assert all(answer.text.count(reference.title) == 1 for reference in answer.references)


@pytest.mark.parametrize(
    ("question", "number"),
    [
        ("Which papers of 2 November 2026 are about polyp segmentation?", 12),
        ("Which papers of 3 November 2026 are about polyp segmentation?", 25),
        ("Which papers of 2026-11-02 deal with monocular depth?", 9),
        ("Which papers of 2026-11-04 deal with monocular depth?", 38),
    ],
)
def test_a_day_keeps_papers_of_other_days_out(sample_book: Daybook, question: str, number: int) -> None:
    answer = sample_book.ask(question)
    stored = sample_book.library.paper(sample_id(number))
    assert stored is not None
    assert cited_ids(answer)[0] == sample_id(number)
    days = {paper.day for paper in answer.references} | {paper.day for paper in answer.nearest}
    assert days == {stored.day}


def test_a_paper_without_an_abstract_is_never_quoted(book: Daybook, tmp_path: Path) -> None:
    papers = [("2101.00002", "Purring Cats of QX7", ""), ("2101.00001", "Dogs", "Dogs bark at noon.")]
    book.ingest([write_digest(tmp_path, date(2021, 1, 4), papers)])
    answer = book.ask("What does QX7 say about purring cats?")
    assert answer.abstained
    assert "2101.00002" not in shown_ids(answer)


def test_an_acronym_is_not_the_word_that_it_spells(book: Daybook, tmp_path: Path) -> None:
    papers = [(f"2101.0000{n}", f"Clip number {n}", "We cut each clip of a video at its middle.") for n in range(1, 6)]
    book.ingest([write_digest(tmp_path, date(2021, 1, 4), papers)])
    answer = book.ask("What does CLIP do with a video?")
    assert answer.abstained
    assert "“CLIP”" in answer.text


def test_a_compound_with_an_acronym_is_known_by_its_words(book: Daybook, tmp_path: Path) -> None:
    abstract = "We fuse RGB and thermal images of people at night."
    book.ingest([write_digest(tmp_path, date(2021, 1, 4), [("2101.00001", "Seeing at night", abstract)])])
    answer = book.ask("How are RGB-thermal images of people fused at night?")
    assert abstract in shown_quotes(answer)
    assert "mentions" not in answer.text


# ---- whatever was learned: a reader that counts shared words, and heads that add nothing


def found_by(
    reader: WordReader, library: Library, question: str, grade: str = "answered", *, is_follow_up: bool = False
) -> Findings:
    """What is found in all papers of a library, in their order."""
    heads = made_heads(grade)
    asked = asked_of(question, is_follow_up=is_follow_up)
    return PaperReader(library, ReaderScorer(reader, heads), heads).read(asked, ranked_in_order(library))


def test_few_pairs_are_read_of_the_first_papers_and_of_a_long_one_some(book: Daybook, tmp_path: Path) -> None:
    long = " ".join(f"Kite number {n} flies over the sea." for n in range(40))
    short = " ".join(f"Boat number {n} sails on the sea." for n in range(5))
    papers = [(f"2101.{99 - n:05}", f"Paper {n}", long if n == 0 else short) for n in range(20)]
    book.ingest([write_digest(tmp_path, date(2021, 1, 4), papers)])
    reader = WordReader()
    found_by(reader, book.library, "Which kite flies over the sea?")
    ((_, passages),) = reader.asked
    assert 5 < len(passages) <= PAIRS_READ
    titles = list(dict.fromkeys(passage.partition(".")[0] for passage in passages))
    assert titles == [f"Paper {n}" for n in range(len(titles))]
    assert 0 < sum(passage.startswith("Paper 0.") for passage in passages) < 20


BEST = "Red kites fly over a wide blue sea."
ASKED = "red kites fly over a wide blue sea"


def test_the_best_sentence_comes_first_and_the_paper_that_has_it(book: Daybook, tmp_path: Path) -> None:
    papers = [
        ("2101.00002", "First", "Dogs bark at the cats of the town. Grey kites fly over a wide blue sea."),
        ("2101.00001", "Second", f"Owls hunt in the woods at night. {BEST}"),
    ]
    book.ingest([write_digest(tmp_path, date(2021, 1, 4), papers)])
    claims = found_by(WordReader(), book.library, ASKED).claims
    assert [claim.quote for claim in claims] == [BEST, "Grey kites fly over a wide blue sea."]
    closest = found_by(WordReader(), book.library, ASKED, "closest").closest
    assert [piece.quote for piece in closest[:2]] == [claim.quote for claim in claims]
    assert [piece.score for piece in closest] == sorted((piece.score for piece in closest), reverse=True)


@pytest.mark.parametrize("grade", ["answered", "closest"])
def test_at_most_three_sentences_are_quoted(book: Daybook, tmp_path: Path, grade: str) -> None:
    abstract = " ".join(f"Kites fly over sea {n}." for n in range(10))
    book.ingest([write_digest(tmp_path, date(2021, 1, 4), [("2101.00001", "Kites", abstract)])])
    found = found_by(WordReader(), book.library, "kites fly over a sea", grade)
    assert len(found.claims or found.closest) == 3


def test_a_sentence_that_is_far_better_than_all_others_stands_alone(book: Daybook, tmp_path: Path) -> None:
    abstract = f"Dogs bark at the cats of the town. {BEST} Owls hunt in the woods at night."
    book.ingest([write_digest(tmp_path, date(2021, 1, 4), [("2101.00001", "Animals", abstract)])])
    assert [claim.quote for claim in found_by(WordReader(), book.library, ASKED).claims] == [BEST]


POINTS = {
    "(2)": f"(1) We build a lamp for the town. (2) {BEST}",
    "2)": f"1) We build a lamp for the town. 2) {BEST}",
    "(ii)": f"(i) We build a lamp for the town. (ii) {BEST}",
    "(b)": f"(a) We build a lamp for the town. (b) {BEST}",
    "(3)": f"(1) We build a lamp for the town. (2) We sew nets for the boats. (3) {BEST}",
}


@pytest.mark.parametrize("points", POINTS.values(), ids=POINTS)
def test_a_later_point_brings_those_before_it(book: Daybook, tmp_path: Path, points: str) -> None:
    abstract = f"Dogs bark at the cats of the town. {points}"
    book.ingest([write_digest(tmp_path, date(2021, 1, 4), [("2101.00001", "Kites", abstract)])])
    assert " ".join(claim.quote for claim in found_by(WordReader(), book.library, ASKED).claims) == points


def test_a_later_point_brings_no_other_sentence_where_not_all_are_read(book: Daybook, tmp_path: Path) -> None:
    others = " ".join(f"Many dogs bark in town {n}." for n in range(20))
    points = f"(1) We build a lamp for the town. (2) {BEST}"
    book.ingest([write_digest(tmp_path, date(2021, 1, 4), [("2101.00001", "Kites", f"{others} {points}")])])
    assert " ".join(claim.quote for claim in found_by(WordReader(), book.library, ASKED).claims) == points


def test_a_first_point_brings_no_other_sentence(book: Daybook, tmp_path: Path) -> None:
    abstract = f"Dogs bark at the cats of the town. (1) {BEST} (2) We build a lamp for the town."
    book.ingest([write_digest(tmp_path, date(2021, 1, 4), [("2101.00001", "Kites", abstract)])])
    assert [claim.quote for claim in found_by(WordReader(), book.library, ASKED).claims] == [f"(1) {BEST}"]


def test_a_name_that_one_paper_holds_keeps_better_sentences_of_others_out(book: Daybook, tmp_path: Path) -> None:
    papers = [
        ("2101.00002", "Better", "Red kites fly over a wide blue sea."),
        ("2101.00001", "KiteNet", "KiteNet flies. It is red."),
    ]
    book.ingest([write_digest(tmp_path, date(2021, 1, 4), papers)])
    found = found_by(WordReader(), book.library, "Does KiteNet let red kites fly over a wide blue sea?")
    assert {claim.stored.paper.arxiv_id for claim in found.claims} == {"2101.00001"}


@pytest.mark.parametrize("is_follow_up", [False, True])
def test_a_name_that_no_paper_holds_is_never_answered(book: Daybook, tmp_path: Path, *, is_follow_up: bool) -> None:
    book.ingest([write_digest(tmp_path, date(2021, 1, 4), [("2101.00001", "Kites", "Kites fly over a sea.")])])
    question = "Does KiteNet let kites fly over a sea?"
    found = found_by(WordReader(), book.library, question, is_follow_up=is_follow_up)
    assert (found.grade, found.claims, [name.text for name in found.missing]) == ("closest", (), ["KiteNet"])
    assert found_by(WordReader(), book.library, "Do kites fly over a sea?").grade == "answered"


def test_each_grade_shows_what_it_is(book: Daybook, tmp_path: Path) -> None:
    book.ingest([write_digest(tmp_path, date(2021, 1, 4), [("2101.00001", "Kites", "Kites fly over a sea.")])])
    shown = {
        grade: found_by(WordReader(), book.library, "Do kites fly over a sea?", grade)
        for grade in ("answered", "closest", "none")
    }
    assert {grade: found.grade for grade, found in shown.items()} == {grade: grade for grade in shown}
    assert [(len(found.claims), len(found.closest)) for found in shown.values()] == [(1, 0), (0, 1), (0, 0)]


def test_a_follow_up_is_never_held_to_be_about_nothing(book: Daybook, tmp_path: Path) -> None:
    book.ingest([write_digest(tmp_path, date(2021, 1, 4), [("2101.00001", "Kites", "Kites fly over a sea.")])])
    found = found_by(WordReader(), book.library, "Do kites fly over a sea?", "none", is_follow_up=True)
    assert found.grade == "closest"


def test_papers_without_a_sentence_are_no_answer(book: Daybook, tmp_path: Path) -> None:
    book.ingest([write_digest(tmp_path, date(2021, 1, 4), [("2101.00001", "Kites over a sea", "")])])
    assert found_by(WordReader(), book.library, "Do kites fly over a sea?") == Findings("none")


# ---- a whole answer


BUDGET = [
    "What does KerbFirst propose?",
    "Which papers are about polyp segmentation?",
    "Which papers are about the boiling point of ethanol?",
    "List papers about medieval trade routes",
    "How does WakeMem follow vessels?",
    "What is the boiling point of ethanol?",
]


@pytest.mark.parametrize("question", BUDGET)
def test_a_whole_answer_reads_few_pairs(
    real_embedder: OnnxEmbedding, real_reader: CrossEncoder, sample_library_folder: Path, question: str
) -> None:
    reader = RecordingReader(real_reader)
    with Daybook(Library(sample_library_folder), lambda: real_embedder, load_reader=lambda: reader) as book:
        book.ask(question)
    assert (
        sum(len(passages) for _, passages in reader.asked) <= 2 * PAIRS_READ
    )  # twice: a list of nothing is read as a fact


NOT_HELD_NAMES = ("ZX81", "QuuxFormer", "W7-BLARG")
HELD = ("What {} does KerbFirst reach on Cityscapes?", "Does WakeMem remember lost vessels with {}?",
        "Which papers are about polyp segmentation with {}?", "How does {} segment polyps?")  # fmt: skip


@pytest.mark.parametrize("name", NOT_HELD_NAMES)
@pytest.mark.parametrize("question", HELD)
def test_a_question_with_a_name_that_the_library_does_not_hold_is_not_answered(
    sample_book: Daybook, question: str, name: str
) -> None:
    answer = sample_book.ask(question.format(name))
    assert answer.grade != "answered"
    assert f"No paper of it mentions “{name}”." in answer.text
