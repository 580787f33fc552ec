"""Invented papers in the XML and the HTML that arXiv gives: feeds, OAI-PMH, the page of a listing."""

from collections.abc import Sequence
from datetime import datetime, time
from email.utils import format_datetime
from html import escape as escape_html
from xml.sax.saxutils import escape, quoteattr
from zoneinfo import ZoneInfo

from eval.source_papers import InventedPaper, Written
from ingest.paper import Block
from ingest.taxonomy import category_name

_EASTERN = ZoneInfo("America/New_York")
_UTC = ZoneInfo("UTC")
_KINDS = {Block.NEW: "new", Block.CROSS_LISTED: "cross", Block.REPLACED: "replace"}
_OLD_KINDS = {Block.NEW: "", Block.CROSS_LISTED: " CROSS LISTED", Block.REPLACED: " UPDATED"}
_DECLARATION = "<?xml version='1.0' encoding='UTF-8'?>\n"
_ATOM = 'xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns="http://www.w3.org/2005/Atom"'
_OAI_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">\n'
    "<responseDate>2026-08-12T00:00:00Z</responseDate>\n<ListRecords>\n"
)
_OAI_TAIL = "\n</ListRecords></OAI-PMH>\n"
_HEADINGS = {
    Block.NEW: "New submissions",
    Block.CROSS_LISTED: "Cross submissions",
    Block.REPLACED: "Replacement submissions",
}


def _midnight(paper: InventedPaper) -> datetime:
    return datetime.combine(paper.announced, time(), _EASTERN)


def _first_submission(paper: InventedPaper) -> datetime:
    return datetime.combine(paper.submitted, time(18, 59, 59), _UTC)


def atom_api(papers: Sequence[InventedPaper]) -> Written:
    """The answer of arXiv's API."""
    head = f"{_DECLARATION}<feed {_ATOM}>\n  <id>https://arxiv.org/api/x</id>\n  <title>arXiv Query</title>\n  "
    return Written(tuple(papers), head, tuple(map(_api_entry, papers)), "\n  ", "\n</feed>\n")


def _api_entry(paper: InventedPaper) -> str:
    when = f"{_first_submission(paper):%Y-%m-%dT%H:%M:%SZ}"
    terms = "".join(f'<category term="{code}" scheme="http://arxiv.org/schemas/atom"/>' for code in paper.categories)
    authors = "".join(f"<author><name>{escape(name)}</name></author>\n" for name in paper.authors)
    return (
        f"<entry>\n    <id>http://arxiv.org/abs/{paper.arxiv_id}v{paper.version}</id>\n"
        f"    <title>{escape(paper.title)}</title>\n    <updated>2026-11-01T00:00:00Z</updated>\n"
        f'    <link href="https://arxiv.org/abs/{paper.arxiv_id}v{paper.version}" rel="alternate" type="text/html"/>\n'
        f"    <summary>{escape(paper.abstract)}</summary>\n    {terms}\n    <published>{when}</published>\n"
        "    <arxiv:comment>8 pages</arxiv:comment>\n"
        f"    <arxiv:primary_category term={quoteattr(paper.categories[0])}/>\n    {authors}  </entry>"
    )


def atom_announcement(papers: Sequence[InventedPaper]) -> Written:
    """A category's daily feed as Atom."""
    head = (
        f'{_DECLARATION}<feed xmlns:dc="http://purl.org/dc/elements/1.1/" {_ATOM} xml:lang="en-us">\n'
        "  <id>http://rss.arxiv.org/atom/cs.CV</id>\n  <title>cs.CV updates on arXiv.org</title>\n  "
    )
    return Written(tuple(papers), head, tuple(map(_announced_entry, papers)), "\n  ", "\n</feed>\n")


def _announced_entry(paper: InventedPaper) -> str:
    terms = "".join(f'<category term="{code}"/>' for code in paper.categories)
    return (
        f"<entry>\n    <id>oai:arXiv.org:{paper.arxiv_id}v{paper.version}</id>\n"
        f"    <title>{escape(paper.title)}</title>\n    <updated>{_midnight(paper).isoformat()}</updated>\n"
        f'    <link href="https://arxiv.org/abs/{paper.arxiv_id}" rel="alternate" type="text/html"/>\n'
        f"    <summary>{_announced_text(paper)}</summary>\n    {terms}\n"
        f"    <published>{_midnight(paper).isoformat()}</published>\n"
        f"    <arxiv:announce_type>{_KINDS[paper.block]}</arxiv:announce_type>\n"
        f"    <dc:creator>{escape(', '.join(paper.authors))}</dc:creator>\n  </entry>"
    )


