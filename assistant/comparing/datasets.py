"""Which data a sentence names or describes: data sets by name, samples by count, collections by what they hold."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from assistant.comparing.cues import OWN, any_of
from assistant.comparing.dataset_words import (
    JOINING,
    KNOWN_SETS,
    NO_SETS,
    PERSONS,
    SAMPLES,
    SAYS_NOTHING,
    SMALL_NUMBERS,
    TELLS_WHAT,
    set_key,
)
from assistant.terms import STOP_WORDS
from ingest.names import MEASURES, key_of, looks_like_name
from ingest.words import stem

_SET = r"(?:data[\s-]?sets?|data[\s-]?bases?|corpus|corpora|benchmarks?|test[\s-]?beds?|challenges?|collections?)"
_WORDS = r"[A-Za-z0-9]+(?:[-+./&][A-Za-z0-9]+)*"
_CAPITAL = r"(?:[A-Z][\w&]*(?:[-+./'’][\w+]+)*|\d+[A-Z][\w-]*)"
_JOIN = r"\s*(?:,\s*(?:and\s+)?|\s+and\s+|\s+or\s+|\s*/\s*|\s+\+\s+|\s+)"
_NAMED_SET = re.compile(
    rf"(?P<names>{_CAPITAL}(?:{_JOIN}{_CAPITAL})*)\s*(?:\((?P<more>[^()]*)\)\s*)?"
    rf"(?:(?:[a-z-]+)\s+){{0,3}}?(?P<set>{_SET})\b"
)
_SET_NAMED = re.compile(
    rf"\b{_SET}\b\s*(?:\(|:|,|-|–|—|\b(?:such\s+as|including|like|i\.e\.|e\.g\.|namely|called|named|termed|dubbed"
    rf"|of|are|is|from)\b)"
    rf"[\s,:(]*(?:the\s+|a\s+)?(?P<names>{_CAPITAL}(?:{_JOIN}(?:the\s+)?{_CAPITAL})*)"
)
_ON_NAMES = re.compile(
    rf"\b(?i:on|across|over)\s+(?:both\s+)?(?:the\s+)?(?P<names>{_CAPITAL}(?:{_JOIN}(?:the\s+)?{_CAPITAL})*)"
)
_SET_IN_BRACKETS = re.compile(rf"\((?:[a-z][\w\s-]*\s)?(?P<names>{_CAPITAL})\)\s*(?:[a-z-]+\s+)?{_SET}\b")
_DEFINED = re.compile(rf"\(\s*(?:i\.e\.,?\s*)?(?P<name>{_CAPITAL})s?\s*\)(?!\s*(?:[a-z-]+\s+)?{_SET})")
_NO_DATA = re.compile(
    r"(?:res|dense|mobile|efficient|alex|google|shuffle|squeeze|wide|le|u|v|reti?na|effnet|hr|point|seg|xcept"
    r"|ghost|resne)-?net(?!works?)"
    r"|^resne[xs]t|\bvgg|yolo|r-?cnn|gans?$|bert|transformer|^(?:gtx|rtx|titan|v100|p100|a100|tesla|jetson|xavier"
    r"|nvidia|intel|cpus?|gpus?|tpus?)"
    r"|^\d+ti$|^(?:xilinx|zynq\w*|fpga\w*|qualcomm|snapdragon|raspberry|iphone|pixel|tegra)$|^(?:aws|google|amazon|microsoft|github|arxiv|cvpr|iccv|eccv|neurips|miccai|ieee)$|^pgd|^fgsm"
    r"|autoattack|^adam$|^sgd$",
    re.IGNORECASE,
)
"""Networks, machines, venues and attacks, which are written as data sets are."""
_TESTS = re.compile(
    r"\b(?:experiment\w*|evaluat\w+|results?|test(?:s|ed)?|validat\w+|trained|benchmark\w*|datasets?|achiev\w+"
    r"|accurac\w+"
    r"|outperform\w*|scor\w+|reach\w*|HOTA|MOTA|F1|\d\s?%|state[\s-]of[\s-]the[\s-]art|performance|improv\w+|mAP|AP|IoU|mIoU|PSNR|AUC|error)\b",
    re.IGNORECASE,
)
_COUNTED = re.compile(
    r"(?<![\w.\-–])(?P<count>\d[\d,.]*\s?(?:[kKM]\b|million\b|thousand\b)?"
    rf"|{any_of('hundred hundreds thousand thousands million millions tens')}\sof|{any_of(SMALL_NUMBERS)})\+?\s+"
    rf"(?:[\w-]+\s+){{0,4}}?(?P<thing>{any_of(SAMPLES)})\b",
    re.IGNORECASE,
)
_NO_DATA_COUNT = re.compile(
    r"\b(?:tasks?|classes|categories|metrics|attacks?|layers|branches|networks|baselines|methods|approaches"
    r"|per second|per image)\b",
    re.IGNORECASE,
)
_DESCRIBED_SET = re.compile(
    r"(?P<before>(?:[\w’'-]+\s+){0,5})\b"
    r"(?:(?P<set>data[\s-]?sets?|data[\s-]?bases?|corpus|corpora|test[\s-]?beds?)|benchmarks?)\b"
    rf"(?P<after>\s+{any_of(TELLS_WHAT)}\b)?"
)
_MADE = re.compile(
    r"\b"
    + any_of(
        """collect* creat* construct* build* built introduc* present* releas* provid* contribut* propos* compil* curat*
        annotat* acquir* record* gather* assembl* generat* publish* develop*"""
    )
    + r"(?:\s+(?!"
    + any_of("on to through using by that which for from with method approach model network system")
    + r"\b)[\w,()/-]+){0,7}?"
    r"\s+(?:data[\s-]?sets?|data[\s-]?bases?|corpus|benchmarks?|test[\s-]?set)\b",
    re.IGNORECASE,
)
"""That a set of data is made, in so many words: "we collect and annotate a large dataset"."""
_HOLDS = re.compile(
    r"\b(?:data[\s-]?set|corpus|data[\s-]?base|benchmark|collection|it|set)s?\b[^.;]{0,40}\b(?:contain|consist"
    r"|includ|compris|has|have|with|cover|provid)\w*\b|\bcontain(?:s|ing)?\b",
    re.IGNORECASE,
)
_GATHERED = re.compile(
    r"\b(?:we|were|was|been|is|are)\s+(?:\w+\s+)?(?:collect|acquir|record|annotat|gather|captur|label+|generat"
    r"|includ)\w*\b|\bdata\b",
    re.IGNORECASE,
)
_DATA_FROM = re.compile(
    r"\bdata\b\s+(?:(?!(?:is|are|was|were|\w+ing)\b)\w+\s+)?(?:from|of|acquired|collected|obtained|recorded|captured|gathered)\b"
    r"|\b(?:images?|videos?|scans?|recordings?|footage|photographs?|imagery)\s+(?:\w+\s+)?(?:from|acquired"
    r"|collected|obtained|recorded|taken|captured)\b",
    re.IGNORECASE,
)


def defined_keys(abstract: str) -> frozenset[str]:
    """The keys of acronyms that an abstract defines for anything but data: "multiple instance learning (MIL)"."""
    return frozenset(key_of(match["name"]).removesuffix("s") for match in _DEFINED.finditer(abstract)) - KNOWN_SETS


@dataclass(frozen=True, slots=True)
class DataNamed:
    """What a sentence says of data: `names` of data sets as written, and whether it makes or describes some.

    `strength` is 0 where it names and describes none ("three challenging datasets" does neither).
    """

    names: tuple[str, ...]
    strength: float


def data_in(text: str, own_keys: Collection[str] = (), title: Collection[str] = ()) -> DataNamed:
    """What a sentence names or describes of data.

    What the paper names otherwise (`own_keys`) is no data set, and words of its title (their stems) describe none.
    """
    names = dataset_names(text, own_keys)
    counted = [match for match in _COUNTED.finditer(text) if _is_count_of_data(match)]
    is_described = _is_described(text, title)
    is_telling = names or is_described or _SET_OR_DATA.search(text) or _are_telling(counted, text)
    strength = (
        1.0 * bool(names)
        + 0.1 * min(len(names), 3)
        + 1.2 * bool(_MADE.search(text) and (OWN.search(text) or names or counted))
        + 0.7 * bool(counted and is_telling)
        + 0.7 * bool(_NUMBER_OF_SETS.search(text))
        + is_described
        + 0.6 * bool(counted and _HOLDS.search(text))
        + 0.3 * bool(counted and _GATHERED.search(text))
        + 0.7 * bool((_DATA_FROM.search(text) or _REAL_DATA.search(text)) and _TESTS.search(text))
    )
    return DataNamed(names, strength)


_NUMBER_OF_SETS = re.compile(
    rf"\b(?:\d{{1,2}}|{any_of(SMALL_NUMBERS)}|both|multi)[\s-]+(?:[\w-]+[\s-]+){{0,4}}?(?:data[\s-]?sets?|data[\s-]?bases?|benchmarks|corpora)\b",
    re.IGNORECASE,
)
"""As in "three benchmark datasets": how many there are is stated, which they are is not."""
_REAL_DATA = re.compile(
    r"\b(?:on|applied\s+to)\s+(?:\w+\s+){0,3}?(?:real|synthetic|simulated|synthesized|clinical|natural|real[\s-]world|2D|3D)\s+"
    r"(?:(?:and|or)\s+)?(?:[\w-]+\s+){0,3}?(?:data|images?|videos?|scans|sequences|recordings|photographs|footage)\b",
    re.IGNORECASE,
)


def number_of_sets(text: str) -> tuple[int, int] | None:
    """Where a sentence says how many sets of data there are, and names and counts nothing else."""
    found = _NUMBER_OF_SETS.search(text)
    return found.span() if found and not any(map(_is_count_of_data, _COUNTED.finditer(text))) else None


def holds_samples(text: str) -> bool:
    """Whether a sentence tells how much a set of data holds: its numbers are no results."""
    return _HOLDS.search(text) is not None and any(_is_count_of_data(match) for match in _COUNTED.finditer(text))


def _is_count_of_data(match: re.Match[str]) -> bool:
    """Whether it is more than "two images": a few count only where they are people, or it is said of what they are."""
    if _NO_DATA_COUNT.search(match.group()):
        return False
    is_few = match["count"].lower() in SMALL_NUMBERS.split()
    is_of = match.string[match.end() :].startswith(" of ")
    return not is_few or match["thing"].lower() in PERSONS.split() or is_of


_SET_OR_DATA = re.compile(rf"\b(?:{_SET}|data|trained|annotated|labell?ed|collected|acquired|test)\b", re.IGNORECASE)


def _are_telling(counted: Sequence[re.Match[str]], text: str) -> bool:
    """Whether there are many of what is counted, or it is said of what they are."""
    return any(sum(c.isdigit() for c in m["count"]) >= 2 or text[m.end() :].startswith(" of ") for m in counted)


def _is_described(text: str, title: Collection[str]) -> float:
    """How well a set of data is told of: what it holds, or words beside it that say more than the paper's title does.

    Several sets of a kind ("various medical datasets") are none in particular, and one that is missing is none.
    """
    best = 0.0
    for match in _DESCRIBED_SET.finditer(text):
        words = [word.lower() for word in re.split(r"[\s-]+", match["before"].strip()) if word]
        if not _MISSING.isdisjoint(words):
            continue
        is_vague = (match["set"] or "s").lower().endswith("s") and not _VAGUE.isdisjoint(words)
        while any(word in JOINING for word in words):
            words = words[next(place for place, word in enumerate(words) if word in JOINING) + 1 :]
        if match["after"]:
            best = 0.9
        elif match["set"] and not is_vague and any(_tells(word) and stem(word) not in title for word in words[-3:]):
            best = max(best, 0.7)
    return best


_MISSING = frozenset("absence lack without no missing lacking".split())  # noqa: SIM905
_VAGUE = frozenset("several multiple various many different numerous variety popular existing available".split())  # noqa: SIM905


def _tells(word: str) -> bool:
    return word not in SAYS_NOTHING and len(word) > 2 and not word.endswith(("ing", "ed", "ly"))


def dataset_names(text: str, own_keys: Collection[str] = ()) -> tuple[str, ...]:
    """The data sets that a sentence names, as it writes them, in order, each once."""
    found: list[tuple[int, str]] = []
    for start, name in sorted(_candidates(text), key=lambda candidate: -len(candidate[1])):
        is_within = any(at <= start and start + len(name) <= at + len(longer) for at, longer in found)
        if not is_within and _may_be_set(name, own_keys):
            found.append((start, name))
    names: dict[str, str] = {}
    for _, name in sorted(found):
        names.setdefault(set_key(name), name)
    return tuple(names.values())


def _may_be_set(name: str, own_keys: Collection[str]) -> bool:
    key = key_of(name)
    if key in KNOWN_SETS:
        return True
    is_own = key in own_keys or key.removesuffix("s") in own_keys
    return (
        bool(key)
        and not is_own
        and name.lower() not in MEASURES
        and key not in NO_SETS
        and not any(map(_NO_DATA.search, name.split()))
    )


def _candidates(text: str) -> Iterator[tuple[int, str]]:
    for match in re.finditer(_WORDS, text):
        if key_of(match.group()) in KNOWN_SETS and any(c.isupper() or c.isdigit() for c in match.group()):
            yield match.start(), match.group()
    for pattern in (_NAMED_SET, _SET_NAMED, _SET_IN_BRACKETS):
        for match in pattern.finditer(text):
            yield from _names_at(text, match, is_certain=True)
    if _TESTS.search(text):
        for match in _ON_NAMES.finditer(text):
            yield from _names_at(text, match, is_certain=False)


def _names_at(text: str, match: re.Match[str], *, is_certain: bool) -> Iterator[tuple[int, str]]:
    """The names of a list of them; words with capitals that stand side by side are one name."""
    for found in re.finditer(rf"{_CAPITAL}(?:\s+{_CAPITAL})*", match["names"]):
        name, at = found.group().rstrip(".,"), match.start("names") + found.start()
        first = name.split()[0]
        begins_sentence = at == 0 or text[:at].rstrip().endswith((".", ":"))
        if first.lower() in STOP_WORDS or (begins_sentence and not looks_like_name(first)):
            name = name[len(first) :].lstrip()
            at = text.index(name, at) if name else at
        if name and (any(looks_like_name(part) for part in name.split()) or (is_certain and len(name) > 2)):
            yield at, name
