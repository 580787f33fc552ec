"""What the page says, made of answers and papers whose texts are as bad as they can be."""

from dataclasses import replace
from datetime import date

import pytest

from assistant.answer import Answer, Citation, Claim, NearPaper, Reference
from assistant.answering.contract import closest_passages
from assistant.face.ui.dialogue import Turn
from assistant.face.ui.markup import (
    answer_html,
    empty_library_html,
    masthead_html,
    no_sources_html,
    sources_html,
    turn_html,
    welcome_html,
)
from assistant.reading.evidence import Evidence
from ingest.paper import Block, Link, Listing, Paper, Span, StoredPaper
from ingest.readable import printable
from tests.assistant.face.ui.reading import HOSTILE, attributes_of, links_of, marked_texts, tags_of, text_of

DAY = date(2021, 1, 4)
ABSTRACT = "Kites fly well. They turn & dive. Code is at https://github.com/kites/kites."
OWN_PAGE = "paper/2101.00001"
OWN_TAGS = {
    "a",
    "article",
    "button",
    "div",
    "h2",
    "h3",
    "h4",
    "header",
    "li",
    "mark",
    "ol",
    "p",
    "section",
    "span",
    "strong",
}
OWN_TAGS |= {"blockquote", "details", "summary", "table", "tbody", "td", "th", "thead", "tr", "ul"}
OWN_ATTRIBUTES = {"class", "href", "open", "role", "scope", "id", "rel", "tabindex", "target", "title", "type", "value"}


def stored(arxiv_id: str = "2101.00001", title: str = "On Kites", abstract: str = ABSTRACT) -> StoredPaper:
    links = (Link("https://github.com/kites/kites", is_code=True),)
    paper = Paper(arxiv_id, title, abstract, f"https://arxiv.org/pdf/{arxiv_id}.pdf", links=links)
    return StoredPaper(1, paper, (Listing(DAY, "cs.CV", Block.NEW, 1),))


def reference(paper: StoredPaper, number: int = 1) -> Reference:
    return Reference(number, paper.paper.arxiv_id, paper.paper.title, paper.day, paper.paper.url)


def quote(paper: StoredPaper, start: int, end: int, number: int = 1) -> Claim:
    text = paper.paper.abstract[start:end]
    return Claim(text, (Citation(number, paper.paper.arxiv_id, text, start, end),))


def quoting(paper: StoredPaper, *ranges: tuple[int, int]) -> Answer:
    claims = tuple(quote(paper, start, end) for start, end in ranges)
    return Answer("Do kites fly?", "…", abstained=False, claims=claims, references=(reference(paper),))


def near(paper: StoredPaper) -> NearPaper:
    return NearPaper(paper.paper.arxiv_id, paper.paper.title, paper.day, paper.paper.url)


def abstaining(*papers: StoredPaper) -> Answer:
    """An abstention; with papers, as an older Daybook kept it."""
    text = "The library does not hold an answer to this.\nThe papers nearest to it:\n- On Kites (4 Jan 2021)"
    return Answer("Do dogs bark?", text, abstained=True, nearest=tuple(map(near, papers)))


def coming_close(paper: StoredPaper, *ranges: tuple[int, int]) -> Answer:
    passages = [Evidence(paper, Span(start, end), 0.5) for start, end in ranges]
    return closest_passages("Do dogs bark?", "", passages, [paper])