def _announced_text(paper: InventedPaper) -> str:
    told = f"arXiv:{paper.arxiv_id}v{paper.version} Announce Type: {_KINDS[paper.block]} \nAbstract: {paper.abstract}"
    return escape(told)


def rss_2(papers: Sequence[InventedPaper]) -> Written:
    """A category's daily feed as RSS 2.0."""
    head = (
        f'{_DECLARATION}<rss xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'version="2.0">\n<channel><title>cs.CV updates on arXiv.org</title><link>http://rss.arxiv.org/rss/cs.CV</link>\n'
    )
    return Written(tuple(papers), head, tuple(map(_rss_item, papers)), "\n", "\n</channel>\n</rss>\n")


def _rss_item(paper: InventedPaper) -> str:
    terms = "".join(f"<category>{code}</category>" for code in paper.categories)
    return (
        f"<item>\n<title>{escape(paper.title)}</title>\n<link>https://arxiv.org/abs/{paper.arxiv_id}</link>\n"
        f"<description>{_announced_text(paper)}</description>\n"
        f'<guid isPermaLink="false">oai:arXiv.org:{paper.arxiv_id}v{paper.version}</guid>\n{terms}\n'
        f"<pubDate>{format_datetime(_midnight(paper))}</pubDate>\n"
        f"<arxiv:announce_type>{_KINDS[paper.block]}</arxiv:announce_type>\n"
        f"<dc:creator>{escape(', '.join(paper.authors))}</dc:creator>\n</item>"
    )


def rss_1(papers: Sequence[InventedPaper]) -> Written:
    """A category's daily feed as RSS 1.0, as arXiv gave it until 2024."""
    day = _midnight(papers[0]).replace(hour=20, minute=30).isoformat()
    head = (
        f'{_DECLARATION}<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
        'xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">\n'
        '<channel rdf:about="http://arxiv.org/"><title>cs.CV updates on arXiv.org</title>'
        f"<dc:date>{day}</dc:date></channel>\n"
    )
    return Written(tuple(papers), head, tuple(map(_old_item, papers)), "\n", "\n</rdf:RDF>\n")


def _old_item(paper: InventedPaper) -> str:
    link = f"http://arxiv.org/abs/{paper.arxiv_id}"
    authors = ", ".join(f'<a href="http://arxiv.org/find/x">{name}</a>' for name in paper.authors)
    told = f"(arXiv:{paper.arxiv_id}v{paper.version} [{paper.categories[0]}]{_OLD_KINDS[paper.block]})"
    return (
        f'<item rdf:about="{link}">\n<title>{escape(paper.title)}. {told}</title>\n<link>{link}</link>\n'
        f'<description rdf:parseType="Literal">{escape(f"<p>{escape(paper.abstract)}</p>")}</description>\n'
        f"<dc:creator>{escape(authors)}</dc:creator>\n</item>"
    )


# ---- OAI-PMH


def oai_raw(papers: Sequence[InventedPaper]) -> Written:
    """OAI-PMH, `arXivRaw`."""
    return Written(tuple(papers), _OAI_HEAD, tuple(map(_raw_record, papers)), "\n", _OAI_TAIL)


def _record(paper: InventedPaper, metadata: str) -> str:
    header = (
        f"<header><identifier>oai:arXiv.org:{paper.arxiv_id}</identifier><datestamp>2026-11-01</datestamp></header>"
    )
    return f"<record>{header}\n<metadata>{metadata}</metadata></record>"


def _raw_record(paper: InventedPaper) -> str:
    when = format_datetime(_first_submission(paper), usegmt=False).replace("+0000", "GMT")
    versions = "".join(
        f'<version version="v{number}"><date>{when}</date><size>9kb</size></version>\n'
        for number in range(1, paper.version + 1)
    )
    return _record(
        paper,
        f'<arXivRaw xmlns="http://arxiv.org/OAI/arXivRaw/">\n<id>{paper.arxiv_id}</id><submitter>A</submitter>\n{versions}'
        f"<title>{escape(paper.title)}</title><authors>{escape(' and '.join(paper.authors))}</authors>"
        f"<categories>{' '.join(paper.categories)}</categories><comments>8 pages</comments>\n"
        f"<abstract>{escape(paper.abstract)}</abstract></arXivRaw>",
    )


def oai_arxiv(papers: Sequence[InventedPaper]) -> Written:
    """OAI-PMH, `arXiv`."""
    return Written(tuple(papers), _OAI_HEAD, tuple(map(_arxiv_record, papers)), "\n", _OAI_TAIL)


