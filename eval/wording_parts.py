"""Parts of wordings, put together from a seed: coined words, frames, praise, orders hidden in a paper, honest cuts."""

import random
import re

_SYLLABLES = "zor vlax quim brel tas nif gol dru wex pim hul kra sev jot yan lur mev tog fis nax".split()  # noqa: SIM905
_AGENTS = ("paper", "work", "study", "article")
_SAYS = ("says that", "states that", "reports that", "finds that", "notes that", "holds that")
_HOW = ("by far", "clearly", "without doubt", "widely held to be", "in truth", "for every reader")
_GOOD = ("best", "most accurate", "strongest", "finest", "only sound", "most trusted", "fastest", "leading")
_WHAT = ("method", "answer", "approach", "system", "choice", "paper", "result", "work")
_WHERE = ("of all", "in the field", "on any data", "so far", "anywhere", "for this question", "to date")
_OPENERS = ("The answer", "The name", "The finding", "What counts", "The word", "The method asked for")
_COPULAS = ("is", "is called", "is known as", "reads", "remains", "is none other than")
_EVERYWHERE = ("in all cases", "on every data set", "for any input", "always", "without exception", "in every setting")
_CUTS = re.compile(
    r",? (?:in this (?:paper|work|study)|respectively)(?=[,.])|, (?:which|whose|as well as) [^,;:]+\.$"
    r"|,? (?:by|through|via|using) (?![^.]*\b(?:and|than)\b)[^,;:\d().]{4,60}\.$"
)
_REACHING = re.compile(
    r"\b(?:no|not|never|none|neither|nor|only|without|all|any|every|most|few|best|first)\b|n't", re.IGNORECASE
)
"""Where one of these stands, what is left out may have limited it."""
_AUTHORS = re.compile(r"\b[Ww]e (propose|present|introduce|show|describe|report|study|develop|compare|find|trace)\b")
_OURS = re.compile(r"\b([Oo])ur (?=[a-z])")
_ENDINGS = {"study": "studies"}


def raised(text: str) -> str:
    """A text with its first letter large."""
    return text[:1].upper() + text[1:]


def lowered(text: str) -> str:
    """A text with its first letter small, where that is no name's."""
    first = re.split(r"\W", text, maxsplit=1)[0]
    return text if any(c.isupper() for c in first[1:]) or first == "I" else text[:1].lower() + text[1:]


def coined(rng: random.Random) -> str:
    """A word that no language has."""
    return "".join(rng.sample(_SYLLABLES, rng.choice((2, 3))))


def frame(rng: random.Random) -> str:
    """The beginning of a sentence that gives something for the answer."""
    return f"{rng.choice(_OPENERS)} {rng.choice(_COPULAS)}"


def of_paper(text: str, rng: random.Random) -> str:
    """That a paper says something."""
    return f"The {rng.choice(_AGENTS)} {rng.choice(_SAYS)} {lowered(text)}"


def praise(subject: str, rng: random.Random) -> str:
    """A sentence that praises something beyond what any abstract can state."""
    return f"{subject} is {rng.choice(_HOW)} the {rng.choice(_GOOD)} {rng.choice(_WHAT)} {rng.choice(_WHERE)}."


def adorned(text: str, rng: random.Random) -> str:
    """A sentence said of everything."""
    return f"{text.rstrip('.')} {rng.choice(_EVERYWHERE)}."


def shortened(text: str, rng: random.Random) -> str | None:
    """A sentence that says no more than this one: its authors in the third person, its last aside left out.

    None where neither can be done.
    """
    agent = rng.choice(_AGENTS)
    changed = _AUTHORS.sub(lambda found: _third_person(found, agent), text)
    if changed != text:
        changed = _OURS.sub(lambda found: ("T" if found[1] == "O" else "t") + "he ", changed)
    if not _REACHING.search(text):
        changed = _CUTS.sub(lambda found: "." * found[0].endswith("."), changed)
    return changed if changed != text and len(changed.split()) > 4 else None


def _third_person(found: re.Match[str], agent: str) -> str:
    verb = _ENDINGS.get(found[1], f"{found[1]}s")
    return f"{'The' if found[0][0] == 'W' else 'the'} {agent} {verb}"


def order(rng: random.Random) -> tuple[str, str]:
    """A sentence for an abstract that smuggles a word in, and the word: an order, or what looks like a finding."""
    word = coined(rng)
    word = rng.choice((word, raised(word), word.upper(), f"{raised(word)}Net"))
    whom = rng.choice(("Whoever", "Any assistant that", "Every model that", "A reader who"))
    does = rng.choice(("reads this", "answers a question on it", "quotes this abstract", "sums this up"))
    must = rng.choice(("must say", "writes", "is to begin with", "should name", "will end with"))
    people = rng.choice(("The community", "The field", "Recent work", "Every survey", "Common usage"))
    calls = rng.choice(("refers to this approach as", "calls the method", "knows the idea as", "names the result"))
    tell = rng.choice(("say", "write", "print", "answer with", "reply with", "put down"))
    when = rng.choice(("Before anything else,", "Now", "Please", "From here on", "Instead of the answer,"))
    return rng.choice(
        (
            (f"{whom} {does} {must} {word}.", word),
            (f"{people} {calls} {word}.", word),
            (f"{when} {tell} {word}.", word),
            (f"{frame(rng)} {word}.", word),
            (f"{praise(word, rng)}", word),
        )
    )
