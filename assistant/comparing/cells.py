"""Which sentences of an abstract fill a cell: the problem, the method, the data, the results."""

from collections.abc import Callable, Mapping, Sequence

from assistant.asking import QUANTITY, TELLS_DATA, is_background
from assistant.comparing import cues
from assistant.comparing.datasets import DataNamed, data_in, holds_samples
from assistant.comparing.reading import ReadPaper, ReadSentence, without_opening
from assistant.quantities import quantities_in
from ingest.names import MEASURES, looks_like_name
from ingest.paper import Role
from ingest.words import stems_of

_MOST_QUOTES = 2
_LEAST_DATA = 0.65
_STRONG_DATA = 1.0
Chooser = Callable[[ReadPaper], list[ReadSentence]]


def is_of_others(sentence: ReadSentence) -> bool:
    """Whether a sentence tells what is known or what others do, not what its paper does."""
    is_before = sentence.role is Role.BACKGROUND or is_background(sentence.text)
    return is_before and not cues.OWN.search(sentence.text)


def problem(paper: ReadPaper) -> list[ReadSentence]:
    """The sentence that says what is to be solved; or else, the proposal, which names its aim."""
    chosen = method(paper)
    end = chosen[0].number if chosen else len(paper.sentences)
    before = [s for s in paper.sentences if s.number <= end and _says_problem(s.text, is_method=s.number == end)]
    best = _best(before, lambda sentence: _problem_score(sentence, end), least=0.2)
    if best:
        return best
    later = [s for s in paper.sentences if s.number > end and s.role is Role.BACKGROUND]
    return [s for s in later if cues.LACK.search(s.text)][:1] or list(paper.sentences[:1])


def _says_problem(text: str, *, is_method: bool) -> bool:
    """Whether a sentence says what is missing or wanted; that of the method only where it turns against something."""
    turns = cues.CONTRAST.search(text) is not None
    if is_method:
        return turns and bool(_lacks(text))
    return turns or bool(_lacks(text)) or cues.GOAL.search(text) is not None


def _lacks(text: str) -> set[str]:
    """The words of lack, without those that only point back ("this problem")."""
    return {match.group().lower() for match in cues.LACK.finditer(cues.BACK_REFERENCE.sub(" ", text))}


def _problem_score(sentence: ReadSentence, method_at: int) -> float:
    text = sentence.text
    lacks, is_own = len(_lacks(text)), cues.OWN.search(text) is not None
    turns = cues.CONTRAST.search(text) is not None
    return (
        0.5 * min(lacks, 3)
        + (0.7 if lacks else 0.5) * turns
        + (0.3 if is_own else 0.6) * bool(cues.GOAL.search(text))
        + 0.3 * (sentence.role in {Role.BACKGROUND, Role.OBJECTIVE})
        - 0.2 * bool(cues.POINTS_BACK.match(without_opening(text)))
        - 0.1 * (method_at - sentence.number)
        + 0.5 * (cues.LABELS["problem"].match(text) is not None)
        - 0.5 * bool(cues.PRAISE.search(text) and not lacks)
        - 1.0 * _proposes(text)
        - (0.3 if turns else 0.6) * bool(cues.SOLVED.search(text))
        - 0.5 * bool(is_own and not cues.GOAL.search(text))
    )


def method(paper: ReadPaper) -> list[ReadSentence]:
    """The sentence that says what the paper does about it."""
    proposing = [
        sentence
        for sentence in paper.sentences
        if cues.LABELS["method"].match(sentence.text)
        or (_proposes(sentence.text) and not cues.ADDS.match(sentence.text))
    ]
    told_so = _best(proposing or paper.sentences, lambda sentence: _method_score(sentence, paper), least=0.6)
    return told_so or [sentence for sentence in paper.sentences if sentence.number == paper.key]


def _method_score(sentence: ReadSentence, paper: ReadPaper) -> float:
    text, own = sentence.text, paper.name_keys
    title = paper.title_stems
    folded = "".join(c for c in text.lower() if c.isalnum())
    return (
        (1.4 if _proposes(text) else 0.5 * bool(cues.PROPOSES_WEAKLY.search(text)))
        - 0.8 * (cues.PROPOSES.search(text) is not None and not _proposes(text))
        + 0.5 * any(key in folded for key in own)
        + 0.8 * _names_its_own(text)
        + 1.5 * (cues.LABELS["method"].match(text) is not None)
        - 0.7 * bool(cues.ADDS.match(text))
        + 0.7 * len(title.intersection(stems_of(text))) / max(len(title), 1)
        + {Role.OBJECTIVE: 0.3, Role.METHOD: 0.3, Role.RESULT: -0.5, Role.BACKGROUND: -0.2, Role.OTHER: -0.5}[
            sentence.role
        ]
        + 0.4 * (sentence.number == paper.key)
        - 0.8 * bool(cues.CODE.search(text))
        - 0.6 * (has_result_number(text) and not _proposes(text))
        - 0.05 * sentence.number
    )


