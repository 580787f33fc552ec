"""What a sentence would say if it said the opposite, to see which of the two a quote is nearer to."""

import re
from collections.abc import Iterator
from itertools import islice

from ingest.names import TOKEN

_VERBS = """increase decrease, decrease increase, reduce increase, encourage discourage, deactivate activate,
    raise lower,     improve worsen, enhance impair, induce suppress, promote inhibit, inhibit promote, prevent
    cause, cause
    prevent, suppress induce, activate inhibit, stimulate inhibit, facilitate hinder, accelerate slow, slow
    accelerate, strengthen weaken, weaken strengthen, upregulate downregulate, downregulate upregulate,
    stabilize destabilize, destabilize stabilize, outperform underperform, underperform outperform, exceed miss,
    surpass trail, protect harm, impair enhance, block enable, enable prevent, allow prevent, support
    contradict, contradict support, confirm refute, refute confirm, accept reject, reject accept, include
    exclude, exclude include, simplify complicate, degrade improve, worsen improve, disrupt maintain, maintain
    disrupt, elevate lower, diminish enlarge, attenuate amplify, amplify attenuate, boost hamper, hamper boost,
    impede aid, aid impede, succeed fail, benefit harm, delay hasten, expand shrink, widen narrow, trigger
    prevent, alleviate aggravate, aggravate alleviate, overestimate underestimate, underestimate overestimate,
    gain lose, lose gain, lack possess, possess lack, repress activate, hinder facilitate, perpetuate disrupt,
    minimize maximize, maximize minimize, deplete enrich, enrich deplete, abolish restore, restore abolish,
    counteract assist, assist counteract, initiate terminate, terminate initiate, open close, close open,
    constrain relax, deteriorate improve, sensitize desensitize, ameliorate aggravate, exacerbate alleviate,
    eliminate introduce, compromise preserve, undermine support, mitigate aggravate, hamper boost, drop rise"""
_WORDS = """higher lower, lower higher, high low, low high, more less, less more, fewer more, most least, least most,
    greater smaller, smaller greater, larger smaller, large small, small large, longer shorter, shorter longer,
    better worse, worse better, best worst, faster slower, slower faster, stronger weaker, weaker stronger, rise
    fall, earlier later, later earlier, early late, late early, before after, after before, with without,
    without with, reduction increase, reductions increases, improvement decline, improvements declines, decline
    rise, drop rise, inhibition activation, activation inhibition, suppression induction, gain loss, loss gain,
    effective ineffective, ineffective effective, efficient inefficient, successful unsuccessful, able unable,
    unable able, incapable capable, capable incapable, accurate inaccurate, inaccurate accurate, possible
    impossible, positive negative, negative positive, positively negatively, negatively positively, necessary
    unnecessary, unnecessary necessary, required unnecessary, essential unnecessary, important unimportant,
    crucial unimportant, resistant susceptible, susceptible resistant, resistance susceptibility, susceptibility
    resistance, absence presence, presence absence, lacking having, deficient abundant, stable unstable,
    unstable stable, dependent independent, independent dependent, sensitive insensitive, insensitive sensitive,
    robust fragile, superior inferior, inferior superior, same different, similar dissimilar, different same,
    identical different, common rare, rare common, frequent rare, rarely often, often rarely, always never,
    never always, all none, simple complex, complex simple, easy hard, hard easy, cheap expensive, expensive
    cheap, safe dangerous, significant insignificant, related unrelated, unrelated related, known unknown,
    unknown known, fast slow, slow fast, beneficial harmful, harmful beneficial, supervised unsupervised,
    unsupervised supervised, major minor, minor major, many few, few many, likely unlikely, unlikely likely,
    quickly slowly, slowly quickly, toxic harmless, strong weak, weak strong, local global, global local,
    trivial crucial, failure success, success failure, up down, down up, increasingly decreasingly, excess
    deficit, deficiency excess, inhibitor activator, activator inhibitor, inhibitory stimulatory, unaffected
    affected, unchanged changed, favorable unfavorable, favourable unfavourable, limited extensive, extensive
    limited, poor good, good poor, poorly well, well poorly, new old, old new, young old, older younger, younger
    older, inside outside, direct indirect, directly indirectly, reversible irreversible, normal abnormal,
    abnormal normal, active inactive, inactive active, sufficient insufficient, insufficient sufficient, optimal
    suboptimal, consistent inconsistent, reliable unreliable, useful useless, useless useful, helpful unhelpful,
    protective harmful, detrimental beneficial, vulnerable resistant, functional nonfunctional, viable unviable"""
