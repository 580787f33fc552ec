"""The dialogues that go on: so many, those used last; what the library keeps is read again when it goes on."""

from collections import OrderedDict

from assistant.face.ui.dialogue import Dialogue

MOST_LIVE = 64
"""A dialogue of fifty questions takes about a megabyte."""
MOST_UNSAVED = 64
"""Further ones, which no library keeps, so that their end would lose them."""


class LiveDialogues:
    """Dialogues by who holds them and the id of their conversation."""

    def __init__(self, most_live: int = MOST_LIVE, most_unsaved: int = MOST_UNSAVED) -> None:
        self._most_live = most_live
        self._most = most_live + most_unsaved
        self._held: OrderedDict[tuple[str, str], Dialogue] = OrderedDict()

    def __len__(self) -> int:
        return len(self._held)

    def find(self, owner: str, conversation_id: str) -> Dialogue | None:
        """The dialogue of an owner, where it is still live."""
        if (held := self._held.get((owner, conversation_id))) is not None:
            self._held.move_to_end((owner, conversation_id))
        return held

    def keep(self, owner: str, dialogue: Dialogue) -> None:
        """Keep a dialogue under the id that its conversation has by now, and let those go that were not used."""
        for key in [key for key, held in self._held.items() if held is dialogue]:
            del self._held[key]
        self._held[owner, dialogue.conversation_id] = dialogue
        saved = [key for key, held in self._held.items() if held.is_saved]
        for key in saved[: max(0, len(self._held) - self._most_live)]:
            del self._held[key]
        while len(self._held) > self._most:
            self._held.popitem(last=False)

    def drop(self, owner: str, conversation_id: str) -> None:
        """Forget a dialogue."""
        self._held.pop((owner, conversation_id), None)
