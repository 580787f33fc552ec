"""The report of a commit: one HTML file that needs nothing else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from eval.metrics import METRICS, RESAMPLES
from eval.plots import Plot, interval_plot, latency_plot
from eval.results import (
    LatencyResult,
    QuestionResult,
    SuiteResult,
    SystemResult,
    Version,
    latencies_by_library,
)
from eval.systems import ABOUT, DAYBOOK

_PLOTTED = "nDCG@10"
_WORST = 8
_DIGITS = 3

GLOSSARY = {
    "hit@1": "The share of questions whose first paper is a right one.",
    "hit@10": "The share of questions with a right paper among the first ten.",
    "MRR@10": "Mean reciprocal rank: 1 where the first right paper is first, 1/2 where it is second, and so on; "
    "0 where none is among ten. The mean over questions (Voorhees 1999).",
    "nDCG@10": "How near the first ten come to the best order there could be, 0 to 1: every right paper counts, "
    "and counts less the lower it stands (Järvelin and Kekäläinen 2002). Of these measures the one that sees most.",
    "recall@100": "The share of the right papers that are among the first hundred.",
    "95% interval": "Where the mean would lie with other questions of the same kind: questions are drawn anew, with "
    f"repetition, {RESAMPLES:,} times, and the middle 95% of the means are shown (percentile bootstrap).",
    "paired": "Both systems answer the same drawn questions, so a lead is compared question by question. "
    "An interval without 0 is marked with *: the lead is more than chance.",
    "p50, p95": "Half of the questions, and 95 of 100, were answered within this time.",
    "the floor": "The least that exact search can take: embedding the question and one dot product with every vector, "
    "timed in turns with the systems, so that what disturbs one disturbs all.",
    "gold": "The papers that answer a question, as a person or the data set's makers judged.",
}


@dataclass(frozen=True, slots=True)
class GoldPaper:
    """A paper that should be found, and the rank that Daybook gave it."""

    arxiv_id: str
    title: str
    rank: str


@dataclass(frozen=True, slots=True)
class WorstQuestion:
    """A question that Daybook ranks badly: what it should find, what stands first instead, what others do."""

    question: str
    gold: tuple[GoldPaper, ...]
    first_id: str
    first_title: str
    first_is_gold: bool
    ndcg: float
    others: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class SuiteView:
    """A suite as the report shows it; `best` names, for each metric, the systems whose means are highest."""

    result: SuiteResult
    plot: Plot
    best: Mapping[str, frozenset[str]]
    worst: tuple[WorstQuestion, ...]

    @property
    def anchor(self) -> str:
        """The suite's name as an anchor."""
        return "suite-" + self.result.suite.replace("@", "-at-")


def write_report(path: Path, results: Sequence[SuiteResult], speeds: LatencyResult | None, version: Version) -> Path:
    """Write the report of these results, which are of one version, and give its path back."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(report_text(results, speeds, version), encoding="utf-8")
    return path


def report_text(results: Sequence[SuiteResult], speeds: LatencyResult | None, version: Version) -> str:
    """The report as HTML; everything that a paper or a question says is escaped."""
    environment = Environment(
        loader=PackageLoader("eval"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.get_template("report.html.jinja").render(
        suites=[_view(result) for result in results],
        metrics=list(METRICS),
        systems=[name for name in ABOUT if any(name in result.systems for result in results)],
        about=ABOUT,
        daybook=DAYBOOK,
        glossary=GLOSSARY,
        version=version,
        made_at=max((result.made_at for result in results), default=speeds.made_at if speeds else ""),
        questions=sum(len(result.questions) for result in results),
        latencies=_latency_plots(results),
        speeds=speeds,
        style=(files("eval") / "templates" / "report.css").read_text(encoding="utf-8"),
        plotted=_PLOTTED,
    )


def _view(result: SuiteResult) -> SuiteView:
    means = {name: system.metrics[_PLOTTED] for name, system in result.systems.items()}
    return SuiteView(
        result, interval_plot(f"{_PLOTTED} in the suite {result.suite}", means), _best(result), _worst(result)
    )


def _best(result: SuiteResult) -> dict[str, frozenset[str]]:
    return {metric: _highest(metric, result.systems) for metric in METRICS}


def _highest(metric: str, systems: Mapping[str, SystemResult]) -> frozenset[str]:
    means = {name: round(system.metrics[metric].mean, _DIGITS) for name, system in systems.items()}
    return frozenset(name for name, mean in means.items() if mean == max(means.values()))


def _latency_plots(results: Sequence[SuiteResult]) -> list[tuple[str, str, Plot]]:
    about = {result.library: result.library_about for result in results}
    return [
        (library, about[library], latency_plot(f"Milliseconds in the library {library}", found))
        for library, found in latencies_by_library(results).items()
    ]


# ---- the worst questions


def _worst(result: SuiteResult) -> tuple[WorstQuestion, ...]:
    """The questions that Daybook ranks worst, those that it ranks perfectly left out."""
    bad = [one for one in result.questions if one.rankings[DAYBOOK].metrics[_PLOTTED] < 1]
    bad.sort(key=lambda one: (one.rankings[DAYBOOK].metrics[_PLOTTED], -(one.rankings[DAYBOOK].first_rank or 101)))
    return tuple(_worst_question(one, result.titles) for one in bad[:_WORST])


def _worst_question(asked: QuestionResult, titles: Mapping[str, str]) -> WorstQuestion:
    ranking = asked.rankings[DAYBOOK]
    first = ranking.top[0] if ranking.top else ""
    return WorstQuestion(
        asked.question,
        tuple(GoldPaper(paper, titles[paper], _rank(rank)) for paper, rank in ranking.gold_ranks.items()),
        first,
        titles.get(first, "nothing"),
        asked.gold.get(first, 0) > 0,
        ranking.metrics[_PLOTTED],
        tuple((name, _rank(other.first_rank)) for name, other in asked.rankings.items() if name != DAYBOOK),
    )


def _rank(rank: int | None) -> str:
    return str(rank) if rank else "below 100"
