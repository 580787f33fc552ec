"""Breaks one entry of a source in every format, and looks for what it costs beyond that entry.

A case is a source of invented papers of which one entry was changed at a random place. Reading it must raise nothing
but the documented errors, give every other paper with its texts to the letter, give no paper that nobody wrote, and
take under 50 ms of processor time. Where a strict reader of other making (lxml, json, csv) still reads the entry that
was changed, its texts must be the same to Daybook.
"""

import io
import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from eval.source_formats import FORMATS, Format, Texts
from eval.source_papers import Written, invented_papers
from ingest.paper import Entry
from ingest.sources import items_of
from ingest.streams import READ_ERRORS

SLOWEST_ALLOWED_SECONDS = 0.05
_PAPERS = 20
_SIGNS = tuple(b"<>&\"'\\{}[]|#")
_CONTROLS = (0x00, 0x01, 0x0B, 0x0C, 0x1B, 0x1F, 0x7F)
_INVALID = (0x80, 0xBF, 0xC3, 0xE2, 0xF0, 0xFF)  # bytes that are no UTF-8 where they stand
_LONGEST_SPAN = 40
_MOST_FAILURES_TOLD = 12

Mutation = Callable[[bytes, int, random.Random], bytes]


@dataclass(slots=True)
class FormatReport:
    """What the mutated sources of a format gave; the lists name the cases that failed."""

    format: str
    cases: int = 0
    rejections: int = 0
    taken: int = 0
    crashes: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    altered: list[str] = field(default_factory=list)
    made_up: list[str] = field(default_factory=list)
    slowest_seconds: float = 0.0

    @property
    def failures(self) -> list[str]:
        """What failed, in words."""
        slow = [f"{self.slowest_seconds * 1000:.0f} ms"] if self.slowest_seconds > SLOWEST_ALLOWED_SECONDS else []
        kinds = {"crash": self.crashes, "lost": self.lost, "altered": self.altered, "made up": self.made_up}
        told = [f"{kind}: {one}" for kind, ones in kinds.items() for one in ones]
        return [f"{self.format}: {one}" for one in (*told, *(f"slow: {one}" for one in slow))]


@dataclass(slots=True)
class MutationReport:
    """The reports of all formats."""

    formats: list[FormatReport] = field(default_factory=list)

    @property
    def is_clean(self) -> bool:
        """Whether every reading was quick, raised nothing, lost nothing, altered nothing and made nothing up."""
        return not any(one.failures for one in self.formats)

    def lines(self) -> list[str]:
        """The report for a terminal."""
        head = f"{'format':20} {'cases':>6} {'taken':>6} {'rejected':>8}"
        rows = [f"{head} {'crashes':>7} {'lost':>5} {'altered':>7} {'made up':>7} {'slowest ms':>10}"]
        rows += [_row(one) for one in self.formats]
        total = FormatReport("in all")
        for one in self.formats:
            total = _sum(total, one)
        failures = [failure for one in self.formats for failure in one.failures[:_MOST_FAILURES_TOLD]]
        return [*rows, _row(total), *(f"failure: {failure}" for failure in failures)]


def _row(one: FormatReport) -> str:
    counts = f"{one.cases:6} {one.taken:6} {one.rejections:8} {len(one.crashes):7} {len(one.lost):5}"
    return f"{one.format:20} {counts} {len(one.altered):7} {len(one.made_up):7} {one.slowest_seconds * 1000:10.1f}"


def _sum(one: FormatReport, other: FormatReport) -> FormatReport:
    return FormatReport(
        one.format,
        one.cases + other.cases,
        one.rejections + other.rejections,
        one.taken + other.taken,
        one.crashes + other.crashes,
        one.lost + other.lost,
        one.altered + other.altered,
        one.made_up + other.made_up,
        max(one.slowest_seconds, other.slowest_seconds),
    )


def measure(count: int, seed: int, tell: Callable[[str], None] = lambda _: None) -> MutationReport:
    """Read `count` mutated sources of each format; a case depends on its format, its number and `seed` only."""
    report = MutationReport()
    for name, form in FORMATS.items():
        tell(name)
        report.formats.append(_measure_format(name, form, count, seed))
    return report


def _measure_format(name: str, form: Format, count: int, seed: int) -> FormatReport:
    written = form.write(invented_papers(_PAPERS, random.Random(f"{seed}-{name}")))
    report, expected = FormatReport(name), _texts(written, form, name)
    for number in range(count):
        chance = random.Random(f"{seed}-{name}-{number}")
        place = chance.randrange(len(written.entries))
        entry, done = mutated(written.entries[place].encode(), chance)
        case = _Case(f"case {number} ({done})", place, form.strict(_text(entry)))
        _check(case, written.with_entry(place, entry), expected, report)
    return report


@dataclass(frozen=True, slots=True)
class _Case:
    """A mutated source: its name, the place of the entry that was changed, and how a strict reader reads that."""

    name: str
    place: int
    own: Texts | None


@dataclass(frozen=True, slots=True)
class _Expected:
    """What an unchanged source says; `others` are days, authors and the like as Daybook reads them there."""

    ids: Sequence[str]
    texts: Sequence[Texts]
    others: Mapping[str, object]


def _others(entry: Entry) -> object:
    return entry.listing.day, entry.listing.basis, entry.paper.authors, entry.paper.categories, entry.paper.version


