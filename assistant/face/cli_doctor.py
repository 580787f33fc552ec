"""The command line that looks a library over: `daybook doctor`."""

from contextlib import suppress
from dataclasses import asdict
from typing import Annotated

import typer

from assistant.engine.daybook import DEFAULT_LIBRARY
from assistant.face.cli_options import ChromaOption, JsonOption, LibraryOption
from assistant.face.opening import opened
from assistant.face.terminal import print_json
from ingest.doctor import made_readable
from ingest.errors import LibraryDamagedError


def doctor(
    repair: Annotated[bool, typer.Option("--repair", help="Mend what can be mended.")] = False,
    library: LibraryOption = DEFAULT_LIBRARY,
    chroma: ChromaOption = None,
    as_json: JsonOption = False,
) -> None:
    """Check everything the library holds, and say what was found."""
    findings, count = made_readable(library, repair=repair), None
    if all(finding.is_repaired for finding in findings[:1]):
        with opened(library, chroma=chroma) as book:
            findings += book.examine(repair=repair)
            with suppress(LibraryDamagedError):
                count = book.library.database.paper_count()
    if as_json:
        print_json({"papers": count, "findings": [asdict(finding) for finding in findings]})
    else:
        for finding in findings:
            print(f"{'repaired' if finding.is_repaired else 'found'}: {finding.problem}")
        print("all is well" if not findings else "" if repair else "mend it with: daybook doctor --repair")
    if any(not finding.is_repaired for finding in findings):
        raise typer.Exit(1)
