"""One fault after the other: a loss of power, an operation that fails, a disk that lies about what it kept.

A trial begins with a library as a workload finds it, lets the disk fail at one of the workload's write points, and
asks the library that is left. No step of a person has a part in it.
"""

import random
from collections.abc import Callable
from pathlib import Path

from eval.faults_disk import Loss, crash_state
from eval.faults_lab import Bystander, Lab, Outcome, Recording, difference, said_of_papers, without_turns
from eval.faults_operations import Fault, Kind, Operation
from eval.faults_workloads import DATABASE, FOLDER, FaultyLibrary, Workload, bring_in, look_over
from ingest.doctor import made_readable
from ingest.errors import LibraryError

_SYNCS = frozenset({Kind.SYNC, Kind.SYNC_FOLDER})
_NEW_LIBRARY, _SILENT = "told, and a new library is needed", "silent"
_LIES: tuple[tuple[str, Callable[[Operation, random.Random], bool]], ...] = (
    ("every sync", lambda *_: True),
    ("the syncs of the log", lambda operation, _: operation.path.endswith("-wal")),
    ("the syncs of the database", lambda operation, _: operation.path.endswith(".sqlite3")),
    ("the syncs of folders", lambda operation, _: operation.kind is Kind.SYNC_FOLDER),
    ("half of all syncs", lambda _, chance: chance.random() < 0.5),
)


def crash(lab: Lab, workload: Workload, place: int, chance: random.Random) -> Outcome:
    """Lose power while an operation is under way; `place` counts through the operations of the workload."""
    recording = lab.recording(workload)
    number = place % len(recording.trace.operations)
    operation, loss = recording.trace.operations[number], chance.choice(list(Loss))
    done = _done(recording, number)
    with lab.fresh(crash_state(recording.before, done, loss, chance)) as root:
        problem = lab.recovered(root / FOLDER, recording, recording.trace.acknowledged_before(number))
    return Outcome(operation.point, number, loss, problem)


def _done(recording: Recording, number: int) -> list[Operation]:
    """The operations up to one that is under way; a sync that is under way has not made anything safe."""
    operation = recording.trace.operations[number]
    return recording.trace.operations[: number + (operation.kind not in _SYNCS)]


# ---- an operation that fails


def live(lab: Lab, workload: Workload, place: int, chance: random.Random) -> Outcome:
    """Let an operation fail, once or from then on, beside a reader or alone; then go on in the same process."""
    has_reader, fault, is_lasting = chance.random() < 0.5, chance.choice(list(Fault)), chance.random() < 0.5
    has_reader = has_reader and not workload.is_damaged  # what a reader has in memory, no doctor mends
    recording = lab.recording(workload, has_reader=has_reader)
    ours = [number for number, one in enumerate(recording.trace.operations) if not one.is_foreign]
    number = ours[place % len(ours)]
    operation = recording.trace.operations[number]

    def decide(now: int, _: Operation) -> Fault | None:
        return fault if now == number or (is_lasting and now > number) else None

    with lab.fresh(recording.before) as root:
        problem = _run_into_fault(lab, recording, root, decide, has_reader=has_reader)
    how = f"{fault}, {'from then on' if is_lasting else 'once'}"
    return Outcome(operation.point, number, how, problem)


def _run_into_fault(
    lab: Lab,
    recording: Recording,
    root: Path,
    decide: Callable[[int, Operation], Fault | None],
    *,
    has_reader: bool,
) -> str:
    workload = recording.workload
    layer = lab.layer(root, workload, decide)
    bystander = Bystander(root / FOLDER, layer, is_there=has_reader)
    acknowledged, problem = 0, ""
    message: str | None = None

    def acknowledge() -> None:
        nonlocal acknowledged, problem
        acknowledged += 1
        if (seen := bystander.look()) is not None:
            problem = problem or difference(seen, [recording.views[acknowledged]])

    try:
        with layer.watching(lab.sqlite):
            workload.run(root / FOLDER, lab.sources, acknowledge)
    except LibraryError as error:
        message = str(error)
    is_through = acknowledged + 1 == len(recording.views)
    problem = problem or _wrong_with(message, layer.first_fault, is_through=is_through)
    if (seen := bystander.look_again()) is not None:
        wrong = difference(seen, recording.allowed(acknowledged))
        problem = problem or (wrong and f"a reader that was there: {wrong}")
    bystander.leave()
    return problem or lab.recovered(root / FOLDER, recording, acknowledged)


def _wrong_with(message: str | None, met: tuple[Operation, Fault] | None, *, is_through: bool) -> str:
    """What is wrong with how a command ended, with a message or without one."""
    if message is None:
        return "" if is_through else "it ended without an error before it was done"
    if "\n" in message:
        return f"its message has several lines: {message}"
    is_full = met is not None and met[1] is Fault.FULL and met[0].kind is Kind.WRITE and met[0].path.endswith("-wal")
    return f"it does not say that the disk is full: {message}" if is_full and "is full" not in message else ""


# ---- a disk that lies


def lying(lab: Lab, workload: Workload, place: int, chance: random.Random) -> Outcome:
    """Lose power where syncs did not keep what they promised; no database can hold then, but nothing may be silent."""
    recording = lab.recording(workload)
    number = place % len(recording.trace.operations)
    operation, loss = recording.trace.operations[number], chance.choice(list(Loss))
    which, lies = chance.choice(_LIES)
    state = crash_state(
        recording.before, _done(recording, number), loss, chance, believes=lambda sync: not lies(sync, chance)
    )
    with lab.fresh(state) as root:
        ending, problem = _after_lies(lab, root / FOLDER, recording, recording.trace.acknowledged_before(number))
    return Outcome(operation.point, number, f"{which} lied, {loss}", problem, ending)


def _after_lies(lab: Lab, folder: Path, recording: Recording, acknowledged: int) -> tuple[str, str]:
    """How it ended, and what is wrong with that: damage to papers that nothing told of.

    A library that says what it said at an earlier time has lost something as well: the doctor tells, or the next
    ingest by what it brings in. Only where the disk holds nothing at all that is newer, a removal is undone untold.
    """
    try:
        findings = made_readable(folder, repair=True) if (folder / DATABASE).exists() else []
        with FaultyLibrary(folder, is_indexed=recording.workload.is_indexed) as library:
            found = said_of_papers(library)
            findings += look_over(library)
            report = bring_in(library, lab.sources)
            whole = said_of_papers(library)
    except LibraryError:
        return _NEW_LIBRARY, ""
    if problem := difference(whole, [lab.whole]):
        return (_NEW_LIBRARY, "") if findings else (_SILENT, f"nothing tells that {problem}")
    allowed = [without_turns(view) for view in recording.allowed(acknowledged)]
    if not (problem := difference(found, allowed)):
        return "whole", ""
    if findings or report.new or report.updated:
        return "told, and whole again", ""
    if not difference(found, [without_turns(view) for view in recording.views[:acknowledged]]):
        return "a removal undone, of which no trace was left", ""
    return _SILENT, f"nothing tells that {problem}"
