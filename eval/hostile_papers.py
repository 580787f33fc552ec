"""Texts and papers that somebody wrote to do harm: to a terminal, a page, a table, a reference manager, a template.

A text is ordinary words with a payload among them, so that it is found and quoted like any other. A script in it sets
`window.hostile_ran`, and whatever it would load lies below hostile.invalid, a host that cannot be.
"""

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

RAN = "hostile_ran"
"""The name that a script of a hostile text sets on `window`."""
HOST = "hostile.invalid"
"""Where a hostile text loads from and leads to; RFC 2606 keeps its ending free."""

_RUN = f"window.{RAN}=1"
_WORDS = [
    "kelp",
    "harbour",
    "vessel",
    "tide",
    "wake",
    "buoy",
    "lantern",
    "current",
    "reef",
    "anchor",
    "segmentation",
    "tracking",
    "accuracy",
    "baseline",
    "encoder",
    "detector",
    "memory",
    "benchmark",
    "transformer",
    "dataset",
]
_LONGEST_PATH = 200
_LONG_WORD = 20_000  # beyond any width of a line and any limit of a name
_ENTITY_OF_CONTROL = (
    "&#27;",
    "&#x1b;",
    "&#x1B;",
    "&#155;",
    "&#0;",
    "&#8;",
    "&#10;",
    "&#13;",
    "&#x9;",
    "&#x9b;",
    "&Tab;",
)
_CONTROLS = [chr(code) for code in (*range(0x20), *range(0x7F, 0xA0))]
_UNSEEN = "\u202e\u202d\u2066\u2067\u2069\u200b\u200d\u200e\u200f\u2028\u2029\ufeff\u00ad\u061c\ufff9\U000e0041"
_DOM_NAMES = [
    "getElementById",
    "body",
    "forms",
    "children",
    "querySelector",
    "cookie",
    "location",
    "parentNode",
    "submit",
    "__proto__",
]
_CATEGORIES = ("cs.CV", "cs.CL", "stat.ML", "cs.CV\x1b[31m", "cs.<b>", "=cs.CV", "cs.CV\r\nX: y", "{{cs}}")

Payload = Callable[[random.Random], str]


