import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.sentences import split_sentences
from tests.ingest.texts import PROSE


def sentences_of(text: str) -> list[str]:
    return [text[span.start : span.end] for span in split_sentences(text)]


@pytest.mark.parametrize(
    "sentences",
    [
        ["We fly kites.", "They are red.", "Do they fall?", "They never do!", "That is all."],
        ["Results improve by 3.5% over the 2.0 release.", "We reach 81.7 mIoU."],
        ["Smith et al. report it, cf. Fig. 3 and Eq. 2, e.g. for kites vs. balloons.", "We do not do so."],
        ["Methods, i.e. kites, drop w.r.t. the wind, approx. by half, resp. more.", "The end of it is near."],
        ["This was seen by Kite et al. (2019) and by others.", "We saw it too, a year later."],
        ["We call it iKite.", "It flies by itself."],
        ["This is due to the PA.", "To the best of our knowledge, nobody knew."],
        ["The data is from the USA.", "It holds 12 kites."],
        ["Code is at https://github.com/kites/kites.v2.", "It is free for everybody."],
        ["Is it a kite?", "We think that it is (see Sec. 4)."],
        ["One sentence without an end"],
    ],
)
def test_a_text_is_split_where_its_sentences_end(sentences: list[str]) -> None:
    assert sentences_of(" ".join(sentences)) == sentences


def test_what_is_too_short_to_stand_alone_joins_the_sentence_before_it() -> None:
    assert sentences_of("Do all the kites fall? No! They never fall.") == [
        "Do all the kites fall? No!",
        "They never fall.",
    ]


def test_a_sentence_does_not_start_with_a_small_letter() -> None:
    assert sentences_of("We compare it to A. kites and to B. balloons.") == [
        "We compare it to A. kites and to B. balloons."
    ]


def test_an_empty_text_has_no_sentence() -> None:
    assert split_sentences("") == []


@given(st.lists(PROSE | st.text(max_size=20), max_size=12).map(" ".join))
def test_spans_are_in_order_and_cover_every_word(text: str) -> None:
    spans = split_sentences(text)
    covered: set[int] = set()
    end = 0
    for span in spans:
        assert end <= span.start < span.end <= len(text)
        end = span.end
        covered.update(range(span.start, span.end))
    assert not [c for place, c in enumerate(text) if place not in covered and not c.isspace()]
