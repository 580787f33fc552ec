"""Whether an abstract states what a question asks for and takes for granted."""

import re
from collections.abc import Sequence

from assistant.counted import COUNTED, NUMBER, counted_thing
from assistant.terms import ASKING_WORDS, STOP_WORDS
from ingest.names import MEASURES, TOKEN
from ingest.words import stem, stems_of, words_of

_SOUGHT = re.compile(
    r"\b(?:which|what|whose)\s+(?!(?:is|are|was|were|do|does|did|can|has|have|sets?|exactly|came|comes?|makes?|happens?"
    r"|about|distinguishes)\b)((?:[\w’'-]+\s+){0,4}?[\w’'-]+?)\s+(?:is|are|was|were|do|does|did|can|could|has|have|had|will"
    r"|would|took|takes?|sits?|carried|of)\b",
    re.IGNORECASE,
)
_HEADS_THAT_ANY_PAPER_STATES = frozenset(
    stem(word)
    for word in """advantage aim algorithm analysis application approach architecture area aspect basis benefit category
    challenge change claim class component conclusion condition consequence contribution criterion detail difference
    direction domain effect evidence example experiment feature field finding framework function gain goal idea
    improvement information input insight issue kind level limitation mean measure mechanism method metric model module
    network objective operation option output paper part pipeline point principle problem procedure property purpose
    quality question reason representation requirement result role scheme setting setup signal solution sort stage step
    strategy structure study system task technique term theory thing tool topic trick type use variant way work
    accuracy error performance score rate speed number value data dataset benchmark set percentage improvement cost
    time gap evaluation dimension share proportion fraction portion ratio percentage amount extent""".split()  # noqa: SIM905
)
_SELDOM_STATED = tuple(
    (re.compile(asked, re.IGNORECASE), re.compile(told, re.IGNORECASE))
    for asked, told in (
        (
            r"\bwho\b.*\bauthors?\b|\b(?:names?\s+of|name|list|which)\s+(?:the\s+)?authors?\b|\bwho\s+wrote\b",
            r"\bauthored\b",
        ),
        (
            r"\buniversit|\baffiliat|\bwhich\s+(?:institut\w+|lab|company|group|team|country)\b",
            r"\buniversit|\binstitut",
        ),
        (r"\bfund(?:ed|s|ing)\b|\bsponsor|\bgrants?\b|\bpaid\s+for\b", r"\bfund|\bsponsor|\bgrant"),
        (r"\bconference\b|\bjournal\b|\bvenue\b|\baccepted\s+(?:at|by|in)\b", r"\bconference|\bjournal|\baccepted"),
        (r"\blicen[cs]e|\bcommercially\b", r"\blicen[cs]"),
        (r"\blearning\s+rate", r"\blearning\s+rate"),
        (r"\boptimi[sz]er\b", r"\bAdam|\bSGD|\boptimi[sz]er"),
        (r"\bbatch\s+size", r"\bbatch\s+size"),
        (
            r"\b(?:which|what|how\s+many)\s+gpus?\b|\bgraphics\s+cards?\b|\b(?:which|what)\s+hardware\b",
            r"\bgpus?\b|\bnvidia|\btitan|\bgeforce|\b[rg]tx|\bV100|\bhardware",
        ),
        (r"\bgpu[\s-](?:hours?|days?)\b|\bsearch\s+cost\b", r"\bgpu[\s-](?:hours?|days?)|\bhours?\b|\bdays?\b"),
        (r"\bin\s+which\s+(?:month|year)\b", r"\b(?:19|20)\d\d\b"),
        (r"\bhow\s+often\s+(?:was|is|has)\b.*\bcited\b", r"\bcited\b"),
    )
)
"""What papers say outside of their abstracts, and how an abstract tells it where it does."""
_HOW_FAST = re.compile(
    r"\bframe\s+rate\b|\bhow\s+(?:long|fast|quick(?:ly)?|slow)\b(?!\s+(?:can|a|an)\b.*\bsequence)", re.IGNORECASE
)
_TIME = re.compile(
    r"(?<![a-z])(?:fps|frames?|Hz|ms|milliseconds?|seconds?|minutes?|hours?|days?|real[\s-]?time|faster|speed|latency|times)\b",
    re.IGNORECASE,
)
_NO_RESULTS = frozenset({"gpu", "gpus", "cpu", "macs", "flops", "gflops"})
_MEASURED = re.compile(
    r"\b(?:what|which)\s+(?:[\w-]+\s+){0,3}?(accuracy|error|(?<!frame )rate|precision|recall|score)"
    r"\s+(?:is|was|are|does|do|did|can|of)\b",
    re.IGNORECASE,
)
_RATE = re.compile(r"\d\s*\\?%|\d\.\d|\bpercent\b")
_DENIES = frozenset(
    "without no neither nor lack lacks avoid avoids avoiding eliminate eliminates eliminating".split()  # noqa: SIM905
)
_DENYING_QUESTION = re.compile(
    r"\b(?:without|no|not|nobody|none|never|un\w+|instead|avoid\w*|replac\w+|rather|\w+n[’']t|less|free|need\w*)\b",
    re.IGNORECASE,
)
_DENIAL_WORDS = 5
_CLAUSE = re.compile(r"[,;:()]|\b(?:and|but|while|which|that)\b")
_LEAST_DENIED = 4  # letters: shorter words say little


