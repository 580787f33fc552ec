"""What a model thinks is never read as what it says, however it is wrapped and in whatever pieces it comes."""

from collections.abc import Iterator

import pytest

from assistant.llm.sentences import AnswerReader
from ingest.errors import LlmError

CATS, DOGS = "Cats purr softly at night.", "Dogs bark loudly at noon."
ANSWER = "Cats purr softly at night [1]. Dogs bark loudly at noon [2]."
MARKED = "Birds sing at dawn [3]. Fish are mute all day [4]."
THOUGHT = f"Okay, the user asks about pets. {MARKED} I should cite it."


def read(text: str, size: int, *, thinks_first: bool = False, cut: str = "") -> list[tuple[str, tuple[int, ...]]]:
    reader = AnswerReader(2000, 6000, thinks_first=thinks_first)
    pieces = [text[place : place + size] for place in range(0, len(text), size)]
    return [(s.text, s.numbers) for s in reader.sentences(pieces, lambda: cut) if s.text]


SAID = [(CATS, (1,)), (DOGS, (2,))]


@pytest.mark.parametrize(
    "text",
    [
        "<think>\n{t}\n</think>\n\n{a}",
        "<think></think>{a}",
        "<think>\n\n</think>\n\n{a}",
        "<think>{t}</think><think> Again: {t}</think>\n{a}",
        "{t}\n</think>\n\n{a}",
        "I should cite [3]. The user asks of pets [4]. {t}\n</think>\n\n{a}",
        "<think>\n\n</think>\n\n{t}\n</think>\n\n{a}",
        "<thinking>{t}</thinking>{a}",
        "<thought>{t}</thought>{a}",
        "<reasoning>{t}</reasoning>{a}",
        "<Reasoning_Process>{t}</Reasoning_Process>{a}",
        "<seed:think>{t}</seed:think>{a}",
        "<antThinking>{t}</antThinking>{a}",
        '<think type="deep">{t}</think>{a}',
        "<THINK>{t}</THINK>{a}",
        "[THINK]{t}[/THINK]{a}",
        "{t}[/THINK]{a}",
        "◁think▷{t}◁/think▷{a}",
        "<|START_THINKING|>{t}<|END_THINKING|><|START_RESPONSE|>{a}<|END_RESPONSE|>",
        "<|begin_of_thought|>{t}<|end_of_thought|><|begin_of_solution|>{a}<|end_of_solution|>",
        "<unused94>thought\n{t}<unused95>{a}",
        "```thinking\n{t}\n```\n\n{a}",
        "```reasoning\n{t}\n```{a}",
        "<|channel|>analysis<|message|>{t}<|end|><|start|>assistant<|channel|>final<|message|>{a}<|return|>",
        "<|channel|>analysis<|message|>{t}<|end|><|start|>assistant<|channel|>commentary<|message|>{t}<|end|>"
        "<|start|>assistant<|channel|>final<|message|>{a}",
        "<|channel|>analysis<|message|>{t}<|end|><|start|>assistant<|message|>{a}",
        "<|channel|>final<|message|>{a}",
        "<|channel>thought\n{t}<channel|>{a}",
        "analysis{t} assistantfinal{a}",
        "<think>{t}</think>\n<answer>{a}</answer>",
        "{t} <answer>{a}</answer> {t}",
        "{t}\n\n**Final Answer:**\n{a}",
        "{t}\n\n**Final Answer**: {a}",
        "{t}\n\n### Final Answer\n\n{a}",
        "{t}\n\n**Answer**\n\n{a}",
        "{t}\n\nAnswer: {a}",
        "Here is my thought process:\n{t}\nHere is my response:\n{a}",
        "{a}<|im_end|>",
        "{a}</s>",
        "{a}<|eot_id|>",
        "{a}<end_of_turn>",
        "{a}<｜end▁of▁sentence｜>",
        "{a}<|im_end|>\n<|im_start|>user\n{t}",
        "<|im_start|>assistant\n{a}<|im_end|>",
        "<|start_header_id|>assistant<|end_header_id|>\n\n{a}<|eot_id|>",
        "<s>{a}</s>",
        "<think>{t}</think>{a}<|endoftext|>",
    ],
)
@pytest.mark.parametrize("size", [1, 5, 10_000])
def test_thoughts_and_tokens_are_no_text(text: str, size: int) -> None:
    assert read(text.replace("{t}", THOUGHT).replace("{a}", ANSWER), size) == SAID


