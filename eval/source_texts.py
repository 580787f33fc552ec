"""Invented papers in the texts that people keep: digests, mails, tables, JSON, CSV, what reference managers export."""

import csv
import io
import json
import re
from collections.abc import Sequence
from typing import Any

from eval.source_papers import InventedPaper, Written, in_blocks
from ingest.paper import Block

_MARKS = {Block.NEW: "", Block.CROSS_LISTED: " (*cross-listing*)", Block.REPLACED: ""}
_ZOTERO_SIGNS = {
    "#": r"\#", "$": r"\$", "%": r"\%", "&": r"\&", "_": r"\_", "{": r"\{", "}": r"\}", "<": r"{\textless}",
    ">": r"{\textgreater}", "^": r"{\textasciicircum}", "~": r"{\textasciitilde}", "\\": r"{\textbackslash}",
}  # fmt: skip


# ---- texts for reading


def digest_ascending(papers: Sequence[InventedPaper]) -> Written:
    """A day's digest, the ids of each block ascending."""
    return _digest(in_blocks(papers, ascending=True))


def digest_descending(papers: Sequence[InventedPaper]) -> Written:
    """A day's digest, the ids of each block descending."""
    return _digest(in_blocks(papers, ascending=False))


def _digest(papers: Sequence[InventedPaper]) -> Written:
    entries = [
        f"### {number}.{one.title}  [ :arrow_down: ](https://arxiv.org/pdf/{one.arxiv_id}v{one.version}.pdf)\n"
        f">  {one.abstract}      "
        for number, one in enumerate(papers, start=1)
    ]
    day = papers[0].announced
    return Written(tuple(papers), f"# ArXiv cs.CV --{day:%a}, {day.day} {day:%b %Y}\n", tuple(entries), "\n", "\n")


def mail(papers: Sequence[InventedPaper]) -> Written:
    """ArXiv's daily mail."""
    rule = "-" * 78
    day = papers[0].announced
    head = (
        f"Date: {day:%a}, {day.day:2} {day:%b %y} 00:44:20 GMT\nSubject: cs daily\n\n{rule}\n{rule}\n"
        f"Send any comments regarding submissions directly to submitter.\n{rule}\n{rule}\n"
    )
    return Written(tuple(papers), head, tuple(map(_mail_entry, papers)), f"\n{rule}\n", f"\n{'%%--' * 20}\n")


def _mail_entry(paper: InventedPaper) -> str:
    if paper.block is Block.REPLACED:
        dated = "replaced with revised version Sat, 1 Aug 2026 08:03:26 GMT   (25kb,D)"
    else:
        dated = f"Date: {paper.submitted:%a}, {paper.submitted.day} {paper.submitted:%b %Y} 18:23:40 GMT   (14kb,D)"
    return (
        f"\\\\\narXiv:{paper.arxiv_id}{_MARKS[paper.block]}\n{dated}\n\nTitle: {_folded(paper.title)}\n"
        f"Authors: {', '.join(paper.authors)}\nCategories: {' '.join(paper.categories)}\nComments: 8 pages\n\\\\\n"
        f"  {paper.abstract}\n\\\\ ( https://arxiv.org/abs/{paper.arxiv_id} ,  14kb)"
    )


def _folded(title: str) -> str:
    """A title of which what does not fit into the line stands in the next."""
    return re.sub(r"(\S(?:.{40,60}?)) (?=\S)", r"\1\n  ", title, count=1)


def bot_table(papers: Sequence[InventedPaper]) -> Written:
    """The table that a bot keeps."""
    head = "## Updated on 2026.08.12\n> Usage: [here](./docs/README.md)\n\n## Kelp\n\n"
    columns = "|Publish Date|Title|Authors|PDF|Code|\n|---|---|---|---|---|\n"
    return Written(tuple(papers), head + columns, tuple(map(_bot_row, papers)), "\n", "\n")


def _bot_row(paper: InventedPaper) -> str:
    link = f"[{paper.arxiv_id}](http://arxiv.org/abs/{paper.arxiv_id})"
    return f"|**{paper.submitted}**|**{paper.title}**|{paper.authors[0]} et.al.|{link}|null|"


def bot_json(papers: Sequence[InventedPaper]) -> Written:
    """The rows of such a table as JSON, by topic and id."""
    rows = [f'"{one.arxiv_id}": {_dumped(_bot_row(one) + chr(10))}' for one in papers]
    return Written(tuple(papers), '{"Kelp": {', tuple(rows), ", ", "}}\n")


