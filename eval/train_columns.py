"""`daybook eval train-columns`: what comparisons have learned, made anew with its reports, in `assistant/learned`."""

import json
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.comparing.aspects import READ_FEATURES, WORD_FEATURES
from assistant.comparing.candidates import GATE_FEATURES, MORE_FEATURES, PAIR_FEATURES
from assistant.comparing.choosing import DESCRIBED_FEATURES
from assistant.comparing.sides import SideFinder
from assistant.finding.retrieval import HybridRetriever
from assistant.reading.columns import COLUMN_FEATURES
from eval.cells_data import GoldPapers
from eval.corpora import Tell, library_folder
from eval.reading_data import TODAY
from eval.sealed_cases import corpus_of
from eval.sides_data import ALL_DAYS, FIVE_DAYS, SideMaker, asked_by_people
from eval.train_aspects import train_aspects
from eval.train_cells import ColumnTrainer
from eval.train_sides import SideTrainer, read_sides, train_described
from ingest.cross_encoder import PairReader
from ingest.embedding import Embedder
from ingest.library import Library

_SEED = 5
_TRIED = (
    "Cells right of four columns, one quote, out of fold by paper, 200 abstracts: n-grams and heads .904; the reader's"
    " states for one neutral question and named features without n-grams .816 to .838 (“what does this paper do?” .836,"
    " “what did this paper find?” .830, none at all .832); n-grams with these states .883; with the logits of four"
    " questions, one a column, .901; the rules of 239a43b, at first sight, .859 on the labelled lines.",
    "Aspects, 459 cells, two quotes: asked as the user wrote it .813, “what is the …?” .804, both .802; words alone"
    " .756; the head of answers on top of it changes nothing; facts as further training lose .03 to .10.",
)


@dataclass(frozen=True, slots=True)
class Training:
    """What training needs: the folder of real data, where libraries are kept, the models, and who is told."""

    data: Path
    work: Path
    embedder: Embedder
    reader: PairReader
    tell: Tell

    def run(self, folder: Path) -> None:
        """Make both files, and write them and their reports to a folder."""
        with ExitStack() as stack:
            libraries = {name: stack.enter_context(self._library(name)) for name in (FIVE_DAYS, ALL_DAYS)}
            self._columns(libraries[ALL_DAYS], folder)
            self._sides(libraries, stack, folder)

    def _columns(self, everything: Library, folder: Path) -> None:
        gold = GoldPapers(everything)
        cells = gold.cells()
        made = ColumnTrainer(cells, gold.by_rules({one.arxiv_id for one in cells})).run()
        self.tell(f"columns: {len(cells)} abstracts")
        aspects = train_aspects(list(gold.aspects()), made.odds, self.reader)
        features = {"column": COLUMN_FEATURES, "aspect by words": WORD_FEATURES, "aspect": READ_FEATURES}
        _keep("columns", {**made.kept, **aspects.heads}, {**made.report, **aspects.report}, features, folder)

    def _sides(self, libraries: dict[str, Library], stack: ExitStack, folder: Path) -> None:
        cases = list(asked_by_people())
        for name in dict.fromkeys(case.library for case in cases):
            if name not in libraries:
                libraries[name] = stack.enter_context(self._library(name))
        retrievers = {name: HybridRetriever(one, self.embedder, today=lambda: TODAY) for name, one in libraries.items()}
        maker = SideMaker(libraries, retrievers, _SEED)
        cases += maker.made()
        self.tell(f"sides: {len(cases)} questions")
        finders = {name: SideFinder(one, retrievers[name]) for name, one in libraries.items()}
        read = [read_sides(case, finders[case.library], retrievers[case.library]) for case in cases]
        made = SideTrainer([one for one in read if one is not None]).run()
        described = train_described(list(maker.described()), retrievers, libraries)
        features = {
            "pair": PAIR_FEATURES,
            "more": MORE_FEATURES,
            "gate": GATE_FEATURES,
            "described": DESCRIBED_FEATURES,
        }
        _keep("sides", {**made.kept, **described.kept}, {**made.report, **described.report}, features, folder)

    def _library(self, name: str) -> Library:
        return Library(library_folder(corpus_of(name), self.data, self.work, self.embedder, self.tell), create=False)


def _keep(
    name: str,
    kept: Mapping[str, NDArray[np.generic]],
    report: Mapping[str, float],
    features: Mapping[str, Sequence[str]],
    folder: Path,
) -> None:
    np.savez_compressed(folder / f"{name}.npz", allow_pickle=False, **kept)
    told = {"report": {figure: round(value, 4) for figure, value in report.items()}, "features": features}
    whole = {**told, "tried": _TRIED} if name == "columns" else told
    (folder / f"{name}.json").write_text(json.dumps(whole, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
