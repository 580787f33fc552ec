"""The entry: `daybook …` on the command line; `python app.py` opens the chat."""

import os
import sys
from importlib import import_module

os.environ.setdefault("HF_HUB_OFFLINE", "1")  # nothing of a hub is fetched behind the user's back

from assistant.face.cli import add_command, cli
from assistant.face.terminal import inert_output, tell
from ingest.errors import DaybookError

add_command("eval", "Measure Daybook on real data.", lambda: import_module("eval.cli").eval_cli)


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
