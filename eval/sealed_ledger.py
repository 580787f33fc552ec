"""The ledger of sealed sets: a set is run once, and may be read only after it was marked as spent.

It lies in the folder named “sealed”, a line of JSON for every run and for every set that was spent. A set is known by
the SHA-256 of its file. What a person reads with other tools, or a copy elsewhere, the ledger cannot know.
"""

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from eval.results import Version
from eval.sealed_cases import SEALED_FOLDER, SealedSet
from ingest.errors import InputError

LEDGER = "ledger.jsonl"
RUN, SPENT = "run", "spent"


def need_allowed(sets: Sequence[SealedSet], *, with_detail: bool) -> None:
    """Let through what may be run: what is not sealed, or spent, or sealed and never run yet.

    Raises:
        InputError: a sealed set was run before, or its single questions are asked for.
    """
    for one in sets:
        if not one.is_sealed or is_spent(one):
            continue
        if with_detail:
            raise InputError(f"{one.name} is sealed; --detail shows single questions of a set only after it is spent")
        if lines := _lines_of(one):
            ran = lines[-1]
            raise InputError(
                f"{one.name} was run on {ran['date']} at {ran['commit']}; a sealed set is run once. Its figures stand"
                f" in {_ledger(one)}. To give it up as training data: daybook eval sealed --spent {one.path}"
            )


def is_spent(one: SealedSet) -> bool:
    """Whether a sealed set was given up as training data."""
    return any(line["event"] == SPENT for line in _lines_of(one))


def mark_spent(one: SealedSet, version: Version, day: str) -> bool:
    """Say for good that a set is training data from now on; False where that was said before.

    Raises:
        InputError: it is not sealed.
    """
    if not one.is_sealed:
        raise InputError(f"{one.name} lies under no folder named “{SEALED_FOLDER}”; it may be run as often as you like")
    if is_spent(one):
        return False
    _append(one, SPENT, version, day, {})
    return True


def record_run(one: SealedSet, version: Version, day: str, figures: Mapping[str, Any]) -> None:
    """Write down that a sealed set was run, and what came of it; what is training data needs no line."""
    if one.is_sealed and not is_spent(one):
        _append(one, RUN, version, day, {"figures": figures})


def _ledger(one: SealedSet) -> Path:
    parts = one.path.parts
    outermost = parts.index(SEALED_FOLDER)
    return Path(*parts[: outermost + 1]) / LEDGER


def _lines_of(one: SealedSet) -> list[dict[str, Any]]:
    ledger = _ledger(one)
    try:
        text = ledger.read_text(encoding="utf-8") if ledger.exists() else ""
        lines = [json.loads(line) for line in text.splitlines() if line.strip()]
        return [line for line in lines if line["sha256"] == one.sha256]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(f"the ledger {ledger} cannot be read ({error!r}); mend it before a set is run") from error


def _append(one: SealedSet, event: str, version: Version, day: str, more: Mapping[str, Any]) -> None:
    ledger = _ledger(one)
    file = one.path.relative_to(ledger.parent).as_posix()
    line = {"event": event, "file": file, "sha256": one.sha256, "commit": version.commit, "dirty": version.is_dirty}
    with ledger.open("a", encoding="utf-8") as out:
        out.write(json.dumps({**line, "date": day, **more}, ensure_ascii=False) + "\n")
        out.flush()
        os.fsync(out.fileno())
