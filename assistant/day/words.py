"""Words of abstracts that name no theme, and endings that no noun phrase has; English, of no field in particular."""

import re

from ingest.words import stem

_EMPTY = """ability accuracy adaptation aim algorithm amount analysis application approach architecture area art
    aspect attack attention author baseline benchmark camera case challenge class classification classifier code
    comparison component condition content context contribution data dataset deep demonstrate dependence design
    detection difference dimension distribution domain effect efficiency environment error estimation evaluation
    event example experiment extraction factor feature field frame framework function future generalization
    generation goal ground human identification image imagery importance improvement inference information input
    insight issue knowledge label layer learning level line literature localization loss machine map mask matching
    measure mechanism memory method metric model module name network noise normalization number object observation
    optimization order output paper parameter part people performance person pipeline point position potential
    prediction principle problem procedure process property quality question range rate reason recognition
    reconstruction region regularization relation relationship representation research result role sample scale
    scenario scene scheme science score selection sensor sequence setting shape show size solution source space
    stage state step strategy structure study subject system target task technique technology term test theory time
    tool training transfer transformation type use user value variation version video view vision way work world"""
_MAY_END = """adaptation analysis attack attention classification classifier detection estimation evaluation
    extraction generation identification image imagery inference learning localization matching noise normalization
    optimization prediction recognition reconstruction regularization representation selection theory transfer video
    vision"""
_TELLS_WITH_OTHERS = "attention domain human image knowledge object representation scene transfer video".split()  # noqa: SIM905
_EMPTY_STEMS = frozenset(stem(word) for word in _EMPTY.split())
_NEVER_LAST_STEMS = _EMPTY_STEMS - frozenset(stem(word) for word in _MAY_END.split())
_EMPTY_TOGETHER = _EMPTY_STEMS - frozenset(stem(word) for word in _TELLS_WITH_OTHERS)
_NEVER_LAST = frozenset(
    {"via", "based", "using", "against", "toward", "towards", "like", "aware", "free", "wise", "shot"}
)
_ADJECTIVE = re.compile(r".*[a-z](?:ive|ous|able|ible|ful|less|ary|ic|ly|al|ent|ant|ed|ular|ar|ian|an)")
_NOUN = re.compile(
    r"(?:.*(?:ment|ics)|retrieval|removal|proposal|signal|survival|traffic|animal|material|appraisal|dictionary|agent"
    r"|gradient|patient|accident|plant|radar|lidar|calendar|scalar|grammar|plan|ocean|human|pedestrian|span|scan|speed"
    r"|seed|embed|topic|logic|music|fabric|crystal|metal|journal|principal|potential|festival|arrival|trial|terminal"
    r"|rental|portal|manual|goal|coal|medal|library|summary|boundary|vocabulary|glossary|seminar|polar|star|car|chart"
    r"|mobile|student|event|talent|content|segment|percent|scent|tent|constant|variant|quadrant|infant|clan|fan)"
)


def names_nothing(stems: tuple[str, ...]) -> bool:
    """Whether a phrase says nothing of what a paper is about: "method", "training data", "learning"."""
    if len(stems) == 1:
        return stems[0] in _EMPTY_STEMS
    return stems[-1] in _NEVER_LAST_STEMS or all(one in _EMPTY_TOGETHER for one in stems)


def may_end_noun_phrase(word: str) -> bool:
    """Whether a lower-case word may be a noun, as far as its ending tells."""
    is_adjective = _ADJECTIVE.fullmatch(word) is not None and _NOUN.fullmatch(word) is None
    return not is_adjective and word not in _NEVER_LAST
