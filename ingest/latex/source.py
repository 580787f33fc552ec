"""Text as LaTeX source."""

import re
import unicodedata
from functools import lru_cache

from ingest.latex.fonts import font_of
from ingest.latex.signs import BIG_OPERATORS, OPERATORS, SIGNS, SUBSCRIPTS, SUPERSCRIPTS, TEXT_MARKS

_ESCAPED = {
    **{sign: f"\\{sign}" for sign in "#$%&_{}"}, "\\": r"\textbackslash{}", "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}", "<": r"\textless{}", ">": r"\textgreater{}", "|": r"\textbar{}", "\u00a0": "~",
    "–": "--", "—": "---", "‘": "`", "’": "'", "“": "``", "”": "''", "„": ",,", "‚": ",", "…": r"\ldots{}",
    "‐": "-", "‑": "-", "−": r"\ensuremath{-}", "°": r"\ensuremath{^{\circ}}", "µ": r"\ensuremath{\mu}",
    "′": r"\ensuremath{'}", "″": r"\ensuremath{''}", "«": r"\ensuremath{\ll}", "»": r"\ensuremath{\gg}",
    "™": r"\textsuperscript{TM}", "¡": "!`", "¿": "?`", "€": "EUR", "ß": r"\ss{}", "æ": r"\ae{}", "Æ": r"\AE{}",
    "œ": r"\oe{}", "Œ": r"\OE{}", "ø": r"\o{}", "Ø": r"\O{}", "ł": r"\l{}", "Ł": r"\L{}", "ı": r"\i{}",
    "ȷ": r"\j{}", "§": r"\S{}", "¶": r"\P{}", "©": r"\copyright{}", "£": r"\pounds{}", "‖": r"\ensuremath{\Vert}",
    "⟨": r"\ensuremath{\langle}", "⟩": r"\ensuremath{\rangle}", "⌈": r"\ensuremath{\lceil}",
    "⌉": r"\ensuremath{\rceil}", "⌊": r"\ensuremath{\lfloor}", "⌋": r"\ensuremath{\rfloor}",
    "≰": r"\ensuremath{\not\leq}", "≱": r"\ensuremath{\not\geq}", "↛": r"\ensuremath{\not\rightarrow}",
    "⇏": r"\ensuremath{\not\Rightarrow}", "↚": r"\ensuremath{\not\leftarrow}", "∤": r"\ensuremath{\not\mid}",
}  # fmt: skip
# These are no commands of LaTeX itself, and what needs a package is no sign here: what it is called stands for it.
_OF_PACKAGES = frozenset(
    """beth varnothing nexists square Box lozenge checkmark degree dotsc dotsb circledast boxplus boxtimes
    smallsetminus ltimes rtimes leqslant geqslant leqq geqq lll ggg lesssim gtrsim lessapprox gtrapprox nsim approxeq
    ncong triangleq coloneqq nsubseteq subsetneq supsetneq sqsubset sqsupset nmid nparallel nvdash vDash nless ngtr
    nleq ngeq lhd rhd implies impliedby twoheadrightarrow rightarrowtail rightsquigarrow leadsto nrightarrow nleftarrow
    nRightarrow therefore because iint iiint""".split()  # noqa: SIM905
)
_COMMAND_OF = {
    sign: name
    for name, sign in (BIG_OPERATORS | OPERATORS | SIGNS).items()
    if name.isalpha() and name not in _OF_PACKAGES and not sign.isascii()
} | {"ε": "varepsilon", "≤": "leq", "≥": "geq", "≠": "neq", "→": "rightarrow", "∅": "emptyset", "⊥": "perp"}
_TEXT_ACCENTS = {
    mark: sign for sign, mark in TEXT_MARKS.items() if sign != "k"
}  # `\k` is of another encoding than LaTeX's own
_MATH_ACCENTS = {
    "\u0300": "grave", "\u0301": "acute", "\u0302": "hat", "\u0303": "tilde", "\u0304": "bar", "\u0305": "overline",
    "\u0306": "breve", "\u0307": "dot", "\u0308": "ddot", "\u030a": "mathring", "\u030c": "check",
    "\u0332": "underline", "\u0338": "not", "\u20d7": "vec",
}  # fmt: skip
_CLUSTER = re.compile(r"[^\u0300-\u036f\u20d0-\u20f0][\u0300-\u036f\u20d0-\u20f0]*|.", re.DOTALL)
_LIGATURE = re.compile(r"([-'`,])(?=\1)|([?!])(?=`)")
_LOWERED_BACK = {chr(sign): chr(plain) for plain, sign in SUBSCRIPTS.items()}
_RAISED_BACK = {chr(sign): chr(plain) for plain, sign in SUPERSCRIPTS.items()}


