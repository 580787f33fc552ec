"""What a formula shows, in one line of text."""

import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache

from ingest.latex.atoms import delimiter, named_delimiter, negated, shown_characters, shown_command, words
from ingest.latex.compounds import ROOTS, accented, binomial, fraction, root, scripted
from ingest.latex.parsing import Node, arguments, as_node, depth_of, inside, items_of, name_of, parsed, source_inside
from ingest.latex.pieces import SPACE, Kind, Piece, UnsureError, joined
from ingest.latex.signs import ACCENTS, BINOMIALS, CLOSING, FONTS, FRACTIONS, SIZES, SWITCHES, TEXT_COMMANDS

_DEPTH = 20  # far beyond that, a formula is made to take long
_LEADING_SPACE = re.compile(r"\s*(?:~|\\(?:[,;: ]|q?quad))")
_TRAILING_SPACE = re.compile(r"(?:~|\\(?:[,;: ]|q?quad))\s*$")


@lru_cache(maxsize=4096)
def formula(latex: str, before: str, after: str) -> str | None:
    """What a formula shows between two characters of the text, nothing where that is not sure."""
    if depth_of(latex) > _DEPTH or _LOST_BACKSLASH.search(latex):
        return None
    try:
        pieces = _MathReader(parsed(latex), "").read()
    except (RecursionError, UnsureError):
        return None
    shown = joined(pieces, before, after)
    if not shown.strip():
        return None
    lead = " " if before and _LEADING_SPACE.match(latex) else ""
    trail = " " if after and not shown.endswith(" ") and _TRAILING_SPACE.search(latex) else ""
    return lead + shown + trail


class _MathReader:
    """One reading of a row of nodes in a font."""

    def __init__(self, nodes: Iterable[Node], font: str) -> None:
        self._items = list(items_of(nodes, font))
        self._font = font
        self._place = 0
        self._pieces: list[Piece] = []
        self._open_sides = 0  # of `\left` without its `\right`

    def read(self) -> list[Piece]:
        """The pieces that the row shows."""
        while self._place < len(self._items):
            item = self._next()
            if _is_script_sign(item):
                self._read_scripts(item)
            elif name := name_of(item):
                self._read_command(item, name)
            else:
                self._pieces += _shown_item(item, self._font)
        if self._open_sides:
            raise UnsureError
        return self._pieces

    def _next(self) -> Node:
        if self._place >= len(self._items):
            raise UnsureError
        self._place += 1
        return self._items[self._place - 1]

    def _next_seen(self) -> Node:
        item = self._next()
        while (isinstance(item, str) and item.isspace()) or name_of(item) == "!":
            item = self._next()
        return item

    # commands

    def _read_command(self, item: Node, name: str) -> None:
        if name in SWITCHES:
            self._read_switched(SWITCHES[name])
        elif name in {"left", "right", "middle"} or name in SIZES:
            self._read_sized(name)
        elif name == "not":
            self._pieces.append(negated(_shown_item(self._next_seen(), self._font)))
        elif name in {"over", "choose"}:
            self._read_infix(name)
        elif name in CLOSING:
            self._drop_space()
            self._pieces.append(Piece(CLOSING[name], Kind.CLOSING))
        else:
            self._pieces += _shown_item(item, self._font)

    def _read_switched(self, font: str) -> None:
        is_group_next = self._place < len(self._items) and inside(self._items[self._place]) is not None
        rest = [self._next()] if is_group_next else self._rest_as_nodes()  # `\cal{O}(x)` is meant as `{\cal O}(x)`
        self._pieces += _MathReader(rest, font).read()

    def _rest_as_nodes(self) -> list[Node]:
        rest = [as_node(item) for item in self._items[self._place :]]
        self._place = len(self._items)
        return rest

    def _read_sized(self, name: str) -> None:
        self._open_sides += (name == "left") - (name == "right")
        side = self._next_seen()
        if isinstance(side, str) and side == "." and name in {"left", "right"}:
            return
        shown = delimiter(side) if isinstance(side, str) else named_delimiter(name_of(side) or "")
        if name == "right" and self._pieces and shown.kind is Kind.CLOSING and shown.text not in ")]":
            self._drop_space()
        self._pieces.append(shown)

    def _read_infix(self, name: str) -> None:
        first, self._pieces = self._pieces, []
        second = _MathReader(self._rest_as_nodes(), self._font).read()
        self._pieces = [fraction(first, second) if name == "over" else binomial(first, second)]

    def _drop_space(self) -> None:
        while self._pieces and self._pieces[-1].kind is Kind.SPACE:
            self._pieces.pop()

    # scripts

    def _read_scripts(self, first: str) -> None:
        base = self._base()
        scripts: dict[str, list[Piece]] = {}
        sign: str | None = first
        while sign is not None:
            self._read_script(sign, scripts)
            sign = self._next_script_sign()
        self._pieces.append(scripted(base, scripts))

    def _base(self) -> Piece:
        spaces = 0
        while spaces < len(self._pieces) and self._pieces[-1 - spaces].kind is Kind.SPACE:
            spaces += 1
        base = self._pieces[-1 - spaces] if spaces < len(self._pieces) else None
        if base is None or base.kind in {Kind.OPENING, Kind.SIGN, Kind.PUNCTUATION}:
            return Piece("", Kind.PREFIX)
        if spaces and base.kind is Kind.OPERATOR:
            return Piece("", Kind.PREFIX)
        del self._pieces[-1 - spaces :]
        return base

    def _read_script(self, sign: str, scripts: dict[str, list[Piece]]) -> None:
        if sign == "'":
            primes = scripts.setdefault("^", [])
            if any(piece.text != "′" for piece in primes):
                raise UnsureError
            primes.append(Piece("′", Kind.LETTER))
            return
        pieces = self._script()
        before = scripts.get(sign, [])
        if any(piece.text != "′" for piece in before) or (before and sign == "_"):
            raise UnsureError
        scripts[sign] = before + pieces

    def _script(self) -> list[Piece]:
        item = self._next_seen()
        if isinstance(item, str) and (len(item) > 1 or _is_script_sign(item) or self._goes_on(item)):
            raise UnsureError  # `10^10` and `10^-4` show 10¹0 and 10⁻4: not what their author means
        if name_of(item) in {"not", "left", "right", "over", *SWITCHES, *SIZES}:
            raise UnsureError
        return _shown_item(item, self._font)

    def _goes_on(self, script: str) -> bool:
        after = self._items[self._place] if self._place < len(self._items) else None
        return (script.isdigit() or script in "+-") and isinstance(after, str) and after[0].isdigit()

    def _next_script_sign(self) -> str | None:
        place = self._place
        while place < len(self._items) and isinstance(self._items[place], str) and self._items[place].isspace():
            place += 1
        if place < len(self._items) and _is_script_sign(self._items[place]):
            self._place = place + 1
            return str(self._items[place])
        return None


