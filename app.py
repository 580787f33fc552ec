"""The entry: `daybook …` on the command line; `python app.py` opens the chat."""

import os
import sys

os.environ.setdefault("HF_HUB_OFFLINE", "1")  # nothing of a hub is fetched behind the user's back

from assistant.face.cli import cli
from assistant.face.cli_compare import compare_command
from assistant.face.cli_conversations import conversations_cli
from assistant.face.cli_day import day_command
from assistant.face.cli_llm_show import llm_command
from assistant.face.cli_remove import remove_command
from assistant.face.terminal import inert_output, tell
from eval.cli import eval_cli
from ingest.errors import DaybookError

cli.command("day")(day_command)
cli.command("compare")(compare_command)
cli.command("remove")(remove_command)
cli.command("llm")(llm_command)
cli.add_typer(conversations_cli, name="conversations")
cli.add_typer(eval_cli, name="eval")


def main() -> None:
    """Run the command line; an error that the user can mend is one line and exit status 1."""
    inert_output()
    try:
        cli()
    except DaybookError as error:
        tell(str(error))
        sys.exit(1)


if __name__ == "__main__":
    sys.argv[1:] = sys.argv[1:] or ["serve"]
    main()
