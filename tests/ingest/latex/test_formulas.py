import json
import re
import unicodedata
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ingest.latex.text import latex_to_text


@pytest.mark.parametrize(
    ("latex", "text"),
    [
        # sets, norms, brackets
        (r"\{0,1\}^k", "{0,1}^k"),
        (r"\{0,1\}^n", "{0,1}ⁿ"),
        (r"\|w\|_2", "‖w‖₂"),
        (r"\lVert w\rVert", "‖w‖"),
        (r"\left\| w \right\|_1", "‖ w ‖₁"),
        (r"\lceil \log m \rceil", "⌈log m⌉"),
        (r"\langle u,v\rangle", "⟨u,v⟩"),
        (r"\left< u \right>", "⟨ u⟩"),
        (r"\bigl( w \bigr)", "( w )"),
        (r"\left. g \right|_{t=0}", "g |ₜ₌₀"),
        (r"\hat\mathbf{x} + \sqrt\frac{1}{2}", r"$\hat\mathbf{x} + \sqrt\frac{1}{2}$"),  # no braces around an argument
        # fractions
        (r"\frac{a+b}{c}", "(a+b)/c"),
        (r"\dfrac{a-b}{c+d}", "(a-b)/(c+d)"),
        (r"\frac{1}{2k}", "1/(2k)"),
        (r"\frac{ab}{c}", "ab/c"),
        (r"\frac{(a+b)}{c}", "(a+b)/c"),
        (r"\frac{(a+b)(c+d)}{k}", "((a+b)(c+d))/k"),
        (r"\frac{\log m}{m}", "(log m)/m"),
        (r"\frac{\partial u}{\partial t}", "∂u/∂t"),
        (r"2\frac13", "2(1/3)"),
        (r"\frac{1}{2}w", "(1/2)w"),
        (r"\frac{a}{b}/c", "(a/b)/c"),
        (r"a-\frac{b}{c}", "a-b/c"),
        (r"\frac{a}{b}^2", "(a/b)²"),
        (r"\log\frac{a}{b}", "log (a/b)"),
        (r"\frac{\frac{a}{b}}{c}", "(a/b)/c"),
        (r"{1 \over 2}", "1/2"),
        (r"|\frac{a}{b}|c", "|(a/b)|c"),
        # binomials
        (r"\binom{m}{k}", "(m choose k)"),
        (r"{m \choose k}", "(m choose k)"),
        (r"f\binom{m}{k}", "f (m choose k)"),
        # scripts
        (r"10^{-4}", "10⁻⁴"),
        (r"m^{1+\epsilon}", "m^(1+ε)"),
        (r"2^{m/2+o(m)}", "2^(m/2+o(m))"),
        (r"e^{-w^2}", "e^(-w²)"),
        (r"w^{\frac12}", "w^(1/2)"),
        (r"L_{e_i}", "L_(eᵢ)"),
        (r"w^ty", "w^t y"),
        (r"w^t(y)", "w^t (y)"),
        (r"w^*(y)", "w^*(y)"),
        (r"\pi^\pm\pi^0", "π^± π⁰"),
        (r"\sqrt{s_T}", "√(s_T)"),
        (r"T^{\mu\nu}g_{\mu\nu}", "T^(μν)g_μν"),
        (r"\frac{d^2y}{dt^2}", "d²y/dt²"),
        (r"5\,\mathrm{km\,s^{-1}}", "5 km s⁻¹"),
        (r"e^+e^-", "e⁺e⁻"),
        (r"M_\odot", "M_⊙"),
        (r"\left|u\right>", "|u⟩"),
        (r"f_t(y)", "fₜ(y)"),
        (r"w_{eff}y", "w_eff y"),
        (r"w_{ab,c}y", "w_(ab,c)y"),
        (r"w_T^2", "w²_T"),
        (r"w^*_i", "wᵢ^*"),
        (r"e^{ab}", "e^(ab)"),
        (r"{w^2}^3", "(w²)³"),
        (r"1.2^{+0.3}_{-0.2} \times 10^{-7}", "1.2^(+0.3)_(-0.2) × 10⁻⁷"),
        (r"k_\textrm{B}T", "k_B T"),
        (r"PM_{2.5}", "PM_2.5"),
        (r"q ^n", "qⁿ"),
        (r"B \to ^3P_0", "B → ³P₀"),
        (r"g'(w)", "g′(w)"),
        (r"g'^2", "g′²"),
        (r"w_T'", "w′_T"),
        (r"\mathbf{^3}", "³"),
        (r"i^{th}", "ith"),
        (r"e^{th}", "e^(th)"),
        (r"{}_2F_1", "₂F₁"),
        (r"a\,{}_2F_1", "a ₂F₁"),
        # roots
        (r"\sqrt{a+b}", "√(a+b)"),
        (r"\sqrt{2}\pi", "√2 π"),
        (r"\sqrt{w^2}", "√(w²)"),
        (r"\sqrt{w}^2", "(√w)²"),
        (r"\sqrt[3]{w}", "∛w"),
        # negation
        (r"w \not\in S", "w ∉ S"),
        (r"a \neq b", "a ≠ b"),
        (r"c \not= d", "c ≠ d"),
        (r"K \not\to \pi\pi", "K ↛ ππ"),
        (r"a \not\mid b", "a ∤ b"),
        (r"\not\!\!E_T", "E̸_T"),
        # accents and fonts
        (r"\bar{p}p \to \tilde{\chi}^0_1", "p̄p → χ̃⁰₁"),
        (r"\overline{AB}^2", "(A̅B̅)²"),
        (r"\hat\theta", "θ̂"),
        (r"\mathbb{B}^3", "𝔹³"),
        (r"\mathbf{SO}(3)", "SO(3)"),
        (r"\cal{O}(\alpha_s^2)", "O(αₛ²)"),
        (r"\ell_1", "ℓ₁"),
        # words and functions
        (r"f\colon A\to B", "f: A → B"),
        (r"w\ge 0 \text{ if } y", "w ≥ 0 if y"),
        (r"m\log\log m", "m log log m"),
        (r"\sin^2w", "sin² w"),
        (r"\operatorname{argmax}_i f(w_i)", "argmaxᵢ f(wᵢ)"),
        (r"\operatorname*{arg\,min}_w", "arg min_w"),
        (r"\sum_{i=1}^n w_i", "∑ᵢ₌₁ⁿ wᵢ"),
        (r"\lim_{m\to\infty}a_n", "lim_(m→∞) aₙ"),
        (r"\int_0^1 g(w)\,\mathrm{d}w", "∫₀¹ g(w) dw"),
        (r"a \equiv b \pmod m", "a ≡ b (mod m)"),
        (r"\mathrm{Tr}A", "Tr A"),
        (r"\Delta I", "ΔI"),
        (r"w_1,\dots,w_n", "w₁,…,wₙ"),
        (r"640{\times}480", "640×480"),
        ("=6 5", "=65"),
        (r"1\,000", "1 000"),
        (r"29.4\,\mathrm{dB}", "29.4 dB"),
        (r"a\mid b", "a | b"),
    ],
)
def test_a_formula_says_the_same(latex: str, text: str) -> None:
    assert latex_to_text(f"${latex}$") == text


