"""Every format that Daybook reads: who writes it, what it can tell, and how one of its entries is read strictly.

The strict readings are of other making than Daybook's: lxml, json and csv, one entry at a time.
"""

import csv
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lxml import etree

from eval import source_texts as texts
from eval import source_xml as xml
from eval.source_papers import InventedPaper, Written
from ingest.paper import Basis

Texts = tuple[str, str]
"""A title and an abstract, as a source has them."""
_PREFIXES = "".join(f' xmlns:{name}="{name}"' for name in ("arxiv", "dc", "rdf", "oai_dc"))


@dataclass(frozen=True, slots=True)
class Format:
    """`tells` names what it tells besides id and title; `basis` is what its day is the day of.

    `strict` gives the raw texts of an entry alone; None where it is not valid, or the format has no other reader.
    """

    write: Callable[[Sequence[InventedPaper]], Written]
    basis: Basis
    tells: frozenset[str]
    strict: Callable[[str], Texts | None] = lambda _: None


def _tells(names: str) -> frozenset[str]:
    return frozenset(names.split())


# ---- strict readings


def _strict_xml(title: str, abstract: str) -> Callable[[str], Texts | None]:
    def read(entry: str) -> Texts | None:
        try:
            element = etree.fromstring(f"<e{_PREFIXES}>{entry}</e>".encode())[0]
        except (etree.XMLSyntaxError, ValueError, IndexError):
            return None
        found = [[one for one in element.iter() if _local_name(one) == name] for name in (title, abstract)]
        if any(len(ones) != 1 for ones in found[:1]) or not found[1] or any(len(one) for ones in found for one in ones):
            return None  # tags within a text: what it says is for Daybook's cleaning to decide
        return found[0][0].text or "", found[1][0].text or ""

    return read


def _local_name(element: Any) -> str:
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def _strict_announcement(title: str, abstract: str) -> Callable[[str], Texts | None]:
    read = _strict_xml(title, abstract)

    def without_prefix(entry: str) -> Texts | None:
        told = read(entry)
        _, mark, rest = told[1].partition("\nAbstract: ") if told else ("", "", "")
        return (told[0], rest) if told and mark else None

    return without_prefix


def _strict_old_rss(entry: str) -> Texts | None:
    told = _strict_xml("title", "description")(entry)
    title, mark, _ = told[0].rpartition(". (arXiv:") if told else ("", "", "")
    return (title, told[1]) if told and mark else None


def _strict_json(title: str = "title", abstract: str = "abstract") -> Callable[[str], Texts | None]:
    def read(entry: str) -> Texts | None:
        try:
            value = json.loads(entry)
        except ValueError:
            return None
        record = value.get("paper", value) if isinstance(value, dict) else {}
        told = (record.get(title), record.get(abstract)) if isinstance(record, dict) else (None, None)
        return told if isinstance(told[0], str) and isinstance(told[1], str) else None  # type: ignore[return-value]

    return read


def _strict_csv(delimiter: str) -> Callable[[str], Texts | None]:
    def read(entry: str) -> Texts | None:
        try:
            rows = list(csv.reader(entry.splitlines(keepends=True), delimiter=delimiter, strict=True))
        except csv.Error:
            return None
        return (rows[0][1], rows[0][2]) if len(rows) == 1 and len(rows[0]) == 6 else None

    return read


# ---- the formats

_ANNOUNCEMENT = _tells("version abstract authors categories block day")
_CSV = _tells("abstract authors categories")

FORMATS: Mapping[str, Format] = {
    "Atom, API": Format(
        xml.atom_api, Basis.SUBMITTED, _tells("version abstract authors categories day"),
        _strict_xml("title", "summary"),
    ),
    "Atom, announcement": Format(
        xml.atom_announcement, Basis.ANNOUNCED, _ANNOUNCEMENT, _strict_announcement("title", "summary")
    ),
    "RSS 2.0": Format(xml.rss_2, Basis.ANNOUNCED, _ANNOUNCEMENT, _strict_announcement("title", "description")),
    "RSS 1.0": Format(
        xml.rss_1, Basis.ANNOUNCED, _tells("version abstract authors primary block day"), _strict_old_rss
    ),
    "OAI arXivRaw": Format(
        xml.oai_raw, Basis.SUBMITTED, _tells("version abstract authors categories day"),
        _strict_xml("title", "abstract"),
    ),
    "OAI arXiv": Format(
        xml.oai_arxiv, Basis.SUBMITTED, _tells("abstract authors categories day"), _strict_xml("title", "abstract")
    ),
    "OAI oai_dc": Format(
        xml.oai_dc, Basis.SUBMITTED, _tells("abstract authors categories day"), _strict_xml("title", "description")
    ),
    "listing page": Format(xml.listing_page, Basis.ANNOUNCED, _tells("abstract authors categories block day")),
    "mail": Format(texts.mail, Basis.ANNOUNCED, _tells("abstract authors categories block day")),
    "digest, ascending": Format(texts.digest_ascending, Basis.ANNOUNCED, _tells("version abstract block day")),
    "digest, descending": Format(texts.digest_descending, Basis.ANNOUNCED, _tells("version abstract block day")),
    "bot table": Format(texts.bot_table, Basis.SUBMITTED, _tells("day")),
    "bot JSON": Format(texts.bot_json, Basis.SUBMITTED, _tells("day")),
    "bot headings": Format(texts.bot_headings, Basis.MONTH, _tells("abstract authors primary")),
    "JSON lines": Format(
        texts.json_lines, Basis.SUBMITTED, _tells("version abstract authors categories day"), _strict_json()
    ),
    "JSON array": Format(
        texts.json_array, Basis.SUBMITTED, _tells("version abstract authors categories day"), _strict_json()
    ),
    "JSON array, indented": Format(
        texts.json_pretty, Basis.SUBMITTED, _tells("version abstract authors categories day"), _strict_json()
    ),
    "JSON objects": Format(
        texts.json_objects, Basis.SUBMITTED, _tells("version abstract authors categories day"), _strict_json()
    ),
    "Semantic Scholar": Format(
        texts.semantic_scholar, Basis.SUBMITTED, _tells("abstract authors day"), _strict_json()
    ),
    "daily papers": Format(
        texts.daily_papers, Basis.SUBMITTED, _tells("abstract authors day"), _strict_json("title", "summary")
    ),
    "CSL JSON": Format(texts.csl_json, Basis.SUBMITTED, _tells("abstract authors day"), _strict_json()),
    "CSV": Format(texts.csv_commas, Basis.UPDATED, _CSV, _strict_csv(",")),
    "CSV, semicolons": Format(texts.csv_semicolons, Basis.UPDATED, _CSV, _strict_csv(";")),
    "CSV, tabs": Format(texts.csv_tabs, Basis.UPDATED, _CSV, _strict_csv("\t")),
    "BibTeX": Format(texts.bibtex, Basis.MONTH, _tells("abstract authors primary")),
    "RIS": Format(texts.ris, Basis.SUBMITTED, _tells("abstract authors day")),
}  # fmt: skip
