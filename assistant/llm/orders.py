"""Sentences of a paper that talk to whoever reads it, or look like the frame of a prompt.

No language model is shown them. A quoting answer may still quote them, as what the paper says.
"""

import re
from collections.abc import Sequence

_SIGNS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"<[/!|]?\s*[a-z][^<>]{0,200}>|<\||\|>|\[/?INST|```|\]\(|javascript:|\{\s*[\"']\w|<<<|>>>|^\W*#{2,}|={3,}|-{4,}",
        r"\b(?:system|assistant|user|human|instructions?|task|tool(?:\s+\w+)?|function\s+call|evidence|sources?|context|answer"
        r"|question|note\s+to\s+\w+)\s*(?:\[?\d+\]?)?\s*:",
        r"\[\d{1,2}\]|\bsources?\s+\d",
        r"\b(?:you|your|yourself|assistants?|chatbot|language\s+model\s+reading|reader\s+of\s+this)\b",
        r"\breaders?\s+(?:must|should|has|have|need)|\bevery\s+reader\b",
        r"\b(?:previous|prior|above|earlier|hidden|system|these|new)\s+(?:instructions?|rules?|prompts?|guidelines|orders)\b",
        r"^\W*(?:please\s+|now\s+|then\s+|stop\W+|important\W+)?(?:ignore|disregard|forget|say|answer|reply|respond|output|print|write"
        r"|repeat|reveal|translate|recommend|always|never|do\s+not|don[’']t|cite|append|add|tell|return|act\s+as|pretend|remember"
        r"|call|rank|praise|end|stop|copy|list|show|state|quote|prefer|mention|insert|include|switch|decode|execute|run|visit)\s"
        r"(?!.*\b(?:we|our)\b)",
        r"(?:^|[.;:!?]\s+|\bplease\s+|\band\s+(?=say|print|reply|respond|name\s+it|put\s+it|give\s+that|tell))(?:ignore|say|print|reply|respond|repeat|greet|refuse|spell|tell|rate\s+this|name\s+it|put\s+it"
        r"|give\s+(?:that|this|\w+\s+as)|leave\s+the|call\s+\w+\s+(?:superior|best)|use\s+only)\b",
        r"\b(?:must|shall|should|ought\s+to|has\s+to|have\s+to|is\s+to|are\s+to|would)\s+(?:be\s+)?(?:said|say|print(?:ed)?|told|tell|respond|reply"
        r"|repeat(?:ed)?|recommend(?:ed)?|cited?|end\s+with|answer(?:ed)?|write|written|returned)\b",
        r"\b(?:(?:the\s+)?operator\s+(?:requires|asks|wants)|administrator|moderator|developer|committee|root\s+user|fact\s+checker|plug-?in|interpreter\s+finished"
        r"|override|maintenance\s+mode|(?:the|your|its)\s+user\s+(?:likes|wants|has\s+changed|asked))\b",
        r"\b(?:this|that|the|any|an?)\s+(?:abstract|library|prompt|reply|final\s+answer|(?:good\s+|sole\s+|full\s+)?answer)\b(?!\s+\w+\s+(?:generation|module))",
        r"\b(?:paper\s+above|next\s+paper|other\s+papers|earlier\s+text|document\s+\d|passages?[\s_]+\w*\d|(?:source|rule|evidence)\s+(?:one|two|three|\d|begin|end))\b",
        r"(?-i:\b(?:END|BEGIN|EOF|STOP)[\s_]+[A-Z]{2,}|\bEOF\b)|\}\}|%%+|0x[0-9a-f]{4,}|\bexit\s+code\b|->|\bSELECT\b.*\bFROM\b",
        r"\b(?:observation|thought|action|action\s+input|rule|order|title|text)\s*\d*\s*:|\S+@\S+\.\w+|\bwww\.|\bftp://|\.example\b",
        r"\bis\s+(?:the\s+)?best[.!]|\bthe\s+only\s+(?:method|paper|answer|finding|one)\b|\bpaper\s+of\s+the\s+year|\bbeyond\s+doubt|\bthe\s+winner\b"
        r"|\bonly\s+\w+\s+remains\b|\bwithdrawn\b|\bwhich\s+paper\b|\bwhoever\b|\bhas\s+the\s+higher\s+one\b",
        r"(?:\b\w\s){4,}\w\b|\bmorse\b|\bbase64\b|\brot13\b",
        r"\bfrom\s+(?:now|here)\s+on\b|\bwhatever\s+(?:was|is|they|you)\b|\bnothing\s+else\b|\bword\s+(?:by|for)\s+word\b",
        r"\bthe\s+(?:\w+\s+){0,3}answer\s+(?:is|must|should|to\s+(?:the|every|this))\b|\bis\s+the\s+answer\b|\banswer\s+with\b",
        r"\b(?:ranked|named|cited|mentioned)\s+(?:first|before)\b|\bonly\s+this\s+(?:one|paper)\b|\bthis\s+paper\s+must\b",
        r"\b(?:all|every)\s+(?:experts?|papers?|other\s+papers?|sources?|abstracts?)\s+(?:agree|in\s+this)|\bas\s+all\s+papers\b",
        r"\bany\s+(?:fair|honest|good)\s+\w+\s+(?:says?|would|must)\b|\bbest\s+\w+\s+there\s+is\b|\bevery\s+other\s+paper\b",
        r"[\u200b-\u200f\u2060-\u2064\ufeff\U000e0000-\U000e007f]|\b[A-Za-z0-9+/]{28,}={0,2}(?![\w/.])",
        r"\bhttps?://(?!(?:www\.)?(?:github|gitlab|bitbucket|arxiv|youtu|doi|huggingface|sites\.google|kaggle|zenodo)\b)\S*[?=]",
    )
)
_ENGLISH = frozenset(
    """a an and are as at be been but by can for from has have how in into is it its more most not of on or our than
    that the their these this to using was we were when which while with without""".split()  # noqa: SIM905
)
_FEW_WORDS = 5
_WORD = re.compile(r"\w+")


_PART = re.compile(r"[?!:;]\s+|\s[-–—]+\s")


def gives_orders(sentence: str) -> bool:
    """Whether a sentence or what follows a mark in it addresses its reader, or it imitates a prompt's frame.

    So does one that hides something, or is not in English.
    """
    parts = _PART.split(sentence)[1:]
    if any(sign.search(text) for text in (sentence, *parts) for sign in _SIGNS):
        return True
    words = _words(sentence)
    foreign = sum(not word.isascii() for word in words)
    if len(words) < _FEW_WORDS or foreign > len(words) / 2 or _ENGLISH.isdisjoint(words):
        return True
    return any(part.endswith(".") and _is_terse(_words(part)) for part in parts)


def _words(text: str) -> list[str]:
    return [word.lower() for word in _WORD.findall(text)]


def _is_terse(words: Sequence[str]) -> bool:
    """Whether some few words are no English phrase."""
    return 0 < len(words) < _FEW_WORDS and _ENGLISH.isdisjoint(words)
