"""What is taken out is found by nothing, what stays is as if the other had never come, and it can be brought back."""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from ingest.errors import InputError
from ingest.lexical import PaperText as IndexedText
from ingest.lexical_file import kept_words
from ingest.library import Library
from ingest.paper import Basis
from ingest.pipeline import ingest
from ingest.removal import Removal, removal_of_day, removal_of_paper, removal_of_source, take_out
from tests.conftest import PaperText, WordEmbedder, write_digest
from tests.ingest.builders import MONDAY, TUESDAY, WEDNESDAY, a_paper, an_entry, prepared

KITE: PaperText = ("2101.00003", "KiteNet", "Kites fly on strings.")
GULL: PaperText = ("2101.00002", "GullCount", "Gulls are counted.")
OWL: PaperText = ("2101.00001", "OwlEar", "Owls listen at night.")


@pytest.fixture
def digests(tmp_path: Path, library: Library, embedder: WordEmbedder) -> Path:
    """Monday: kite and gull. Tuesday: owl and gull again, in the same words."""
    folder = tmp_path / "digests"
    write_digest(folder, MONDAY, [KITE, GULL])
    write_digest(folder, TUESDAY, [GULL, OWL])
    ingest([folder], library, embedder)
    return folder


def remove(library: Library, find: Callable[[Library], Removal]) -> Removal:
    with library.writer():
        removal = find(library)
        take_out(removal, library, WordEmbedder)
    return removal


def held(library: Library) -> list[str]:
    return sorted(stored.paper.arxiv_id for stored in library.papers())


@pytest.mark.usefixtures("digests")
def test_a_paper_is_found_by_nothing_any_more(library: Library) -> None:
    stored = library.paper(KITE[0])
    assert stored is not None
    remove(library, lambda opened: removal_of_paper(KITE[0], opened))
    database = library.database
    assert held(library) == [OWL[0], GULL[0]]
    assert database.rows_matching("kites") == []
    assert database.titles() == [(GULL[0], "GullCount"), (OWL[0], "OwlEar")]
    assert library.lexical_table().document_count("kite") == 0
    assert "kitenet" not in library.lexical_table().names
    assert stored.row not in library.vector_table().scores(WordEmbedder().text_vector("kites")).rows
    assert library.sentences([stored.row]) == {stored.row: []}
    assert database.origins([stored.row]) == {stored.row: set()}
    assert database.text_index_is_sound()
    assert database.problems() == []


def test_what_was_taken_out_comes_back_with_its_file(digests: Path, library: Library, embedder: WordEmbedder) -> None:
    before = library.papers()
    remove(library, lambda opened: removal_of_day(MONDAY, opened))
    report = ingest([digests], library, embedder)
    assert (report.new, report.unchanged) == (1, 2)
    assert [(s.paper, s.listings) for s in library.papers()] == [(s.paper, s.listings) for s in before]
    assert library.lexical_table().document_count("kite") == 1
    assert library.lexical_index_is_sound()


@pytest.mark.usefixtures("digests")
def test_a_paper_of_two_days_stays_on_the_other(library: Library) -> None:
    removal = remove(library, lambda opened: removal_of_day(MONDAY, opened))
    assert [stored.paper.arxiv_id for stored in removal.gone] == [KITE[0]]
    assert [stored.paper.arxiv_id for stored in removal.staying] == [GULL[0]]
    assert [day.day for day in library.days()] == [TUESDAY]
    assert library.holdings().days == (TUESDAY,)
    gull = library.paper(GULL[0])
    assert gull is not None
    assert [listing.day for listing in gull.listings] == [TUESDAY]


@pytest.mark.usefixtures("digests")
def test_a_removal_says_what_papers_stay_by(library: Library) -> None:
    removal = removal_of_day(MONDAY, library)
    assert [listing.day for listing in removal.listings_left[GULL[0]]] == [TUESDAY]
    assert held(library) == [OWL[0], GULL[0], KITE[0]], "nothing is taken out yet"


@pytest.mark.parametrize("is_relative", [True, False])
def test_a_source_that_is_not_there_any_more_takes_only_its_own(
    digests: Path, library: Library, monkeypatch: pytest.MonkeyPatch, *, is_relative: bool
) -> None:
    file = digests / f"{TUESDAY}.md"
    file.unlink()
    monkeypatch.chdir(digests)
    named = os.path.relpath(file) if is_relative else str(file)
    removal = remove(library, lambda opened: removal_of_source(named, opened))
    assert [stored.paper.arxiv_id for stored in removal.gone] == [OWL[0]]
    assert held(library) == [GULL[0], KITE[0]]
    assert library.holdings().days == (MONDAY,)


def test_what_two_files_brought_stays_until_both_are_taken_out(
    digests: Path, library: Library, embedder: WordEmbedder
) -> None:
    copy = digests.parent / "copy.md"
    copy.write_bytes((digests / f"{MONDAY}.md").read_bytes())
    ingest([copy], library, embedder)
    remove(library, lambda opened: removal_of_source(str(copy), opened))
    assert held(library) == [OWL[0], GULL[0], KITE[0]]
    ingest([copy], library, embedder)
    for file in (copy, digests / f"{MONDAY}.md"):
        remove(library, lambda opened, file=file: removal_of_source(str(file), opened))  # type: ignore[misc]
    assert held(library) == [OWL[0], GULL[0]]


