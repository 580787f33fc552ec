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


def _tell(line: str) -> None:
    print(f"daybook: {line}", file=sys.stderr, flush=True)
