"""Names of methods, data sets and acronyms, as authors write them."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from ingest.sorted_texts import SortedTexts, packed, unpacked
from ingest.words import words_of

TOKEN = re.compile(r"[^\W_]+(?:[-'’+./][^\W_]+)*")
MEASURES = frozenset(
    """ap ar auc auroc bleu cer cpu eer f1 fid flops fps gflops gpu gpus hota idf1 iou lpips mae macs map miou mota mrr
    mse ndcg pck psnr rmse roc ssim top1 top5 wer""".split()  # noqa: SIM905
)
"""What results are measured in: written like names, yet no method's."""
_TOKENS_KEPT = 100_000  # most tokens are words that stand in many papers
_DIMENSIONS = re.compile(r"\d+D", re.IGNORECASE)
_PARTS = re.compile(r"[-/+.'’]")
_WITH_VERSION = re.compile(r"(?<![^\W_])([^\W\d_]\w*(?:-\w+)*)[ -](v\d\w*(?:\.\d+)*|\d{1,3}(?:\+\+)?)(?![\w-]|\.\d)")


def names_in(text: str) -> list[str]:
    """The tokens that look like names: two capitals, or a capital and a digit (`SPSG`, `PriorGAN`, `U2Net`)."""
    tokens = (token.removesuffix("'s").removesuffix("’s") for token in TOKEN.findall(text))
    return [token for token in tokens if looks_like_name(token)]


@lru_cache(_TOKENS_KEPT)
def looks_like_name(token: str) -> bool:
    """Whether a token has two capitals, or a capital and a digit, and is no measure and no number of dimensions."""
    capitals = sum(c.isupper() for c in token)
    has_digit = any(c.isdigit() for c in token)
    is_name = capitals >= 2 or (capitals == 1 and has_digit)
    return is_name and token.lower() not in MEASURES and not _DIMENSIONS.fullmatch(token)


@lru_cache(_TOKENS_KEPT)
def key_of(name: str) -> str:
    """A name however it is written: `PP-YOLOv2`, `PPYOLO v2` and `pp-yolov2` have one key."""
    return "".join(words_of(name))


def written_names(text: str) -> Iterator[str]:
    """All names of a text, their parts that are names themselves, and names with their version."""
    for token in names_in(text):
        yield token
        for part in _PARTS.split(token):
            if part != token and looks_like_name(part):
                yield part
    for name, version in _WITH_VERSION.findall(text):
        if looks_like_name(f"{name}{version}"):
            yield f"{name} {version}"


@dataclass(frozen=True, slots=True)
class KnownName:
    """A name that the library holds: as a paper writes it, and the rows of all papers that do, in order."""

    text: str
    rows: tuple[int, ...]


def without(names: Mapping[str, KnownName], rows: frozenset[int]) -> dict[str, KnownName]:
    """The names of other papers, by their keys."""
    if not rows:
        return dict(names)
    left = {
        key: KnownName(name.text, tuple(row for row in name.rows if row not in rows)) for key, name in names.items()
    }
    return {key: name for key, name in left.items() if name.rows}


def with_papers(names: Mapping[str, KnownName], found: Mapping[str, "FoundName"]) -> dict[str, KnownName]:
    """Names with those found in more papers."""
    merged = dict(names)
    for key, more in found.items():
        known = names.get(key)
        text, rows = (known.text, known.rows) if known else (more.text, ())
        merged[key] = KnownName(text, (*rows, *more.rows))
    return merged


@dataclass(slots=True)
class FoundName:
    """A name while papers are read for names: `rows` grows."""

    text: str
    rows: list[int]


def find_names(found: dict[str, FoundName], row: int, text: str) -> None:
    """Add the names of a paper's text."""
    for written in written_names(text):
        known = found.setdefault(key_of(written), FoundName(written, []))
        if not known.rows or known.rows[-1] != row:
            known.rows.append(row)


class KeptNames(Mapping[str, KnownName]):
    """Names in arrays, as a file keeps them: each is read when it is asked for.

    `names` are their keys; the text of each stands in its place in `letters` and `text_starts`, as in `SortedTexts`,
    and its rows in `rows` from one of `row_starts` [names + 1] to the next.
    """

    def __init__(
        self,
        names: SortedTexts,
        letters: NDArray[np.uint8],
        text_starts: NDArray[np.int64],
        rows: NDArray[np.int64],
        row_starts: NDArray[np.int64],
    ) -> None:
        self.names, self.letters, self.text_starts, self.rows, self.row_starts = (
            *(names, letters, text_starts),
            *(rows, row_starts),
        )

    @classmethod
    def of(cls, names: Mapping[str, KnownName]) -> "KeptNames":
        """Some names by their keys."""
        known = [names[key] for key in sorted(names)]
        rows = [row for name in known for row in name.rows]
        row_starts = np.cumsum([0, *(len(name.rows) for name in known)], dtype=np.int64)
        texts = packed([name.text for name in known])
        return cls(SortedTexts.of(names), *texts, np.array(rows, dtype=np.int64), row_starts)

    def __len__(self) -> int:
        return len(self.names)

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and self.names.find(key) is not None

    def __getitem__(self, key: str) -> KnownName:
        place = self.names.find(key)
        if place is None:
            raise KeyError(key)
        (text,) = unpacked(self.letters, *self.text_starts[place : place + 2].tolist())
        first, last = self.row_starts[place : place + 2].tolist()
        return KnownName(text, tuple(self.rows[first:last].tolist()))
