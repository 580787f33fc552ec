"""The overview of a day or a period as an answer in the chat."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date
from itertools import islice

from assistant.answer import Answer, Claim
from assistant.answering.contract import AnswerBuilder, DraftClaim, abstention
from assistant.day.making import page_of_days
from assistant.day.overview import is_whole_period, spoken_days
from assistant.day.page import MOST_PAPERS, DayPage, DayPaper, Limits, Theme
from assistant.finding.understanding import read_as, reason_of_nothing
from assistant.language.counting import counted
from assistant.language.days import spoken_day
from assistant.question.job import trained_jobs
from assistant.question.scope import Scope, as_written, rows_within
from assistant.reading.evidence import Evidence
from ingest.errors import InputError
from ingest.library import Library
from ingest.paper import Span
from prompts import fill

_ALL_SHOWN = 15  # papers; of more, the most telling of each theme
_MOST_SHOWN = 30
_MOST_OF_THEME = 3


def answer_day(question: str, scope: Scope, library: Library) -> Answer | None:
    """The overview of the days of a question, without any of the newest, on the theme that it names.

    None where the library holds nothing, of what has no overview (a paper, papers with code), and of a theme that no
    paper is on where no day is named either: "write me a poem on bread".
    """
    holdings = library.holdings()
    is_of_some = scope.arxiv_ids is not None or scope.with_code is not None or len(scope.categories or ()) > 1
    if is_of_some or not holdings.days:
        return None
    theme = trained_jobs().subject(as_written(scope))
    if scope.days is not None:
        days: Sequence[date] = sorted(scope.days)
    else:
        days = holdings.days if scope.periods else holdings.days[-1:]
    if scope.days is None and not scope.periods:
        scope = replace(scope, description=fill("day_newest", day=spoken_day(days[0])))
    category = next(iter(scope.categories or ()), "")
    if not days or (category and category not in holdings.categories):
        return abstention(question, reason_of_nothing(scope, library))
    within = rows_within(replace(scope, days=frozenset(days), without=frozenset()), library)
    if len(within) > MOST_PAPERS:
        fact = fill("day_too_many", papers=counted(len(within)), period=spoken_days(days, holdings.days))
        understood = (scope.description,) if scope.description else ()
        return Answer(question, fact, abstained=False, facts=(fact,), understood=understood)
    try:
        page = _page(library, days, Limits(theme, category, scope.block, scope.author))
    except InputError:  # nothing was listed within the limits
        return abstention(question, reason_of_nothing(scope, library))
    if theme and not page.limits.theme and not (scope.periods or scope.excluded):
        return None
    is_period = is_whole_period(days, holdings.days) and not scope.block
    answer = page_answer(question, page, scope, command=command_of(page) if is_period else "")
    is_narrowed = bool(page.limits.theme) or not theme
    return answer if is_narrowed else replace(answer, note=fill("day_off_theme", theme=theme))


def _page(library: Library, days: Sequence[date], limits: Limits) -> DayPage:
    """The page of a theme, or of its last words alone; where none of the papers is on it, that of the days."""
    words = limits.theme.split()
    for first in range(len(words)):
        with suppress(InputError):
            return page_of_days(library, days, replace(limits, theme=" ".join(words[first:])))
    return page_of_days(library, days, replace(limits, theme=""))


def page_answer(question: str, page: DayPage, scope: Scope, command: str) -> Answer:
    """A page as an answer: its opening, then by theme what each paper does and found, under the contract.

    `command` shows the whole page; empty where there is none that does.
    """
    shown = _shown(page)
    papers = [paper for _, some in shown for paper in some]
    total = sum(len(theme.papers) for theme in page.themes)
    facts = list(page.opening)
    if len(papers) < total:
        facts.append(fill("day_shown", shown=len(papers), papers=f"{total:,}"))
        facts += [fill("day_whole", command=command)] if command else []
    respelt = (read_as(written, read) for written, read in scope.respelt if read in page.limits.theme)
    understood = tuple(filter(None, [scope.description, *respelt]))
    if not papers:
        return Answer(question, "\n".join(facts), abstained=False, facts=tuple(facts), understood=understood)
    builder = AnswerBuilder(question, [paper.stored for paper in papers])
    for paper in papers:
        for cited in paper.quoted:
            builder.add(DraftClaim(cited.quote, (Evidence(paper.stored, Span(cited.start, cited.end), 1.0),)))
    answer = builder.answer()
    headings = [heading(theme, len(some)) for theme, some in shown for paper in some for _ in paper.quoted]
    claims = tuple(replace(claim, heading=head) for claim, head in zip(answer.claims, headings, strict=True))
    text = "\n\n".join([" ".join(facts), _themes_text(shown, claims)])
    return replace(answer, text=text, facts=tuple(facts), claims=claims, understood=understood)


def heading(theme: Theme, shown: int) -> str:
    """A theme with how many papers it has, and how many of them are shown."""
    total = len(theme.papers)
    return f"{theme.label} ({total})" if shown == total else f"{theme.label} ({shown} of {total})"


def command_of(page: DayPage) -> str:
    """The command that shows the whole page."""
    first, last = page.days[0].isoformat(), page.days[-1].isoformat()
    parts = ["daybook day", first if first == last else f"--since {first} --until {last}"]
    if page.limits.theme:
        parts.append(f'--theme "{page.limits.theme}"')
    if page.limits.category:
        parts.append(f"--category {page.limits.category}")
    if page.limits.author:
        parts.append(f'--author "{page.limits.author}"')
    return " ".join(parts)


def _shown(page: DayPage) -> list[tuple[Theme, list[DayPaper]]]:
    """The themes with the papers that a chat shows of each: all of a few, else those that fit the theme best."""
    quotable = [(theme, [paper for paper in theme.papers if paper.key_sentence]) for theme in page.themes]
    if sum(len(papers) for _, papers in quotable) > _ALL_SHOWN:
        named = [(theme, papers) for theme, papers in quotable if not theme.is_other] or quotable
        counts = _shares([len(papers) for _, papers in named])
        quotable = [(theme, papers[:count]) for (theme, papers), count in zip(named, counts, strict=True)]
    return [(theme, papers) for theme, papers in quotable if papers]


def _shares(sizes: Sequence[int]) -> list[int]:
    """How many papers are shown of each theme: one of each in turn, the largest first, up to the most of each."""
    counts = [0] * len(sizes)
    for most in range(1, _MOST_OF_THEME + 1):
        for place, size in enumerate(sizes):
            counts[place] += size >= most and sum(counts) < _MOST_SHOWN
    return counts


def _themes_text(shown: Sequence[tuple[Theme, Sequence[DayPaper]]], claims: Sequence[Claim]) -> str:
    lines: list[str] = []
    left = iter(claims)
    for _, papers in shown:
        of_theme = [(paper, list(islice(left, len(paper.quoted)))) for paper in papers]
        lines.append(("\n" if lines else "") + of_theme[0][1][0].heading)
        for paper, said in of_theme:
            quotes = " ".join(f"“{claim.sentence}”" for claim in said)
            withdrawn = " (withdrawn)" if paper.stored.paper.is_withdrawn else ""
            lines.append(f"- {paper.stored.paper.title}{withdrawn}: {quotes} [{said[0].citations[0].number}]")
    return "\n".join(lines)
