"""What a question asks for, and what a sentence tells: whether several papers are wanted, quantities, background."""

import re

_QUANTITY = re.compile(
    r"(?<![\w.])[+-]?\d[\d,.]*\s*(?:\\?%|percent\b|points?\b|dB\b|fps\b|frames\b|ms\b|milliseconds?\b|s\b|seconds?\b|minutes?\b"
    r"|hours?\b|days?\b|m?AP\b|m?IoU\b|PSNR\b|SSIM\b|FID\b|AUC\b|F1\b|MOTA\b|PQ\b|dice\b|GFLOPs?\b|FLOPs?\b|[KMG]?B\b|x\b|×|times\b"
    r"|pixels?\b|px\b|mm\b|cm\b|m\b|km\b|degrees?\b|°|parameters\b|million\b|M\b|K\b)"
    r"|\b(?:of|to|by|at|from|is|and)\s+\d+\.\d+|\b0\.\d+\b",
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
    if _CONTRASTS.match(text) and _QUANTITY.search(text):
        return False
    return _BACKGROUND.search(text) is not None and _OWN.search(text) is None


def wants_many(question: str) -> bool:
    """Whether a question asks for a list of papers rather than for one thing."""
    return bool(_LIST_FORMS.search(question))


_LIST_FORMS = re.compile(
    r"\b(?:papers|works|methods|approaches|studies|techniques|datasets|data sets|trackers|networks|models|systems"
    r"|list|all|every|who else|what has been|what have|which ones)\b|\bwhat(?:'s| is) new\b|\bcompare\b",
    re.IGNORECASE,
)
