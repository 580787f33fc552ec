"""Numbers of a text with their units, however they are written: "12%", "12 percent", "1,000", "twice", "3–5 ms"."""

import re
from dataclasses import dataclass, replace
from fractions import Fraction

_UNITS = {
    written: unit
    for unit, all_written in {
        "%": "% percent percents",
        "points": "pp points",
        "x": "x × times fold",
        "ms": "ms msec millisecond milliseconds",
        "µs": "µs μs us microsecond microseconds",
        "s": "s sec secs second seconds",
        "min": "min mins minute minutes",
        "h": "h hr hrs hour hours",
        "day": "day days",
        "week": "week weeks",
        "month": "month months",
        "year": "year years yr yrs",
        "fps": "fps",
        "hz": "hz hertz",
        "khz": "khz",
        "mhz": "mhz",
        "ghz": "ghz",
        "kb": "kb",
        "mb": "mb megabyte megabytes",
        "gb": "gb gigabyte gigabytes",
        "tb": "tb terabyte terabytes",
        "db": "db decibel decibels",
        "px": "px pixel pixels",
        "nm": "nm",
        "µm": "µm μm um micrometer micrometers micrometre micrometres micron microns",
        "mm": "mm millimeter millimeters millimetre millimetres",
        "cm": "cm centimeter centimeters centimetre centimetres",
        "m": "m meter meters metre metres",
        "km": "km kilometer kilometers kilometre kilometres",
        "kg": "kg kilogram kilograms",
        "mg": "mg",
        "°": "° degree degrees",
        "w": "watt watts",
    }.items()
    for written in all_written.split()
}
_SCALES = {"k": 3, "K": 3, "M": 6, "B": 9, "hundred": 2, "thousand": 3, "million": 6, "billion": 9, "trillion": 12}
_SMALL = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen " \
    "seventeen eighteen nineteen"  # fmt: skip
