"""Payloads against a page: markup in many spellings, names that clobber, layers, right-to-left text, words without end.

They stand beside those of `eval.hostile_papers`, which are few a kind; here a payload is put together from parts, so
that hardly two are alike. What they would do is the same: a script sets `window.hostile_ran`, whatever is loaded lies
below hostile.invalid, and an element that comes to be carries `data-canary`.
"""

import html
import random
from collections.abc import Callable, Iterator, Mapping, Sequence

from eval.hostile_papers import HOST, RAN, HostileText, hostile_texts

CANARY = "data-canary"
"""An attribute of every element that a payload would make."""
CLOBBERED = (
    *("getElementById", "querySelector", "querySelectorAll", "createElement", "addEventListener", "body", "head"),
    *("forms", "children", "cookie", "location", "title", "activeElement", "documentElement", "defaultView", "domain"),
    *("attributes", "firstChild", "parentNode", "nodeName", "ownerDocument", "implementation", "readyState"),
)
"""Names of the document's own that a payload gives to an element, so that scripts of the page would find that."""
PLANTED = ("gradio_config", "gradio_api", "VIEWS", "byId", "config", "app", "hostile_global", "Gradio", "webkitURL2")
"""Names that are free, or the page's, and that an element of a payload would take on `window`."""

_RUN = f"window.{RAN}=1"
_CALM = "kelp harbour vessel tide wake buoy lantern reef anchor encoder detector memory benchmark".split()  # noqa: SIM905
_HANDLERS = (
    *("onload", "onerror", "onfocus", "onmouseover", "onpointerenter", "ontoggle", "onbegin", "onanimationstart"),
    *("ontransitionend", "onscroll", "onwheel", "onpageshow", "onbeforetoggle", "oncontentvisibilityautostatechange"),
)
_ELEMENTS = (
    *("img", "svg", "video", "audio", "iframe", "object", "embed", "input", "select", "details", "body", "marquee"),
    *("a", "area", "form", "button", "style", "link", "base", "meta", "math", "table", "template", "xmp", "noscript"),
    *("dialog", "frameset", "isindex", "keygen", "portal", "p", "div", "bdo", "mark", "custom-element", "textarea"),
)
_LOADERS = (
    *("src", "href", "srcset", "data", "poster", "background", "action", "formaction", "xlink:href", "ping", "cite"),
    *("longdesc", "manifest", "imagesrcset", "dynsrc", "lowsrc", "codebase", "archive", "profile", "icon"),
)
_SCHEMES = (
    "https://{host}/{n}",
    "//{host}/{n}",
    "http:{host}/{n}",
    "\\\\{host}\\{n}",
    "ftp://{host}/{n}",
    "wss://{host}",
)
_SCRIPT_URLS = (
    *("javascript:{run}", "JAVASCRIPT:{run}", " javascript:{run}", "java\tscript:{run}", "javascript&colon;{run}"),
    *("&#106;avascript:{run}", "data:text/html,<script>{run}</script>", "data:image/svg+xml,<svg onload={run}>"),
    *("vbscript:{run}", "blob:{run}", "view-source:{run}", "javascript://%0a{run}", "\x01javascript:{run}"),
)
_BREAKOUTS = (
    *('">', "'>", "`>", "-->", "]]>", "</mark></p></article>", "</a></h3>", "</td></tr></table>", "</details>", "*/"),
    *(
        "</blockquote></section>",
        "</button>",
        "</textarea>",
        "</title>",
        "</script>",
        "</style>",
        "\n\n",
        "%0a%0a",
        "&#10;",
    ),
)
_LAYERS = (
    *("position:fixed;inset:0;z-index:99999", "position:absolute;top:-999px;height:9999px", "display:none", "zoom:99"),
    *("transform:scale(99)", "margin:-9999px", "width:9999px", "font-size:999px", "animation:x 1s", "all:initial"),
)
_ARABIC = ["ملخص", "نموذج", "بحري", "للسفن", "والأمواج", "12", "ميناء"]
_HEBREW = ["מודל", "ימי", "לספינות", "וגלים", "34", "בנמל"]
_FORMULAS = (
    *("\\rule{9999em}{9999em}", "\\kern-9999em x", "\\smash{\\raisebox{99em}{x}}", "\\href{{url}}{x}", "\\url{{url}}"),
    *("\\includegraphics[width=9em]{{url}}", "\\htmlId{getElementById}{x}", "\\htmlStyle{position:fixed}{x}"),
    *("\\htmlClass{turn}{x}", "\\def\\x{\\x\\x}\\x", "\\unicode{x202e}", "\\text{</span><img src=x onerror=1>}"),
    *(
        "x^{x^{x^{x^{x^{x}}}}}",
        "\\frac{\\frac{\\frac{1}{2}}{3}}{4}",
        "\\begin{matrix}a&b\\\\c&d\\end{matrix}",
        "\\color{red}x",
    ),
    *(
        "\\Huge\\Huge x",
        "\\hspace{999em}x",
        "\\tag{1}x",
        "\\llap{\\Huge xxxxxxxxxxxx}",
        "\\overbrace{" + "x" * 90 + "}",
    ),
)
_DELIMITERS = (("$", "$"), ("$$", "$$"), ("\\(", "\\)"), ("\\[", "\\]"), ("\ue000", "\ue001"), ("\ue002", "\ue003"))

