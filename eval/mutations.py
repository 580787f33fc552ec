"""Mutates real digests, and looks for errors, slow readings, and papers dropped without a word.

A case is some consecutive papers of a real day, mutated a few times. Reading them must raise nothing and take
under 50 ms of processor time, and each line that begins with `###` must become a paper or a rejection.
"""

import random
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ingest.digest import ParsedDigest, parse_digest
from ingest.sources import find_sources

SLOWEST_ALLOWED_SECONDS = 0.05
_MOST_PAPERS = 25
_MOST_MUTATIONS = 4
_MOST_CHARACTERS = 60_000  # about a real day
_LINE_END = re.compile(r"\r\n|\r|\n")
_LINE_ENDS = ("\n", "\r\n", "\r")
_FRAGMENTS = (
    "<br>", "<a ", "</a>", '<a href="http://a.b">this http URL</a>', '<a href="', '" href="x', "<", ">",
    "&amp;lt;", "&#x", "$", "$$", "\\$", "\\(", "\\)", "\\textbf{", "\\em{", "{\\em ", "\\cite[", "\\cite{",
    "\\href{", "}{", "{", "}", "\\", "\\b{eta}", '\\"', "\\'{", "^{", "_{", "\\frac{", "\\left(", "\\begin{x}",
    "\\footnote{", "~", "%", "`", "[", "](", "[ :arrow_down: ](", "https://", "https://a.b/(", "# ", "## ",
    "### ", "#### 7.", ">", "\x00", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\ufeff", "\u200b", "\u202e",
    "Ã©", "â€™", "\U0001d400", "models.In ", "2005.11295", "1.", " ",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Slowest:
    """The slowest reading: its case, its seconds, its size, what was done."""

    case: int = -1
    seconds: float = 0.0
    characters: int = 0
    mutations: tuple[str, ...] = ()


@dataclass(slots=True)
class MutationReport:
    """What the mutated digests gave; the lists name the cases that failed."""

    cases: int = 0
    headings: int = 0
    papers: int = 0
    rejections: int = 0
    slowest: Slowest = field(default_factory=Slowest)
    errors: list[str] = field(default_factory=list)
    slow: list[str] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)

    @property
    def is_clean(self) -> bool:
        """Whether every reading was quick, raised nothing and dropped nothing."""
        return not (self.errors or self.slow or self.dropped)

    def lines(self) -> list[str]:
        """The report for a terminal."""
        slowest = self.slowest
        did = f"case {slowest.case}, {slowest.characters} characters, {' + '.join(slowest.mutations)}"
        return [
            f"cases       {self.cases}",
            f"headings    {self.headings}, read as {self.papers} papers and {self.rejections} rejections",
            f"errors      {len(self.errors)}",
            f"dropped     {len(self.dropped)}",
            f"slow        {len(self.slow)}; the slowest {slowest.seconds * 1000:.1f} ms ({did})",
            *(f"failure: {failure}" for failure in (*self.errors, *self.dropped, *self.slow)),
        ]


def measure(
    paths: Sequence[Path], cases: int, seed: int, tell: Callable[[MutationReport], None] = lambda _: None
) -> MutationReport:
    """Read `cases` mutated digests; the digests come from `paths`, and a case depends on its number and `seed` only."""
    report = MutationReport()
    digests = [source.path.read_text(encoding="utf-8") for source in find_sources(paths)]
    parse_digest(digests[0], "")  # the first reading loads libraries
    for case in range(cases):
        text, done = mutated(digests, random.Random(f"{seed}-{case}"))
        _check(case, text, done, report)
        report.cases += 1
        tell(report)
    return report


def mutated(digests: Sequence[str], chance: random.Random) -> tuple[str, tuple[str, ...]]:
    """Some papers of a digest, mutated, and the names of the mutations."""
    heading, *papers = chance.choice(digests).split("\n### ")
    first = chance.randrange(len(papers))
    text = "\n### ".join([heading, *papers[first : first + chance.randint(1, _MOST_PAPERS)]])
    chosen = chance.choices(_MUTATIONS, k=chance.randint(1, _MOST_MUTATIONS))
    for mutate in chosen:
        text = mutate(text, chance)[:_MOST_CHARACTERS]
    return text, tuple(mutate.__name__ for mutate in chosen)


def _check(case: int, text: str, done: tuple[str, ...], report: MutationReport) -> None:
    name = f"case {case} ({' + '.join(done)})"
    start = time.process_time()
    try:
        parsed = parse_digest(text, "mutated")
    except Exception as error:  # noqa: BLE001 - whatever it is, it is what we look for
        report.errors.append(f"{name}: {type(error).__name__}: {error}")
        return
    seconds = time.process_time() - start
    if seconds > report.slowest.seconds:
        report.slowest = Slowest(case, seconds, len(text), done)
    if seconds > SLOWEST_ALLOWED_SECONDS:
        report.slow.append(f"{name}: {seconds * 1000:.0f} ms for {len(text)} characters")
    headings = heading_lines(text)
    report.headings += len(headings)
    report.papers += len(parsed.entries)
    report.rejections += len(parsed.rejections)
    report.dropped.extend(f"{name}: line {line}" for line in unaccounted(headings, parsed))


