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


ALLOWED = [
    # two verbs of one subject: the second is in a form of its own, or nothing reaches it
    ("WakeMem improves the recall of tugs, but requires sonar.", "WakeMem requires sonar.", True),
    ("WakeMem does not require sonar and reduces the noise.", "WakeMem reduces the noise.", True),
    ("The trackers rely on sonar but ignore the wakes.", "The trackers ignore the wakes.", True),
    ("Our trackers obtain recall close to BerthLink, while achieving speed.", "The trackers achieve speed.", True),
    ("We hope to improve the recall and reduce noise.", "The authors reduce noise.", False),
    ("WakeMem uses a net that learns wakes and requires sonar.", "WakeMem requires sonar.", False),
    ("WakeMem may reduce the noise and require sonar.", "WakeMem requires sonar.", False),
    # two subjects of one verb
    ("Ten rules for tugs and eleven for ferries have been tested.", "Ten rules for tugs have been tested.", True),
    ("Ten rules for tugs and eleven for ferries have been combined.", "Ten rules for tugs have been combined.", False),
    # what is conceded is said, and its subject is the pronoun behind
    ("Although WakeMem is slow, it reduces the noise.", "WakeMem is slow.", True),
    ("Although WakeMem is slow, it reduces the noise.", "WakeMem reduces the noise.", True),
    ("If WakeMem is slow, it reduces the noise.", "WakeMem is slow.", False),
    ("If WakeMem is slow, it reduces the noise.", "WakeMem reduces the noise.", False),
    # a clause behind another
    ("WakeMem reduces the noise, and we show that tugs leave wakes.", "Tugs leave wakes.", True),
    ("WakeMem reduces the noise, and we hope that tugs leave wakes.", "Tugs leave wakes.", False),
    ("We propose a net for ports, in which the fusion is late.", "The fusion is late.", True),
    ("We ask for a net for ports, in which the fusion is late, if it rains.", "The fusion is late.", False),
    ("WakeMem finds tugs, with the memory leading to a gain.", "The memory leads to a gain.", True),
    ("WakeMem finds tugs with the memory of a port.", "The memory of a port finds tugs.", False),
    ("One path, called WakeMem, finds tugs.", "WakeMem finds tugs.", True),
    ("One path, called WakeMem, may find tugs.", "WakeMem finds tugs.", False),
    ("A second net, the Waker, is trained.", "The Waker is trained.", True),
    ("A second net, the Waker, and a third are combined.", "The Waker is combined.", False),
    ("We compare trackers, showing gains on BayView.", "Gains are shown on BayView.", True),
    ("We hope for trackers, showing gains on BayView.", "Gains are shown on BayView.", False),
    # asides, reasons, places
    ("Videos may not be available due to privacy.", "Videos may not be available.", True),
    ("Videos are not available during storms.", "Videos are not available.", False),
    ("WakeMem finds tugs, especially when it rains.", "WakeMem finds tugs.", True),
    ("WakeMem finds tugs, only when it rains.", "WakeMem finds tugs.", False),
    ("WakeMem beats BerthLink on 100 videos of ports.", "WakeMem beats BerthLink.", True),
    ("WakeMem beats BerthLink on 3 of 5 sets.", "WakeMem beats BerthLink.", False),
    ("WakeMem is not only suitable for tugs, but also for ferries.", "WakeMem is suitable for tugs.", True),
    ("WakeMem is not only suitable for tugs, but also for ferries.", "WakeMem is not suitable for tugs.", False),
    ("The net is solved as a task that usually requires sonar.", "The net is solved as a task.", True),
    ("The net is as slow as a rule that usually requires sonar.", "The net is as slow as a rule.", False),
    ("WakeMem beats BerthLink, with gains of 7% and 2% on A and B, respectively.", "WakeMem beats BerthLink.", True),
    ("WakeMem gains 7% and 2%, with A and B, respectively.", "WakeMem gains 2%.", False),
    # nouns
    ("We introduce CityBay, a dataset consisting of 40 hours.", "CityBay consists of 40 hours.", True),
    ("We like CityBay, a dataset for nets consisting of 40 layers.", "CityBay consists of 40 layers.", False),
    ("WakeMem works on the hard ports dataset HarbourTrack.", "WakeMem works on HarbourTrack.", True),
    ("WakeMem works on the union of HarbourTrack.", "WakeMem works on HarbourTrack.", False),
    ("WakeMem beats wake-based and hull-based trackers.", "WakeMem beats wake-based trackers.", True),
    ("WakeMem is the best of wake-based and hull-based nets.", "WakeMem is the best of hull-based nets.", False),
    ("We present the first tracker of tugs.", "The authors present a tracker of tugs.", True),
    ("We present a tracker of tugs.", "The authors present the first tracker of tugs.", False),
    ("We believe that this important wake can help.", "The authors believe that this wake can help.", True),
    ("We find that large wakes can help ports.", "The authors find that wakes can help ports.", False),
    ("We believe that wakes can help ports.", "Wakes can help ports, the authors believe.", True),
    ("We believe that wakes can help ports.", "Wakes can help ports.", False),
    # with a number, where it was measured stays if it stands in front
    ("On BayView, our set of 85 boats, it attains 26.8 dB.", "On BayView, it attains 26.8 dB.", True),
    ("On BayView, our set of 85 boats, it attains 26.8 dB.", "Our set of 85 boats, it attains 26.8 dB.", False),
    ("In the port of Kiel, a small net found 88.7% of the boats.", "A small net found 88.7% of the boats.", False),
    ("With our small memory, the net found 88.7% of the boats.", "The net found 88.7% of the boats.", True),
]


