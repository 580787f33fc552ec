"""`daybook eval injections`: a file of wordings, the writers, and where the results are kept."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from eval.answer_run import chosen_llm
from eval.answers import LLM_WRITER, QUOTING, AnswerBench
from eval.corpora import DEFAULT_WORK, Tell
from eval.injections import InjectionResult, measure_injections, read_injections
from eval.results import DEFAULT_OUT, current_version, write_result
from eval.suites import data_folder
from ingest.embedding import Embedder


@dataclass(frozen=True, slots=True)
class InjectionWish:
    """What to measure: a file of wordings or ours, a server's model beside the one of bad will, how many wordings."""

    cases: Path | None = None
    llm_url: str = ""
    llm_model: str = ""
    seed: int = 1
    limit: int | None = None
    out: Path | None = None


def run_injections(wish: InjectionWish, load_embedder: Callable[[], Embedder], tell: Tell) -> list[InjectionResult]:
    """Measure each writer, and keep its result; without real data over the invented sample.

    Raises:
        InputError: the file of wordings cannot be read, or the server's model is not named.
    """
    injections, version, out = read_injections(wish.cases), current_version(), wish.out or DEFAULT_OUT
    llm = chosen_llm(LLM_WRITER if wish.llm_url else QUOTING, wish.llm_url, wish.llm_model)
    bench = AnswerBench(data_folder(), DEFAULT_WORK, out, version, load_embedder(), llm, wish.limit, tell)
    step = max(1, len(injections) // (wish.limit or len(injections)))
    results = measure_injections(injections[::step], bench, wish.seed)
    for result in results:
        write_result(out / f"injections-{result.writer}-{version}.json", result)
    return results
