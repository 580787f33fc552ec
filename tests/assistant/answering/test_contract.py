"""Nothing that breaks the contract becomes an answer, and what does is numbered as it appears."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.answering.contract import AnswerBuilder, ContractError, DraftClaim, abstention, closest_passages
from assistant.language.days import spoken_day
from assistant.reading.evidence import Evidence
from tests.assistant.conftest import cited_ids, evidence_from, markers, stored_paper

CATS = stored_paper("2101.00003", title="Cats", abstract="Cats purr at night. They sleep by day.")
DOGS = stored_paper("2101.00002", title="Dogs", abstract="Dogs bark at noon.", day=date(2021, 1, 5))
OWLS = stored_paper("2101.00001", title="Owls", abstract="Owls hunt at dusk.")
PURR = evidence_from(CATS, 0, 19)
SLEEP = evidence_from(CATS, 20, 38)
BARK = evidence_from(DOGS)
HUNT = evidence_from(OWLS)
ROAR = evidence_from(stored_paper("2101.00003", abstract="Cats roar at night."))


def scored(evidence: Evidence, score: float) -> Evidence:
    """A piece of evidence with another score."""
    return replace(evidence, score=score)


@pytest.fixture
def builder() -> AnswerBuilder:
    return AnswerBuilder("Which animals are loud?", [CATS, DOGS])


def test_a_draft_that_holds_becomes_a_claim(builder: AnswerBuilder) -> None:
    builder.add(DraftClaim("Cats are loud at night.", (PURR,)))
    answer = builder.answer()
    assert not answer.abstained
    assert answer.question == "Which animals are loud?"
    (claim,) = answer.claims
    assert claim.sentence == "Cats are loud at night."
    (citation,) = claim.citations
    assert (citation.number, citation.arxiv_id, citation.quote) == (1, "2101.00003", "Cats purr at night.")
    assert CATS.paper.abstract[citation.start : citation.end] == citation.quote


@pytest.mark.parametrize(
    ("draft", "message"),
    [
        (DraftClaim("Cats are loud.", ()), "at least one citation"),
        (DraftClaim("", (PURR,)), "needs a sentence"),
        (DraftClaim(" \n", (PURR,)), "needs a sentence"),
        (DraftClaim("Owls hunt.", (HUNT,)), "2101.00001 is cited but was not retrieved"),
        (DraftClaim("Cats purr.", (evidence_from(CATS, 0, 39),)), "from 0 to 39 is no span"),
        (DraftClaim("Cats purr.", (evidence_from(CATS, -5, 38),)), "from -5 to 38 is no span"),
        (DraftClaim("Cats purr.", (evidence_from(CATS, -5, -1),)), "from -5 to -1 is no span"),
        (DraftClaim("Cats purr.", (evidence_from(CATS, 7, 7),)), "from 7 to 7 is no span"),
        (DraftClaim("Cats purr.", (evidence_from(CATS, 9, 5),)), "from 9 to 5 is no span"),
        (DraftClaim("Cats purr.", (evidence_from(CATS, 38, 39),)), "from 38 to 39 is no span"),
        (DraftClaim("Cats roar.", (ROAR,)), "2101.00003 is not what its abstract says"),
    ],
)
def test_a_draft_that_breaks_the_contract_is_refused(builder: AnswerBuilder, draft: DraftClaim, message: str) -> None:
    with pytest.raises(ContractError, match=message):
        builder.add(draft)
    with pytest.raises(ContractError, match="needs a claim"):
        builder.answer()


def test_one_bad_citation_refuses_the_whole_draft_and_takes_no_number(builder: AnswerBuilder) -> None:
    with pytest.raises(ContractError):
        builder.add(DraftClaim("Cats purr and owls hunt.", (PURR, HUNT)))
    builder.add(DraftClaim("Dogs bark.", (BARK,)))
    answer = builder.answer()
    assert [(reference.number, reference.arxiv_id) for reference in answer.references] == [(1, "2101.00002")]
    assert len(answer.claims) == 1


def test_an_answer_without_a_claim_is_none(builder: AnswerBuilder) -> None:
    with pytest.raises(ContractError, match="needs a claim"):
        builder.answer()


def test_papers_are_numbered_as_they_appear() -> None:
    builder = AnswerBuilder("Who?", [CATS, DOGS, OWLS])
    for evidence in ((HUNT,), (PURR,), (HUNT, BARK), (SLEEP,)):
        builder.add(DraftClaim("It is so.", evidence))
    answer = builder.answer()
    assert [[citation.number for citation in claim.citations] for claim in answer.claims] == [[1], [2], [1, 3], [2]]
    assert [reference.number for reference in answer.references] == [1, 2, 3]
    assert cited_ids(answer) == ["2101.00001", "2101.00003", "2101.00002"]


def test_the_markers_of_the_text_are_those_of_the_claims() -> None:
    builder = AnswerBuilder("Who?", [CATS, DOGS, OWLS])
    for evidence in ((HUNT,), (PURR,), (HUNT, BARK), (SLEEP, PURR)):
        builder.add(DraftClaim("It is so.", evidence))
    assert markers(builder.answer().text) == [1, 2, 1, 3, 2]


def test_references_come_from_the_library(builder: AnswerBuilder) -> None:
    builder.add(DraftClaim("Dogs bark.", (BARK,)))
    (reference,) = builder.answer().references
    assert reference.title == DOGS.paper.title
    assert reference.day == DOGS.day
    assert reference.url == DOGS.paper.url


def test_a_forged_title_or_link_never_reaches_a_reference(builder: AnswerBuilder) -> None:
    forged = stored_paper("2101.00002", title="Forged", abstract=DOGS.paper.abstract, day=date(1999, 9, 9))
    builder.add(DraftClaim("Dogs bark.", (evidence_from(forged),)))
    answer = builder.answer()
    assert (answer.references[0].title, answer.references[0].day) == ("Dogs", date(2021, 1, 5))
    assert "Forged" not in answer.text


def test_the_text_says_every_claim_under_its_paper(builder: AnswerBuilder) -> None:
    builder.add(DraftClaim("Cats purr at night.", (PURR,)))
    builder.add(DraftClaim("They are quiet by day.", (SLEEP,)))
    assert builder.answer().text == "Cats (4 Jan 2021): “Cats purr at night.” [1] They are quiet by day. [1]"


def test_only_a_sentence_that_is_a_quote_stands_in_quotation_marks(builder: AnswerBuilder) -> None:
    builder.add(DraftClaim("Dogs bark at noon.", (PURR, BARK)))
    assert "“Dogs bark at noon.” [1][2]" in builder.answer().text
    other = AnswerBuilder("Who?", [CATS])
    other.add(DraftClaim("Cats purr.", (PURR,)))
    assert "“" not in other.answer().text


def test_papers_stand_in_paragraphs_of_their_own(builder: AnswerBuilder) -> None:
    builder.add(DraftClaim("Dogs bark at noon.", (BARK,)))
    builder.add(DraftClaim("Cats purr at night.", (PURR,)))
    first, second = builder.answer().text.split("\n\n")
    assert "Dogs" in first
    assert markers(first) == [1]
    assert "Cats" in second
    assert markers(second) == [2]


def test_an_answer_can_be_had_between_claims(builder: AnswerBuilder) -> None:
    builder.add(DraftClaim("Cats purr at night.", (PURR,)))
    first = builder.answer()
    builder.add(DraftClaim("Dogs bark at noon.", (BARK,)))
    assert len(first.claims) == 1
    assert builder.answer().claims[:1] == first.claims


@pytest.mark.parametrize("reason", ["", "No paper of it mentions “fish”."])
def test_an_abstention_is_one_line_with_its_reason_and_names_no_paper(reason: str) -> None:
    answer = abstention("Do fish sing?", reason)
    assert (answer.grade, answer.abstained) == ("none", True)
    assert (answer.claims, answer.references, answer.closest, answer.nearest) == ((), (), (), ())
    assert answer.text == f"The library does not hold an answer to this. {reason}".strip()


def test_what_comes_closest_stands_under_its_paper_best_first() -> None:
    passages = [scored(HUNT, 0.5), scored(PURR, 0.25), scored(SLEEP, 0.125)]
    answer = closest_passages("Do fish sing?", "No paper of it mentions “fish”.", passages, [CATS, DOGS, OWLS])
    assert (answer.grade, answer.abstained) == ("closest", True)
    assert (answer.claims, answer.references) == ((), ())
    assert [(one.arxiv_id, one.quote, one.start, one.end, one.score) for one in answer.closest] == [
        ("2101.00001", "Owls hunt at dusk.", 0, 18, 0.5),
        ("2101.00003", "Cats purr at night.", 0, 19, 0.25),
        ("2101.00003", "They sleep by day.", 20, 38, 0.125),
    ]
    assert [(near.arxiv_id, near.title, near.url) for near in answer.nearest] == [
        ("2101.00001", "Owls", OWLS.paper.url),
        ("2101.00003", "Cats", CATS.paper.url),
    ]
    first, *lines = answer.text.split("\n")
    assert first.startswith("No paper of it mentions “fish”. No abstract states this outright")
    assert lines == [
        "Owls (4 Jan 2021, arXiv:2101.00001): “Owls hunt at dusk.”",
        "Cats (4 Jan 2021, arXiv:2101.00003): “Cats purr at night.” … “They sleep by day.”",
    ]
    assert markers(answer.text) == []


@pytest.mark.parametrize("passage", [HUNT, ROAR, evidence_from(CATS, 0, 39), evidence_from(CATS, 7, 7)])
def test_what_comes_closest_is_verbatim_and_of_a_paper_that_was_retrieved(passage: Evidence) -> None:
    with pytest.raises(ContractError):
        closest_passages("Do fish sing?", "", [PURR, passage], [CATS, DOGS])


def test_papers_that_are_near_a_list_are_named_and_not_cited() -> None:
    builder = AnswerBuilder("Which animals are loud?", [CATS, DOGS], [OWLS])
    builder.add(DraftClaim("Cats purr at night.", (PURR,)))
    answer = builder.answer()
    assert (answer.grade, cited_ids(answer)) == ("answered", ["2101.00003"])
    assert [near.arxiv_id for near in answer.nearest] == ["2101.00001"]
    assert answer.text.endswith("[1]\n\nAlso near:\n- Owls (4 Jan 2021, arXiv:2101.00001)")


def test_a_paper_that_is_only_near_cannot_be_cited() -> None:
    builder = AnswerBuilder("Which animals are loud?", [CATS, DOGS], [OWLS])
    with pytest.raises(ContractError, match=r"2101\.00001 is cited but was not retrieved"):
        builder.add(DraftClaim("Owls hunt.", (HUNT,)))


def test_a_day_is_spoken_without_a_leading_zero() -> None:
    assert spoken_day(date(2020, 5, 5)) == "5 May 2020"


@given(data=st.data(), abstracts=st.lists(st.text(min_size=1, max_size=80), min_size=1, max_size=4))
def test_whatever_spans_are_drafted_quotes_are_verbatim(data: st.DataObject, abstracts: list[str]) -> None:
    papers = [stored_paper(f"2101.{n:05}", abstract=abstract) for n, abstract in enumerate(abstracts, start=1)]
    builder = AnswerBuilder("Who?", papers)
    kept: list[Evidence] = []
    for paper in data.draw(st.lists(st.sampled_from(papers), min_size=1, max_size=8)):
        offsets = st.integers(-2, len(paper.paper.abstract) + 2)
        start, end = data.draw(offsets), data.draw(offsets)
        evidence = evidence_from(paper, start, end)
        if 0 <= start < end <= len(paper.paper.abstract):
            builder.add(DraftClaim("It is so.", (evidence,)))
            kept.append(evidence)
        else:
            with pytest.raises(ContractError):
                builder.add(DraftClaim("It is so.", (evidence,)))
    if not kept:
        with pytest.raises(ContractError):
            builder.answer()
        return
    answer = builder.answer()
    by_id = {paper.paper.arxiv_id: paper.paper.abstract for paper in papers}
    citations = [citation for claim in answer.claims for citation in claim.citations]
    assert [(c.arxiv_id, c.start, c.end) for c in citations] == [
        (e.stored.paper.arxiv_id, e.span.start, e.span.end) for e in kept
    ]
    assert all(c.quote == by_id[c.arxiv_id][c.start : c.end] for c in citations)
    assert list(dict.fromkeys(c.number for c in citations)) == [reference.number for reference in answer.references]
    assert [r.number for r in answer.references] == list(range(1, len(answer.references) + 1))
