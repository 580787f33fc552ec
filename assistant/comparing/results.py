"""Numbers lined up: those of several papers for the same metric, and a better one only where all else is the same."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assistant.answer.citation import Citation
from assistant.answer.table import Measured, NumberLine
from assistant.comparing.measured import Measurement, measurements
from assistant.comparing.reading import ReadPaper, ReadSentence, trimmed
from ingest.paper import Span
from prompts import fill

_MOST_OF_A_PAPER = 2


@dataclass(frozen=True, slots=True)
class Numbering:
    """The markers of the papers, by their arXiv ids."""

    numbers: Mapping[str, int]

    def cite(self, paper: ReadPaper, sentence: ReadSentence, part: Span | None = None) -> Citation:
        """A sentence of a paper as its quote, without the words that join it to the one before; or a part of it."""
        span, stored = part or trimmed(sentence), paper.stored.paper
        quote = stored.abstract[span.start : span.end]
        return Citation(self.numbers[stored.arxiv_id], stored.arxiv_id, quote, span.start, span.end)


def lined_up(papers: Sequence[ReadPaper], numbering: Numbering) -> list[NumberLine]:
    """A line for each metric that at least two papers report: by data set where they share one, else once for all."""
    found = [measurement for paper in papers for measurement in measurements(paper)]
    lines: list[NumberLine] = []
    for metric in dict.fromkeys(one.metric for one in found):
        of_metric = [one for one in found if one.metric == metric]
        if len(_papers_of(of_metric)) < 2:
            continue
        shared = _shared_sets(of_metric)
        lines += [_line([one for one in of_metric if one.dataset == key], numbering) for key in shared]
        if not shared:
            lines.append(_line(of_metric, numbering))
    return sorted(lines, key=lambda line: (not line.better, not line.dataset))


def _papers_of(found: Sequence[Measurement]) -> list[str]:
    return list(dict.fromkeys(map(_id_of, found)))


def _shared_sets(found: Sequence[Measurement]) -> list[str]:
    keys = dict.fromkeys(one.dataset for one in found if one.dataset)
    return [key for key in keys if len(_papers_of([one for one in found if one.dataset == key])) > 1]


def _line(found: Sequence[Measurement], numbering: Numbering) -> NumberLine:
    """The numbers of one metric, those first that decide which is better."""
    better, reason, decisive = _verdict(found)
    others = [one for arxiv_id in _papers_of(found) for one in _of_paper(found, arxiv_id)[:_MOST_OF_A_PAPER]]
    kept = list({id(one): one for one in (*decisive, *others)}.values())
    dataset = kept[0].dataset_text if len({one.dataset for one in kept}) == 1 else ""
    values = tuple(Measured(f"{m.value} {m.written}", m.setting, numbering.cite(m.paper, m.sentence)) for m in kept)
    return NumberLine(dataset, kept[0].metric, values, better, reason)


def _of_paper(found: Sequence[Measurement], arxiv_id: str) -> list[Measurement]:
    return [one for one in found if _id_of(one) == arxiv_id]


def _id_of(one: Measurement) -> str:
    return one.paper.stored.paper.arxiv_id


def _verdict(found: Sequence[Measurement]) -> tuple[str, str, Sequence[Measurement]]:
    """The paper with the better number or "", why, and the best number of each paper that this was decided by."""
    datasets = {one.dataset for one in found}
    if len(datasets - {""}) > 1:
        return "", fill("compare_other_data"), ()
    if "" in datasets:
        return "", fill("compare_no_data"), ()
    scores = [one for one in found if not one.is_gain]
    if len(_papers_of(scores)) < len(_papers_of(found)):
        return "", fill("compare_gains"), ()
    best = _best_of_each(scores)
    if len(best) < len(_papers_of(found)):
        return "", fill("compare_other_settings"), ()
    if best[0].amount == best[1].amount:
        return "", fill("compare_same_number"), best
    is_same = len({one.circumstances for one in best}) == 1
    return _id_of(best[0]), fill("compare_better") if is_same else fill("compare_better_but"), best


def _best_of_each(scores: Sequence[Measurement]) -> list[Measurement]:
    """The best number of each paper, the best first, of those that were measured alike in all of them."""
    papers = _papers_of(scores)
    for condition in dict.fromkeys((one.unit, one.condition) for one in scores):
        alike = [one for one in scores if (one.unit, one.condition) == condition]
        if len(_papers_of(alike)) == len(papers):
            ranked = sorted(alike, key=lambda one: -one.direction * one.amount)
            return [next(one for one in ranked if _id_of(one) == arxiv_id) for arxiv_id in _papers_of(ranked)]
    return []
