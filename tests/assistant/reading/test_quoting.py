"""Quotes of any text: what holds whatever text it is and whatever was learned; with the real models, what one gets."""

import time
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant import Quote, quote
from assistant.learned.heads import Heads
from assistant.reading import quoting
from assistant.reading.cutting import sentences_to_read
from assistant.reading.quote_features import ANSWER_FEATURES, QUOTE_FEATURES
from assistant.reading.quoting import MOST_QUOTES, CosinePairs, Quoter, loaded, quoting_heads, ranked_sentences
from ingest.cross_encoder import STATE_SIZE, CrossEncoder
from ingest.embedding import OnnxEmbedding
from ingest.errors import InputError, ModelUnavailableError
from tests.assistant.reading.conftest import WordReader, packed
from tests.conftest import WordEmbedder

ABSTRACT = (
    "Coronary disease is common. We followed 412 patients of two clinics for nine years. "
    "Those who walked daily had 31% fewer heart attacks than the others. Our code is public."
)
OCR = (
    "4 |   W A R R A N T Y\r\n\r\nThe manu-\r\nfacturer war-\r\nrants the device for a period of 24 months from\r\n"
    "the date of pur-\r\nchase. Batteries are ex-\r\ncluded.\x0c\r\n- Keep the receipt\r\n- Call 555-1234 for help"
)
ANY_TEXT = st.text(max_size=400) | st.lists(
    st.sampled_from(
        ["The cat sleeps.", "the cat", "Who, e.g. a cat, sleeps?", "1.", "(2)", "- a", "\r\n", "\n\n", "\n", "\t", " ",
         "…", "“Cats!”", "猫。", "\x0c", "\x00", "\ud800", "\ufeff", "e\u0301", "cat" * 200, "Fig. 3"]
    ),
    max_size=60,
).map(" ".join)  # fmt: skip


def word_quoter(answered_cut: float = -1e6, sentence_cut: float = 0.0, reader: WordReader | None = None) -> Quoter:
    """Words in common decide, and everything is answered unless the cut says otherwise."""
    sentence = packed(len(QUOTE_FEATURES) + 2 * STATE_SIZE, sentence_cut, QUOTE_FEATURES.index("logit"))
    answered = packed(len(ANSWER_FEATURES) + 2 * STATE_SIZE, answered_cut)
    return Quoter(reader or WordReader(), heads=Heads({"reader sentence": sentence, "reader answered": answered}))


def assert_verbatim(quotes: list[Quote], text: str) -> None:
    for one in quotes:
        assert 0 <= one.start < one.end <= len(text)
        assert one.text == text[one.start : one.end]
        assert one.text.strip() == one.text
        assert 0 <= one.score <= 1
    assert [one.score for one in quotes] == sorted((one.score for one in quotes), reverse=True)
    spans = sorted((one.start, one.end) for one in quotes)
    assert all(end <= start for (_, end), (start, _) in pairwise(spans))


# ---- of every text


@given(question=st.text(min_size=1, max_size=60), text=ANY_TEXT, title=st.text(max_size=20))
def test_every_quote_of_any_text_is_verbatim(question: str, text: str, title: str) -> None:
    quoter = word_quoter()
    try:
        quotes = quoter.quotes(question, text, title)
    except InputError:
        assert not question.isprintable() or not question.strip()
        return
    assert_verbatim(quotes, text)
    assert len(quotes) <= MOST_QUOTES
    ranked = quoter.ranked(question, text, title)
    assert_verbatim(ranked, text)
    assert bool(ranked) == any(sign.isalnum() for sign in text)
    assert quotes == [one for one in ranked if one in quotes]


@given(text=ANY_TEXT)
def test_the_sentences_of_a_short_text_hold_all_its_words(text: str) -> None:
    spans = sentences_to_read("cat", text)
    assert spans == sorted(spans, key=lambda span: span.start)
    left = list(text)
    for span in spans:
        left[span.start : span.end] = " " * (span.end - span.start)
    assert not any(sign.isalnum() for sign in left)


