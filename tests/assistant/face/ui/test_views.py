"""What the server checks and shows of days and comparisons, over the sample, without a browser."""

import asyncio
import json
import threading
from collections.abc import Callable
from datetime import date
from typing import Any, TypeVar

import gradio as gr
import pytest
from fastapi import FastAPI

from assistant.engine.daybook import Daybook
from assistant.face.ui.asked import MOST_COMPARED, aspects_in, chosen_papers, numbered, wanted_days
from assistant.face.ui.compare_view import CompareView
from assistant.face.ui.day_view import NEWEST, DayView
from assistant.face.ui.parts import Updates
from assistant.face.ui.server import build_app
from assistant.language.days import Period
from ingest.errors import InputError
from tests.assistant.conftest import sample_id
from tests.assistant.face.ui.reading import text_of, values_of
from tests.assistant.face.ui.test_page import asking, shown, update_of, updates_of
from tests.assistant.face.ui.test_server import get

View = TypeVar("View")
HELD = (date(2026, 11, 2), date(2026, 11, 3), date(2026, 11, 4))
TODAY = date(2026, 11, 5)
BAD_DAYS = (
    "nonsense",
    "2026-13-01",
    "2026-02-30",
    "<script>",
    "'; drop table papers",
    "x" * 5000,
    "9999999999",
    "\x00",
)


def pick(view: DayView, picked: str | None, theme: str | None = "", request: gr.Request | None = None) -> list[Updates]:
    return updates_of(view._pick(picked, theme, request or asking()))


def choose(view: CompareView, chosen: str | None, aspects: str | None = "") -> Updates:
    return update_of(view._choose(chosen, aspects, asking()))


def add_named(view: CompareView, name: str | None, chosen: str | None = "") -> Updates:
    return update_of(view._add_named(name, chosen, asking()))


def within_blocks(make: Callable[[gr.Blocks], View]) -> View:
    async def build() -> View:
        with gr.Blocks(analytics_enabled=False) as blocks:
            return make(blocks)

    return asyncio.run(build())


@pytest.fixture(scope="module")
def days(word_book: Daybook) -> DayView:
    return within_blocks(lambda _: DayView(word_book))


@pytest.fixture(scope="module")
def comparison(word_book: Daybook) -> CompareView:
    return within_blocks(lambda blocks: CompareView(word_book, blocks))


@pytest.fixture(scope="module")
def app(word_book: Daybook) -> FastAPI:
    return build_app(word_book)


class TestDaysAskedFor:
    def test_a_day_and_a_period(self) -> None:
        assert wanted_days("2026-11-02", "2026-11-03", " kites ", HELD, TODAY).theme == "kites"
        assert wanted_days("3 November 2026", "2026-11-04", "", HELD, TODAY).period == Period(HELD[1], HELD[2])
        assert wanted_days("", "", "", HELD, TODAY).period is None

    def test_one_end_alone_leaves_the_other_open(self) -> None:
        since = wanted_days("2026-11-03", " ", "", HELD, TODAY).period
        assert since is not None
        assert not since.has_end

    @pytest.mark.parametrize("bad", BAD_DAYS)
    def test_a_bad_day_is_one_clear_line(self, bad: str) -> None:
        for first, last in ((bad, ""), ("", bad), ("2026-11-02", bad)):
            with pytest.raises(InputError) as error:
                wanted_days(first, last, "", HELD, TODAY)
            assert len(str(error.value)) < 200
            assert "\n" not in str(error.value)

    def test_a_period_that_ends_before_it_begins_is_said(self) -> None:
        with pytest.raises(InputError, match="before it begins on 2026-11-04; exchange"):
            wanted_days("2026-11-04", "2026-11-02", "", HELD, TODAY)

    def test_a_theme_too_long_is_said(self) -> None:
        with pytest.raises(InputError, match="the theme has 5,000 characters; 100 are the most"):
            wanted_days("", "", "x" * 5000, HELD, TODAY)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("7 2020-05-25", (7, "2020-05-25")),
        ("3 ", (3, "")),
        ("9901.00014 9901.00028", (None, "9901.00014 9901.00028")),
        ("1234567890123 x", (None, "1234567890123 x")),
        ("² x", (None, "² x")),
        (None, (None, "")),
    ],
)
def test_a_request_is_read_with_its_number(written: str | None, read: tuple[int | None, str]) -> None:
    assert numbered(written) == read


