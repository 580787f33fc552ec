"""The Gradio components that the views are made of."""

from typing import Any, Literal

import gradio as gr
from gradio.components import Component

from assistant.face.ui.access import is_this_machine
from assistant.language.inline import DISPLAY_MATH, INLINE_MATH

LATEX: list[dict[str, str | bool]] = [
    {"left": INLINE_MATH[0], "right": INLINE_MATH[1], "display": False},
    {"left": DISPLAY_MATH[0], "right": DISPLAY_MATH[1], "display": True},
]
PRIVATE: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
"""What every event of the page is set to."""

UNQUEUED: dict[str, Any] = {"queue": False, **PRIVATE}
"""Of events that must not wait for others: the page opens, the calendar is turned."""

SESSIONS_KEPT = 128
"""Pages of which Gradio remembers what they show. One that it forgot goes on all the same, as all is read anew."""

Updates = dict[Component, Any]

_FORWARDED = {"forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via"}
"""What says that a request was handed on by another server."""


def text(value: str = "", *, elem_id: str, elem_classes: str | None = None) -> gr.Markdown:
    """HTML of ours, with its mathematics."""
    return gr.Markdown(value, elem_id=elem_id, elem_classes=elem_classes, latex_delimiters=LATEX)


def button(
    label: str,
    elem_id: str,
    *,
    visible: bool = True,
    interactive: bool = True,
    variant: Literal["primary", "secondary"] = "secondary",
) -> gr.Button:
    """A button as wide as its label."""
    return gr.Button(
        label,
        elem_id=elem_id,
        size="sm",
        scale=0,
        min_width=0,
        visible=visible,
        interactive=interactive,
        variant=variant,
    )


def small_box(label: str, elem_id: str, placeholder: str, *, scale: int = 1) -> gr.Textbox:
    """A box for a line of text, with its label above."""
    return gr.Textbox(label=label, elem_id=elem_id, placeholder=placeholder, scale=scale, min_width=0, max_lines=1)


def hidden_box(elem_id: str) -> gr.Textbox:
    """A box that only the page's own script writes to, when something inside the HTML is pressed."""
    return gr.Textbox(elem_id=elem_id, elem_classes="unseen", show_label=False, container=False, interactive=True)


def kept_by_browser(name: str) -> gr.BrowserState:
    """A text that the browser keeps from visit to visit."""
    # no secret: without one of ours Gradio takes another after each start, and can then read nothing
    return gr.BrowserState("", storage_key=f"daybook-{name}", secret="daybook")  # noqa: S106


def is_here(request: gr.Request) -> bool:
    """Whether a request comes from this machine, and not through a server before this one for somebody elsewhere."""
    client = request.client
    return client is not None and is_this_machine(client.host) and _FORWARDED.isdisjoint(request.headers.keys())


def session_of(request: gr.Request) -> str:
    """The id of the open page that a request comes from."""
    return request.session_hash or ""
