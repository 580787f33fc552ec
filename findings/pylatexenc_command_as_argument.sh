#!/usr/bin/env bash
# Guess, written before the run: of `\hat\mathbf{x}`, which LaTeX sets as a bold x with a hat, the argument of \hat is
# \mathbf with its own argument {x}, as it is of `\hat{\mathbf{x}}`.
# Seen: the argument of \hat is \mathbf alone (its `nodeargd` is None), {x} stands beside as a group, and the text of
# the two differs: the hat is not shown at all.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --disable-pip-version-check --quiet install pylatexenc==2.11
"$folder/venv/bin/python" - <<'PYTHON'
from importlib.metadata import version

from pylatexenc.latex2text import LatexNodes2Text
from pylatexenc.latexwalker import LatexWalker


def told(latex):
    nodes, _, _ = LatexWalker(latex, tolerant_parsing=False).get_latex_nodes()
    return [type(node).__name__ for node in nodes], nodes[0].nodeargd.argnlist[0]


print("pylatexenc", version("pylatexenc"))
for latex in (r"\hat{\mathbf{x}}", r"\hat\mathbf{x}"):
    kinds, argument = told(latex)
    shown = LatexNodes2Text().latex_to_text(latex)
    print(latex, kinds, "argument:", argument.latex_verbatim(), "shown:", ascii(shown))
kinds, argument = told(r"\hat\mathbf{x}")
assert kinds == ["LatexMacroNode", "LatexGroupNode"]
assert argument.macroname == "mathbf"
assert argument.nodeargd is None
braced, bare = (LatexNodes2Text().latex_to_text(latex) for latex in (r"\hat{\mathbf{x}}", r"\hat\mathbf{x}"))
assert braced != bare
PYTHON