def states(question: str, sentences: Sequence[str]) -> bool:
    """Whether papers of these titles and sentences state the kind of thing that is asked for.

    False where the number asked for, or the thing that "which" or "what" asks for, stands in none of them.
    """
    together = "\n".join(sentences)
    if any(asked.search(question) and not told.search(together) for asked, told in _SELDOM_STATED):
        return False
    if _HOW_FAST.search(question) and not any(_TIME.search(s) and NUMBER.search(s) for s in sentences):
        return False
    measures = [token for token in TOKEN.findall(question) if token.lower() in MEASURES - _NO_RESULTS]
    held = {word.lstrip("0123456789") for word in words_of(together)}  # "34FPS"
    if any(not held.issuperset(words_of(measure)) for measure in measures):
        return False
    if (measured := _MEASURED.search(question)) and not _states_rate(stem(measured.group(1).lower()), sentences):
        return False
    return _states_count(question, sentences) and _states_thing(question, together)


def _states_rate(measured: str, sentences: Sequence[str]) -> bool:
    return any(_RATE.search(s) or (measured in stems_of(s) and NUMBER.search(s)) for s in sentences)


def _head(thing: str) -> str | None:
    """The stem of the last word of a phrase that carries meaning."""
    words = [w for w in words_of(thing) if w not in STOP_WORDS]
    return stem(words[-1]) if words else None


def _states_count(question: str, sentences: Sequence[str]) -> bool:
    counted = counted_thing(question)
    return not counted or any(NUMBER.search(s) and not counted.isdisjoint(stems_of(s)) for s in sentences)


def _states_thing(question: str, text: str) -> bool:
    held = set(stems_of(text))
    for asked in _SOUGHT.finditer(question):
        head = _head(asked.group(1))
        if head and head not in _HEADS_THAT_ANY_PAPER_STATES and head not in _ASKING_STEMS and head not in held:
            return False
    return True


_ASKING_STEMS = frozenset(stem(word) for word in ASKING_WORDS)


def denies(question: str, stems: Sequence[str], sentences: Sequence[str]) -> bool:
    """Whether sentences name one of these stems only to deny it ("without a discriminator"), unlike the question."""
    if _DENYING_QUESTION.search(question) or COUNTED.search(question):
        return False
    places: dict[str, list[bool]] = {}
    for clause in (clause for sentence in sentences for clause in _CLAUSE.split(sentence)):
        found = words_of(clause)
        for place, word in enumerate(found):
            if (key := stem(word)) in stems and len(key) >= _LEAST_DENIED:
                before = found[max(0, place - _DENIAL_WORDS) : place]
                places.setdefault(key, []).append(not _DENIES.isdisjoint(before))
    return any(all(denied) for denied in places.values())