class TestDayView:
    def test_opening_it_shows_the_newest_day(self, days: DayView) -> None:
        updates = pick(days, NEWEST, None)
        assert "Reading the newest day" in text_of(shown(updates, days._status)[0])
        assert "4 Nov 2026" in text_of(shown(updates, days._page)[0])
        assert 'class="day from-2026-11-04 to-2026-11-04"' in shown(updates, days._page)[0]
        assert shown(updates, days._first) == ["2026-11-04"]
        assert 'class="held" value="2026-11-04"' in shown(updates, days._calendar)[0]

    def test_a_day_of_the_calendar_holds_every_paper_once(self, days: DayView, word_book: Daybook) -> None:
        page = shown(pick(days, "2026-11-03"), days._page)[0].partition(">Themes<")[2]  # what stands out is above
        papers = [stored.paper.arxiv_id for stored in word_book.papers(date(2026, 11, 3))]
        assert len(papers) > 3
        assert [page.count(f">arXiv&#58;{paper.replace('.', '&#46;')}<") for paper in papers] == [1] * len(papers)

    def test_a_period_is_read_from_the_boxes(self, days: DayView) -> None:
        updates = updates_of(days._ask("2 November 2026", "2026-11-03", None, asking()))
        assert "2–3 Nov 2026" in text_of(shown(updates, days._page)[0])
        assert shown(updates, days._last) == ["2026-11-03"]

    @pytest.mark.parametrize("bad", [*BAD_DAYS, "2019-01-01"])
    def test_what_cannot_be_shown_is_said_and_nothing_is_lost(self, days: DayView, bad: str) -> None:
        updates = pick(days, bad)
        assert 'class="problem"' in shown(updates, days._status)[-1]
        assert shown(updates, days._page) == shown(updates, days._first) == []

    def test_a_theme_that_no_paper_is_on_is_said(self, days: DayView) -> None:
        updates = pick(days, "2026-11-03", "zorblax")
        assert "is on “zorblax”" in text_of(shown(updates, days._status)[-1])

    def test_the_calendar_turns_no_further_than_it_goes(self, days: DayView) -> None:
        turns = [days._turn_later("0", asking()), days._turn_earlier("x", asking()), days._turn_later(None, asking())]
        for turned in map(update_of, turns):
            assert turned[days._place] == "0"
            assert "November 2026" in text_of(turned[days._calendar])
            assert not turned[days._earlier]["interactive"]

    def test_a_day_that_was_picked_before_another_is_not_shown_after_it(self, days: DayView) -> None:
        request = asking()
        assert shown(pick(days, "2 2026-11-03", request=request), days._page) != []
        assert pick(days, "1 2026-11-02", request=request) == [{days._status: gr.skip()}]
        assert shown(pick(days, "1 2026-11-02"), days._page) != []  # another page counts for itself

    def test_a_page_that_is_overtaken_while_it_is_read_is_not_shown(
        self, word_book: Daybook, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        view, request, is_overtaken = within_blocks(lambda _: DayView(word_book)), asking(), threading.Event()
        read = view._page_of

        def read_late(*given: Any, **further: Any) -> Updates:
            is_overtaken.wait()
            return read(*given, **further)

        monkeypatch.setattr(view, "_page_of", read_late)

        async def overtake() -> tuple[list[Updates], list[Updates]]:
            async def collect(picked: str) -> list[Updates]:
                return [updates async for updates in view._pick(picked, "", request)]

            first = asyncio.create_task(collect("1 2026-11-02"))
            await asyncio.sleep(0)
            second = asyncio.create_task(collect("2 2026-11-03"))
            await asyncio.sleep(0)
            is_overtaken.set()
            return await first, await second

        first, second = asyncio.run(overtake())
        assert shown(first, view._page) == []
        assert "3 Nov 2026" in text_of(shown(second, view._page)[0])

    def test_a_calendar_that_was_turned_meanwhile_stays(self, days: DayView) -> None:
        request = asking()

        async def turn_meanwhile() -> list[Updates]:
            steps = days._pick(NEWEST, "", request)
            first = await anext(steps)
            await days._turn_earlier("0", request)
            return [first, *[updates async for updates in steps]]

        updates = asyncio.run(turn_meanwhile())
        assert shown(updates, days._page) != []
        assert shown(updates, days._calendar) == shown(updates, days._place) == []

    def test_a_defect_leaves_the_page_usable(
        self, word_book: Daybook, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        view = within_blocks(lambda _: DayView(word_book))

        def fail(*_: object) -> Any:
            raise RuntimeError("secret detail")

        monkeypatch.setattr("assistant.face.ui.day_view.page_of", fail)
        said = text_of(shown(pick(view, NEWEST), view._status)[-1])
        assert "an error happened inside Daybook" in said
        assert "secret detail" not in said
        assert "secret detail" in caplog.text

    def test_an_empty_library_says_how_papers_come_into_it(self, book: Daybook) -> None:
        view = within_blocks(lambda _: DayView(book))
        assert "The library is empty; bring digests in" in text_of(shown(pick(view, NEWEST), view._status)[-1])


class TestPapersToCompare:
    def test_unknown_ids_are_left_out_and_said(self, word_book: Daybook) -> None:
        bad = ["<script>", "1234.56789", sample_id(1), "x" * 5000, sample_id(2), sample_id(1)]
        chosen = chosen_papers(bad, word_book.library)
        assert chosen.ids == (sample_id(1), sample_id(2))
        assert chosen.problem == "the library holds no paper “<script>”; the others were kept"

    def test_too_many_are_said_and_the_first_are_kept(self, word_book: Daybook) -> None:
        ids = [sample_id(number) for number in range(1, 12)]
        chosen = chosen_papers(ids, word_book.library)
        assert chosen.ids == tuple(ids[:MOST_COMPARED])
        assert chosen.problem.startswith("a comparison here holds at most 8 papers; remove one to add “")

    def test_columns_are_few_and_short(self) -> None:
        assert aspects_in(" speed, training  data,, speed") == ("speed", "training data")
        with pytest.raises(InputError, match="there are 5 further columns; 4 are the most"):
            aspects_in("a,b,c,d,e")
        with pytest.raises(InputError, match="the column has 101 characters"):
            aspects_in("x" * 101)


class TestCompareView:
    def test_two_papers_stand_side_by_side(self, comparison: CompareView) -> None:
        update = choose(comparison, f"5 {sample_id(14)} {sample_id(28)} ", None)
        assert text_of(update[comparison._table]).count("PaperProblemMethodDataResultsCode") == 1
        assert update[comparison._kept] == f"{sample_id(14)} {sample_id(28)}"
        assert update[comparison._status] == ""
        assert 'class="chips of-5"' in update[comparison._chips]  # the page makes them its own if that is still so
        assert comparison._chosen not in update

    def test_papers_that_were_chosen_before_others_are_not_shown_after_them(self, comparison: CompareView) -> None:
        request = asking()
        newer = update_of(comparison._choose(f"2 {sample_id(14)} {sample_id(28)}", "", request))
        assert comparison._table in newer
        older = update_of(comparison._choose(f"1 {sample_id(14)}", "", request))
        assert older == {comparison._status: gr.skip()}

    def test_of_several_choices_at_once_only_the_last_is_shown(self, comparison: CompareView) -> None:
        request = asking()
        chosen = [sample_id(number) for number in (14, 28, 1)]

        async def choose_quickly() -> list[Updates]:
            texts = [f"{count} {' '.join(chosen[:count])}" for count in (1, 2, 3)]
            return await asyncio.gather(*(comparison._choose(text, "", request) for text in texts))

        *older, newest = asyncio.run(choose_quickly())
        assert older == [{comparison._status: gr.skip()}] * 2
        assert newest[comparison._chips].count('class="chip"') == 3

    def test_further_columns_are_shown(self, comparison: CompareView) -> None:
        update = choose(comparison, f"{sample_id(14)} {sample_id(28)}", "frame rate")
        assert "CodeFrame rate" in text_of(update[comparison._table])

    def test_what_cannot_be_chosen_is_said_and_the_rest_stays(self, comparison: CompareView) -> None:
        update = choose(comparison, f"1 {sample_id(14)} nonsense {sample_id(28)}", "")
        assert "The library holds no paper “nonsense”" in text_of(update[comparison._status])
        assert update[comparison._chips].count('class="chip"') == 2
        assert "<table" in update[comparison._table]

    def test_bad_columns_are_said_and_the_table_stays(self, comparison: CompareView) -> None:
        update = choose(comparison, f"{sample_id(14)} {sample_id(28)}", "a,b,c,d,e")
        assert "5 further columns" in text_of(update[comparison._status])
        assert comparison._table not in update

    def test_a_paper_is_added_by_its_name(self, comparison: CompareView) -> None:
        update = add_named(comparison, "KerbFirst", f"1 {sample_id(28)}")
        assert values_of(update[comparison._added]) == [sample_id(14)]
        assert update[comparison._name] == ""
        again = add_named(comparison, "KerbFirst", f"1 {sample_id(28)}")
        assert again[comparison._added] != update[comparison._added]  # or the page would not see it

    @pytest.mark.parametrize("name", ["", " ", "1234.56789", "zorblax", "x" * 5000, "<script>"])
    def test_a_name_that_is_none_is_said_and_nothing_is_lost(self, comparison: CompareView, name: str) -> None:
        update = add_named(comparison, name, sample_id(28))
        assert list(update) == [comparison._status]
        assert 'class="problem"' in update[comparison._status]

    def test_a_paper_too_many_is_said_and_its_name_kept(self, comparison: CompareView) -> None:
        update = add_named(comparison, "KerbFirst", " ".join(sample_id(number) for number in range(1, 9)))
        assert "at most 8 papers" in text_of(update[comparison._status])
        assert list(update) == [comparison._status]

    def test_a_browser_finds_its_comparison_again(self, comparison: CompareView) -> None:
        update = update_of(comparison._open(f"{sample_id(14)} 1234.56789 {sample_id(28)}"))
        assert values_of(update[comparison._added]) == [f"{sample_id(14)} {sample_id(28)}"]

    @pytest.mark.parametrize("kept", [None, "", 7, ["a"], {"a": 1}])
    def test_what_a_browser_did_not_keep_is_nothing(self, comparison: CompareView, kept: object) -> None:
        assert update_of(comparison._open(kept)) == {comparison._added: ""}


class TestDownloads:
    @pytest.mark.parametrize(
        ("ending", "begins"), [("md", "# 3 Nov 2026"), ("html", "<!DOCTYPE html>"), ("json", '{"first": "2026-11-03"')]
    )
    def test_a_day_is_saved(self, app: FastAPI, ending: str, begins: str) -> None:
        response = get(app, f"/own/days/2026-11-03/2026-11-03.{ending}")
        assert response.text.startswith(begins)
        assert response.headers["content-disposition"] == f'attachment; filename="daybook-2026-11-03.{ending}"'
        assert "default-src 'none'" in response.headers["content-security-policy"]

    def test_a_period_within_a_theme_is_saved(self, app: FastAPI) -> None:
        saved = json.loads(get(app, "/own/days/2026-11-02/2026-11-04.json?theme=segmentation").text)
        assert (saved["first"], saved["theme"]) == ("2026-11-02", "segmentation")

    @pytest.mark.parametrize(
        "query",
        ["2026-13-01/2026-13-01.md", "2019-01-01/2019-01-02.md", "2026-11-03/2026-11-02.md"]
        + [f"2026-11-03/2026-11-03.md?theme={theme}" for theme in ("zorblax", "x" * 200, "%00")],
    )
    def test_a_bad_day_is_refused_in_one_line(self, app: FastAPI, query: str) -> None:
        response = get(app, f"/own/days/{query}")
        assert response.status_code == (200 if query.endswith("%00") else 400)
        assert query.endswith("%00") or response.text.count("\n") == 0

    @pytest.mark.parametrize(
        ("ending", "begins"), [("md", "| paper | problem"), ("csv", "arxiv_id,title"), ("tex", r"\begin{tabular}")]
    )
    def test_a_comparison_is_saved(self, app: FastAPI, ending: str, begins: str) -> None:
        query = f"paper={sample_id(14)}&paper={sample_id(28)}&column=frame+rate"
        response = get(app, f"/own/comparison.{ending}?{query}")
        assert response.text.startswith(begins)
        assert "frame rate" in response.text
        assert response.headers["content-disposition"] == f'attachment; filename="comparison.{ending}"'

    @pytest.mark.parametrize(
        "query",
        [
            "",
            f"paper={sample_id(14)}",
            f"paper={sample_id(14)}&paper=nonsense",
            "&".join(f"paper={sample_id(number)}" for number in range(1, 11)),
            f"paper={sample_id(14)}&paper={sample_id(28)}&column=a,b,c,d,e",
        ],
    )
    def test_bad_papers_are_refused_in_one_line(self, app: FastAPI, query: str) -> None:
        response = get(app, f"/own/comparison.md?{query}")
        assert response.status_code == 400
        assert "\n" not in response.text