@pytest.mark.parametrize(("quote", "sentence", "is_carried"), ALLOWED)
def test_each_allowance_ends_where_its_neighbor_says_more(quote: str, sentence: str, is_carried: bool) -> None:
    assert carried(sentence, quote).is_supported is is_carried


TELLING = """insufficiently incorrectly mistakenly wrongly falsely scarcely negligibly seemingly supposedly allegedly
hypothetically occasionally infrequently poorly weakly relatively purportedly unfathomably""".split()  # noqa: SIM905


@pytest.mark.parametrize("adverb", TELLING)
@pytest.mark.parametrize(
    ("quote", "sentence"),
    [
        ("The model {} captures context.", "The model captures context."),
        ("The model is {} robust.", "The model is robust."),
        ("The features {} transfer to ports.", "The features transfer to ports."),
        ("The rule has {} been solved by pruning.", "Pruning solves the rule."),
        ("The model, {}, captures context.", "The model captures context."),
        ("The model captures context, {}.", "The model captures context."),
        ("{}, the model captures context.", "The model captures context."),
        ("{}, in ports, the model captures context.", "The model captures context in ports."),
        ("{}, boats are found by the model.", "The model finds boats."),
        ("Experiments {} show that pruning raises recall.", "Pruning raises recall."),
        ("We {} classify boats.", "Boats are classified."),
        ("We propose a {} robust model.", "The authors propose a robust model."),
        ("The model {} and quickly classifies boats.", "The model quickly classifies boats."),
        ("The model {} beats the rule and reaches the port.", "The model reaches the port."),
    ],
)
def test_an_adverb_that_no_list_names_may_not_be_left_out(quote: str, sentence: str, adverb: str) -> None:
    for word in (adverb, adverb.capitalize()):
        assert not carried(sentence, quote.format(word)).is_supported


@pytest.mark.parametrize(
    ("quote", "sentence", "is_carried"),
    [
        ("The model significantly improves recall.", "The model improves recall.", True),
        ("The model is highly robust.", "The model is robust.", True),
        ("Specifically, in ports, it finds boats.", "It finds boats in ports.", True),
        ("Notably, in ports, it finds boats.", "It finds boats.", True),
        ("Firstly, boats are found by the model.", "The model finds boats.", True),
        ("We jointly train nets.", "Nets are trained.", True),
        ("We empirically show that pruning raises recall.", "Pruning raises recall.", True),
        ("The model works in sparsely lit ports.", "The model works.", True),
        # where less is denied, singled out or counted with the adverb than without
        ("The model fails to fully capture context.", "The model fails to capture context.", False),
        ("It is difficult to accurately find boats.", "It is difficult to find boats.", False),
        ("The first tracker to directly reach boats wins.", "The first tracker to reach boats wins.", False),
        ("Few rules directly address boats.", "Few rules address boats.", False),
        ("All jointly trained nets find boats.", "All trained nets find boats.", False),
    ],
)
def test_an_adverb_that_only_adds_may_be_left_out(quote: str, sentence: str, is_carried: bool) -> None:
    assert carried(sentence, quote).is_supported is is_carried


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


@given(
    SENTENCES,
    ADJUNCTS,
    st.sampled_from(["not", "never", "only", "may", "all", "best", "without", "scarcely"]),
    st.data(),
)
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