@pytest.mark.parametrize("text", ["", " ", "\r\n\r\n", "... !? ---", "\x00\ufeff"])
def test_a_text_without_words_has_no_quote(text: str) -> None:
    assert word_quoter().quotes("What?", text) == []
    assert word_quoter().ranked("What?", text) == []


@pytest.mark.parametrize("question", ["", "  \n", "\x00"])
def test_a_question_without_words_is_none(question: str) -> None:
    with pytest.raises(InputError, match="the question is empty"):
        word_quoter().quotes(question, ABSTRACT)


def test_offsets_count_the_ends_of_lines_as_they_are() -> None:
    (found,) = word_quoter().quotes("call for help", OCR)
    assert found.text == "- Call 555-1234 for help"
    assert OCR[found.start : found.end] == found.text
    assert found.end == len(OCR)


def test_what_is_read_is_put_together_and_what_is_quoted_is_not() -> None:
    reader = WordReader()
    word_quoter(reader=reader).quotes("manufacturer", OCR, "Manual")
    ((_, passages),) = reader.asked
    assert (
        "Manual. The manufacturer warrants the device for a period of 24 months from the date of purchase." in passages
    )


def test_nothing_is_quoted_where_nothing_answers() -> None:
    assert word_quoter(answered_cut=1e6).quotes("heart attacks", ABSTRACT) == []
    assert len(word_quoter(answered_cut=1e6).ranked("heart attacks", ABSTRACT)) == 4


def test_the_best_is_quoted_and_others_as_sure_as_the_cut() -> None:
    question = "patients who walked had fewer heart attacks"
    assert [one.text[:5] for one in word_quoter(sentence_cut=50.0).quotes(question, ABSTRACT)] == ["Those"]
    assert len(word_quoter(sentence_cut=-50.0).quotes(question, ABSTRACT)) == 4


# ---- cutting


def test_a_text_without_any_stop_is_cut_between_words() -> None:
    text = "alpha beta gamma " * 300
    quotes = word_quoter().ranked("beta", text)
    assert_verbatim(quotes, text)
    assert all(len(one.text) <= 1000 for one in quotes)
    assert all(one.text.split()[0] in {"alpha", "beta", "gamma"} for one in quotes)


def test_a_list_is_cut_at_its_points_and_a_paragraph_where_it_ends() -> None:
    text = "What to bring\n\n1. a lamp for the night\n2) a map of the valley\n* bread and water\n\nMeet us at noon"
    spans = sorted(sentences_to_read("lamp", text), key=lambda span: span.start)
    assert [text[span.start : span.end] for span in spans] == [
        "What to bring", "1. a lamp for the night", "2) a map of the valley", "* bread and water", "Meet us at noon",
    ]  # fmt: skip


@pytest.mark.parametrize("between", ["\n\n", " "])
def test_of_a_long_text_the_part_that_bears_on_the_question_is_read(between: str) -> None:
    filler = [f"Sentence number {number} of this book tells of the weather." for number in range(20_000)]
    filler[13_371] = "The lighthouse keeper counted seventeen herons."
    text = between.join(filler)
    start = time.process_time()
    spans = sentences_to_read("How many herons did the lighthouse keeper count?", text)
    assert time.process_time() - start < 20  # 2 s on a quiet core
    assert filler[13_371] in [text[span.start : span.end] for span in spans]
    assert len(spans) < 800


@pytest.mark.parametrize("text", ["word " * 200_000, "a. " * 100_000, ". " * 300_000, "x" * 500_000, "a\n" * 300_000])
def test_megabytes_without_structure_take_no_minutes(text: str) -> None:
    start = time.process_time()
    spans = sentences_to_read("word", text)
    assert time.process_time() - start < 20
    assert all(span.end - span.start <= 1000 for span in spans)