def as_latex(text: str) -> str:
    """A text as LaTeX source that shows it as it is, with what LaTeX itself brings and no package.

    A sign that takes a package is shown by its letter in bold, or by its number: `[U+4E2D]`.
    """
    parts = _CLUSTER.findall(_LIGATURE.sub(r"\g<0>" + _BREAK, unicodedata.normalize("NFC", text)))
    return "".join("{}" if part == _BREAK else _cluster_as_latex(part) for part in parts)


_BREAK = "\ue000"  # stands for a group that keeps two signs from being set as one


@lru_cache(maxsize=4096)
def _cluster_as_latex(cluster: str) -> str:
    """A letter with its accents as LaTeX source."""
    if (known := _sign_as_latex(cluster)) is not None:
        return known
    letter, marks = unicodedata.normalize("NFD", cluster)[0], unicodedata.normalize("NFD", cluster)[1:]
    shown = _sign_as_latex(letter)
    if shown is None:
        return _numbers(cluster)
    for mark in marks:
        shown = _accented_as_latex(letter, shown, mark)
    return shown


def _accented_as_latex(letter: str, shown: str, mark: str) -> str:
    is_text = letter.isascii() or letter == "ı"
    if is_text and mark in _TEXT_ACCENTS:
        base = r"\i" if letter in "iı" else shown  # an accent takes the place of the dot
        return rf"\{_TEXT_ACCENTS[mark]}{{{base}}}"
    if mark in _MATH_ACCENTS:
        return rf"\ensuremath{{\{_MATH_ACCENTS[mark]}{{{shown}}}}}"
    return shown + _numbers(mark)


def _sign_as_latex(sign: str) -> str | None:
    if sign in _ESCAPED:
        return _ESCAPED[sign]
    if len(sign) == 1 and (sign.isspace() or unicodedata.category(sign) == "Cc"):
        return " "
    if sign.isascii():
        return sign
    if sign in _COMMAND_OF:
        return rf"\ensuremath{{\{_COMMAND_OF[sign]}}}"
    for table, command in ((_RAISED_BACK, "^"), (_LOWERED_BACK, "_")):
        if sign in table:
            return rf"\ensuremath{{{command}{{{table[sign]}}}}}"
    return _plain_as_latex(sign)


def _plain_as_latex(sign: str) -> str | None:
    """A letter of another font, or a sign that stands for several, in plain letters; nothing where there are none."""
    plain = unicodedata.normalize("NFKC", sign).replace("⁄", "/")
    if plain == sign or len(sign) != 1:
        return None
    if font_of(unicodedata.name(sign, "")) or "DOUBLE-STRUCK" in unicodedata.name(sign, ""):
        letter = plain if plain.isascii() else _sign_as_latex(plain)
        return rf"\textbf{{{letter}}}" if letter else None
    return "".join(_ESCAPED.get(c, c) for c in plain) if plain.isascii() else None


def _numbers(signs: str) -> str:
    return "".join(f"[U+{ord(sign):04X}]" for sign in signs)