class TestAnswer:
    def test_a_quote_stands_in_quotation_marks_under_its_paper_before_its_marker(self) -> None:
        html = answer_html(quoting(stored(), (0, 15), (16, 33)), turn=3)
        assert text_of(html).startswith("On Kites 4\u00a0Jan\u00a02021“Kites fly well.” [1] “They turn & dive.” [1]")

    def test_an_exact_answer_says_its_facts_before_its_papers(self) -> None:
        facts = ("Two papers:", "Code: https://github.com/kites/kites")
        answer = Answer("Q", "…", abstained=False, facts=facts, references=(reference(stored()),))
        html = answer_html(answer, 1)
        assert text_of(html).startswith("Two papers:Code: https://github.com/kites/kites[1] On Kites")
        assert "https://github.com/kites/kites" in links_of(html)
        assert 'class="listing"' not in html
        assert "The papers that the answer names" in text_of(sources_html(answer, {"2101.00001": stored()}, 1))

    def test_a_long_list_is_complete_and_scrolls(self) -> None:
        papers = [stored(f"2101.{number:05}", f"Kite {number}") for number in range(1, 41)]
        references = tuple(reference(paper, number) for number, paper in enumerate(papers, start=1))
        answer = Answer("Q", "…", abstained=False, facts=("40 papers:",), references=references)
        html = answer_html(answer, 1)
        assert html.count("<li ") == 40
        assert 'class="listing"' in html
        assert "#source-" not in html  # so many abstracts are not shown
        assert "<article" not in sources_html(answer, {paper.paper.arxiv_id: paper for paper in papers}, 1)

    def test_what_was_understood_stands_before_it(self) -> None:
        answer = replace(quoting(stored(), (0, 15)), understood=("4 Jan 2021", "read “<b>kits” as “kites”"))
        html = answer_html(answer, turn=3)
        assert text_of(html).startswith("Understood: 4 Jan 2021; read “<b>kits” as “kites”")
        assert set(tags_of(html)) <= OWN_TAGS
        assert "Understood" not in answer_html(replace(answer, understood=()), turn=3)

    def test_a_note_stands_after_it_in_one_line(self) -> None:
        answer = replace(quoting(stored(), (0, 15)), note="Quotes stand here: the <b>server failed.")
        html = answer_html(answer, turn=3)
        assert "Quotes stand here: the <b>server failed." in text_of(html)
        assert html.index("note") < html.index("references")
        assert "note" not in answer_html(replace(answer, note=""), turn=3)

    def test_a_sentence_of_a_models_own_stands_without(self) -> None:
        paper = stored()
        claim = Claim("Kites are good fliers.", quote(paper, 0, 15).citations)
        answer = Answer("Q", "…", abstained=False, claims=(claim,), references=(reference(paper),))
        assert "2021Kites are good fliers. [1]" in text_of(answer_html(answer, 1))

    def test_markers_lead_to_the_sources_of_their_own_turn(self) -> None:
        html = answer_html(quoting(stored(), (0, 15)), turn=3)
        assert links_of(html) == ["#source-3-1", "#source-3-1", "https://arxiv.org/pdf/2101.00001.pdf", OWN_PAGE]
        assert 'id="reference-3-1"' in html

    def test_each_paper_has_its_paragraph_and_its_reference(self) -> None:
        papers = [stored(f"2101.0000{n}", f"Kites {n}") for n in (1, 2)]
        answer = Answer(
            "Q",
            "…",
            abstained=False,
            claims=tuple(quote(paper, 0, 15, n) for n, paper in enumerate(papers, 1)),
            references=tuple(reference(paper, n) for n, paper in enumerate(papers, 1)),
        )
        html = answer_html(answer, 1)
        assert tags_of(html).count("strong") == 2
        assert "[1] Kites 1 4\u00a0Jan\u00a02021 · arXiv:2101.00001 compare[2] Kites 2" in text_of(html)

    def test_a_claim_that_cites_a_paper_twice_has_one_marker(self) -> None:
        paper = stored()
        citations = quote(paper, 0, 15).citations + quote(paper, 16, 33).citations
        answer = Answer("Q", "…", abstained=False, claims=(Claim("Both.", citations),), references=(reference(paper),))
        assert "Both. [1][1] On Kites" in text_of(answer_html(answer, 1))  # the second one opens the reference list

    def test_an_abstention_names_the_nearest_papers_with_links_once(self) -> None:
        html = answer_html(abstaining(stored()), 1)
        assert text_of(html).startswith("The library does not hold an answer to this.The papers nearest to it:")
        assert text_of(html).count("On Kites") == 1
        assert links_of(html) == ["https://arxiv.org/pdf/2101.00001.pdf", OWN_PAGE]

    def test_what_comes_closest_stands_under_its_paper_without_a_marker(self) -> None:
        html = answer_html(coming_close(stored(), (16, 33), (0, 15)), 1)
        assert text_of(html).startswith("No abstract states this outright; these passages come closest:On Kites")
        assert text_of(html).endswith("“They turn & dive.” … “Kites fly well.”")
        assert text_of(html).count("On Kites") == 1
        assert links_of(html) == ["https://arxiv.org/pdf/2101.00001.pdf", OWN_PAGE]
        assert "#source-" not in html

    def test_papers_near_a_list_are_named_below_it(self) -> None:
        other = stored("2101.00002", "On Dogs")
        html = answer_html(replace(quoting(stored(), (0, 15)), nearest=(near(other),)), 1)
        assert "“Kites fly well.” [1]Also near:On Dogs 4\u00a0Jan\u00a02021" in text_of(html)
        assert "https://arxiv.org/pdf/2101.00002.pdf" in links_of(html)

    def test_an_answer_without_claims_is_its_text_line_by_line(self) -> None:
        answer = Answer("How many?", "Two days:\n- 4 Jan\n- 5 Jan", abstained=False)
        html = answer_html(answer, 1)
        assert (text_of(html), tags_of(html)) == ("Two days:4 Jan5 Jan", ["div", "p", "p", "p"])


