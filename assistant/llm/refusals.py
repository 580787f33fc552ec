"""Why a server does not answer: its own words read for what they mean, never shown, as they may hold the key."""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from ingest.errors import LlmError

_LONGEST_READ = 20_000  # characters of a refusal; some repeat the whole request
_ECHOES = {"input", "messages", "request", "ctx", "url"}  # where validators repeat what was sent
_TOO_LONG = re.compile(
    r"context.?(?:length|size|window)|maximum context|max_model_len"
    r"|(?:prompt|input|request)\b.{0,40}\btoo (?:long|large)"
    r"|too many (?:input )?tokens|reduce the length|exceeds? the (?:available|maximum|model)",
    re.IGNORECASE | re.DOTALL,
)
_UNPAID = re.compile(r"insufficient.{0,3}(?:quota|credit|balance|funds)|billing|out of credit|payment", re.IGNORECASE)
_NO_MODEL = re.compile(
    r"model_not_found|(?:no such|unknown|invalid|not a valid|unsupported) model"
    r"|model\b.{0,80}(?:not found|not exist|no access|not available|not loaded|unknown)|not a valid model",
    re.IGNORECASE | re.DOTALL,
)
_MODEL_STATUSES = {0, 400, 404, 422}
_STATUSES = {
    401: "refuses the key; set DAYBOOK_LLM_KEY",
    402: "asks for payment: no credit is left for this key",
    403: "refuses the key; set DAYBOOK_LLM_KEY",
    404: "knows no such model or address; see --llm-model and --llm-url",
    413: "takes no request of this length",
    429: "is busy",
    503: "is busy, or still loads the model",
    529: "is busy",
}
_REDIRECTS = range(300, 400)
_BUSY = {429, 503, 529}


class RefusedError(LlmError):
    """A server refused a question, or failed at it; `told` is what it said, for code only."""

    def __init__(self, status: int, told: str = "", wait_seconds: float | None = None, *, is_begun: bool = False):
        self.status = status
        self.told = told
        self.wait_seconds = wait_seconds if status in _BUSY else None
        self.is_begun = is_begun
        self.is_too_long = not is_begun and bool(_TOO_LONG.search(told))
        super().__init__(self._reason())

    @property
    def is_about_the_account(self) -> bool:
        """Whether it is about the key, its credit or the name of the model, and not about how it was asked."""
        return self.status in {401, 402, 403, 429} or bool(_UNPAID.search(self.told)) or self._knows_no_model

    @property
    def _knows_no_model(self) -> bool:
        return self.status in _MODEL_STATUSES and bool(_NO_MODEL.search(self.told))

    def _reason(self) -> str:
        number = f" ({self.status})" if self.status else ""
        if self.is_too_long:
            return f"the question and its evidence are too long for the language model{number}"
        return f"the language model's server {self._said()}{number}"

    def _said(self) -> str:
        if self.is_begun:
            return "failed in the middle of its answer"
        if _UNPAID.search(self.told):
            return _STATUSES[402]
        if self._knows_no_model:
            return "knows no such model; see --llm-model"
        if self.wait_seconds is not None:
            return f"is busy, and asks to wait {self.wait_seconds:.0f} seconds"
        if self.status in _REDIRECTS:
            return "redirects to another address; see --llm-url"
        return _STATUSES.get(self.status, "failed")


def refusal_of(status: int, body: str, headers: Mapping[str, str]) -> RefusedError:
    """What a response that is no success says."""
    try:
        told = words_in(json.loads(body[:_LONGEST_READ]))
    except ValueError:
        told = body[:_LONGEST_READ]
    return RefusedError(status, told, _wait(headers))


def error_in(data: Mapping[str, object], *, is_begun: bool, is_error: bool = False) -> RefusedError | None:
    """The error that stands in an object of a stream, or of a body with status 200; `is_error`: it is all one."""
    choices = data.get("choices")
    first = choices[0] if isinstance(choices, list) and choices else None
    held = data.get("error") or (first.get("error") if isinstance(first, dict) else None)
    if not held and not is_error and data.get("object") != "error":
        return None
    error = held or data
    code = error.get("code") or error.get("status") if isinstance(error, dict) else None
    status = int(code) if isinstance(code, int | str) and re.fullmatch(r"[3-5]\d\d", str(code)) else 0
    return RefusedError(status, words_in(error), is_begun=is_begun)


def words_in(value: object) -> str:
    """All strings of a JSON value in one line, but for those that repeat what was sent."""
    return " ".join(_strings(value))[:_LONGEST_READ]


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from _strings(item)
    elif isinstance(value, dict):
        for name, item in value.items():
            if name not in _ECHOES:
                yield from _strings(item)


def _wait(headers: Mapping[str, str]) -> float | None:
    """How long a server asks to wait, in seconds, in either form of Retry-After; None where it does not say."""
    if milliseconds := headers.get("retry-after-ms", ""):
        seconds = _number(milliseconds)
        return None if seconds is None else seconds / 1000
    text = headers.get("retry-after", "")
    if (seconds := _number(text)) is not None or not text:
        return seconds
    try:
        until = parsedate_to_datetime(text)
    except ValueError:
        return None
    return max((until - datetime.now(until.tzinfo and UTC)).total_seconds(), 0.0)


def _number(text: str) -> float | None:
    return float(text) if re.fullmatch(r"\d{1,9}(?:\.\d{1,9})?", text.strip()) else None