def _arxiv_record(paper: InventedPaper) -> str:
    authors = ""
    for name in paper.authors:
        first, _, last = name.rpartition(" ")
        authors += f"<author><keyname>{escape(last)}</keyname><forenames>{escape(first)}</forenames></author>"
    return _record(
        paper,
        f'<arXiv xmlns="http://arxiv.org/OAI/arXiv/">\n<id>{paper.arxiv_id}</id><created>{paper.submitted}</created>'
        f"<updated>2026-11-01</updated><authors>{authors}</authors>\n<title>{escape(paper.title)}</title>"
        f"<categories>{' '.join(paper.categories)}</categories>\n<abstract>{escape(paper.abstract)}</abstract></arXiv>",
    )


def oai_dc(papers: Sequence[InventedPaper]) -> Written:
    """OAI-PMH, Dublin Core."""
    return Written(tuple(papers), _OAI_HEAD, tuple(map(_dc_record, papers)), "\n", _OAI_TAIL)


def _dc_record(paper: InventedPaper) -> str:
    subjects = "".join(f"<dc:subject>{escape(_subject(code))}</dc:subject>" for code in paper.categories)
    creators = ""
    for name in paper.authors:
        first, _, last = name.rpartition(" ")
        creators += f"<dc:creator>{escape(last)}, {escape(first)}</dc:creator>"
    return _record(
        paper,
        '<oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/" '
        f'xmlns:dc="http://purl.org/dc/elements/1.1/">\n<dc:title>{escape(paper.title)}</dc:title>\n{creators}{subjects}'
        f"<dc:description>{escape(paper.abstract)}</dc:description>\n<dc:description>Comment: 8 pages</dc:description>"
        f"<dc:date>{paper.submitted}</dc:date><dc:date>2026-11-01</dc:date>"
        f"<dc:identifier>http://arxiv.org/abs/{paper.arxiv_id}</dc:identifier></oai_dc:dc>",
    )


def _subject(code: str) -> str:
    archives = {"cs": "Computer Science", "math": "Mathematics", "stat": "Statistics", "cond-mat": "Condensed Matter"}
    archive = archives.get(code.partition(".")[0])
    return f"{archive} - {category_name(code)}" if archive else category_name(code)


# ---- the page


def listing_page(papers: Sequence[InventedPaper]) -> Written:
    """The page of a category's listing, new, cross-listed, replaced."""
    day = f"{papers[0].announced:%A}, {papers[0].announced.day} {papers[0].announced:%B %Y}"
    head = (
        '<!DOCTYPE html>\n<html lang="en"><head><title>Computer Vision and Pattern Recognition</title></head><body>\n'
        "<h1>Computer Vision and Pattern Recognition</h1>\n"
        f"<h3>Showing new listings for {day}</h3>\n<dl id='articles'>\n"
    )
    ordered = [paper for block in _HEADINGS for paper in papers if paper.block is block]
    entries, block = [], None
    for number, paper in enumerate(ordered, start=1):
        heading = f"</dl>\n<dl id='articles'><h3>{_HEADINGS[paper.block]} (showing 9 of 9 entries)</h3>\n"
        entries.append((heading if paper.block is not block else "") + _page_entry(number, paper))
        block = paper.block
    return Written(tuple(ordered), head, tuple(entries), "\n", "\n</dl>\n</body></html>\n")


def _page_entry(number: int, paper: InventedPaper) -> str:
    def field(kind: str, name: str, text: str) -> str:
        return f"<div class='list-{kind} mathjax'><span class='descriptor'>{name}:</span> {text}\n</div>\n"

    authors = ", ".join(f'<a href="https://arxiv.org/search/x">{escape_html(name)}</a>' for name in paper.authors)
    subjects = "; ".join(f"{category_name(code)} ({code})" for code in paper.categories)
    return (
        f'<dt>\n<a name=\'item{number}\'>[{number}]</a>\n<a href ="/abs/{paper.arxiv_id}" title="Abstract" '
        f'id="{paper.arxiv_id}">\n arXiv:{paper.arxiv_id}\n</a>\n'
        f'[<a href="/pdf/{paper.arxiv_id}" title="PDF">pdf</a>]\n</dt>\n'
        f"<dd>\n<div class='meta'>\n{field('title', 'Title', escape_html(paper.title))}"
        f"<div class='list-authors'>{authors}</div>\n{field('comments', 'Comments', '8 pages')}"
        f"<div class='list-subjects'><span class='descriptor'>Subjects:</span>\n"
        f'<span class="primary-subject">{escape_html(subjects)}</span></div>\n'
        f"<p class='mathjax'>\n{escape_html(paper.abstract)}\n</p>\n</div>\n</dd>"
    )