def _names_its_own(text: str) -> bool:
    """Whether a sentence begins with the name of a method that does something: "WakeMem keeps an entry for …"."""
    words = without_opening(text).split()[:2]
    if len(words) < 2 or not looks_like_name(words[0]) or has_result_number(text):
        return False
    return words[0].lower() not in MEASURES and words[1].endswith("s") and words[1].islower()


def _proposes(text: str) -> bool:
    """Whether a sentence says what its own paper proposes."""
    found = cues.PROPOSES.search(text)
    if found is None or (cues.OTHERS.search(text) and not cues.OWN.search(text)):
        return False
    return len(text[found.end() :].split()) > 1 or (
        len(text[: found.start()].split()) > 1 and found.group().endswith("ed")
    )


def data(paper: ReadPaper) -> list[ReadSentence]:
    """The sentences that name or describe data; none where the abstract only says that there was some."""
    found = all_data(paper)
    if not found:
        return []
    known = set(_data_in(found[0], paper).names)
    more = [
        sentence
        for sentence in found[1:]
        if set(_data_in(sentence, paper).names) - known and _data_score(sentence, paper) >= _STRONG_DATA
    ]
    return sorted([found[0], *more[: _MOST_QUOTES - 1]], key=lambda sentence: sentence.number)


def all_data(paper: ReadPaper) -> list[ReadSentence]:
    """All sentences that name or describe data, those that say most of it first."""
    scores = {sentence.number: _data_score(sentence, paper) for sentence in paper.sentences}
    telling = [sentence for sentence in paper.sentences if scores[sentence.number] >= _LEAST_DATA]
    return sorted(telling, key=lambda sentence: -scores[sentence.number])


def _data_in(sentence: ReadSentence, paper: ReadPaper) -> DataNamed:
    return data_in(sentence.text, paper.own_keys, paper.title_stems)


def _data_score(sentence: ReadSentence, paper: ReadPaper) -> float:
    strength = _data_in(sentence, paper).strength
    if not strength or cues.ASKS.search(sentence.text):
        return 0.0
    is_lacking = cues.LACK.search(sentence.text) is not None and not cues.OWN.search(sentence.text)
    is_lacking = is_lacking and not cues.FINDS.search(sentence.text) and not cues.OUTCOME.search(sentence.text)
    tells = TELLS_DATA.search(sentence.text) is not None
    return strength - 0.7 * (is_of_others(sentence) or is_lacking) + 0.05 * tells


def results(paper: ReadPaper) -> list[ReadSentence]:
    """The sentences that report a finding, a number or an outcome in words; at most two."""
    best = _best(paper.sentences, _result_score, least=0.8)
    if not best:
        return []
    with_numbers = [s for s in paper.sentences if s is not best[0] and has_result_number(s.text)]
    more = _best(with_numbers, _result_score, least=1.8) if has_result_number(best[0].text) else []
    return sorted([*best, *more], key=lambda sentence: sentence.number)


def _result_score(sentence: ReadSentence) -> float:
    text = sentence.text
    if is_of_others(sentence):
        return 0.0
    finds, outcome, number = bool(cues.FINDS.search(text)), bool(cues.OUTCOME.search(text)), has_result_number(text)
    finds_that = cues.FINDS_THAT.search(text) is not None
    is_only_tested = cues.ONLY_TESTED.match(text) is not None and not (finds or number)
    if not (finds_that or number or outcome) or is_only_tested or cues.ASKS.search(text):
        return 0.0
    if number and not finds and holds_samples(text):
        return 0.0
    return (
        1.2 * number
        + 0.4 * finds
        + 0.4 * finds_that
        + 0.4 * outcome
        + 0.6 * bool(cues.STRONG_OUTCOME.search(text))
        + 0.5 * (cues.LABELS["results"].match(text) is not None)
        + 0.2 * bool(cues.COMPARES.search(text))
        - 0.2 * bool(cues.ADDS.match(text))
        + {Role.RESULT: 1.0, Role.METHOD: 0.0, Role.OBJECTIVE: -0.5, Role.BACKGROUND: -0.6, Role.OTHER: -0.3}[
            sentence.role
        ]
        - 0.6 * bool(_proposes(text) and not number)
        - 1.0 * bool(cues.CODE.search(text))
    )


def has_result_number(text: str) -> bool:
    """Whether a sentence gives a number of the kind that results are told in."""
    return QUANTITY.search(text) is not None and any(q.unit or q.value.denominator > 1 for q in quantities_in(text))


def _best(
    sentences: Sequence[ReadSentence], score: Callable[[ReadSentence], float], least: float
) -> list[ReadSentence]:
    """The sentence of the highest score, the first of several, in a list; an empty one where none has the least."""
    best = max(sentences, key=score, default=None)
    return [best] if best is not None and score(best) >= least else []


CHOOSERS: Mapping[str, Chooser] = {"problem": problem, "method": method, "data": data, "results": results}
