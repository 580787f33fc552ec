"""What compared papers share and where they differ, in two or three sentences that quotes bear."""

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from assistant.answer.table import NumberLine
from assistant.answering.contract import DraftClaim
from assistant.comparing.cells import telling
from assistant.comparing.dataset_words import set_key
from assistant.comparing.datasets import dataset_names
from assistant.comparing.reading import ReadPaper, ReadSentence, marked, name_of, trimmed
from assistant.language.terms import STOP_WORDS
from assistant.reading.evidence import Evidence
from ingest.library import Library
from ingest.paper import Span, StoredPaper, key_span
from ingest.words import stem, words_of
from prompts import fill

_MOST_SIDE_BY_SIDE = 3
_MOST_SETS = 4
_LONGEST_PHRASE = 4
_COMMON_SHARE = 0.12
_LEAST_INFORMATION = 4.0
_TOKEN = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*")
_SAYS_LITTLE = frozenset(
    stem(word)
    for word in """propose proposed method methods approach approaches novel new result results show shows
    experiment experiments experimental demonstrate demonstrates extensive art state performance existing previous
    recent recently work works paper achieve achieves outperform outperforms effective effectiveness dataset
    datasets benchmark benchmarks task tasks problem framework network networks model models deep learning neural
    based different available code source first second introduce present evaluate evaluation improve improved
    improvement better significantly however high challenging data image images training trained train use used
    using several multiple various algorithm algorithms technique techniques convolutional cnn cnns large small two
    three four information approach issue issues well known conduct address""".split()  # noqa: SIM905
)
_OBJECT = r"\s+(?=(?:an?|the|our|two|three|several|novel|new|to|how|[A-Z]\w*)\b)"
_PROPOSED = re.compile(
    r"\b(?:propos|introduc|present|develop|design|devis|describ|formulat|suggest|build|creat|provid)(?:e|es|ed|s|ing)?"
    + _OBJECT
)
_STUDIED = re.compile(r"\b(?:study|studies|investigates?|explores?|addresse?s?|considers?|analy[sz]es?)" + _OBJECT)
_OBJECT_END = re.compile(
    r"[,;:]?\s+(?:which|where|whereby|while|whose|so that|such that|in order to|and (?:show|demonstrate|evaluate"
    r"|propose|then))\b|[;:]|\.\s*$"
)
_FULL_STOP = re.compile(r"\.\s*$")
_TELLING_OBJECT = 60
_SHORTEST_OBJECT, _LONGEST_OBJECT = 12, 240


@dataclass(frozen=True, slots=True)
class _Phrase:
    """Words that stand together in a sentence of a paper."""

    text: str
    sentence: ReadSentence


def said_of(papers: Sequence[ReadPaper], numbers: Sequence[NumberLine], library: Library) -> list[DraftClaim]:
    """At most three sentences: whose number is better, what the papers share, and what each does."""
    shared = _shared_data(papers) or _shared_topic(papers, library)
    better = [draft for line in numbers if (draft := _better(line, papers)) is not None]
    drafts = [*better[:1], shared, _what_each_does(papers, library)]
    return [draft for draft in drafts if draft is not None]


# ---- what they share


def _shared_data(papers: Sequence[ReadPaper]) -> DraftClaim | None:
    """The data sets that two of the papers or more name."""
    named: dict[str, list[tuple[ReadPaper, ReadSentence, str]]] = {}
    for paper in papers:
        for key, (sentence, name) in _named_data(paper).items():
            named.setdefault(key, []).append((paper, sentence, name))
    shared = sorted((holders for holders in named.values() if len(holders) > 1), key=len, reverse=True)[:_MOST_SETS]
    if not shared:
        return None
    holding = [[holder[0] for holder in holders] for holders in shared]
    same = [holders for holders, of in zip(shared, holding, strict=True) if len(of) == len(holding[0])]
    evidence = _evidence(chain.from_iterable(((p, s) for p, s, _ in holders) for holders in same))
    names = _listed([_spelled([name for _, _, name in holders]) for holders in same])
    is_of_all = len(holding[0]) == len(papers)
    who = _all(papers) if is_of_all else _listed([_named(paper.stored) for paper in holding[0]])
    return DraftClaim(fill("compare_name", who=who, names=names), evidence)


def _spelled(names: Sequence[str]) -> str:
    """A data set as the first paper writes it, and as the others do where they write it otherwise."""
    first, *others = dict.fromkeys(names)
    return f"{first} ({', '.join(others)})" if others else first


def _named_data(paper: ReadPaper) -> dict[str, tuple[ReadSentence, str]]:
    """The data sets that a paper names, by their keys, each with the sentence and as that writes it."""
    found: dict[str, tuple[ReadSentence, str]] = {}
    for sentence in telling(paper, "data"):
        for name in dataset_names(sentence.text, paper.own_keys):
            found.setdefault(set_key(name), (sentence, name))
    return found


def _shared_topic(papers: Sequence[ReadPaper], library: Library) -> DraftClaim | None:
    """The longest telling words that all abstracts have, and the title of one."""
    found = [_phrases(paper) for paper in papers]
    common = set(found[0]).intersection(*found[1:])
    in_titles = {stem(word) for paper in papers for word in words_of(paper.stored.paper.title)}
    table = library.lexical_table()

    def information(key: tuple[str, ...]) -> float:
        words = (word for part in key for word in _words(part))
        return sum(math.log((len(table) + 1) / (table.document_count(word) + 0.5)) for word in words)

    telling = [
        key
        for key in common
        if _is_telling(key, library) and not in_titles.isdisjoint(word for part in key for word in _words(part))
    ]
    best = max(telling, key=lambda key: (information(key), key), default=None)
    if best is None or information(best) < _LEAST_INFORMATION:
        return None
    evidence = _evidence((paper, phrases[best].sentence) for paper, phrases in zip(papers, found, strict=True))
    return DraftClaim(fill("compare_all_say", who=_all(papers), phrase=found[0][best].text), evidence)


