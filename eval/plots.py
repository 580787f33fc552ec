"""The plots of the report as geometry: where each mark stands in an SVG; the template draws them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from eval.metrics import Estimate
from eval.results import Latency

WIDTH = 640
_LEFT, _RIGHT, _TOP, _BOTTOM = 128, 60, 8, 26
_ROW = 22
_TICKS = 5


@dataclass(frozen=True, slots=True)
class Tick:
    """A grid line of the horizontal axis and what it is labelled."""

    x: float
    label: str


@dataclass(frozen=True, slots=True)
class Mark:
    """One system's row: a mean or a 95th percentile at `x`, a line from `low` to `high`, and the value as text."""

    name: str
    y: float
    x: float
    low: float
    high: float
    value: str
    spoken: str


@dataclass(frozen=True, slots=True)
class Plot:
    """Rows of marks over a horizontal axis that begins at `left`; `floor` is where the floor's line stands."""

    title: str
    height: int
    left: float
    bottom: float
    ticks: tuple[Tick, ...]
    marks: tuple[Mark, ...]
    floor: float | None = None
    width: int = WIDTH


def interval_plot(title: str, means: Mapping[str, Estimate]) -> Plot:
    """A dot for each system's mean and a line for its 95% interval, on an axis from 0 to 1."""
    marks = [
        Mark(
            name,
            _y(place),
            _x(found.mean, 1),
            _x(found.low, 1),
            _x(found.high, 1),
            f"{found.mean:.3f}",
            f"{name}: {found.mean:.3f}, interval {found.low:.3f} to {found.high:.3f}",
        )
        for place, (name, found) in enumerate(means.items())
    ]
    return _plot(title, marks, [Tick(_x(n / 4, 1), f"{n / 4:g}") for n in range(_TICKS)])


def latency_plot(title: str, found: Mapping[str, Latency]) -> Plot:
    """A bar up to each system's 95th percentile, from its median a line, and the floor's 95th percentile across."""
    floor = max(one.floor_p95 for one in found.values())
    highest = max(floor, *(one.p95 for one in found.values()))
    marks = [
        Mark(
            name,
            _y(place),
            _x(one.p95, highest),
            _x(one.p50, highest),
            _x(one.p95, highest),
            f"{one.p95:.1f}",
            f"{name}: median {one.p50:.1f} ms, 95th percentile {one.p95:.1f} ms, {one.ratio:.2f} times the floor",
        )
        for place, (name, one) in enumerate(found.items())
    ]
    ticks = [Tick(_x(n / 4, 1), f"{highest * n / 4:.1f} ms") for n in range(_TICKS)]
    return _plot(title, marks, ticks, _x(floor, highest))


def _plot(title: str, marks: Sequence[Mark], ticks: Sequence[Tick], floor: float | None = None) -> Plot:
    bottom = _TOP + _ROW * len(marks)
    return Plot(title, bottom + _BOTTOM, _LEFT, bottom, tuple(ticks), tuple(marks), floor)


def _y(place: int) -> float:
    return _TOP + _ROW * (place + 0.5)


def _x(value: float, highest: float) -> float:
    return round(_LEFT + (WIDTH - _LEFT - _RIGHT) * value / highest, 1)
