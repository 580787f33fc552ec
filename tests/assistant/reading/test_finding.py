"""What a paper found, of abstracts as people write them."""

import pytest

from assistant.engine.daybook import Daybook
from assistant.reading.evidence import Passages
from assistant.reading.finding import finding_in, findings_of

GAP = "Small boats are hard to see from above."
DONE = "We propose KiteNet, a network that looks for wakes instead of boats."
BETTER = "Experiments show that KiteNet outperforms existing detectors."
FIGURES = "On HarbourSet it reaches an accuracy of 91.3%, 4.1 points more than the best baseline."


def found_in(*sentences: str) -> str | None:
    text = Passages.of(" ".join(sentences), "KiteNet: Boats by Their Wakes")
    span = finding_in(text)
    return None if span is None else text.text[span.start : span.end]


@pytest.mark.parametrize(
    ("sentences", "found"),
    [
        ((GAP, DONE, BETTER), BETTER),
        ((GAP, DONE, FIGURES), FIGURES),
        ((GAP, DONE, BETTER, FIGURES), FIGURES),
        ((GAP, DONE, FIGURES, BETTER), FIGURES),
        ((GAP, DONE), None),
        ((), None),
    ],
)
def test_the_result_is_found_with_its_figures(sentences: tuple[str, ...], found: str | None) -> None:
    assert found_in(*sentences) == found


def test_a_figure_that_is_no_result_is_not_taken_for_one() -> None:
    data = "We collect 12,000 images of 38 harbours for it."
    assert found_in(GAP, DONE, data, BETTER) == BETTER


def test_findings_are_sentences_of_their_own_papers(sample_book: Daybook) -> None:
    papers = list(sample_book.library.papers())
    sentences = sample_book.library.sentences([stored.row for stored in papers])
    found = findings_of(papers, sample_book.library)
    assert len(found) >= 40
    assert all(span in sentences[row] for row, span in found.items())
