"""The command line that opens the page: `daybook serve`."""

import os
from typing import Annotated

import typer

from assistant.engine.daybook import DEFAULT_LIBRARY
from assistant.face.cli_llm import (
    LlmChoice,
    LlmModelOption,
    LlmOption,
    LlmUrlOption,
    YesOption,
    chosen_llm,
    llm_limits,
)
from assistant.face.cli_options import ChromaOption, ConversationsOption, LibraryOption, NamesOption, models_folder
from assistant.face.opening import opened
from assistant.face.terminal import tell, tell_on_terminal
from assistant.face.ui.access import TOKEN_VARIABLE
from assistant.face.ui.server import serve as serve_page


def serve(
    library: LibraryOption = DEFAULT_LIBRARY,
    chroma: ChromaOption = None,
    kept_in: ConversationsOption = None,
    names: NamesOption = None,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="The port to listen on.")] = 7860,
    llm: LlmOption = None,
    llm_url: LlmUrlOption = None,
    llm_model: LlmModelOption = None,
    yes: YesOption = False,
) -> None:
    """Open the chat in the browser's reach."""
    chosen = chosen_llm(LlmChoice(llm, llm_url, llm_model, yes), models_folder(), library, tell)
    with chosen as model, opened(library, create=True, llm=model, chroma=chroma, conversations=kept_in) as book:
        token = os.environ.get(TOKEN_VARIABLE, "")
        serve_page(book, host, port, token=token, limits=llm_limits(), names=names or ())
    tell_on_terminal("stopped")
