"""Which dollar signs stand around a formula, and which are prices."""

import re

_NO_PROSE = re.compile(
    r"\\(?:text|math|operatorname|mbox|it|rm|bf|em)[a-z]*\*?\s*\{[^{}]*\}|\{\s*\\(?:it|rm|bf|em|sf|tt)\b[^{}]*\}|\\[A-Za-z]+"
)
_PROSE = re.compile(r"(?<![A-Za-z])[A-Za-z]{2,}+[,.;]? [A-Za-z]{2}")
_WORD = re.compile(r"[a-z]{2,}")
_HALF_A_RANGE = re.compile(r"\s*[\d.,]+\s?[kKmMbB]?\s*[-–/,+]\s*")
_FRAMED = re.compile(r" (?:[A-Za-z]|[^$]*[=<>][^$]*) ")
_COMPARED = re.compile(r"[A-Za-z]?[<>=]+")


def is_formula(inside: str, after: str) -> bool:
    """Whether what stands between two dollar signs is a formula, not what stands between two prices."""
    if is_prose(inside) or _HALF_A_RANGE.fullmatch(inside):
        return False
    if re.search(r"[\\^_]", inside):
        return not (inside[0].isdigit() and inside[-1].isspace() and _WORD.search(_NO_PROSE.sub(" ", inside)))
    if inside != inside.strip():
        return _FRAMED.fullmatch(inside) is not None and not re.search(r"[A-Za-z]{2}", inside)
    is_range = after.isdigit() and not _COMPARED.fullmatch(inside)
    return not is_range and not (" " in inside and re.search(r"[a-z]{3}", inside))


def is_prose(inside: str) -> bool:
    """Whether words stand in a row where a formula might."""
    return _PROSE.search(_NO_PROSE.sub(" ", inside)) is not None
