"""The command line that ranks papers: `daybook search` and `daybook similar`."""

from collections.abc import Iterable
from typing import Annotated, Any

import typer

from assistant.engine.daybook import DEFAULT_LIBRARY, SearchResult, SearchResults
from assistant.engine.engines import checked_question
from assistant.face.cli_asking import (
    QuestionsOption,
    for_managers_of,
    needed,
    read_file,
    understood_line,
)
from assistant.face.cli_bibliography import FormatOption, PrintFormat, papers_of, print_bibliography
from assistant.face.cli_mark import read_id
from assistant.face.cli_options import AuthorOption, ChromaOption, JsonOption, LibraryOption
from assistant.face.opening import opened
from assistant.face.terminal import print_json, tell

LimitOption = Annotated[int, typer.Option("--limit", metavar="N", min=1, help="How many papers at most.")]


def search(
    question: Annotated[str | None, typer.Argument(help="What to look for.")] = None,
    limit: LimitOption = 10,
    author: AuthorOption = "",
    questions: QuestionsOption = None,
    as_format: FormatOption = PrintFormat.TEXT,
    library: LibraryOption = DEFAULT_LIBRARY,
    chroma: ChromaOption = None,
    as_json: JsonOption = False,
) -> None:
    """Rank the papers for a question, or for each question of a file."""
    for_managers = for_managers_of(as_format, questions, as_json=as_json)
    with opened(library, chroma=chroma) as book:
        if questions is None:
            text = checked_question(needed(question))
            results = book.search(text, limit, author=author)
            if as_json or as_format is PrintFormat.JSON:
                print_json(_search_data(text, results))
                return
            if results.understood:
                tell(understood_line(results.understood))
            if for_managers is not None:
                print_bibliography(papers_of(book, (result.arxiv_id for result in results)), for_managers)
                return
            _print_results(results)
            return
        for asked in read_file(question, questions):
            results = book.search(asked.question, limit, author=author)
            print_json({"id": asked.id, **_search_data(asked.question, results)})


def similar_command(
    paper: Annotated[str, typer.Argument(metavar="ID", help="An arXiv id.")],
    limit: LimitOption = 10,
    library: LibraryOption = DEFAULT_LIBRARY,
    as_json: JsonOption = False,
) -> None:
    """List the papers nearest to a paper.

    Those that are hidden are left out; the number is the cosine of their vectors.
    """
    arxiv_id = read_id(paper)
    with opened(library) as book:
        results = book.similar(arxiv_id, limit)
    if as_json:
        print_json([result.to_dict() for result in results])
        return
    _print_results(results)


def _print_results(results: Iterable[SearchResult]) -> None:
    for result in results:
        print(f"{result.score:7.3f}  {result.arxiv_id:<12} {result.dated:>11}  {result.title}")


def _search_data(question: str, results: SearchResults) -> dict[str, Any]:
    found = [result.to_dict() for result in results]
    return {"question": question, "understood": list(results.understood), "results": found}
