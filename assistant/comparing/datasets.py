"""Which data sets a sentence names."""

import re
from collections.abc import Collection, Iterator

from assistant.comparing.dataset_words import KNOWN_SETS, NO_SETS, set_key
from assistant.language.terms import STOP_WORDS
from ingest.names import MEASURES, key_of, looks_like_name

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


def defined_keys(abstract: str) -> frozenset[str]:
    """The keys of acronyms that an abstract defines for anything but data: "multiple instance learning (MIL)"."""
    return frozenset(key_of(match["name"]).removesuffix("s") for match in _DEFINED.finditer(abstract)) - KNOWN_SETS


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
