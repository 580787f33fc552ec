"""TeX as people run it, over a document of class article without a package."""

import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

needs_latex = pytest.mark.skipif(
    shutil.which("pdflatex") is None, reason="pdflatex is not here: apt-get install texlive-latex-base"
)
needs_bibtex = pytest.mark.skipif(
    shutil.which("bibtex") is None, reason="bibtex is not here: apt-get install texlive-latex-base"
)


@dataclass(frozen=True)
class Typeset:
    """What TeX said of a document: its errors, how far lines stick out (points), how many pages."""

    log: str

    @property
    def errors(self) -> list[str]:
        return re.findall(r"^! .*", self.log, re.MULTILINE)

    @property
    def points_too_wide(self) -> float:
        return max((float(found) for found in re.findall(r"Overfull \\hbox \(([\d.]+)pt", self.log)), default=0.0)

    @property
    def points_too_high(self) -> float:
        return max((float(found) for found in re.findall(r"Overfull \\vbox \(([\d.]+)pt", self.log)), default=0.0)

    @property
    def pages(self) -> int:
        found = re.search(r"Output written on .*?\((\d+) page", self.log, re.DOTALL)
        return int(found.group(1)) if found else 0


def typeset(folder: Path, body: str) -> Typeset:
    """Set a body in LaTeX."""
    source = f"\\documentclass{{article}}\\begin{{document}}\n{body}\n\\end{{document}}\n"
    (folder / "paper.tex").write_text(source, encoding="utf-8")
    command = ["pdflatex", "-interaction=nonstopmode", "-no-shell-escape", "paper.tex"]
    subprocess.run(command, cwd=folder, capture_output=True, timeout=240, check=False)
    return Typeset((folder / "paper.log").read_text(encoding="utf-8", errors="replace"))


def typeset_references(folder: Path, bibtex: str, style: str = "plain") -> tuple[str, str, Typeset]:
    """What `bibtex` said of a file, the bibliography it made of all its entries, and what LaTeX said of that."""
    body = f"\\nocite{{*}}\\bibliographystyle{{{style}}}\\bibliography{{references}}"
    (folder / "references.bib").write_text(bibtex + "\n", encoding="utf-8")
    typeset(folder, body)
    said = subprocess.run(["bibtex", "paper"], cwd=folder, capture_output=True, text=True, timeout=240, check=False)
    made = (folder / "paper.bbl").read_text(encoding="utf-8")
    return said.stdout, made, typeset(folder, body)
