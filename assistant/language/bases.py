"""What the days of many papers are the days of, said."""

from collections.abc import Mapping
from datetime import date

from assistant.language.days import spoken_day
from ingest.paper import Basis
from prompts import fill


def unannounced(papers: Mapping[Basis, int], day: date | None) -> list[str]:
    """A sentence for each basis but announcement that papers have; of one day, or of several where it is None."""
    spoken = spoken_day(day) if day else "the day"
    counts = {basis: f"{count:,}" for basis, count in papers.items() if count}
    said = []
    if count := counts.get(Basis.SUBMITTED):
        said.append(fill("day_submitted", count=count, day=spoken))
    if count := counts.get(Basis.UPDATED):
        said.append(fill("day_last_changed", count=count, day=spoken))
    if count := counts.get(Basis.MONTH):
        said.append(fill("day_within_month", count=count))
    return said
