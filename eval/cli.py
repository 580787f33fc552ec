"""`daybook eval …`: measurements on real data."""

import json
import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from assistant.daybook import DEFAULT_MODELS, EMBEDDING_FOLDER

eval_cli = typer.Typer(help="Measure Daybook on real data.", no_args_is_help=True, rich_markup_mode=None)


@eval_cli.callback()
def _group() -> None:
    """Keep `eval` a group of commands."""


@eval_cli.command()
def speed(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH…", help="Digests, or folders of digests.")],
    rounds: Annotated[int, typer.Option(min=1, help="How many pairs of bare embedding and ingest.")] = 3,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Measure ingest beside the bare embedding rate, a cold answer, and peak memory."""
    from eval.speed import as_data, measure  # noqa: PLC0415 - no other command needs it
    from ingest.embedding import OnnxEmbedding  # noqa: PLC0415

    models = Path(os.environ.get("DAYBOOK_MODELS") or DEFAULT_MODELS)
    embedder = OnnxEmbedding.load(models / EMBEDDING_FOLDER, _tell)
    report = measure(paths, embedder, rounds, _tell)
    print(json.dumps(as_data(report)) if as_json else "\n".join(report.lines()))


@eval_cli.command()
def crash(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH…", help="Digests, or folders of digests.")],
    kills: Annotated[int, typer.Option(min=1, help="How often to kill.")] = 300,
    seed: Annotated[int, typer.Option(help="Where the random moments start.")] = 0,
) -> None:
    """Kill ingests at random moments, and look for papers that were lost."""
    from eval.crash import CrashReport, measure  # noqa: PLC0415 - no other command needs it

    def show(report: CrashReport) -> None:
        if report.kills % 20 == 0:
            _tell(f"{report.kills} kills")

    report = measure(paths, kills, seed, show)
    print(f"kills                    {report.kills}, of them {report.kills_in_repair} in a repair")
    print(f"libraries completed      {report.libraries_completed}, without a manual step")
    print(f"acknowledged papers      {report.acknowledged} looked up, {len(report.lost)} lost")
    print(f"not found by own text    {len(report.unfindable)}")
    for failure in report.failures:
        print(f"failure: {failure}")
    if not report.is_clean:
        raise typer.Exit(1)


@eval_cli.command()
def corruption(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH…", help="Digests, or folders of digests.")],
    cases: Annotated[int, typer.Option(min=1, help="How often to damage a file.")] = 200,
    seed: Annotated[int, typer.Option(help="Where the random damage starts.")] = 0,
) -> None:
    """Damage files of the vector index, and look for wrong answers and crashes."""
    from eval.corruption import CorruptionReport, measure  # noqa: PLC0415 - no other command needs it

    def show(report: CorruptionReport) -> None:
        if report.cases % 20 == 0:
            _tell(f"{report.cases} cases")

    report = measure(paths, cases, seed, show)
    print(f"cases                    {report.cases}, {report.noticed} noticed, {report.harmless} harmless")
    print(f"wrong answers            {len(report.wrong_answers)}")
    print(f"crashes                  {len(report.crashes)}")
    print(f"not repaired             {len(report.not_repaired)}")
    for case in (*report.wrong_answers, *report.crashes, *report.not_repaired):
        print(f"failure: {case}")
    if not report.is_clean:
        raise typer.Exit(1)


@eval_cli.command()
def mutations(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH…", help="Digests, or folders of digests.")],
    cases: Annotated[int, typer.Option(min=1, help="How many mutated digests.")] = 20_000,
    seed: Annotated[int, typer.Option(help="Where the random mutations start.")] = 0,
) -> None:
    """Read mutated digests, and look for errors, slow readings, and papers dropped without a word."""
    from eval.mutations import MutationReport, measure  # noqa: PLC0415 - no other command needs it

    def show(report: MutationReport) -> None:
        if report.cases % 1000 == 0:
            _tell(f"{report.cases} cases")

    report = measure(paths, cases, seed, show)
    print("\n".join(report.lines()))
    if not report.is_clean:
        raise typer.Exit(1)


@eval_cli.command()
def snapshot(
    lines: Annotated[int, typer.Option(min=1, help="How many papers the snapshot holds.")] = 1_000_000,
    folder: Annotated[Path | None, typer.Option(help="Where it is written, twice.")] = None,
) -> None:
    """Write a metadata snapshot, plain and packed, and measure how each is read."""
    from eval.snapshot import default_folder, measure  # noqa: PLC0415 - no other command needs it

    for reading in measure(folder or default_folder(), lines):
        size, peak = reading.file_bytes / 1e6, reading.peak_bytes / 1e6
        print(f"{reading.file}: {size:.0f} MB, {reading.papers} papers, {reading.seconds:.1f} s, peak {peak:.0f} MB")


def _tell(line: str) -> None:
    print(f"daybook: {line}", file=sys.stderr, flush=True)
