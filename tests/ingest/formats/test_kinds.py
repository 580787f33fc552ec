import random
from datetime import date

import pytest

from eval.source_formats import FORMATS
from eval.source_papers import invented_papers
from ingest.formats.kinds import Kind, kind_of
from tests.conftest import digest_text
from tests.ingest.formats.invented import items_in

KINDS = {
    "Atom": Kind.FEED, "RSS": Kind.FEED, "OAI": Kind.FEED, "listing": Kind.LISTING_PAGE, "mail": Kind.MAIL,
    "digest": Kind.DIGEST, "bot JSON": Kind.JSON, "bot": Kind.TABLES, "JSON": Kind.JSON, "Semantic": Kind.JSON,
    "daily": Kind.JSON, "CSL": Kind.JSON, "CSV": Kind.CSV, "BibTeX": Kind.BIBTEX, "RIS": Kind.RIS,
}  # fmt: skip


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_is_told_by_its_beginning(name: str) -> None:
    written = FORMATS[name].write(invented_papers(3, random.Random(0)))  # noqa: S311 - no secret
    assert kind_of(written.data().decode()) is next(kind for key, kind in KINDS.items() if name.startswith(key))


@pytest.mark.parametrize(
    ("start", "kind"),
    [
        ("PK\x03\x04", Kind.ARCHIVE),
        ("<div id=toc></div>\n\n# Notes\n", Kind.DIGEST),
        ('<p align="center">\n<img src="x">\n</p>\n\n# ArXiv cs.CV --Mon, 4 Jan 2021\n', Kind.DIGEST),
        ("<!-- a -->\n<!DOCTYPE html><html>", Kind.LISTING_PAGE),
        ("<?xml version='1.0'?><feed>", Kind.FEED),
        ("<", Kind.FEED),
        ("{", Kind.JSON),
        ("[]", Kind.JSON),
        ("[notes](https://x.org)\n", Kind.DIGEST),
        ('x{"id": "2101.00001"}\n{"id": "2101.00002"}\n', Kind.JSON),
        ("{@misc{a, title = {K}}\n@misc{b}", Kind.BIBTEX),
        ("@misc{a, abstract = {It\nTY  - JOUR\nreads}}\n", Kind.BIBTEX),
        ("\nTY  - JOUR\nAB  - It\n@misc{reads}\nER  - \n", Kind.RIS),
        ("Bill to: A\n\\\\\n\narXiv: no mail\n", Kind.DIGEST),
        ("id;title;abstract\n", Kind.CSV),
        ("name,age\n", Kind.DIGEST),
        ("", Kind.DIGEST),
    ],
)
def test_a_beginning_is_told(start: str, kind: Kind) -> None:
    assert kind_of(start) is kind


@pytest.mark.parametrize("unit", ["<!---->", "<?x>", "<", "{", "[", " ", "\n", "|", "@", "\\\\\n", "#", '"', "a,"])
def test_a_beginning_made_to_take_long_does_not(unit: str) -> None:
    """Comments that could end in many ways would take forever with a pattern that goes back."""
    kind_of(unit * (65_000 // len(unit)) + "!")


@pytest.mark.parametrize("fence", ["```", "~~~"])
def test_a_readme_with_a_digest_as_an_example_adds_nothing(fence: str) -> None:
    example = digest_text(date(2021, 1, 4), [("2101.00002", "On Kites", "They fly."), ("2101.00001", "W", "w")])
    readme = f"# Daybook\n\nA digest looks like this:\n\n{fence}markdown\n{example}{fence}\n\nThat is all.\n"
    indented = "# Daybook\n\nA digest:\n\n" + "".join(f"    {line}\n" for line in example.splitlines())
    for text in (readme, indented):
        entries, rejections = items_in(text.encode())
        assert entries == []
        assert rejections
