"""What a browser would make of HTML: its tags with their attributes, and its text."""

from html.parser import HTMLParser

HOSTILE = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '<a href="javascript:alert(1)" name=getElementById>x</a>',
    "<form action=https://evil.example><input name=getElementById>",
    "</mark></p></article><style>*{display:none}</style>",
    "![image](https://evil.example/x.png) [link](javascript:alert(1)) <https://evil.example>",
    "# heading\n\n- item\n\n```js\nalert(1)\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |",
    "[ref]: https://evil.example\n\n[ref] *a* _b_ **c** ~~d~~ `e`",
    "&lt;img src=x&gt; &amp;#60; &#60;b&#62; &quot;",
    "$unbalanced and \\(open and $$twice",
    "%%%LATEX_BLOCK_0%%% \ue000x\ue001 \ue002y\ue003",
    "\"quoted\" 'quoted' `quoted` = onload=alert(1) /><svg onload=alert(1)>",
    "w" * 3000,
    "\u202eesrever\u202c \u2028 line\r\nbreaks\n\n\nand\ttabs \x00 \x1b[31m",
)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.closed: list[str] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        self.closed.append(tag)

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def _read(html: str) -> _Reader:
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader


def text_of(html: str) -> str:
    """The text of some HTML."""
    return "".join(_read(html).texts)


def tags_of(html: str) -> list[str]:
    """The names of its tags, in order; every one of them must be closed."""
    reader = _read(html)
    names = [name for name, _ in reader.tags]
    assert sorted(names) == sorted(reader.closed)
    return names


def links_of(html: str) -> list[str]:
    """Where its links lead, in order."""
    return [attributes["href"] or "" for name, attributes in _read(html).tags if name == "a"]


def values_of(html: str) -> list[str]:
    """What its buttons are worth, in order."""
    return [attributes["value"] or "" for name, attributes in _read(html).tags if name == "button"]


def attributes_of(html: str) -> set[str]:
    """The names of all attributes."""
    return {attribute for _, attributes in _read(html).tags for attribute in attributes}


def marked_texts(html: str) -> list[str]:
    """The text of each mark."""
    pieces = html.split("<mark>")[1:]
    return [text_of(piece.partition("</mark>")[0]) for piece in pieces]
