import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.latex.text import latex_to_text

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
        (r"as \cite{kite2020} showed", "as [kite2020] showed"),
        (r"as shown~\cite{kite2020,kite2021}.", "as shown [kite2020, kite2021]."),
        (r"proved in\cite[Lemma 2]{kite2020}", "proved in [kite2020]"),
        (r"see Fig.~\ref{fig:kite}\label{sec:a}", "see Fig. [fig:kite]"),
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
        (r"our \kitenet flies", r"our \kitenet flies"),
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


def test_a_text_of_nothing_but_formulas_is_read_to_a_bound() -> None:
    formulas = [f"$w_{{{number}}}$" for number in range(3000)]
    shown = latex_to_text(" ".join(formulas)).split()
    assert shown[:2] == ["w₀", "w₁"]
    assert shown[-1] == formulas[-1]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (r"the loss $\mathcal{L}$", "the loss L"),
        (r"the loss $\mathcal{L}$ of $L$", "the loss ℒ of L"),
        (r"the matrix L and $\mathcal{L}(w)$", "the matrix L and ℒ(w)"),
        (r"$\mathbf{w}$ and $w_1$", "𝐰 and w₁"),
        (r"$\mathbf{w}$ and $\mathcal{w}$", "𝐰 and 𝓌"),
        (r"$\phi$", "φ"),
        (r"$\phi$ is no $\varphi$", "ϕ is no φ"),
        (r"$\mathbf{1}_A = 1$", "𝟏_A = 1"),
    ],
)
def test_two_letters_of_a_text_are_never_shown_as_one(text: str, shown: str) -> None:
    assert latex_to_text(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "from $5 to $10, or $6 each",
        "for $5, kites (red) and, for $6, toys",
        "US$5 and US$10",
        "A$5/US$10",
        "from $5-$US10",
        "kites of $5-$10",
        "for $5 a kite_a and string_b is $6 each",
        "an open $ sign and x_1^2",
        "a $ and a $",
    ],
)
def test_prices_are_no_formulas(text: str) -> None:
    assert latex_to_text(text) == text


def test_a_formula_after_a_price_is_read() -> None:
    assert latex_to_text("for $5 the $w_1$ and $w_2$") == "for $5 the w₁ and w₂"


def test_a_lone_comparison_before_a_number_is_no_price() -> None:
    assert latex_to_text("($p<$0.05, $>$93%)") == "(p<0.05, >93%)"


@pytest.mark.parametrize(
    ("latex", "text"),
    [
        (r"Une \'etude du fran\c{c}ais", "Une étude du français"),
        (r"Paw\l owski, {\l}ucja, \O ystein{} and \AA", "Pawłowski, łucja, Ø ystein{} and Å"),
        (r"na\"{\i}ve G{\"o}del, \'{\i}", "naïve Gödel, í"),
        (r"he said \"All kites\" and left", r"he said \"All kites\" and left"),
        (r"a {\mu}CT at 3.8{\deg}, {\deg}", r"a μCT at 3.8°, {\deg}"),
        (r"{\it{et al.}} and {\bf red} kites", "et al. and red kites"),
        (r"\textcolor{red}{very \emph{red}} kites", "very red kites"),
        (r"\verb|kite_a| flies", "kite_a flies"),
        (r"kites\footnote{red ones} fly", "kites (red ones) fly"),
        (r"CO\textsubscript{2} and 5\textsuperscript{th}", "CO₂ and 5th"),
        (r"a\textsuperscript{kite}", r"a\textsuperscript{kite}"),
        (r"\frac{\alpha}{2} of \kites{\alpha{}}{b} fly", r"\frac{\alpha}{2} of \kites{\alpha{}}{b} fly"),
        (r"\begin{itemize} \item a \\ b", r"\begin{itemize} \item a \\ b"),
        (r"the set {0,1} with 5\% loss", "the set {0,1} with 5% loss"),
        (r"\{a\} \# \$ \_ back\-ground and\/or", r"{a} # $ _ background and\/or"),
        (r"Fig.~3, by~us~$w$, 5~km: \%", "Fig. 3, by us w, 5 km: %"),
        (
            r"w~N(0,1), noise~N(0,1), a~b, 5~6, https://kites.org/of~us \%",
            "w~N(0,1), noise~N(0,1), a~b, 5~6, https://kites.org/of~us %",
        ),
        (r"10^3 and a_b \&", "10^3 and a_b &"),
        (r"an unclosed \emph{kite and {\it kite", r"an unclosed \emph{kite and {\it kite"),
        (r"\url{https://kites.org/a\_b~c}", "https://kites.org/a_b~c"),
        (r"a\ b\,c -- d", "a b c -- d"),
    ],
)
def test_text_around_formulas(latex: str, text: str) -> None:
    assert latex_to_text(latex) == text


# ---- whatever is written


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


@pytest.mark.parametrize(
    "text",
    [
        "{" * 100_000, "$" * 100_000, r"\frac{" * 20_000, "$" + r"\frac{" * 20_000 + "$", "\\" * 1_000_000,
        r"\emph{" * 20_000, r"\(" * 50_000, r"\cite{" * 20_000, r"{\it " * 20_000, r"\kite{" * 20_000,
        "$" + "{" * 450 + "}" * 450 + "$", "$" + r"\sqrt[" * 150 + "]" * 150 + "$",
        " ".join(f"$w_{{{number}}}$" for number in range(10_000)),
        " ".join("$" + r"\rm a" * 180 + f"{number}$" for number in range(100)),
        " ".join("$" + "ab" * 400 + f"{number}$" for number in range(100)),
    ],
    ids=lambda text: text[:12],
)  # fmt: skip
def test_a_text_made_to_take_long_does_not(text: str) -> None:
    started = time.perf_counter()
    latex_to_text(text)
    assert time.perf_counter() - started < max(1, len(text) / 200_000)
