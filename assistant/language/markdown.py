"""Texts in Markdown."""

import re

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~$])")


def escaped_in_markdown(text: str) -> str:
    """Text that Markdown shows as it is, in one line; markers of papers stay readable."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))