Payload = Callable[[random.Random], str]


def page_texts(seed: int, count: int) -> Iterator[HostileText]:
    """`count` texts: those of `hostile_texts` and those of this file in turn; `seed` decides all of them."""
    others = hostile_texts(seed, (count + 1) // 2)
    chance = random.Random(seed)
    for number in range(count):
        kind = _KINDS[number // 2 % len(_KINDS)]
        yield HostileText(kind, _among_words(PAYLOADS[kind](chance), chance)) if number % 2 else next(others)


def _among_words(payload: str, chance: random.Random) -> str:
    before, after = (" ".join(chance.choices(_CALM, k=chance.randint(0, 3))) for _ in range(2))
    return f"{before} {payload} {after}".strip(" ")


# ---- markup


def _element(chance: random.Random) -> str:
    """An element that runs, loads, covers or clobbers, in one of many spellings."""
    name = chance.choice(_ELEMENTS)
    parts = [name, CANARY, *(make(chance) for make in chance.sample(_ATTRIBUTES, chance.randint(1, 3)))]
    joint = chance.choice((" ", " ", " ", "/", "\n", "\t", "\x0c"))
    closing = chance.choice((">", ">", "/>", "", f">x</{name}>"))
    return _respelt("<" + joint.join(parts) + closing, chance)


def _handler(chance: random.Random) -> str:
    return f"{chance.choice(_HANDLERS)}={_quoted(_RUN, chance)} autofocus tabindex=1"


def _loader(chance: random.Random) -> str:
    return f"{chance.choice(_LOADERS)}={_quoted(_address(chance), chance)}"


def _address(chance: random.Random) -> str:
    return chance.choice((*_SCHEMES, *_SCRIPT_URLS)).format(host=HOST, n=chance.randrange(10**6), run=_RUN)


def _layer(chance: random.Random) -> str:
    image = f";background:url(https://{HOST}/{chance.randrange(10**6)})" if chance.random() < 1 / 2 else ""
    return f'style="{chance.choice(_LAYERS)}{image}"'


def _name(chance: random.Random) -> str:
    name = chance.choice((*CLOBBERED, *PLANTED))
    return chance.choice((f"id={name}", f"name={name}", f"id={name} name={name}"))


_ATTRIBUTES: Sequence[Payload] = (_handler, _loader, _layer, _name)


def _quoted(value: str, chance: random.Random) -> str:
    mark = chance.choice(('"', "'", "", "`"))
    return f"{mark}{value}{mark}"


def _respelt(markup: str, chance: random.Random) -> str:
    """Markup as it is, or in a spelling that one reading too many would undo."""
    spellings: tuple[Callable[[str], str], ...] = (
        str,
        str,
        html.escape,
        lambda text: html.escape(html.escape(text)),
        lambda text: "".join(f"&#{ord(sign)};" for sign in text),
        lambda text: "".join(f"&#x{ord(sign):x}" for sign in text),
        lambda text: text.replace("<", "\\x3c").replace(">", "\\x3e"),
        lambda text: text.replace("<", "＜").replace(">", "＞"),
        lambda text: text.replace("<", "%3C").replace(">", "%3E"),
        lambda text: "".join(sign.upper() if chance.random() < 1 / 2 else sign for sign in text),
        lambda text: text.replace("<", "<\x00", 1),
        lambda text: text.replace("<", "<<", 1),
    )
    return chance.choice(spellings)(markup)


def _broken_out(chance: random.Random) -> str:
    return chance.choice(_BREAKOUTS) + _element(chance)


def _markdown(chance: random.Random) -> str:
    address, inner = _address(chance), _element(chance)
    return chance.choice(
        (
            f"![{inner}]({address})",
            f"[{inner}]({address} 'x')",
            f"[x][1]\n\n[1]: {address}",
            f"<{address}>",
            f"```\n{inner}\n```\n{inner}",
            f"> # {inner}\n- {inner}",
            f"| {inner} | b |\n|---|---|\n| c | d |",
            f"`{inner}` ~~{inner}~~ **{inner}**",
            f"[^1]: {inner}",
            f":::{{.x onclick={_RUN}}}\n{inner}\n:::",
        )
    )


def _clobbering(chance: random.Random) -> str:
    first, second = chance.sample((*CLOBBERED, *PLANTED), 2)
    return chance.choice(
        (
            f"<form {CANARY} id={first}><input name={second}></form>",
            f"<img {CANARY} name={first}><embed name={second}>",
            f"<a {CANARY} id={first}></a><a id={first} name={second} href=https://{HOST}>x</a>",
            f"<iframe {CANARY} name={first} srcdoc='<a id={second}></a>'></iframe>",
            f"<object {CANARY} id={first}></object><form name={second}>",
        )
    )


# ---- text that is drawn elsewhere


def _formula(chance: random.Random) -> str:
    left, right = chance.choice(_DELIMITERS)
    return left + chance.choice(_FORMULAS).replace("{url}", f"https://{HOST}/{chance.randrange(10**6)}") + right


def _right_to_left(chance: random.Random) -> str:
    words = chance.choices(chance.choice((_ARABIC, _HEBREW)), k=chance.randint(2, 5))
    return " ".join(words) + chance.choice(("", " 2026", ")", " (3", "."))


def _turned_around(chance: random.Random) -> str:
    control = chance.choice("\u202e\u202d\u2067\u2066\u202b\u061c\u200f")
    return control + _right_to_left(chance) + chance.choice(("", "\u202c", "\u2069", control * 200))


def _endless(chance: random.Random) -> str:
    sign = chance.choice(("W", "木", "ﷺ", "\u00a0x", "_", "0.", "—", "a\u2060", "./", "👩‍👩‍👧‍👦", "ก"))
    return sign * chance.randint(60, 900)


def _stacked(chance: random.Random) -> str:
    marks = "".join(chr(chance.randint(0x300, 0x36F)) for _ in range(chance.randint(20, 120)))
    return "".join(letter + marks for letter in chance.choice(_CALM))


PAYLOADS: Mapping[str, Payload] = {
    "element": _element,
    "way out": _broken_out,
    "Markdown around it": _markdown,
    "names taken": _clobbering,
    "formula": _formula,
    "right to left": _right_to_left,
    "turned around": _turned_around,
    "endless word": _endless,
    "stacked marks": _stacked,
    "elements": lambda chance: _element(chance) + _element(chance) + _broken_out(chance),
}
"""What the payload of each kind is."""

_KINDS = tuple(PAYLOADS)