class TestSources:
    def test_the_cited_sentences_are_marked_in_the_abstract(self) -> None:
        paper = stored()
        html = sources_html(quoting(paper, (16, 33)), {"2101.00001": paper}, 3)
        assert marked_texts(html) == ["They turn & dive."]
        assert ABSTRACT in text_of(html)
        assert 'id="source-3-1"' in html

    def test_title_and_code_are_links(self) -> None:
        paper = stored()
        html = sources_html(quoting(paper, (0, 15)), {"2101.00001": paper}, 1)
        assert links_of(html)[:2] == ["#turn-1", "https://arxiv.org/pdf/2101.00001.pdf"]
        assert links_of(html)[2:] == [OWN_PAGE, "https://github.com/kites/kites"]
        assert "4\u00a0Jan\u00a02021 · arXiv:2101.00001" in text_of(html)

    def test_a_quote_is_marked_where_a_new_version_has_it_and_nowhere_else(self) -> None:
        moved = stored(abstract="In brief: They turn & dive.")
        html = sources_html(quoting(stored(), (0, 15), (16, 33)), {"2101.00001": moved}, 1)
        assert marked_texts(html) == ["They turn & dive."]

    def test_what_comes_closest_is_marked_and_has_no_number(self) -> None:
        paper = stored()
        html = sources_html(coming_close(paper, (16, 33)), {"2101.00001": paper}, 1)
        assert "No abstract states it outright; what comes closest is marked." in text_of(html)
        assert marked_texts(html) == ["They turn & dive."]
        assert ABSTRACT in text_of(html)
        assert 'class="number"' not in html

    def test_a_passage_that_is_not_there_any_more_is_not_marked(self) -> None:
        html = sources_html(coming_close(stored(), (16, 33)), {"2101.00001": stored(abstract="Dogs.")}, 1)
        assert marked_texts(html) == []

    def test_papers_near_a_list_are_no_sources(self) -> None:
        paper, other = stored(), stored("2101.00002", "On Dogs")
        answer = replace(quoting(paper, (0, 15)), nearest=(near(other),))
        html = sources_html(answer, {one.paper.arxiv_id: one for one in (paper, other)}, 1)
        assert "On Dogs" not in text_of(html)

    def test_nearest_papers_that_an_older_daybook_kept_are_not_said_to_be_marked(self) -> None:
        paper = stored()
        html = sources_html(abstaining(paper), {"2101.00001": paper}, 1)
        assert marked_texts(html) == []
        assert 'class="number"' not in html
        assert "marked" not in text_of(html)

    def test_without_a_paper_there_is_a_sentence(self) -> None:
        assert "Nothing in the library" in text_of(sources_html(abstaining(), {}, 1))
        assert sources_html(quoting(stored(), (0, 15)), {}, 1) == no_sources_html()


