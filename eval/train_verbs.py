"""The verbs that `carrying_words` knows by sight: words that abstracts use as verbs and hardly ever as nouns.

Run as `python -m eval.train_verbs DATA`; it writes `assistant/learned/verbs.txt`. No tagger is needed: behind "to", a
modal or "we" stands a verb, behind an article, a possessive or most prepositions none in its plain form.
"""

import json
import re
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from assistant.answering.carrying_words import LY_VERBS, SMALL, bases
from eval.verifier import real_sentences
from ingest.words import american

VERBS = Path(__file__).parents[1] / "assistant" / "learned" / "verbs.txt"
_BEFORE_VERB = frozenset(
    """to we can could may might would should must will not they which
    also""".split()  # noqa: SIM905
)
_BEFORE_FINITE = frozenset("it which that".split())  # noqa: SIM905
_BEFORE_NOUN = frozenset("a an the our their its this these of in on with for from by".split())  # noqa: SIM905
_ARTICLES = frozenset("a an the".split())  # noqa: SIM905
_FEWEST = 3  # times behind what stands before verbs
_LEAST_SHARE = 0.8  # of both: "use" and "study" are nouns too often
_WORD = re.compile(r"[a-z]+(?:-[a-z]+)*|[.,;:()]")


def verbs_of(sentences: Iterable[str]) -> list[str]:
    """The words that stand behind what precedes verbs, and seldom behind what precedes nouns."""
    as_verb, as_noun = Counter[str](), Counter[str]()
    texts = [[american(word) for word in _WORD.findall(sentence.lower())] for sentence in sentences]
    known = {word for words in texts for word in words}
    for words in texts:
        for before, word, behind in zip(words, words[1:], words[2:], strict=False):
            if behind in _ARTICLES and word.isalpha():  # "methods require a": no noun stands right before an article
                as_verb.update(bases(word) & known if word.endswith("s") else [word] if before.endswith("s") else [])
            as_verb[word] += before in _BEFORE_VERB and word.isalpha()
            if before in _BEFORE_FINITE and word.endswith("s"):
                as_verb.update(bases(word) & known)
            as_noun[word] += before in _BEFORE_NOUN
            as_noun[word.removesuffix("s")] += before in _BEFORE_NOUN and word.endswith("s")
    return sorted(
        word
        for word, count in as_verb.items()
        if count >= _FEWEST and _is_plain(word) and count >= _LEAST_SHARE * (count + as_noun[word])
    )


def _is_plain(word: str) -> bool:
    """Whether it may be the plain form of a verb, and is none of the small words."""
    is_ended = word.endswith(("ly", "ed", "ing")) and word not in LY_VERBS
    is_inflected = is_ended or (word.endswith("s") and not word.endswith("ss"))
    return len(word) > len("be") and not is_inflected and word not in SMALL


def _abstracts(data: Path) -> Iterable[str]:
    yield from real_sentences(data)
    for file in sorted((data / "csabstruct").glob("*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            yield from json.loads(line)["sentences"]
    for file in sorted((data / "scitldr").glob("*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            yield from json.loads(line)["source"]


if __name__ == "__main__":
    VERBS.write_text("\n".join(verbs_of(dict.fromkeys(_abstracts(Path(sys.argv[1]))))) + "\n", encoding="utf-8")
