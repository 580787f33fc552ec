"""What a conversation has shown so far: its papers, in the order and in the lists in which they were seen."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from assistant.answer import Answer, NearPaper, Reference
from assistant.finding.information import Information
from assistant.finding.names import holds_name
from assistant.language.terms import Name, question_terms
from assistant.question.scope import Scope, rows_within
from ingest.embedding import Vector
from ingest.library import Library
from ingest.paper import StoredPaper
from ingest.words import stem, stems_of

_TITLE_BONUS = 0.5
_FOCUS_BONUS = 0.1
_LEAST_LEAD = 0.1  # of 364 labelled turns about one of several papers shown .92 are read right, by words alone .77
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

    def at(self, place: int) -> list[str]:
        """The one at a place, from 1 or from the end negative: of the newest list of several that has it, or of all."""
        for ids in (*reversed(self.lists), self.mentioned):
            if len(ids) >= max(abs(place), 2):
                return [ids[place - 1 if place > 0 else place]]
        return []

    def within(self, arxiv_ids: Sequence[str], limits: Scope) -> list[str]:
        """Those of these that a scope's limits other than its papers allow."""
        limits = replace(limits, arxiv_ids=None)
        if limits.is_open:
            return list(arxiv_ids)
        within = set(rows_within(replace(limits, arxiv_ids=frozenset(arxiv_ids)), self._library).tolist())
        return [arxiv_id for arxiv_id in arxiv_ids if self.papers[arxiv_id].row in within]

    def fitting(self, text: str, vector: Callable[[str], Vector]) -> list[str]:
        """The one cited that a text describes clearly better than the others; empty where it describes none so.

        By the share of the text's words that it holds, and its cosine; those of the newest answer are a little nearer,
        and alone where there is but one word, such as “accuracy”.
        """
        terms = question_terms(text)
        cited = self.mentioned if len(terms.words) > 1 else self.focus
        if not terms.words or len(cited) < 2:
            return []
        information = Information(terms, self._library)
        papers = [self.papers[one] for one in cited]
        cosines = self._library.paper_vectors(np.array([stored.row for stored in papers])) @ vector(text)
        scores = {
            stored.paper.arxiv_id: information.share(stored.paper.text)
            + _TITLE_BONUS * information.share(stored.paper.title)
            + float(cosine)
            + _FOCUS_BONUS * (stored.paper.arxiv_id in self.focus)
            for stored, cosine in zip(papers, cosines, strict=True)
        }
        best, second, *_ = sorted(scores, key=lambda one: -scores[one])
        return [best] if scores[best] - scores[second] >= _LEAST_LEAD else []

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