# ---- what was learned


def test_the_weights_are_for_the_features_that_are_computed() -> None:
    heads = quoting_heads()
    widths = {f"{name}{part}": len(heads[f"{name}{part}"].weights) for name in ("reader", "cosine") for part in (
        " sentence", " answered"
    )}  # fmt: skip
    assert widths == {
        "reader sentence": len(QUOTE_FEATURES) + 2 * STATE_SIZE,
        "reader answered": len(ANSWER_FEATURES) + 2 * STATE_SIZE,
        "cosine sentence": len(QUOTE_FEATURES),
        "cosine answered": len(ANSWER_FEATURES),
    }


def test_without_a_reader_cosines_choose() -> None:
    quoter = Quoter(CosinePairs(WordEmbedder()), "cosine")
    ranked = quoter.ranked("those who walked daily had fewer heart attacks", ABSTRACT)
    assert ranked[0].text.startswith("Those who walked")
    assert_verbatim(ranked, ABSTRACT)


# ---- with the real models


@pytest.fixture(scope="module")
def real_quoter(models_folder: Path, real_embedder: OnnxEmbedding) -> Quoter:  # noqa: ARG001 - marks it as a model's
    try:
        CrossEncoder.load(models_folder)
    except ModelUnavailableError as error:
        pytest.skip(str(error))
    return loaded(models_folder)


def test_the_sentence_that_answers_comes_first(real_quoter: Quoter) -> None:
    quotes = real_quoter.quotes("How many patients took part?", ABSTRACT, "Walking and the heart")
    assert quotes[0].text == "We followed 412 patients of two clinics for nine years."
    assert_verbatim(quotes, ABSTRACT)


def test_a_claim_is_borne_out_by_a_result(real_quoter: Quoter) -> None:
    quotes = real_quoter.quotes("Walking every day lowers the risk of a heart attack.", ABSTRACT)
    assert quotes[0].text.startswith("Those who walked daily")


@pytest.mark.parametrize(
    "question",
    ["What is the boiling point of ethanol?", "Which telescope found the comet?", "Who won the cup in 1998?"],
)
def test_another_question_gets_nothing(real_quoter: Quoter, question: str) -> None:
    assert real_quoter.quotes(question, ABSTRACT) == []


def test_a_scanned_page_of_another_field_is_quoted_as_it_is(real_quoter: Quoter) -> None:
    best = real_quoter.quotes("How long does the warranty last?", OCR)[0]
    assert best.text.startswith("The manu-\r\nfacturer")
    assert_verbatim([best], OCR)


def test_from_python(real_quoter: Quoter, models_folder: Path) -> None:
    question = "How many fewer heart attacks?"
    assert quote(question, ABSTRACT, models=models_folder) == real_quoter.quotes(question, ABSTRACT)
    ranked = ranked_sentences(question, ABSTRACT, models=models_folder)
    assert next(ABSTRACT[start:end][:5] for start, end, _ in ranked) == "Those"
    assert len(ranked) == 4


def test_the_same_text_gives_the_same_twice(real_quoter: Quoter) -> None:
    text = f"{ABSTRACT}\n\n" * 8
    first = real_quoter.ranked("How many patients took part?", text)
    assert first == real_quoter.ranked("How many patients took part?", text)


def test_where_no_model_is_to_be_had_it_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_reader(*_: object) -> None:
        raise ModelUnavailableError("no reader")

    class Fake(OnnxEmbedding):
        @classmethod
        def load(cls, *_: object) -> WordEmbedder:  # type: ignore[override]
            return WordEmbedder()

    monkeypatch.setattr(CrossEncoder, "load", no_reader)
    monkeypatch.setattr(quoting, "OnnxEmbedding", Fake)
    found = loaded(tmp_path)
    assert "no reader" in found.note
    assert np.isfinite([one.score for one in found.ranked("heart attacks", ABSTRACT)]).all()
