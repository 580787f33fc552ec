"""The builds that are asked: this checkout in this process, and another one through its own command line.

Nothing of a question is told to anybody, not in an error either: what failed is named by its type alone.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from datetime import date
from pathlib import Path
from typing import Any, Protocol

from assistant.answer import Answer
from assistant.engine.daybook import Daybook
from assistant.llm.settings import LlmSettings
from eval.corpora import Corpus, Tell, library_folder
from eval.reader import reader
from eval.results import Version
from eval.sealed_cases import SEALED_FOLDER, SealedQuestion
from eval.sealed_ledger import LEDGER
from eval.sealed_outcomes import Reply
from ingest.embedding import Embedder
from ingest.errors import InputError
from ingest.library import Library
from ingest.paper import Paper

TODAY = date(2026, 11, 28)
"""The day on which this checkout is asked; another one is asked through its command line, on the real day."""
_COMPLETE = "complete"


class Build(Protocol):
    """Something that answers questions over a corpus."""

    @property
    def version(self) -> Version:
        """The commit that answers."""

    def replies(self, corpus: Corpus, questions: Sequence[SealedQuestion]) -> list[Reply]:
        """A reply to each question, in their order."""


def version_of(checkout: Path) -> Version:
    """The commit of a checkout; the ledger itself does not make it dirty."""
    try:
        commit = _git(checkout, "rev-parse", "--short=10", "HEAD").strip()
        ledger = f":(exclude)eval/{SEALED_FOLDER}/{LEDGER}"
        return Version(commit, bool(_git(checkout, "status", "--porcelain", "--", ".", ledger).strip()))
    except (OSError, subprocess.CalledProcessError):
        return Version("unversioned", is_dirty=True)


def _git(checkout: Path, *arguments: str) -> str:
    command = ["git", "-C", str(checkout), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


# ---- this checkout


class OwnBuild:
    """Daybook as it stands here, asked on a fixed day."""

    def __init__(self, version: Version, data: Path, work: Path, embedder: Embedder, tell: Tell) -> None:
        self.version = version
        self.llm: LlmSettings | None = None
        self._data, self._work, self._embedder, self._tell = data, work, embedder, tell

    def helped_by(self, llm: LlmSettings) -> "OwnBuild":
        """The same, with a language model."""
        other = copy(self)
        other.llm = llm
        return other

    def papers(self, corpus: Corpus) -> dict[str, Paper]:
        """The papers of a corpus as they are stored, by arXiv id."""
        with Library(self._folder(corpus), create=False) as library:
            return {stored.paper.arxiv_id: stored.paper for stored in library.papers()}

    def replies(self, corpus: Corpus, questions: Sequence[SealedQuestion]) -> list[Reply]:
        """The answers, and where cells are known the comparisons of the papers by their ids."""
        library = Library(self._folder(corpus), create=False)
        with Daybook(library, lambda: self._embedder, lambda: TODAY, self.llm, reader) as book:
            said: dict[str, list[Answer]] = {}  # by conversation
            return [_reply(book, question, said.setdefault(question.conversation, [])) for question in questions]

    def _folder(self, corpus: Corpus) -> Path:
        return library_folder(corpus, self._data, self._work, self._embedder, self._tell)


def _reply(book: Daybook, question: SealedQuestion, said: list[Answer]) -> Reply:
    answer: Mapping[str, Any] = {}
    try:
        whole = book.ask(question.text, said if question.conversation else ())
        said.append(whole)
        answer = whole.to_dict()
        if not question.cells:
            return Reply(answer)
        return Reply(answer, book.compare(*question.papers, aspects=question.aspects).table.to_dict())
    except Exception as error:  # noqa: BLE001 - its message may quote the question; it is counted instead
        return Reply(answer, failure=type(error).__name__)


# ---- another checkout


def _line(place: int, question: SealedQuestion) -> dict[str, Any]:
    told = {"conversation": question.conversation} if question.conversation else {}
    return {"id": place, "question": question.text, **told}


class OtherBuild:
    """Another checkout of Daybook, older or newer, over libraries that it ingests itself from the same digests."""

    def __init__(self, checkout: Path, data: Path, work: Path, tell: Tell) -> None:
        self._checkout = checkout.resolve()
        self.version = version_of(self._checkout)
        self._data, self._tell = data, tell
        self._work = work / "beside" / f"{self._checkout.name}-{self.version}"
        self._command, self._environment = self._program()
        if self.version.is_dirty and self._work.exists():
            shutil.rmtree(self._work)  # nobody knows what its libraries were made with

    def _program(self) -> tuple[list[str], dict[str, str]]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("DAYBOOK_LLM")}
        own = self._checkout / ".venv" / "bin" / "daybook"
        if own.exists():
            self._need_own_code(own.with_name("python"), kept)
            return [str(own)], kept
        entry = self._checkout / "app.py"
        if not entry.exists():
            raise InputError(f"{self._checkout} is no checkout of Daybook: it has neither .venv/bin/daybook nor app.py")
        return [sys.executable, str(entry)], {**kept, "PYTHONPATH": str(self._checkout)}

    def _need_own_code(self, python: Path, environment: Mapping[str, str]) -> None:
        """See that an environment has the code of the checkout, and not that of another one that it was made for."""
        look = "import importlib.util; print(importlib.util.find_spec('app').origin)"
        found = subprocess.run([python, "-P", "-c", look], capture_output=True, text=True, env=environment, check=False)
        origin = Path(found.stdout.strip())
        if origin.parent.resolve() != self._checkout:
            raise InputError(
                f"the environment {python.parents[1]} runs the code of {origin.parent}; install that of "
                f"{self._checkout} in it, or take it away"
            )

    def replies(self, corpus: Corpus, questions: Sequence[SealedQuestion]) -> list[Reply]:
        """What `daybook ask` and, where cells are known, `daybook compare` print."""
        library = self._library(corpus)
        self._tell(f"beside: asking {len(questions)} questions of {corpus.name}")
        answers = list(self._answers(library, questions))
        return [
            self._compared(library, question, answer) if question.cells else answer
            for question, answer in zip(questions, answers, strict=True)
        ]

    def _library(self, corpus: Corpus) -> Path:
        folder = self._work / corpus.name
        if not (folder / _COMPLETE).exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            self._tell(f"beside: ingesting {corpus.name}")
            sources = [str(self._data / name) for name in corpus.folders]
            if self._run("ingest", *sources, "--library", str(folder)).returncode:
                raise InputError(f"the Daybook of {self._checkout} could not ingest {corpus.about}")
            (folder / _COMPLETE).touch()
        return folder

    def _answers(self, library: Path, questions: Sequence[SealedQuestion]) -> Iterator[Reply]:
        """Ask all questions in one process; where one ends it, that one has failed, and a new one asks the rest."""
        rest = list(questions)
        while rest:
            asked = "".join(json.dumps(_line(place, one)) + "\n" for place, one in enumerate(rest))
            ended = self._run("ask", "--questions", "-", "--library", str(library), given=asked)
            lines = [line for line in ended.stdout.split("\n") if line.strip()]
            if len(lines) < len(rest) and not lines and len(rest) == len(questions) > 1:
                raise InputError(
                    f"the Daybook of {self._checkout} answered nothing (exit status {ended.returncode});"
                    f" ask it something by hand: {' '.join(self._command)} ask … --library {library}"
                )
            yield from (Reply(json.loads(line)) for line in lines)
            if len(lines) < len(rest):
                yield Reply(failure=f"exit status {ended.returncode}")
            rest = rest[len(lines) + 1 :]

    def _compared(self, library: Path, question: SealedQuestion, answer: Reply) -> Reply:
        aspects = [f"--aspect={aspect}" for aspect in question.aspects]
        ended = self._run("compare", *question.papers, *aspects, "--format", "json", "--library", str(library))
        if ended.returncode:
            return Reply(answer.answer, failure=answer.failure or f"exit status {ended.returncode}")
        return Reply(answer.answer, json.loads(ended.stdout), answer.failure)

    def _run(self, *arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
        self._work.mkdir(parents=True, exist_ok=True)
        return subprocess.run(
            [*self._command, *arguments],
            input=given,
            capture_output=True,
            text=True,
            encoding="utf-8",
            env=self._environment,
            cwd=self._work,  # so that no package of this folder is imported
            check=False,
        )