def _texts(written: Written, form: Format, name: str) -> _Expected:
    """The raw texts of every entry: by the strict reader, else as Daybook reads the whole source, else as written."""
    ids = [paper.arxiv_id for paper in written.papers]
    entries = [item for item in items_of(io.BytesIO(written.data()), name) if isinstance(item, Entry)]
    read = {entry.paper.arxiv_id: (entry.raw_title, entry.raw_abstract) for entry in entries}
    told = [
        form.strict(raw) or read.get(paper.arxiv_id) or (paper.title, paper.abstract)
        for raw, paper in zip(written.entries, written.papers, strict=True)
    ]
    return _Expected(ids, told, {entry.paper.arxiv_id: _others(entry) for entry in entries})


def _text(entry: bytes) -> str:
    """An entry as text; where it is no UTF-8, nothing that a strict reader could read."""
    try:
        return entry.decode()
    except UnicodeDecodeError:
        return ""


def _check(case: _Case, data: bytes, expected: _Expected, report: FormatReport) -> None:
    report.cases += 1
    start = time.process_time()
    try:
        items = list(items_of(io.BytesIO(data), "mutated"))
    except READ_ERRORS:
        items = []
    except Exception as error:  # noqa: BLE001 - whatever it is, it is what we look for
        report.crashes.append(f"{case.name}: {type(error).__name__}: {error}")
        return
    report.slowest_seconds = max(report.slowest_seconds, time.process_time() - start)
    entries = [item for item in items if isinstance(item, Entry)]
    report.taken += len(entries)
    report.rejections += len(items) - len(entries)
    report.lost.extend(f"{case.name}: {one}" for one in lost(entries, case.place, expected.ids))
    report.altered.extend(f"{case.name}: {one}" for one in _altered(entries, case, expected))
    report.made_up.extend(f"{case.name}: {one}" for one in made_up(entries, expected.ids))


def lost(entries: Sequence[Entry], place: int, ids: Sequence[str]) -> list[str]:
    """The ids that were not read, but for the one of the entry that was changed."""
    read = {entry.paper.arxiv_id for entry in entries}
    return [one for number, one in enumerate(ids) if number != place and one not in read]


def made_up(entries: Sequence[Entry], ids: Sequence[str]) -> list[str]:
    """The papers that nobody wrote: unknown ids but one, which the change may have made of its entry's."""
    return [entry.paper.arxiv_id for entry in entries if entry.paper.arxiv_id not in ids][1:]


def _altered(entries: Sequence[Entry], case: _Case, expected: _Expected) -> Iterator[str]:
    """The papers whose texts are not those of the source; of the changed entry, what a strict reader reads."""
    wanted = dict(zip(expected.ids, expected.texts, strict=True))
    changed, own = expected.ids[case.place], case.own
    for entry in entries:
        told = (entry.raw_title, entry.raw_abstract)
        arxiv_id = entry.paper.arxiv_id
        if arxiv_id in wanted and arxiv_id != changed and told not in {wanted[arxiv_id], own}:
            yield f"{arxiv_id}: {_difference(told, wanted[arxiv_id])}"
        elif arxiv_id in wanted and arxiv_id != changed and told != own and _others(entry) != expected.others[arxiv_id]:
            yield f"{arxiv_id}: {_others(entry)} for {expected.others[arxiv_id]}"
        elif arxiv_id == changed and own is not None and told != own:
            yield f"{arxiv_id}, which was changed: {_difference(told, own)}"


def _difference(told: Texts, wanted: Texts) -> str:
    """From where on two texts differ."""
    one, other = next((pair for pair in zip(told, wanted, strict=True) if pair[0] != pair[1]), ("", ""))
    start = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    return f"{one[max(0, start - 10) : start + 30]!r} for {other[max(0, start - 10) : start + 30]!r}"


# ---- mutations


def mutated(entry: bytes, chance: random.Random) -> tuple[bytes, str]:
    """An entry with one change, and the name of the change."""
    mutate = chance.choice(_MUTATIONS)
    place = chance.randrange(len(entry))
    return mutate(entry, place, chance), f"{mutate.__name__.strip('_')} at {place}"


def _delete(entry: bytes, place: int, _: random.Random) -> bytes:
    return entry[:place] + entry[place + 1 :]


def _double(entry: bytes, place: int, _: random.Random) -> bytes:
    return entry[:place] + entry[place : place + 1] + entry[place:]


def _replace(entry: bytes, place: int, chance: random.Random) -> bytes:
    return entry[:place] + bytes([chance.randrange(0x20, 0x7F)]) + entry[place + 1 :]


def _insert_control(entry: bytes, place: int, chance: random.Random) -> bytes:
    return entry[:place] + bytes([chance.choice(_CONTROLS)]) + entry[place:]


def _insert_sign(entry: bytes, place: int, chance: random.Random) -> bytes:
    return entry[:place] + bytes([chance.choice(_SIGNS)]) + entry[place:]


def _cut(entry: bytes, place: int, _: random.Random) -> bytes:
    return entry[:place]


def _swap_spans(entry: bytes, place: int, chance: random.Random) -> bytes:
    """Two neighbouring spans, each in the place of the other."""
    middle, end = sorted(place + chance.randint(1, _LONGEST_SPAN) for _ in range(2))
    return entry[:place] + entry[middle:end] + entry[place:middle] + entry[end:]


def _duplicate_line(entry: bytes, place: int, _: random.Random) -> bytes:
    lines = entry.split(b"\n")
    number = entry.count(b"\n", 0, place)
    return b"\n".join([*lines[: number + 1], *lines[number:]])


def _insert_invalid(entry: bytes, place: int, chance: random.Random) -> bytes:
    return entry[:place] + bytes([chance.choice(_INVALID)]) + entry[place:]


_MUTATIONS: Sequence[Mutation] = (
    _delete, _double, _replace, _insert_control, _insert_sign, _cut, _swap_spans, _duplicate_line, _insert_invalid,
)  # fmt: skip
