"""LaTeX in titles and abstracts, turned into text that a person reads; nothing a person would miss is dropped.

Only what is surely LaTeX goes through pylatexenc, piece by piece: in a whole abstract it would take the
rest of the line after an unescaped per cent sign for a comment.
"""

import logging
import re
import unicodedata
from functools import lru_cache

from pylatexenc.latex2text import LatexNodes2Text
from pylatexenc.latexencode import unicode_to_latex
from pylatexenc.latexwalker import get_default_latex_context_db
from pylatexenc.macrospec import LatexContextDb

_MATH = re.compile(r"\$\$((?:[^$\\]|\\.){1,400}?)\$\$|\$((?:[^$\\]|\\.){1,400}?)\$|\\\(((?:[^\\]|\\[^()]){1,400}?)\\\)")
_DOLLAR = "\ue000"  # stands for an escaped dollar sign while math is looked for
_STYLES = (
    "em|it|bf|rm|tt|sc|emph|text(?:it|bf|tt|rm|sc|sf|sl|up|md|normal)?|underline|uline|mbox|boldsymbol|mathbf|mathrm"
    "|bm|url|nolinkurl"
)
_STYLED = re.compile(rf"\\(?:{_STYLES})\s*\{{([^{{}}]*)\}}")
_SWITCHED = re.compile(r"\{\s*\\(?:em|it|bf|tt|rm|sc|sf|sl|small|large|itshape|bfseries)\b\s*([^{}]*)\}")
_LINK = re.compile(r"\\href\s*\{([^{}]*)\}\s*\{([^{}]*)\}")
_FOOTNOTE = re.compile(r"\s?\\footnote\s*\{([^{}]*)\}")
_REFERENCE = re.compile(
    r"[\s~]{0,4}\\(?:no)?(?:cite|ref|label|eqref|autoref|citep|citet|citeauthor)[a-z]*\*?\s*(?:\[[^\[\]]*\])*\{[^{}]*\}"
)
_BROKEN_GREEK = re.compile(r"\\([a-z])\s*\{([a-z]+)\}")
_ACCENT = re.compile(r"\\(?:[\"'`^~=.]\s*(?:\{\s*\\?[A-Za-z]\s*\}|\\?[A-Za-z])|[uvHcdbrt]\s*\{\s*\\?[A-Za-z]\s*\})")
_COMMAND = re.compile(r"\\([A-Za-z]+)\*?(?:\s*\{\})?")
_ESCAPED = re.compile(r"\\([%&#_{} ,;:!/-])")
_TIE = re.compile(r"(?<=[^\W\d])~(?=\w)|(?<=[.,;)])~(?=\w)|(?<=\d)~(?=[^\W\d])")
_GROUP = re.compile(r"\{([^{}\\]{0,80})\}")
_SCRIPT = re.compile(r"([_^])\s*(?:\{([^{}]*)\}|(\\[A-Za-z]+|[^\s{}\\]))")
_MATH_SWITCH = re.compile(r"\\(?:rm|bf|it|sf|tt|cal|left|right|big|Big|displaystyle|limits|nolimits)(?![A-Za-z])\s*")
_MATH_LETTER = re.compile("[\U0001d400-\U0001d7ff]")
_ORDINAL = re.compile(r"(?:(?<=\d)|^)\s?\^\s?\{?(st|nd|rd|th)\}?(?![A-Za-z])")
_RAISED = re.compile(r"\\text(super|sub)script\s*\{([^{}]*)\}")
_SUBSCRIPTS = str.maketrans("0123456789+-=()aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ")
_SUPERSCRIPTS = str.maketrans("0123456789+-=()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱ")
_VARIANTS = str.maketrans("ϵϕϑϱϖ", "εφθρπ")  # letters that LaTeX draws otherwise
_SHORTHANDS = {"ie": "i.e.", "eg": "e.g.", "etc": "etc.", "etal": "et al.", "wrt": "w.r.t.", "vs": "vs.", "cf": "cf."}
_GREEK = frozenset(
    """alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau upsilon phi chi psi
    omega""".split()  # noqa: SIM905
)


