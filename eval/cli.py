"""`daybook eval …`: measurements on real data."""

import json
import signal
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.engine.daybook import Daybook
from assistant.face.cli_options import models_folder
from assistant.face.terminal import tell
from ingest.models import EMBEDDING_FOLDER

if TYPE_CHECKING:
    from ingest.embedding import OnnxEmbedding

eval_cli = typer.Typer(help="Measure Daybook on real data.", no_args_is_help=True, rich_markup_mode=None)


@eval_cli.callback()
def _group() -> None:
    """Keep `eval` a group of commands."""


LlmUrl = Annotated[
    str, typer.Option(envvar="DAYBOOK_LLM_URL", help="A language model's server: with it, too.", metavar="URL")
]
LlmModel = Annotated[str, typer.Option(envvar="DAYBOOK_LLM_MODEL", help="The model's name there.", metavar="NAME")]


@eval_cli.command()
def speed(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH…", help="Digests, or folders of digests.")],
    rounds: Annotated[int, typer.Option(min=1, help="How many pairs of bare embedding and ingest.")] = 3,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Measure ingest beside the bare embedding rate, a cold answer, and peak memory."""
    from eval.speed import as_data, measure  # noqa: PLC0415 - no other command needs it

    embedder = _embedder()
    report = measure(paths, embedder, rounds, tell)
    print(json.dumps(as_data(report)) if as_json else "\n".join(report.lines()))


@eval_cli.command()
def crash(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH…", help="Digests, or folders of digests.")],
    kills: Annotated[int, typer.Option(min=1, help="How often to kill.")] = 300,
    seed: Annotated[int, typer.Option(help="Where the random moments start.")] = 0,
) -> None:
    """Kill ingests at random moments, and look for papers that were lost."""
    from eval.crash import CrashReport, measure  # noqa: PLC0415 - no other command needs it

    def show(report: CrashReport) -> None:
        if report.kills % 20 == 0:
            tell(f"{report.kills} kills")

    report = measure(paths, kills, seed, show)
    print(f"kills                    {report.kills}, of them {report.kills_in_repair} in a repair")
    print(f"libraries completed      {report.libraries_completed}, without a manual step")
    print(f"acknowledged papers      {report.acknowledged} looked up, {len(report.lost)} lost")
    print(f"not found by own text    {len(report.unfindable)}")
    for failure in report.failures:
        print(f"failure: {failure}")
    if not report.is_clean:
        raise typer.Exit(1)


@eval_cli.command()
def corruption(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH…", help="Digests, or folders of digests.")],
    cases: Annotated[int, typer.Option(min=1, help="How often to damage a file.")] = 200,
    seed: Annotated[int, typer.Option(help="Where the random damage starts.")] = 0,
) -> None:
    """Damage files of the vector index, and look for wrong answers and crashes."""
    from eval.corruption import CorruptionReport, measure  # noqa: PLC0415 - no other command needs it

    def show(report: CorruptionReport) -> None:
        if report.cases % 20 == 0:
            tell(f"{report.cases} cases")

    report = measure(paths, cases, seed, show)
    print(f"cases                    {report.cases}, {report.noticed} noticed, {report.harmless} harmless")
    print(f"wrong answers            {len(report.wrong_answers)}")
    print(f"crashes                  {len(report.crashes)}")
    print(f"not repaired             {len(report.not_repaired)}")
    for case in (*report.wrong_answers, *report.crashes, *report.not_repaired):
        print(f"failure: {case}")
    if not report.is_clean:
        raise typer.Exit(1)


@eval_cli.command()
def bitflips(
    flips: Annotated[int, typer.Option(min=1, help="How many bits to flip, each in a library of its own.")] = 300,
    seed: Annotated[int, typer.Option(help="Where the random places start.")] = 1,
    by_table: Annotated[
        bool, typer.Option("--by-table", help="Each table and index as often, not each byte of the file.")
    ] = False,
) -> None:
    """Flip single bits of a library's file, and look for damage that is shown, overlooked or mended into a lie."""
    from eval.bitflips import BitflipReport, measure  # noqa: PLC0415 - no other command needs it

    def show(report: BitflipReport) -> None:
        if report.flips % 50 == 0:
            tell(f"{report.flips} flips")

    report = measure(flips, seed, by_table=by_table, tell=show)
    print(f"flips                    {report.flips}, {report.noticed} found by the doctor, {report.harmless} harmless")
    print(f"parts refused            {report.refused}")
    print(f"mended without loss      {report.mended}")
    print(f"damaged texts quoted     {len(report.texts_quoted)}")
    print(f"silently other           {len(report.silent)}")
    print(f"overlooked by the doctor {len(report.overlooked)}")
    print(f"wrongly repaired         {len(report.wrongly_repaired)}")
    print(f"not restored             {len(report.not_restored)}")
    print(f"crashes                  {len(report.crashes)}")
    for failure in report.failures:
        print(f"failure: {failure}")
    if report.failures:
        raise typer.Exit(1)


@eval_cli.command()
def faults(
    seeds: Annotated[int, typer.Option(min=1, help="How many trials; a schedule has several faults.")] = 1000,
    first: Annotated[int, typer.Option("--from", min=0, metavar="SEED", help="The first seed.")] = 0,
    only: Annotated[str, typer.Option(metavar="TEXT", help="Only trials with this in their name: crash, talk …")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Let the disk fail under SQLite and our own files, and look for papers that were lost and answers gone wrong."""
    from eval.faults import FaultReport, measure  # noqa: PLC0415 - no other command needs it

    def show(report: FaultReport) -> None:
        if report.faults % 500 == 0:
            tell(f"{report.faults} faults, {len(report.failures)} failures, {len(report.silent)} silent")

    report = measure(range(first, first + seeds), only, show)
    print(json.dumps(report.as_data()) if as_json else "\n".join(report.lines()))
    if not report.is_clean:
        raise typer.Exit(1)


@eval_cli.command()
def mutations(
    count: Annotated[int, typer.Option(min=1, help="How many mutated sources of each format.")] = 200,
    seed: Annotated[int, typer.Option(help="Where the random mutations start.")] = 0,
) -> None:
    """Break one entry of a source in every format, and look for crashes, and for what it costs beyond that entry."""
    from eval.mutations import measure  # noqa: PLC0415 - no other command needs it

    report = measure(count, seed, tell)
    print("\n".join(report.lines()))
    if not report.is_clean:
        raise typer.Exit(1)


@eval_cli.command()
def bombs(
    size: Annotated[int, typer.Option(min=1, help="To how many megabytes each source unpacks.")] = 2048,
    only: Annotated[str, typer.Option(metavar="TEXT", help="Only those with this text in their name.")] = "",
) -> None:
    """Ingest sources of a few megabytes that unpack to gigabytes, and measure what it takes and what is saved."""
    from eval.bombs import head_line, measure  # noqa: PLC0415 - no other command needs it

    print(head_line())
    are_clean = True
    for reading in measure(size << 20, _embedder, only):
        print(reading.line(), flush=True)
        are_clean = are_clean and reading.is_clean
    if not are_clean:
        raise typer.Exit(1)


@eval_cli.command()
def hostile(
    payloads: Annotated[int, typer.Option(min=1, help="How many hostile texts.")] = 7000,
    seed: Annotated[int, typer.Option(help="What decides the texts.")] = 1,
    widths: Annotated[str, typer.Option(metavar="PIXELS,…", help="How wide the window is.")] = "400,1280",
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Where the result is written as JSON.")] = None,
) -> None:
    """Show hostile texts in every place of the page to a real browser, and look for any harm they do."""
    from eval.hostile import measure, read_widths  # noqa: PLC0415 - no other command needs it

    result = measure(payloads, seed, read_widths(widths), tell)
    if out is not None:
        out.write_text(json.dumps(result.to_dict(), ensure_ascii=False), encoding="utf-8")
    print("\n".join(result.lines()))
    if not result.is_clean:
        raise typer.Exit(1)


@eval_cli.command()
def snapshot(
    lines: Annotated[int, typer.Option(min=1, help="How many papers the snapshot holds.")] = 1_000_000,
    folder: Annotated[Path | None, typer.Option(help="Where it is written, twice.")] = None,
) -> None:
    """Write a metadata snapshot, plain and packed, and measure how each is read."""
    from eval.snapshot import default_folder, measure  # noqa: PLC0415 - no other command needs it

    for reading in measure(folder or default_folder(), lines):
        size, peak = reading.file_bytes / 1e6, reading.peak_bytes / 1e6
        print(f"{reading.file}: {size:.0f} MB, {reading.papers} papers, {reading.seconds:.1f} s, peak {peak:.0f} MB")


@eval_cli.command()
def retrieval(
    suite: Annotated[list[str] | None, typer.Option(metavar="NAME", help="Only this suite; may be repeated.")] = None,
    out: Annotated[Path | None, typer.Option(metavar="FOLDER", help="Where results and the report go.")] = None,
    work: Annotated[Path | None, typer.Option(metavar="FOLDER", help="Where the libraries are kept.")] = None,
    latency_papers: Annotated[
        int | None, typer.Option(min=100, metavar="N", help="Measure how fast libraries up to N papers are searched.")
    ] = None,
    again: Annotated[bool, typer.Option("--again", help="Measure anew what this commit has measured.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Measure how well and how fast papers are found, beside baselines, and write a report.

    With --latency-papers and no --suite, the speed alone is measured.
    """
    from eval.run import Wish, printed, run  # noqa: PLC0415 - no other command needs it

    wish = Wish(tuple(suite or ()), latency_papers, again, out, work)
    try:
        outcome = run(wish, _embedder, tell)
    except KeyboardInterrupt:
        tell("interrupted; the suites that were finished are kept, the same command goes on")
        raise typer.Exit(130) from None
    print(printed(outcome, as_json=as_json))


@eval_cli.command()
def answers(
    writer: Annotated[str, typer.Option(help="Who writes: quoting or llm.")] = "quoting",
    suite: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Only this suite, or dialogues; may be repeated."),
    ] = None,
    llm_url: LlmUrl = "",
    llm_model: LlmModel = "",
    limit: Annotated[int | None, typer.Option(min=1, metavar="N", help="At most so many questions of a suite.")] = None,
    out: Annotated[Path | None, typer.Option(metavar="FOLDER", help="Where results and the report go.")] = None,
    work: Annotated[Path | None, typer.Option(metavar="FOLDER", help="Where the libraries are kept.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Measure whole answers: their citations, their rightness, abstentions, speed.

    With --writer llm the same model answers through llama-index's CitationQueryEngine too, for comparison.
    """
    from eval.answer_run import AnswerWish, chosen_llm, printed, run_answers  # noqa: PLC0415 - no other command needs it
    from eval.llama import need_extra  # noqa: PLC0415

    need_extra()
    wish = AnswerWish(tuple(suite or ()), chosen_llm(writer, llm_url, llm_model), limit, out, work)
    outcome = run_answers(wish, _embedder, tell)
    print(printed(outcome, as_json=as_json))


@eval_cli.command("first-words")
def first_words(
    llm_url: LlmUrl = "",
    llm_model: LlmModel = "",
    limit: Annotated[int, typer.Option(min=1, metavar="N", help="How many questions.")] = 12,
    work: Annotated[Path | None, typer.Option(metavar="FOLDER", help="Where the libraries are kept.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Measure how long the first words of a model are waited for, beside llama-index's CitationQueryEngine."""
    from eval.answer_run import chosen_llm  # noqa: PLC0415 - no other command needs it
    from eval.answers import LLM_WRITER  # noqa: PLC0415
    from eval.first_words import measure_facts  # noqa: PLC0415

    report = measure_facts(chosen_llm(LLM_WRITER, llm_url, llm_model), limit, work, _embedder(), tell)
    print(json.dumps(report.to_dict()) if as_json else "\n".join(report.lines()))


@eval_cli.command()
def injections(
    cases: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Other wordings than ours: id, kind, payload, canary a line.")
    ] = None,
    llm_url: LlmUrl = "",
    llm_model: LlmModel = "",
    seed: Annotated[int, typer.Option(help="What decides the words of the model of bad will.")] = 1,
    limit: Annotated[int | None, typer.Option(min=1, metavar="N", help="At most so many wordings.")] = None,
    out: Annotated[Path | None, typer.Option(metavar="FOLDER", help="Where results go.")] = None,
    detail: Annotated[bool, typer.Option("--detail", help="Tell each failure in words; not of a sealed file.")] = False,
) -> None:
    """Poison papers with sentences that give orders, let a model obey them, and look for what is shown of it."""
    from eval.injection_run import InjectionWish, run_injections  # noqa: PLC0415 - no other command needs it

    results = run_injections(InjectionWish(cases, llm_url, llm_model, seed, limit, out), _embedder, tell)
    for result in results:
        print("\n".join([*result.lines(), *(result.failures() if detail else ()), ""]))
    if not all(result.is_clean for result in results):
        raise typer.Exit(1)


@eval_cli.command()
def scope(
    work: Annotated[Path | None, typer.Option(metavar="FOLDER", help="Where the libraries are kept.")] = None,
) -> None:
    """Measure how well the limits of questions (days, ids, categories) are read, and whether answers keep to them."""
    from eval.corpora import CORPORA, DEFAULT_WORK, library_folder  # noqa: PLC0415 - no other command needs it
    from eval.scope import measure, read_cases  # noqa: PLC0415
    from eval.suites import data_folder  # noqa: PLC0415
    from ingest.library import Library  # noqa: PLC0415

    embedder = _embedder()
    folder = library_folder(CORPORA["all-days"], data_folder(), work or DEFAULT_WORK, embedder, tell)
    with Library(folder, create=False) as library:
        print("\n".join(measure(library, embedder, read_cases(), tell).lines()))


@eval_cli.command()
def exact(
    work: Annotated[Path | None, typer.Option(metavar="FOLDER", help="Where the libraries are kept.")] = None,
) -> None:
    """Measure whether counts, days, links and lists are right, and whether other questions are left alone."""
    from eval.exact import measure, read_cases  # noqa: PLC0415 - no other command needs it
    from ingest.library import Library  # noqa: PLC0415

    embedder = _embedder()
    folders = _libraries(work, embedder)
    with ExitStack() as stack:
        libraries = {name: stack.enter_context(Library(folder, create=False)) for name, folder in folders.items()}
        print("\n".join(measure(libraries, embedder, read_cases(), tell).lines()))


@eval_cli.command("compare-methods")
def compare_methods(
    cases: Annotated[Path | None, typer.Option(metavar="FILE", help="Other cases than those that are brought.")] = None,
    work: Annotated[Path | None, typer.Option(metavar="FOLDER", help="Where the libraries are kept.")] = None,
) -> None:
    """Measure whether comparisons put the right papers and the right sentences side by side, beside plain baselines."""
    from eval.compare_cases import read_cases  # noqa: PLC0415 - no other command needs it
    from eval.compare_methods import measure  # noqa: PLC0415
    from eval.reader import reader  # noqa: PLC0415
    from ingest.library import Library  # noqa: PLC0415

    embedder = _embedder()
    folders = _libraries(work, embedder)
    with ExitStack() as stack:
        books = {
            name: stack.enter_context(Daybook(Library(folder, create=False), lambda: embedder, load_reader=reader))
            for name, folder in folders.items()
        }
        print("\n".join(measure(books, read_cases(cases), tell).lines()))


@eval_cli.command()
def day(
    work: Annotated[Path | None, typer.Option(metavar="FOLDER", help="Where the libraries are kept.")] = None,
    seed: Annotated[int, typer.Option(help="Which days of 2019 are drawn.")] = 0,
) -> None:
    """Measure the pages of days: whether they are whole and exact, how readable their themes are, how fast."""
    from eval.day import measure, measured_days  # noqa: PLC0415 - no other command needs it

    folders = _libraries(work, _embedder()).values()
    report = measure(list(folders), lambda library: measured_days(library, seed), tell)
    print("\n".join(report.lines()))
    if not report.is_clean:
        raise typer.Exit(1)


@eval_cli.command()
def verifier() -> None:
    """Measure whether sentences are judged as their quotes support them: SciFact claims, and altered sentences."""
    from eval.verifier import measure  # noqa: PLC0415 - no other command needs it

    print("\n".join(measure(_data(), _embedder(), tell).lines()))


@eval_cli.command()
def carrying(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE…", help="JSON lines with quote (or paper and span), sentence, supported and kind."
        ),
    ],
    beside: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Another checkout of Daybook, whose verifier judges the same.")
    ] = None,
    show: Annotated[bool, typer.Option("--show", help="Print the mistakes.")] = False,
) -> None:
    """Measure which sentences a model's reader is shown: those that their quote supports, and others, kind by kind."""
    from eval.carrying import measure, read_cases  # noqa: PLC0415 - no other command needs it

    cases = read_cases(files, _data)
    report = measure(cases, beside, models_folder() / EMBEDDING_FOLDER)
    print("\n".join([*report.lines(), *(report.mistakes() if show else ())]))


@eval_cli.command()
def roles(
    train: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Train anew, and write the weights there: ingest/roles.npz.")
    ] = None,
) -> None:
    """Measure how well the parts of abstracts are told apart (CSAbstruct), and key sentences (SciTLDR)."""
    from eval import key_sentences, roles  # noqa: PLC0415 - no other command needs it

    data = _data()
    if train is not None:
        roles.save(roles.train(roles.read_abstracts(data, "train")), train)
        tell(f"the weights are in {train}")
    for report in (roles.measure(data, "dev"), roles.measure(data, "test"), key_sentences.measure(data)):
        print("\n".join(report.lines()))