_AUXILIARIES = "is are was were can could has have had does do did may might will would should must"
_COMMON_VERBS = """
    regulate modulate mediate contribute play require affect influence produce occur result consist bind interact
    form act encode control lead depend drive use show demonstrate achieve provide learn predict detect generate
    capture preserve work apply generalize give become remain participate express correlate differ respond
    develop belong exhibit display involve target serve help need perform yield obtain find reach handle solve
    address recover improve transfer converge scale match determine direct catalyze phosphorylate suggest
    indicate reveal identify rely function represent exist arise account limit extend vary go alter change link
    associate correspond reflect explain evolve migrate express secrete release recruit localize translate
    undergo combine share mimic recognize discriminate distinguish retain keep replace maintain harbour harbor
    carry cover follow precede define shape establish drive guide ensure guarantee offer rank select transform
    operate rise fall survive die benefit tend seem appear hold fit suit train run beat match return process
    adapt transfer tolerate explore exploit employ leverage incorporate integrate"""
_NOT = re.compile(r"\b(?:do|does|did) not |\bnot |\bno (?=\w)|(?<=can)not\b|(?<=[a-z])n['’]t\b", re.IGNORECASE)


def _inflected(verb: str) -> tuple[str, str, str, str]:
    stem = verb.removesuffix("e")
    if verb.endswith("y") and verb[-2] not in "aeou":
        return verb, f"{verb[:-1]}ies", f"{verb[:-1]}ied", f"{verb}ing"
    third = f"{verb}es" if verb.endswith(("s", "ch", "sh", "x", "o")) else f"{verb}s"
    return verb, third, f"{stem}ed", f"{stem}ing"


def _opposite_words() -> dict[str, str]:
    pairs = [pair.split() for pair in _WORDS.split(",")]
    for verb, opposite in (pair.split() for pair in _VERBS.split(",")):
        pairs += zip(_inflected(verb), _inflected(opposite), strict=True)  # type: ignore[arg-type]
    found: dict[str, str] = {}
    for word, opposite in pairs:
        found.setdefault(word, opposite)
        found.setdefault(word.replace("iz", "is"), opposite)
    return found


_OPPOSITE = _opposite_words()
_DENIED = {
    form: f"{auxiliary} not {verb}"
    for verb in _COMMON_VERBS.split()
    for form, auxiliary in zip(_inflected(verb)[:3], ("do", "does", "did"), strict=True)
}
_DENIED |= {auxiliary: f"{auxiliary} not" for auxiliary in _AUXILIARIES.split()}


def opposites_of(sentence: str, most: int = 4) -> list[str]:
    """Up to `most` sentences that say the opposite: a word turned round, a negation taken out or put in."""
    return list(islice(_opposites_of(sentence), most))


def _opposites_of(sentence: str) -> Iterator[str]:
    if _NOT.search(sentence):
        yield _NOT.sub("", sentence)
    for match in TOKEN.finditer(sentence):
        opposite = _OPPOSITE.get(match[0].lower())
        if opposite:
            yield f"{sentence[: match.start()]}{opposite}{sentence[match.end() :]}"
    for match in TOKEN.finditer(sentence):
        denied = _DENIED.get(match[0].lower())
        if denied and match.start():
            yield f"{sentence[: match.start()]}{denied}{sentence[match.end() :]}"
            return
