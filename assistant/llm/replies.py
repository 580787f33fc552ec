"""Models that answer in JSON, asked or not: their answer as text, with what they cite as markers."""

import re
from collections.abc import Iterator

from pydantic_core import from_json

from assistant.llm.markers import numbers_in, plain_markers

_BEGINS = re.compile(r"\s*(?:```\w*\s*)?(?:\{\s*\"|\[\s*[{\"])")
_MAY_BEGIN = re.compile(r"\s*(?:`{1,3}\w*\s*)?[{\[]?\s*")
_FENCE = re.compile(r"^\s*```\w*\s*|\s*```\s*$")
_SAID = re.compile(r"answer|response|text|sentence|content|output|summary|claim|statement|result|reply", re.IGNORECASE)
_CITED = re.compile(r"evid|cit|source|ref|support|number|marker|ids?$|sentence", re.IGNORECASE)
_WORDS = re.compile(r"[^\W\d]{3}")


def is_json(text: str) -> bool | None:
    """Whether a text that goes on is JSON, fenced or bare; None as long as that cannot be seen."""
    return None if _MAY_BEGIN.fullmatch(text) else bool(_BEGINS.match(text))


def said_in_json(text: str) -> str:
    """What a JSON reply says, also where it broke off; the text itself where it is none."""
    try:
        data = from_json(_FENCE.sub("", text), allow_partial="trailing-strings")
    except ValueError:
        return text
    return "\n".join(_said(data)) or text


def _said(data: object) -> Iterator[str]:
    """The texts of a reply, each with the numbers that stand beside it."""
    if isinstance(data, list):
        for item in data:
            yield from [item] if isinstance(item, str) and _WORDS.search(item) else _said(item)
    elif isinstance(data, dict):
        for name, value in data.items():
            if isinstance(value, str):
                yield from [f"{value}{_cited(data, value)}"] if _SAID.search(name) else []
            elif _SAID.search(name) or not isinstance(value, list):
                yield from _said(value)


def _cited(data: dict[str, object], text: str) -> str:
    """The numbers beside a text as markers behind it, where it has none of its own."""
    if numbers_in(plain_markers(text)):
        return ""
    cited = [value for name, value in data.items() if _CITED.search(name) and value is not text]
    flat = [item for value in cited for item in (value if isinstance(value, list) else [value])]
    marks = [plain_markers(f"[{str(item).strip('[]()')}]") for item in flat if isinstance(item, int | str)]
    return "".join(f" [{number}]" for number in numbers_in("".join(marks)))