@eval_cli.command()
def sealed(
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="Sets of questions: eval/sealed/round-1/….")],
    beside: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Another checkout of Daybook, asked the same.")
    ] = None,
    llm_url: LlmUrl = "",
    llm_model: LlmModel = "",
    spent: Annotated[
        bool, typer.Option("--spent", help="Run nothing: the sets are training data from now on, for good.")
    ] = False,
    detail: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write what came of each question; not of a sealed set.")
    ] = None,
    out: Annotated[Path | None, typer.Option(metavar="FOLDER", help="Where results go.")] = None,
    work: Annotated[Path | None, typer.Option(metavar="FOLDER", help="Where the libraries are kept.")] = None,
) -> None:
    """Measure answers on questions that no builder has read; a sealed set is run once, and only aggregates are told."""
    from eval.answer_run import chosen_llm  # noqa: PLC0415 - no other command needs it
    from eval.answers import LLM_WRITER, QUOTING  # noqa: PLC0415
    from eval.sealed import SealedWish, run_sealed, spend  # noqa: PLC0415 - no other command needs it
    from eval.sealed_report import table_lines  # noqa: PLC0415

    if spent:
        print("\n".join(spend(files)))
        return
    llm = chosen_llm(LLM_WRITER if llm_url else QUOTING, llm_url, llm_model)
    results, folder = run_sealed(SealedWish(tuple(files), beside, detail, out, work, llm), _embedder, tell)
    print("\n\n".join("\n".join(table_lines(result)) for result in results))
    print(f"\nthe figures: {folder.resolve()}")


