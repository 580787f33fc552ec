"""Which sentences one quote carries: the guards one by one, in invented sentences, and what holds of every sentence."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.answering.carrying import carried

WAKE = "We propose WakeMem, a memory of wakes that tracks hidden vessels."
EXPERIMENTS = (
    "Extensive experiments on HarbourTrack and BayView show that our tracker outperforms BerthLink by 5% in recall."
)
TWO = "WakeMem reaches 55% on HarbourTrack and 60% on BayView."
PAIRED = "WakeMem and BerthLink reach 55% and 60%, respectively."
THREE = "WakeMem, BerthLink and BuoyNet reach 5, 6 and 7 points, respectively."
WHILE = "While WakeMem reaches 55% on HarbourTrack, BerthLink reaches 60%."


@pytest.mark.parametrize(
    ("quote", "sentence"),
    [
        (WAKE, WAKE),
        (WAKE, "The paper proposes WakeMem."),
        (WAKE, "WakeMem is proposed."),
        (WAKE, "WakeMem is a memory of wakes that tracks hidden vessels."),
        (WAKE, "The authors propose a memory of wakes that tracks hidden vessels."),
        ("We introduce WakeMem, which fuses sonar and video.", "WakeMem fuses sonar."),
        ("We introduce WakeMem, which fuses sonar and video.", "WakeMem fuses video."),
        ("The rule needs lists, which have been the bottleneck of ports.", "Lists have been the bottleneck of ports."),
        (EXPERIMENTS, "The tracker outperforms BerthLink by 5% in recall."),
        (EXPERIMENTS, "On HarbourTrack and BayView, the tracker outperforms BerthLink by 5% in recall."),
        (EXPERIMENTS, "Experiments show that the tracker outperforms BerthLink."),
        (EXPERIMENTS, "According to the paper, the tracker outperforms BerthLink by 5 percent in recall."),
        (EXPERIMENTS, "The abstract states that their tracker outperforms BerthLink by 5% in recall."),
        (EXPERIMENTS, "BerthLink is outperformed by the tracker."),
        (TWO, "WakeMem reaches 55% on HarbourTrack."),
        (TWO, "On BayView, WakeMem reaches 60%."),
        (PAIRED, "WakeMem reaches 55%."),
        (PAIRED, "BerthLink reaches 60%."),
        (THREE, "BuoyNet reaches 7 points."),
        (WHILE, "BerthLink reaches 60%."),
        ("Pruning lowers the cost by 5% whilst keeping recall.", "Pruning keeps recall."),
        ("Pruning beats the rule, while being simple.", "Pruning is simple."),
        ("The net is trained in ports and tested at sea.", "The net is tested at sea."),
        ("By merging wakes and hulls, WakeMem finds boats.", "WakeMem finds boats by merging wakes and hulls."),
        ("WakeMem finds boats by merging wakes.", "By merging wakes, WakeMem finds boats."),
        ("The recall of WakeMem reaches 55%.", "WakeMem's recall reaches 55%."),
        ("We train long short-term memory (LSTM) cells.", "The authors train LSTM cells."),
        ("Boats such as tugs and ferries leave wakes.", "Boats leave wakes."),
        ("Our novel tracker greatly reduces errors.", "The tracker reduces errors."),
        ("We find that pruning does not lower recall.", "It is found that pruning does not lower recall."),
        ("We find that pruning raises recall.", "Pruning is found to raise recall."),
        ("One cannot easily see hidden boats.", "Hidden boats cannot be easily seen."),
        ("The set holds 412 videos filmed from cranes.", "The set holds 412 videos."),
        ("The set holds 1,500 videos.", "The set holds 1500 videos."),
        ("Most boats leave wakes, and can be tracked.", "Most boats can be tracked."),
        ("We analyse colours.", "The authors analyze colors."),
        ("WakeMem, a memory of wakes, finds boats.", "WakeMem finds boats."),
        ("We propose a small fast tracker.", "The authors propose a tracker."),
        ("We propose to merge wakes to find boats.", "The authors propose to merge wakes."),
        ("We test on the HarbourTrack dataset for boats.", "The authors test on HarbourTrack for boats."),
        ("Unlike most rules, WakeMem finds boats.", "WakeMem finds boats."),
        ("WakeMem reaches 55%, up to 9% above the rule.", "WakeMem reaches 55%."),
    ],
)  # fmt: skip
def test_a_sentence_that_leaves_out_only_what_leaves_it_true_is_carried(quote: str, sentence: str) -> None:
    assert carried(sentence, quote).is_supported


@pytest.mark.parametrize(
    ("quote", "sentence"),
    [
        # words that the quote has not
        ("Pruning raises recall.", "Yes."),
        ("Pruning raises recall.", "Yes, pruning raises recall."),
        ("Fairness of trackers has not been studied.", "Yes, fairness of trackers has been studied."),
        ("Pruning raises recall.", "Pruning impressively raises recall."),
        ("Pruning raises recall.", "Pruning raises any recall."),
        ("Pruning raises recall.", "Pruning best raises recall."),
        ("Pruning raises recall.", "It raises recall."),
        ("Pruning raises recall.", "The authors show that pruning raises recall."),
        ("Pruning is efficient.", "Pruning has efficiency."),
        ("Pruning raises recall.", "Recall."),
        ("Does pruning raise recall?", "Pruning does raise recall."),
        ("Pruning raises recall.", "Pruning raises recall?"),
        ("Recent work shows that pruning raises recall.", "The authors show that pruning raises recall."),
        # order
        ("WakeMem outperforms BerthLink.", "BerthLink outperforms WakeMem."),
        ("WakeMem hides noise.", "WakeMem is hidden by noise."),
        ("Recall rises from 55% to 60%.", "Recall rises from 60% to 55%."),
        ("Training takes 5 hours on 8 cores.", "Training takes 8 hours on 5 cores."),
        ("The large net is slow, and the small net is fast.", "The small net is slow."),
        # numbers of another place
        (WHILE, "WakeMem reaches 60%."),
        (TWO, "WakeMem reaches 60% on HarbourTrack."),
        (TWO, "WakeMem reaches 55% on BayView."),
        (PAIRED, "WakeMem reaches 60%."),
        (PAIRED, "BerthLink reaches 55%."),
        (PAIRED, "WakeMem and BerthLink reach 55%."),
        (THREE, "BerthLink reaches 7 points."),
        (THREE, "WakeMem and BerthLink reach 6 and 7 points."),
        ("WakeMem raises recall by 5% and speed by 9%.", "WakeMem raises recall by 9%."),
        ("WakeMem raises recall by 5% and speed by 9%.", "WakeMem raises recall and speed by 5%."),
        ("WakeMem reaches 55% top-5 accuracy.", "WakeMem reaches 55% accuracy."),
        ("WakeMem has 10 layers with 5 heads each.", "WakeMem has 5 layers."),
        ("The error of WakeMem is 5% lower than that of BerthLink.", "The error of WakeMem is 5%."),
        ("Recall rises on HarbourTrack by 5% and on BayView by 9%.", "Recall rises on BayView by 5%."),
        # of somebody else
        ("Earlier trackers reach 55%.", "The trackers reach 55%."),
        ("Unlike earlier trackers, which reach 55%, ours reaches 60%.", "Ours reaches 55%."),
        ("The recall of the teacher rises.", "The teacher rises."),
        ("A tracker for boats raises recall.", "Boats raise recall."),
        ("We propose WakeMem for BerthLink, which raises recall.", "BerthLink raises recall."),
        ("We compare WakeMem with BerthLink, which reaches 55%.", "WakeMem reaches 55%."),
        ("WakeMem, BerthLink and BuoyNet raise recall.", "WakeMem is BerthLink."),
        ("Joining wakes and hulls raises recall.", "Hulls raise recall."),
        ("The union of wakes, hulls, and sails raises recall.", "Sails raise recall."),
        ("WakeMem finds tugs and BerthLink finds ferries with sonar.", "WakeMem finds tugs with sonar."),
        ("We study the recall of small and the cost of large nets.", "We study the large nets."),
        ("Such trackers reach 55%.", "Trackers reach 55%."),
        ("We analyze the accuracy of primal and dual sketching.", "We analyze the dual sketching."),
        ("Using wakes, hulls and sails raises recall.", "Hulls and sails raise recall."),
        ("The old tracker greatly improved.", "The old tracker is improved."),
        ("WakeMem trains on tugs and ferries for 5 and 9 hours.", "WakeMem trains on tugs for 9 hours."),
        # a denial, a hedge, a condition, a quantity left out
        ("Fairness of trackers has not been studied.", "Fairness of trackers has been studied."),
        ("It has not been shown that pruning raises recall.", "Pruning raises recall."),
        ("Pruning may raise recall.", "Pruning raises recall."),
        ("Pruning can help raise recall.", "Pruning can raise recall."),
        ("We hypothesize that pruning raises recall.", "Pruning raises recall."),
        ("We ask whether pruning raises recall.", "Pruning raises recall."),
        ("We design a loss to raise recall.", "The loss raises recall."),
        ("The loss is meant to hide noise and reduce blur.", "The loss reduces blur."),
        ("The loss fails to hide noise.", "The loss hides noise."),
        ("The loss is expected to hide noise.", "The loss hides noise."),
        ("Pruning raises recall by up to 5%.", "Pruning raises recall by 5%."),
        ("Pruning raises recall by nearly 5%.", "Pruning raises recall by 5%."),
        ("Pruning raises recall on three of five sets.", "Pruning raises recall."),
        ("Pruning raises recall in some ports.", "Pruning raises recall."),
        ("Pruning raises recall only at sea.", "Pruning raises recall."),
        ("Pruning raises recall, but only at sea.", "Pruning raises recall."),
        ("Pruning raises recall unless it rains.", "Pruning raises recall."),
        ("If it rains, pruning raises recall.", "Pruning raises recall."),
        ("We show that, if it rains, pruning raises recall.", "Pruning raises recall."),
        ("Pruning hardly raises recall.", "Pruning raises recall."),
        ("Pruning does not raise recall of tugs.", "Pruning does not raise recall."),
        ("Pruning does not raise recall on sunny days.", "Pruning does not raise recall."),
        ("Pruning does not directly raise recall.", "Pruning does not raise recall."),
        ("WakeMem is the first tracker for boats from space.", "WakeMem is the first tracker for boats."),
        ("WakeMem is the first tracker of tugs and ferries.", "WakeMem is the first tracker of tugs."),
        ("WakeMem uses all frames from the last hour.", "WakeMem uses all frames."),
        ("WakeMem uses all frames in the buffer.", "WakeMem uses all frames."),
        ("WakeMem is faster than BerthLink.", "WakeMem is faster."),
        ("WakeMem is as fast as BerthLink.", "WakeMem is fast."),
        ("WakeMem outperforms trackers that use sonar.", "WakeMem outperforms trackers."),
        ("WakeMem is slower than a tracker that uses sonar.", "WakeMem is slower than a tracker."),
        ("WakeMem uses a fraction of the memory.", "WakeMem uses a fraction."),
        ("WakeMem finds tugs or ferries.", "WakeMem finds tugs."),
        ("WakeMem chooses between tugs and ferries.", "WakeMem chooses between tugs."),
        ("WakeMem is robust to rain but not to fog.", "WakeMem is robust to fog."),
        ("We show how pruning raises recall.", "How pruning raises recall."),
        ("Based on these wakes, WakeMem finds boats.", "Based on these wakes."),
    ],
)  # fmt: skip
def test_a_sentence_that_says_more_or_other_is_not_carried(quote: str, sentence: str) -> None:
    verdict = carried(sentence, quote)
    assert not verdict.is_supported
    assert verdict.reason


def test_two_quotes_stitched_are_carried_by_neither() -> None:
    quotes = ("WakeMem remembers wakes.", "It runs at 30 frames per second on a phone.")
    stitched = "WakeMem runs at 30 frames per second on a phone."
    assert not any(carried(stitched, quote).is_supported for quote in quotes)


def test_the_reason_names_what_is_missing() -> None:
    assert carried("Pruning raises precision.", "Pruning raises recall.").reason == "the quote does not say “precision”"


def test_nothing_is_carried_by_nothing() -> None:
    for sentence, quote in (("", ""), ("…", "Pruning raises recall."), ("Pruning raises recall.", "")):
        assert not carried(sentence, quote).is_supported


# ---- what holds of every sentence

SUBJECTS = st.sampled_from(["The tracker", "WakeMem", "Our small net", "The memory of wakes"])
VERBS = st.sampled_from(["finds", "reduces", "improves", "joins"])
OBJECTS = st.sampled_from(["boats", "the recall", "noisy wakes", "hidden vessels"])
ADJUNCTS = st.sampled_from(["on BayView", "by joining frames", "in busy ports", "with sonar", "at sea"])
SENTENCES = st.tuples(SUBJECTS, VERBS, OBJECTS).map(" ".join)


@given(SENTENCES, ADJUNCTS)
def test_a_last_adjunct_may_go_or_stand_first(sentence: str, adjunct: str) -> None:
    quote = f"{sentence} {adjunct}."
    assert carried(f"{sentence}.", quote).is_supported
    assert carried(f"{adjunct[0].upper()}{adjunct[1:]}, {sentence[0].lower()}{sentence[1:]}.", quote).is_supported


@given(SENTENCES, ADJUNCTS, st.sampled_from(["not", "never", "only", "may", "all", "best", "without"]), st.data())
def test_a_word_that_turns_or_widens_may_neither_be_put_in_nor_left_out(
    sentence: str, adjunct: str, word: str, data: st.DataObject
) -> None:
    plain = f"{sentence} {adjunct}".split()
    place = data.draw(st.integers(1, len(plain) - 1))
    turned = [*plain[:place], word, *plain[place:]]
    assert not carried(f"{' '.join(turned)}.", f"{' '.join(plain)}.").is_supported
    assert not carried(f"{' '.join(plain)}.", f"{' '.join(turned)}.").is_supported


@given(SUBJECTS, st.integers(2, 40), st.integers(41, 99), st.sampled_from(["and", "while", "but"]))
def test_two_numbers_swapped_are_never_carried(subject: str, one: int, other: int, joint: str) -> None:
    quote = f"{subject} finds {one} boats in ports {joint} BerthLink finds {other} boats at sea."
    swapped = f"{subject} finds {other} boats in ports {joint} BerthLink finds {one} boats at sea."
    assert carried(quote, quote).is_supported
    for sentence in (swapped, f"{subject} finds {other} boats.", f"BerthLink finds {one} boats."):
        assert not carried(sentence, quote).is_supported


@given(st.text(max_size=80), st.text(max_size=80))
def test_any_text_is_judged(sentence: str, quote: str) -> None:
    assert carried(sentence, quote).reason != "" or carried(sentence, quote).is_supported


def test_long_sentences_are_judged_at_once() -> None:
    for count in (2, 5, 8, 60):
        long = ", and ".join(f"the tracker of port {n} finds the boats on the sea by {n}%" for n in range(count))
        start = time.process_time()
        carried(f"On the sea, {long}.", f"By the port, {long}, and so on.")
        assert time.process_time() - start < 1