def bot_headings(papers: Sequence[InventedPaper]) -> Written:
    """The Markdown of a bot that gives each paper a heading."""
    code = papers[0].categories[0]
    head = f"<div id=toc></div>\n\n# Table of Contents\n\n- [{code}](#{code}) [Total: 9]\n\n# {code} [[Back]](#toc)\n\n"
    entries = [
        f"### [{number}] [{one.title}](https://arxiv.org/abs/{one.arxiv_id})\n*{', '.join(one.authors)}*\n\n"
        f"Main category: {one.categories[0]}\n\nTL;DR: one line\n\n<details>\n  <summary>Details</summary>\n"
        f"Abstract: {one.abstract}\n</details>"
        for number, one in enumerate(papers, start=1)
    ]
    return Written(tuple(papers), head, tuple(entries), "\n\n", "\n")


# ---- JSON


def _snapshot_record(paper: InventedPaper) -> dict[str, Any]:
    created = f"{paper.submitted:%a}, {paper.submitted.day} {paper.submitted:%b %Y} 18:59:59 GMT"
    return {
        "id": paper.arxiv_id,
        "submitter": "A",
        "authors": ", ".join(paper.authors),
        "title": paper.title,
        "comments": None,
        "categories": " ".join(paper.categories),
        "abstract": f"  {paper.abstract}\n",
        "versions": [{"version": f"v{number}", "created": created} for number in range(1, paper.version + 1)],
        "update_date": "2026-11-01",
        "authors_parsed": [[*reversed(name.rsplit(" ", 1)), ""] for name in paper.authors],
    }


def _dumped(value: object, indent: int | None = None) -> str:
    return json.dumps(value, ensure_ascii=False, indent=indent)


def json_lines(papers: Sequence[InventedPaper]) -> Written:
    """ArXiv's snapshot: an object a line."""
    return Written(tuple(papers), "", tuple(_dumped(_snapshot_record(one)) for one in papers), "\n", "\n")


def json_array(papers: Sequence[InventedPaper]) -> Written:
    """The snapshot as an array in one line."""
    return Written(tuple(papers), "[", tuple(_dumped(_snapshot_record(one)) for one in papers), ", ", "]")


def json_pretty(papers: Sequence[InventedPaper]) -> Written:
    """The snapshot as an array, indented."""
    entries = [re.sub("^", "  ", _dumped(_snapshot_record(one), 2), flags=re.MULTILINE) for one in papers]
    return Written(tuple(papers), "[\n", tuple(entries), ",\n", "\n]\n")


def json_objects(papers: Sequence[InventedPaper]) -> Written:
    """Indented objects one after the other; often only one."""
    return Written(tuple(papers), "", tuple(_dumped(_snapshot_record(one), 2) for one in papers), "\n", "\n")


def semantic_scholar(papers: Sequence[InventedPaper]) -> Written:
    """What Semantic Scholar's API answers."""
    entries = [
        _dumped({
            "paperId": f"0a1b{place:036}",
            "externalIds": {"ArXiv": one.arxiv_id, "CorpusId": place},
            "url": f"https://www.semanticscholar.org/paper/0a1b{place:036}",
            "title": one.title,
            "abstract": one.abstract,
            "year": one.submitted.year,
            "publicationDate": str(one.submitted),
            "authors": [{"authorId": "1", "name": name} for name in one.authors],
        })
        for place, one in enumerate(papers)
    ]  # fmt: skip
    return Written(tuple(papers), '{"total": 9, "offset": 0, "data": [', tuple(entries), ", ", "]}")


def daily_papers(papers: Sequence[InventedPaper]) -> Written:
    """What the daily papers of Hugging Face answer."""
    entries = [
        _dumped({
            "paper": {
                "id": one.arxiv_id,
                "authors": [{"_id": "66", "name": name, "hidden": False} for name in one.authors],
                "publishedAt": f"{one.submitted}T17:59:00.000Z",
                "title": one.title,
                "summary": one.abstract,
                "upvotes": 3,
                "ai_keywords": ["kelp", "tide model"],
            },
            "publishedAt": f"{one.announced}T00:00:00.000Z",
            "title": one.title,
            "summary": one.abstract,
            "thumbnail": "https://cdn-thumbnails.huggingface.co/x.png",
            "numComments": 2,
            "submittedBy": {"_id": "63", "fullname": "Someone", "name": "someone", "type": "user"},
        })
        for one in papers
    ]  # fmt: skip
    return Written(tuple(papers), "[", tuple(entries), ", ", "]")


