"""What an abstract says of an aspect that the user names: "training data", "speed", anything; read, not listed."""

from collections.abc import Sequence

import numpy as np

from assistant.comparing.cells import above
from assistant.comparing.reading import ReadPaper, ReadSentence
from assistant.language.terms import question_terms
from assistant.learned.linear import Features
from assistant.reading.columns import COLUMNS, trained_columns
from assistant.reading.evidence import Passages
from assistant.reading.scoring import beside_title
from ingest.cross_encoder import PairReader, PairsRead
from ingest.words import stems_of, words_of

_MOST_QUOTES = 2
_PAIRS_READ = 40  # a pair with its title costs 1.3 question embeddings, of the 60 that a comparison may take
MOST_READ, _FEWEST_READ = 4, 2  # sentences of a paper: of 3, 4, 5 and all .793, .813, .808, .802 of cells were right
_COLUMN_OF = {
    name: column
    for column, names in {
        "problem": ("problem", "problems", "motivation", "challenge", "challenges"),
        "method": ("method", "methods", "approach", "approaches", "technique", "techniques", "idea", "contributions"),
        "data": ("data", "dataset", "datasets", "data set", "data sets", "databases", "benchmark", "benchmarks"),
        "results": ("result", "results", "finding", "findings", "outcome", "outcomes", "performance numbers"),
        "code": ("code", "code link", "code links", "source code", "github"),
    }.items()
    for name in names
}
WORD_FEATURES = (
    "share of words", "last word", "best share", "share below the best", "share in the title",
    *(f"log odds of {column}" for column in COLUMNS), "place", "log length", "digit",
)  # fmt: skip
READ_FEATURES = (*WORD_FEATURES, "logit", "below the best", "best logit", "by words", "by words, below the best")


def column_of(aspect: str) -> str | None:
    """The column that every table has and that an aspect is another word for."""
    words = words_of(aspect)
    return _COLUMN_OF.get(" ".join(words[1:] if words[:1] in (["the"], ["their"]) else words))


class AspectReader:
    """Asks a cross-encoder the aspect itself of the likeliest sentences of each paper; without one, words decide."""

    def __init__(self, reader: PairReader | None) -> None:
        self._reader = reader
        self._heads = trained_columns().heads

    def cells(self, aspects: Sequence[str], papers: Sequence[ReadPaper]) -> list[list[list[ReadSentence]]]:
        """For each aspect and paper the sentences that tell of it, at most two; none where the abstract does not."""
        most = _PAIRS_READ // max(len(aspects) * len(papers), 1)
        most = min(max(most, _FEWEST_READ), MOST_READ)
        return [[self._cell(aspect, paper, most) for paper in papers] for aspect in aspects]

    def _cell(self, aspect: str, paper: ReadPaper, most: int) -> list[ReadSentence]:
        if not words_of(aspect):  # nothing that a sentence could tell of
            return []
        words = word_features(aspect, paper)
        by_words = self._heads["aspect by words"]
        odds = by_words.log_odds(words)
        if self._reader is None:
            found = above(paper, odds, by_words.cut)
        else:
            head, kept = self._heads["aspect"], likeliest(odds, most)
            read = np.full(len(odds), -np.inf, dtype=np.float32)
            read[kept] = head.log_odds(
                read_features(words, odds, kept, read_pairs(aspect, paper.passages, kept, self._reader))
            )
            found = above(paper, read, head.cut)
        return sorted(found[:_MOST_QUOTES], key=lambda sentence: sentence.number)


def likeliest(odds: Features, most: int) -> list[int]:
    """The numbers of the sentences that are read, in order."""
    return sorted(int(n) for n in np.argsort(-odds, kind="stable")[:most])


def word_features(aspect: str, paper: ReadPaper) -> Features:
    """What is known of each sentence without reading it, [sentences, WORD_FEATURES]."""
    asked = question_terms(aspect).stems or tuple(stems_of(aspect))
    held = [frozenset(stems_of(text)) for text in (paper.passages.title, *paper.passages.sentences)]
    shares = [sum(one in stems for one in asked) / len(asked) for stems in held]
    of_title, best, count = shares[0], max(shares[1:]), len(held) - 1
    rows = [
        (
            shares[n + 1], asked[-1] in held[n + 1], best, shares[n + 1] - best, of_title,
            *paper.odds[n], n / max(count - 1, 1), np.log(max(len(text), 1)), any(sign.isdigit() for sign in text),
        )
        for n, text in enumerate(paper.passages.sentences)
    ]  # fmt: skip
    return np.array(rows, dtype=np.float32)


def read_features(words: Features, odds: Features, kept: Sequence[int], read: PairsRead) -> Features:
    """What is known of the sentences that were read, [kept, READ_FEATURES + 384]; `odds` are those of all by words."""
    best = np.full(len(kept), read.logits.max())
    told = (read.logits, read.logits - best, best, odds[kept], odds[kept] - odds.max())
    return np.concatenate([words[kept], np.stack(told, axis=1), read.states], axis=1, dtype=np.float32)


def read_pairs(aspect: str, text: Passages, kept: Sequence[int], reader: PairReader) -> PairsRead:
    """Some sentences of a text beside the aspect, which is asked as the user wrote it."""
    return reader.read(aspect, [beside_title(text.title, text.sentences[n]) for n in kept])
