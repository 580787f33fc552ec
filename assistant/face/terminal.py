"""What goes to a terminal: text of others never reaches it as a command to the terminal."""

import io
import json
import re
import sys
from typing import Any

_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]")  # all but the line feed


class InertOutput(io.TextIOWrapper):
    """Standard output without control characters, whatever is written to it."""

    replaced: io.TextIOWrapper | None = None

    def write(self, text: str, /) -> int:
        """Write a text; a control character in it is a space."""
        super().write(_CONTROL.sub(" ", text))
        return len(text)


def inert_output() -> None:
    """Make standard output inert; a terminal that cannot show “ shows ?."""
    shown = sys.stdout
    if type(shown) is io.TextIOWrapper:  # and not what others have put in its place
        sys.stdout = InertOutput(
            shown.buffer, encoding=shown.encoding, errors="replace", line_buffering=shown.line_buffering
        )
        sys.stdout.replaced = shown  # whose end would close the buffer
    if isinstance(sys.stderr, io.TextIOWrapper):
        sys.stderr.reconfigure(errors="replace")


def tell(line: str, *, name: str = "daybook: ") -> None:
    """Tell a person a line on standard error."""
    print(f"{name}{_CONTROL.sub(' ', line)}", file=sys.stderr, flush=True)


def tell_on_terminal(line: str) -> None:
    """Tell a person who watches a line on standard error; a pipe or a file is told nothing."""
    if sys.stderr.isatty():
        tell(line)


def is_at_a_terminal() -> bool:
    """Whether there is a person to ask."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def json_line(value: Any) -> str:
    """A value as JSON in one line, with every control character escaped."""
    line = json.dumps(value, ensure_ascii=False)
    return _CONTROL.sub(lambda match: f"\\u{ord(match.group()):04x}", line)
