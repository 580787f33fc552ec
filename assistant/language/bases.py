"""What the days of many papers are the days of, said."""

from collections.abc import Mapping
from datetime import date

from assistant.language.days import spoken_day
from ingest.paper import Basis
from prompts import fill

_MESSAGES = {
    Basis.SUBMITTED: "day_submitted",
    Basis.UPDATED: "day_last_changed",
    Basis.MONTH: "day_within_month",
}


def unannounced(papers: Mapping[Basis, int], day: date | None) -> list[str]:
    """A sentence for each basis but announcement that papers have; of one day, or of several where it is None."""
    spoken = spoken_day(day) if day else "the day"
    said = []
    for basis, message in _MESSAGES.items():
        if count := papers.get(basis, 0):
            with_day = {} if basis is Basis.MONTH else {"day": spoken}
            said.append(fill(message, count=f"{count:,}", **with_day))
    return said
