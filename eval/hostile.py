"""Thousands of hostile texts in every place of the page, looked at in a real browser at several widths.

Each text is the title of an invented paper and stands in its abstract; it is asked as a question, names a kept
conversation, is typed into the boxes of the views, and is opened with the files that the page saves. It does no harm
where nothing of it ran, was loaded, became an element, took a name from the page, broke the page, lay over it or turned
its words around, and where it stands there as the very text that the library holds. How many texts were seen in a
place is told with it: where none was seen, no harm means nothing.
"""

import json
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import TYPE_CHECKING

from assistant.answer import Answer
from assistant.comparing.choosing import Chooser
from assistant.conversation.history import new_conversation_id
from assistant.engine.daybook import Daybook
from assistant.engine.engines import checked_question
from assistant.face.ui.asked import LONGEST_TEXT, MOST_ASPECTS, MOST_COMPARED, wanted_days
from assistant.face.ui.kept import EARLIER_SHOWN
from assistant.language.days import spoken_day
from eval.crash import WordEmbedder
from eval.hostile_markup import page_texts
from eval.hostile_page import PATIENCE_MS, Shown, WatchedPage, chromium, served
from ingest.errors import DaybookError, InputError
from ingest.library import Library
from ingest.paper import StoredPaper
from ingest.readable import printable
from ingest.sqlite import SqliteFile

if TYPE_CHECKING:
    from playwright.sync_api import Page

PAPERS_A_DAY = 40
"""As many as five comparisons hold, and fewer than the turns of a conversation with one more for each of those."""
KINDS = (
    *("executions", "requests", "blocked", "elements", "links", "clobbers", "broken", "errors"),
    *("overflows", "turned", "altered"),
)
"""The kinds of harm. What the page's policy kept from being loaded is blocked: escaped text would not have tried."""

_FIRST_DAY = date(2020, 1, 1)
_TITLE = "Daybook"
_LONGEST_SHOWN = 600  # characters of a question that the page shows
_LONGEST_NAMED = 40  # characters of a conversation's title that its list shows for sure
_TYPED = 1  # texts of a day that are typed into each box, each of which the page answers by itself
_CONTROLS = {
    "Ask": ("#question textarea", "#send", "a.view"),
    "Day": ("#first-day input, #first-day textarea", "#show-days", "a.view"),
    "Compare": ("#paper-name input, #paper-name textarea", "#add-paper", "a.view"),
}
_NOT_COMPARED = re.compile(r"\s|\$|\\[()\[\]]|[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ue000-\ue003]")
_COMPARED_JS = f"((text) => text.replace(/{_NOT_COMPARED.pattern}/gu, ''))"
_PRESS = """(ids) => {
  const button = document.querySelector("#day-page button.compare");
  const own = button.value;
  button.value = ids.join(" "); // as the button of an answer that opens its papers as a comparison
  button.click();
  button.value = own;
}"""
_LISTED = "(kept) => document.querySelector(`#earlier button[value='${kept}']`)"  # the list before it may still stand
_QUOTED = re.compile("“(.*)”")
_BEFORE = "Wepropose"
_FILE = "daybook.sqlite3"
_SURROGATE = re.compile("[\ud800-\udfff]")
_FAULTS_TOLD = 40
_POLLING_MS = 50  # a frame's sixteen would cost more than what is waited for
_KEPT_SECONDS = 60.0  # an answer takes one on a quiet machine


@dataclass(frozen=True, slots=True)
class Fault:
    """One harm: of which kind, in which place, and the numbers of the texts that stood there, from 0."""

    kind: str
    place: str
    texts: tuple[int, ...]
    what: str

    def line(self, seed: int) -> str:
        """The fault for a terminal."""
        numbers = f"{self.texts[0]}–{self.texts[-1]}" if len(self.texts) > 1 else ", ".join(map(str, self.texts))
        return f"{self.kind}: {self.place}, seed {seed}, text {numbers}: {self.what}"


