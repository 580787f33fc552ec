"""The report of answers: one HTML file that needs nothing else."""

from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from eval.answer_checks import FAULTS
from eval.answer_metrics import Abstention
from eval.answer_results import MEASURES, AnsweredQuestion, AnswerSuiteResult
from eval.results import Version

_WORST = 10


def write_answer_report(
    path: Path,
    results: Sequence[AnswerSuiteResult],
    abstention: Abstention,
    version: Version,
) -> Path:
    """Write the report, everything that an answer or a paper says escaped, and give its path back."""
    environment = Environment(
        loader=PackageLoader("eval"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    text = environment.get_template("answers.html.jinja").render(
        suites=[(result, worst(result)) for result in results],
        abstention=abstention,
        measures=MEASURES,
        faults=FAULTS,
        version=version,
        style=(files("eval") / "templates" / "report.css").read_text(encoding="utf-8"),
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def worst(result: AnswerSuiteResult) -> list[AnsweredQuestion]:
    """The answers that are worst: those with faults, then those with the lowest of their values."""
    bad = [one for one in result.questions if one.faults or min(one.values.values(), default=1.0) < 1]
    right = ("answered", "abstained", "cites gold", "holds one", "holds all", "follow-up right", "supported")
    return sorted(bad, key=lambda one: (-len(one.faults), sum(one.values.get(name, 1.0) for name in right)))[:_WORST]
