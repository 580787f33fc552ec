"""`daybook eval sealed`: questions that no builder has read, the only proof of quality.

Sets are read → the ledger lets them through → every build is asked, library by library → figures → files, ledger. What
is printed and kept holds aggregates only; single questions are written only of sets that are not sealed, or spent.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path

from assistant.llm.settings import LlmSettings
from eval.corpora import DEFAULT_WORK, Tell
from eval.results import DEFAULT_OUT
from eval.sealed_builds import Build, OtherBuild, OwnBuild, version_of
from eval.sealed_cases import (
    COMPARISONS,
    FACTS,
    JOBS,
    LISTS,
    TURNS,
    UNANSWERABLE,
    SealedQuestion,
    SealedSet,
    corpus_of,
    read_set,
)
from eval.sealed_comparisons import comparison_figures
from eval.sealed_facts import (
    Ranker,
    control_figures,
    fact_figures,
    installed_ranker,
    otherwords_figures,
    unanswerable_figures,
)
from eval.sealed_figures import Figure
from eval.sealed_jobs import job_figures, turn_figures
from eval.sealed_ledger import mark_spent, need_allowed, record_run
from eval.sealed_lists import list_figures
from eval.sealed_outcomes import Asked, always_closest, read_reply
from eval.sealed_report import Column, SetResult, detail_lines, ledger_figures, write_set
from eval.suites import data_folder
from ingest.embedding import Embedder
from ingest.errors import InputError
from ingest.paper import Paper

_ALWAYS_CLOSEST = "always closest"
_MOST_FAILED = 0.25  # of a build's questions; beyond, it is broken, and a sealed set would be lost on it


@dataclass(frozen=True, slots=True)
class SealedWish:
    """Which sets to run, beside which other checkout, and helped by which language model besides.

    `detail` is where single questions are written, if at all.
    """

    files: tuple[Path, ...]
    beside: Path | None = None
    detail: Path | None = None
    out: Path | None = None
    work: Path | None = None
    llm: LlmSettings | None = None


@dataclass(frozen=True, slots=True)
class Bench:
    """What is asked: this checkout, and others by their titles; `rank` is how it ranks the sentences of an abstract."""

    own: OwnBuild
    others: Mapping[str, Build]
    rank: Ranker | None

    @property
    def builds(self) -> dict[str, Build]:
        """All builds by the titles of their columns, this checkout first."""
        return {"daybook": self.own, **self.others}


def run_sealed(wish: SealedWish, load_embedder: Callable[[], Embedder], tell: Tell) -> tuple[list[SetResult], Path]:
    """Run the sets, keep their figures, and say in which folder their files lie.

    A run in which a build mostly fails counts as none: it leaves no figures and no line in the ledger.

    Raises:
        InputError: a file is no set, a sealed set was run before, papers or the other checkout are not there, or a
            build is broken.
    """
    sets = list({one.sha256: one for one in map(read_set, wish.files)}.values())
    need_allowed(sets, with_detail=wish.detail is not None)
    data, work = data_folder(), (wish.work or DEFAULT_WORK).resolve()
    if data is None:
        raise InputError("there is no data to measure on; name its folder in DAYBOOK_DATA")
    data = data.resolve()
    own, others = OwnBuild(version_of(_checkout()), data, work, load_embedder(), tell), dict[str, Build]()
    if wish.beside:
        others[f"beside {wish.beside.name}"] = OtherBuild(wish.beside, data, work, tell)
    if wish.llm:
        others[f"with {wish.llm.model}"] = own.helped_by(wish.llm)
    results, details = measure(sets, Bench(own, others, installed_ranker()), tell)
    out = wish.out or DEFAULT_OUT
    for one, result in zip(sets, results, strict=True):
        write_set(out, result)
        record_run(one, own.version, _today(), ledger_figures(result))
    if wish.detail:
        wish.detail.write_text("\n".join([*details, ""]), encoding="utf-8")
    return results, out


def spend(paths: Sequence[Path]) -> Iterable[str]:
    """Mark sets as spent, a line for a person for each. Errors as with `mark_spent`."""
    for one in map(read_set, paths):
        was_new = mark_spent(one, version_of(_checkout()), _today())
        yield f"{one.name} is spent: it is training data now" if was_new else f"{one.name} was spent before"


def _checkout() -> Path:
    return Path(str(files("eval"))).parent


def _today() -> str:
    return datetime.now(UTC).date().isoformat()


# ---- measuring


def measure(sets: Sequence[SealedSet], bench: Bench, tell: Tell) -> tuple[list[SetResult], list[str]]:
    """The figures of each set with every build, and a line of detail for each question and build."""
    held = {library: bench.own.papers(corpus_of(library)) for library in _libraries(sets)}
    papers = {arxiv_id: paper for some in held.values() for arxiv_id, paper in some.items()}
    kept = [[question for question in one.questions if question.is_current(held[question.library])] for one in sets]
    answered = {title: _ask_all(build, kept, papers, tell) for title, build in bench.builds.items()}
    for title, by_set in answered.items():
        _need_sound(title, [one for some in by_set for one in some])
    results = [_result(one, kept[place], _of_set(answered, place), bench, papers) for place, one in enumerate(sets)]
    details = [
        line
        for place, one in enumerate(sets)
        for title, asked in _of_set(answered, place).items()
        for line in detail_lines(one.name, title, asked)
    ]
    return results, details


def _libraries(sets: Sequence[SealedSet]) -> list[str]:
    return list(dict.fromkeys(question.library for one in sets for question in one.questions))


def _of_set(answered: Mapping[str, Sequence[list[Asked]]], place: int) -> dict[str, list[Asked]]:
    return {title: by_set[place] for title, by_set in answered.items()}


def _ask_all(
    build: Build, kept: Sequence[Sequence[SealedQuestion]], papers: Mapping[str, Paper], tell: Tell
) -> list[list[Asked]]:
    """Each set's questions with what a build made of them; a library is opened once for the questions of all sets."""
    asked: list[dict[int, Asked]] = [{} for _ in kept]
    places = [(number, place) for number, some in enumerate(kept) for place in range(len(some))]
    for library in dict.fromkeys(kept[number][place].library for number, place in places):
        here = [(number, place) for number, place in places if kept[number][place].library == library]
        questions = [kept[number][place] for number, place in here]
        replies = build.replies(corpus_of(library), questions)
        for (number, place), question, reply in zip(here, questions, replies, strict=True):
            asked[number][place] = Asked(question, read_reply(reply, papers))
        tell(f"{build.version}: {len(here)} questions asked")
    return [[some[place] for place in sorted(some)] for some in asked]


