"""How much of what a question says a text holds."""

import math
from collections.abc import Mapping, Sequence, Set

from assistant.language.terms import QuestionTerms
from ingest.library import Library
from ingest.words import stems_of

_PAIR_WEIGHT = 1.0
_NEAR = 3
_ALL: Mapping[str, float] = {}


class Information:
    """How much of a question's information a text holds, from 0 to 1.

    A stem weighs its inverse document frequency in the library (Spärck Jones 1972); a pair of words that
    stand together in the question weighs as much as its two, and counts where they stand near in the text.
    """

    def __init__(self, terms: QuestionTerms, library: Library) -> None:
        words = library.lexical_table()
        self._stems = {s: math.log((len(words) + 1) / (words.document_count(s) + 0.5)) for s in terms.stems}
        self._pairs = {(a, b): _PAIR_WEIGHT * (self._stems[a] + self._stems[b]) for a, b in terms.pairs}

    def share(self, text: str, apart_from: Set[str] = frozenset(), worth: Mapping[str, float] = _ALL) -> float:
        """The share of the question's information, some of its stems left out, that a text holds.

        `worth` is by how much the information of a stem is multiplied, where not by 1.
        """
        places: dict[str, list[int]] = {s: [] for s in self._stems if s not in apart_from}
        stems = {s: self._stems[s] * worth.get(s, 1.0) for s in places}
        pairs = {
            (a, b): weight * min(worth.get(a, 1.0), worth.get(b, 1.0))
            for (a, b), weight in self._pairs.items()
            if a in places and b in places
        }
        total = sum(stems.values()) + sum(pairs.values())
        if not total:
            return 0.0
        for place, found in enumerate(stems_of(text)):
            if found in places:
                places[found].append(place)
        held = sum(stems[s] for s, where in places.items() if where)
        together = sum(weight for (a, b), weight in pairs.items() if _are_near(places[a], places[b]))
        return (held + together) / total


def _are_near(places: Sequence[int], others: Sequence[int]) -> bool:
    return any(0 < abs(place - other) <= _NEAR for place in places for other in others)
