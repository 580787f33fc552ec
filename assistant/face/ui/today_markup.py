"""The first page as HTML: pure functions; every text is escaped, every function returns one line."""

from collections.abc import Sequence

from assistant.day import DayPage
from assistant.face.ui.day_markup import held_day, results_html, themes_html
from assistant.face.ui.pieces import arxiv_text
from assistant.following.formats import about, spoken_changes, spoken_count
from assistant.following.news import FollowNews, News, NewsPaper
from assistant.language.counting import counted
from assistant.language.inline import escaped, link, rich_text
from ingest.database import DaySummary
from ingest.readable import printable
from prompts import fill

_MOST_DAYS = 7
_MOST_PAPERS = 50


def since_html(papers: int, days: Sequence[DaySummary]) -> str:
    """What came since the last visit, with its days, newest first; empty where nothing did."""
    if not papers:
        return ""
    named = " ".join(held_day(summary.day, f"{summary.papers:,}") for summary in days[:_MOST_DAYS])
    more = f" {escaped(fill('today_more_days', count=len(days) - _MOST_DAYS))}" if len(days) > _MOST_DAYS else ""
    return f'<p class="since">{escaped(fill("today_since", papers=counted(papers)))} {named}{more}</p>'


def news_html(news: News, *, may_change: bool) -> str:
    """What is followed, with what is new of it, each to unfold; and the controls, where it may be changed here."""
    if not news.follows:
        return ""
    shown = "".join(_follow(one, may_change=may_change) for one in news.follows)
    is_new = any(one.papers for one in news.follows)
    seen = '<button type="button" class="seen">Mark as seen</button>' if is_new and may_change else ""
    feed = '<a href="feed">Feed</a>'
    return f'<section class="news"><div class="headed"><h2>Followed</h2>{seen}{feed}</div>{shown}</section>'


def _follow(news: FollowNews, *, may_change: bool) -> str:
    name = rich_text(printable(news.follow.text))
    count = escaped(spoken_count(news))
    stop = f'<button type="button" class="stop" value="{news.follow.number}" title="Follow it no longer">stop</button>'
    control = f" {stop}" if may_change else ""
    said = f'<strong>{name}</strong> <span class="about">{escaped(news.follow.kind)} · {count}</span>'
    if not news.papers:
        return f'<p class="follow">{said}{control}</p>'
    papers = "".join(map(_new_paper, news.papers[:_MOST_PAPERS]))
    if left := len(news.papers) - _MOST_PAPERS:
        papers += f"<p>{escaped(fill('news_more', papers=counted(left)))}</p>" if left > 0 else ""
    return f'<details class="follow"><summary>{said}</summary>{papers}<p>{control}</p></details>'


def _new_paper(paper: NewsPaper) -> str:
    stored = paper.stored.paper
    title = f"<h3>{link(stored.url, rich_text(stored.title))}</h3>"
    said = [rich_text(printable(one)) for one in about(paper)[1:]]
    head = f'<p class="about">{" · ".join([arxiv_text(stored.arxiv_id), *said])}</p>'
    quotes = "".join(f"<p>“{rich_text(quote)}”</p>" for quote in paper.quotes)
    changes = "".join(f"<p>{rich_text(printable(change))}</p>" for change in spoken_changes(paper))
    return f'<article class="listed" tabindex="-1">{title}<blockquote>{quotes}</blockquote>{head}{changes}</article>'


def today_html(page: DayPage) -> str:
    """The newest day: how many papers, what stands out, and its themes, the largest first, each to unfold."""
    day = page.days[-1]
    whole = held_day(day, label="the whole day")
    heading = f'<div class="headed"><h2>{rich_text(printable(page.title))}</h2>{whole}</div>'
    opening = f'<p class="opening">{rich_text(printable(page.opening[0]))}</p>' if page.opening else ""
    themes = themes_html(page, is_open=False, with_abstracts=False)
    sides = f'<div class="sides">{results_html(page)}<div class="bars"><h3>Themes</h3>{themes}</div></div>'
    return f'<section class="today">{heading}{opening}{sides}</section>'