# ---- what is not held


@pytest.mark.usefixtures("digests")
def test_what_is_not_held_is_told_with_what_is_near(library: Library) -> None:
    with pytest.raises(InputError, match=r"holds no paper arXiv:2101\.00009"):
        removal_of_paper("2101.00009", library)
    with pytest.raises(InputError, match=f"holds no papers of {WEDNESDAY}; the nearest it holds: {MONDAY}, {TUESDAY}"):
        removal_of_day(WEDNESDAY, library)
    with pytest.raises(InputError, match=rf"no paper from 2021-01-06.md; the nearest known: \S*{TUESDAY}.md") as told:
        removal_of_source("2021-01-06.md", library)
    assert "older Daybook" not in str(told.value)


def test_a_library_from_before_says_that_it_does_not_know_the_files(library: Library) -> None:
    library.save([prepared(an_entry(a_paper()), WordEmbedder().text_vector("kites"))])
    with library.database._file.transaction() as connection:
        connection.execute("DELETE FROM origins")
    with pytest.raises(InputError, match="of 1 papers an older Daybook did not keep which file"):
        removal_of_source("digest.md", library)


# ---- texts


def test_the_text_that_another_file_told_stands_again(tmp_path: Path, library: Library, embedder: WordEmbedder) -> None:
    later = ("2101.00003", "KiteNet, Revised", "Kites fly on wires. See https://github.com/kites/wires now.")
    first, second = write_digest(tmp_path, MONDAY, [KITE]), write_digest(tmp_path, TUESDAY, [later])
    ingest([first, second], library, embedder)
    remove(library, lambda opened: removal_of_source(str(second), opened))
    stored = library.paper(KITE[0])
    assert stored is not None
    assert (stored.paper.title, stored.paper.abstract, stored.paper.links) == (KITE[1], KITE[2], ())
    assert [stored.paper.abstract[s.start : s.end] for s in library.sentences([stored.row])[stored.row]] == [KITE[2]]
    assert library.database.rows_matching("wires") == []
    assert library.lexical_table().document_count("wire") == 0
    near = library.vector_table().scores(embedder.text_vector("KiteNet\nKites fly on strings."))
    assert near.scores.max() > 0.9
    assert [sighting.title for sighting in library.database.sightings(stored.row)] == [KITE[1]]
    ingest([second], library, embedder)
    again = library.paper(KITE[0])
    assert again is not None
    assert again.paper.title == later[1]


def test_a_text_of_two_days_was_listed_last_on_the_day_that_stays(
    tmp_path: Path, library: Library, embedder: WordEmbedder
) -> None:
    other = (KITE[0], "Another Title", "Another abstract.")
    for day, text in ((MONDAY, KITE), (TUESDAY, other), (WEDNESDAY, KITE)):
        ingest([write_digest(tmp_path, day, [text])], library, embedder)
    remove(library, lambda opened: removal_of_day(WEDNESDAY, opened))
    stored = library.paper(KITE[0])
    assert stored is not None
    assert stored.paper.title == "Another Title"
    seen = {sighting.title: sighting.last_day for sighting in library.database.sightings(stored.row)}
    assert seen == {KITE[1]: str(MONDAY), "Another Title": str(TUESDAY)}


def test_a_version_that_only_a_file_told_is_not_kept(library: Library) -> None:
    vector = WordEmbedder().text_vector("kites")
    old = replace(an_entry(a_paper(version=1)), source="/a")
    library.save([prepared(old, vector)])
    library.save([replace(an_entry(a_paper(version=2), day=TUESDAY), source="/b")])
    remove(library, lambda opened: removal_of_source("/b", opened))
    stored = library.paper("2101.00001")
    assert stored is not None
    assert stored.paper.version == 1


def test_a_text_of_unknown_origin_stays(tmp_path: Path, library: Library, embedder: WordEmbedder) -> None:
    later = (KITE[0], "KiteNet, Revised", "Kites fly on wires.")
    ingest([write_digest(tmp_path, MONDAY, [KITE])], library, embedder)
    with library.database._file.transaction() as connection:
        connection.execute("DELETE FROM origins")
    files = [write_digest(tmp_path, day, [later]) for day in (TUESDAY, WEDNESDAY)]
    ingest(files, library, embedder)
    for file in files:
        remove(library, lambda opened, file=file: removal_of_source(str(file), opened))  # type: ignore[misc]
        stored = library.paper(KITE[0])
        assert stored is not None
        assert {seen.title for seen in library.database.sightings(stored.row)} == {KITE[1], later[1]}
        assert stored.paper.title == later[1]
        assert MONDAY in [listing.day for listing in stored.listings]


# ---- days that were fetched


