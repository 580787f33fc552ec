"""A language model that answers a trial as it must, and questions on KerbFirst; it counts its tokens."""

from tests.assistant.llm import fake_llm as fake

KEY = "sk-panel-0123456789abcdef"
ON_TRIAL = "The lighthouse of Skarn is painted green [2]."
SAID = "KerbFirst predicts a thin map of semantic boundaries"
TOKENS_READ, TOKENS_WRITTEN = 1234, 56


def writing(handler: fake.Handler) -> None:
    """A model that says which tokens it took."""
    is_tried = "lighthouse" in handler.fake.prompt
    handler.begin()
    for piece in (ON_TRIAL if is_tried else f"{SAID} [1].").split(" "):
        handler.send(f"{piece} ")
    handler._event({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
    handler._event({"choices": [], "usage": {"prompt_tokens": TOKENS_READ, "completion_tokens": TOKENS_WRITTEN}})
    handler.raw(b"data: [DONE]\n\n")
