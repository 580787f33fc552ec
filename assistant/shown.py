"""What a conversation has shown so far: its papers, in the order and in the lists in which they were seen."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from assistant.answer import Answer, NearPaper, Reference
from assistant.pointing import Place
from assistant.reading.information import Information
from assistant.reading.naming import holds_name
from assistant.scope import Scope
from assistant.terms import Name, question_terms
from ingest.library import Library
from ingest.paper import StoredPaper
from ingest.words import stem, stems_of

_TITLE_BONUS = 0.5
_LONGEST_NAME = 60
_MOST_SPOKEN = 3
_MOST_NAMED = 50


class Shown:
    """The papers that the answers of a conversation cite or name as near; those no longer held are left out.

    Papers are given by their arXiv ids. `cited` are the lists of references, `lists` also those of the nearest
    papers of abstentions, oldest first.
    """

    def __init__(self, history: Sequence[Answer], library: Library) -> None:
        self.history = history
        self._library = library
        named = {paper.arxiv_id for answer in history for paper in _listed(answer)}
        self.papers: Mapping[str, StoredPaper] = library.database.papers_by_id(sorted(named))
        self.cited = [ids for answer in history if (ids := self._still_held(answer.references))]
        self.lists = [ids for answer in history if (ids := self._still_held(_listed(answer)))]
        self.mentioned = list(dict.fromkeys(arxiv_id for ids in self.cited for arxiv_id in ids))

    def _still_held(self, papers: Iterable[Reference | NearPaper]) -> list[str]:
        return [paper.arxiv_id for paper in papers if paper.arxiv_id in self.papers]

    @property
    def focus(self) -> list[str]:
        """Those of the newest answer that cites any."""
        return self.cited[-1] if self.cited else []

    def two(self) -> list[str]:
        """The two spoken of last: those of the newest answers, where one cites two, or of the newest two."""
        for ids in reversed(self.cited[-2:]):
            if len(ids) == 2:
                return ids
        newest = list(dict.fromkeys(arxiv_id for ids in reversed(self.cited) for arxiv_id in ids[:1]))
        return sorted(newest[:2], key=self.mentioned.index) if len(newest) > 1 else self.focus[:2]

    def other(self) -> list[str]:
        """Those of the list in which the paper in focus stands, or else the one before it."""
        focus = set(self.focus)
        for ids in reversed(self.cited):
            if left := [arxiv_id for arxiv_id in ids if arxiv_id not in focus]:
                return left if focus & set(ids) else left[:1]
        return []

    def at(self, place: Place, apart_from: Sequence[str] = ()) -> list[str]:
        """The one at a place of the newest list that has it; of the whole conversation where no list has."""
        at_least = max(place.count, place.number)
        in_order = [*reversed(self.lists), self.mentioned]
        longer = [ids for ids in in_order if len(ids) >= max(at_least, 2) and not place.is_marker]
        for ids in (*longer, *in_order):
            if len(ids) >= at_least and (found := ids[place.number - 1 if place.number > 0 else -1]) not in apart_from:
                return [found]
        return []

    def within(self, arxiv_ids: Sequence[str], limits: Scope) -> list[str]:
        """Those of these that a scope's limits other than its papers allow."""
        limits = replace(limits, arxiv_ids=None)
        if limits.is_open:
            return list(arxiv_ids)
        rows = self._library.database.rows_within(
            days=limits.days,
            categories=limits.categories,
            block=limits.block,
            arxiv_ids=arxiv_ids,
            with_code=limits.with_code,
        )
        within = set(rows.tolist())
        return [arxiv_id for arxiv_id in arxiv_ids if self.papers[arxiv_id].row in within]

    def fitting(self, description: str, least: float, apart_from: Sequence[str] = ()) -> list[str]:
        """The one cited that fits a description best, if it holds at least this share of what that says."""
        terms = question_terms(description)
        information = Information(terms, self._library)
        scores = {
            arxiv_id: information.share(self._text([arxiv_id]))
            + _TITLE_BONUS * information.share(self.papers[arxiv_id].paper.title)
            for arxiv_id in reversed(self.mentioned)
            if arxiv_id not in apart_from
        }
        best = max(scores, key=lambda arxiv_id: scores[arxiv_id], default="")
        return [best] if best and terms.words and scores[best] >= least else []

    def named(self, written: str) -> list[str]:
        """The one that a name is the name of, shown or not: its title begins with it, or it alone holds it."""
        name = next(iter(question_terms(written).names), None)
        if name is None or not name.words:
            return []
        known = [stored for i in self.mentioned if holds_name(stored := self.papers[i], name)]
        holding = self._holding(name)
        alone = [papers for papers in (known, holding) if len(papers) == 1]
        found = [*_bearing(name, known), *_bearing(name, holding), *(stored for papers in alone for stored in papers)][
            :1
        ]
        self.papers = {**self.papers, **{stored.paper.arxiv_id: stored for stored in found}}
        return [stored.paper.arxiv_id for stored in found]

    def held(self, arxiv_ids: Sequence[str]) -> list[str]:
        """Those of these that the library holds, shown or not."""
        found = self._library.database.papers_by_id(arxiv_ids)
        self.papers = {**self.papers, **found}
        return [arxiv_id for arxiv_id in arxiv_ids if arxiv_id in found]

    def _holding(self, name: Name) -> list[StoredPaper]:
        rows = self._library.database.rows_matching(f'"{" ".join(name.words)}"')[:_MOST_NAMED]
        return [stored for stored in self._library.database.papers_by_row(rows).values() if holds_name(stored, name)]

    def share_in_focus(self, question: str) -> float:
        """The share of a question's information that the papers in focus hold."""
        return Information(question_terms(question), self._library).share(self._text(self.focus))

    def is_spoken_of(self, noun: str) -> bool:
        """Whether a paper in focus speaks of a thing."""
        return not set(stems_of(noun)).isdisjoint(stems_of(self._text(self.focus)))

    def names_others(self, question: str) -> bool:
        """Whether a question names what no paper in focus does."""
        focus = [self.papers[arxiv_id] for arxiv_id in self.focus]
        return any(not any(holds_name(s, name) for s in focus) for name in question_terms(question).names)

    def _text(self, arxiv_ids: Iterable[str]) -> str:
        return "\n".join(self.papers[arxiv_id].paper.text for arxiv_id in arxiv_ids)

    def spoken(self, arxiv_ids: Sequence[str]) -> str:
        """What a question is about, for the user: “PatchGuard” and “ME-Net”."""
        if len(arxiv_ids) > _MOST_SPOKEN:
            return f"about {len(arxiv_ids)} papers shown before"
        names = [f"“{_short_title(self.papers[arxiv_id].paper.title)}”" for arxiv_id in arxiv_ids]
        return f"about {' and '.join(filter(None, [', '.join(names[:-1]), names[-1]]))}"


def _listed(answer: Answer) -> Sequence[Reference | NearPaper]:
    return answer.references or answer.nearest


def _bearing(name: Name, papers: Sequence[StoredPaper]) -> list[StoredPaper]:
    """Those whose title begins with a name."""
    stems = [stem(word) for word in name.words]
    return [stored for stored in papers if stems_of(stored.paper.title)[: len(stems)] == stems]


def _short_title(title: str) -> str:
    name, colon, _ = title.partition(": ")
    return name if colon and len(name) <= _LONGEST_NAME else shortened(title)


def shortened(text: str) -> str:
    """A text, or its beginning where it is long."""
    return text if len(text) <= _LONGEST_NAME else f"{text[:_LONGEST_NAME].rsplit(' ', 1)[0]} …"
