"""From papers to a comparison, in one screen: read → cells → numbers lined up → what is shared → checked."""

from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass

from assistant.answer import Answer, Claim, Reference
from assistant.answer.citation import reference_to
from assistant.answer.table import COLUMNS, Cell, ComparisonTable, Row
from assistant.answering.contract import AnswerBuilder, DraftClaim
from assistant.comparing.aspects import AspectReader, column_of
from assistant.comparing.cells import CODE, cell
from assistant.comparing.clipping import data_span
from assistant.comparing.differences import said_of
from assistant.comparing.reading import ReadPaper, ReadSentence, name_of, read_papers
from assistant.comparing.results import Numbering, lined_up
from assistant.reading.evidence import Evidence
from ingest.cross_encoder import PairReader
from ingest.errors import InputError
from ingest.library import Library
from ingest.paper import Span, StoredPaper
from prompts import fill

MOST_PAPERS = 20
FEWEST_PAPERS = 2


@dataclass(frozen=True, slots=True)
class Comparison:
    """Papers side by side: the table, and sentences on what they share and where they differ, each with its quotes.

    `understood` says how the papers were found, where that was more than by their ids or names.
    """

    table: ComparisonTable
    said: tuple[Claim, ...]
    understood: tuple[str, ...] = ()

    @property
    def references(self) -> tuple[Reference, ...]:
        """The papers, in the order of their markers."""
        return tuple(row.paper for row in self.table.rows)


class Comparer:
    """Puts papers of a library side by side; the reader is loaded where an aspect needs it."""

    def __init__(self, library: Library, load_reader: Callable[[], PairReader | None] = lambda: None) -> None:
        self.library = library
        self._load_reader = load_reader

    def compare(
        self,
        papers: Sequence[StoredPaper],
        aspects: Sequence[str] = (),
        understood: Sequence[str] = (),
        *,
        metrics: Container[str] | None = None,
    ) -> Comparison:
        """Put papers side by side; an aspect that no column tells of becomes a column.

        With `metrics`, nothing is said of who is better by any other; the numbers stand side by side all the same.

        Raises:
            InputError: they are fewer than two or more than twenty, each counted once, or one has no abstract.
        """
        read = read_papers(_once(papers), self.library)
        if bare := [paper.stored.paper for paper in read if not paper.sentences]:
            named = ", ".join(f"“{paper.title}” (arXiv:{paper.arxiv_id})" for paper in bare)
            raise InputError(fill("compare_no_abstract", papers=named))
        if not FEWEST_PAPERS <= len(read) <= MOST_PAPERS:
            raise InputError(fill("compare_count", count=len(read), fewest=FEWEST_PAPERS, most=MOST_PAPERS))
        numbering = Numbering({paper.stored.paper.arxiv_id: number for number, paper in enumerate(read, start=1)})
        columns = columns_for(aspects)
        cells = self._cells(read, columns)
        rows = tuple(
            _row(paper, {column: cells[column][n] for column in columns}, numbering) for n, paper in enumerate(read)
        )
        numbers = tuple(lined_up(read, numbering))
        told = [line for line in numbers if metrics is None or line.metric in metrics]
        said = _checked(read, rows, said_of(read, told, self.library))
        notes = () if numbers else (fill("compare_no_numbers"),)
        return Comparison(ComparisonTable(columns, rows, numbers, notes), said, tuple(understood))

    def _cells(self, papers: Sequence[ReadPaper], columns: Sequence[str]) -> Mapping[str, list[list[ReadSentence]]]:
        """For each column the sentences in the cell of each paper."""
        own = [column for column in columns if column not in COLUMNS]
        asked = AspectReader(self._load_reader()).cells(own, papers) if own else []
        told = {column: [cell(paper, column) for paper in papers] for column in COLUMNS}
        return {**told, **dict(zip(own, asked, strict=True))}


def _once(papers: Sequence[StoredPaper]) -> list[StoredPaper]:
    return list({stored.row: stored for stored in papers}.values())


def columns_for(aspects: Sequence[str]) -> tuple[str, ...]:
    """The columns of a table, with the aspects that they do not tell of.

    Raises:
        InputError: an aspect is empty.
    """
    named = [" ".join(aspect.split()) for aspect in aspects]
    if not all(named):
        raise InputError("an aspect is empty; name one such as “training data”")
    return tuple(dict.fromkeys((*COLUMNS, *(name for name in named if column_of(name) is None))))


def _row(paper: ReadPaper, chosen: Mapping[str, Sequence[ReadSentence]], numbering: Numbering) -> Row:
    stored = paper.stored
    number = numbering.numbers[stored.paper.arxiv_id]
    reference = reference_to(number, stored)
    filled = (_cell(paper, sentences, column, numbering) for column, sentences in chosen.items())
    return Row(reference, name_of(stored), tuple(filled))


def _cell(paper: ReadPaper, sentences: Sequence[ReadSentence], column: str, numbering: Numbering) -> Cell:
    if column == CODE and (links := tuple(link.url for link in paper.stored.paper.links if link.is_code)):
        return Cell(links=links)
    parts = [data_span(sentence, paper) if column == "data" else None for sentence in sentences]
    return Cell(tuple(numbering.cite(paper, one, part) for one, part in zip(sentences, parts, strict=True)))


def _checked(read: Sequence[ReadPaper], rows: Sequence[Row], drafts: Sequence[DraftClaim]) -> tuple[Claim, ...]:
    """The sentences as claims under the contract, numbered as the rows are."""
    builder = AnswerBuilder("", [paper.stored for paper in read])
    for paper, row in zip(read, rows, strict=True):
        first = next(quote for cell in row.cells for quote in cell.quotes)
        builder.add(DraftClaim(first.quote, (Evidence(paper.stored, Span(first.start, first.end), 1.0),)))
    for draft in drafts:
        builder.add(draft)
    return builder.answer().claims[len(rows) :]


def as_answer(comparison: Comparison, question: str, text: str) -> Answer:
    """A comparison as the answer to a question: every cell's quotes and every sentence are its claims."""
    quoted = [
        Claim(quote.quote, (quote,)) for row in comparison.table.rows for cell in row.cells for quote in cell.quotes
    ]
    return Answer(
        question,
        text,
        abstained=False,
        claims=(*dict.fromkeys(quoted), *comparison.said),
        references=comparison.references,
        understood=comparison.understood,
        table=comparison.table,
    )
