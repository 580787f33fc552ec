"""LaTeX in titles and abstracts, turned into text that says the same.

Where a reading is not sure, the LaTeX stands as it is: a formula that shows its source can still be read, one
that shows another statement is believed. Not sure are an author's own macros, environments, alignment, and
whatever LaTeX itself would not set.
"""

import re
import unicodedata
from collections.abc import Callable

from ingest.latex.fonts import plain_fonts
from ingest.latex.letters import accented, has_quotes, raised
from ingest.latex.prose import is_formula, is_prose
from ingest.latex.signs import (
    GREEK,
    LETTERS,
    OPERATORS,
    SIGNS,
    TEXT_SIGNS,
)

# An abstract of arXiv has 1,920 characters at most and its formulas a line; far beyond that, text is made to take long.
_LENGTH = 1000
_LENGTH_TOGETHER = 10_000
_MATH = (
    rf"\$\$(?P<display>(?:[^$\\]|\\.){{1,{_LENGTH}}}+)\$\$|\$(?P<inline>(?:[^$\\]|\\.){{1,{_LENGTH}}}+)\$"
    rf"|\\\((?P<round>(?:[^\\]|\\[^()]){{1,{_LENGTH}}}+)\\\)|\\\[(?P<square>(?:[^\\]|\\[^\[\]]){{1,{_LENGTH}}}+)\\\]"
)
_TOKEN = re.compile(
    rf"(?P<plain>[^\\$~{{}}]+)|(?P<math>{_MATH})|(?P<command>\\[A-Za-z]+\*?)|(?P<escape>\\.)|(?P<opening>\{{)|(?P<other>.)",
    re.DOTALL,
)
_STYLES = frozenset(
    """em it bf rm tt sc sf sl emph textit textbf textrm texttt textsc textsf textsl textup textmd textnormal text
    underline uline mbox boldsymbol mathbf mathrm bm url nolinkurl""".split()  # noqa: SIM905
)
_SWITCHED = re.compile(
    r"\{\s*\\(?:em|it|bf|rm|tt|sc|sf|sl|small|large|itshape|bfseries|scshape|ttfamily)(?![A-Za-z])\s*"
)
_ALONE = re.compile(r"\{\s*(\\[A-Za-z]+)\s*\}")
_ADDRESS = re.compile(r"\s*\{([^{}]{0,2000})\}")
_COLOR = re.compile(r"\s*(?:\[[^\[\]{}]{0,50}\])?\s*\{[^{}]{0,50}\}\s*(?=\{)")
_VERBATIM = re.compile(r"\*?([^\sA-Za-z*])(.{0,200}?)\1")
_REFERENCE = re.compile(
    r"\\(?:(?P<named>(?:no)?cite|ref|eqref|autoref)|label)[a-z]*\*?\s*"
    r"(?:\[[^\[\]]{0,200}\]){0,2}\{(?P<keys>[^{}]{0,1000})\}"
)
_BROKEN_GREEK = re.compile(r"\\([a-z])\s*\{([a-z]+)\}")
_SHORTHANDS = {"ie": "i.e.", "eg": "e.g.", "etc": "etc.", "etal": "et al.", "wrt": "w.r.t.", "vs": "vs.", "cf": "cf."}
_ESCAPES = {sign: sign for sign in "%&#_{}$"} | dict.fromkeys(" ,;:", " ")
_RELATED = re.compile(r"\W?\w~\w\W?")  # `a~b` of two letters is a relation
_DISTRIBUTED = re.compile(r"[A-Z][A-Za-z]*\(")


def latex_to_text(text: str) -> str:
    """Turn the LaTeX in a text into Unicode; a text without any comes back as it is."""
    if "\\" not in text and "$" not in text:
        return text
    return _TextReader(text).read()


