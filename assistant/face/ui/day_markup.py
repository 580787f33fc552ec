"""A day's page and the calendar of what the library holds, as HTML: pure functions.

As in `markup`, every function returns one line, and every text is escaped.
"""

from calendar import Calendar
from collections.abc import Mapping, Sequence
from datetime import date
from urllib.parse import urlencode

from assistant.day import DayPage, DayPaper, Theme
from assistant.day.formats import STANDS_OUT
from assistant.day.page import about_of
from assistant.face.ui.bibliographies import BESIDE_JSON, bibliography_links
from assistant.face.ui.links import day_link
from assistant.face.ui.pieces import arxiv_text, compare_button, copy_link_button, day_text, quote_span
from assistant.language.counting import by_block
from assistant.language.days import spoken_day
from assistant.language.inline import escaped, link, rich_text
from ingest.database import DaySummary
from ingest.readable import printable
from prompts import fill

FORMATS = {"md": "Markdown", "json": "JSON", "html": "HTML"}
"""What a day's page is saved as, by the ending of the file."""

MONTHS_SHOWN = 3
_MOST_ABSTRACTS = 150
_MOST_OPEN = 8
_WEEKDAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")


# ---- the calendar


def months_of(days: Sequence[DaySummary]) -> list[date]:
    """The first days of the months that hold papers, newest first."""
    return sorted({summary.day.replace(day=1) for summary in days}, reverse=True)


def calendar_html(days: Sequence[DaySummary], place: int) -> str:
    """Some months of the calendar from a place on; the page's script marks the days whose page is open."""
    held = {summary.day: summary for summary in days}
    months = months_of(days)[place : place + MONTHS_SHOWN]
    return f'<div class="calendar">{"".join(_month(month, held) for month in months)}</div>'


def _month(month: date, held: Mapping[date, DaySummary]) -> str:
    weeks = Calendar().monthdatescalendar(month.year, month.month)
    rows = "".join(f"<tr>{''.join(_cell(day, month, held) for day in week)}</tr>" for week in weeks)
    heads = "".join(f'<th scope="col">{name}</th>' for name in _WEEKDAYS)
    caption = f"<caption>{month:%B %Y}</caption>"
    return f'<table class="month">{caption}<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>'


def _cell(day: date, month: date, held: Mapping[date, DaySummary]) -> str:
    if day.month != month.month:
        return "<td></td>"
    if day not in held:
        return f"<td><span>{day.day}</span></td>"
    summary = held[day]
    title = f"{spoken_day(day)}: {by_block(summary.new, summary.cross_listed, summary.replaced)}"
    if summary.unannounced:
        title += f" ({summary.unannounced:,} not announced on it)"
    count = f"<small>{summary.papers}</small>"
    button = f'<button type="button" class="held" value="{day}" title="{title}">{day.day} {count}</button>'
    return f"<td>{button}</td>"


# ---- the page of a day


def day_html(page: DayPage, neighbours: tuple[date | None, date | None] = (None, None)) -> str:
    """The page: what is said of the whole, which results stand out, then the themes, which fold open.

    `neighbours` are the days held before and after it.
    """
    count = sum(len(theme.papers) for theme in page.themes)
    opening = "".join(f"<p>{rich_text(printable(said))}</p>" for said in page.opening)
    is_open = len(page.themes) == 1 or count <= _MOST_OPEN
    themes = themes_html(page, is_open=is_open, with_abstracts=count <= _MOST_ABSTRACTS)
    heading = f'<div class="headed"><h2>{rich_text(printable(page.title))}</h2>{_neighbours(*neighbours)}</div>'
    days = f"from-{page.days[0]} to-{page.days[-1]}"  # by which the page's script marks them in the calendar
    whole = (
        f'<div class="opening">{opening}</div>{results_html(page)}<h3 class="heading">Themes</h3>{_tools(page)}{themes}'
    )
    return f'<section class="day {days}">{heading}{whole}</section>'


def held_day(day: date, count: str = "", *, label: str = "", kind: str = "") -> str:
    """A control that shows a day."""
    said = label or day_text(day)
    small = f" <small>{escaped(count)}</small>" if count else ""
    title = f' title="{escaped(spoken_day(day))}"' if label else ""
    return (
        f'<button type="button" class="to-day {kind or "named"}" value="{day}"{title}>{escaped(said)}{small}</button>'
    )


