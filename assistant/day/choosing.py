"""Which of many labels become the themes of a period: few, readable, each with papers enough (facility location)."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from assistant.day.labels import Label, labels_clash

Fit = NDArray[np.float64]
"""How well labels fit papers [labels, papers]: 0 not at all, about 1 well."""

LEAST_FIT = 0.45
"""From which a paper stands under a label: of 352 such placements of ten days readers found .94 right from .45 on, .91
from .35, .86 from .25; what is left out of them goes to a wider field."""
_LEAST_READABLE = 0.15
_PAPERS_A_THEME = 60  # of more papers, a theme must be worth more
_COST = 1.0  # of a theme, in papers that fit it well
_COST_OF_LAST = 0.4
_MOST_THEMES = 14
_MOST_THEMES_OF_MANY = 24
_EXCHANGES = 3
_LEAST_VALUE = 1e-9


class Choice:
    """Chooses labels one by one, each the one worth most to the papers that no better one has, while it pays."""

    def __init__(self, labels: Sequence[Label], fit: Fit, allowed: Sequence[int]) -> None:
        self._fit = fit
        papers = fit.shape[1]
        self._least = 2 if papers <= 2 * _PAPERS_A_THEME else max(3, papers // 100)
        self._cost = max(1.0, papers / _PAPERS_A_THEME)
        self._most = _MOST_THEMES if papers <= 2 * _PAPERS_A_THEME else _MOST_THEMES_OF_MANY
        self._readable = np.array([label.readability for label in labels])
        fits = fit >= LEAST_FIT
        self._value: Fit = np.where(fits, fit, 0) * self._readable[:, None]
        enough = (self._readable >= _LEAST_READABLE) & (fits.sum(axis=1) >= self._least)
        self._allowed = [n for n in allowed if enough[n]]
        self._clashes = {
            n: frozenset(o for o in self._allowed if labels_clash(labels[n], labels[o])) for n in self._allowed
        }

    def chosen(self) -> list[int]:
        """The numbers of the chosen labels."""
        chosen = self._exchanged(self._grown([], _COST * self._cost))
        return self._grown(chosen, _COST_OF_LAST * self._cost)

    def _grown(self, chosen: Sequence[int], cost: float) -> list[int]:
        """Labels added as long as one is worth more than it costs, and leaves none with too few papers."""
        chosen = list(chosen)
        while len(chosen) < self._most:
            gains = self._gains(chosen)
            best = next((n for n in sorted(gains, key=lambda n: (-gains[n], n)) if self._is_sound([*chosen, n])), None)
            if best is None or gains[best] <= cost:
                break
            chosen.append(best)
        return chosen

    def _exchanged(self, chosen: list[int]) -> list[int]:
        """Each label in turn left out where it does not pay any more, or exchanged for one that is worth more."""
        for _ in range(_EXCHANGES):
            before = list(chosen)
            for label in before:
                rest = [n for n in chosen if n != label]
                gains = self._gains(rest)
                best = max(gains, key=lambda n: (gains[n], -n))
                if gains[best] > gains[label] + _LEAST_VALUE and self._is_sound([*rest, best]):
                    chosen = [*rest, best]
                elif gains[label] <= _COST * self._cost:
                    chosen = rest
            if chosen == before:
                break
        return chosen

    def _gains(self, chosen: Sequence[int]) -> dict[int, float]:
        """What each label that clashes with none of the chosen would add."""
        held = self._value[list(chosen)].max(axis=0) if chosen else np.zeros(self._fit.shape[1])
        free = [n for n in self._allowed if self._clashes[n].isdisjoint(chosen)]
        gains = np.maximum(self._value[free] - held, 0).sum(axis=1)
        return dict(zip(free, gains.tolist(), strict=True))

    def _is_sound(self, chosen: Sequence[int]) -> bool:
        """Whether each has papers enough."""
        places = assigned(self._fit, self._readable, chosen)
        return all(len(places.get(n, ())) >= self._least for n in chosen)


def assigned(fit: Fit, readable: NDArray[np.float64], chosen: Sequence[int]) -> dict[int, list[int]]:
    """The places of the papers under each chosen label, those that fit it best first; -1 holds what none fits."""
    places: dict[int, list[int]] = {}
    if not chosen:
        return {-1: list(range(fit.shape[1]))}
    nearest = np.argmax(fit[list(chosen)] * readable[list(chosen), None], axis=0)
    for place, number in enumerate(nearest.tolist()):
        label = chosen[number]
        places.setdefault(label if fit[label, place] >= LEAST_FIT else -1, []).append(place)
    return {n: sorted(some, key=lambda p: -fit[n, p]) if n >= 0 else some for n, some in places.items()}
