"""Papers as the files that reference managers read: BibTeX, RIS, CSL-JSON.

Every text is one line: white space is one space, a control character is one too, and half of a surrogate pair is
U+FFFD. So none can end its field or begin another record. The date is the day of submission where that is known, else
the month of the arXiv id; the day on which a paper was announced is none of its dates.
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from enum import StrEnum
from typing import Any
from urllib.parse import quote

from assistant.answer.authors import Author, read_author
from ingest.authors import folded
from ingest.identity import month_of
from ingest.latex.source import as_latex
from ingest.paper import Paper, StoredPaper

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_LATER_THAN_ANNOUNCED = timedelta(days=31)
"""An id's month begins no later than this after the first day that is known; the invented ids of the sample do."""
_SKIPPED = frozenset(
    """a an and are as at by can do does for from how in into is it its of on or the to towards toward via what when
    where which why with""".split()  # noqa: SIM905
)
"""Words with which a title begins and that tell nothing of it."""
_PARTS = re.compile(r"([{}]|[^\x00-\x7f][\u0300-\u036f]*|[ -~][\u0300-\u036f]+)")
_NUMBERED = "[U+"  # as `as_latex` shows a sign that LaTeX itself cannot
_WITHOUT_SIGNS = re.compile(r"\w(?:.*\w)?")
_WITHDRAWN = "Withdrawn."
_BRACES = {"{": r"\ensuremath{\lbrace}", "}": r"\ensuremath{\rbrace}"}
"""A brace as a command: BibTeX counts those too that have a backslash before them."""


class BibliographyFormat(StrEnum):
    """What papers are written as."""

    BIBTEX = "bibtex"
    RIS = "ris"
    CSL = "csl"


def bibliography(papers: Iterable[StoredPaper], as_format: BibliographyFormat) -> str:
    """Papers in a format, each once and in their order, without a line end after the last."""
    return _WRITERS[as_format](list({stored.paper.arxiv_id: stored for stored in papers}.values()))


# ---- what all formats tell


def one_line(text: str) -> str:
    """A text in one line, with nothing in it that is no character."""
    return " ".join(_SURROGATE.sub("\ufffd", _CONTROL.sub(" ", text)).split())


def submitted(stored: StoredPaper) -> tuple[int, ...]:
    """Year, month and day of submission; year and month where only the arXiv id tells them; nothing where it cannot."""
    if (day := stored.paper.submitted) is not None:
        return day.year, day.month, day.day
    try:
        month = month_of(stored.paper.arxiv_id)
    except ValueError:
        return ()
    return (month.year, month.month) if month <= stored.day + _LATER_THAN_ANNOUNCED else ()


def citation_keys(papers: Sequence[StoredPaper]) -> list[str]:
    """A key for each paper: `maaten2008visualizing`, or its arXiv id where no author is known.

    Papers that would share one have their ids in it, whatever their order.
    """
    keys = [_key(stored) for stored in papers]
    times = Counter(keys)
    ids = (_key_of_id(stored.paper) for stored in papers)
    return [key if times[key] == 1 else f"{key}-{own}" for key, own in zip(keys, ids, strict=True)]


def _key(stored: StoredPaper) -> str:
    author = next(map(_slug, _family_names(stored.paper)), "")
    if not author:
        return f"arxiv-{_key_of_id(stored.paper)}"
    year = "".join(map(str, submitted(stored)[:1]))
    words = [_slug(word) for word in re.split(r"[\s:/–—-]+", one_line(stored.paper.title))]
    return author + year + next((word for word in words if word and word not in _SKIPPED), "")


def _key_of_id(paper: Paper) -> str:
    return re.sub(r"[^A-Za-z0-9.]+", "-", paper.arxiv_id)


def _family_names(paper: Paper) -> Iterator[str]:
    """The family names, of a collaboration the first word."""
    return (author.family.split()[0] if author.is_literal else author.family for author in _authors(paper))


def _slug(text: str) -> str:
    """The letters and digits of a text without their accents, in lower case."""
    return re.sub(r"[^a-z0-9]", "", folded(text))


def _authors(paper: Paper) -> list[Author]:
    return [read_author(name) for name in map(one_line, paper.authors) if name]


def _url(paper: Paper) -> str:
    """The link, with nothing in it that would end a field."""
    return quote(one_line(paper.url), safe="/:?#[]@!$&'()*+,;=%~")


# ---- BibTeX


def _as_bibtex(papers: Sequence[StoredPaper]) -> str:
    return "\n\n".join(map(_bibtex_entry, papers, citation_keys(papers)))


def _bibtex_entry(stored: StoredPaper, key: str) -> str:
    paper, authors = stored.paper, _authors(stored.paper)
    year, month, day = (*submitted(stored), 0, 0, 0)[:3]
    fields = {
        "author": " and ".join(map(_bibtex_author, authors)),
        "key": "" if authors else f"arXiv:{paper.arxiv_id}",  # by which styles sort what has no author
        "title": _bibtex_title(one_line(paper.title)),
        "year": str(year or ""),
        "month": _MONTHS[month - 1] if month else "",
        "day": str(day or ""),
        "eprint": paper.arxiv_id,
        "archivePrefix": "arXiv",
        "primaryClass": _in_bibtex(one_line("".join(paper.categories[:1]))),
        "url": _url(paper),
        "abstract": _in_bibtex(one_line(paper.abstract)),
        "note": _WITHDRAWN if paper.is_withdrawn else "",
    }
    # A month is one of BibTeX's own macros, so that a style may write it out.
    lines = [f"  {name} = " + (text if name == "month" else f"{{{text}}}") for name, text in fields.items() if text]
    return f"@misc{{{key},\n" + ",\n".join(lines) + "\n}"


