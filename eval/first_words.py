"""How long a reader waits for the first words of a language model: Daybook, and llama-index's CitationQueryEngine.

Both ask the same model, question by question in turns. The engine is asked twice: with as many of the best abstracts
as come nearest to the tokens that Daybook's prompt had, and with its own number of them. Nothing is asked twice of one
prompt, so no server answers from what it kept of it but the instructions, which each of the three has.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from llama_index.core.query_engine import CitationQueryEngine
from llama_index.core.query_engine.citation_query_engine import CITATION_QA_TEMPLATE
from llama_index.core.response_synthesizers import ResponseMode, get_response_synthesizer

from assistant.answer import Answer
from assistant.engine.daybook import Daybook
from assistant.engine.llama_parts import DaybookRetriever
from assistant.llm.client import connect
from assistant.llm.settings import LlmSettings
from eval.answer_suites import ANSWER_SUITES
from eval.answers import AnswerBench, ground_of, spread
from eval.corpora import DEFAULT_WORK, Tell
from eval.results import DEFAULT_OUT, current_version
from eval.suites import data_folder
from ingest.chunking import count_tokens
from ingest.embedding import Embedder
from ingest.errors import InputError

if TYPE_CHECKING:
    from llama_index.core.llms import LLM

ENGINES_OWN = 2
"""The abstracts that the engine is given by default: `similarity_top_k` of a llama-index retriever."""
_MOST_PAPERS = 10


@dataclass(frozen=True, slots=True)
class Waited:
    """One question: seconds from asking to each of the first words, and the tokens of each prompt.

    `quote` and `own_words` are Daybook's, the second None where the model has no sentence in its own words; `equal`
    and `default` are the engine's with an equal prompt, and with its own number of abstracts.
    """

    quote: float
    own_words: float | None
    daybook_tokens: int
    equal: float
    equal_tokens: int
    default: float
    default_tokens: int


@dataclass(frozen=True, slots=True)
class WaitReport:
    """All that was waited for."""

    model: str
    waited: tuple[Waited, ...]

    def to_dict(self) -> dict[str, Any]:
        """The report as JSON-ready data."""
        return {"model": self.model, "waited": [asdict(one) for one in self.waited]}

    def lines(self) -> list[str]:
        """The report for a person: medians, and ratios of pairs."""
        said = [one for one in self.waited if one.own_words is not None]
        rows = [
            ("first quote", [one.quote for one in self.waited]),
            ("first sentence in its own words", [one.own_words or 0.0 for one in said]),
            ("the engine's first words, equal tokens", [one.equal for one in self.waited]),
            ("the engine's first words, as it comes", [one.default for one in self.waited]),
            ("ratio of own words to the engine's, equal tokens", [(one.own_words or 0.0) / one.equal for one in said]),
            ("ratio of own words to the engine's, as it comes", [(one.own_words or 0.0) / one.default for one in said]),
            ("ratio of the quote to the engine's, equal tokens", [one.quote / one.equal for one in self.waited]),
            ("tokens of the prompt, Daybook", [float(one.daybook_tokens) for one in self.waited]),
            ("tokens of the prompt, the engine, equal", [float(one.equal_tokens) for one in self.waited]),
            ("tokens of the prompt, the engine, as it comes", [float(one.default_tokens) for one in self.waited]),
        ]
        head = f"{self.model}, {len(self.waited)} questions, {len(said)} with a sentence in its own words"
        return [head, *(f"{name:52} {median(values):9.3f}" for name, values in rows if values)]


def measure_facts(
    settings: LlmSettings | None, limit: int, work: Path | None, embedder: Embedder, tell: Tell
) -> WaitReport:
    """Measure over the questions for facts of the five days.

    Raises:
        InputError: the real digests are not there, or no question was answered by the model.
    """
    suite = next(suite for suite in ANSWER_SUITES if suite.name == "facts")
    data = data_folder()
    if settings is None:
        raise InputError("no language model is named; name its server with --llm-url")
    if data is None:
        raise InputError("there is no data to measure on; name its folder in DAYBOOK_DATA")
    bench = AnswerBench(data, work or DEFAULT_WORK, DEFAULT_OUT, current_version(), embedder, settings, limit, tell)
    with ground_of(suite.library, bench) as ground:
        questions = [case.question for case in spread(suite.cases(data), limit)]
        return measure(questions, ground.book(), connect(settings), settings.model, tell)


def measure(questions: Sequence[str], book: Daybook, llm: "LLM", model: str, tell: Tell) -> WaitReport:
    """Ask each question of Daybook and of the engine.

    Raises:
        InputError: no question was answered by the model.
    """
    found = []
    for place, question in enumerate(questions):
        try:
            found.append(_waited(question, book, llm))
        except LookupError:
            tell(f"first words: question {place + 1} was answered without the model")
        tell(f"first words: {place + 1} of {len(questions)} questions")
    if not found:
        raise InputError("no question was answered by the model; see what it is: daybook llm")
    return WaitReport(model, tuple(found))


def _waited(question: str, book: Daybook, llm: "LLM") -> Waited:
    start = time.perf_counter()
    quote, own_words, answer = 0.0, None, None
    for answer in book.stream(question):
        quote = quote or time.perf_counter() - start
        if own_words is None and any(_is_own(answer)):
            own_words = time.perf_counter() - start
    if answer is None or answer.usage is None or not answer.usage.prompt_tokens:
        raise LookupError("no model was asked")
    tokens = answer.usage.prompt_tokens
    papers = _papers_of(question, book, tokens)
    equal, equal_tokens = _first_words(question, book, llm, papers)
    default, default_tokens = _first_words(question, book, llm, ENGINES_OWN)
    return Waited(quote, own_words, tokens, equal, equal_tokens, default, default_tokens)


def _is_own(answer: Answer) -> Iterator[bool]:
    """Whether each sentence is in the model's own words: none of its quotes, trimmed or not."""
    for claim in answer.claims:
        yield not any(one.quote in claim.sentence or claim.sentence in one.quote for one in claim.citations)


def _prompt_tokens(question: str, texts: Sequence[str]) -> int:
    """The tokens of the engine's prompt with some abstracts, by tiktoken."""
    context = "\n\n".join(f"Source {number}:\n{text}\n" for number, text in enumerate(texts, start=1))
    return count_tokens(CITATION_QA_TEMPLATE.format(context_str=context, query_str=question))


def _papers_of(question: str, book: Daybook, tokens: int) -> int:
    """With how many of the best abstracts the engine's prompt comes nearest to some tokens."""
    nodes = DaybookRetriever(book.finder, _MOST_PAPERS).retrieve(question)
    texts = [node.get_content() for node in nodes]
    return min(range(1, len(texts) + 1), key=lambda count: abs(_prompt_tokens(question, texts[:count]) - tokens))


def _first_words(question: str, book: Daybook, llm: "LLM", papers: int) -> tuple[float, int]:
    """Seconds until the engine's first words, and the tokens of its prompt; it is read to its end."""
    synthesizer = get_response_synthesizer(
        llm=llm, text_qa_template=CITATION_QA_TEMPLATE, response_mode=ResponseMode.COMPACT, streaming=True
    )
    retriever = DaybookRetriever(book.finder, papers)
    engine = CitationQueryEngine(retriever, llm=llm, response_synthesizer=synthesizer)
    first: float | None = None
    start = time.perf_counter()
    response: Any = engine.query(question)
    for piece in response.response_gen:
        if first is None and piece.strip():
            first = time.perf_counter() - start
    tokens = _prompt_tokens(question, [node.get_content() for node in response.source_nodes])
    return first if first is not None else time.perf_counter() - start, tokens
