"""The numbers that a sentence reports: value, metric, data set, setting, and whether they are gains over others."""

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from fractions import Fraction

from assistant.comparing.dataset_words import set_key
from assistant.comparing.datasets import dataset_names
from assistant.comparing.reading import ReadPaper, ReadSentence
from assistant.language.quantities import Quantity, quantities_in
from ingest.words import stem, words_of

_ACCURACY = (
    r"top[\s-]?[15](?! accurac)|(?:(?:top[\s-]?[15]|rank[\s-]?1|clean|provable|robust|certified|test|validation"
    r"|classification|recognition"
    r"|verification|detection|localization"
    r"|segmentation|registration|overall|mean|average|balanced|pixel|per-class|adversarial|natural|ImageNet"
    r"|retrieval)\s+)*accurac(?:y|ies)"
)
_METRICS: dict[str, tuple[str, int]] = {
    "accuracy": (_ACCURACY, 1),
    "mAP": (r"mAP(?:@[\d.:]+)?|mean average precision", 1),
    "AP": (r"(?:box|mask|average)?\s?AP(?:_?\{?(?:50|75|[sml])\}?|@[\d.]+)?|average precision", 1),
    "mIoU": (r"mIoU|mean IoU|mean intersection[\s-]over[\s-]union", 1),
    "IoU": (r"IoU|intersection[\s-]over[\s-]union|Jaccard(?: index| score)?", 1),
    "PSNR": (r"PSNR", 1),
    "SSIM": (r"SSIM", 1),
    "LPIPS": (r"LPIPS", -1),
    "FID": (r"FID(?: score)?|Fr[eé]chet inception distance", -1),
    "Inception Score": (r"inception score", 1),
    "AUC": (r"AUROC|ROC[\s-]AUC|AUC|area under (?:the )?(?:[\w\s()]{0,50}?)curve(?: \(AUC\))?", 1),
    "F1": (r"F1(?:[\s-](?:score|measure))?|F[\s-]?(?:measure|score)s?", 1),
    "Dice": (r"Dice(?: similarity)?(?: (?:score|coefficient|index)s?)?|DSC", 1),
    "precision": (r"precision", 1),
    "recall": (r"recall", 1),
    "sensitivity": (r"sensitivity", 1),
    "specificity": (r"specificity", 1),
    "EER": (r"EER|equal error rate", -1),
    "WER": (r"WER|word error rate", -1),
    "CER": (r"CER|character error rate", -1),
    "RMSE": (r"RMSE|root mean squared? error(?: \(RMSE\))?", -1),
    "MAE": (r"MAE|mean absolute error", -1),
    "MSE": (r"MSE|mean squared? error", -1),
    "MPJPE": (r"MPJPE", -1),
    "end-point error": (r"EPE|end[\s-]?point error", -1),
    "error": (r"(?:top[\s-]?[15]\s+|test\s+|classification\s+|prediction\s+|relative\s+)?errors?(?: rate)?", -1),
    "frames per second": (r"fps|frames (?:per|/|a) sec(?:ond)?", 1),
    "MOTA": (r"MOTA", 1),
    "HOTA": (r"HOTA", 1),
    "IDF1": (r"IDF1", 1),
    "PQ": (r"PQ|panoptic quality", 1),
    "CIDEr": (r"CIDEr(?:-D)?", 1),
    "BLEU": (r"BLEU(?:-?[1-4])?", 1),
    "rank-1": (r"rank[\s-]?1(?: (?:rate|score|recall))?", 1),
    "PCK": (r"PCK(?:@[\d.]+)?", 1),
    "success rate": (r"success rates?", 1),
    "FLOPs": (r"(?:G|M)?FLOPs?|MACs", -1),
    "parameters": (r"parameters", -1),
    "correlation": (r"(?:Pearson |Spearman )?correlation(?: coefficients?)?(?: scores?)?|R-squared(?: values?)?|R2", 1),
}
_SHARES = frozenset(
    """accuracy mAP AP mIoU IoU AUC F1 Dice precision recall sensitivity specificity EER MOTA HOTA IDF1 PQ rank-1 PCK
    SSIM""".split()  # noqa: SIM905
) | {"success rate"}
_METRIC = "|".join(f"(?P<m{place}>{pattern})" for place, (pattern, _) in enumerate(_METRICS.values()))
_NAMES = tuple(_METRICS)
_VALUE = (
    r"(?P<value>(?<![\w.\-–])[~≈]?\d[\d,]*(?:\.\d+)?(?:\s?(?:%|\\%|dB|points?|ms|mm|cm|fps|FPS|[MGK]\b|million|×))?)"
)
_SEVERAL = r"(?:\s*(?:,|and|/|or|±)\s*[\d.]+\s?%?)*"
_BEFORE_METRIC = re.compile(
    rf"{_VALUE}{_SEVERAL}\s+(?:(?:of|in|the|absolute|relative|as)\s+)?(?:(?!(?:with|and|or|on|in|to|by|of|bytes"
    rf"|\w+ing)\b)[a-z][\w-]*\s+)??\(?(?:{_METRIC})(?![\w-])",
    re.IGNORECASE,
)
_AFTER_METRIC = re.compile(
    rf"(?<![\w-])(?:{_METRIC})\)?(?:\s+\([^()]{{1,20}}\))?(?:\s+(?:score|value|rate|performance|coefficient"
    rf"|index))?s?\s*"
    rf"(?:(?:of|is|are|was|were|=|:|reaches|reached|to|at|up to|as high as|as low as|around|about|achieved|within|by"
    rf"|from\s+[\d.]+\s?%?\s+to)\s*(?:about |around |only |over |nearly |up to |at least )?){{1,2}}"
    rf"{_VALUE}",
    re.IGNORECASE,
)
_GAIN_BEFORE = re.compile(
    r"\b(?:by|improv\w+|increas\w+|gains?|boost\w*|outperform\w*|reduc\w+|drop\w*|decreas\w+|surpass\w*|margin"
    r"|rais\w+|lift\w*)\b[^,;]{0,40}$",
    re.IGNORECASE,
)
_GAIN_AFTER = re.compile(
    r"^\s*(?:[\w.%]+\s+){0,4}?(?:fewer|less|reduced|saved|improvements?|gains?|increases?|higher|better|lower"
    r"|reductions?|drops?|boost|points? over|decrease|relative|absolute|gap)\b",
    re.IGNORECASE,
)
_TO_VALUE = re.compile(r"\bfrom\s+[\d.]+\s?%?\s*(?:\w+\s+){0,2}?to\s*$", re.IGNORECASE)
_OTHERS_BEFORE = re.compile(
    r"\b(?:than|compared (?:to|with)|versus|vs\.?|from|against|baselines?\s+\w+|instead of|the (?:previous"
    r"|original|former) \w+(?: \w+){0,2}|only)\b[^,;]{0,30}$",
    re.IGNORECASE,
)
_THRESHOLD = re.compile(r"\bat (?:an? )?$", re.IGNORECASE)
_CLAUSE_END = re.compile(
    r"[;]|\.\s|,\s+(?:and\s+)?(?:an?\s+)?(?=\d)|\s+and\s+(?:an?\s+)?(?=\d)|,\s+(?:and|while|which|whereas|with"
    r"|outperform\w*|surpass\w*|respectively)\b|,\s|\)\.?$"
)
_QUALIFIED = re.compile(
    r"\b(?:with|without|using|under|given|when|after|at|in advance|offline|online|pre-?trained"
    r"|(?:single|multi)-scale)\b"
    r"[^,;.]*",
    re.IGNORECASE,
)
_PART = re.compile(
    r"\b(?:test-?dev|mini-?val|val(?:idation)?|test(?:-std)?|train(?:ing)?|split|subset|easy|hard|moderate|clean|final|"
    r"\d+[- ](?:class|way|shot|fold|view)\w*|[x×]\s?\d|\d\s?[x×]|against|scale factor \d)\b(?:\s+\d+x\d+\b)?",
    re.IGNORECASE,
)
"""Which part of a set of data was used, and at which difficulty."""
_BESIDE_DATA = 24  # characters after the name of a data set
_FILLING = frozenset("the a an on of in dataset datasets data set benchmark s our we and".split())  # noqa: SIM905


