import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.latex import latex_to_text

PIECES = st.from_regex(
    r"\$\$?|\\[$()%'a\\ ]|[{}\[\]~_^#&a9é]|\^2|_\{ij\}|\^\{\\circ\}|\\\"\{o\}"
    r"|\\(textit|cite|frac|sqrt|footnote|href|begin)\{|\\(ref|b|end|frac)\{(a|eta|1)\}|\\(alpha|frac|mathbb|left\(|unknown)",
    fullmatch=True,
)


@pytest.mark.parametrize(
    ("latex", "text"),
    [
        ("no LaTeX at all: 50% of {kites}_a, a~b", "no LaTeX at all: 50% of {kites}_a, a~b"),
        (r"an error of 5\% \& a loss", "an error of 5% & a loss"),
        (r"\textit{very} \textbf{bold} and \emph{far \textbf{out}}", "very bold and far out"),
        (r"{\em slanted} kites", "slanted kites"),
        (r"as \cite{kite2020} showed", "as showed"),
        (r"as shown~\cite{kite2020,kite2021}.", "as shown."),
        (r"AF\b{eta} and \b{eta}-VAE", "AFβ and β-VAE"),
        (r"$\alpha$ and $\lambda_1$", "α and λ₁"),
        (r"in $\mathbb{R}^3$ of $x_{ij}^2$", "in ℝ³ of xᵢⱼ²"),
        (r"$\times 4$ faster, $10^{-3}$ worse, $\sim 5\%$", "× 4 faster, 10⁻³ worse, ∼ 5%"),
        (r"the loss $\cal L$, ${\rm IoU}$ and $\left( x \right)$", "the loss L, IoU and ( x )"),
        (r"a turn of $90^\circ$", "a turn of 90°"),
        (r"the $5^{th}$ and the $2^{nd}$ kite", "the 5th and the 2nd kite"),
        (r"at \url{https://kites.org/a_b}", "at https://kites.org/a_b"),
        (r"see \href{https://kites.org}{our page}", "see our page (https://kites.org)"),
        (r"Erd\H{o}s, Poincar\'e, Schr\"{o}dinger", "Erdős, Poincaré, Schrödinger"),
        (r"inline \(x \leq 3\) and display $$y > 2$$", "inline x ≤ 3 and display y > 2"),
        (r"it costs \$5 and \$6", "it costs $5 and $6"),
        ("it costs $5 and then $6 more", "it costs $5 and then $6 more"),
        (r"kites \ie toys \etal. and so on", "kites i.e. toys et al. and so on"),
        (r"our \kitenet flies", "our kitenet flies"),
    ],
)
def test_latex_becomes_what_it_shows(latex: str, text: str) -> None:
    assert latex_to_text(latex) == text


def test_the_rest_of_a_line_after_a_per_cent_sign_is_no_comment() -> None:
    assert latex_to_text(r"\textbf{5% better} and $10% of x$ more") == "5% better and 10% of x more"


@pytest.mark.parametrize("ordinal", [r"2$^{nd}$", r"$2^\text{nd}$", r"2\textsuperscript{nd}"])
def test_an_ordinal_is_no_power(ordinal: str) -> None:
    assert latex_to_text(f"the {ordinal} kite") == "the 2nd kite"


def test_a_range_of_prices_keeps_its_currency() -> None:
    assert latex_to_text("kites of $5-$10 each") == "kites of $5-$10 each"


@given(st.text())
def test_a_text_without_latex_comes_back(text: str) -> None:
    plain = text.replace("\\", "").replace("$", "")
    assert latex_to_text(plain) == plain


@given(st.lists(PIECES | st.text(max_size=3), max_size=25).map("".join))
def test_broken_latex_raises_nothing(latex: str) -> None:
    latex_to_text(latex)


@given(st.lists(st.sampled_from(["kite", "9", "é", r"\%", r"\alpha", r"\textit{red wind}"]), max_size=20))
def test_the_words_stay_in_their_order(pieces: list[str]) -> None:
    shown = {r"\%": "%", r"\alpha": "α", r"\textit{red wind}": "red wind"}
    assert latex_to_text(" ".join(pieces)) == " ".join(shown.get(piece, piece) for piece in pieces)
