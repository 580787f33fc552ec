"""Invented digests for the faults, and what a library that holds them must say: recomputed from their words alone."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from eval.crash import WordEmbedder
from ingest.database import Sighting, VectorRows
from ingest.embedding import DIMENSIONS
from ingest.library import Library
from ingest.words import stems_of

CATEGORY = "cs.CV"
_SHARED = ("gliders", "harbours", "lanterns", "orchards", "quarries", "rivers")
QUESTIONS = (*_SHARED, "kestrel", "corrected")
_SCORE_DIGITS = 3


@dataclass(frozen=True, slots=True)
class Told:
    """A paper as a digest tells it."""

    arxiv_id: str
    title: str
    abstract: str


@dataclass(frozen=True, slots=True)
class Digest:
    """A day's digest: the papers that are new, then those that are cross-listed."""

    day: date
    new: tuple[Told, ...]
    crossed: tuple[Told, ...] = ()

    @property
    def papers(self) -> tuple[Told, ...]:
        """All of them, in the day's order."""
        return (*self.new, *self.crossed)

    def write(self, folder: Path) -> Path:
        """Write it as a digest is written, with a piece at its end that cannot be read."""
        lines = [f"# ArXiv {CATEGORY} --{self.day:%a}, {self.day.day} {self.day:%b %Y}"]
        for number, told in enumerate(self.papers, start=1):
            lines.append(f"### {number}.{told.title}  [ :arrow_down: ](https://arxiv.org/pdf/{told.arxiv_id}.pdf)")
            lines.append(f">  {told.abstract}      ")
        lines += [f"### {len(self.papers) + 1}.A title without a link", ">  Its abstract."]
        path = folder / f"{self.day.isoformat()}.md"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path


def _told(number: int, words: str = "flies") -> Told:
    one, other = _SHARED[number % len(_SHARED)], _SHARED[(number // 2 + 1) % len(_SHARED)]
    return Told(
        f"2101.{number:05}",
        f"Kestrel{number}: Steering over {one.title()}",
        f"Most models lose {one} that are far away. We present Kestrel{number}, which {words} over {one} and"
        f" {other} with one pass. It finds {number + 40} of 100 {other} and needs {number + 2} hours of training.",
    )


def _days(*numbers: Iterable[int]) -> list[tuple[Told, ...]]:
    return [tuple(_told(number) for number in sorted(some, reverse=True)) for some in numbers]


def digests() -> tuple[Digest, ...]:
    """Three days: new papers, one listed again, two with a corrected text; what is cross-listed has the higher ids."""
    first, second, again, third = _days(range(31, 39), range(11, 17), [33], range(21, 25))
    corrected = tuple(_told(number, "as corrected flies") for number in (35, 14))
    return (
        Digest(date(2021, 1, 4), first),
        Digest(date(2021, 1, 5), second, again),
        Digest(date(2021, 1, 6), third, corrected),
    )


Facts = Mapping[str, object]
"""What a library says, by what was asked; two of them are equal where it says the same."""


def papers_told(digests: Sequence[Digest]) -> dict[str, Told]:
    """Each paper in the text that stands: the one listed last."""
    return {told.arxiv_id: told for digest in digests for told in digest.papers}


def facts_from_words(digests: Sequence[Digest]) -> dict[str, object]:
    """What a library of these digests must say, from what was written into them."""
    papers = papers_told(digests)
    return {
        "days": {d.day: (len(d.new), len(d.crossed)) for d in digests},
        "order of days": {d.day: [told.arxiv_id for told in d.papers] for d in digests},
        "texts": {told.arxiv_id: (told.title, told.abstract) for told in papers.values()},
        "holding a word": {
            word: {told.arxiv_id for told in papers.values() if _holds(told, word)} for word in QUESTIONS
        },
        "best by own text": {arxiv_id: arxiv_id for arxiv_id in papers},
    }


def _holds(told: Told, word: str) -> bool:
    stems = set(stems_of(f"{told.title} {told.abstract}"))
    return set(stems_of(word)) <= stems


def facts_of(library: Library) -> dict[str, object]:
    """What a library says of days, papers, their sentences and vectors, and to searches."""
    stored = {one.paper.arxiv_id: one for one in library.papers()}
    ids = {one.row: arxiv_id for arxiv_id, one in stored.items()}
    sentences = library.roled_sentences(list(ids))
    held = library.database.vectors_after(0, DIMENSIONS)
    vectors: dict[str, list[bytes]] = {}
    for paper, vector in zip(held.paper_rows.tolist(), held.vectors, strict=True):
        vectors.setdefault(ids.get(paper, f"row {paper}"), []).append(vector.tobytes())
    return {
        "days": {day.day: (day.new, day.cross_listed) for day in library.days()},
        "order of days": {
            day.day: [one.paper.arxiv_id for one in library.papers(day.day)] for day in library.days()
        },
        "texts": {arxiv_id: (one.paper.title, one.paper.abstract) for arxiv_id, one in stored.items()},
        "holding a word": {word: _papers_holding(library, word, ids) for word in QUESTIONS},
        "best by own text": _best_by_own_text({a: one.paper.text for a, one in stored.items()}, held, ids),
        "papers": {arxiv_id: (one.paper, one.listings) for arxiv_id, one in stored.items()},
        "sentences": {
            arxiv_id: [(one.paper.abstract[s.span.start : s.span.end], s.role, s.is_key) for s in sentences[one.row]]
            for arxiv_id, one in stored.items()
        },
        "vectors": vectors,
        "seen texts": {a: sorted(map(_text, library.database.sightings(one.row))) for a, one in stored.items()},
        "full text": {word: _papers_matching(library, word, ids) for word in QUESTIONS},
        "ranking": {word: _ranking(library, word, ids) for word in QUESTIONS},
    }  # fmt: skip


def _text(sighting: Sighting) -> tuple[int, str, str]:
    return sighting.version, sighting.title, sighting.abstract


def _papers_holding(library: Library, word: str, ids: Mapping[int, str]) -> set[str]:
    table = library.lexical_table()
    rows = {row for stem in stems_of(word) for row in table.rows[table.counts_of(stem) > 0].tolist()}
    return {ids.get(row, f"row {row}") for row in rows}


def _papers_matching(library: Library, word: str, ids: Mapping[int, str]) -> set[str]:
    return {ids.get(text.row, f"row {text.row}") for text in library.database.texts_matching(word)}


def _ranking(library: Library, word: str, ids: Mapping[int, str]) -> list[tuple[float, str]]:
    table = library.lexical_table()
    scores = table.bm25(stems_of(word))
    named = zip(table.rows.tolist(), scores.tolist(), strict=True)
    return sorted((round(score, _SCORE_DIGITS), ids.get(row, f"row {row}")) for row, score in named)


def _best_by_own_text(texts: Mapping[str, str], held: VectorRows, ids: Mapping[int, str]) -> dict[str, str]:
    """By the vectors as they are stored; what a library makes of them in memory is slow to make."""
    best = {}
    for arxiv_id, text in texts.items():
        cosines = held.vectors @ WordEmbedder().text_vector(text)
        best[arxiv_id] = ids.get(int(held.paper_rows[cosines.argmax()]), "unknown") if len(cosines) else "none"
    return best
