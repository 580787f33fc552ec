"""The command line that answers: `daybook ask`."""

from typing import Annotated

import typer

from assistant.answer import Answer
from assistant.answering.contract import reference_line
from assistant.engine.daybook import DEFAULT_LIBRARY, Daybook
from assistant.face.cli_asking import QuestionsOption, for_managers_of, needed, read_file, understood_line
from assistant.face.cli_bibliography import (
    FormatOption,
    PrintFormat,
    bibliography_format,
    papers_of,
    print_bibliography,
)
from assistant.face.cli_conversations import conversation_engine
from assistant.face.cli_llm import LlmChoice, LlmModelOption, LlmOption, LlmUrlOption, YesOption, chosen_llm
from assistant.face.cli_options import (
    AuthorOption,
    ChromaOption,
    ConversationsOption,
    JsonOption,
    LibraryOption,
    models_folder,
)
from assistant.face.opening import opened
from assistant.face.terminal import print_json, tell, tell_on_terminal
from assistant.finding.authors import checked_author
from ingest.errors import InputError

ConversationOption = Annotated[
    str | None,
    typer.Option("--conversation", metavar="ID|new|last", help="Ask in a conversation that the library keeps."),
]


def ask(
    question: Annotated[str | None, typer.Argument(help="The question.")] = None,
    questions: QuestionsOption = None,
    conversation: ConversationOption = None,
    author: AuthorOption = "",
    llm: LlmOption = None,
    llm_url: LlmUrlOption = None,
    llm_model: LlmModelOption = None,
    yes: YesOption = False,
    as_format: FormatOption = PrintFormat.TEXT,
    library: LibraryOption = DEFAULT_LIBRARY,
    chroma: ChromaOption = None,
    kept_in: ConversationsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Answer a question with citations, or each question of a file as a line of JSON.

    The answer is made of quotes; where a language model is named, it writes, and Daybook checks each sentence.
    """
    for_managers_of(as_format, questions, as_json=as_json)
    as_format = PrintFormat.JSON if as_json else as_format
    chosen = chosen_llm(LlmChoice(llm, llm_url, llm_model, yes), models_folder(), library, tell)
    with chosen as model, opened(library, llm=model, chroma=chroma, conversations=kept_in) as book:
        if conversation is not None:
            if questions is not None:
                raise InputError("there are --conversation and --questions; give one of them")
            _ask_in_conversation(book, needed(question), conversation, as_format, checked_author(author, book.library))
            return
        if questions is None:
            _print_as(as_format, book.ask(needed(question), author=author), book)
            return
        conversations: dict[str, list[Answer]] = {}
        for asked in read_file(question, questions):
            history = conversations.setdefault(asked.conversation, []) if asked.conversation else []
            answer = book.ask(asked.question, history, author=author)
            history.append(answer)
            print_json({"id": asked.id, **answer.to_dict()})


def _ask_in_conversation(book: Daybook, question: str, conversation: str, as_format: PrintFormat, author: str) -> None:
    with conversation_engine(book, conversation, tell) as engine:
        *_, answer = engine.stream(question, author)
    if as_format is PrintFormat.JSON:
        print_json({"conversation": engine.conversation_id, **answer.to_dict()})
        return
    _print_as(as_format, answer, book)
    tell(f"conversation {engine.conversation_id}")


def _print_as(as_format: PrintFormat, answer: Answer, book: Daybook) -> None:
    if as_format is PrintFormat.JSON:
        print_json(answer.to_dict())
    elif (for_managers := bibliography_format(as_format)) is None:
        _print_answer(answer)
    else:
        if answer.understood:
            tell(understood_line(answer.understood))
        cited = papers_of(book, (reference.arxiv_id for reference in answer.references))
        print_bibliography(cited, for_managers, f"nothing is cited: {_why_uncited(answer)}")


def _why_uncited(answer: Answer) -> str:
    """Why an answer cites no paper."""
    if answer.grade == "closest":
        return "no abstract states this outright; without --format, the passages that come closest are shown"
    return "the library does not hold an answer to this" if answer.abstained else "the answer rests on no paper"


def _print_answer(answer: Answer) -> None:
    if answer.understood:
        print(f"({understood_line(answer.understood)})\n")
    print(answer.text)
    if answer.note:
        print(f"\n({answer.note})")
    names_papers = answer.kind == "exact" and not answer.claims  # the text does so
    if answer.references and not names_papers:
        print()
        for reference in answer.references:
            print(reference_line(reference))
    _print_spent(answer)


def _print_spent(answer: Answer) -> None:
    """What the answer took: of a model it is part of the answer; the time of quotes is for who watches alone."""
    if answer.usage is not None:
        print(f"\n({answer.spent})")
    elif answer.spent:
        tell_on_terminal(answer.spent)