def latex_to_text(text: str) -> str:
    """Turn the LaTeX in a text into Unicode; a text without any comes back as it is."""
    if "\\" not in text and "$" not in text:
        return text
    text = _MATH.sub(_math_text, text.replace(r"\$", _DOLLAR))
    text = _REFERENCE.sub("", text)
    text = _RAISED.sub(_raised, _LINK.sub(r"\2 (\1)", text))
    for _ in range(4):
        simpler = _SWITCHED.sub(r"\1", _STYLED.sub(r"\1", text))
        if simpler == text:
            break
        text = simpler
    text = _FOOTNOTE.sub(r" (\1)", text)
    text = _BROKEN_GREEK.sub(_mended_greek, text)
    text = _ACCENT.sub(lambda match: _converted(match.group()), text)
    text = _ESCAPED.sub(lambda match: match.group(1).replace(",", " ").replace(";", " "), text)
    text = _GROUP.sub(r"\1", _COMMAND.sub(_command_text, text))
    return _TIE.sub(" ", text).replace(_DOLLAR, "$")


@lru_cache(maxsize=1)
def _converter() -> LatexNodes2Text:
    logging.getLogger("pylatexenc").setLevel(logging.CRITICAL)  # it logs what `_converted` already deals with
    return LatexNodes2Text(math_mode="text", strict_latex_spaces="based-on-source", keep_comments=True)


@lru_cache(maxsize=1)
def _commands() -> LatexContextDb:
    return get_default_latex_context_db()


@lru_cache(maxsize=4096)
def _converted(latex: str) -> str:
    try:
        text = _converter().latex_to_text(latex, tolerant_parsing=True, latex_context=_commands())
        return str(text).translate(_VARIANTS)
    except (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError):
        return latex  # pylatexenc trips over some commands that stand without what they need


def _math_text(match: re.Match[str]) -> str:
    inside = match.group(1) or match.group(2) or match.group(3)
    follows = match.string[match.end() : match.end() + 1]
    is_plain = not re.search(r"[\\^_]", inside)
    if is_plain and (inside != inside.strip() or follows.isdigit()):  # two prices
        return match.group()
    inside = re.sub(r"(?<!\\)%", r"\\%", inside)
    inside = _ORDINAL.sub(r"\1", _STYLED.sub(r"\1", _MATH_SWITCH.sub("", inside)))
    text = _converted(_keep_unknown(_SCRIPT.sub(_script, inside)))
    return re.sub(r"\s+", " ", _MATH_LETTER.sub(lambda m: unicodedata.normalize("NFKC", m.group()), text)).strip()


def _keep_unknown(latex: str) -> str:
    """Leave the letters of commands that pylatexenc does not know: they are an author's own names."""
    known = _converter().latex_context.get_macro_spec
    return _COMMAND.sub(lambda match: match.group() if known(match.group(1)) else match.group(1), latex)


def _script(match: re.Match[str]) -> str:
    inside = _converted(match.group(2) or match.group(3) or "").strip()
    table = _SUBSCRIPTS if match.group(1) == "_" else _SUPERSCRIPTS
    if inside and all(ord(c) in table for c in inside):
        return "{}" + inside.translate(table)  # the group ends a command's name: an index is a letter to pylatexenc
    if inside in {"∘", "°", "circ"} and match.group(1) == "^":
        return "°"
    return match.group(1) + inside


def _raised(match: re.Match[str]) -> str:
    inside = match.group(2)
    if inside in {"st", "nd", "rd", "th"}:
        return inside
    table = _SUBSCRIPTS if match.group(1) == "sub" else _SUPERSCRIPTS
    return inside.translate(table) if all(ord(c) in table for c in inside) else inside


def _mended_greek(match: re.Match[str]) -> str:
    r"""The letter: arXiv reads `\beta` as an accent over "eta" and lists it as `\b{eta}`."""
    name = match.group(1) + match.group(2)
    return _converted("\\" + name) if name in _GREEK else match.group()


def _command_text(match: re.Match[str]) -> str:
    name = match.group(1)
    if name in _SHORTHANDS:
        has_full_stop = match.string[match.end() :].startswith(".")
        return _SHORTHANDS[name].removesuffix("." if has_full_stop else "")
    converted = _converted(match.group())
    return name if converted in {"", match.group()} else converted


def as_latex(text: str) -> str:
    """A text as LaTeX source that shows it as it is: special characters escaped, signs beyond ASCII as commands."""
    return str(unicode_to_latex(text, unknown_char_policy="keep", unknown_char_warning=False))
