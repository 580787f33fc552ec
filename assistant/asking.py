"""What a question asks for: its aims, the thing that is to be told, whether a number or a list is wanted."""

import re
from enum import Enum

from ingest.names import MEASURES
from ingest.words import words_of

QUANTITY = re.compile(
    r"(?<![\w.])[+-]?\d[\d,.]*\s*(?:\\?%|percent\b|points?\b|dB\b|fps\b|frames\b|ms\b|milliseconds?\b|s\b|seconds?\b|minutes?\b"
    r"|hours?\b|days?\b|m?AP\b|m?IoU\b|PSNR\b|SSIM\b|FID\b|AUC\b|F1\b|MOTA\b|PQ\b|dice\b|GFLOPs?\b|FLOPs?\b|[KMG]?B\b|x\b|×|times\b"
    r"|pixels?\b|px\b|mm\b|cm\b|m\b|km\b|degrees?\b|°|parameters\b|million\b|M\b|K\b)"
    r"|\b(?:of|to|by|at|from|is|and)\s+\d+\.\d+|\b0\.\d+\b",
    re.IGNORECASE,
)
_TELLS_RESULT = re.compile(
    r"\b(?:achiev|outperform|improv|results?\b|show|demonstrat|experiment|surpass|state-of-the-art|reduc|reach|attain|obtain"
    r"|yield|exceed|report|evaluat|accura|gain|better|faster|comparable|superior)",
    re.IGNORECASE,
)


_BACKGROUND = re.compile(
    r"^(?:recent(?:ly)?|previous(?:ly)?|most|many|several|current(?:ly)?|existing|conventional|traditional|typically|usually"
    r"|despite|although|while|since|in (?:recent|the past)|over the)\b"
    r"|\b(?:has|have) (?:attracted|received|gained|been (?:widely|extensively|recently))\b"
    r"|\bis (?:a|an|one of the) (?:\w+ )?(?:challenging|important|fundamental|critical|crucial|difficult|key)\b"
    r"|\b(?:remains?|still) (?:a|an|challenging|difficult|open|limited)\b",
    re.IGNORECASE,
)
_CONTRASTS = re.compile(r"^(?:while|although|despite|since)\b", re.IGNORECASE)
_OWN = re.compile(r"\bwe\b|\bour\b|\b(?:this|the present) (?:paper|work|study|article)\b", re.IGNORECASE)


def is_background(text: str) -> bool:
    """Whether a sentence tells what others did or what is known, not what its paper does.

    What begins with "while" and gives a figure is a result.
    """
    if _CONTRASTS.match(text) and QUANTITY.search(text):
        return False
    return _BACKGROUND.search(text) is not None and _OWN.search(text) is None


class Aim(Enum):
    """What a question wants to know; each value is (how it is asked, how a sentence tells it)."""

    NUMBER = (
        r"\baccura|\bscores?\b"
        r"|\bhow (?:many|much|fast|large|small|big|long|well|accurate|high|low|often|far|quickly|heavy)\b"
        r"|\brates?\b|\bpercent|\bnumbers?\b|\bfps\b|\bmiou\b|\bpsnr\b|\bmap\b|\berrors?\b|\bspeed\b|\bparameters\b"
        r"|\bpoints\b|\bshare\b|\bproportion\b|\bfraction\b",
        r"\d",
    )
    RESULT = (
        r"\bresults?\b|\bachieve|\boutperform|\bfind(?:ings?)?\b|\bfound\b|\bimprove|\bgain|\bcompare[ds]?\b|\bbetter\b"
        r"|\bperform\w*|\breports?\b|\bhow good\b|\breach",
        _TELLS_RESULT.pattern,
    )
    DATA = (
        r"\bdata ?sets?\b|\bdata\b|\bbenchmarks?\b|\bcorpus\b|\btested on\b|\bevaluated on\b|\btrained on\b",
        r"\b(?:data ?sets?|benchmarks?|corpus|images of|videos of|collected|annotat)",
    )
    REASON = (
        r"\bwhy\b|\breasons?\b|\bmotivat",
        r"\b(?:because|since|due to|thus|therefore|in order to|however|suffer)\b",
    )
    CODE = (
        r"\bcode\b|\bgithub\b|\bavailable\b|\bopen.source|\brepositor",
        r"https?://|\bcode\b|publicly available",
    )
    METHOD = (
        r"\bpropos|\bintroduc|\bhow (?:does|do|is|are|can)\b|\bwhat (?:is|does|are)\b|\bmethods?\b|\bapproach|\bidea\b"
        r"|\bcontribut|\bworks?\b",
        r"\bwe (?:\w+ )?(?:propose|present|introduce|develop|design|describe|show|study|investigate|explore|address"
        r"|consider|formulate|use|train|learn|build|create|provide|demonstrate|combine|extend|tackle)"
        r"|\b(?:this|our) (?:paper|work|study|method|approach|model|framework|network|system|article)\b"
        r"|\bis (?:proposed|presented|introduced|developed)\b",
    )

    def __init__(self, asked: str, told: str) -> None:
        self.asked = re.compile(asked, re.IGNORECASE)
        self.told = re.compile(told, re.IGNORECASE)


_ASKS_SPEED = re.compile(
    r"\b(?:fast(?:er|est)?|slow(?:er|est)?|quick(?:er|est|ly)?|speed|latency|run\s?time|frame\s+rate|real[\s-]?time)\b",
    re.IGNORECASE,
)
_SPEED = re.compile(
    r"\d\s*(?:fps|frames|Hz|ms|milliseconds?|s|sec|seconds?|minutes?|hours?)\b|(?:\btimes|\dx|%)\s+(?:faster|slower)\b",
    re.IGNORECASE,
)


def asks_speed(question: str) -> bool:
    """Whether a question is about how fast something is; not about why."""
    return _ASKS_SPEED.search(question) is not None and Aim.REASON.asked.search(question) is None


def gives_speed(text: str) -> bool:
    """Whether a sentence gives a time or a rate as a figure."""
    return _SPEED.search(text) is not None


def told(aim: Aim, text: str) -> float:
    """How much a sentence tells of what an aim asks for, 0 to 1."""
    if aim is Aim.NUMBER:
        return 1.0 if QUANTITY.search(text) else 0.5 if aim.told.search(text) else 0.0
    if aim is Aim.RESULT:
        return 0.5 * bool(aim.told.search(text)) + 0.5 * bool(QUANTITY.search(text))
    return float(bool(aim.told.search(text)))


def aims_of(question: str) -> tuple[Aim, ...]:
    """What a question wants to know; several aims may hold."""
    asks_measure = not MEASURES.isdisjoint(words_of(question)) or asks_speed(question)
    return tuple(aim for aim in Aim if aim.asked.search(question) or (aim is Aim.NUMBER and asks_measure))


def wants_many(question: str) -> bool:
    """Whether a question asks for a list of papers rather than for one thing."""
    return bool(_LIST_FORMS.search(question))


_LIST_FORMS = re.compile(
    r"\b(?:papers|works|methods|approaches|studies|techniques|datasets|data sets|trackers|networks|models|systems"
    r"|list|all|every|who else|what has been|what have|which ones)\b|\bwhat(?:'s| is) new\b|\bcompare\b",
    re.IGNORECASE,
)
