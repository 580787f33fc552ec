"""A day's page and its calendar as HTML, of papers whose texts are as bad as they can be."""

import re
from dataclasses import replace
from datetime import date, timedelta

import pytest

from assistant.answer import Citation
from assistant.day import DayPage, DayPaper, Limits, Theme
from assistant.face.ui.day_markup import MONTHS_SHOWN, calendar_html, day_html, months_of
from assistant.face.ui.today_markup import since_html, today_html
from ingest.database import DaySummary
from ingest.paper import Block, Link, Listing
from tests.assistant.face.ui.reading import HOSTILE, attributes_of, links_of, marked_texts, tags_of, text_of
from tests.assistant.face.ui.test_markup import ABSTRACT, DAY, OWN_ATTRIBUTES, OWN_TAGS, stored

CALENDAR_TAGS = {"button", "caption", "div", "small", "span", "table", "tbody", "td", "th", "thead", "tr"}


def listed(title: str = "On Kites", abstract: str = ABSTRACT, block: Block = Block.NEW) -> DayPaper:
    paper = stored(title=title, abstract=abstract)
    end = min(len(abstract), 15)
    return DayPaper(paper, Listing(DAY, "cs.CV", block, 1), Citation(1, "2101.00001", abstract[:end], 0, end))


def page_of(*themes: Theme, theme: str = "") -> DayPage:
    return DayPage((DAY,), Limits(theme=theme), ("Two papers.",), themes)


class TestPage:
    def test_each_theme_folds_and_holds_its_papers_with_quote_id_and_code(self) -> None:
        html = day_html(page_of(Theme("Kites", (listed(),), ("wind",)), Theme("Other topics", (listed("Dogs"),))))
        shown = text_of(html)
        assert shown.index("Kites 1 wind") < shown.index("On Kites") < shown.index("Other topics 1")
        assert "“Kites fly well.”arXiv:2101.00001 · code compare" in shown
        assert html.count('<details class="theme" open>') == 2
        assert "https://github.com/kites/kites" in links_of(html)

    def test_the_abstract_stands_folded_with_the_key_sentence_marked(self) -> None:
        html = day_html(page_of(Theme("Kites", (listed(),))))
        assert marked_texts(html) == ["Kites fly well."]
        assert text_of(html.partition('class="abstract">')[2]).startswith(ABSTRACT)

    def test_a_large_page_is_folded_and_a_very_large_one_has_no_abstracts(self) -> None:
        some = day_html(page_of(Theme("Kites", (listed(),) * 20), Theme("Dogs", (listed(),) * 20)))
        assert '<details class="theme"><summary>' in some
        assert "unfold all" in text_of(some)
        many = day_html(page_of(Theme("Kites", (listed(),) * 151)))
        assert many.count("<article") == 151
        assert 'class="abstract"' not in many

    def test_what_is_special_about_a_paper_is_said(self) -> None:
        paper = listed(block=Block.CROSS_LISTED)
        withdrawn = replace(paper.stored, paper=replace(paper.stored.paper, is_withdrawn=True, links=()))
        html = day_html(page_of(Theme("Kites", (replace(paper, stored=withdrawn, key_sentence=None),))))
        assert "arXiv:2101.00001 · cross-listed · withdrawn compare" in text_of(html)
        assert "The library holds no abstract of it." in text_of(html)

    def test_days_of_a_period_stand_with_the_papers(self) -> None:
        page = replace(page_of(Theme("Kites", (listed(),))), days=(DAY, DAY + timedelta(days=1)))
        assert "arXiv:2101.00001 · 4\u00a0Jan\u00a02021" in text_of(day_html(page))

    def test_it_is_saved_with_its_days_and_theme(self) -> None:
        links = links_of(day_html(page_of(Theme("Kites", (listed(),)), theme='a&b "c')))
        query = "?theme=a%26b+%22c"
        assert links[:3] == [f"own/days/2021-01-04/2021-01-04.{ending}{query}" for ending in ("md", "json", "html")]
        assert links[3:6] == [f"own/days/2021-01-04/2021-01-04.{ending}{query}" for ending in ("bib", "ris", "csl")]

    @pytest.mark.parametrize("text", HOSTILE)
    def test_hostile_text_is_text(self, text: str) -> None:
        paper = listed(text, f"{text} End.")
        bad = replace(paper.stored, paper=replace(paper.stored.paper, url=text, links=(Link(text, is_code=True),)))
        bad_paper = replace(paper, stored=bad, result=paper.key_sentence)
        themes = [Theme(text, (bad_paper,), (text,)), Theme("Other topics", (bad_paper,))]
        page = replace(page_of(*themes, theme=text), opening=(text,), standing_out=(bad_paper,))
        for html in (day_html(page), today_html(page)):
            assert "\n" not in html
            assert set(tags_of(html)) <= OWN_TAGS
            assert attributes_of(html) <= OWN_ATTRIBUTES
            assert [link for link in links_of(html) if not link.startswith(("own/days/", "paper/2101.00001"))] == []