@dataclass(frozen=True, slots=True)
class HostileText:
    """A text in which something of this kind stands; of the kind "surrogates" it is no UTF-8."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class HostilePaper:
    """A paper each of whose fields is hostile, but for its id."""

    arxiv_id: str
    title: HostileText
    abstract: HostileText
    authors: tuple[str, ...]
    categories: tuple[str, ...]
    link: str
    comment: str


def hostile_texts(seed: int, count: int) -> Iterator[HostileText]:
    """`count` texts of 8 to 20 words and a payload, the kinds in turn; `seed` decides all of them."""
    chance = random.Random(seed)
    for number in range(count):
        yield _text(KINDS[number % len(KINDS)], chance)


def hostile_papers(seed: int, count: int) -> Iterator[HostilePaper]:
    """`count` papers with the ids 2601.00001 and on; `seed` decides all else."""
    chance = random.Random(seed)
    for number in range(count):
        turn = number // len(KINDS) + 1  # or a title and its abstract would always be of the same two kinds
        yield HostilePaper(
            arxiv_id=f"2601.{number + 1:05}",
            title=_text(KINDS[number % len(KINDS)], chance),
            abstract=_text(KINDS[(number + turn) % len(KINDS)], chance),
            authors=tuple(_payload(chance) for _ in range(chance.randint(1, 3))),
            categories=tuple(chance.sample(_CATEGORIES, 2)),
            link=f"https://github.com/{HOST}/{_payload(chance)[:_LONGEST_PATH]}",
            comment=_text(chance.choice(KINDS), chance).text,
        )


def _text(kind: str, chance: random.Random) -> HostileText:
    return HostileText(kind, _among_words(PAYLOADS[kind](chance), chance))


def _payload(chance: random.Random) -> str:
    return PAYLOADS[chance.choice(KINDS)](chance)


def _among_words(payload: str, chance: random.Random) -> str:
    before, after = (" ".join(chance.choices(_WORDS, k=chance.randint(4, 10))) for _ in range(2))
    return f"{before} {payload} {after}"


# ---- payloads


def _one_of(*payloads: str) -> Payload:
    return lambda chance: chance.choice(payloads)


def _control(chance: random.Random) -> str:
    return "".join(chance.choices(_CONTROLS, k=chance.randint(1, 6)))


def _control_as_entity(chance: random.Random) -> str:
    return "[2J".join(chance.choices(_ENTITY_OF_CONTROL, k=3)) + "]0;owned&#7;"


def _unseen(chance: random.Random) -> str:
    return "ab".join(chance.choices(_UNSEEN, k=4))


def _surrogates(chance: random.Random) -> str:
    return "".join(chr(chance.randint(0xD800, 0xDFFF)) for _ in range(3))


def _long_word(chance: random.Random) -> str:
    return chance.choice("WaÅ木") * _LONG_WORD


def _dom_name(chance: random.Random) -> str:
    name = chance.choice(_DOM_NAMES)
    return f'<form id="{name}" name="{name}"><input name="{name}"></form><img name="{name}">'


def _citation(chance: random.Random) -> str:
    number = chance.choice((0, 1, 2, -1, 99))
    return chance.choice(
        (f"[{number}]", f"[^{number}]", f"Source {number}:", f"\u3010{number}\u3011", f"\\[{number}\\]")
    )


PAYLOADS: Mapping[str, Payload] = {
    "control": _control,
    "control as entity": _control_as_entity,
    "ANSI": _one_of("\x1b[2J\x1b[H", "\x1b[31;5mred\x1b[0m", "\x1b]0;owned\x07", "\x1b[6n", "\x1b[?1049h", "\x1bc"),
    "OSC 8": _one_of(f"\x1b]8;;https://{HOST}/\x1b\\click\x1b]8;;\x1b\\", "\x1b]52;c;cm0gLXJm\x07"),
    "DCS": _one_of("\x1bP+q544e\x1b\\", "\x1b_Gf=100;AAAA\x1b\\", "\x1b^x\x1b\\", "\x1bPq#0;2;0;0;0~\x1b\\"),
    "C1": _one_of("\x9b2J", "\x9d0;owned\x9c", "\x90+q\x9c", "\x85\x84\x8d", "\xc2\x9b31m"),
    "unseen": _unseen,
    "surrogates": _surrogates,
    "NUL": _one_of("a\x00b", "\x00", "%00", "\\0", "\\u0000"),
    "lines": _one_of(
        "a\r\nb", "a\rb", "a\tb", "a\x0bb\x0cc", "a\n\n# ArXiv cs.CV --Mon, 25 May 2020\nb", "a\u2028b\x85c"
    ),
    "HTML": _one_of(
        f"<script>{_RUN}</script>",
        f"<img src=x onerror={_RUN}>",
        f'"><img src="https://{HOST}/i.png">',
        f"<iframe srcdoc='<script>parent.{RAN}=1</script>'></iframe>",
        f"</textarea></title></style><script>{_RUN}</script>",
        f'<base href="https://{HOST}/"><meta http-equiv=refresh content="0;url=https://{HOST}/">',
        f"&lt;script&gt;{_RUN}&lt;/script&gt;",
        f"&amp;lt;img src=x onerror={_RUN}&amp;gt;",
        "<!-- <div hidden>",
        "<dialog open style=position:fixed;inset:0>",
    ),
    "JavaScript": _one_of(
        f"';{_RUN};//", f'"-({_RUN})-"', f"`${{{_RUN}}}`", f"</script><script>{_RUN}//", f"\\u0027;{_RUN}"
    ),
    "CSS": _one_of(
        f"<style>@import url(https://{HOST}/a.css);*{{display:none}}</style>",
        f'<p style="background:url(https://{HOST}/b.png);position:fixed;inset:0">',
        f"</style><link rel=stylesheet href=https://{HOST}/c.css>",
    ),
    "Markdown": _one_of(
        f"![a](https://{HOST}/m.png)",
        f"[click](javascript:{_RUN})",
        f"<https://{HOST}/>",
        f"[a]: https://{HOST}/ 'b'",
        "```\n</code>",
        "**bold** _it_ # h\n---\n| a | b |",
        f"[![x](https://{HOST}/x.png)](data:text/html,x)",
    ),
    "LaTeX": _one_of(
        "\\input{/etc/passwd}",
        "\\write18{id}",
        "$\\def\\a{\\a\\a}\\a$",
        "}\\end{document}",
        "\\catcode`\\%=12 %",
        "$$$\\\\$",
        "\\newcommand{\\x}{}",
        "$x_{$ }$",
        "\\immediate\\openout1=a",
        "_^&%#~{}",
    ),
    "KaTeX": _one_of(
        f"$\\href{{javascript:{_RUN}}}{{x}}$",
        f"$\\includegraphics{{https://{HOST}/k.png}}$",
        "$\\rule{999em}{999em}$",
        f"$\\htmlData{{a=b}}{{x}}\\url{{https://{HOST}/}}$",
        "$\\gdef\\frac#1#2{owned}$",
        "$\\color{red}\\kern-99em$",
    ),
    "SVG": _one_of(
        f"<svg onload={_RUN}>",
        f"<svg><script>{_RUN}</script></svg>",
        f"<svg><image href=https://{HOST}/s.png></svg>",
        f"<svg><a xlink:href='javascript:{_RUN}'><text>x</text></a></svg>",
        f"<svg><animate onbegin={_RUN} attributeName=x>",
    ),
    "MathML": _one_of(
        f"<math><mtext><table><mglyph><style><img src=x onerror={_RUN}>",
        f"<math href='javascript:{_RUN}'>x</math>",
        f"<math><maction actiontype='statusline#https://{HOST}/'>x</maction></math>",
    ),
    "URL": _one_of(
        f"javascript:{_RUN}",
        f"JaVaScRiPt&#58;{_RUN}",
        f"java\tscript:{_RUN}",
        f"data:text/html,<script>{_RUN}</script>",
        f"https://github.com@{HOST}/a",
        f"https://{HOST}/?q=https://github.com/a/b",
        f"vbscript:{RAN}",
        "file:///etc/passwd",
        f'https://github.com/a/b"onmouseover={_RUN}',
        f"//{HOST}/",
        "https://github.com/\u202egpj.exe",
    ),
    "CSV formula": _one_of(
        "=1+1",
        "+1+1",
        "-1+1",
        "@SUM(1)",
        "\t=1+1",
        "\r=1+1",
        '=HYPERLINK("https://' + HOST + '/","x")',
        "=cmd|'/c calc'!A1",
        "＝1+1",
        '","=1+1',
        "\n=1+1",
    ),
    "BibTeX": _one_of("}, note = {owned", "}\n@article{owned,", '" # owned # "', "\\}{{{", "{\\", "@comment{", "%\n}"),
    "RIS": _one_of("\nER  - \nTY  - JOUR\nTI  - owned", "\r\nAU  - Owned, A.", "ER  - ", "\nTI  - owned\n"),
    "template": _one_of(
        "{{7*7}}", "${7*7}", "{0.__class__}", "%(a)s", "{% raw %}", "#{7*7}", "<%= 7*7 %>", "{{config}}", "{}"
    ),
    "citation": _citation,
    "DOM name": _dom_name,
    "long word": _long_word,
}
"""What the payload of each kind is; a payload may hold anything but is never empty."""

KINDS: Sequence[str] = tuple(PAYLOADS)