def _neighbours(before: date | None, after: date | None) -> str:
    """The controls for the days held before and after one; the script hears their keys."""
    earlier = held_day(before, label=f"← {day_text(before)}", kind="neighbour before") if before else ""
    later = held_day(after, label=f"{day_text(after)} →", kind="neighbour after") if after else ""
    return f'<span class="neighbours">{earlier}{later}</span>' if earlier or later else ""


def results_html(page: DayPage) -> str:
    """What stands out: papers with their results, a quote each."""
    results = "".join(_result(paper) for paper in page.standing_out)
    heading = f'<h3 class="heading">{STANDS_OUT}</h3>'
    return f'<div class="standing-out">{heading}<ul>{results}</ul></div>' if results else ""


def _result(paper: DayPaper) -> str:
    stored, quote = paper.stored.paper, f"“{rich_text(paper.result.quote)}”" if paper.result else ""
    control = compare_button(stored.arxiv_id, title=stored.title)
    about = f'<span class="about">{arxiv_text(stored.arxiv_id)} {control}</span>'
    title = f"<h4>{link(stored.url, rich_text(stored.title))}</h4>"
    return f'<li class="result" tabindex="-1">{title}<p>{quote} {about}</p></li>'


def themes_html(page: DayPage, *, is_open: bool, with_abstracts: bool) -> str:
    """The themes, which fold open, each with a bar as long as its share of the largest."""
    most = max((len(theme.papers) for theme in page.themes), default=1)
    return "".join(_theme(theme, page, most, is_open=is_open, with_abstracts=with_abstracts) for theme in page.themes)


def _tools(page: DayPage) -> str:
    """The control that unfolds every theme, and the links under which the page is saved."""
    first, last = page.days[0], page.days[-1]
    query = f"?{urlencode({'theme': page.limits.theme})}" if page.limits.theme else ""
    links = " ".join(
        f'<a href="{escaped(f"own/days/{first}/{last}.{ending}{query}")}" title="Save as {name}">{name}</a>'
        for ending, name in FORMATS.items()
    )
    links += f" {bibliography_links(f'own/days/{first}/{last}', BESIDE_JSON, query)}"
    copy = copy_link_button(day_link(first, last, page.limits.theme), "this day" if first == last else "these days")
    unfold = '<button type="button" class="unfold">unfold all</button>' if len(page.themes) > 1 else ""
    return f'<p class="saving">{unfold} {copy} <span>Save as {links}</span></p>'


def _theme(theme: Theme, page: DayPage, most: int, *, is_open: bool, with_abstracts: bool) -> str:
    words = f'<span class="about">{rich_text(printable(", ".join(theme.words)))}</span>' if theme.words else ""
    label = f'<strong>{rich_text(printable(theme.label))}</strong> <span class="count">{len(theme.papers)}</span>'
    papers = "".join(_paper(paper, page, with_abstract=with_abstracts) for paper in theme.papers)
    opened = " open" if is_open else ""
    bar = f'<span class="bar tenths-{-(-10 * len(theme.papers) // most)}"></span>'
    return f'<details class="theme"{opened}><summary>{label} {words}{bar}</summary>{papers}</details>'


def _paper(paper: DayPaper, page: DayPage, *, with_abstract: bool) -> str:
    stored = paper.stored.paper
    title = f"<h3>{link(stored.url, rich_text(stored.title))}</h3>"
    quotes = "".join(f"<p>“{rich_text(cited.quote)}”</p>" for cited in paper.quoted)
    quote = f"<blockquote>{quotes}</blockquote>" if quotes else f'<p class="hint">{escaped(fill("day_no_quote"))}</p>'
    control = compare_button(stored.arxiv_id, title=stored.title)
    about = f'<p class="about">{" · ".join(_about(paper, page))} {control}</p>'
    abstract = _abstract(paper) if with_abstract and quotes else ""
    return f'<article class="listed" tabindex="-1">{title}{quote}{about}{abstract}</article>'


def _about(paper: DayPaper, page: DayPage) -> list[str]:
    """What is said of a paper beside its title and key sentence."""
    stored = paper.stored.paper
    said = [arxiv_text(stored.arxiv_id), *(one.replace(" ", "\u00a0") for one in about_of(paper, page))]
    return [*said, link(paper.code.url, "code")] if paper.code else said


def _abstract(paper: DayPaper) -> str:
    """The abstract, folded, with what is quoted of it marked."""
    stored = paper.stored.paper
    spans = [span for cited in paper.quoted if (span := quote_span(cited, stored.abstract)) is not None]
    text = rich_text(stored.abstract, stored.links, sorted(spans, key=lambda span: span.start))
    return f'<details class="whole"><summary>abstract</summary><p class="abstract">{text}</p></details>'
