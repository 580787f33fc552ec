"""The commands of LaTeX that are known, and the signs that they show."""


def _table(names_and_signs: str) -> dict[str, str]:
    words = names_and_signs.split()
    return dict(zip(words[::2], words[1::2], strict=True))


GREEK = _table(
    "alpha α beta β gamma γ delta δ epsilon ϵ varepsilon ε zeta ζ eta η theta θ vartheta ϑ iota ι kappa κ lambda λ "
    "mu μ nu ν xi ξ pi π varpi ϖ rho ρ varrho ϱ sigma σ varsigma ς tau τ upsilon υ phi ϕ varphi φ chi χ psi ψ "
    "omega ω Gamma Γ Delta Δ Theta Θ Lambda Λ Xi Ξ Pi Π Sigma Σ Upsilon Υ Phi Φ Psi Ψ Omega Ω"
)
SIGNS = GREEK | _table(
    "infty ∞ partial ∂ nabla ∇ ell ℓ hbar ℏ aleph ℵ beth ℶ wp ℘ imath ı jmath ȷ emptyset ∅ varnothing ∅ forall ∀ "
    "exists ∃ nexists ∄ neg ¬ lnot ¬ top ⊤ bot ⊥ angle ∠ triangle △ square □ Box □ lozenge ◊ dagger † ddagger ‡ "
    "checkmark ✓ degree ° prime ′ dots … ldots … dotsc … dotsb ⋯ cdots ⋯ vdots ⋮ ddots ⋱ flat ♭ sharp ♯ natural ♮ "
    "clubsuit ♣ diamondsuit ♢ heartsuit ♡ spadesuit ♠ surd √ S § P ¶ copyright © pounds £ % % & & # # _ _ $ $ AA Å"
)
OPERATORS = _table(
    "pm ± mp ∓ times × div ÷ cdot · ast ∗ star ⋆ circ ∘ bullet • oplus ⊕ ominus ⊖ otimes ⊗ oslash ⊘ odot ⊙ "
    "circledast ⊛ boxplus ⊞ boxtimes ⊠ wedge ∧ land ∧ vee ∨ lor ∨ cap ∩ cup ∪ sqcap ⊓ sqcup ⊔ uplus ⊎ setminus ∖ "
    "smallsetminus ∖ backslash ∖ wr ≀ amalg ⨿ diamond ⋄ ltimes ⋉ rtimes ⋊ bowtie ⋈ le ≤ leq ≤ leqslant ≤ ge ≥ geq ≥ "
    "geqslant ≥ leqq ≦ geqq ≧ ll ≪ gg ≫ lll ⋘ ggg ⋙ lesssim ≲ gtrsim ≳ lessapprox ⪅ gtrapprox ⪆ ne ≠ neq ≠ equiv ≡ "
    "sim ∼ nsim ≁ simeq ≃ approx ≈ approxeq ≊ cong ≅ ncong ≇ asymp ≍ doteq ≐ triangleq ≜ coloneqq ≔ propto ∝ prec ≺ "
    "succ ≻ preceq ⪯ succeq ⪰ in ∈ notin ∉ ni ∋ subset ⊂ supset ⊃ subseteq ⊆ supseteq ⊇ nsubseteq ⊈ subsetneq ⊊ "
    "supsetneq ⊋ sqsubset ⊏ sqsupset ⊐ sqsubseteq ⊑ sqsupseteq ⊒ mid | nmid ∤ parallel ∥ nparallel ∦ perp ⊥ vdash ⊢ "
    "nvdash ⊬ dashv ⊣ models ⊨ vDash ⊨ nless ≮ ngtr ≯ nleq ≰ ngeq ≱ triangleleft ◁ triangleright ▷ lhd ◁ rhd ▷ to → "
    "rightarrow → longrightarrow ⟶ gets ← leftarrow ← longleftarrow ⟵ leftrightarrow ↔ longleftrightarrow ⟷ mapsto ↦ "
    "longmapsto ⟼ Rightarrow ⇒ Longrightarrow ⟹ implies ⟹ Leftarrow ⇐ Longleftarrow ⟸ impliedby ⟸ Leftrightarrow ⇔ "
    "Longleftrightarrow ⟺ iff ⟺ uparrow ↑ downarrow ↓ updownarrow ↕ Uparrow ⇑ Downarrow ⇓ nearrow ↗ searrow ↘ "
    "swarrow ↙ nwarrow ↖ hookrightarrow ↪ hookleftarrow ↩ twoheadrightarrow ↠ rightarrowtail ↣ rightleftharpoons ⇌ "
    "rightharpoonup ⇀ leftharpoonup ↼ rightsquigarrow ⇝ leadsto ⇝ nrightarrow ↛ nleftarrow ↚ nRightarrow ⇏ "
    "therefore ∴ because ∵"
)
BIG_OPERATORS = _table(
    "sum ∑ prod ∏ coprod ∐ int ∫ iint ∬ iiint ∭ oint ∮ bigcup ⋃ bigcap ⋂ bigwedge ⋀ bigvee ⋁ bigoplus ⨁ bigotimes ⨂ "
    "bigodot ⨀ biguplus ⨄ bigsqcup ⨆"
)
FUNCTIONS = {
    name: name
    for name in """arccos arcsin arctan arg cos cosh cot coth csc deg det dim exp gcd hom inf ker lg lim ln log max min
    sec sin sinh sup tan tanh argmax argmin""".split()  # noqa: SIM905
} | {"Pr": "Pr", "Re": "Re", "Im": "Im", "liminf": "lim inf", "limsup": "lim sup", **BIG_OPERATORS}
OPENING = _table("{ { lbrace { lbrack [ langle ⟨ lceil ⌈ lfloor ⌊ lvert | lVert ‖ llbracket ⟦")
CLOSING = _table("} } rbrace } rbrack ] rangle ⟩ rceil ⌉ rfloor ⌋ rVert ‖ rvert | rVert ‖ rrbracket ⟧")
BARS = _table("| ‖ vert | Vert ‖")
SPACES = dict.fromkeys(
    [",", ";", ":", " ", ">", "quad", "qquad", "enspace", "thinspace", "medspace", "thickspace"], "\u00a0"
)
UNSEEN = frozenset(
    ["!", "/", "displaystyle", "textstyle", "scriptstyle", "limits", "nolimits", "negthinspace", "xspace"]
)
SIZES = frozenset(size + side for size in ("big", "Big", "bigg", "Bigg") for side in ("", "l", "r", "m"))
ACCENTS = {
    "bar": "\u0304", "overline": "\u0305", "underline": "\u0332", "tilde": "\u0303", "widetilde": "\u0303",
    "hat": "\u0302", "widehat": "\u0302", "vec": "\u20d7", "overrightarrow": "\u20d7", "dot": "\u0307",
    "ddot": "\u0308", "check": "\u030c", "breve": "\u0306", "acute": "\u0301", "grave": "\u0300",
    "mathring": "\u030a", "slashed": "\u0338",
}  # fmt: skip
FONTS = {
    "mathbb": "double-struck", "mathds": "double-struck", "mathbf": "bold", "boldsymbol": "bold", "bm": "bold",
    "pmb": "bold", "mathcal": "script", "mathscr": "script", "mathfrak": "fraktur", "mathrm": "roman",
    "mathit": "roman", "mathsf": "roman", "mathtt": "roman", "mathnormal": "", "ensuremath": "", "mathrel": "",
    "mathbin": "", "mathord": "", "mathopen": "", "mathclose": "",
}  # fmt: skip
SWITCHES = _table("rm roman it roman sf roman tt roman em roman bf bold cal script mit roman")
TEXT_COMMANDS = frozenset(
    ["text", "textrm", "textit", "textbf", "textsf", "texttt", "textsc", "textup", "textnormal", "mbox", "hbox", "emph"]
)
FRACTIONS = frozenset(["frac", "dfrac", "tfrac", "cfrac", "nicefrac", "sfrac"])
BINOMIALS = frozenset(["binom", "dbinom", "tbinom"])
SUBSCRIPTS = str.maketrans("0123456789+-=()aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ")
SUPERSCRIPTS = str.maketrans("0123456789+-=()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱ")
RAISED = frozenset("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱ^′°")
ORDINALS = frozenset(["st", "nd", "rd", "th"])

# ---- the text around formulas

TEXT_MARKS = dict(
    zip(
        "\"'`^~=.uvHcdbrk",
        "\u0308\u0301\u0300\u0302\u0303\u0304\u0307\u0306\u030c\u030b\u0327\u0323\u0331\u030a\u0328",
        strict=True,
    )
)
LETTERS = _table("ss ß ae æ AE Æ oe œ OE Œ o ø O Ø l ł L Ł aa å AA Å i ı j ȷ dh ð DH Ð th þ TH Þ dj đ DJ Đ ng ŋ NG Ŋ")
TEXT_SIGNS = _table(
    "textendash – textemdash — textellipsis … textquoteleft ‘ textquoteright ’ textquotedblleft “ textquotedblright ” "
    "textasciitilde ~ textasciicircum ^ textunderscore _ textless < textgreater > textbar | textdegree ° textmu µ "
    "texttrademark ™ textregistered ® textcopyright © texttimes × textpm ± textperiodcentered · textbullet • "
    "dag † ddag ‡ LaTeX LaTeX TeX TeX"
)