def test_a_thought_without_a_beginning_is_held_until_it_ends() -> None:
    """Whatever it cites; an answer that begins as answers do is not held."""
    reader = AnswerReader(2000, 6000)
    pieces = ["Okay, the user asks. ", MARKED, " Now I write. ", "\n</think>\n", ANSWER]
    given = [sentence.text for sentence in reader.sentences(pieces, lambda: "")]
    assert given == [CATS, DOGS]
    assert reader.thinks_first


def test_an_answer_is_given_as_it_comes_as_long_as_it_sounds_like_one() -> None:
    reader = AnswerReader(2000, 6000)
    taken: list[str] = []

    def pieces() -> "Iterator[str]":
        for piece in (
            ANSWER,
            " Mice squeak [3].",
            " I should write more.",
            " Birds sing at dawn [4].",
            " Fish are mute [5].",
        ):
            taken.append(piece)
            yield piece

    sentences = reader.sentences(pieces(), lambda: "")
    assert [next(sentences).text for _ in range(2)] == [CATS, DOGS]
    assert len(taken) <= 3
    assert [s.text for s in sentences][-1] == "Fish are mute."
    assert len(taken) == 5


def test_of_a_model_that_is_known_to_think_first_nothing_is_shown_before_its_thought_ends() -> None:
    assert read(f"{MARKED}</think>{ANSWER}", 5, thinks_first=True) == SAID
    assert read(f"{MARKED}</think>{ANSWER}", 5) != SAID
    assert read(ANSWER, 5, thinks_first=True) == SAID
    with pytest.raises(LlmError, match="limit"):
        read(f"{MARKED} And so", 5, thinks_first=True, cut="limit")


@pytest.mark.parametrize("text", [f"<think>{MARKED}", f"Okay, the user asks. {MARKED}", f"```thinking\n{MARKED}"])
def test_of_a_thought_that_was_cut_nothing_is_said(text: str) -> None:
    reader = AnswerReader(2000, 6000)
    sentences = reader.sentences([text], lambda: "limit")
    with pytest.raises(LlmError, match="limit"):
        next(sentences)


def test_the_limit_is_for_the_answer_and_not_for_the_thought() -> None:
    long = "We look at the birds and the fish and at all the others too. " * 60
    assert read(f"<think>{long}</think>{ANSWER}", 50) == SAID
    varied = " ".join(f"Okay, now we look at animal {number} of the zoo." for number in range(120))
    assert read(f"{varied}</think>{ANSWER}", 50) == SAID
    with pytest.raises(LlmError, match="did not come to an end"):
        read("Cats purr [1] and purr and " + "purr and " * 300, 50)
    with pytest.raises(LlmError, match="did not come to an end"):
        read(varied * 2, 50)


def test_a_held_text_that_goes_round_in_circles_is_left() -> None:
    with pytest.raises(LlmError, match="went round in circles"):
        read("The cats of the world purr at night. " * 50, 20)


@pytest.mark.parametrize(
    "text",
    [
        '{"answer": "Cats purr softly at night [1]. Dogs bark loudly at noon [2].", "evidence": [1]}',
        '```json\n{"answer": "Cats purr softly at night [1]. Dogs bark loudly at noon [2]."}\n```',
        '{"sentences": [{"text": "Cats purr softly at night.", "evidence": [1]},'
        ' {"text": "Dogs bark loudly at noon.", "evidence": [2]}]}',
        '[{"sentence": "Cats purr softly at night.", "citation": 1},'
        ' {"sentence": "Dogs bark loudly at noon.", "citation": "[2]"}]',
        '{"reasoning": "Birds sing [3].", "answer": ["Cats purr softly at night [1].", "Dogs bark loudly at noon [2]."'
        "]}",
        '<think>Birds.</think>{"result": {"response": "Cats purr softly at night [1]. Dogs bark loudly at noon [2]."}}',
    ],
)
@pytest.mark.parametrize("size", [1, 5, 10_000])
def test_a_reply_in_json_is_read(text: str, size: int) -> None:
    assert read(text, size) == SAID


def test_of_json_that_was_cut_what_is_certain_is_read() -> None:
    reader = AnswerReader(2000, 6000)
    sentences = reader.sentences(['{"answer": "Cats purr softly at night [1]. Dogs bark lou'], lambda: "limit")
    assert next(sentences).text == CATS
    with pytest.raises(LlmError, match="limit"):
        next(sentences)


@pytest.mark.parametrize(
    "text", ["{Cats} purr softly at night [1].", "[1] Cats purr softly at night.", "```\nCats purr [1].\n```"]
)
def test_what_only_begins_like_json_is_text(text: str) -> None:
    assert [numbers for _, numbers in read(text, 1)] == [(1,)]