def _is_telling(key: tuple[str, ...], library: Library) -> bool:
    papers = len(library.lexical_table())
    if len(key) == 1:
        return len(key[0]) > 4 and _papers_with(key[0], library) <= _COMMON_SHARE / 2 * papers
    return any(_papers_with(part, library) <= _COMMON_SHARE * papers for part in key)


def _papers_with(part: str, library: Library) -> int:
    """How many papers hold the rarest word of a hyphenated one."""
    return min(library.lexical_table().document_count(word) for word in _words(part))


def _words(part: str) -> list[str]:
    """The stems of a word as the library knows them, several where it is hyphenated."""
    return [stem(word) for word in words_of(part)]


def _phrases(paper: ReadPaper) -> dict[tuple[str, ...], _Phrase]:
    """The runs of up to four words that say something, by their stems; each where it first stands."""
    phrases: dict[tuple[str, ...], _Phrase] = {}
    for sentence in paper.sentences:
        for start, end, key in _runs(sentence.text):
            phrases.setdefault(key, _Phrase(sentence.text[start:end], sentence))
    return phrases


def _runs(text: str) -> Iterator[tuple[int, int, tuple[str, ...]]]:
    tokens = list(_TOKEN.finditer(text))
    for first in range(len(tokens)):
        key: tuple[str, ...] = ()
        for token in tokens[first : first + _LONGEST_PHRASE]:
            if key and text[tokens[first + len(key) - 1].end() : token.start()] != " ":
                break
            word = stem(token.group().lower())
            if word in _SAYS_LITTLE or token.group().lower() in STOP_WORDS or token.group().isdigit():
                break
            key = (*key, word)
            yield tokens[first].start(), token.end(), key


# ---- what each does


def _what_each_does(papers: Sequence[ReadPaper], library: Library) -> DraftClaim | None:
    """What each paper says that it proposes, side by side."""
    if len(papers) > _MOST_SIDE_BY_SIDE:
        return None
    roled = library.roled_sentences([paper.stored.row for paper in papers])
    keys = [key_span(roled[paper.stored.row]) for paper in papers]
    evidence = [
        _proposed(paper, sentence)
        for paper, key in zip(papers, keys, strict=True)
        for sentence in paper.sentences
        if sentence.span == key
    ]
    parts = [f"{_named(piece.stored)}: “{piece.quote}”" for piece in evidence]
    return DraftClaim(fill("compare_each_does", parts="; ".join(parts)), tuple(evidence))


def _named(stored: StoredPaper) -> str:
    """What a paper is called in short, and that it is withdrawn where it is."""
    return marked(name_of(stored), stored.paper)


def _proposed(paper: ReadPaper, sentence: ReadSentence) -> Evidence:
    """The object of "we propose" in the key sentence, or that sentence."""
    whole = trimmed(sentence)
    verb = _PROPOSED.search(sentence.text) or _STUDIED.search(sentence.text)
    if verb is None:
        return Evidence(paper.stored, whole, 1.0)
    start = sentence.span.start + verb.end()
    end = _OBJECT_END.search(sentence.text, verb.end() + _TELLING_OBJECT) or _FULL_STOP.search(sentence.text)
    stop = sentence.span.start + end.start() if end else sentence.span.end
    is_fit = _SHORTEST_OBJECT <= stop - start <= _LONGEST_OBJECT
    return Evidence(paper.stored, Span(start, stop) if is_fit else whole, 1.0)


# ---- whose number is better


def _better(line: NumberLine, papers: Sequence[ReadPaper]) -> DraftClaim | None:
    """Whose number is better, where one may be called so."""
    if not line.better:
        return None
    by_id = {paper.stored.paper.arxiv_id: paper.stored for paper in papers}
    best = next(value for value in line.values if value.citation.arxiv_id == line.better)
    others = [value for value in line.values if value.citation.arxiv_id != line.better]
    evidence = [
        Evidence(by_id[v.citation.arxiv_id], Span(v.citation.start, v.citation.end), 1.0) for v in (best, *others)
    ]
    said = fill(
        "compare_reports_better",
        who=_named(by_id[line.better]),
        metric=line.metric,
        dataset=line.dataset,
        value=best.value,
        others=_listed([f"{v.value} ({_named(by_id[v.citation.arxiv_id])})" for v in others]),
    )
    return DraftClaim(f"{said} {line.reason}", tuple(dict.fromkeys(evidence)))


# ---- words


def _all(papers: Sequence[ReadPaper]) -> str:
    return "Both" if len(papers) == 2 else f"All {len(papers)}"


def _listed(names: Sequence[str]) -> str:
    """As in "A", "A and B", "A, B and C"."""
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def _evidence(pairs: Iterable[tuple[ReadPaper, ReadSentence]]) -> tuple[Evidence, ...]:
    found = {
        (paper.stored.row, sentence.number): Evidence(paper.stored, trimmed(sentence), 1.0) for paper, sentence in pairs
    }
    return tuple(found.values())
