"""Which sentences a language model's reader is shown: those that one quote carries, and by mistake others.

A case is a sentence and the quote that it cites, and whether the quote supports it, as somebody else says.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from assistant.llm.checking import is_shown
from eval.corpora import CORPORA, corpus_items
from eval.lines import json_lines, unreadable_told
from eval.sealed_cases import fingerprint
from ingest.errors import InputError
from ingest.paper import Entry

_BESIDE = Path(__file__).with_name("carrying_beside.py")
_OWN = "this build"


@dataclass(frozen=True, slots=True)
class Case:
    """A sentence that stands on a quote, or does not, and of what kind it is."""

    quote: str
    sentence: str
    is_supported: bool
    kind: str


@dataclass(frozen=True, slots=True)
class CarryingReport:
    """What each build shows of the same cases."""

    cases: tuple[Case, ...]
    shown: dict[str, tuple[bool, ...]]

    def share(self, build: str, *, is_supported: bool) -> float:
        """The share that a build shows of the supported sentences, or of the others."""
        of_class = [
            shown
            for case, shown in zip(self.cases, self.shown[build], strict=True)
            if case.is_supported is is_supported
        ]
        return sum(of_class) / len(of_class) if of_class else 0.0

    def lines(self) -> list[str]:
        """The report for a person: the rows are kinds, the columns builds."""
        found = [f"{'shown of':44} {'':>5}" + "".join(f"  {build:>12}" for build in self.shown)]
        for is_supported, name in ((True, "supported"), (False, "not supported")):
            of_class = [place for place, case in enumerate(self.cases) if case.is_supported is is_supported]
            kinds = sorted({self.cases[place].kind for place in of_class})
            found += [self._row(f"  {kind}", [p for p in of_class if self.cases[p].kind == kind]) for kind in kinds]
            found.append(self._row(name, of_class))
        return found

    def _row(self, name: str, places: Sequence[int]) -> str:
        shares = [sum(shown[place] for place in places) / max(len(places), 1) for shown in self.shown.values()]
        return f"{name:44} {len(places):5}" + "".join(f"  {share:12.3f}" for share in shares)

    def mistakes(self) -> list[str]:
        """The cases that this build gets wrong, those first that are shown and should not be."""
        wrong = [case for case, shown in zip(self.cases, self.shown[_OWN], strict=True) if shown != case.is_supported]
        return [
            f"{'not shown' if case.is_supported else 'SHOWN'} ({case.kind})\n"
            f"  quote:    {case.quote}\n  sentence: {case.sentence}"
            for case in sorted(wrong, key=lambda case: (case.is_supported, case.kind))
        ]


def read_cases(files: Sequence[Path], data: Callable[[], Path]) -> list[Case]:
    """The cases of JSON lines `{"quote", "sentence", "supported", "kind"}`.

    In the place of a quote may stand the `paper`, the `span` of its abstract, and the fingerprint of that `abstract`,
    all of real digests: those are read in the folder that `data` gives, where a line names a paper.

    Raises:
        InputError: a file cannot be read as such.
    """
    cases: list[Case] = []
    abstracts = _Abstracts(data)
    for file in files:
        with unreadable_told("cases", file):
            for line in json_lines(file):
                quote = line["quote"] if "quote" in line else abstracts.quote(line)
                cases.append(Case(str(quote), str(line["sentence"]), bool(line["supported"]), str(line["kind"])))
    if not cases:
        raise InputError("the files hold no case")
    return cases


class _Abstracts:
    """The abstracts of real digests, read when the first is asked for."""

    def __init__(self, data: Callable[[], Path]) -> None:
        self._data = data

    @cached_property
    def _by_paper(self) -> dict[str, str]:
        items = corpus_items(CORPORA["all-days"], self._data())
        return {item.paper.arxiv_id: item.paper.abstract for item in items if isinstance(item, Entry)}

    def quote(self, line: Mapping[str, Any]) -> str:
        """The quote that a line names."""
        paper, (start, end) = line["paper"], line["span"]
        if fingerprint(self._by_paper[paper]) != line["abstract"]:
            raise ValueError(f"the abstract of {paper} is another one by now")
        return self._by_paper[paper][start:end]


def measure(cases: Sequence[Case], beside: Path | None = None, models: Path | None = None) -> CarryingReport:
    """Judge cases with this build and, where a checkout is named, with its `verify` and `unsupported_tokens`.

    `models` is the folder of the embedding model that the other build may use.
    """
    shown = {_OWN: tuple(is_shown(case.sentence, case.quote) for case in cases)}
    if beside is not None:
        shown[beside.name] = shown_by(beside, cases, models)
    return CarryingReport(tuple(cases), shown)


def shown_by(checkout: Path, cases: Sequence[Case], models: Path | None) -> tuple[bool, ...]:
    """What the check of another checkout, `verify` and `unsupported_tokens`, shows, in a process of its own.

    Raises:
        InputError: it has none, or fails.
    """
    own = checkout.resolve() / ".venv" / "bin" / "python"
    python = str(own) if own.exists() else sys.executable
    given = "".join(json.dumps([case.sentence, case.quote]) + "\n" for case in cases)
    ended = subprocess.run(
        [python, "-P", str(_BESIDE), *([str(models)] if models else [])],
        input=given,
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONPATH": str(checkout.resolve())},
        cwd=checkout,
        check=False,
    )
    if ended.returncode:
        last = ended.stderr.strip().rpartition("\n")[2]
        raise InputError(f"the check of {checkout} fails: {last}")
    return tuple(bool(shown) for shown in json.loads(ended.stdout))
