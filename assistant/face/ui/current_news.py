"""What is new of all that is followed, for the page and the feed: found once for each state of the library."""

from threading import Lock

from assistant.engine.daybook import Daybook
from assistant.following.news import News
from ingest.errors import InputError
from prompts import fill

MOST_CAME = 5_000
"""Papers that came since a follow was looked at; of more, the page and the feed say only that there are too many."""


class CurrentNews:
    """The news of a library."""

    def __init__(self, book: Daybook) -> None:
        self._book = book
        self._lock = Lock()
        self._found: tuple[object, News] | None = None

    def news(self) -> News:
        """What is new now.

        Raises:
            InputError: too much came to be shown.
        """
        with self._lock:
            database = self._book.library.database
            follows = self._book.follows()
            state = database.change_counters(), database.total_of("follows"), database.total_of("marks")
            if self._found is None or self._found[0] != state:
                earliest = min((one.seen.chunk_row for one in follows), default=database.last_chunk_row())
                if earliest < database.last_chunk_row() and len(database.arrivals(earliest).newest_chunks) > MOST_CAME:
                    raise InputError(fill("news_too_many", most=f"{MOST_CAME:,}"))
                self._found = state, self._book.news()
            return self._found[1]