def csl_json(papers: Sequence[InventedPaper]) -> Written:
    """CSL JSON, as Zotero exports it."""
    entries = [
        _dumped({
            "id": f"author{place}",
            "type": "article",
            "title": one.title,
            "abstract": one.abstract,
            "URL": f"http://arxiv.org/abs/{one.arxiv_id}",
            "number": f"arXiv:{one.arxiv_id}",
            "author": [dict(zip(("given", "family"), name.rsplit(" ", 1), strict=True)) for name in one.authors],
            "issued": {"date-parts": [[str(one.submitted.year), one.submitted.month, one.submitted.day]]},
        })
        for place, one in enumerate(papers)
    ]  # fmt: skip
    return Written(tuple(papers), "[\n ", tuple(entries), ",\n ", "\n]\n")


# ---- CSV


def csv_commas(papers: Sequence[InventedPaper]) -> Written:
    """The snapshot as CSV."""
    return _csv(papers, ",")


def csv_semicolons(papers: Sequence[InventedPaper]) -> Written:
    """The snapshot as CSV with semicolons, as spreadsheets of some languages write it."""
    return _csv(papers, ";")


def csv_tabs(papers: Sequence[InventedPaper]) -> Written:
    """The snapshot as CSV with tabs."""
    return _csv(papers, "\t")


def _csv(papers: Sequence[InventedPaper], delimiter: str) -> Written:
    def row(*values: str) -> str:
        text = io.StringIO()
        csv.writer(text, delimiter=delimiter, lineterminator="").writerow(values)
        return text.getvalue()

    entries = [
        row(one.arxiv_id, one.title, one.abstract, ", ".join(one.authors), " ".join(one.categories), "2026-11-01")
        for one in papers
    ]
    head = row("id", "title", "abstract", "authors", "categories", "update_date")
    return Written(tuple(papers), f"{head}\n", tuple(entries), "\n", "\n")


# ---- reference managers


def bibtex(papers: Sequence[InventedPaper]) -> Written:
    """BibTeX, as Zotero exports it."""
    return Written(tuple(papers), "\n", tuple(map(_bibtex_entry, papers)), "\n\n", "\n")


def _bibtex_entry(paper: InventedPaper) -> str:
    title = " ".join(
        f"{{{_zotero(word)}}}" if re.match(r"[A-Z]\w*[A-Z]", word) else _zotero(word) for word in paper.title.split(" ")
    )
    names = " and ".join(", ".join(reversed(name.rsplit(" ", 1))) for name in paper.authors)
    month = f"{paper.submitted:%b}".lower()
    return (
        f"@misc{{author_{paper.arxiv_id.replace('/', '_')},\n\ttitle = {{{title}}},\n"
        f"\turl = {{http://arxiv.org/abs/{paper.arxiv_id}}},\n\tdoi = {{10.48550/arXiv.{paper.arxiv_id}}},\n"
        f"\tabstract = {{{_zotero(paper.abstract)}}},\n\turldate = {{2026-11-01}},\n\tpublisher = {{arXiv}},\n"
        f"\tauthor = {{{_zotero(names)}}},\n\tmonth = {month},\n\tyear = {{{paper.submitted.year}}},\n"
        f"\tnote = {{arXiv:{paper.arxiv_id} [{paper.categories[0]}]}},\n}}"
    )


def _zotero(text: str) -> str:
    return "".join(_ZOTERO_SIGNS.get(sign, sign) for sign in text)


def ris(papers: Sequence[InventedPaper]) -> Written:
    """RIS, as Zotero exports it."""
    return Written(tuple(papers), "", tuple(map(_ris_record, papers)), "\n\n", "\n")


def _ris_record(paper: InventedPaper) -> str:
    authors = "".join(f"AU  - {', '.join(reversed(name.rsplit(' ', 1)))}\n" for name in paper.authors)
    return (
        f"TY  - Preprint\nTI  - {paper.title}\n{authors}AB  - {paper.abstract}\nDA  - {paper.submitted:%Y/%m/%d}/\n"
        f"PY  - {paper.submitted.year}\nDO  - 10.48550/arXiv.{paper.arxiv_id}\nPB  - arXiv\n"
        f"UR  - http://arxiv.org/abs/{paper.arxiv_id}\nER  - "
    )