@dataclass(frozen=True, slots=True)
class Measurement:
    """A number as a sentence reports it.

    `metric` is its usual name, `written` how the sentence has it; `dataset` is the key of the one data set that it is
    told of, empty for none. `setting` is what stands with it, in the sentence's words; `direction` is 1 where more is
    better, -1 where less is.
    """

    paper: ReadPaper
    sentence: ReadSentence
    value: str
    amount: Fraction
    unit: str
    metric: str
    written: str
    direction: int
    dataset: str
    dataset_text: str
    setting: str
    is_gain: bool

    @property
    def condition(self) -> frozenset[str]:
        """What must be the same for two numbers to be compared: the metric as written, the part of the data."""
        place = self.sentence.text.find(self.dataset_text) if self.dataset_text else 0
        beside = self.sentence.text[place : place + len(self.dataset_text) + _BESIDE_DATA] if self.dataset_text else ""
        parts = _PART.findall(f"{beside} {self.setting}")
        words = {stem(word) for word in words_of(" ".join((self.written, *parts)))}
        return frozenset(words - {stem(word) for word in _FILLING})

    @property
    def circumstances(self) -> frozenset[str]:
        """The words by which a sentence says how its numbers came about."""
        return frozenset(match.group().lower() for match in _QUALIFIED.finditer(self.sentence.text))


def metric_named(text: str) -> str:
    """The usual name of the metric that a text is the name of; empty where it is none's."""
    found = (name for name, (pattern, _) in _METRICS.items() if re.fullmatch(pattern, text.strip(), re.IGNORECASE))
    return next(found, "")