def _is_script_sign(item: Node) -> bool:
    return isinstance(item, str) and item in "^_'"


def _shown_item(item: Node, font: str) -> list[Piece]:
    if isinstance(item, str):
        return [shown_characters(item, font)]
    if (nodes := inside(item)) is not None:
        return _group(nodes, font)
    return _command(item, font)


def _group(nodes: Iterable[Node], font: str) -> list[Piece]:
    """What a group shows: one piece, or pieces that a script after it would not all belong to."""
    pieces = _MathReader(nodes, font).read()
    return pieces or [Piece("", Kind.PREFIX)]


def _command(command: Node, font: str) -> list[Piece]:
    name = str(name_of(command))
    shown = shown_command(name, font)
    if shown is not None:
        return shown
    reader = _READERS.get(name)
    if reader is None or not arguments(command):
        raise UnsureError
    return reader(command, font)


def _argument(node: Node, number: int, font: str) -> list[Piece]:
    argument = arguments(node)[number]
    nodes = inside(argument)
    pieces = _MathReader([argument] if nodes is None else nodes, font).read()
    if not any(piece.text.strip() for piece in pieces):
        raise UnsureError
    return pieces


def _in_another_font(node: Node, font: str) -> list[Piece]:
    return _argument(node, 0, FONTS[str(name_of(node))] or font)


def _words(node: Node, _font: str) -> list[Piece]:
    return words(source_inside(arguments(node)[0]))


def _function(node: Node, _font: str) -> list[Piece]:
    pieces = _argument(node, len(arguments(node)) - 1, "roman")
    return [Piece(joined(pieces), Kind.FUNCTION)]


def _modulus(node: Node, font: str) -> list[Piece]:
    return [SPACE, Piece(f"(mod {joined(_argument(node, 0, font))})", Kind.CLOSING)]


def _fraction_of(node: Node, font: str) -> list[Piece]:
    return [fraction(_argument(node, 0, font), _argument(node, 1, font))]


def _binomial_of(node: Node, font: str) -> list[Piece]:
    return [binomial(_argument(node, 0, font), _argument(node, 1, font))]


def _root(node: Node, font: str) -> list[Piece]:
    index = arguments(node)[0]
    degree = "2" if index is None else joined(_MathReader(inside(index) or [], font).read())
    if degree not in ROOTS:
        raise UnsureError
    return [root(ROOTS[degree], _argument(node, 1, font))]


def _accented(node: Node, font: str) -> list[Piece]:
    return [accented(_argument(node, 0, font), ACCENTS[str(name_of(node))])]


_READERS: Mapping[str, Callable[[Node, str], list[Piece]]] = {
    **dict.fromkeys(ACCENTS, _accented), **dict.fromkeys(FONTS, _in_another_font),
    **dict.fromkeys(TEXT_COMMANDS, _words), **dict.fromkeys(FRACTIONS, _fraction_of),
    **dict.fromkeys(BINOMIALS, _binomial_of), "sqrt": _root, "operatorname": _function, "mathop": _function,
    "pmod": _modulus,
}  # fmt: skip
_LOST_BACKSLASH = re.compile(rf"(?<![\\A-Za-z])(?:{'|'.join(name for name in _READERS if len(name) > 3)})\{{")
