"""The errors that Daybook raises on purpose.

    DaybookError                 a person can mend it: one line says what, which value, what to do
    ├── InputError               an argument or a file is not what it must be
    ├── LibraryError             the library cannot be opened or written as asked
    │   ├── LibraryTooNewError   it was written by a newer Daybook
    │   ├── LibraryLockedError   another process is writing to it
    │   ├── LibraryDamagedError  what was read is not what was saved
    │   └── ChromaServerError    a Chroma server does not do what it is asked
    │       └── ChromaServerSilentError    it cannot be reached, does not answer, or lets us not in
    ├── SourceUnavailableError   arXiv could not be read in full
    │   └── IncompleteDayError   it answered, and nothing proves that it gave all of a day
    ├── ModelUnavailableError    no place could give a model file with the right hash
    └── LlmError                 a language model did not answer, or not in time
        └── LlmSilentError       its server cannot be reached, or says nothing: asking again would take as long

Everything else is a defect and keeps its traceback.
"""


class DaybookError(Exception):
    """Base of all errors whose message is meant for the user and needs no traceback."""


class InputError(DaybookError):
    """An argument, a question or a file is not what it must be."""


class LibraryError(DaybookError):
    """The library cannot be opened or written as asked."""


class LibraryTooNewError(LibraryError):
    """The library was written by a newer version of Daybook."""


class LibraryLockedError(LibraryError):
    """Another process is writing to the library."""


class LibraryDamagedError(LibraryError):
    """What was read from the library is not what was saved; nothing of it is shown."""


class ChromaServerError(LibraryError):
    """A Chroma server does not do what it is asked; the vectors in SQLite are searched."""


class ChromaServerSilentError(ChromaServerError):
    """A Chroma server cannot be reached, does not answer in time, or lets us not in."""


class ModelUnavailableError(DaybookError):
    """No place could give a model file with the expected hash."""


class SourceUnavailableError(DaybookError):
    """arXiv did not answer, or not in full."""


class IncompleteDayError(SourceUnavailableError):
    """arXiv gave papers of a day, and nothing proves that they are all."""


class LlmError(DaybookError):
    """A language model did not answer, or not as it must; the quoting answer takes its place."""


class LlmSilentError(LlmError):
    """A language model's server cannot be reached, or says nothing at all."""