def metric_in(text: str) -> str:
    """The first metric that a text names, as it writes it; empty where it names none."""
    found = re.search(rf"(?<![\w-])(?:{_METRIC})(?![\w-])", text, re.IGNORECASE)
    return found.group() if found else ""


def measurements(paper: ReadPaper) -> list[Measurement]:
    """All numbers of a paper's own results, in order."""
    return [found for sentence in paper.sentences for found in _in_sentence(paper, sentence)]


def _in_sentence(paper: ReadPaper, sentence: ReadSentence) -> list[Measurement]:
    """In order; one that has no data set and no setting before an "and" has those of the next one."""
    matches: dict[int, re.Match[str]] = {}
    for pattern in (_AFTER_METRIC, _BEFORE_METRIC):
        for match in pattern.finditer(sentence.text):
            matches.setdefault(match.start("value"), match)
    found: list[Measurement] = []
    following: tuple[int, Measurement] | None = None
    for start in sorted(matches, reverse=True):
        one = _measurement(paper, sentence, matches[start])
        if one is None:
            continue
        between = sentence.text[matches[start].end() : following[0]] if following else "."
        if following and not one.setting and re.fullmatch(r"\s*(?:,|,?\s*and)\s*(?:an?\s+)?", between):
            after = following[1]
            one = replace(one, dataset=after.dataset, dataset_text=after.dataset_text, setting=after.setting)
        following = (start, one)
        found.append(one)
    return _gains_in_a_row(found[::-1], sentence.text)


def _gains_in_a_row(found: list[Measurement], text: str) -> list[Measurement]:
    """As in "improvements of 2.0% AP on A, 1.1% AP on B": what follows a gain without a verb is one too."""
    result: list[Measurement] = []
    for one in found:
        former = result[-1] if result else None
        is_next = former is not None and former.is_gain and not _REACHES.search(_between(former.value, one.value, text))
        result.append(replace(one, is_gain=one.is_gain or is_next))
    return result


def _between(value: str, following: str, text: str) -> str:
    return text[text.index(value) + len(value) : text.rindex(following)]


_REACHES = re.compile(r"\b(?:achiev|reach|obtain|attain|yield|run|get|is|are|was|to|score)\w*\b", re.IGNORECASE)


def _measurement(paper: ReadPaper, sentence: ReadSentence, match: re.Match[str]) -> Measurement | None:
    text, (start, end) = sentence.text, match.span("value")
    before, after = text[:start], text[end:]
    quantity = next(iter(quantities_in(match["value"])), None)
    if quantity is None or (_OTHERS_BEFORE.search(before) and not _TO_VALUE.search(before)):
        return None
    group = next(name for name, found in match.groupdict().items() if name.startswith("m") and found)
    metric = _NAMES[int(group[1:])]
    if metric == "IoU" and _THRESHOLD.search(
        text[: match.start()]
    ):  # "at an IoU of 0.5" says how it is counted, not what came out
        return None
    is_gain = not _TO_VALUE.search(before) and bool(_GAIN_BEFORE.search(before) or _GAIN_AFTER.match(after))
    dataset, dataset_text, where = _where(text, match.end(), match.start(), paper.own_keys)
    amount, unit = _in_one_unit(metric, quantity)
    return Measurement(
        paper, sentence, match["value"].strip(), amount, unit, metric, match[group], _METRICS[metric][1],
        dataset, dataset_text, where.removeprefix(match[group]).strip(), is_gain,
    )  # fmt: skip


def _in_one_unit(metric: str, quantity: Quantity) -> tuple[Fraction, str]:
    """An amount and its unit, shares and percentages alike: 0.96, 96 and 96% are one AUC."""
    if metric in _SHARES and quantity.unit in {"", "%"}:
        return (quantity.value * 100 if quantity.unit == "" and quantity.value <= 1 else quantity.value), "%"
    return quantity.value, quantity.unit or ("fps" if metric == "frames per second" else "")


def _where(text: str, end: int, start: int, own_keys: Collection[str]) -> tuple[str, str, str]:
    """The data set of a number, its key and as written, and the words of the setting: those after it, or before."""
    following = text[end:]
    boundary = _CLAUSE_END.search(following)
    phrase = following[: boundary.start()] if boundary else following
    setting = phrase.strip(" .,()")
    names = dataset_names(f"results {phrase}", own_keys)
    if names:
        return (set_key(names[0]), names[0], setting) if len(names) == 1 else ("", "", setting)
    leading = re.match(r"\W*(?:\w+,\s+)?(?:on|for|over|in)\s+[^,]{3,80},", text[:start], re.IGNORECASE)
    if leading:
        names = dataset_names(f"results {leading.group()}", own_keys)
        if len(names) == 1:
            return set_key(names[0]), names[0], f"{leading.group().strip(' ,')} {setting}".strip()
    everywhere = dataset_names(text, own_keys)
    if len(everywhere) == 1:
        return set_key(everywhere[0]), everywhere[0], setting
    return "", "", setting
