"""`daybook eval train-reading`: what reading has learned, made anew from `eval/training` and our own older cases.

The questions are asked of the libraries in which they were trained: facts and questions without an answer of all 3,345
papers, where most is near, the others of their own days.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from assistant.retrieval import HybridRetriever
from eval.corpora import CORPORA, Tell, library_folder
from eval.lines import json_lines
from eval.reading_data import Bench, ReadQuestion, TrainingQuestion, read_training
from eval.sealed_cases import corpus_of
from eval.train_lists import (
    LISTS_TAKEN,
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
_SPENT = tuple(_SEALED / name for name in ("round-1", "round-2"))  # run once, and training data since
_WORDINGS = Path(__file__).parent / "wordings"
_CASES = Path(__file__).parent / "cases"
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
        everything = Library(library_folder(CORPORA["all-days"], self.data, self.work, self.embedder, self.tell))
        with everything:
            read = list(self._questions(everything))
            some = [one for one in read if one.cosines]
            made = train_heads({"reader": read, "cosine": some}, lambda _: everything)
            lists = [self._list(case) for place in (_TRAINING, *_SPENT) for case in read_lists(place / "lists.jsonl")]
            nothing = [
                ListCase(one.asked.question, "all-days", frozenset(), frozenset()) for one in read if _is_absent(one)
            ]
            empty = [read_list(case, everything, self.embedder, self.reader) for case in nothing]
            listed, of_lists = train_listed([*lists, *empty])
            wordings = [*_worded(read, lists), *self._own_wordings(everything)]
            list_question, *of_lists_asked = train_wording(wordings, LISTS_TAKEN)
            overviews = [(question, vector, question in _overviews()) for question, vector, _ in wordings]
            overview, *of_overviews = train_wording(overviews, OVERVIEWS_TAKEN)
        told = {f"lists: {name}": share for name, share in of_lists.items()}
        for sort, shares in (("list", of_lists_asked), ("overview", of_overviews)):
            told |= {f"{sort} questions taken": shares[0], f"no {sort} questions taken": shares[1]}
        heads = {**made.heads, "listed": listed, "list question": list_question, "overview question": overview}
        whole = HeadsMade(heads, {**made.report, **told})
        keep(whole, folder)
        return whole

    def _questions(self, everything: Library) -> Iterator[ReadQuestion]:
        bench = Bench(everything, self.embedder, self.reader)
        files = (_TRAINING / "facts.jsonl", _TRAINING / "unanswerable.jsonl", _WORDINGS / "overviews.jsonl")
        asked = [*(one for file in files for one in read_training(file)), *_own()]
        self.tell(f"reading {len(asked)} questions")
        yield from bench.read(asked)
        others = read_training(_TRAINING / "otherwords.jsonl")
        for place in _SPENT:
            for name in ("facts", "unanswerable", "otherwords"):
                others += read_training(place / f"{name}.jsonl")
        for name in dict.fromkeys(question.library for question in others):
            with self._library(name) as library:
                of_library = [question for question in others if question.library == name]
                yield from Bench(library, self.embedder, self.reader).read(of_library)

    def _list(self, case: ListCase) -> ReadList:
        with self._library(case.library) as library:
            return read_list(case, library, self.embedder, self.reader)

    def _library(self, name: str) -> Library:
        return Library(library_folder(corpus_of(name), self.data, self.work, self.embedder, self.tell))

    def _own_wordings(self, library: Library) -> Iterator[tuple[str, Vector, bool]]:
        vector = HybridRetriever(library, self.embedder).vector
        for line in json_lines(_WORDINGS / "list_wordings.jsonl"):
            yield line["question"], vector(line["question"]), line["is_list"]
        for line in json_lines(_CASES / "retrieval.jsonl"):
            if line["kind"] in {"single", "fact", "several"}:
                yield line["question"], vector(line["question"]), line["kind"] == "several"


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


def _worded(read: Sequence[ReadQuestion], lists: Sequence[ReadList]) -> Iterator[tuple[str, Vector, bool]]:
    yield from ((one.case.question, one.vector, True) for one in lists)
    yield from ((one.rest, one.vector, False) for one in read)