def _need_sound(title: str, asked: Sequence[Asked]) -> None:
    failures = _failures(asked)
    if failures.total() > _MOST_FAILED * len(asked):
        named = ", ".join(f"{count} × {name}" for name, count in failures.items())
        raise InputError(f"{title} failed on {failures.total()} of {len(asked)} questions ({named}): the run is void")


def _failures(asked: Sequence[Asked]) -> Counter[str]:
    return Counter(one.outcome.failure for one in asked if one.outcome.failure)


def _result(
    one: SealedSet,
    kept: Sequence[SealedQuestion],
    answered: Mapping[str, Sequence[Asked]],
    bench: Bench,
    papers: Mapping[str, Paper],
) -> SetResult:
    columns = [_column(title, bench.builds[title], one.sort, asked, papers) for title, asked in answered.items()]
    own = answered[next(iter(answered))]
    if one.sort == FACTS and bench.rank:
        control = control_figures(kept, papers, bench.rank)
        columns[0] = Column(columns[0].title, bench.own.version, columns[0].failures, (*columns[0].figures, *control))
    if one.sort not in {LISTS, COMPARISONS, JOBS, TURNS}:
        derived = [Asked(asked.question, always_closest(asked.outcome)) for asked in own]
        columns.append(_column(_ALWAYS_CLOSEST, bench.own, one.sort, derived, papers))
    made_at = datetime.now(UTC).isoformat(timespec="seconds")
    left_out = len(one.questions) - len(kept)
    return SetResult(one.name, one.sha256, one.is_sealed, made_at, len(kept), left_out, tuple(columns))


def _column(title: str, build: Build, sort: str, asked: Sequence[Asked], papers: Mapping[str, Paper]) -> Column:
    return Column(title, build.version, dict(_failures(asked)), tuple(_figures(sort, asked, papers)))


def _figures(sort: str, asked: Sequence[Asked], papers: Mapping[str, Paper]) -> list[Figure]:
    if sort == LISTS:
        return list_figures(asked)
    if sort == COMPARISONS:
        return comparison_figures(asked)
    if sort in {JOBS, TURNS}:
        return job_figures(asked) if sort == JOBS else turn_figures(asked)
    if sort == UNANSWERABLE:
        return unanswerable_figures(asked)
    return fact_figures(asked, papers) if sort == FACTS else otherwords_figures(asked, papers)
