"""Papers that mean harm go through every command, and no byte comes out that a terminal or a spreadsheet obeys."""

import io
import json
import os
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

import app
from eval.hostile_papers import KINDS, HostilePaper, hostile_papers, hostile_texts
from ingest.cross_encoder import CrossEncoder
from ingest.embedding import OnnxEmbedding
from ingest.library import Library
from tests.conftest import digest_text

PAPERS = int(os.environ.get("HOSTILE_PAPERS", "60"))  # some six texts each
SEED = 27
DAY = date(2026, 1, 5)
COMMANDS_TERMINALS = {*map(chr, range(0x20)), *map(chr, range(0x7F, 0xA0))} - {"\n"}
PERIOD = ("--since", "2026-01-01", "--until", "2026-01-31")
NEWS_FORMATS = ("text", "json", "markdown", "bibtex", "ris", "csl", "atom")
ASKED = "Which papers are about kelp and vessel segmentation?"


@dataclass(frozen=True, slots=True)
class Shown:
    """What a command wrote, on standard output and on standard error, and how it ended."""

    status: int
    output: bytes
    errors: bytes

    @property
    def text(self) -> str:
        """All that it wrote."""
        return self.output.decode() + self.errors.decode()


class Caller:
    """Runs Daybook in this process as a shell would, over one library."""

    def __init__(self, library: Path, folder: Path) -> None:
        self.library, self.folder = library, folder

    def run(self, *arguments: str, stdin: str = "") -> Shown:
        """One command; a defect in it is raised."""
        output, errors = io.BytesIO(), io.BytesIO()
        command = ["daybook", *arguments]
        if arguments[0] not in {"quote"}:
            command += ["--library", str(self.library)]
        status: object = 0
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sys, "argv", command)
            patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin.encode()), encoding="utf-8"))
            patch.setattr(sys, "stdout", io.TextIOWrapper(output, encoding="utf-8"))
            patch.setattr(sys, "stderr", io.TextIOWrapper(errors, encoding="utf-8"))
            try:
                app.main()
            except SystemExit as ended:
                status = ended.code
            sys.stdout.flush()
            sys.stderr.flush()
            written = output.getvalue(), errors.getvalue()  # closing a stream closes what it writes to
        assert isinstance(status, int)
        return Shown(status, *written)


@pytest.fixture(scope="module")
def papers() -> list[HostilePaper]:
    return list(hostile_papers(SEED, PAPERS))


@pytest.fixture(scope="module")
def caller(
    papers: list[HostilePaper],
    real_embedder: OnnxEmbedding,  # noqa: ARG001 - it is there now
    real_reader: CrossEncoder,  # noqa: ARG001 - so is this
    models_folder: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Caller]:
    folder = tmp_path_factory.mktemp("hostile")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DAYBOOK_MODELS", str(models_folder))
        caller = Caller(folder / "library", folder)
        shown = caller.run("ingest", *map(str, write_sources(folder, papers)))
        assert shown.status == 0
        check(shown)
        yield caller


def write_sources(folder: Path, papers: Sequence[HostilePaper]) -> list[Path]:
    """The papers in thirds: as a digest, as BibTeX and as JSON lines; the names of the files are hostile too."""
    third = len(papers) // 3
    written = {
        "a\x1b[2J\x9b31m.md": _digest(papers[:third]),
        "b\x07\r.bib": "".join(_bibtex(paper) for paper in papers[third : 2 * third]),
        "c\t\x85.jsonl": "".join(_json_line(paper) for paper in papers[2 * third :]),
    }
    for name, text in written.items():
        (folder / name).write_bytes(text.encode("utf-8", "surrogatepass"))
    return [folder / name for name in written]


def _digest(papers: Sequence[HostilePaper]) -> str:
    rows = [(paper.arxiv_id, paper.title.text, f"{paper.abstract.text} {paper.link}") for paper in papers]
    return digest_text(DAY, rows[::-1])


