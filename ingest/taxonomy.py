"""arXiv's categories: their codes in arXiv's spelling, their names, and which of them are whole archives.

`taxonomy.tsv` lists them: `kind` is category, archive (of several categories, old papers carry some by themselves)
or closed (an archive of the nineties); `now` is the category that a closed one became, or the one that the same
papers are in under another name (cs.NA and math.NA); `former_name` is what it was called before.
"""

import csv
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_CODE_BEHIND_NAME = re.compile(r"[(\[]\s*([A-Za-z.-]+)\s*[)\]]\s*$")
_BEHIND_ARCHIVE = re.compile(r"\s[-–—]\s|:\s")
_CARRIED_ALONE = ("astro-ph", "cond-mat", "q-bio")
"""The archives that papers carried as a category, before these were divided."""
_LEAST_WORDS = 2
"""A name of one word that is cut short is a word of many things; two are hardly anything else."""


@dataclass(frozen=True, slots=True)
class _Category:
    code: str
    name: str
    kind: str
    now: str
    former_name: str

    @property
    def archive(self) -> str:
        return self.code.partition(".")[0]


def category_code(text: str) -> str | None:
    """The code of a category or an archive, given in any case, as arXiv spells it; None where arXiv has none such."""
    found = _by_lower_code().get(text.strip().lower())
    return found.code if found else None


def current_code(code: str) -> str:
    """The category that a code stands for today: cs.CL for cmp-lg, eess.SY for cs.SY; most stand for themselves."""
    found = _by_lower_code().get(code.lower())
    return found.now or found.code if found else code


def category_name(code: str) -> str:
    """The official name of a category or an archive; empty where arXiv has none such."""
    found = _by_lower_code().get(code.lower())
    return found.name if found else ""


def categories_of(archive: str) -> list[str]:
    """The categories of today that an archive is divided into; none where it is a category itself, or closed."""
    lower = archive.strip().lower()
    return [c.code for c in _categories() if c.archive == lower and c.kind == "category" and c.code.lower() != lower]


def category_of_name(name: str) -> str | None:
    """The code of a category that is given by its name; None where there is none, or more than one.

    A code in brackets behind the name decides. An archive's name may stand before (“Statistics - Machine Learning”);
    the end of the name may be missing where what is left is that of one category only, and is two words at least or
    stands behind an archive. A name that several codes share is that of the one they all stand for (Information
    Theory is cs.IT), and “Machine Learning” alone, which is cs.LG and stat.ML, is none.
    """
    behind = _CODE_BEHIND_NAME.search(name)
    if behind and (code := category_code(behind[1])):
        return code
    words = _words(name)
    if whole := _by_name().get(words):
        return _only(whole)
    archive_name, *rest = _BEHIND_ARCHIVE.split(name, maxsplit=1)
    archives = {category.code for category in _categories() if _words(category.name) == _words(archive_name)}
    if rest and archives:
        of_archive = [c for c in _categories() if c.kind == "category" and c.archive in archives]
        return _of_words(_words(rest[0]), of_archive)
    return _cut_short(words, _categories()) if len(words.split()) >= _LEAST_WORDS else None


def categories_of_names(names: Iterable[str]) -> list[str]:
    """The codes of categories that are given by name, each once; other subjects are left out."""
    codes = [category_of_name(name.strip()) for name in names]
    return list(dict.fromkeys(code for code in codes if code))


def is_archive(text: str) -> bool:
    """Whether a text is the code, in any case, of an archive: cs, but also hep-th, which is its own only category."""
    return "." not in text and category_code(text) is not None


def nearest_categories(text: str, count: int = 3) -> list[str]:
    """The codes that a wrong one may have meant, or whose names are like a text; the likeliest first, few or none."""
    from rapidfuzz import fuzz  # noqa: PLC0415 - only a wrong code needs it
    from rapidfuzz.distance import JaroWinkler  # noqa: PLC0415

    asked, words = text.strip().lower(), _words(text)
    likeness = {
        category.code: max(
            JaroWinkler.similarity(asked, category.code.lower()),
            float(asked == (category.code.lower().partition(".")[2] or None)),  # “cv”
            fuzz.token_sort_ratio(words, _words(category.name)) / 100,
            0.9 * fuzz.token_set_ratio(words, _words(category.name)) / 100,  # some of the words
        )
        for category in _categories()
        if category.kind == "category"
    }
    likely = [code for code, like in likeness.items() if like >= 0.7]  # below it nothing looks alike
    return sorted(likely, key=lambda code: -likeness[code])[:count]


@cache
def _categories() -> tuple[_Category, ...]:
    with Path(__file__).with_name("taxonomy.tsv").open(encoding="utf-8", newline="") as lines:
        rows = csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
        next(rows)
        return tuple(_Category(*row) for row in rows)


@cache
def _by_lower_code() -> Mapping[str, _Category]:
    return {category.code.lower(): category for category in _categories()}


@cache
def _by_name() -> Mapping[str, tuple[_Category, ...]]:
    """The categories of each name; a former one of one word, as Learning, is none where no archive stands before it."""
    named: dict[str, list[_Category]] = defaultdict(list)
    for category in _categories():
        named[_words(category.name)].append(category)
        if len(category.former_name.split()) >= _LEAST_WORDS:
            named[_words(category.former_name)].append(category)
    return {name: tuple(categories) for name, categories in named.items()}


def _only(categories: Iterable[_Category]) -> str | None:
    """The one category that all of these stand for today; a closed one where it has the name for itself.

    Archives count, so that Economics, which is one besides q-fin.EC, is none of them.
    """
    found = list(categories)
    if len(found) == 1:
        (alone,) = found
        return None if alone.kind == "archive" and alone.code not in _CARRIED_ALONE else alone.code
    current = {category.now or category.code for category in found}
    return current.pop() if len(current) == 1 else None


def _of_words(words: str, categories: Iterable[_Category]) -> str | None:
    among = list(categories)
    named = [c for c in among if words in {_words(c.name), _words(c.former_name)}]
    return _only(named) if named else _cut_short(words, among)


def _cut_short(words: str, categories: Iterable[_Category]) -> str | None:
    begun = [c for c in categories if c.kind == "category" and f"{_words(c.name)} ".startswith(f"{words} ")]
    return _only(begun) if words and begun else None


def _words(name: str) -> str:
    """The words of a name, whatever stands between them, so that two spellings of it are equal."""
    return " ".join(re.findall(r"[a-z0-9]+", name.lower().replace("&amp;", " and ").replace("&", " and ")))