def _in_bibtex(text: str, *, is_name: bool = False) -> str:
    """A text as LaTeX whose braces balance; a sign for which LaTeX itself has none stays as it is.

    In a name each sign beyond ASCII is in braces of its own: so BibTeX takes it for a letter, and sees its case.
    """
    shown = []
    for part in _PARTS.split(text):
        latex = _BRACES.get(part) or as_latex(part)
        if not part.isascii():
            latex = part if _NUMBERED in latex else f"{{{latex}}}" if is_name and latex.startswith("\\") else latex
        shown.append(latex)
    return "".join(shown)


def _bibtex_title(title: str) -> str:
    """A title, with those words in braces whose capitals no style may change."""
    words = title.split(" ")
    telling = [word for word in words[1:] if word.lower() not in _SKIPPED]
    is_sentence = sum(word[:1].islower() for word in telling) * 2 > len(telling)
    return " ".join(
        _title_word(word, is_name=is_sentence and place > 0 and word[:1].isupper()) for place, word in enumerate(words)
    )


def _title_word(word: str, *, is_name: bool) -> str:
    if (found := _WITHOUT_SIGNS.search(word)) is None:
        return _in_bibtex(word)
    core = found.group()
    latex = _in_bibtex(core)
    if is_name or _keeps_case(core):
        # After “{\” BibTeX still changes the case; after “{{” it does not.
        latex = f"{{{{{latex}}}}}" if latex.startswith("\\") else f"{{{latex}}}"
    return _in_bibtex(word[: found.start()]) + latex + _in_bibtex(word[found.end() :])


def _keeps_case(word: str) -> bool:
    """Whether a word has capitals that are more than the first letter of a title's word: WakeMem, U-Net, (3D)."""
    letters = [part for part in re.split(r"[\W_]+", word) if part]
    has_inner = any(any(letter.isupper() for letter in part[1:]) for part in letters)
    return has_inner or (len(letters) > 1 and any(len(part) == 1 and part.isupper() for part in letters))


def _bibtex_author(author: Author) -> str:
    if author.is_literal:
        return f"{{{_in_bibtex(author.family, is_name=True)}}}"
    family = _in_bibtex(author.family, is_name=True)
    words = author.family.split()
    first_capital = next((place for place, word in enumerate(words) if not word[0].islower()), len(words))
    if any(word[0].islower() for word in words[first_capital:]):
        family = f"{{{family}}}"  # or BibTeX takes “Ramón y” for a particle
    others = [_in_bibtex(part, is_name=True) for part in (author.suffix, author.given) if part]
    return ", ".join([family, *others])


# ---- RIS


def _as_ris(papers: Sequence[StoredPaper]) -> str:
    return "\n\n".join("\n".join(_ris_lines(stored)) for stored in papers)


def _ris_lines(stored: StoredPaper) -> Iterator[str]:
    paper, date_parts = stored.paper, submitted(stored)
    day = [f"{part:02}" for part in date_parts]
    told = [
        *(("AU", _ris_author(author)) for author in _authors(paper)),
        ("TI", one_line(paper.title)),
        ("PY", "".join(day[:1])),
        ("DA", "/".join([*day, "", "", ""][:3]) + "/" if day else ""),
        ("AN", f"arXiv:{paper.arxiv_id}"),
        ("PB", "arXiv"),
        ("UR", _url(paper)),
        ("AB", one_line(paper.abstract)),
        ("N1", _WITHDRAWN if paper.is_withdrawn else ""),
    ]
    yield "TY  - GEN"
    yield from (f"{tag}  - {text}" for tag, text in told if text)
    yield "ER  - "


def _ris_author(author: Author) -> str:
    return ", ".join(filter(None, [author.family, author.given, author.suffix]))


# ---- CSL-JSON


def _as_csl(papers: Sequence[StoredPaper]) -> str:
    return json.dumps(list(map(_csl_item, papers, citation_keys(papers))), ensure_ascii=False, indent=1)


def _csl_item(stored: StoredPaper, key: str) -> dict[str, Any]:
    paper, date_parts = stored.paper, submitted(stored)
    told = {
        "id": key,
        "type": "article",
        "title": one_line(paper.title),
        "author": list(map(_csl_author, _authors(paper))),
        "issued": {"date-parts": [list(date_parts)]} if date_parts else None,
        "number": f"arXiv:{paper.arxiv_id}",
        "publisher": "arXiv",
        "URL": _url(paper),
        "abstract": one_line(paper.abstract),
        "note": _WITHDRAWN if paper.is_withdrawn else "",
    }
    return {name: value for name, value in told.items() if value}


def _csl_author(author: Author) -> dict[str, str]:
    if author.is_literal:
        return {"literal": author.family}
    told = {"family": author.family, "given": author.given, "suffix": author.suffix}
    return {name: part for name, part in told.items() if part}


_WRITERS: Mapping[BibliographyFormat, Callable[[Sequence[StoredPaper]], str]] = {
    BibliographyFormat.BIBTEX: _as_bibtex,
    BibliographyFormat.RIS: _as_ris,
    BibliographyFormat.CSL: _as_csl,
}