@pytest.mark.parametrize(
    "latex",
    [
        r"\kites(w)",  # an author's own
        r"\begin{pmatrix} a \\ b \end{pmatrix}",
        r"a & b",
        r"a \\ b",
        r"a\hspace{1cm}b",
        r"\frac{a}",
        r"w^",
        r"w^a^b",
        r"10^10",  # LaTeX shows 10¹0
        r"10^-4",
        r"w_12",
        r"{a",
        r"\left( a",
        r"\overset{a}{=}",
        r"\widehat{a+b}",
        r"\sqrt[k]{w}",
        r"\text{if $w$}",
        r"mathcal{R}^2",  # its backslash was lost
        r"\not 3",
        "the red kites",
        "{" * 30 + "w" + "}" * 30,
        "w+" * 600 + "w",
    ],
)
@pytest.mark.parametrize("frame", ["as ${}$ is", r"as \({}\) is", "as $${}$$ is", r"as \[{}\] is"])
def test_what_is_not_sure_stands_as_it_is(latex: str, frame: str) -> None:
    text = frame.replace("{}", latex)
    assert latex_to_text(text) == text


def test_a_formula_that_stands_as_it_is_leaves_the_others_alone() -> None:
    assert latex_to_text(r"$\kites_1$ and $w_1$") == r"$\kites_1$ and w₁"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (r"2$\frac13$ m", "2(1/3) m"),
        (r"the $\frac12$-approximation", "the 1/2-approximation"),
        (r"$w^t$y", "w^t y"),
        (r"$w^t$-convex and M$_{\rm A}$.", "w^t-convex and M_A."),
        (r"of$~w$", "of w"),
        (r"($ w = 1 $)", "(w = 1)"),
        (r"SrTiO$_{3}$ and the 3$^{rd}$", "SrTiO₃ and the 3rd"),
    ],
)
def test_a_formula_keeps_apart_from_the_words_beside_it(text: str, shown: str) -> None:
    assert latex_to_text(text) == shown


