"""The words by which a sentence of an abstract tells what it is for: a lack, a proposal, an outcome."""

import re

_PAPER = r"(?:paper|work|article|study|letter|thesis|report)"


def any_of(words: str) -> str:
    r"""A pattern for any of some words; "*" stands for any ending, "_" for a space, "-" for a hyphen or a space.

    >>> any_of("fail* time-consuming hard_to")
    '(?:fail\\w*|time[\\s-]consuming|hard\\sto)'
    """
    parts = (word.replace("-", r"[\s-]").replace("_", r"\s").replace("*", r"\w*") for word in words.split())
    return f"(?:{'|'.join(parts)})"


def _cue(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


LACK = _cue(
    r"\b"
    + any_of(
        """problem problems problematic challeng* difficult* issue issues limit limits limited limiting limitation*
        suffer* lack* fail fails failed failure* failing hinder* expensive* costly laborious tedious time-consuming
        vulnerab* bottleneck* cannot unable insufficient* ignor* overlook* neglect* poor poorly degrad* drawback*
        shortcoming* ambigu* scarc* rarely hard_to harder_to prone unsolved gap remain remains susceptible
        inaccurate* inefficient* restrict* impractical unsatisf* underexplored under-explored undervalued obstacle*
        only struggl* impair* artifact* do_not does_not trade-off* tradeoff* need needs needed require requires
        required threat* crucial necessary demand* not_suitable not_well not_able not_explored not_available
        not_applicable not_adequately not_fully not_explicitly few_are still_resort"""
    )
    + r"\b"
)
"""What is missing, hard or wrong."""

BACK_REFERENCE = _cue(
    r"\b(?:this|these|those|such|the above|the aforementioned)\s+(?:\w+\s+){0,2}?"
    r"(?:problems?|issues?|challenges?|limitations?|gaps?|difficult(?:y|ies)|drawbacks?|shortcomings?|need|demand)\b"
)

CONTRAST = _cue(
    r"^"
    + any_of(
        "however but yet nevertheless nonetheless unfortunately despite although though while still whereas in_contrast"
    )
    + r"\b|^on the contrary\b|[,;]\s*(?:but|however|yet|which (?:limits?|hinders?|leads? to))\b"
)
"""The turn from what is done to what is missing."""

GOAL = _cue(
    rf"\b(?:aims? (?:to|at)|goals?|objectives?|task of|the problem of|is (?:to|the task)|the question"
    rf"|we {any_of('address tackle study consider investigate focus_on explore examine target')}"
    rf"|(?:this|our|the) {_PAPER} "
    + any_of("addresses tackles studies considers investigates focuses_on explores deals_with")
    + r")\b"
)

POINTS_BACK = _cue(
    rf"^{any_of('besides moreover furthermore in_addition also this these such it they those the_former the_latter')}\b"
)
"""How a sentence begins that is only understood with the one before it."""

PROPOSES = _cue(
    rf"\b(?:we|i|the authors|(?:this|our|the present|the|present) (?:\w+ )?{_PAPER})\s+"
    rf"(?:(?:\w+ly|{any_of('also then further first here hence thus therefore instead have has hereby')})\s+){{0,3}}"
    + any_of(
        """propos* introduc* present* develop* design* devis* describ* formulat* build* built suggest* put_forward
        contribut* construct* creat* offer* establish* advocat* pose* extend* adapt* provid* releas*"""
    )
    + r"(?!\w|\s+(?:(?:the|our|some|further|additional)\s+)?(?:experiment\w*|results?|data|evaluations?|evidence)\b)"
    + r"|\b(?:is|are|was|were|been)\s+(?:\w+\s+)?"
    + any_of("proposed presented introduced developed designed described devised suggested")
    + rf"\b|\b(?:we|this {_PAPER})\b[^.;]{{0,80}}?\band (?:then |further |thus )?"
    + any_of("propose* present presents introduce* develop develops design designs")
    + r"\b|\b(?:are|is) the first to propose\b"
    + rf"|\b(?:aim|goal|purpose|objective) of (?:this|our|the present) {_PAPER} is\b|\bby "
    + any_of("proposing creating developing designing")
    + r"\b"
)

LABELS = {
    "problem": _cue(r"(?:background|introduction|purpose|objectives?|aims?|motivation)(?: and \w+)?\s*:"),
    "method": _cue(r"(?:(?:materials?|data) and )?methods?(?: and \w+)?\s*:"),
    "results": _cue(r"(?:results?|findings)(?: and \w+)?\s*:"),
}
"""The heads of the parts of a structured abstract, by the columns that they are on."""

PROPOSES_WEAKLY = _cue(
    rf"\b(?:we|(?:this|our) {_PAPER})\s+(?:\w+\s+){{0,2}}?"
    + any_of(
        """study studies investigat* analyz* analys* evaluat* show* use uses used train* learn* combin* demonstrat*
        address* explor* compar* review* survey* consider* focus* examin* revisit* argue* leverag* exploit* employ*
        apply applied adopt* utiliz* utilis* aim* tackl* perform* conduct* solv* treat*"""
    )
    + r"|\b(?:our|the proposed|this) (?:\w+ )?"
    + any_of("method approach model framework network system algorithm architecture solution pipeline")
    + r"\b"
)

ADDS = _cue(
    any_of(
        """specifically in_particular further* moreover in_addition additionally also besides finally second* third*
        then first, firstly, we_also we_further we_additionally we_then to_this_end,_we_also"""
    )
    + r"(?!\w)"
)
"""How a sentence begins that adds to what is said already."""

PRAISE = _cue(rf"\b{any_of('popular* attention attracted success* widely promising ubiquitous progress')}\b")
"""That something is liked, which is no problem."""

SOLVED = _cue(
    r"\b"
    + any_of(
        "extend* handl* address* tackl* overcom* solv* alleviat* mitigat* remedies remedy cope copes effective_way"
    )
    + r"\b"
)
"""What is done about a lack; without a contrast, it is none."""

OTHERS = _cue(
    r"\b"
    + any_of("existing previous prior recent recently current conventional traditional most many several other")
    + r"\s+(?:\w+\s+){0,3}?"
    + any_of("method methods work works approaches studies techniques researcher* models algorithms networks")
    + r"\b|\b(?:have|has) been (?:\w+ )?(?:proposed|developed|introduced)\b"
)

OWN = _cue(
    rf"\bwe\b|\bour\b|\b(?:this|the present) {_PAPER}\b|\b(?:the|our) proposed\b"
    r"|\b(?:this|the (?:new|proposed|present)) (?:data[\s-]?set|benchmark|corpus)\b"
)

OUTCOME = _cue(
    r"\b(?:(?:more|less) \w+ than|on par|state[\s-]of[\s-]the[\s-]arts?|speed[\s-]?ups?|works? well|"
    + any_of(
        """outperform* surpass* exceed* superior* beat beats beating sota improv* better best competitive comparable
        effective* efficacy robust* reduc* faster accelerat* achiev* reach* attain* obtain* yield* gain gains boost*
        generaliz* generalis* reveal* confirm* ranks ranked won winning win advantage* success* save saves saved
        promising favorabl* favourabl* feasib* capab* lead_to leads_to leading_to led_to significant* excellent
        remarkabl* increas* decreas* high higher lower able_to validate validates validated benefit benefits
        impressive potential merits suitab* good"""
    )
    + r")\b"
)
STRONG_OUTCOME = _cue(
    r"\b(?:state[\s-]of[\s-]the[\s-]arts?|"
    + any_of("outperform* surpass* exceed* superior* sota improves improved achiev* significantly")
    + r")\b"
)

FINDS = _cue(
    r"\b"
    + any_of(
        """result results experiment experiments evaluation evaluations experimental* study studies analysis analyses
        comparison* test tests simulation* finding findings we ablation* demonstrations observation*"""
    )
    + r"\s+(?:\w+\s+){0,8}?"
    + any_of(
        """show* demonstrat* indicat* suggest* find found reveal* confirm* verif* prove proves proved discover*
        unearth* validat* observ* establish* achiev* obtain* report* justif* illustrat* conclud*"""
    )
    + rf"\b|\bit (?:was|is|has been) (?:\w+ )?{any_of('found shown observed demonstrated seen concluded')}\b"
)
"""How a finding is announced."""

FINDS_THAT = _cue(
    r"\b"
    + any_of("show* demonstrat* indicat* suggest* find found reveal* confirm* prove* discover* observ* conclud*")
    + r" that\b"
)
COMPARES = _cue(r"\b(?:than|compared (?:to|with)|over the|all competitors|previous|existing|prior|baselines?)\b")

ONLY_TESTED = _cue(
    r"^(?:in order )?to (?:verify|evaluate|validate|assess|show|demonstrate|test)\b|^(?:"
    + any_of("extensive comprehensive quantitative qualitative thorough several various we the both additional further")
    + r"\s+)*(?:[\w,-]+\s+){0,6}?"
    + any_of("evaluate conduct perform test validate compare assess carry is are was were has_been have_been")
    + r"\b(?!.*\b(?:show|demonstrat|find|found|achiev|outperform|indicat|result(?:s|ing)? in)\w*)"
)
"""That something was tested, without what came out."""

ASKS = _cue(
    r"\?|\bopen question\b|\bwhether\b(?!.*\b(?:show|find|found|demonstrat))|\bwe (?:hope|believe|expect|plan)\b"
)
"""A question or a hope, not a finding."""

CODE = _cue(
    r"https?://|\bcodes?\b[^.;]{0,60}\b"
    + any_of("available release released releases public* at found provided")
    + r"\b|\bopen[\s-]sourced?\b"
)