def heading_lines(text: str) -> list[int]:
    """The numbers of the lines that begin with `###`, as an editor counts them."""
    lines = _LINE_END.split(text)
    return [n for n, line in enumerate(lines, start=1) if line.replace("\ufeff", "").strip().startswith("###")]


def unaccounted(headings: Sequence[int], parsed: ParsedDigest) -> list[int]:
    """The headings that became neither a paper nor a rejection, or more than one."""
    told = [entry.line for entry in parsed.entries] + [rejection.line for rejection in parsed.rejections]
    return [line for line in headings if told.count(line) != 1]


# ---- mutations


def _delete_lines(text: str, chance: random.Random) -> str:
    lines = text.split("\n")
    return "\n".join(line for line in lines if chance.random() > 0.15)


def _duplicate_lines(text: str, chance: random.Random) -> str:
    return "\n".join(line for line in text.split("\n") for _ in range(chance.choice((1, 1, 1, 2, 3))))


def _swap_lines(text: str, chance: random.Random) -> str:
    lines = text.split("\n")
    for _ in range(chance.randint(1, 10)):
        one, other = chance.randrange(len(lines)), chance.randrange(len(lines))
        lines[one], lines[other] = lines[other], lines[one]
    return "\n".join(lines)


def _truncate_lines(text: str, chance: random.Random) -> str:
    return "\n".join(
        line[: chance.randint(0, len(line))] if chance.random() < 0.2 else line for line in text.split("\n")
    )


def _cut_off(text: str, chance: random.Random) -> str:
    return text[: chance.randint(0, len(text))]


def _flip_characters(text: str, chance: random.Random) -> str:
    characters = list(text)
    for _ in range(chance.randint(1, 200)):
        place = chance.randrange(len(characters)) if characters else 0
        characters[place : place + 1] = [chr(chance.choice((chance.randrange(0x80), chance.randrange(0xD800))))]
    return "".join(characters)


def _insert_fragments(text: str, chance: random.Random) -> str:
    for _ in range(chance.randint(1, 40)):
        place = chance.randint(0, len(text))
        text = text[:place] + chance.choice(_FRAGMENTS) + text[place:]
    return text


def _repeat_fragments(text: str, chance: random.Random) -> str:
    place = chance.randint(0, len(text))
    fragment = "".join(chance.choices(_FRAGMENTS, k=chance.randint(1, 3)))
    return text[:place] + fragment * chance.choice((10, 100, 1000, 4000)) + text[place:]


def _drop_headings(text: str, chance: random.Random) -> str:
    sign = chance.choice(("# ", "### "))
    return "\n".join(line for line in text.split("\n") if not line.startswith(sign) or chance.random() < 0.5)


def _repeat_ids(text: str, chance: random.Random) -> str:
    found = re.findall(r"\d{4}\.\d{5}", text)
    return re.sub(r"\d{4}\.\d{5}", lambda m: chance.choice(found) if chance.random() < 0.3 else m[0], text)


def _mix_line_ends(text: str, chance: random.Random) -> str:
    return "".join(line + chance.choice(_LINE_ENDS) for line in text.split("\n"))


def _join_lines(text: str, chance: random.Random) -> str:
    return "".join(line + ("\n" if chance.random() < 0.7 else " ") for line in text.split("\n"))


def _huge_line(text: str, chance: random.Random) -> str:
    place = chance.randint(0, len(text))
    return text[:place] + text.replace("\n", " ") * chance.randint(1, 3) + text[place:]


def _nest(text: str, chance: random.Random) -> str:
    opening, closing = chance.choice(
        (("{", "}"), ("[", "]"), ("(", ")"), ("\\em{", "}"), ("$^{", "}$"), ("<b>", "</b>"))
    )
    depth, place = chance.choice((3, 30, 300, 3000)), chance.randint(0, len(text))
    return text[:place] + opening * depth + "x" + closing * chance.randint(0, depth) + text[place:]


def _drop_closings(text: str, chance: random.Random) -> str:
    return re.sub(r"</a>|[}$\"]", lambda m: "" if chance.random() < 0.3 else m[0], text)


def _noise(text: str, chance: random.Random) -> str:
    data = bytearray(text.encode(errors="ignore"))
    for _ in range(chance.randint(1, 100) if data else 0):
        data[chance.randrange(len(data))] = chance.randrange(256)
    return data.decode(chance.choice(("utf-8", "cp1252")), errors="replace")


_MUTATIONS = (
    _delete_lines, _duplicate_lines, _swap_lines, _truncate_lines, _cut_off, _flip_characters, _insert_fragments,
    _repeat_fragments, _drop_headings, _repeat_ids, _mix_line_ends, _join_lines, _huge_line, _nest, _drop_closings,
    _noise,
)  # fmt: skip
