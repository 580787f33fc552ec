"""Several at work on a library while its disk fails: a writer, two readers, a server that keeps talks, a doctor.

They take turns in one process, so that a seed gives the same schedule again: at any write to the log, in the midst
of the writer's transactions, the readers read. What they see must be the state that was acknowledged last,
or the one that is just being saved, never an older one or anything between.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from eval.crash import WordEmbedder
from eval.faults_lab import Lab, Outcome, difference
from eval.faults_layer import Layer
from eval.faults_operations import Fault, Operation
from eval.faults_papers import Facts, facts_of
from eval.faults_workloads import FOLDER, FaultyLibrary, bring_in, talk
from ingest.doctor import examine
from ingest.errors import LibraryError
from ingest.library import Library
from ingest.removal import removal_of_day, removal_of_paper, take_out

_FAULTS = 3
"""How many times the disk fails in a schedule: each may be met while what another left is being mended."""
_LONGEST_FAULT = 4
"""For how many operations it fails at most."""
_READ_AT = 0.04
"""At which share of the writes to the log a reader reads; there are about 400."""
_LEAVES = 0.2
"""How often a reader closes the library and opens it anew before it reads."""
_TALK = "schedule"
_PAPER, _DAY = "2101.00013", date(2021, 1, 6)

Step = Callable[[Library, Sequence[Path]], object]


def _remove_paper(library: Library, _: Sequence[Path]) -> None:
    if library.paper(_PAPER) is not None:
        with library.writer():
            take_out(removal_of_paper(_PAPER, library), library, WordEmbedder)


def _remove_day(library: Library, _: Sequence[Path]) -> None:
    if library.papers(_DAY):
        with library.writer():
            take_out(removal_of_day(_DAY, library), library, WordEmbedder)


_STEPS: tuple[Step, ...] = (
    lambda library, sources: bring_in(library, sources[:1]),
    lambda library, sources: bring_in(library, sources[1:]),
    _remove_paper,
    _remove_day,
    bring_in,
)
"""Each may be done again where it broke off."""


@dataclass(frozen=True, slots=True)
class Course:
    """What the steps come to where nothing fails: `views[n]` after n commits, `operations` how many write points."""

    views: Sequence[Facts]
    operations: int


def course(lab: Lab) -> Course:
    """Do the steps once, without a fault."""
    with lab.fresh() as root:
        with FaultyLibrary(root / FOLDER) as library:
            views = [facts_of(library)]
        layer = Layer(root)

        def acknowledge() -> None:
            with layer.paused(), FaultyLibrary(root / FOLDER) as library:
                views.append(facts_of(library))

        with layer.watching(lab.sqlite):
            for step in _STEPS:
                with FaultyLibrary(root / FOLDER, acknowledge) as library:
                    step(library, lab.sources)
    return Course(views, len(layer.trace.operations))


def schedule(lab: Lab, course: Course, chance: random.Random) -> Outcome:
    """Do the steps, beside all the others, with some faults; each step is done again until it is through."""
    with lab.fresh() as root:
        everyone = _Everyone(root, course, chance)
        with everyone.layer.watching(lab.sqlite):
            everyone.work(lab.sources)
        everyone.leave()
    (number, operation), *_ = everyone.hit
    how = "; ".join(f"{everyone.failing[number]} at {operation.point}" for number, operation in everyone.hit)
    return Outcome(operation.point, number, how, everyone.problem, points=tuple(one.point for _, one in everyone.hit))


@dataclass(slots=True)
class _Server:
    """Keeps turns of a conversation, and knows which were promised."""

    library: FaultyLibrary
    promised: list[str] = field(default_factory=list)

    def talk(self) -> str:
        """Keep another turn; what is wrong with those that are kept."""
        turn = f"turn {len(self.promised) + 1}"
        allowed = [[*self.promised, turn]]
        try:
            talk(self.library, _TALK, turn)
        except LibraryError:
            allowed.append(self.promised)  # it may have been kept, and not promised
        kept = self.library.conversations.turns(_TALK)
        if kept not in allowed:
            return f"turns were lost: {kept} for {allowed[0]}"
        self.promised = kept
        return ""


class _Everyone:
    """All who are at work; `failing` says at which operations the disk fails, `hit` which of them were met."""

    def __init__(self, root: Path, course: Course, chance: random.Random) -> None:
        self._folder, self._course, self._chance = root / FOLDER, course, chance
        self.layer = Layer(root, self._decide)
        self.failing: dict[int, Fault] = {}
        for first in chance.sample(range(course.operations), _FAULTS):
            fault = chance.choice(list(Fault))
            self.failing.update(dict.fromkeys(range(first, first + chance.randint(1, _LONGEST_FAULT)), fault))
        self.hit: list[tuple[int, Operation]] = []
        self.problem = ""
        self._position = 0
        self._is_somebody_reading = True  # there is nothing to read yet
        self._readers: list[FaultyLibrary | None] = [None, None]
        self._server: _Server | None = None

    def work(self, sources: Sequence[Path]) -> None:
        """Do every step, again and again until it is through."""
        for step in _STEPS:
            while not self._is_through(step, sources):
                pass
            self._between_steps()
        with self.layer.paused(), FaultyLibrary(self._folder) as library:
            self._note(difference(facts_of(library), [self._course.views[-1]]))

    def leave(self) -> None:
        """Close what is open."""
        for reader in self._readers:
            if reader is not None:
                reader.close()
        if self._server is not None:
            self._server.library.close()

    def _is_through(self, step: Step, sources: Sequence[Path]) -> bool:
        met = len(self.hit)
        try:
            with FaultyLibrary(self._folder, self._acknowledge) as library, self._readers_let_in():
                step(library, sources)
        except LibraryError:
            if len(self.hit) == met:
                raise  # not by one of our faults
            self._find_position()
            return False
        return True

    @contextmanager
    def _readers_let_in(self) -> Iterator[None]:
        """Who closes a library that nobody else has open holds it alone for a moment: all would wait for each other."""
        self._is_somebody_reading = False
        try:
            yield
        finally:
            self._is_somebody_reading = True

    def _find_position(self) -> None:
        """Whether what broke off had been saved, though nobody was told."""
        with self.layer.paused(), FaultyLibrary(self._folder) as library:
            said = facts_of(library)
        self._position += bool(difference(said, [self._course.views[self._position]]))
        self._note(difference(said, [self._course.views[self._position]]))

    def _acknowledge(self) -> None:
        self._position += 1
        self._read()
        self._talk()

    def _between_steps(self) -> None:
        self._talk()
        with self.layer.paused(), FaultyLibrary(self._folder) as library:
            for finding in examine(library, None):
                self._note(f"the doctor says: {finding.problem}")

    def _talk(self) -> None:
        try:
            self._server = self._server or _Server(FaultyLibrary(self._folder))
        except LibraryError:
            return  # it could not be opened just now
        self._note(self._server.talk())

    def _decide(self, number: int, operation: Operation) -> Fault | None:
        if number in self.failing:
            self.hit.append((number, operation))
            return self.failing[number]
        lets_read = operation.path.endswith("-wal") and not self._is_somebody_reading
        if lets_read and self._chance.random() < _READ_AT:
            self._read()
        return None

    def _read(self) -> None:
        """Let one of the readers look, who may just have come."""
        place, self._is_somebody_reading = self._chance.randrange(len(self._readers)), True
        try:
            with self.layer.paused():
                said = facts_of(self._reader(place))
            wrong = difference(said, self._course.views[self._position : self._position + 2])
        except LibraryError as error:
            wrong = str(error)
        self._note(wrong and f"reader {place} of state {self._position}: {wrong}")
        self._is_somebody_reading = False

    def _reader(self, place: int) -> Library:
        reader = self._readers[place]
        if reader is not None and self._chance.random() < _LEAVES:
            reader.close()
            reader = None
        self._readers[place] = reader = reader or FaultyLibrary(self._folder)
        return reader

    def _note(self, problem: str) -> None:
        self.problem = self.problem or problem
