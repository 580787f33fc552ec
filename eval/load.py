"""Many sessions at once: browsers without a window in this process, the server in one of its own."""

import asyncio
import math
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from importlib.resources import files
from pathlib import Path

from eval.load_questions import sessions_of
from eval.load_scenarios import SCENARIOS, Bench, Figures, Sizes
from eval.load_server import Checkout
from eval.suites import data_folder
from ingest.errors import InputError
from ingest.paper import Entry
from ingest.sources import find_sources

_WANTED = {
    "refused": "0",
    "alien": "0",
    "pages that did not open": "0",
    "others refused": "0",
    "errors in the log": "0",
    "p95 / share of 2 cores": "≤ 1.5",
    "memory at its peak above idle, MB": "≤ 250",
    "memory that it added, MB": "< 10",
    "p95 / p95 alone": "≤ 2",
}
"""What is wished for, by the last part of a figure's name."""
_WIDTH = 18  # a commit that is not clean, and a space


@dataclass(frozen=True, slots=True)
class LoadWish:
    """What to measure: scenarios by name, or none for all; beside which other checkout; over which digests."""

    paths: tuple[Path, ...] = ()
    scenarios: tuple[str, ...] = ()
    beside: Path | None = None
    sizes: Sizes = field(default_factory=Sizes)
    seed: int = 0


@dataclass(slots=True)
class LoadReport:
    """The figures of each scenario, by build and name."""

    digests: list[str]
    seed: int
    sizes: Sizes
    figures: dict[str, dict[str, Figures]] = field(default_factory=dict)

    def table(self, scenario: str) -> list[str]:
        """A scenario for a person: a line a figure, a column a build."""
        builds = self.figures[scenario]
        names = list(dict.fromkeys(name for figures in builds.values() for name in figures))
        width = max(map(len, names))
        head = "".join(f"{build:>{_WIDTH}}" for build in builds)
        lines = [f"{scenario:{width}}{head}{'wanted':>{_WIDTH}}"]
        for name in names:
            values = "".join(f"{_said(figures.get(name, math.nan)):>{_WIDTH}}" for figures in builds.values())
            wanted = _WANTED.get(name.rpartition(": ")[2], "")
            lines.append(f"{name:{width}}{values}{wanted:>{_WIDTH}}".rstrip())
        return lines


def _said(value: float) -> str:
    if math.isnan(value):
        return "–"
    return str(value) if isinstance(value, int) else f"{value:.3f}" if abs(value) < 10 else f"{value:.1f}"


def as_data(report: LoadReport) -> dict[str, object]:
    """The report as JSON-ready data; None where there is no figure."""
    told: dict[str, object] = asdict(report)
    told["figures"] = {
        scenario: {
            build: {name: _or_null(value) for name, value in figures.items()} for build, figures in builds.items()
        }
        for scenario, builds in report.figures.items()
    }
    return told


def _or_null(value: float) -> float | None:
    return None if math.isnan(value) else value


def measure(wish: LoadWish, tell: Callable[[str], None], show: Callable[[list[str]], None]) -> LoadReport:
    """Run each scenario on each build in turn; `show` its table as soon as it is there.

    Raises:
        InputError: a scenario is unknown, a checkout is none, or the digests cannot be asked about.
    """
    unknown = [name for name in wish.scenarios if name not in SCENARIOS]
    if unknown:
        raise InputError(f"there is no scenario {unknown[0]}; there are {', '.join(SCENARIOS)}")
    paths = list(wish.paths) or _digests()
    report = LoadReport([str(path) for path in paths], wish.seed, wish.sizes)
    with tempfile.TemporaryDirectory(prefix="daybook-load-", ignore_cleanup_errors=True) as folder:
        benches = _benches(wish, paths, Path(folder), tell)
        for name in wish.scenarios or SCENARIOS:
            report.figures[name] = {}
            for build, bench in benches.items():
                tell(f"{name} on {build}")
                report.figures[name][build] = asyncio.run(SCENARIOS[name](bench))
            show(report.table(name))
    return report


def _digests() -> list[Path]:
    """The real digests, or the sample where there are none."""
    data = data_folder()
    real = data / "digests" if data else None
    return [real if real and real.is_dir() else Path(str(files("ingest").joinpath("sample")))]


def _benches(wish: LoadWish, paths: Sequence[Path], folder: Path, tell: Callable[[str], None]) -> dict[str, Bench]:
    """Our checkout and the one beside it, each with its library of the same digests, by their names."""
    sessions, days = sessions_of(paths, wish.seed), _days(paths)
    checkouts = [Checkout(Path(__file__).resolve().parents[1])]
    checkouts += [Checkout(wish.beside.resolve())] if wish.beside else []
    benches: dict[str, Bench] = {}
    for place, checkout in enumerate(checkouts):
        name = checkout.name if checkout.name not in benches else f"{checkout.name}'"
        tell(f"{name}: ingesting")
        library = folder / str(place) / "library"
        library.parent.mkdir()
        checkout.ingest(paths, library)
        benches[name] = Bench(checkout, library, sessions, days, wish.sizes, wish.seed, tell)
    return benches


def _days(paths: Sequence[Path]) -> list[str]:
    entries = [item for source in find_sources(paths) for item in source.items() if isinstance(item, Entry)]
    return sorted({entry.listing.day.isoformat() for entry in entries})
