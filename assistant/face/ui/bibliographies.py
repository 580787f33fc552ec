"""Papers for reference managers, as the page saves them."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from assistant.answer.bibliography import BibliographyFormat, bibliography
from assistant.language.inline import escaped
from ingest.paper import StoredPaper


class Saved(NamedTuple):
    """A format: what it is called, the ending of its files, what a browser is told of them."""

    as_format: BibliographyFormat
    name: str
    ending: str
    media_type: str


_BIBTEX = Saved(BibliographyFormat.BIBTEX, "BibTeX", "bib", "application/x-bibtex")
_RIS = Saved(BibliographyFormat.RIS, "RIS", "ris", "application/x-research-info-systems")
_CSL = Saved(BibliographyFormat.CSL, "CSL-JSON", "json", "application/vnd.citationstyles.csl+json")
BIBLIOGRAPHIES: Mapping[str, Saved] = {"bib": _BIBTEX, "ris": _RIS, "json": _CSL}
"""The formats by the ending of the address."""
BESIDE_JSON: Mapping[str, Saved] = {"bib": _BIBTEX, "ris": _RIS, "csl": _CSL._replace(ending="csl.json")}
"""The same where the address that ends with json is of something else."""


def written(papers: Iterable[StoredPaper], saved: Saved) -> str:
    """The file."""
    return bibliography(papers, saved.as_format) + "\n"


def bibliography_links(address: str, formats: Mapping[str, Saved] = BIBLIOGRAPHIES, query: str = "") -> str:
    """The links under which papers are saved; `address` is without its ending."""
    return " ".join(
        f'<a href="{escaped(f"{address}.{ending}{query}")}" title="Save for a reference manager: {saved.name}">'
        f"{saved.name}</a>"
        for ending, saved in formats.items()
    )
