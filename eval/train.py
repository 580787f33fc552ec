"""`daybook eval train-reading`: what reading has learned, made anew from `eval/training` and our own older cases.

The questions are asked of the libraries in which they were trained: facts and questions without an answer of all 3,345
papers, where most is near, the others of their own days.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from assistant.finding.retrieval import HybridRetriever
from eval.corpora import Tell, library_folder
from eval.lines import json_lines
from eval.reading_data import Bench, ReadQuestion, TrainingQuestion, read_training
from eval.sealed_cases import corpus_of
from eval.train_lists import (
    OVERVIEWS_TAKEN,
    ListCase,
    ReadList,
    read_list,
    read_lists,
    train_listed,
    train_wording,
)
from eval.train_reading import HeadsMade, keep, train_heads
from ingest.cross_encoder import PairReader
from ingest.embedding import Embedder, Vector
from ingest.library import Library

_TRAINING = Path(__file__).parent / "training"
_SEALED = Path(__file__).parent / "sealed"
_ROUNDS = ("round-1", "round-2", "round-3", "round-4", "round-5")  # run once, and training data since
_SPENT = tuple(_SEALED / name for name in _ROUNDS)
_WORDINGS = Path(__file__).parent / "wordings"
_CASES = Path(__file__).parent / "cases"
_EVERYTHING = "all-days"
_OWN_KINDS = {"off-topic": "absent", "near-topic": "absent", "fact-not-stated": "unstated", "false-premise": "premise"}


@dataclass(frozen=True, slots=True)
class Trainer:
    """What training needs: the folder of real data, where libraries are kept, the models, and who is told."""

    data: Path
    work: Path
    embedder: Embedder
    reader: PairReader
    tell: Tell

    def run(self, folder: Path) -> HeadsMade:
        """Train all heads, and keep them in `folder`."""
        with ExitStack() as stack:
            libraries = {name: stack.enter_context(self._library(name)) for name in (_EVERYTHING, *_libraries())}
            lists = [self._list(case, libraries) for case in self._lists()]
            read = list(self._questions(libraries))
            nothing = [
                ListCase(one.asked.question, _EVERYTHING, frozenset(), frozenset()) for one in read if _is_absent(one)
            ]
            empty = [self._list(case, libraries) for case in nothing]
            wordings = [*_worded(read, lists), *self._own_wordings(libraries[_EVERYTHING])]
            return self.fit(read, [*lists, *empty], wordings, libraries, folder)

    @staticmethod
    def fit(
        read: Sequence[ReadQuestion],
        lists: Sequence[ReadList],
        wordings: Sequence[tuple[str, Vector]],
        libraries: Mapping[str, Library],
        folder: Path,
    ) -> HeadsMade:
        """Train on what was read."""
        some = [one for one in read if one.cosines]
        made = train_heads({"reader": read, "cosine": some}, lambda one: libraries[one.asked.library])
        listed, of_lists = train_listed(lists)
        overviews = [(question, vector, question in _overviews()) for question, vector in wordings]
        overview, taken, others = train_wording(overviews, OVERVIEWS_TAKEN)
        told = {f"lists: {name}": share for name, share in of_lists.items()}
        told |= {"overview questions taken": taken, "no overview questions taken": others}
        heads = {**made.heads, "listed": listed, "overview question": overview}
        whole = HeadsMade(heads, {**made.report, **told})
        keep(whole, folder)
        return whole

    def _questions(self, libraries: Mapping[str, Library]) -> Iterator[ReadQuestion]:
        files = (_TRAINING / "facts.jsonl", _TRAINING / "unanswerable.jsonl", _WORDINGS / "overviews.jsonl")
        of_everything = [*(one for file in files for one in read_training(file)), *_own()]
        asked = [replace(one, library=_EVERYTHING) for one in of_everything]
        asked += [*read_training(_TRAINING / "otherwords.jsonl"), *_of_rounds()]
        self.tell(f"reading {len(asked)} questions")
        for name, library in libraries.items():
            bench = Bench(library, self.embedder, self.reader)
            yield from bench.read([one for one in asked if one.library == name])

    @staticmethod
    def _lists() -> list[ListCase]:
        return [case for place in (_TRAINING, *_SPENT) for case in read_lists(place / "lists.jsonl")]

    def _list(self, case: ListCase, libraries: Mapping[str, Library]) -> ReadList:
        return read_list(case, libraries[case.library], self.embedder, self.reader)

    def _library(self, name: str) -> Library:
        place = library_folder(corpus_of(name), self.data, self.work, self.embedder, self.tell)
        return Library(place, create=False)

    def _own_wordings(self, library: Library) -> Iterator[tuple[str, Vector]]:
        vector = HybridRetriever(library, self.embedder).vector
        for line in json_lines(_WORDINGS / "list_wordings.jsonl"):
            yield line["question"], vector(line["question"])
        for line in json_lines(_CASES / "retrieval.jsonl"):
            if line["kind"] in {"single", "fact", "several"}:
                yield line["question"], vector(line["question"])


def _of_rounds() -> Iterator[TrainingQuestion]:
    """The questions of the sealed rounds that are spent."""
    for place in _SPENT:
        for name in ("facts", "unanswerable", "otherwords"):
            yield from read_training(place / f"{name}.jsonl", is_of_round=True)


def _libraries() -> tuple[str, ...]:
    """The libraries of which questions are asked, but for that of everything."""
    asked = [*read_training(_TRAINING / "otherwords.jsonl"), *_of_rounds()]
    lists = [case for place in (_TRAINING, *_SPENT) for case in read_lists(place / "lists.jsonl")]
    return tuple(dict.fromkeys([one.library for one in asked] + [case.library for case in lists]))


@lru_cache(maxsize=1)
def _overviews() -> frozenset[str]:
    return frozenset(line["question"] for line in json_lines(_WORDINGS / "overviews.jsonl"))


def _is_absent(one: ReadQuestion) -> bool:
    return one.asked.kind == "absent"


def _own() -> Iterator[TrainingQuestion]:
    """Our older cases: of them only the kind is known, not the sentence."""
    for line in json_lines(_CASES / "unanswerable.jsonl"):
        if kind := _OWN_KINDS.get(line["kind"]):
            yield TrainingQuestion(line["id"], kind, line["question"], "all-days", frozenset(), frozenset())
    for name, kinds in (("answers", None), ("retrieval", {"single", "fact", "misspelt"})):
        for line in json_lines(_CASES / f"{name}.jsonl"):
            if kinds is None or line["kind"] in kinds:
                papers = frozenset(line["gold"])
                yield TrainingQuestion(line["id"], "answerable", line["question"], "all-days", frozenset(), papers)


def _worded(read: Sequence[ReadQuestion], lists: Sequence[ReadList]) -> Iterator[tuple[str, Vector]]:
    yield from ((one.case.question, one.vector) for one in lists)
    yield from ((one.rest, one.vector) for one in read)
