"""The source of a formula as a tree, by pylatexenc."""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any

from pylatexenc.latexwalker import LatexCharsNode, LatexGroupNode, LatexMacroNode, LatexWalker, LatexWalkerError
from pylatexenc.macrospec import LatexContextDb, MacroSpec

from ingest.latex.pieces import UnsureError
from ingest.latex.signs import ACCENTS, BINOMIALS, FONTS, FRACTIONS, OPERATORS, SWITCHES, TEXT_COMMANDS

Node = Any
"""A node of pylatexenc, or a character, a number or, in a font of words, a word of one."""
_FOR_THE_REST = re.compile(rf"\\(?:{'|'.join(SWITCHES)}|over|choose|begin)(?![A-Za-z])")


@lru_cache(maxsize=1)
def _commands() -> LatexContextDb:
    arguments = dict.fromkeys((*ACCENTS, *FONTS, *TEXT_COMMANDS, "operatorname", "mathop", "pmod"), "{")
    arguments |= dict.fromkeys(FRACTIONS | BINOMIALS, "{{") | {"sqrt": "[{", "operatorname": "*{"}
    commands = LatexContextDb()
    commands.add_context_category("known", macros=[MacroSpec(name, spec) for name, spec in arguments.items()])
    return commands


def parsed(latex: str) -> list[Node]:
    """The nodes of a formula.

    Raises:
        UnsureError: it is none.
    """
    latex = re.sub(r"(?<!\\)((?:\\\\)*)%", r"\1\\%", latex)  # in a listing, a per cent sign starts no comment
    try:
        nodes, _, _ = LatexWalker(latex, latex_context=_commands(), tolerant_parsing=False).get_latex_nodes()
    except LatexWalkerError as error:
        raise UnsureError from error
    return list(nodes)


def depth_of(latex: str) -> int:
    """How deep the groups of a formula lie in each other; a command for the rest of its group counts as one."""
    depth = 0
    deepest = len(_FOR_THE_REST.findall(latex))
    for sign in re.findall(r"\\.|[{}\[\]]", latex, re.DOTALL):
        depth += (sign in "{[") - (sign in "}]")
        deepest = max(deepest, depth)
    return deepest


def items_of(nodes: Iterable[Node], font: str) -> Iterator[Node]:
    """A row of nodes in a font, its characters one by one."""
    word = "[A-Za-z]+" if font and font != "double-struck" else "[A-Za-z]"
    for node in nodes:
        if isinstance(node, LatexCharsNode):
            yield from re.findall(rf"{word}|\d+(?:\.\d+)?|\s+|.", node.chars, re.DOTALL)
        elif isinstance(node, LatexGroupNode) and node.delimiters == ("{", "}"):
            yield node
        elif isinstance(node, LatexMacroNode):
            yield node
            if node.macro_post_space and node.macroname in OPERATORS:
                yield " "
        else:
            raise UnsureError


def name_of(item: Node) -> str | None:
    """The name of a command; nothing for what is none."""
    return str(item.macroname) if isinstance(item, LatexMacroNode) else None


def inside(item: Node) -> list[Node] | None:
    """The nodes in a group; nothing for what is none."""
    return list(item.nodelist) if isinstance(item, LatexGroupNode) else None


def arguments(command: Node) -> Sequence[Node]:
    """The arguments of a command, None for one that was left out.

    Raises:
        UnsureError: it is an argument itself and has no braces around it; of such a one pylatexenc reads no arguments.
    """
    if command.nodeargd is None:
        raise UnsureError
    found: Sequence[Node] = command.nodeargd.argnlist
    return found


def source_inside(argument: Node) -> str:
    """The source of an argument without the braces around it."""
    return str(argument.latex_verbatim()).removeprefix("{").removesuffix("}")


def as_node(item: Node) -> Node:
    """A node again, of what a row of items holds."""
    return LatexCharsNode(chars=item, pos=0, len=len(item)) if isinstance(item, str) else item
