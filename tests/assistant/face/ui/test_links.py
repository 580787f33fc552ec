"""Links that last: how they are written, where they lead, and what is saved for reference managers."""

import json

import pytest
from fastapi import FastAPI

from assistant.engine.daybook import Daybook
from assistant.face.ui.access import AccessGuard
from assistant.face.ui.day_view import DayView
from assistant.face.ui.kept import KeptConversations
from assistant.face.ui.links import ask_link, compare_link, day_link, linked_days, paper_link
from assistant.face.ui.owners import new_token
from assistant.face.ui.server import build_app
from tests.assistant.conftest import sample_id
from tests.assistant.face.ui.reading import HOSTILE, text_of
from tests.assistant.face.ui.test_access import TOKEN
from tests.assistant.face.ui.test_downloads import Client
from tests.assistant.face.ui.test_guard import ask
from tests.assistant.face.ui.test_page import ASKED, shown
from tests.assistant.face.ui.test_server import get
from tests.assistant.face.ui.test_views import pick, within_blocks

PLACES = [
    ("/day/2021-04-22", "../#day/2021-04-22"),
    ("/day/2021-04-22?theme=medical+imaging", "../#day/2021-04-22?theme=medical%20imaging"),
    ("/day/2021-04-19/2021-04-23", "../../#day/2021-04-19/2021-04-23"),
    ("/day/non%22sense", "../#day/non%22sense"),
    ("/ask?q=Is%20%E2%80%9CU-Net%E2%80%9D%20%3Cb%3E%23%3F", "./#ask?q=Is%20%E2%80%9CU-Net%E2%80%9D%20%3Cb%3E%23%3F"),
    ("/ask", "./#ask"),
    ("/compare?ids=2104.10642v3,cs/0101001&columns=a%26b", "./#compare?ids=2104.10642,cs/0101001&columns=a%26b"),
    ("/compare?ids=1%0d%0aSet-Cookie:x", "./#compare?ids=1%0D%0ASet-Cookie%3Ax"),
    ("/compare?add=2104.10642", "./#compare?add=2104.10642"),
    ("/compare", "./#compare"),
]


@pytest.fixture(scope="module")
def app(word_book: Daybook) -> FastAPI:
    return build_app(word_book)


@pytest.fixture(scope="module")
def days(word_book: Daybook) -> DayView:
    return within_blocks(lambda _: DayView(word_book))


class TestPlaces:
    @pytest.mark.parametrize(("address", "place"), PLACES)
    def test_an_address_leads_to_its_place_in_the_page(self, app: FastAPI, address: str, place: str) -> None:
        answer = get(app, address)
        assert (answer.status_code, answer.headers["location"]) == (303, place)

    @pytest.mark.parametrize("address", ["/day/", "/day/a/b/c", f"/day/{'x' * 101}", "/ask/x", "/compare/x", "/paper/"])
    def test_what_is_no_link_is_not_served(self, app: FastAPI, address: str) -> None:
        assert get(app, address).status_code == 404

    @pytest.mark.parametrize("address", [address for address, _ in PLACES] + ["/paper/9901.00014"])
    def test_over_the_network_only_who_has_the_link_gets_there(self, app: FastAPI, address: str) -> None:
        guarded = AccessGuard(app, token=TOKEN)
        refused = ask(guarded, f"GET {address}")
        assert (refused.status_code, "location" in refused.headers) == (401, False)
        query = "&again" if "?" in address else "?again"
        assert ask(guarded, f"GET {address}{query}").headers["content-type"].startswith("text/plain")
        entered = ask(guarded, f"GET /?token={TOKEN}").headers["set-cookie"].partition(";")[0]
        assert ask(guarded, f"GET {address}", headers={"cookie": entered}).status_code in {200, 303}

    def test_from_elsewhere_a_link_is_asked_for_once_more_with_all_that_it_says(self) -> None:
        guarded = AccessGuard(lambda *_: None, token=TOKEN)  # type: ignore[arg-type]
        for path, refresh in [
            ("/day/a?theme=x", "?theme=x&amp;again"),
            ("/paper/1", "?again"),
            ("/ask?q=%22", "?q=%22"),
        ]:
            assert f'content="0;url={refresh}' in ask(guarded, f"GET {path}").text
        hostile = ask(guarded, "GET /ask?q=\"'><script>").text
        assert hostile.count("<script>") == 1

    def test_a_link_and_its_place_are_written_alike(self) -> None:
        assert day_link("2021-04-22", "2021-04-22") == "day/2021-04-22"
        assert compare_link(["2104.10642", "cs/0101001"]) == "compare?ids=2104.10642,cs/0101001"
        assert paper_link("cs/0101001") == "paper/cs/0101001"

    @pytest.mark.parametrize("text", [*HOSTILE, "\ud800", "a+b", "100%"])
    def test_whatever_a_text_says_it_stays_one_part_of_a_link(self, text: str) -> None:
        for link in (ask_link(text), paper_link(text), compare_link([text], [text]), day_link(text, "x", text)):
            assert not set(link) & set("\"'<>#\\ \n")
        kept = text.encode(errors="replace").decode()
        assert linked_days(day_link("a", "b", text)) == ("a", "b", kept)