def _bibtex(paper: HostilePaper) -> str:
    fields = {
        "title": paper.title.text,
        "abstract": f"{paper.abstract.text} {paper.link}",
        "author": " and ".join(paper.authors),
        "eprint": paper.arxiv_id,
        "archivePrefix": "arXiv",
        "primaryClass": paper.categories[0],
        "year": "2026",
    }
    return f"@misc{{p{paper.arxiv_id}, " + ", ".join(f"{name} = {{{text}}}" for name, text in fields.items()) + "}\n\n"


def _json_line(paper: HostilePaper) -> str:
    record = {
        "id": paper.arxiv_id,
        "title": paper.title.text,
        "abstract": f"{paper.abstract.text} {paper.link}",
        "authors": ", ".join(paper.authors),
        "categories": " ".join(paper.categories),
        "comments": paper.comment,
        "versions": [{"version": "v1", "created": "Mon, 5 Jan 2026 00:00:00 GMT"}],
    }
    return json.dumps(record) + "\n"


def check(shown: Shown) -> None:
    """Nothing that a terminal obeys, in UTF-8."""
    for name, written in (("output", shown.output), ("errors", shown.errors)):
        text = written.decode()
        places = [place for place, sign in enumerate(text) if sign in COMMANDS_TERMINALS]
        assert not places, (name, len(places), text[max(0, places[0] - 60) : places[0] + 20])


def held(caller: Caller) -> list[str]:
    return [paper["arxiv_id"] for paper in json.loads(caller.run("papers", "--json").output)]


COMMANDS: Sequence[tuple[str, ...]] = (
    *(("papers", "--format", form) for form in ("text", "json", "bibtex", "ris", "csl")),
    ("papers", "--day", DAY.isoformat()),
    ("days",),
    ("days", "--json"),
    *(("day", *PERIOD, "--format", form) for form in ("markdown", "json", "html", "bibtex", "ris", "csl")),
    ("day", DAY.isoformat(), "--theme", "kelp"),
    *(("search", ASKED, "--format", form) for form in ("text", "json", "bibtex", "ris", "csl")),
    *(("ask", ASKED, "--format", form) for form in ("text", "json", "bibtex", "ris", "csl")),
    *(
        ("compare", "--topic", "kelp", "--format", form)
        for form in ("table", "markdown", "csv", "latex", "json", "bibtex", "ris", "csl")
    ),
    ("follow", "kelp"),
    ("follow", "--name", "\x1b[2J\x9bkelp"),
    ("follow", "--question", f"{ASKED}\x1b[2J\x9b"),
    ("follow",),
    *(("new", "--keep", "--since", "2026-01-01", "--format", form) for form in NEWS_FORMATS),
    ("mark", "2601.00001", "--note", "a\x1b[2J\x9b", "--tag", "\x1b[2J\x9bkelp"),
    ("mark",),
    ("mark", "--json"),
    ("mark", "\x1b[2J\x9b"),
    ("similar", "2601.00001"),
    ("similar", "2601.00001", "--json"),
    ("doctor",),
    ("doctor", "--json"),
    ("remove", "2601.00001"),
    ("remove", "--source", "no\x1b[2Jsuch\x9b.md", "--yes"),
    ("--no\x1b[2Jsuch\x9b",),
    ("no\x1b[2Jsuch\x9b",),
    ("papers", "--day", "\x1b[2J\x9b"),
    ("search", ASKED, "--author", "A\x1b[2J\x9b"),
    ("day", "--format", "\x1b[2J\x9b"),
    ("compare", "\x1b[2Ja", "\x9bb"),
    ("ingest", "no\x1b[2J\x9b"),
    ("quote", ASKED, "no\x1b[2J\x9b"),
    ("ask", ASKED, "--llm-url", "\x1b[2J\x9b"),
    ("conversations", "show", "\x1b[2J\x9b"),
    ("fetch", "\x1b[2J\x9b"),
)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: ascii(" ".join(command)))
def test_no_command_writes_what_a_terminal_obeys(caller: Caller, command: tuple[str, ...]) -> None:
    shown = caller.run(*command)
    check(shown)
    assert shown.output or shown.errors