@dataclass(slots=True)
class HostileResult:
    """What came of all texts: `seen` are the numbers of those that were seen in a place, `refused` is no paper."""

    seed: int
    count: int
    widths: tuple[int, ...]
    refused: int = 0
    pages: int = 0
    seconds: float = 0
    seen: dict[str, set[int]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    @property
    def is_clean(self) -> bool:
        """Whether no text did harm."""
        return not self.faults

    def lines(self) -> list[str]:
        """The table: how many texts were seen in each place, and the harm there."""
        by_place = Counter((fault.place, fault.kind) for fault in self.faults)
        widths = " and ".join(map(str, self.widths))
        head = f"{self.count:,} hostile texts, seed {self.seed}, {widths} px, {self.pages:,} views looked at"
        table = [f"{head}, {self.seconds:.0f} s; no paper was made of {self.refused:,}"]
        table.append(f"{'place':24} {'seen':>6} " + " ".join(f"{kind:>10}" for kind in KINDS))
        for place in dict.fromkeys([*sorted(self.seen), *(fault.place for fault in self.faults)]):
            counts = " ".join(f"{by_place[place, kind]:10}" for kind in KINDS)
            table.append(f"{place:24} {len(self.seen.get(place, ())):6,} {counts}")
        totals = Counter(fault.kind for fault in self.faults)
        table.append(f"{'all':24} {'':6} " + " ".join(f"{totals[kind]:10}" for kind in KINDS))
        return table + [fault.line(self.seed) for fault in self.faults[:_FAULTS_TOLD]]

    def to_dict(self) -> dict[str, object]:
        """The result as JSON-ready data."""
        seen = {place: len(numbers) for place, numbers in sorted(self.seen.items())}
        harm = {kind: sum(fault.kind == kind for fault in self.faults) for kind in KINDS}
        faults = [asdict(fault) for fault in self.faults]
        told = {name: getattr(self, name) for name in ("seed", "count", "widths", "refused", "pages", "seconds")}
        return {**told, "seen": seen, "harm": harm, "faults": faults}


def measure(count: int, seed: int, widths: Sequence[int], tell: Callable[[str], None]) -> HostileResult:
    """Show `count` texts to a browser at some widths, in pixels; `tell` receives the progress.

    Raises:
        InputError: there is no browser, or the page cannot be served.
    """
    result, start = HostileResult(seed, count, tuple(widths)), perf_counter()
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        texts = [text.text for text in page_texts(seed, count)]
        numbers = make_library(Path(folder), texts)
        result.refused = count - len(numbers)
        with (
            chromium() as browser,
            Daybook(Library(Path(folder, "library")), WordEmbedder) as book,
            served(book.library.folder) as address,
        ):
            origins = (address, Path(folder).as_uri(), address)
            page, file, paper = (WatchedPage(browser, origin, widths) for origin in origins)
            trial = _Trial(book, page, file, paper, texts, numbers, result, Path(folder), tell)
            trial.begin(address)
            for day in sorted(summary.day for summary in book.days()):
                trial.run(day, address)
                tell(f"hostile: {trial.done:,} of {count:,} texts, {len(result.faults)} faults")
    result.seconds = perf_counter() - start
    return result


def read_widths(text: str) -> list[int]:
    """Widths of a window in pixels, with commas between them.

    Raises:
        InputError: one is no number from 200 to 9,999.
    """
    widths = [part.strip() for part in text.split(",")]
    for width in widths:
        if not re.fullmatch(r"[2-9]\d{2}|[1-9]\d{3}", width):
            raise InputError(f"“{width}” is no width of a window; write pixels from 200 to 9999, such as 400,1280")
    return [int(width) for width in widths]


def make_library(folder: Path, texts: Sequence[str]) -> dict[str, int]:
    """Make a library of one paper a text below a folder; the number of its text by the id of each paper held."""
    numbers = {}
    with Path(folder, "papers.jsonl").open("w", encoding="ascii") as file:
        for number, text in enumerate(texts):
            day = _FIRST_DAY + timedelta(days=number // PAPERS_A_DAY)
            arxiv_id = f"{day:%y%m}.{(day.day - 1) * PAPERS_A_DAY + number % PAPERS_A_DAY + 1:05}"
            numbers[arxiv_id] = number
            file.write(json.dumps(_record(arxiv_id, text, day)) + "\n")
    with Daybook(Library(folder / "library"), WordEmbedder) as book:
        book.ingest([folder / "papers.jsonl"])
        held = book.library.database.papers_by_id(list(numbers))
    return {arxiv_id: number for arxiv_id, number in numbers.items() if arxiv_id in held}


def _record(arxiv_id: str, text: str, day: date) -> dict[str, object]:
    return {
        "id": arxiv_id,
        "title": text,
        "authors": [text, f"A. {text}"],
        "abstract": f"We propose {text}. It reaches an accuracy of {10 + len(text) % 90}.5 on CIFAR-10.",
        "categories": "cs.CV cs.LG",
        "versions": [{"version": "v1", "created": f"{day:%a}, {day.day} {day:%b} {day.year} 10:00:00 GMT"}],
    }


@dataclass(frozen=True, slots=True)
class _Box:
    """A box of a view that answers a text which it cannot take with a line below it or above."""

    view: str
    label: str
    status: str


_DAY_BOX = _Box("Day", "From", "#day-status")
_NAME_BOX = _Box("Compare", "Add a paper", "#compare-status")


@dataclass(eq=False)
class _Trial:
    """Shows the texts day by day, in every place; `numbers` are those of the texts by the ids of their papers."""

    book: Daybook
    page: WatchedPage
    file: WatchedPage
    paper: WatchedPage
    texts: Sequence[str]
    numbers: Mapping[str, int]
    result: HostileResult
    folder: Path
    tell: Callable[[str], None]
    done: int = 0

    def __post_init__(self) -> None:
        self._owner = ""
        self._day: list[StoredPaper] = []

    def begin(self, address: str) -> None:
        """Open the page, until it hears what is pressed."""
        self.page.open(address)
        self._tab.wait_for_function(
            "() => /shows-/.test(document.body.className) && document.querySelector('.turn, .welcome')"
        )

    def run(self, day: date, address: str) -> None:
        """Show the papers of a day in every place; where a page no longer does what it should, that is harm."""
        from playwright.sync_api import Error  # noqa: PLC0415 - no other measurement needs it

        self._day = self.book.papers(day)
        try:
            self._show(day, address)
        except Error as error:
            self._fault("broken", "page", self._day, _why(error))
            self.begin(address)
        self.done += len(self._day)

    def _show(self, day: date, address: str) -> None:
        self._ask_live(self._day[0])
        self._owner = self._owner or self._owner_seen()
        self._show_day(day)
        self._open_exports(day)
        for stored in self._day:
            self.paper.open(f"{address}/paper/{stored.paper.arxiv_id}")
            self._examine("paper", [stored], page=self.paper)
        for group in _groups(self._day, MOST_COMPARED):
            self._compare(group)
        for stored in self._day[:_TYPED]:
            self._type_into_boxes(stored)
        for group in _groups(self._day, EARLIER_SHOWN):
            self._list_conversations(group)
        self._reopen_conversation()

    @property
    def _tab(self) -> "Page":
        return self.page.tab

    def _typed(self, stored: StoredPaper) -> str:
        """A paper's text as somebody would type it: a box takes no half of a character."""
        return _SURROGATE.sub("", self.texts[self.numbers[stored.paper.arxiv_id]])

    # ---- what is looked at

    def _go(self, view: str) -> None:
        self._tab.locator(f"a.view[href='#{view.lower()}']").press("Enter")

    def _examine(self, view: str, papers: Sequence[StoredPaper], *, page: WatchedPage | None = None) -> list[Shown]:
        """What a page shows of some papers; any harm is noted."""
        shown, harm = (page or self.page).examine(_CONTROLS.get(view, ()), _TITLE if page is None else None)
        self.result.pages += 1
        for kind, found in harm.found.items():
            for what in found:
                self._fault(kind, view, papers, what)
        self._compare_texts(shown)
        return shown

    def _fault(self, kind: str, place: str, papers: Sequence[StoredPaper], what: str) -> None:
        numbers = sorted(self.numbers[one.paper.arxiv_id] for one in papers)
        fault = Fault(kind, place, tuple(numbers), what)
        if fault not in self.result.faults[-_FAULTS_TOLD:]:  # what stays on the page is looked at again and again
            self.result.faults.append(fault)
            self.tell(f"hostile: {fault.line(self.result.seed)}")

    def _see(self, place: str, stored: StoredPaper) -> None:
        self.result.seen.setdefault(place, set()).add(self.numbers[stored.paper.arxiv_id])

    def _wait(self, condition: str, argument: object, place: str, papers: Sequence[StoredPaper]) -> bool:
        """Whether a page comes to fulfil a condition; where it does not, it is broken."""
        from playwright.sync_api import Error  # noqa: PLC0415 - no other measurement needs it

        try:
            self._tab.wait_for_function(condition, arg=argument, polling=_POLLING_MS)
        except Error as error:
            self._fault("broken", place, papers, f"waited in vain: {_why(error)}")
            return False
        return True

    def _compare_texts(self, shown: Sequence[Shown]) -> None:
        """Every text that is shown of a paper is the one that the library holds, or a part of it that is quoted."""
        held = {stored.paper.arxiv_id: stored for stored in self._day}
        for text in shown:
            stored = held.get(text.of)
            if stored is not None and (expected := _Expected(stored, text)).is_of_paper:
                if not expected.is_right:
                    what = f"shown {text.text[:150]!r}, held {stored.paper.title[:150]!r}"
                    self._fault("altered", text.place, [stored], what)
                elif expected.is_seen:
                    self._see(text.place, stored)

    # ---- the day view, and what is saved of it

    def _show_day(self, day: date) -> None:
        self._go("Day")
        self._wait("() => document.querySelector('#day-page .day')", None, "Day", [])  # the newest, by itself
        self._tab.get_by_label("From").fill(day.isoformat())
        self._tab.get_by_label("To", exact=True).fill(day.isoformat())
        self._tab.get_by_label("To", exact=True).press("Enter")
        condition = (
            "([heading, count]) => document.querySelector('#day-page h2')?.textContent.includes(heading)"
            " && document.querySelectorAll('#day-page article.listed').length === count"
        )
        self._wait(condition, [spoken_day(day), len(self._day)], "Day", self._day)
        self._tab.evaluate("document.querySelectorAll('#day-page details').forEach((one) => { one.open = true; })")
        self._examine("Day", self._day)

    def _open_exports(self, day: date) -> None:
        address = f"own/days/{day}/{day}"
        self._open_file(f"{address}.html", self._day)
        self._open_file(f"{address}.md", self._day)

    def _open_file(self, address: str, papers: Sequence[StoredPaper]) -> None:
        """Open a file that the page saves; Markdown as a reader of Markdown shows it that leaves HTML as it is."""
        response = self._tab.request.get(f"{self._tab.url.partition('#')[0]}{address}", timeout=PATIENCE_MS)
        kind = address.partition("?")[0].rpartition(".")[2]
        path = self.folder / f"saved.{'html' if kind == 'html' else kind + '.html'}"
        path.write_text(response.text() if kind == "html" else _as_html(response.text()), encoding="utf-8")
        self.file.open(path.as_uri())
        self.file.tab.evaluate("document.body.classList.add('is-export')")
        self._examine(f"{kind} file", papers, page=self.file)

    # ---- the comparison view

    def _compare(self, papers: Sequence[StoredPaper]) -> None:
        ids = [stored.paper.arxiv_id for stored in papers]
        columns = [" ".join(printable(self._typed(one).replace(",", " ")).split())[:LONGEST_TEXT] for one in papers]
        self._go("Compare")
        self._tab.get_by_label("More columns").fill(",".join(columns[:MOST_ASPECTS]))
        self._tab.evaluate(_PRESS, ids)
        rows = "#table table.comparison:not(.numbers) tbody tr"
        condition = f"(count) => document.querySelectorAll('{rows}').length === (count > 1 ? count : 0)"
        self._wait(f"{condition} && document.querySelectorAll('.chip').length === count", len(ids), "Compare", papers)
        shown = self._examine("Compare", papers)
        headings = {_compared(text.text) for text in shown if text.place == "comparison: column"}
        for stored, column in zip(papers, columns[:MOST_ASPECTS], strict=False):
            if _compared(column[:1].upper() + column[1:]) in headings:
                self._see("comparison: column", stored)
        self._tab.evaluate(
            "(document.querySelector('#chips button.clear') ?? document.querySelector('.chip button')).click()"
        )
        self._wait("() => !document.querySelector('.chip')", None, "Compare", papers)

    # ---- conversations

    def _ask_live(self, stored: StoredPaper) -> None:
        """Ask a question in the box: the page still works."""
        self._begin_anew()
        box = self._tab.locator("#question textarea")
        box.fill(self._typed(stored))
        box.press("Enter")
        answered = (
            "() => document.querySelector('.turn .answer, .turn .problem') && !document.querySelector('#send').disabled"
        )
        self._wait(answered, None, "Ask", [stored])
        self._see_questions(self._examine("Ask", [stored]), [stored], "question asked")

    def _begin_anew(self) -> None:
        self._go("Ask")
        self._tab.get_by_role("button", name="New conversation").click()
        self._wait("() => document.querySelector('.welcome') && !document.querySelector('.turn')", None, "Ask", [])

    def _see_questions(self, shown: Sequence[Shown], papers: Sequence[StoredPaper], place: str) -> None:
        """The questions of turns in order are the texts of these papers."""
        questions = [text.text for text in shown if text.place == "question"]
        for stored, question in zip(papers, questions, strict=False):
            if _compared(printable(self._typed(stored))[:_LONGEST_SHOWN]) in _compared(question):
                self._see(place, stored)
            else:
                self._fault("altered", place, [stored], f"shown {question[:150]!r}")

    def _owner_seen(self) -> str:
        """Whose the conversation is that the browser has just begun; it is kept when its answer is whole.

        Raises:
            TimeoutError: it is not kept.
        """
        until = time.monotonic() + _KEPT_SECONDS
        with closing(SqliteFile(self.book.library.folder / _FILE)) as file:
            while not (kept := file.rows("SELECT owner FROM conversations ORDER BY updated_at DESC LIMIT 1")):
                if time.monotonic() > until:
                    raise TimeoutError("the first question was answered and not kept")
                time.sleep(_POLLING_MS / 1000)
        return str(kept[0][0])

    def _keep(self, questions: Sequence[str]) -> str:
        """Keep a conversation of the browser's in which all this was asked; its id."""
        conversation, answers = new_conversation_id(), [self._answer(question) for question in questions]
        turns = [json.dumps({**answer.to_dict(), "read": answer.read}) for answer in answers]
        kept = self.book.library.conversations
        kept.append(conversation, turns, title=answers[0].question, owner=self._owner)
        return conversation

    @lru_cache(maxsize=2 * PAPERS_A_DAY)  # noqa: B019 - there is one trial a process
    def _answer(self, question: str) -> Answer:
        return self.book.ask(question)

    def _list_conversations(self, papers: Sequence[StoredPaper]) -> None:
        """The list of earlier conversations, each called by a text."""
        *_, newest = [self._keep([self._typed(stored)]) for stored in papers]
        self._begin_anew()
        self._wait(_LISTED, newest, "Ask", papers)
        titles: list[str] = self._tab.evaluate(
            f"[...document.querySelectorAll('#earlier button')].map((button) => {_COMPARED_JS}(button.textContent))"
        )
        self._examine("Ask", papers)
        for stored in papers:
            beginning = _compared(printable(self._typed(stored))[:_LONGEST_NAMED])
            if any(beginning in title for title in titles):
                self._see("conversation named", stored)
            else:
                self._fault("altered", "conversation named", [stored], f"shown are {titles}"[:300])

    def _reopen_conversation(self) -> None:
        """A kept conversation with all texts of the day as questions, and with questions about their authors."""
        authors = [
            "facts: authors of " + ", ".join(f"arXiv:{stored.paper.arxiv_id}" for stored in group)
            for group in _groups(self._day, MOST_COMPARED)
        ]
        kept = self._keep([*map(self._typed, self._day), *authors])
        self._begin_anew()
        self._wait(_LISTED, kept, "Ask", self._day)
        self._tab.locator(f"#earlier button[value='{kept}']").click()
        turns = len(self._day) + len(authors)
        self._wait("(count) => document.querySelectorAll('.turn').length === count", turns, "Ask", self._day)
        shown = self._examine("Ask", self._day)
        self._see_questions(shown, self._day, "question kept")
        answers = _compared(" ".join(text.text for text in shown if text.place == "answer"))
        for stored in self._day:
            if all(_compared(author) in answers for author in stored.paper.authors):
                self._see("answer: authors", stored)
        self._open_file(f"own/conversations/{kept}.md", self._day)

    # ---- boxes

    def _type_into_boxes(self, stored: StoredPaper) -> None:
        """A text where a day or a paper is expected, which the page answers with a line that repeats it."""
        text = self._typed(stored)[:LONGEST_TEXT]
        days = self.book.library.holdings().days
        self._type(_DAY_BOX, text, _told(lambda: wanted_days(text, "", "", days, date.today())), stored)
        name = f"zorblax {text}"  # or it would name its paper
        chooser = Chooser(self.book.library, self.book.finder)
        self._type(_NAME_BOX, name, _told(lambda: chooser.paper(checked_question(name))), stored)

    def _type(self, box: _Box, text: str, told: str, stored: StoredPaper) -> None:
        if not told:
            return
        self._go(box.view)
        field = self._tab.get_by_label(box.label)
        field.fill(text)
        field.press("Enter")
        (line, *_) = told.splitlines()
        condition = (
            f"(line) => {_COMPARED_JS}(document.querySelector('{box.status}')?.textContent ?? '').includes(line)"
        )
        if self._wait(condition, _compared(line[1:]), box.view, [stored]):
            self._see(f"{box.view.lower()}: problem", stored)
        self._examine(box.view, [stored])


def _why(error: Exception) -> str:
    """What failed, and what stood in its way at last."""
    first, *rest = str(error).splitlines()
    return " … ".join([first, *(line.strip(" -") for line in rest[-2:])])[:400]


def _told(read: Callable[[], object]) -> str:
    """The line that tells why something cannot be; empty where it can."""
    try:
        read()
    except DaybookError as error:
        return str(error)
    return ""


class _Expected:
    """What a place may show of a paper."""

    def __init__(self, stored: StoredPaper, shown: Shown) -> None:
        self._part = shown.place.rpartition(": ")[2]
        self._shown = _compared(shown.text)
        self._title, self._abstract = _compared(stored.paper.title), _compared(stored.paper.abstract)
        quoted = _QUOTED.search(self._shown)
        self._quote = quoted[1] if quoted else ""

    @property
    def is_of_paper(self) -> bool:
        """Whether the place shows a text of a paper; a cell may show a link too."""
        return self._part in {"title", "abstract", "chip"} or (self._part in {"quote", "cell"} and bool(self._quote))

    @property
    def is_right(self) -> bool:
        """Whether it is the text as it is held."""
        if self._part in {"title", "abstract"}:
            return self._shown == (self._title if self._part == "title" else self._abstract)
        return self._shown.rstrip("…") in self._title if self._part == "chip" else self._quote in self._abstract

    @property
    def is_seen(self) -> bool:
        """Whether the hostile text, which is the title, or a part of it is among what is shown."""
        if self._part in {"quote", "cell"}:
            own = self._quote.removeprefix(_BEFORE)
            return self._title in own or any(piece in self._title for piece in (own, own.rstrip(".")))
        return True


def _compared(text: str) -> str:
    """A text without what the page may show otherwise: white space, and the signs around a formula."""
    return _NOT_COMPARED.sub("", text)


def _groups(papers: Sequence[StoredPaper], size: int) -> Iterator[Sequence[StoredPaper]]:
    return (papers[place : place + size] for place in range(0, len(papers), size))


def _as_html(markdown: str) -> str:
    try:
        from markdown_it import MarkdownIt  # noqa: PLC0415 - no other measurement needs it
    except ImportError:
        raise InputError("markdown-it-py is not installed; install Daybook with its dev extra") from None
    body = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).render(markdown)
    style = "body { overflow-wrap: anywhere } body > * { overflow: clip }"  # a reader's own, which is not in question
    return f'<!DOCTYPE html><meta charset="utf-8"><style>{style}</style><body>{body}</body>'
