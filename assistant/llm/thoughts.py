"""From what a model writes to what it says: its thoughts and the tokens of its template are no text.

A stream shows a token only piece by piece, and some models open a thought in the prompt, so that only its end is seen.
"""

import re
from collections.abc import Iterator
from enum import Enum


class Sign(Enum):
    """What stands between two pieces of text."""

    THOUGHT = "a thought was passed over"
    ENDED_THOUGHT = "all text before was a thought, whose beginning nobody saw"
    ANSWER = "all text before only led to the answer"
    END = "the answer is over"


_WORD = r"(?:think|thought|reason|reflect|scratch_?pad|analysis|monologue|ruminat)"
_TAG = rf"[\w:.-]*{_WORD}[\w:.-]*"  # <think>, <Thinking>, <seed:think>, <inner_thoughts>
_OPENS = (
    rf"<{_TAG}(?:\s[^<>/]*)?>|\[{_WORD}(?:ing)?\]|◁{_WORD}▷"
    rf"|<[|｜](?!end)[\w▁]*{_WORD}[\w▁]*[|｜]>|<unused94>"
)
_CLOSES = (
    rf"</{_TAG}\s*>|\[/{_WORD}(?:ing)?\]|◁/{_WORD}▷"
    rf"|<[|｜](?:/|end)[\w▁]*{_WORD}[\w▁]*[|｜]>|<unused95>"
)
_CHANNEL = r"(?:<\|start\|>\s*assistant\s*)?<\|?channel\|?>"
_OPENS_CHANNEL = rf"{_CHANNEL}\s*(?:analysis|commentary|thought|thinking)\b"
_FINAL_CHANNEL = (
    rf"{_CHANNEL}\s*final\b[^<\n]{{0,20}}(?:<\|message\|>)?|<\|start\|>\s*assistant\s*<\|message\|>|<channel\|>"
)
_FENCE = rf"```[ \t]*{_WORD}\w*\b"
_BARE = r"\n\s*(?-i:analysis(?=[A-Z]))"  # what is left of channels whose tokens a server dropped
_ANSWERS = (
    r"<(?:final_?)?(?:answer|response|output|solution)>|<[|｜](?:begin|start)_?(?:of_)?(?:response|solution)[|｜]>"
)
_ANSWER_ENDS = r"</(?:final_?)?(?:answer|response|output|solution)>|<[|｜]end_?(?:of_)?(?:response|solution)[|｜]>"
_HEADING = (
    r"\n[ \t]*(?:#{1,6}[ \t]*)?(?:\*\*|__)?[ \t]*(?:here(?: is|['’]s)[ \t]+)?(?:(?:my|the)[ \t]+)?(?:final[ \t]+)?"
    r"(?:answer|response)(?:[ \t]+is)?[ \t]*(?:\*\*|__)?[ \t]*[:：][ \t]*(?:\*\*|__)?"
    r"|\n[ \t]*(?:#{1,6}[ \t]*|\*\*)(?:final[ \t]+)?(?:answer|response)(?:\*\*)?[ \t]*(?=\n|\Z)"
    r"|\*\*final answer:?\*\*:?"
)
_ENDS = (
    r"</s>|<(?:eos|end_of_turn|end_of_utterance|eot)>|\[/?EOS\]|<turn\|>"
    r"|<[|｜][^<>|｜\n]*(?:end|eot|eos|eom|return|im_start|start_header|user)[^<>|｜\n]*[|｜]>"
)
_ROLE = r"<[|｜][^<>\n]{1,40}[|｜]>\s*assistant\b(?:\s*<[|｜]end_header_id[|｜]>)?"
_JUNK = r"<[|｜][^<>\n]{1,40}[|｜]>|<(?:s|bos|pad|unk|start_of_turn|unused\d+)>|\[/?INST\]"
_TOKEN = re.compile(
    rf"(?P<opens>{_OPENS})|(?P<closes>{_CLOSES})|(?P<channel>{_OPENS_CHANNEL})|(?P<final>{_FINAL_CHANNEL})"
    rf"|(?P<fence>{_FENCE})|(?P<bare>{_BARE})|(?P<answer>{_ANSWERS}|(?i:{_HEADING}))"
    rf"|(?P<over>{_ANSWER_ENDS})|(?P<role>{_ROLE})|(?P<end>{_ENDS})|(?P<junk>{_JUNK})",
    re.IGNORECASE,
)
_CLOSER = {
    "opens": re.compile(_CLOSES, re.IGNORECASE),
    "channel": re.compile(_FINAL_CHANNEL, re.IGNORECASE),
    "fence": re.compile("```"),
    "bare": re.compile(r"assistant\s*final"),
}
_SIGNS = {
    "closes": Sign.ENDED_THOUGHT,
    "final": Sign.ANSWER,
    "answer": Sign.ANSWER,
    "over": Sign.END,
    "end": Sign.END,
}
_LONGEST_CLOSER = 60
_MAY_GO_ON = re.compile(  # a token's beginning; of a line, as long as it may become a heading
    r"(?:<[^<>\n]{0,60}|\[/?\w{0,12}|◁[^▷\n]{0,14}|`{1,3}[ \t]*\w{0,12}|\*{1,2}"
    r"|<[|｜]?\w+[|｜]?>\s*\w{0,10}\s*(?:<[^<>\n]{0,30}>?)?"
    r"|\n[ \t#*_]*[A-Za-z'’ ]{0,28}[ \t*_]*[:：]?[ \t*_]*)\Z"
)


class Thoughts:
    """Takes the pieces of a text and gives what is no thought, and the signs between."""

    def __init__(self) -> None:
        self._text = "\n"  # so that the text begins a line
        self._closer: re.Pattern[str] | None = None
        self._is_blank = True  # what was thought since its opening
        self._has_said = False

    @property
    def is_thinking(self) -> bool:
        """Whether a thought has been opened and not closed."""
        return self._closer is not None

    def feed(self, piece: str, *, is_last: bool = False) -> Iterator[str | Sign]:
        """What has become certain with this piece."""
        self._text += piece
        while True:
            end = len(self._text) if is_last else self._certain_length()
            found = (self._closer or _TOKEN).search(self._text, 0, len(self._text) if self._closer else end)
            before, self._text = (
                self._text[: found.start() if found else end],
                self._text[found.end() if found else end :],
            )
            yield from self._plain(before)
            if found is None:
                return
            yield from self._closed() if self._closer else self._sign(str(found.lastgroup))

    def _certain_length(self) -> int:
        """How much of the text belongs to no token that is still to come whole."""
        if self._closer:
            return max(len(self._text) - _LONGEST_CLOSER, 0)
        going_on = _MAY_GO_ON.search(self._text)
        return going_on.start() if going_on else len(self._text)

    def _plain(self, text: str) -> Iterator[str]:
        if self._closer:
            self._is_blank = self._is_blank and not text.strip()
        elif text:
            self._has_said = self._has_said or bool(text.strip())
            yield text

    def _closed(self) -> Iterator[Sign]:
        self._closer = None
        if not self._is_blank:
            yield Sign.THOUGHT

    def _sign(self, name: str) -> Iterator[Sign]:
        if name in _CLOSER and not (name == "bare" and self._has_said):
            self._closer, self._is_blank = _CLOSER[name], True
        elif name in _SIGNS and (self._has_said or name not in {"over", "end"}):
            yield _SIGNS[name]