def test_hostile_questions_are_answered_in_lines_of_json(caller: Caller) -> None:
    texts = [one.text[:400] for one in hostile_texts(SEED, len(KINDS))]
    lines = "".join(json.dumps({"id": text[:40], "question": text, "conversation": "a"}) + "\n" for text in texts)
    (caller.folder / "questions.jsonl").write_text(lines, encoding="utf-8")
    for command in ("ask", "search"):
        shown = caller.run(command, "--questions", str(caller.folder / "questions.jsonl"))
        check(shown)
        assert len(shown.output.splitlines()) == len(texts)


def test_hostile_texts_are_quoted(caller: Caller) -> None:
    texts = [one.text[:2000] for one in hostile_texts(SEED, len(KINDS))]
    file = caller.folder / "text.txt"
    file.write_bytes(". ".join(texts).encode("utf-8", "replace"))
    lines = [json.dumps({"id": text[:40], "question": ASKED, "text": text, "title": text[:99]}) for text in texts]
    for arguments in ((ASKED, str(file)), (ASKED, str(file), "--json"), ("--questions", "-")):
        shown = caller.run("quote", *arguments, stdin="\n".join(lines))
        check(shown)
        assert shown.status == 0


CONVERSATION_COMMANDS: Sequence[tuple[str, ...]] = (
    ("conversations",),
    ("conversations", "--json"),
    ("conversations", "show", "last"),
    ("conversations", "show", "last", "--json"),
    ("conversations", "export", "last"),
    ("conversations", "export", "last", "--format", "json"),
)


def check_conversation(caller: Caller, words: str) -> None:
    """The last conversation is shown and written in every way, and nothing that a terminal obeys with it."""
    for command in CONVERSATION_COMMANDS:
        shown = caller.run(*command)
        check(shown)
        assert words in shown.output.decode()
    for form in ("markdown", "json"):
        file = caller.folder / f"exported.{form}"
        assert caller.run("conversations", "export", "last", "--format", form, "--output", str(file)).status == 0
        check(Shown(0, file.read_bytes(), b""))
        assert words in file.read_text(encoding="utf-8")


def test_conversations_over_hostile_papers_are_kept_shown_and_written(caller: Caller) -> None:
    asked = next(one.text for one in hostile_texts(SEED, len(KINDS)) if one.kind == "ANSI")
    check(caller.run("ask", "--conversation", "new", f"{ASKED} {asked}"))
    check(caller.run("ask", "--conversation", "last", "And code?"))
    check_conversation(caller, ASKED)
    check(caller.run("conversations", "delete", "last"))
    check(caller.run("conversations", "delete", "last", "--yes"))


def test_a_conversation_that_holds_control_characters_is_written_without_them(caller: Caller) -> None:
    """As one may that an older Daybook kept."""
    hostile = "Kelp \x1b[2J\x9b31m\r\tand tides"
    answer = json.loads(caller.run("ask", ASKED, "--json").output) | {"question": hostile}
    with Library(caller.library) as library:
        library.conversations.append("0" * 32, [json.dumps(answer)], title=hostile)
    check_conversation(caller, "and tides")


def test_what_was_written_in_each_format_was_read(caller: Caller) -> None:
    """Otherwise there would be little to show."""
    third = PAPERS // 3
    counts = Counter((int(one.partition(".")[2]) - 1) // third for one in held(caller))
    assert all(counts[part] > third // 2 for part in range(3)), counts


def test_hostile_papers_are_taken_out_again(caller: Caller) -> None:
    ids = held(caller)
    check(caller.run("remove", ids[0], "--yes"))
    check(caller.run("remove", "--source", str(caller.folder / "c\t\x85.jsonl"), "--yes"))
    assert len(held(caller)) < len(ids) - 1
