"""Which job a question reaches, in wordings that nothing was trained on, over the sample."""

import pytest

from assistant import Answer, Daybook
from assistant.question.job import trained_jobs
from assistant.question.question import JOBS
from tests.assistant.conftest import cited_ids, sample_id

READ = {
    "day": [
        "what happened on 3 Nov 2026",
        "Could you give me a summary of the papers of 2 November 2026?",
        "recap of 4 nov 2026 pls",
        "main themes of 3 November 2026?",
        "what's new?",
    ],
    "help": ["hello there", "What can you do?", "thanks a lot!", "who made you?", "wie geht es dir heute?"],
    "facts": [
        "How many papers are there?",
        "which days do you have",
        "What is the title of 9901.00012?",
        "is 9901.00012 in your library?",
        "how big is this library",
    ],
    "list": ["any papers on polyps?", "Which works are about small object detection?", "stuff on vessel tracking"],
    "compare": ["WakeMem vs BerthLink", "How do Tercet and Cobblestone differ?"],
    "ask": ["How does WakeMem remember lost vessels?", "What mean Dice does Vellum attain?", "what is KerbFirst for"],
}


@pytest.mark.parametrize(("job", "question"), [(job, one) for job, some in READ.items() for one in some])
def test_a_question_reaches_its_job(sample_book: Daybook, job: str, question: str) -> None:
    answer = sample_book.ask(question)
    assert answer.job == job
    assert Answer.from_dict(answer.to_dict()).job == job


def test_the_limits_are_told_as_fields(sample_book: Daybook) -> None:
    limits = sample_book.ask("How many cross-listed cs.CV papers of 3 November 2026 come with code?").limits
    assert limits == {
        "periods": [["2026-11-03", "2026-11-03"]],
        "blocks": ["cross-listed"],
        "categories": ["cs.CV"],
        "code": True,
        "ids": [],
    }
    assert sample_book.ask("What is the title of 9901.00012?").limits["ids"] == [sample_id(12)]


def test_the_shares_of_the_jobs_sum_to_one(sample_book: Daybook) -> None:
    scope = sample_book.finder.understood("recap of 4 nov 2026")
    read = trained_jobs().read("recap of 4 nov 2026", scope, sample_book.finder.vector(scope.rest))
    assert sum(read.shares[job] for job in JOBS) == pytest.approx(1, abs=1e-4)
    assert (read.job, read.is_foreign) == ("day", False)


# ---- help


def test_a_greeting_is_told_what_this_library_can_answer(sample_book: Daybook) -> None:
    answer = sample_book.ask("hello there")
    assert "42 papers" in answer.text
    examples = [line.removeprefix("- ") for line in answer.text.splitlines() if line.startswith("- ")]
    assert len(examples) == 3
    for example in examples:
        assert sample_book.ask(example).grade == "answered"


def test_another_language_is_said_not_to_be_read(sample_book: Daybook) -> None:
    assert "English only" in sample_book.ask("¿Puedes ayudarme a encontrar artículos?").text


# ---- what an overview is on


@pytest.mark.parametrize(
    ("question", "theme"),
    [
        ("What happened on 3 November 2026?", ""),
        ("Please summarise what came out on 3 November 2026 for me", ""),
        ("overview of the medical imaging papers of 3 November 2026", "medical imaging"),
        ("what was new in adversarial robustness on 3 November 2026", "adversarial robustness"),
        ("what did 3 November 2026 throw up in medical imaging", "medical imaging"),
    ],
)
def test_an_overview_is_narrowed_to_its_theme(sample_book: Daybook, question: str, theme: str) -> None:
    answer = sample_book.ask(question)
    assert answer.job == "day"
    assert (f"on {theme}" in answer.facts[0]) is bool(theme)


# ---- all that is known of a paper or of limits


def test_an_id_in_any_wording_is_told_what_it_is(sample_book: Daybook) -> None:
    answer = sample_book.ask("so is 9901.00012 something that you have got in there?")
    assert cited_ids(answer) == [sample_id(12)]
    assert "Trusting the Glare Less" in answer.text


def test_an_id_that_is_not_held_is_said_not_to_be(sample_book: Daybook) -> None:
    assert "2101.00001" in sample_book.ask("so is 2101.00001 something that you have got in there?").text


def test_a_quoted_title_is_told_its_place(sample_book: Daybook) -> None:
    title = "Counting Stomata Without Counting Twice: Leaf Micrographs from Field Microscopes"
    answer = sample_book.ask(f'whereabouts in the list does "{title}" stand, please?')
    assert cited_ids(answer) == [sample_id(3)]
    assert "is number" in answer.text
