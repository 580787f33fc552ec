"""Which facts a question asks for, in wordings that nothing was trained on, over the sample."""

import json

import pytest

from assistant import Daybook
from assistant.question.question import Question, question_of
from assistant.question.scope import Scope
from assistant.question.wish import Wish, pieces_of, trained_wishes


def read(book: Daybook, question: str) -> Wish:
    scope = book.finder.understood(question)
    wording = trained_wishes().wording(question, scope, book.library.lexical_table())
    return trained_wishes().read(wording, book.finder.vector(wording.masked))


@pytest.mark.parametrize(
    ("question", "facts", "targets"),
    [
        ("how many papers have you got on 3 Nov 2026?", {"count"}, ()),
        ("which day was the busiest?", {"most"}, ()),
        ("on which day did the fewest papers come out?", {"fewest"}, ()),
        ("tell me the link of Vellum please", {"link"}, ("Vellum",)),
        ("arxiv id of WakeMem", {"id"}, ("WakeMem",)),
        ("is 9901.00012 held?", {"held"}, ("9901.00012",)),
        ("how many titles contain “tracking”?", {"count", "in_title"}, ("tracking",)),
        ("where is the code of KerbFirst", {"code"}, ("KerbFirst",)),
        ("newest day?", {"newest"}, ()),
        ("how many days are in the library?", {"day_count"}, ()),
        ("who are the authors of Vellum?", {"authors"}, ("Vellum",)),
    ],
)
def test_facts_and_targets_are_read(sample_book: Daybook, question: str, facts: set[str], targets: tuple[str]) -> None:
    wish = read(sample_book, question)
    assert (set(wish.facts), wish.targets) == (facts, targets)


@pytest.mark.parametrize(
    ("question", "places"),
    [
        ("title of the third paper of 3 November 2026", (3,)),
        ("what is number 12 on 2 Nov 2026?", (12,)),
        ("the last paper of 4 November 2026?", (-1,)),
        ("first and 2nd of 4 November 2026", (1, 2)),
        ("how many papers on 4 November 2026?", ()),
        ("which of them work in 3D?", ()),
        ("top-1 accuracy on 2 GPUs?", ()),
        ("papers 3 and 5", (3, 5)),
    ],
)
def test_places_are_read_outside_of_limits(sample_book: Daybook, question: str, places: tuple[int]) -> None:
    assert read(sample_book, question).places == places


def test_an_or_joins_words(sample_book: Daybook) -> None:
    assert read(sample_book, "how many papers mention “polyp” or “vessel”?").is_any
    assert not read(sample_book, "how many papers mention “polyp” and “vessel”?").is_any


def test_a_quotation_that_never_ends_quotes_nothing(sample_book: Daybook) -> None:
    scope = sample_book.finder.understood("link of 'Vellum for me")
    assert not any(piece.is_quoted for piece in pieces_of("link of 'Vellum for me", scope))


@pytest.mark.parametrize("name", ["9901.00012", "https://arxiv.org/abs/9901.00012v2", "cs/0112017"])
def test_an_id_in_any_form_names_a_paper_and_sets_no_other_limit(sample_book: Daybook, name: str) -> None:
    question = f"what loss is used in {name}?"
    pieces = pieces_of(question, sample_book.finder.understood(question))
    (piece,) = (piece for piece in pieces if piece.is_id)
    assert (piece.text, piece.is_limit) == (name, False)


def test_a_question_is_kept_whole() -> None:
    wish = Wish(("count",), ("polyp", "vessel"), is_any=True, places=(3,))
    asked = Question("?", Scope("?"), "facts", wish=wish)
    kept = json.loads(json.dumps(asked.to_dict()))
    assert question_of("?", kept, ()) == asked
    assert question_of("?", {**kept, "job": "ask"}, ()).wish is None