@eval_cli.command()
def load(
    paths: Annotated[
        list[Path] | None, typer.Argument(metavar="PATH…", help="Digests; else the real ones, or the sample.")
    ] = None,
    only: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Only crowd, hog, llm or long; may be repeated.")
    ] = None,
    beside: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Another checkout of Daybook, under the same load in turn.")
    ] = None,
    sessions: Annotated[int, typer.Option(min=1, help="How many sessions ask at once.")] = 100,
    questions: Annotated[int, typer.Option(min=1, help="How many questions each of them asks.")] = 5,
    rest: Annotated[float, typer.Option(min=0, help="Seconds of rest before memory is measured.")] = 60.0,
    seed: Annotated[int, typer.Option(help="Which papers are asked about.")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Measure the page under load: a crowd, one that asks too much, slow chats with a model, a long conversation."""
    from eval.load import LoadWish, as_data, measure  # noqa: PLC0415 - no other command needs it
    from eval.load_scenarios import Sizes  # noqa: PLC0415

    sizes = Sizes(sessions=sessions, questions=questions, rest=rest)
    wish = LoadWish(tuple(paths or ()), tuple(only or ()), beside, sizes, seed)

    def show(table: list[str]) -> None:
        if not as_json:
            print("\n".join([*table, ""]), flush=True)

    for ending in (signal.SIGINT, signal.SIGTERM):  # also where it was started in the background, deaf to Ctrl+C
        signal.signal(ending, signal.default_int_handler)
    try:
        report = measure(wish, tell, show)
    except KeyboardInterrupt:
        tell("interrupted; the servers are stopped")
        raise typer.Exit(130) from None
    if as_json:
        print(json.dumps(as_data(report), ensure_ascii=False))


@eval_cli.command("reading-speed")
def reading_speed(
    work: Annotated[Path | None, typer.Option(metavar="FOLDER", help="Where the libraries are kept.")] = None,
    count: Annotated[int, typer.Option(metavar="N", min=20, help="How many questions.")] = 100,
) -> None:
    """Measure how fast sentences are read, beside the plain way, and how long answers and turns take."""
    from eval.corpora import CORPORA, DEFAULT_WORK, library_folder  # noqa: PLC0415 - no other command needs it
    from eval.reading_speed import answer_speed, pair_speed, training_questions, turn_speed  # noqa: PLC0415
    from ingest.cross_encoder import READER_FOLDER  # noqa: PLC0415
    from ingest.library import Library  # noqa: PLC0415

    embedder = _embedder()
    folders = [
        library_folder(CORPORA[name], _data(), work or DEFAULT_WORK, embedder, tell)
        for name in ("five-days", "all-days", "ten-thousand")
    ]
    with Library(folders[0], create=False) as library:
        pairs = pair_speed(library, models_folder() / READER_FOLDER)
    print(f"pairs a second: {pairs.ours:.0f}, the plain way {pairs.plain:.0f} (x {pairs.ours / pairs.plain:.2f})")
    for folder in folders:
        one = answer_speed(Library(folder, create=False), embedder, training_questions(count))
        told = f"embedding {one.embedding:.1f} ms, answer p50 {one.median:.0f} ms, p95 {one.p95:.0f} ms"
        print(f"{one.papers:,} papers: {told} = {one.p95 / one.embedding:.1f} embeddings")
    of_turns = turn_speed(Library(folders[0], create=False), embedder, training_questions(count))
    print(f"reading a question: {', '.join(f'turn {turn} {cost:.2f}' for turn, cost in of_turns.items())} embeddings")


@eval_cli.command("search-speed")
def search_speed(
    papers: Annotated[int, typer.Option(min=0, metavar="N", help="How many generated papers; 0 for none.")] = 100_000,
    rounds: Annotated[int, typer.Option(min=1, metavar="N", help="How often each library is measured.")] = 2,
    questions: Annotated[int, typer.Option(min=1, metavar="N", help="At most so many questions.")] = 400,
    beside: Annotated[Path | None, typer.Option(metavar="DIR", help="Another checkout, measured in turns.")] = None,
    work: Annotated[Path | None, typer.Option(metavar="FOLDER", help="Where the libraries are kept.")] = None,
) -> None:
    """Measure how fast libraries of four sizes are opened and searched, beside the floor and another checkout."""
    from eval.corpora import DEFAULT_WORK  # noqa: PLC0415 - no other command needs it
    from eval.search_speed import Wish, lines, measure  # noqa: PLC0415

    other = beside.absolute() if beside else None
    wish = Wish(papers, rounds, questions, other, _data(), work or DEFAULT_WORK, models_folder())
    print("\n".join(lines(measure(wish, _embedder(), tell))))


@eval_cli.command("million")
def million(
    papers: Annotated[int, typer.Option(min=1, metavar="N", help="How many generated papers.")] = 1_000_000,
    questions: Annotated[int, typer.Option(min=1, metavar="N", help="At most so many questions.")] = 400,
    peers: Annotated[str, typer.Option(metavar="PYTHON", help="One that has txtai and llama-index, beside.")] = "",
    peer_questions: Annotated[int, typer.Option(min=1, metavar="N", help="How many these are asked.")] = 100,
    work: Annotated[Path | None, typer.Option(metavar="FOLDER", help="Where the libraries are kept.")] = None,
) -> None:
    """Measure a library of a million generated papers: speed, recall, memory and disk."""
    from eval.corpora import DEFAULT_WORK  # noqa: PLC0415 - no other command needs it
    from eval.million import Wish, lines, measure  # noqa: PLC0415

    wish = Wish(papers, questions, _data(), work or DEFAULT_WORK, models_folder(), peers, peer_questions)
    print("\n".join(lines(measure(wish, _embedder(), tell))))


@eval_cli.command("roofline")
def roofline(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH…", help="Digests whose papers are embedded.")],
) -> None:
    """Measure how much of what the cores can do in int8 an ingest uses."""
    from eval.roofline import measure  # noqa: PLC0415 - no other command needs it

    print("\n".join(measure(paths, models_folder() / EMBEDDING_FOLDER, tell).lines()))


@eval_cli.command("costs")
def costs(
    papers: Annotated[int, typer.Option(min=0, metavar="N", help="How many generated papers; 0 for none.")] = 100_000,
    questions: Annotated[int, typer.Option(min=1, metavar="N", help="How many questions.")] = 100,
    page: Annotated[Path | None, typer.Option(metavar="FILE", help="Put the table there, between its marks.")] = None,
    work: Annotated[Path | None, typer.Option(metavar="FOLDER", help="Where the libraries are kept.")] = None,
) -> None:
    """Measure what each stage of an answer costs, over libraries of four sizes; docs/measuring.md has the table."""
    from eval.corpora import DEFAULT_WORK  # noqa: PLC0415 - no other command needs it
    from eval.costs import Material, measure, table, write_into  # noqa: PLC0415
    from eval.reader import reader  # noqa: PLC0415

    lines = table(
        measure(papers, Material(_data(), work or DEFAULT_WORK, _embedder(), reader(), questions), tell), questions
    )
    if page is not None:
        write_into(page, lines)
    print("\n".join(lines))


@eval_cli.command("train-reading")
def train_reading(
    work: Annotated[Path | None, typer.Option(metavar="FOLDER", help="Where the libraries are kept.")] = None,
) -> None:
    """Make anew what reading has learned, assistant/learned/heads.npz with its report; takes half an hour."""
    from eval.corpora import DEFAULT_WORK  # noqa: PLC0415 - no other command needs it
    from eval.reader import reader  # noqa: PLC0415
    from eval.train import Trainer  # noqa: PLC0415

    trainer = Trainer(_data(), work or DEFAULT_WORK, _embedder(), reader(), tell)
    made = trainer.run(Path(__file__).parent.parent / "assistant" / "learned")
    print("\n".join(f"{name:45} {value:.3f}" for name, value in made.report.items()))


@eval_cli.command("train-columns")
def train_columns(
    work: Annotated[Path | None, typer.Option(metavar="FOLDER", help="Where the libraries are kept.")] = None,
) -> None:
    """Make anew what comparisons have learned, columns.npz and sides.npz in assistant/learned; takes five minutes."""
    from eval.corpora import DEFAULT_WORK  # noqa: PLC0415 - no other command needs it
    from eval.reader import reader  # noqa: PLC0415
    from eval.train_columns import Training  # noqa: PLC0415

    folder = Path(__file__).parent.parent / "assistant" / "learned"
    Training(_data(), work or DEFAULT_WORK, _embedder(), reader(), tell).run(folder)


@eval_cli.command("train-questions")
def train_questions(
    work: Annotated[Path | None, typer.Option(metavar="FOLDER", help="Where the libraries are kept.")] = None,
) -> None:
    """Make anew what reads questions, the files *.npz in assistant/learned; takes five minutes."""
    from eval.corpora import DEFAULT_WORK  # noqa: PLC0415 - no other command needs it
    from eval.question_bench import QuestionBench  # noqa: PLC0415
    from eval.reader import reader  # noqa: PLC0415
    from eval.train_jobs import train_jobs  # noqa: PLC0415
    from eval.train_marks import train_aspect_words, train_limits  # noqa: PLC0415
    from eval.train_turns import train_turns  # noqa: PLC0415
    from eval.train_wishes import train_wishes  # noqa: PLC0415

    bench = QuestionBench(_data(), work or DEFAULT_WORK, _embedder(), tell)
    folder = Path(__file__).parent.parent / "assistant" / "learned"
    trained: dict[str, Callable[[], dict[str, float]]] = {
        "limits": partial(train_limits, folder),
        "aspects": partial(train_aspect_words, folder),
        "facts wished": partial(train_wishes, bench, folder),
        "jobs": partial(train_jobs, bench, folder),
        "what turns refer to": partial(train_turns, bench, reader(), folder),
    }
    for name, train in trained.items():
        print("\n".join([name, *(f"  {what:45} {value:.3f}" for what, value in train().items())]), flush=True)


@eval_cli.command()
def rationales(
    claims: Annotated[str, typer.Option(metavar="train|validation", help="Which claims of SciFact.")] = "validation",
    train: Annotated[
        bool, typer.Option("--train", help="Make assistant/learned/quoting.npz anew instead; takes half an hour.")
    ] = False,
) -> None:
    """Measure whether `daybook quote` finds the sentences that settle claims of SciFact, beside a wrong claim."""
    from assistant.reading.quoting import loaded  # noqa: PLC0415 - no other command needs it
    from eval import train_quoting  # noqa: PLC0415
    from eval.rationales import measure  # noqa: PLC0415
    from eval.reader import reader  # noqa: PLC0415

    if train:
        room = Path(__file__).parent.parent / "assistant" / "learned"
        made = train_quoting.train_quoting(_data(), Path(__file__).parent / "training", reader(), _embedder(), tell)
        train_quoting.keep(made, room)
        print("\n".join(f"{name:55} {value:.3f}" for name, value in made.report.items()))
        return
    print("\n".join(measure(_data(), claims, loaded(models_folder(), tell), tell).lines()))


@eval_cli.command()
def compare(
    former: Annotated[str, typer.Argument(metavar="A", help="A result file, or a commit.")],
    present: Annotated[str, typer.Argument(metavar="B", help="The one to compare with it.")],
    system: Annotated[str, typer.Option(metavar="NAME", help="Which system is compared.")] = "daybook",
    out: Annotated[Path | None, typer.Option(metavar="FOLDER", help="Where the commits' results lie.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show what got better and worse between two results, question by question."""
    from eval.answer_compare import comparisons  # noqa: PLC0415 - no other command needs it
    from eval.results import DEFAULT_OUT  # noqa: PLC0415

    found = comparisons(former, present, system, out or DEFAULT_OUT)
    if as_json:
        print(json.dumps([asdict(one) for one in found], ensure_ascii=False))
    else:
        print("\n\n".join("\n".join(one.lines()) for one in found))


def _libraries(work: Path | None, embedder: "OnnxEmbedding") -> dict[str, Path]:
    """The libraries of the five real days, and of those and 2019, made where they are not there yet."""
    from eval.corpora import CORPORA, DEFAULT_WORK, library_folder  # noqa: PLC0415 - not every command needs it

    data = _data()
    names = ("five-days", "all-days")
    return {name: library_folder(CORPORA[name], data, work or DEFAULT_WORK, embedder, tell) for name in names}


def _data() -> Path:
    from eval.suites import data_folder  # noqa: PLC0415 - not every command needs it
    from ingest.errors import InputError  # noqa: PLC0415

    data = data_folder()
    if data is None:
        raise InputError("there is no data to measure on; name its folder in DAYBOOK_DATA")
    return data


def _embedder() -> "OnnxEmbedding":
    from ingest.embedding import OnnxEmbedding  # noqa: PLC0415 - not every command needs it

    return OnnxEmbedding.load(models_folder() / EMBEDDING_FOLDER, tell)
