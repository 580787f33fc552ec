"""What goes to a terminal: text of others never reaches it as a command to the terminal."""

import io
import json
import re
import sys
from typing import Any, TextIO

_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]")  # all but the line feed


class InertOutput(io.TextIOWrapper):
    """Standard output or standard error without control characters, whatever is written to it."""

    replaced: io.TextIOWrapper | None = None

    def write(self, text: str, /) -> int:
        """Write a text; a control character in it is a space."""
        super().write(inert(text))
        return len(text)


def inert(text: str) -> str:
    """A text with a space for every control character but the end of a line."""
    return _CONTROL.sub(" ", text)


def inert_output() -> None:
    """Make standard output and standard error inert; a terminal that cannot show “ shows ?."""
    sys.stdout, sys.stderr = _inert_stream(sys.stdout), _inert_stream(sys.stderr)


def _inert_stream(shown: TextIO) -> TextIO:
    if type(shown) is not io.TextIOWrapper:  # but what others have put in its place
        return shown
    stream = InertOutput(
        shown.buffer,
        encoding=shown.encoding,
        errors="replace",
        line_buffering=shown.line_buffering,
        write_through=shown.write_through,
    )
    stream.replaced = shown  # whose end would close the buffer
    return stream


def drawing_stream() -> TextIO:
    """Standard error as it was, for what commands a terminal itself and shows no text of others."""
    return (sys.stderr.replaced if isinstance(sys.stderr, InertOutput) else None) or sys.stderr


def tell(line: str, *, name: str = "daybook: ") -> None:
    """Tell a person a line on standard error."""
    print(f"{name}{line}", file=sys.stderr, flush=True)


def tell_on_terminal(line: str) -> None:
    """Tell a person who watches a line on standard error; a pipe or a file is told nothing."""
    if sys.stderr.isatty():
        tell(line)


def is_at_a_terminal() -> bool:
    """Whether there is a person to ask."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def json_text(value: Any, indent: int | None = None) -> str:
    """A value as JSON, in one line unless it is to be indented, with every control character escaped."""
    text = json.dumps(value, ensure_ascii=False, indent=indent)
    return _CONTROL.sub(lambda match: f"\\u{ord(match.group()):04x}", text)


def print_json(value: Any) -> None:
    """Print a value as a line of JSON, at once."""
    print(json_text(value), flush=True)