class _TextReader:
    """One reading of a text, from its start to its end."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._position = 0
        self._shown: list[str] = []
        self._formulas: list[int] = []  # which of the shown pieces were formulas
        self._formula_characters = 0
        self._closings = _closing_braces(text)
        self._endings: dict[int, str] = {}  # what a closing brace at this place shows
        self._has_quotes = has_quotes(text)

    def read(self) -> str:
        """The text with all that is surely LaTeX turned into what it shows."""
        readers: dict[str, Callable[[re.Match[str]], None]] = {
            "math": self._read_math, "command": self._read_command, "escape": self._read_escape,
            "opening": self._read_opening, "other": self._read_other,
        }  # fmt: skip
        while match := _TOKEN.match(self._text, self._position):
            self._position = match.end()
            kind = "math" if match["math"] else str(match.lastgroup)
            readers.get(kind, self._keep)(match)
        return plain_fonts(self._shown, self._formulas)

    def _keep(self, match: re.Match[str]) -> None:
        self._shown.append(match.group())

    def _show(self, shown: str, end: int) -> None:
        self._shown.append(shown)
        self._position = end

    def _before(self) -> str:
        return next((piece[-1] for piece in reversed(self._shown) if piece), "")

    # formulas

    def _read_math(self, match: re.Match[str]) -> None:
        inside = match["display"] or match["inline"] or match["round"] or match["square"]
        after = self._text[match.end() : match.end() + 1]
        is_in_dollars = match["math"].startswith("$")
        if not (is_formula(inside, after) if is_in_dollars else not is_prose(inside)):
            self._show(match.group()[: 1 if is_in_dollars else 2], match.start() + (1 if is_in_dollars else 2))
            return
        self._formula_characters += len(inside)
        is_too_much = self._formula_characters > _LENGTH_TOGETHER
        shown = None if is_too_much else _formula(inside, self._before().strip(), after.strip())
        if shown is None:
            self._shown.append(match.group())
            return
        self._formulas.append(len(self._shown))
        self._shown.append(shown)

    # signs

    def _read_escape(self, match: re.Match[str]) -> None:
        sign = match.group()[1]
        if accent := self._accented(match.start()):
            self._show(*accent)
        elif sign == "-" and self._before().isalpha():
            pass  # a place where a word may be broken
        elif sign in "~^" and self._text.startswith("{}", match.end()):
            self._show(sign, match.end() + 2)
        else:
            self._shown.append(_ESCAPES.get(sign, match.group()))

    def _accented(self, start: int) -> tuple[str, int] | None:
        return accented(self._text, start, text_has_quotes=self._has_quotes)

    def _read_opening(self, match: re.Match[str]) -> None:
        start = match.start()
        alone, switched = _ALONE.match(self._text, start), _SWITCHED.match(self._text, start)
        if alone and (sign := self._sign_alone(alone[1][1:])):
            self._show(sign, alone.end())
        elif switched and start in self._closings:
            self._open(start, "", "")
            self._position = switched.end()
            if self._text.startswith("{", self._position):
                self._open(self._position, "", "")
        elif start in self._closings and self._accented(start + 1):
            self._open(start, "", "")
        else:
            self._keep(match)

    def _sign_alone(self, name: str) -> str | None:
        r"""What `{\name}` shows; `{\deg}` is how arXiv lists the sign of a degree."""
        if name == "deg":
            return "°" if self._before().isdigit() else None
        return LETTERS.get(name) or _text_sign(name)

    def _read_other(self, match: re.Match[str]) -> None:
        sign = match.group()
        if sign == "}":
            self._shown.append(self._endings.get(match.start(), sign))
        elif sign == "~" and self._is_tie(match.start()):
            self._shown.append(" ")
        else:
            self._shown.append(sign)

    def _is_tie(self, place: int) -> bool:
        before, after = self._before(), self._text[place + 1 : place + 2]
        if not (after.isalnum() or after in {"$", "\\"}) or _DISTRIBUTED.match(self._text, place + 1):
            return False
        word = self._text[max(0, place - 200) : place].rpartition(" ")[2]
        if "://" in word or _RELATED.fullmatch(self._text[max(0, place - 2) : place + 3]):
            return False
        return before.isalpha() or before in set(".,;)") or (before.isdigit() and not after.isdigit())

    # commands

    def _read_command(self, match: re.Match[str]) -> None:
        name, start = match.group()[1:].rstrip("*"), match.start()
        readers = (self._reference, self._marked_up, self._letter, self._shorthand, self._sign)
        if not any(read(name, start) for read in readers):
            self._show(self._text[start : self._end_of_arguments(match.end())], self._end_of_arguments(match.end()))

    def _end_of_arguments(self, position: int) -> int:
        while self._text.startswith("{", position) and position in self._closings:
            position = self._closings[position] + 1
        return position

    def _open(self, brace: int, shown: str, ending: str) -> None:
        self._endings[self._closings[brace]] = ending
        self._show(shown, brace + 1)

    def _group_after(self, position: int) -> int | None:
        while self._text.startswith(" ", position):
            position += 1
        return position if position in self._closings else None

    def _reference(self, _name: str, start: int) -> bool:
        """What is cited stays to be seen, by its key: without it a sentence may say something else."""
        match = _REFERENCE.match(self._text, start)
        if match is None:
            return False
        keys = ", ".join(key.strip() for key in match["keys"].split(",") if key.strip())
        tie = " " if self._before().isalnum() else ""
        self._show(f"{tie}[{keys}]" if match["named"] and keys else "", match.end())
        return True

    def _marked_up(self, name: str, start: int) -> bool:
        end = start + 1 + len(name)
        if name == "verb":
            return self._shown_as(_VERBATIM.match(self._text, end), lambda match: match[2])
        if name in {"url", "nolinkurl"}:
            return self._shown_as(_ADDRESS.match(self._text, end), lambda match: _unescaped(match[1]))
        if name in {"textsuperscript", "textsubscript"}:
            return self._shown_as(_ADDRESS.match(self._text, end), lambda match: raised(name, match[1]))
        return self._grouped(name, end)

    def _shown_as(self, match: re.Match[str] | None, read: Callable[[re.Match[str]], str | None]) -> bool:
        shown = read(match) if match else None
        if match is None or shown is None:
            return False
        self._show(shown, match.end())
        return True

    def _grouped(self, name: str, end: int) -> bool:
        shown = ending = ""
        if name == "href" and (address := _ADDRESS.match(self._text, end)):
            end, ending = address.end(), f" ({_unescaped(address[1])})"
        elif name == "textcolor" and (color := _COLOR.match(self._text, end)):
            end = color.end()
        elif name == "footnote":
            shown, ending = "(" if self._before() in {" ", ""} else " (", ")"
        elif name not in _STYLES:
            return False
        if (brace := self._group_after(end)) is None:
            return False
        self._open(brace, shown, ending)
        return True

    def _letter(self, name: str, start: int) -> bool:
        if broken := _BROKEN_GREEK.match(self._text, start):  # arXiv reads `\beta` as an accent over "eta"
            letter = GREEK.get(broken[1] + broken[2])
            if letter:
                self._show(unicodedata.normalize("NFKC", letter), broken.end())
                return True
        if accent := self._accented(start):
            self._show(*accent)
            return True
        if name not in LETTERS or self._text.startswith("*", start + 1 + len(name)):
            return False
        is_in_a_word = name.islower() and self._before().isalpha()
        self._show(LETTERS[name], self._end_of_name(start + 1 + len(name), has_space=is_in_a_word))
        return True

    def _end_of_name(self, position: int, *, has_space: bool = False) -> int:
        if self._text.startswith("{}", position):
            return position + 2
        return position + 1 if has_space and self._text.startswith(" ", position) else position

    def _shorthand(self, name: str, start: int) -> bool:
        if name not in _SHORTHANDS:
            return False
        end = self._end_of_name(start + 1 + len(name))
        has_full_stop = self._text.startswith(".", end)
        self._show(_SHORTHANDS[name].removesuffix("." if has_full_stop else ""), end)
        return True

    def _sign(self, name: str, start: int) -> bool:
        sign = _text_sign(name)
        if sign is None:
            return False
        self._show(
            unicodedata.normalize("NFKC", sign) if name in GREEK else sign, self._end_of_name(start + 1 + len(name))
        )
        return True


def _formula(inside: str, before: str, after: str) -> str | None:
    from ingest.latex.formulas import formula  # noqa: PLC0415 - pylatexenc takes 20 ms, many texts have no formula

    return formula(inside, before, after)


def _closing_braces(text: str) -> dict[int, int]:
    """The place of the brace that closes each brace of a text."""
    closings: dict[int, int] = {}
    opened: list[int] = []
    for match in re.finditer(r"\\.|[{}]", text, re.DOTALL):
        if match.group() == "{":
            opened.append(match.start())
        elif match.group() == "}" and opened:
            closings[opened.pop()] = match.start()
    return closings


def _text_sign(name: str) -> str | None:
    return TEXT_SIGNS.get(name) or SIGNS.get(name) or OPERATORS.get(name)


def _unescaped(address: str) -> str:
    return re.sub(r"\\([%&#_~{}$])(?:\{\})?", r"\1", address)
