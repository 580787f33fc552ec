"""What tells what a question of a conversation refers to, made anew from labelled conversations."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from assistant.answer import Answer
from assistant.conversation.referring import Turn
from assistant.engine.daybook import Daybook
from assistant.question.question import REFERENCES, Question, Reference
from assistant.question.turn import turn_features
from assistant.question.wish import HASHES, trained_wishes
from eval.lines import json_lines
from eval.question_bench import WORDINGS, QuestionBench, keep, matrix_of, regression
from ingest.cross_encoder import PairReader

_FOLDS = 10
_C = 0.3  # of .1, .3 and 1 the best out of fold


@dataclass(frozen=True, slots=True)
class LabelledTurn:
    """A later turn: the conversation that it is of, its features, and what it refers to."""

    conversation: str
    places: NDArray[np.int64]
    dense: NDArray[np.float32]
    reference: Reference


def train_turns(bench: QuestionBench, reader: PairReader, folder: Path) -> dict[str, float]:
    """Make the model and its report in a folder."""
    turns = list(labelled_turns(bench, reader))
    labels = np.array([REFERENCES.index(one.reference) for one in turns])
    dense = np.array([one.dense for one in turns])
    matrix = sparse.hstack([matrix_of((one.places for one in turns), HASHES), sparse.csr_matrix(dense)]).tocsr()
    chosen = _out_of_fold(matrix, labels, [one.conversation for one in turns])
    report = {
        "turns": float(len(turns)),
        "right": float(np.mean(chosen == labels)),
        "refers or not: right": float(np.mean((chosen > 0) == (labels > 0))),
    }
    report |= {f"{name}: right": float(np.mean(chosen[labels == n] == n)) for n, name in enumerate(REFERENCES)}
    model = regression(matrix, labels, _C)
    arrays = {"weights": model.coef_.T.astype(np.float16), "bias": model.intercept_.astype(np.float32)}
    keep(folder, "turn", arrays, report)
    return report


def labelled_turns(bench: QuestionBench, reader: PairReader) -> Iterator[LabelledTurn]:
    """All later turns, each after answers to the turns before it as they would be asked on their own."""
    lines = list(json_lines(WORDINGS / "turns.jsonl"))
    for name, library, retriever in bench.libraries(line["library"] for line in lines):
        book = Daybook(library, lambda: bench.embedder, retriever.today, load_reader=lambda: reader)
        for line in lines:
            if line["library"] != name:
                continue
            history: list[Answer] = []
            for turn in line["turns"]:
                if history:
                    scope = retriever.understood(turn["question"])
                    wording = trained_wishes().wording(turn["question"], scope, library.lexical_table())
                    read = Turn(wording, scope, history, retriever, library)
                    places, dense = turn_features(read.pieces, read.marks, read.vector, read.situation)
                    yield LabelledTurn(line["id"], places, dense, turn["refers"])
                history.append(_answered(book, turn))
        bench.tell(f"{len(lines)} conversations: {name}")


def _answered(book: Daybook, turn: Mapping[str, Any]) -> Answer:
    """The answer to a turn as it would be asked on its own, read as it is labelled."""
    answer = book.ask(turn["alone"])
    scope = book.finder.understood(turn["alone"])
    read = Question(turn["question"], scope, turn["job"], turn["refers"])
    return replace(answer, question=turn["question"], job=turn["job"], read=read.to_dict())


def _out_of_fold(matrix: sparse.csr_matrix, labels: NDArray[np.int64], groups: Sequence[str]) -> NDArray[np.int64]:
    from sklearn.model_selection import GroupKFold  # noqa: PLC0415 - as above

    chosen = np.zeros(len(labels), dtype=np.int64)
    for kept, left in GroupKFold(_FOLDS).split(matrix, labels, groups):
        chosen[left] = regression(matrix[kept], labels[kept], _C).predict(matrix[left])
    return chosen
