import itertools
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.latex.source import as_latex


@pytest.mark.parametrize(
    ("text", "latex"),
    [
        ("50% of R&D_1 #2 {a}", r"50\% of R\&D\_1 \#2 \{a\}"),
        (r"a\b^c~d", r"a\textbackslash{}b\textasciicircum{}c\textasciitilde{}d"),
        ("costs $5", r"costs \$5"),
        ("x₁² ∈ ℝ", r"x\ensuremath{_{1}}\ensuremath{^{2}} \ensuremath{\in} \textbf{R}"),
        ("é ï ő ł", r"\'{e} \"{\i} \H{o} \l{}"),
        ("χ̃ p̄ ą", r"\ensuremath{\tilde{\ensuremath{\chi}}} \={p} a[U+0328]"),
        ("中 ✓", "[U+4E2D] [U+2713]"),
        ("a -- b ''", "a -{}- b '{}'"),
        ("“a” – b", "``a'' -- b"),
        ("ﬁne ½", "fine 1/2"),
    ],
)
def test_a_text_as_latex(text: str, latex: str) -> None:
    assert as_latex(text) == latex


def test_as_latex_compiles_without_a_package(tmp_path: Path) -> None:
    if shutil.which("pdflatex") is None:
        pytest.skip("there is no pdflatex here")
    signs = [chr(code) for code in itertools.chain(range(0x20, 0x250), range(0x370, 0x400), range(0x1E00, 0x1F00))]
    signs += [
        chr(code) for code in itertools.chain(range(0x2000, 0x2300), range(0x27C0, 0x2B00), range(0x1D400, 0x1D800))
    ]
    signs += [*"✓中文日本ЖяℝℒÅאع👍\t\n", "χ̃", "p̄", "E̸", "v⃗", "ά", "ǻ", "q̊", "∈̃", "``", "?`", "--", "\u0301"]
    body = "\n\n".join(f"{as_latex(sign)} \\textbf{{{as_latex(sign)}}}" for sign in signs)
    source = tmp_path / "kites.tex"
    source.write_text(f"\\documentclass{{article}}\n\\begin{{document}}\n{body}\n\\end{{document}}\n", encoding="utf-8")
    done = subprocess.run(
        ["pdflatex", "-interaction=batchmode", "-halt-on-error", source.name],
        cwd=tmp_path,
        capture_output=True,
        check=False,
    )
    log = (tmp_path / "kites.log").read_text(encoding="latin-1")
    assert done.returncode == 0, log[-1500:]
    assert "Missing character" not in log


@given(st.text())
def test_text_as_latex_is_ascii_and_balanced(text: str) -> None:
    latex = as_latex(text)
    assert latex.isascii()
    bare = re.sub(r"\\[{}]", "", latex.replace(r"\textbackslash", ""))
    assert bare.count("{") == bare.count("}")