# ---- whatever is written


NUMBERS = st.integers(2, 9).map(str)
VALUES = {"a": 2.0, "b": 3.0, "w": 5.0}
LETTERS = st.sampled_from(list(VALUES))
Expression = tuple[str, str]
"""LaTeX, and the same in Python."""


def power(base: float, exponent: float) -> float:
    """A power that is real whatever the base."""
    return float(abs(base) ** exponent)


def powered(base: Expression, exponent: Expression) -> Expression:
    return f"{base[0]}^{{{exponent[0]}}}", f"power({base[1]}, {exponent[1]})"


def larger(parts: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    bracketed = parts.map(lambda e: (rf"\left({e[0]}\right)", e[1]))
    letters = LETTERS.map(lambda c: (c, c))
    fractions = st.tuples(parts, parts).map(
        lambda e: (rf"\frac{{{e[0][0]}}}{{{e[1][0]}}}", f"(({e[0][1]})/({e[1][1]}))")
    )
    roots = parts.map(lambda e: (rf"\sqrt{{{e[0]}}}", f"power({e[1]}, 0.5)"))
    powers = st.tuples(bracketed | letters | NUMBERS.map(lambda n: (n, n)), parts).map(lambda e: powered(*e))
    factors = st.one_of(bracketed, letters, fractions, roots)
    products = st.tuples(factors | powers, factors).map(lambda e: (e[0][0] + e[1][0], f"({e[0][1]})*({e[1][1]})"))
    sums = st.tuples(parts, st.sampled_from("+-"), bracketed | factors | powers | products).map(
        lambda e: (e[0][0] + e[1] + e[2][0], f"({e[0][1]}){e[1]}({e[2][1]})")
    )
    return st.one_of(fractions, roots, powers, products, sums, bracketed)


EXPRESSIONS = st.recursive(st.one_of(NUMBERS, LETTERS).map(lambda c: (c, c)), larger, max_leaves=8)
POWERS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱ", "0123456789+-=()ni")


class Reader:
    """Works out a formula as it is shown, and stands for no doubt: nothing may follow `a/b` but a sum."""

    def __init__(self, text: str) -> None:
        self.tokens = re.findall(r"\d+|[⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾]+|\S", text)

    def next(self, *expected: str) -> str | None:
        return self.tokens.pop(0) if self.tokens and (not expected or self.tokens[0] in expected) else None

    def sum(self) -> float:
        value = self.product()
        while sign := self.next("+", "-"):
            value = value + self.product() if sign == "+" else value - self.product()
        return value

    def product(self) -> float:
        value = self.factor()
        while self.tokens and self.tokens[0] not in {"+", "-", ")"}:
            if self.next("/"):
                value /= self.factor()
                assert not self.tokens or self.tokens[0] in {"+", "-", ")"}
                return value
            assert not self.tokens[0].isdecimal()
            value *= self.factor()
        return value

    def factor(self) -> float:
        value = self.base()
        if self.tokens and self.tokens[0][0] in "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾":
            return power(value, Reader(str(self.next()).translate(POWERS)).sum())
        return power(value, self.base()) if self.next("^") else value

    def base(self) -> float:
        shown = self.next()
        assert shown is not None
        if shown == "√":
            return power(self.base(), 0.5)
        if shown == "(":
            value = self.sum()
            assert self.next(")")
            return value
        return float(shown) if shown.isdecimal() else VALUES[shown]


@given(EXPRESSIONS)
def test_what_is_shown_has_the_value_of_what_was_written(expression: Expression) -> None:
    latex, python = expression
    try:
        value = float(eval(python, {"power": power}, dict(VALUES)))  # noqa: S307
    except (ArithmeticError, ValueError):
        assume(False)
    assume(abs(value) < 1e9)
    shown = latex_to_text(f"${latex}$")
    assert "$" not in shown
    reader = Reader(shown)
    assert reader.sum() == pytest.approx(value, rel=1e-6, abs=1e-9)
    assert reader.tokens == []


ATOMS = st.sampled_from(
    [
        ("x", "x"),
        ("y", "y"),
        ("7", "7"),
        (r"{\alpha}", "α"),
        (r"\{0,1\}", "{0,1}"),
        (r"\|u\|", "‖u‖"),
        (r"\mathbb{R}", "ℝ"),
    ]
)
SCRIPTS = st.sampled_from([("2", "2"), ("n+1", "n+1"), (r"\infty", "∞"), ("i,j", "i,j"), ("max", "max"), ("k_1", "k1")])
SCRIPTED = st.tuples(ATOMS, st.none() | SCRIPTS, st.none() | SCRIPTS).map(
    lambda parts: (
        parts[0][0] + "".join(f"{sign}{{{s[0]}}}" for sign, s in zip("_^", parts[1:], strict=True) if s),
        parts[0][1] + "".join(s[1] for s in parts[1:] if s),
    )
)
JOINING = st.sampled_from([("+", "+"), (r"\le ", "≤"), ("", ""), (r" \in ", "∈"), (r"\cdot ", "·"), (",", ",")])


@given(st.lists(st.tuples(SCRIPTED, JOINING), min_size=1, max_size=6))
def test_every_sign_that_was_written_is_shown(parts: list[tuple[Expression, Expression]]) -> None:
    latex = "".join(scripted[0] + joining[0] for scripted, joining in parts)
    written = "".join(scripted[1] + joining[1] for scripted, joining in parts)
    shown = latex_to_text(f"$s={latex}$")
    plain = unicodedata.normalize("NFKC", shown.replace("‖", "N")).replace("\u2212", "-").replace("ℝ", "R")
    expected = Counter("s=" + unicodedata.normalize("NFKC", written.replace("‖", "N")).replace("ℝ", "R"))
    assert Counter(c for c in plain if c not in " _^()") == expected


@given(EXPRESSIONS, EXPRESSIONS)
def test_what_was_read_reads_the_same_again(first: Expression, second: Expression) -> None:
    once = latex_to_text(rf"as ${first[0]}$ \& \({second[0]}\)")
    assert latex_to_text(once) == once


# ---- real formulas


def test_most_real_formulas_are_read(data_folder: Path) -> None:
    lines = (data_folder / "formats" / "arxiv_math_physics.jsonl").read_text(encoding="utf-8").splitlines()
    papers = [json.loads(line) for line in lines]
    texts = [" ".join(paper[field].split()) for paper in papers for field in ("title", "abstract")]
    formulas = [formula for text in texts for formula in re.findall(r"\$[^$]{1,200}\$", text)]
    left = [formula for formula in formulas if "$" in latex_to_text(formula)]
    commands = [set(re.findall(r"\\[A-Za-z]+", formula)) for formula in left]
    assert len(formulas) > 150
    assert len(left) < 0.1 * len(formulas)
    assert sum(not names for names in commands) <= 1  # one lies between two dollar signs of two formulas