@pytest.mark.parametrize("is_by_day", [True, False])
def test_a_day_of_which_something_goes_is_fetched_again(library: Library, *, is_by_day: bool) -> None:
    entry = an_entry(a_paper())
    basis = Basis.ANNOUNCED if is_by_day else Basis.SUBMITTED
    listed = replace(entry, listing=replace(entry.listing, basis=basis))
    library.save([prepared(listed, WordEmbedder().text_vector("kites"))])
    for day in (MONDAY, TUESDAY):
        library.database.save_fetched_day("cs.CV", day, 1)
    remove(library, lambda o: removal_of_day(MONDAY, o) if is_by_day else removal_of_paper("2101.00001", o))
    assert list(library.database.fetched_days("cs.CV")) == [TUESDAY]


# ---- indexes


@pytest.mark.usefixtures("digests")
def test_others_who_read_notice(library: Library) -> None:
    with Library(library.folder) as reader:
        row = {stored.paper.arxiv_id: stored.row for stored in reader.papers()}
        assert row[OWL[0]] in reader.lexical_table().rows
        assert row[OWL[0]] in reader.vector_table().scores(WordEmbedder().text_vector("owls")).rows
        remove(library, lambda opened: removal_of_paper(OWL[0], opened))
        assert row[OWL[0]] not in reader.lexical_table().rows
        assert row[OWL[0]] not in reader.vector_table().scores(WordEmbedder().text_vector("owls")).rows
        assert reader.lexical_index_is_sound()


@pytest.mark.usefixtures("digests")
def test_an_index_of_words_from_before_is_not_believed(library: Library) -> None:
    file = library.folder / "search.words"
    before = file.read_bytes()
    remove(library, lambda opened: removal_of_paper(KITE[0], opened))
    file.write_bytes(before)
    with Library(library.folder) as reader:
        assert reader.lexical_table().document_count("kite") == 0
        assert reader.lexical_index_is_sound()


def test_a_row_that_is_used_again_has_the_words_of_its_new_paper(
    digests: Path, library: Library, embedder: WordEmbedder
) -> None:
    with Library(library.folder) as reader:
        last = max(library.papers(), key=lambda stored: stored.row)
        reader.lexical_table()
        remove(library, lambda opened: removal_of_paper(last.paper.arxiv_id, opened))
        ingest([write_digest(digests, WEDNESDAY, [("2101.00007", "Eels", "Eels swim.")])], library, embedder)
        eel = library.paper("2101.00007")
        assert eel is not None
        assert eel.row == last.row
        assert reader.lexical_table().document_count("eel") == 1
        assert reader.lexical_index_is_sound()


@pytest.mark.usefixtures("digests")
def test_the_newest_papers_go_without_all_words_being_read_again(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[int] = []
    texts_after = library.database.texts_after

    def reading(chunk_row: int) -> Iterator[IndexedText]:
        read.append(chunk_row)
        return texts_after(chunk_row)

    monkeypatch.setattr(library.database, "texts_after", reading)
    remove(library, lambda opened: removal_of_day(TUESDAY, opened))
    assert library.lexical_table().document_count("owl") == 0
    assert 0 not in read
    kept = kept_words(library.folder / "search.words", library.lexical_table)
    assert kept is not None
    assert kept.removals == library.database.removals() == 1


@pytest.mark.usefixtures("digests")
@pytest.mark.usefixtures("every_library_is_huge")
def test_an_index_made_after_the_newest_paper_is_gone_is_current(library: Library) -> None:
    shutil.rmtree(library.folder / "chroma")
    remove(library, lambda opened: removal_of_paper(OWL[0], opened))
    assert library.index_is_current()


@pytest.mark.usefixtures("digests")
@pytest.mark.usefixtures("every_library_is_huge")
def test_the_vector_index_follows(library: Library) -> None:
    library.sync_index()
    for arxiv_id in (OWL[0], KITE[0]):
        remove(library, lambda opened, arxiv_id=arxiv_id: removal_of_paper(arxiv_id, opened))  # type: ignore[misc]
        assert library.index_is_current()
    found = library._index().nearest(WordEmbedder().text_vector("kites"), 10)
    gull = library.paper(GULL[0])
    assert gull is not None
    assert found.rows.tolist() == [gull.row]


def test_a_library_can_be_emptied_and_filled_again(digests: Path, library: Library, embedder: WordEmbedder) -> None:
    for day in (MONDAY, TUESDAY):
        remove(library, lambda opened, day=day: removal_of_day(day, opened))  # type: ignore[misc]
    assert (library.database.paper_count(), library.days(), len(library.lexical_table())) == (0, [], 0)
    assert library.index_is_current()
    assert len(library.vector_table().scores(np.zeros(384, dtype=np.float32)).rows) == 0
    assert ingest([digests], library, embedder).new == 3


@pytest.mark.usefixtures("digests")
def test_all_of_it_goes_or_nothing(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    def dies(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    before = library.papers()
    monkeypatch.setattr("ingest.database._count_change", dies)
    with pytest.raises(KeyboardInterrupt):
        remove(library, lambda opened: removal_of_day(MONDAY, opened))
    monkeypatch.undo()
    assert library.papers() == before
    with Library(library.folder) as again:
        assert again.papers() == before
        assert again.lexical_index_is_sound()
