"""What an abstract says of an aspect that the user names: "training data", "speed", "loss function", anything."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from assistant.comparing import cells, cues
from assistant.comparing.measured import measurements, metric_named
from assistant.comparing.reading import ReadPaper, ReadSentence
from assistant.reading.information import Information
from assistant.terms import question_terms
from ingest.library import Library
from ingest.paper import Role
from ingest.words import stem, stems_of, words_of

_LEAST_SHARE = 0.6  # of an aspect's information that a sentence holds
_MOST_QUOTES = 2
_BEGINNING = 5  # words


@dataclass(frozen=True, slots=True)
class _Facet:
    """An aspect that papers tell in other words than it is asked in."""

    asked: re.Pattern[str]
    told: re.Pattern[str]


def _facet(asked: str, told: str) -> _Facet:
    return _Facet(re.compile(asked, re.IGNORECASE), re.compile(told, re.IGNORECASE))


_NUMBER = r"\d[\d.,]*\s*"
_FACETS = (
    _facet(
        r"\bspeed|\bfast|\brun[\s-]?time|\blatency|\bfps\b|\binference time|\bexecution time|\bprocessing time"
        r"|\bthroughput|\breal[\s-]time"
        r"|\bslow|\btime\b(?!\s+series)",
        rf"{_NUMBER}(?:fps|frames\b|ms\b|milliseconds?|seconds?|s\b|minutes?|hours?|hz\b|[x×]\s+(?:faster|speed))"
        rf"|\breal[\s-]time\b|\bspeed(?:s|[\s-]?ups?)?\b"
        r"|\b(?:run|inference|execution|computation(?:al)?|computing|processing|running|training)[\s-]times?\b"
        r"|\blatency\b|\bfast(?:er)?\b"
        r"|\baccelerat\w+|\bslow(?:er)?\b|\bthroughput\b",
    ),
    _facet(
        r"\bsize|\blight|\bparameters?\b|\bmemory|\bsmall|\bcompact|\bcompress|\bfootprint|\bcomplexity|\bflops"
        r"|\bcomput\w+ cost|\bheav",
        r"\bparameters\b|\bflops\b|\bmacs\b|\bmemory\b|\blight[\s-]?weight\w*|\bcompact\b|\bmodel size"
        r"|\bsize of (?:the )?(?:model|network)|\bsmaller\b|\bfootprint\b"
        r"|\bcomput\w+ (?:cost|complexity|overhead|burden|resource\w*)|\befficien\w+|\bcomplexity\b",
    ),
    _facet(
        r"\bloss(?:es)?\b|\bobjective function|\btraining objective",
        r"\bloss(?:es)?\b|\bobjective function|\bpenalty|\bregulari[sz]\w+|\badversarial(?:ly)? train\w*",
    ),
    _facet(
        r"\bsupervision|\bsupervised|\blabel|\bannotation|\bground[\s-]truth",
        r"\b(?:un|self[\s-]?|weakly[\s-]?|semi[\s-]?|fully[\s-]?)?supervis\w+|\blabel\w*|\bannotat\w+"
        r"|\bground[\s-]truth",
    ),
    _facet(
        r"\bbackbone|\barchitecture|\bnetwork type|\bmodel type|\bbase network",
        r"\bbackbones?\b|\barchitectures?\b|\b(?:res|dense|mobile|efficient|shuffle|alex|squeeze|google|hr|u"
        r"|v)-?net\w*(?:[-\s]?\w*\d+)?|\bresnext"
        r"|\bvgg[-\s]?\d*|\byolo\w*|\bdarknet|\binception|\btransformers?\b|\bencoder|\bdecoder|\bcnns?\b|\blstm"
        r"|\bconvolution\w*|\brecurrent|\bgans?\b",
    ),
    _facet(
        r"\blimitation|\bweakness|\bdrawback|\bshortcoming|\bfuture work",
        r"\b(?:our|the proposed|this) (?:\w+ )?(?:method|approach|model|system|work|study)\b[^.]*\b(?:limit\w+"
        r"|fails?|cannot|not)\b|\blimitations?\b(?! of (?:existing|previous|current|prior))"
        r"|\bfuture (?:work|research|directions?)\b",
    ),
    _facet(
        r"\bapplication|\buse case|\bdomain\b",
        r"\bapplication\w*|\bapplied to|\bapplicable|\bapplies\b|\bused (?:for|in)|\buse cases?|\breal[\s-]world\b"
        r"|\bdomains?\b",
    ),
    _facet(
        r"\bbaseline|\bcompared (?:with|to)|\bcompetitor|\brival",
        r"\bcompared? (?:with|to)|\bbaselines?\b|\boutperform\w*|\bsurpass\w*|\bthan\b",
    ),
    _facet(
        r"\binput|\bmodalit|\bsensor|\bimaging",
        r"\binputs?\b|\bmodalit\w+|\bsensors?\b|\brgb(?:-d)?\b|\blidar\b|\bcameras?\b|\bpoint clouds?\b"
        r"|\bevents?\b|\b(?:f?mri|ct|x-rays?|ultrasound)\b"
        r"|\bmagnetic resonance|\btomography|\bmonocular|\bstereo\b|\bsingle image|\bvideos?\b|\baudio\b"
        r"|\bdepth maps?\b|\bmultispectral|\bhyperspectral",
    ),
    _facet(r"\boutput", r"\boutputs?\b|\bpredict\w*|\bproduc\w+|\bgenerat\w+"),
    _facet(
        r"\bhardware|\bdevice|\bgpus?\b",
        r"\bgpus?\b|\bcpus?\b|\bmobile\b|\bembedded\b|\bjetson|\bdevices?\b|\bhardware\b|\bnvidia|\bfpga|\btitan"
        r"|\bgtx|\brtx",
    ),
    _facet(r"\brobust|\bdefen[cs]e|\bsecur", r"\brobust\w*|\bdefen[cs]\w+|\battack\w*|\badversar\w+|\bnois[ey]\w*"),
    _facet(
        r"\baccura|\bperforman|\bquality|\bscores?\b",
        r"\baccura\w+|\bstate[\s-]of[\s-]the[\s-]art|\bperformance\b|\boutperform\w*|\bm?AP\b|\bm?IoU\b|\bPSNR\b"
        r"|\bSSIM\b|\bF1\b|\bAUC\b|\bFID\b|\bdice\b|\d\s?%",
    ),
    _facet(
        r"\bmetrics?\b|\bmeasures?\b",
        r"\bm?AP\b|\bm?IoU\b|\bPSNR\b|\bSSIM\b|\bLPIPS\b|\bF1\b|\bAUC\b|\bFID\b|\bdice\b|\baccuracy\b"
        r"|\bprecision\b|\brecall\b|\berrors?\b|\bmetrics?\b|\bPCK\b|\bEER\b|\bMOTA\b|\bR-squared|\bcorrelation\b"
        r"|\bRMSE\b",
    ),
    _facet(
        r"\bnumber of (?:patients|subjects|participants|images|samples)|\bsample size|\bcohort",
        r"\d[\d,]*\s+(?:\w+\s+){0,3}?(?:patients|subjects|participants|volunteers|images|samples|cases|scans"
        r"|slides|videos)",
    ),
    _facet(r"\bcode\b|\bsource\b|\bgithub", cues.CODE.pattern),
)
_TRAINING = re.compile(r"\btrain|\blearn", re.IGNORECASE)
_TESTING = re.compile(r"\btest|\bevaluat|\bbenchmark|\bvalidat", re.IGNORECASE)
_DATA_ASKED = re.compile(r"\bdata(?:\s?sets?|\s?bases?)?\b|\bbenchmarks?\b|\bcorpus\b|\bcorpora\b", re.IGNORECASE)
_COLUMN_WORDS = {
    "problem": r"problems?|motivation|challenges?|tasks?|goals?|aims?",
    "method": r"methods?|approach(?:es)?|techniques?|ideas?|contributions?|how (?:it|they) works?",
    "results": r"results?|findings?|outcomes?|performance numbers?",
    "code": r"code|code links?|source code|github",
}


def column_of(aspect: str) -> str | None:
    """The column that every table has and that an aspect is another word for."""
    words = " ".join(aspect.lower().split())
    named = (name for name, pattern in _COLUMN_WORDS.items() if re.fullmatch(rf"(?:the |their )?(?:{pattern})", words))
    if re.fullmatch(r"(?:the |their )?(?:data|data\s?sets?|databases?|benchmarks?)", words):
        return "data"
    return next(named, None)


def is_known_aspect(text: str) -> bool:
    """Whether a text names an aspect that papers are known to tell of: a column, a metric, "speed", "training data"."""
    words = text.strip()
    if column_of(words) or metric_named(words) or _DATA_ASKED.search(words):
        return True
    return len(words.split()) <= 3 and any(facet.asked.search(words) for facet in _FACETS)


def aspect_cell(aspect: str, paper: ReadPaper, library: Library) -> list[ReadSentence]:
    """The sentences that tell of an aspect, at most two; none where the abstract does not state it."""
    if _DATA_ASKED.search(aspect):
        return _data_cell(aspect, paper)
    if metric := metric_named(aspect):
        return _once(one.sentence for one in measurements(paper) if one.metric == metric)[:_MOST_QUOTES] or _by_words(
            aspect, paper, library
        )
    facet = next((facet for facet in _FACETS if facet.asked.search(aspect)), None)
    by_words = _by_words(aspect, paper, library)
    if facet is None:
        return by_words
    told = [
        sentence
        for sentence in paper.sentences
        if facet.told.search(sentence.text) and not cells.is_of_others(sentence)
    ]
    ranked = sorted(told, key=lambda s: -_facet_score(s, facet, aspect))
    return ranked[:1] or [sentence for sentence in by_words if not cells.is_of_others(sentence)]


def _once(sentences: Iterable[ReadSentence]) -> list[ReadSentence]:
    return list(dict.fromkeys(sentences))


def _facet_score(sentence: ReadSentence, facet: _Facet, aspect: str) -> float:
    """How much a sentence tells of an aspect: in how many ways, with a number, in its own words, at its beginning."""
    found = {match.group().lower() for match in facet.told.finditer(sentence.text)}
    has_number = any(any(c.isdigit() for c in text) for text in found)
    own_words = len(set(stems_of(aspect)).intersection(stems_of(sentence.text)))
    begins = not set(stems_of(aspect)).isdisjoint(stems_of(sentence.text)[:_BEGINNING])
    return (
        min(len(found), 3)
        + 1.0 * has_number
        + 1.0 * own_words
        + 0.7 * begins
        + 0.5 * (sentence.role is Role.RESULT)
        - 0.01 * sentence.number
    )


def _data_cell(aspect: str, paper: ReadPaper) -> list[ReadSentence]:
    """The data of training or of testing, where an aspect names one; a sentence that is on neither is on both."""
    found = cells.all_data(paper)
    wanted, other = (_TRAINING, _TESTING) if _TRAINING.search(aspect) else (_TESTING, _TRAINING)
    if not (_TRAINING.search(aspect) or _TESTING.search(aspect)):
        return found[:1]
    said = [sentence for sentence in found if wanted.search(sentence.text)]
    either = [sentence for sentence in found if not other.search(sentence.text)]
    return (said or either)[:1]


def _by_words(aspect: str, paper: ReadPaper, library: Library) -> list[ReadSentence]:
    """The sentence that holds the aspect's words, its head among them; none where no sentence holds enough."""
    terms = question_terms(aspect)
    wanted = [stem(word) for word in words_of(aspect)] if not terms.stems else list(terms.stems)
    if not wanted:
        return []
    information = Information(terms, library)
    scored = [(information.share(sentence.text), sentence) for sentence in paper.sentences]
    best = max(scored, key=lambda pair: (pair[0], -pair[1].number), default=None)
    if best is None or best[0] < _LEAST_SHARE or wanted[-1] not in stems_of(best[1].text):
        return []
    return [best[1]]
