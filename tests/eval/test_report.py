import re
from dataclasses import replace

import pytest
from lxml import etree

from eval.metrics import Estimate
from eval.plots import interval_plot, latency_plot
from eval.report import GLOSSARY, report_text
from eval.results import Latency, LatencyResult, SizeLatency, SuiteResult, Version
from eval.systems import ABOUT
from tests.eval.results import suite_result

VERSION = Version("abc", is_dirty=True)
NASTY = '<script src="https://evil.example/x.js"></script> & "quotes" <img onerror=alert(1)>'


@pytest.fixture
def results() -> list[SuiteResult]:
    names = ["daybook", "bm25", "dense"]
    first = suite_result(dict(zip(names, ([1, 2, None, 5], [1, 1, 1, 40], [3, None, 7, 5]), strict=True)))
    perfect = suite_result(dict(zip(names, ([1, 1], [1, 1], [2, 2]), strict=True)), suite="day")
    return [first, perfect]


def parsed(results: list[SuiteResult], speeds: LatencyResult | None = None) -> etree._Element:
    """The report, which must be well-formed enough for a strict reader of XML but for its doctype and void tags."""
    text = report_text(results, speeds, VERSION)
    closed = re.sub(r"<(meta)([^>]*[^/])>", r"<\1\2/>", text.removeprefix("<!DOCTYPE html>\n"))
    return etree.fromstring(closed.encode())


def texts(page: etree._Element, path: str) -> list[str]:
    return [" ".join("".join(map(str, one.itertext())).split()) for one in page.iterfind(path)]


def test_the_report_is_well_formed_and_asks_nothing_of_the_network(results: list[SuiteResult]) -> None:
    page = parsed(results)
    assert not list(page.iter("script", "link", "img", "iframe", "object", "embed", "video"))
    text = report_text(results, None, VERSION)
    assert not re.search(r"https?:|url\(|@import", text)
    assert all(one.get("href", "").startswith("#") for one in page.iter("a"))


def test_every_inner_link_and_label_has_its_place(results: list[SuiteResult]) -> None:
    page = parsed(results)
    ids = [one.get("id") for one in page.iter() if one.get("id")]
    assert len(ids) == len(set(ids))
    assert {str(one.get("href"))[1:] for one in page.iter("a")} <= set(ids)
    assert {one.get("aria-labelledby") for one in page.iter("section")} <= set(ids)
    assert all(one.get("aria-label") and one.get("role") == "img" for one in page.iter("svg"))
    assert all(one.find("caption") is not None for one in page.iter("table"))


def test_what_papers_and_questions_say_is_escaped() -> None:
    nasty = suite_result({"daybook": [2, None]}, title=NASTY)
    nasty = replace(nasty, questions=tuple(replace(one, question=NASTY) for one in nasty.questions))
    text = report_text([nasty], None, VERSION)
    assert "<script" not in text
    assert "<img" not in text
    assert text.count("&lt;script") >= 4
    assert parsed([nasty]) is not None


def test_the_best_of_each_suite_is_marked(results: list[SuiteResult]) -> None:
    page = parsed(results)
    (overview,) = page.iterfind(".//table[1]/caption/../../[@aria-label='All suites']/table/tbody")
    marked = [[cell.text for cell in row.iterfind("td[@class='best']")] for row in overview.iterfind("tr")]
    assert len(marked[0]) == 1
    assert marked[1] == ["1.000", "1.000"]


def test_the_worst_questions_can_be_read(results: list[SuiteResult]) -> None:
    page = parsed(results)
    items = texts(page, ".//ol[@class='questions']/li")
    assert [item.split("?")[0] for item in items] == ["Question 2", "Question 3", "Question 1"]
    assert "rank below 100" in items[0]
    assert "First instead: “A paper” 2102.00000" in items[0]
    assert "bm25 1, dense 7" in items[0]
    assert "Daybook ranks every question of this suite perfectly." in texts(page, ".//p")


def test_leads_are_shown_for_every_measure_and_terms_are_explained(results: list[SuiteResult]) -> None:
    page = parsed(results)
    leads = [table for table in page.iter("table") if "over" in texts(table, ".//th")]
    assert len(leads) == 2
    assert texts(leads[0], ".//tbody/tr/th") == ["bm25", "dense"]
    assert all(name in texts(page, ".//dt") for name in [*GLOSSARY, "daybook", "bm25"])
    explained = {one.get("title") for one in page.iter("abbr")}
    assert explained <= {*GLOSSARY.values(), *ABOUT.values()}


def test_speed_alone_makes_a_report_too() -> None:
    speeds = LatencyResult(VERSION, "2026-11-20T15:00:00+00:00", (SizeLatency(100_000, 9, Latency(10, 30, 8, 12)),))
    page = parsed([], speeds)
    cells = texts(page, ".//tbody/tr/*")
    assert cells == ["100,000", "9", "10.0 ms", "30.0 ms", "12.0 ms", "2.50"]
    assert page.find(".//svg") is None


def test_marks_stand_where_their_values_are() -> None:
    plot = interval_plot("t", {"a": Estimate(0.5, 0.25, 1.0), "b": Estimate(0, 0, 0)})
    first, second = plot.marks
    left, right = plot.ticks[0].x, plot.ticks[-1].x
    assert first.x == pytest.approx((left + right) / 2, abs=0.1)
    assert (first.high, second.x) == (right, left)
    assert first.low == plot.ticks[1].x
    assert second.y > first.y
    times = latency_plot("t", {"a": Latency(2, 4, 3, 8), "b": Latency(1, 2, 3, 8)})
    assert times.floor == right
    assert times.marks[0].x == pytest.approx((left + right) / 2, abs=0.1)
    assert times.marks[1].x < times.marks[0].x