_SPELLED = {word: value for value, word in enumerate(_SMALL.split())} | {
    word: 10 * value
    for value, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), start=2)  # noqa: SIM905
}
_CLEANED = (
    (re.compile(r"\\%"), "%"),
    (re.compile(r"\\times(?![a-z])"), "×"),
    (re.compile(r"\bper\s+cent\b", re.IGNORECASE), "percent"),
    (re.compile(r"(?:percentage|percent|%)[ -]points?\b", re.IGNORECASE), "points"),
    (re.compile(r"\bframes?(?: per |/)s(?:econd|ec)?\b", re.IGNORECASE), "fps"),
    (re.compile(r"(?<=\d)\s?[x×*]\s?(?=\d)"), " × "),
    (re.compile(r"\btwice\b", re.IGNORECASE), "2 times"),
    (re.compile(r"(?<=[a-z])fold\b"), " fold"),
    (re.compile(r"[${}]"), ""),
)
_SPELLED_PATTERN = "|".join(sorted(_SPELLED, key=len, reverse=True))
_UNIT_PATTERN = "|".join(sorted((re.escape(written) for written in _UNITS if written != "×"), key=len, reverse=True))
_QUANTITY = re.compile(
    rf"""(?<![^\W_])(?<![^\W\d_][-–])(?<![^\W_]\.)(?<!\d,)
    (?:(?P<sign>(?<![^\s(=~<>≈±])[-−])?(?:(?P<digits>\d{{1,3}}(?:,\d{{3}})+(?!\d)|\d{{1,300}})?(?P<part>\.\d{{1,300}})?)
        (?<=\d)(?:[eE](?P<power>-?\d{{1,2}})(?!\w))?
      |(?P<spelled>(?i:(?:{_SPELLED_PATTERN})(?![^\W_])(?:-(?:{_SPELLED_PATTERN})(?![^\W_]))?|half(?![^\W_]))))
    (?P<scales>(?:\s?(?:[kKMB]|[Hh]undred|[Tt]housand|[Mm]illion|[Bb]illion|[Tt]rillion)(?![^\W_])){{0,2}})
    (?:[\s-]?(?P<unit>(?i:{_UNIT_PATTERN})(?![^\W_])|×(?!\s?\d)))?
    (?![^\W_])(?:[\s-](?P<noun>[^\W\d_]{{2,}}))?""",
    re.VERBOSE,
)
_JOINS = re.compile(r"\s*(?:[-–—/,×±]|,?\s*(?:and|to|or|vs\.?|versus|against)|\\pm)\s*", re.IGNORECASE)
_BEFORE = re.compile(r"([^\W\d_]+)\W{0,3}\Z")
_LONGEST_BEFORE = 40
_DIGIT_WORD = re.compile(r"[^\W_]+(?:[-./+'’–][^\W_]+)*")


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its unit, "" for none; `also` is the unit that it may share with the next one ("3 to 5 ms").

    `before` and `noun` are the words beside it, in lower case, or "".
    """

    value: Fraction
    unit: str
    text: str
    before: str = ""
    noun: str = ""
    also: str = ""

    def is_same(self, other: "Quantity") -> bool:
        """Whether both say the same; a fraction below one is its percentage."""
        return any(
            _is_same(self.value, unit, other.value, other_unit)
            for unit in {self.unit, self.also or self.unit}
            for other_unit in {other.unit, other.also or other.unit}
        )


def _is_same(value: Fraction, unit: str, other_value: Fraction, other_unit: str) -> bool:
    if unit == other_unit:
        return value == other_value
    percentage = _percentage(value, unit)
    return percentage is not None and percentage == _percentage(other_value, other_unit)


def _percentage(value: Fraction, unit: str) -> Fraction | None:
    if unit == "%":
        return value
    return value * 100 if unit == "" and 0 < value < 1 else None


def quantities_in(text: str) -> list[Quantity]:
    """The numbers of a text in order; digits within a name or word ("ResNet-50", "3D") are `digit_words_in`."""
    text = _cleaned(text)
    found = [match for match in _QUANTITY.finditer(text) if _is_number(match)]
    quantities = [_quantity(match) for match in found]
    for index in range(len(found) - 2, -1, -1):
        following = quantities[index + 1]
        gap = text[_end(found[index]) : found[index + 1].start()]
        if quantities[index].unit == "" and _JOINS.fullmatch(gap):
            quantities[index] = replace(quantities[index], also=following.unit or following.also)
    return quantities


def spelled_number(word: str) -> str | None:
    """The digits of a number that is spelled in one lower-case word, or None."""
    value = _SPELLED.get(word)
    return None if value is None else str(value)


def unit_of(word: str) -> str | None:
    """The unit that a lower-case word of two letters or more, or a sign, is: "percent" → "%"; None where it is none."""
    return _UNITS.get(word) if len(word) > 1 or not word.isalpha() else None


def digit_words_in(text: str) -> list[str]:
    """The words with digits that are no quantities: "3D", "ResNet-50", "top-1"."""
    text = _cleaned(text)
    rest = _QUANTITY.sub(lambda match: match.group("noun") or " ", text)
    return [word for word in _DIGIT_WORD.findall(rest) if any(c.isdigit() for c in word)]


def _cleaned(text: str) -> str:
    for pattern, replacement in _CLEANED:
        text = pattern.sub(replacement, text)
    return text


def _is_number(match: re.Match[str]) -> bool:
    """Whether it is more than a lone "one", which mostly is a pronoun."""
    return (match["spelled"] or "").lower() != "one" or bool(match["scales"] or match["unit"])


def _end(match: re.Match[str]) -> int:
    return match.end("unit") if match["unit"] else match.end("scales")


def _quantity(match: re.Match[str]) -> Quantity:
    value = _spelled_value(match["spelled"].lower()) if match["spelled"] else _written_value(match)
    for scale in match["scales"].split():
        value *= Fraction(10) ** _SCALES[scale if len(scale) == 1 else scale.lower()]
    if match["sign"]:
        value = -value
    unit = _UNITS[match["unit"].lower()] if match["unit"] else ""
    text = match.string[match.start() : _end(match)].strip()
    before = _BEFORE.search(match.string, max(0, match.start() - _LONGEST_BEFORE), match.start())
    return Quantity(value, unit, text, before[1].lower() if before else "", (match["noun"] or "").lower())


def _written_value(match: re.Match[str]) -> Fraction:
    digits = (match["digits"] or "0").replace(",", "")
    return Fraction(digits + (match["part"] or "")) * Fraction(10) ** int(match["power"] or 0)


def _spelled_value(word: str) -> Fraction:
    if word == "half":
        return Fraction(1, 2)
    return Fraction(sum(_SPELLED[part] for part in word.split("-")))