class TestTurn:
    def test_a_question_waits_for_its_answer(self) -> None:
        assert text_of(turn_html(Turn("Do kites fly?"), 1)) == "Do kites fly?Reading the library …"

    def test_a_problem_is_one_line_under_the_question(self) -> None:
        html = turn_html(Turn("Do <kites> fly?", problem="no <model>\nfits"), 1)
        assert text_of(html) == "Do <kites> fly?No <model> fits"

    def test_an_empty_question_is_not_shown(self) -> None:
        assert tags_of(turn_html(Turn(" ", problem="the question is empty"), 1)) == ["article", "p"]

    def test_of_a_very_long_question_the_beginning_is_shown(self) -> None:
        shown = text_of(turn_html(Turn("x" * 5000, problem="too long"), 1))
        assert shown == "x" * 600 + " …Too long"


@pytest.mark.parametrize("text", HOSTILE)
class TestHostileText:
    """Whatever a question, a model or a paper says: our tags, our attributes, one line, and the text itself."""

    def check(self, html: str) -> None:
        assert set(tags_of(html)) <= OWN_TAGS
        assert attributes_of(html) <= OWN_ATTRIBUTES
        assert "\n" not in html
        for target in links_of(html):
            assert target.startswith(
                ("#source-", "#turn-1", "https://arxiv.org/", "https://github.com/kites", OWN_PAGE)
            )

    def test_as_a_question(self, text: str) -> None:
        html = turn_html(Turn(text), 1)
        self.check(html)
        assert _plain(text)[:500] in _plain(text_of(html))

    def test_as_a_problem(self, text: str) -> None:
        self.check(turn_html(Turn("Q", problem=text), 1))

    def test_as_a_sentence_of_a_model(self, text: str) -> None:
        paper = stored()
        claim = Claim(text, quote(paper, 0, 15).citations)
        answer = Answer("Q", text, abstained=False, claims=(claim,), references=(reference(paper),))
        html = answer_html(answer, 1)
        self.check(html)
        assert _plain(text) in _plain(text_of(html))

    def test_as_the_text_of_an_answer(self, text: str) -> None:
        self.check(answer_html(Answer("Q", text, abstained=False), 1))
        self.check(answer_html(Answer("Q", text, abstained=True), 1))

    def test_as_title_abstract_and_url_of_a_paper(self, text: str) -> None:
        paper = Paper("2101.00001", text, f"Before. {text} After.", text, links=(Link(text, is_code=True),))
        listed = StoredPaper(1, paper, (Listing(DAY, "cs.CV", Block.NEW, 1),))
        whole = (0, 7 + len(text))
        for answer in (quoting(listed, whole), abstaining(listed), coming_close(listed, whole)):
            html = turn_html(Turn("Q", answer), 1) + sources_html(answer, {"2101.00001": listed}, 1)
            self.check(html)
            assert _plain(f"Before. {text} After.") in _plain(text_of(html))


def _plain(text: str) -> str:
    """A text without what formulas and unseen characters leave behind."""
    shown = printable("".join(" " if "\ue000" <= c <= "\ue003" else c for c in text))
    return "".join(shown.replace("\\(", "").replace("$", "").split())


class TestMasthead:
    def test_it_says_how_many_papers_of_which_days(self) -> None:
        html = masthead_html(1283, [date(2021, 4, 22), date(2019, 5, 29)])
        assert text_of(html) == "Daybook 1,283\u00a0papers 29\u00a0May\u00a02019 – 22\u00a0Apr\u00a02021"

    def test_one_paper_of_one_day(self) -> None:
        assert text_of(masthead_html(1, [DAY])) == "Daybook 1\u00a0paper 4\u00a0Jan\u00a02021"

    def test_an_empty_library_is_said_to_be_empty(self) -> None:
        assert text_of(masthead_html(0, [])) == "Daybook The library is empty"
        assert "daybook ingest PATH" in text_of(empty_library_html())
        assert "\n" not in empty_library_html() + welcome_html()

    @pytest.mark.parametrize("text", HOSTILE)
    def test_examples_and_earlier_conversations_are_text(self, text: str) -> None:
        html = welcome_html([text], [("0" * 32, text)]) + empty_library_html([("0" * 32, text)])
        assert set(tags_of(html)) <= {"section", "h2", "p", "code", "div", "h3", "button"}
        assert attributes_of(html) <= {"class", "id", "type", "value"}