class TestDays:
    def test_a_link_sets_days_and_theme_and_turns_the_calendar(self, days: DayView) -> None:
        updates = pick(days, "3 day/2026-11-02/2026-11-03?theme=segmentation", "what stood in the box")
        assert shown(updates, days._theme) == ["segmentation"]
        assert shown(updates, days._first) == ["2026-11-02"]
        assert "2–3 Nov 2026: segmentation" in text_of(shown(updates, days._page)[-1])
        assert shown(updates, days._calendar)

    @pytest.mark.parametrize("place", ["day/nonsense", "day/2019-01-01", "day/2026-11-04/2026-11-02", "day/%00<b>"])
    def test_a_bad_one_is_one_line_beside_the_calendar(self, days: DayView, place: str) -> None:
        updates = pick(days, f"1 {place}", "")
        assert 'class="problem"' in shown(updates, days._status)[-1]
        assert "Nov" in text_of(shown(updates, days._calendar)[-1])
        assert shown(updates, days._page) == []


class TestForReferenceManagers:
    def test_a_paper(self, app: FastAPI) -> None:
        found = {ending: get(app, f"/own/papers/{sample_id(14)}.{ending}") for ending in ("bib", "ris", "json")}
        assert f"eprint = {{{sample_id(14)}}}" in found["bib"].text
        assert found["ris"].text.startswith("TY  - GEN\n")
        assert json.loads(found["json"].text)[0]["number"] == f"arXiv:{sample_id(14)}"
        for ending, answer in found.items():
            saved = f'attachment; filename="arxiv-{sample_id(14)}.{ending}"'
            assert answer.headers["content-disposition"] == saved

    @pytest.mark.parametrize("named", ["1234.56789.bib", "cs/0101001.ris", "9901.00014.exe", "..%2fpage.bib", "x.bib"])
    def test_of_an_unknown_one_there_is_nothing(self, app: FastAPI, named: str) -> None:
        assert get(app, f"/own/papers/{named}").status_code == 404

    def test_a_day_within_a_theme(self, app: FastAPI, word_book: Daybook) -> None:
        whole = json.loads(get(app, "/own/days/2026-11-03/2026-11-03.csl").text)
        assert len(whole) == len(word_book.papers(word_book.days()[1].day))
        saved = get(app, "/own/days/2026-11-02/2026-11-04.csl?theme=segmentation")
        assert 0 < len(json.loads(saved.text)) < len(whole) * 3
        assert saved.headers["content-disposition"].endswith('filename="daybook-2026-11-02-to-2026-11-04.csl.json"')
        assert get(app, "/own/days/2026-11-03/2026-11-03.bib").text.count("@misc{") == len(whole)

    def test_a_comparison(self, app: FastAPI) -> None:
        query = f"paper={sample_id(28)}&paper={sample_id(14)}"
        ids = [paper["number"] for paper in json.loads(get(app, f"/own/comparison.json?{query}").text)]
        assert ids == [f"arXiv:{sample_id(28)}", f"arXiv:{sample_id(14)}"]
        assert get(app, "/own/comparison.bib?paper=nonsense").status_code == 400
        assert get(app, "/own/comparison.ris").status_code == 400

    def test_a_conversation_for_the_browser_whose_it_is(self, word_book: Daybook) -> None:
        client, owner = Client(word_book), new_token()
        dialogue = KeptConversations(word_book, owner).dialogue()
        list(dialogue.ask(ASKED))
        cited = [paper.arxiv_id for turn in dialogue.turns if turn.answer for paper in turn.answer.references]
        path = f"/own/conversations/{dialogue.conversation_id}"
        found = client.get(f"{path}.json", owner)
        assert [paper["number"] for paper in json.loads(found.text)] == [f"arXiv:{one}" for one in dict.fromkeys(cited)]
        assert "@misc{" in client.get(f"{path}.bib", owner).text
        for stranger in (new_token(), ""):
            assert client.get(f"{path}.bib", stranger).status_code == 404

    def test_where_nothing_is_cited_one_line_says_so(self, word_book: Daybook) -> None:
        client, owner = Client(word_book), new_token()
        dialogue = KeptConversations(word_book, owner).dialogue()
        list(dialogue.ask("How many papers are there?"))
        answer = client.get(f"/own/conversations/{dialogue.conversation_id}.ris", owner)
        assert (answer.status_code, answer.text) == (400, "no paper is cited here, so there is nothing to save")
