"""What Gradio keeps of its sessions, and how to make it forget one: the one place that knows Gradio's inside."""

from collections.abc import Collection, Iterator
from typing import Any, cast

from fastapi import FastAPI
from starlette.requests import HTTPConnection
from starlette.routing import Mount


def gradio_app_of(app: FastAPI) -> Any:
    """Gradio's application, which is mounted into ours."""
    (mounted,) = (route.app for route in app.routes if isinstance(route, Mount))
    return mounted


class GradioQueue:
    """The events of Gradio's sessions, and what is kept of each session."""

    def __init__(self, gradio_app: Any) -> None:
        self._app = gradio_app

    @property
    def _queue(self) -> Any:
        return self._app.get_blocks()._queue  # noqa: SLF001 - Gradio offers no other way to it

    def events(self) -> Iterator[HTTPConnection]:
        """The requests of all events that wait or run."""
        return (event.request for event in self._queue.event_ids_to_events.values())

    def session_of(self, event_id: str) -> str | None:
        """The session that an event is of; None where it is over, or was never there."""
        event = self._queue.event_ids_to_events.get(event_id)
        return event.session_hash if event else None

    def knows(self, session: str) -> bool:
        """Whether something is kept of a session."""
        queue = self._queue
        kept = (self._app.state_holder, queue.pending_messages_per_session, queue.pending_event_ids_session)
        return any(session in each for each in kept)

    def unread(self) -> Collection[str]:
        """The sessions whose messages are kept until somebody reads them."""
        return cast("Collection[str]", self._queue.pending_messages_per_session.keys())

    async def forget_messages(self, session: str) -> None:
        """Drop what nobody read, and end what nobody waits for."""
        await self._queue.clean_events(session_hash=session)
        self._queue.pending_messages_per_session.pop(session, None)
        self._queue.pending_event_ids_session.pop(session, None)

    async def forget(self, session: str) -> None:
        """Drop everything that is kept of a session."""
        await self.forget_messages(session)
        holder = self._app.state_holder
        with holder.lock:
            holder.session_data.pop(session, None)
            holder.time_last_used.pop(session, None)
