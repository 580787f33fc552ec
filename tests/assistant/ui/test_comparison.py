"""Comparisons in the page."""

import re

from assistant import Daybook
from assistant.comparing.build import as_answer
from assistant.comparing.formats import as_text
from assistant.ui.markup import answer_html
from tests.assistant.comparing.conftest import FORMULA, GULL, KITE, birds

__all__ = ["birds"]


def test_a_comparison_is_a_table_whose_numbers_lead_to_the_abstracts(birds: Daybook) -> None:
    comparison = birds.compare(KITE, GULL)
    html = answer_html(as_answer(comparison, "Compare them.", as_text(comparison)), 7)
    assert "\n" not in html
    assert html.count("<tr>") == 3
    assert 'href="#source-7-1"' in html
    assert 'href="#source-7-2"' in html
    assert "GullNet reports the better accuracy" in html
    assert "not stated in the abstract" in html
    assert 'href="https&#58;&#47;&#47;github&#46;com&#47;kites&#47;kites"' in html


def test_what_a_paper_says_can_be_nothing_but_text(birds: Daybook) -> None:
    comparison = birds.compare(KITE, FORMULA)
    html = answer_html(as_answer(comparison, "Compare <b>them</b>.", as_text(comparison)), 1)
    shown = re.sub(r"<[^>]+>", "", html)
    assert "|" not in shown
    assert "&#124;" in shown
