"""What the page says of who writes the answers, as HTML. A key is never part of it."""

from assistant.engine.writers import Writing
from assistant.face.trying import Trial, TrialLine
from assistant.face.ui.pieces import problem_html
from assistant.language.inline import escaped
from assistant.llm.kept import shown_url
from ingest.readable import printable

QUOTES_ONLY = "quotes only"
_WHAT_QUOTES_ARE = "Every sentence of an answer is a quote."
_WHAT_A_MODEL_DOES = "It writes; each of its sentences is checked against the quotes before it is shown."
_ELSEWHERE = (
    "Only the page on the server’s own machine sets who writes, at 127.0.0.1; or whoever starts it, with"
    " <code>daybook serve --llm-url URL --llm-model NAME</code>."
)
_BOXES = {"--llm-url": "“Server”", "--llm-model": "“Model”", "DAYBOOK_LLM_KEY": "“Key”"}


def in_words_of_page(line: str) -> str:
    """A line that names options of the command line, with the boxes of the page instead."""
    for option, label in _BOXES.items():
        line = line.replace(option, label)
    return line


def writer_link_html(writing: Writing) -> str:
    """Who writes, on every view; it leads to where that is set."""
    name = escaped(printable(writing.model)) or QUOTES_ONLY
    return f'<p><a class="view" href="#writer" title="Who writes the answers: {name}">Writer: {name}</a></p>'


def writer_html(writing: Writing, *, may_set: bool, is_kept: bool = False) -> str:
    """Who writes, what that means, and what is kept of it; the server's address is for those alone who may set it."""
    if not writing.model:
        head, told = "Quotes only", [_WHAT_QUOTES_ARE]
    else:
        head, told = escaped(printable(writing.model)), [_WHAT_A_MODEL_DOES]
    if may_set and (settings := writing.settings) is not None:
        key = "A key is set." if settings.key else "No key is set."
        told += [f"Its server is {escaped(printable(shown_url(settings.url)))}. {key}"]
    if may_set and is_kept:
        told += ["A server is kept on this machine and used at the next start; Forget takes it away."]
    paragraphs = "".join(f"<p>{line}</p>" for line in [*told, *([] if may_set else [_ELSEWHERE])])
    return f'<section class="welcome writing"><h2>{head}</h2>{paragraphs}</section>'


def told_html(line: str) -> str:
    """What was done, in one line."""
    return f'<p class="hint">{escaped(printable(line))}</p>'


def trial_html(trial: Trial) -> str:
    """What was found when a model was tried, and what to do where that is not enough."""
    lines = "".join(map(_line, trial.lines))
    verdict = problem_html(in_words_of_page(trial.problem)) or told_html("This model can write; “Use it” lets it.")
    return f'<ul class="trial">{lines}</ul>{verdict}' if lines else verdict


def _line(line: TrialLine) -> str:
    kind, sign = {True: ("good", "✓"), False: ("bad", "✗"), None: ("unknown", "–")}[line.is_good]
    said = f"<strong>{escaped(line.name)}</strong> {escaped(printable(in_words_of_page(line.found)))}"
    return f'<li class="{kind}"><span class="sign">{sign}</span> <span>{said}</span></li>'