class TestResults:
    PAPER = replace(listed(), result=Citation(1, "2101.00001", "Kites fly well.", 0, 15))

    def test_what_stands_out_comes_before_the_themes_with_its_quote(self) -> None:
        page = page_of(Theme("Kites", (self.PAPER,)), Theme("Other topics", (listed("Dogs"),)))
        shown = text_of(day_html(replace(page, standing_out=(self.PAPER,))))
        assert shown.index("What stands out") < shown.index("“Kites fly well.”") < shown.index("Kites 1")

    def test_bars_are_as_long_as_the_share_of_the_largest_theme(self) -> None:
        page = page_of(Theme("Kites", (self.PAPER,) * 4), Theme("Dogs", (self.PAPER,) * 3))
        assert re.findall(r'class="bar (.*?)"', day_html(page)) == ["tenths-10", "tenths-8"]

    def test_the_days_beside_it_are_a_press_away(self) -> None:
        page, day = page_of(Theme("Kites", (self.PAPER,))), timedelta(days=1)
        values = re.findall(r'neighbour (\w+)" value="(.*?)"', day_html(page, (DAY - day, DAY + day)))
        assert values == [("before", "2021-01-03"), ("after", "2021-01-05")]
        assert "neighbour" not in day_html(page)

    def test_what_came_since_stands_with_its_days(self) -> None:
        days = [DaySummary(DAY - timedelta(days=n), 3, 1) for n in range(9)]
        html = since_html(36, days)
        assert text_of(html).startswith("Since you last looked 36 papers came or changed: 4\u00a0Jan\u00a02021 4")
        assert len(re.findall(r'value="(.*?)"', html)) == 7
        assert "and of 2 more days" in text_of(html)
        assert since_html(0, []) == ""


class TestCalendar:
    DAYS = (DaySummary(date(2021, 3, 2), 5, 1), DaySummary(DAY, 3, 0), DaySummary(date(2019, 12, 31), 1, 2))

    def test_months_that_hold_papers_stand_newest_first(self) -> None:
        assert months_of(self.DAYS) == [date(2021, 3, 1), date(2021, 1, 1), date(2019, 12, 1)]
        shown = text_of(calendar_html(self.DAYS, 0))
        assert shown.index("March 2021") < shown.index("January 2021") < shown.index("December 2019")

    def test_days_held_are_buttons_with_their_counts_and_others_are_not(self) -> None:
        html = calendar_html(self.DAYS, 0)
        assert re.findall(r'value="(.*?)"', html) == ["2021-03-02", "2021-01-04", "2019-12-31"]
        assert re.findall(r'title="(.*?)"', html)[0] == "2 Mar 2021: 5 new, 1 cross-listed"
        assert "<small>6</small>" in html
        assert set(tags_of(html)) <= CALENDAR_TAGS

    def test_every_day_of_a_month_stands_once_under_its_weekday(self) -> None:
        html = calendar_html(self.DAYS[:1], 0)
        weeks = [re.findall(r"<td>(.*?)</td>", week) for week in html.split("<tr>")[2:]]
        assert [text_of(day).split()[0] for week in weeks for day in week if day] == [str(n) for n in range(1, 32)]
        assert [len(week) for week in weeks] == [7] * len(weeks)
        assert weeks[0][:2] == ["<span>1</span>", weeks[0][1]]  # 1 March 2021 was a Monday

    def test_a_library_of_many_months_is_shown_in_parts(self) -> None:
        days = [DaySummary(date(2015 + n // 12, n % 12 + 1, 1), 40, 2) for n in range(84)]
        assert calendar_html(days, 3).count("<table") == MONTHS_SHOWN
        assert "September 2021" in text_of(calendar_html(days, 3))
