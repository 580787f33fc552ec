"""The library that a command works on."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from assistant.engine.daybook import Daybook
from assistant.face.cli_options import chroma_server, models_folder
from assistant.face.terminal import tell_on_terminal
from assistant.llm.settings import LlmSettings


@contextmanager
def opened(
    library: Path,
    *,
    create: bool = False,
    llm: LlmSettings | None = None,
    chroma: str | None = None,
    conversations: Path | None = None,
) -> Iterator[Daybook]:
    """The library of a command, with the user's models; `create` makes it on first use."""
    book = Daybook.open(
        library,
        create=create,
        models=models_folder(),
        tell=tell_on_terminal,
        llm=llm,
        chroma=chroma_server(chroma),
        conversations=conversations,
    )
    with book:
        yield book
