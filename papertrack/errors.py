"""The errors that the user can fix, each with its exit code.

```
PapertrackError            1   something failed
├── UsageError             2   the call or the config is wrong
│   ├── NoSuchItem         2   an ITEM that is not in the database
│   └── QueryMistake       2   an invalid filter; shown with a caret below the mistake
├── HandEdited             1   a draft has hand edits and was left unchanged
├── DraftConflict          1   a draft was merged with conflicts for the author to resolve
├── DatabaseUnusable       3   the database cannot be used; nothing was changed
├── StorageFull            4   the disk is full or read-only
├── AnotherFetchRunning   75   try again later (EX_TEMPFAIL of sysexits.h)
├── SourceError            1   one source could not be read; the others were
│   ├── DownloadError      1   the network failed, or a limit was exceeded
│   │   └── HttpError      1   the server answered with an error (defined in net.client)
│   └── UnreadableDocument 1   the bytes are not the expected document
└── Terminated           143   another process asked us to stop (SIGTERM)
```

0 is success (also "nothing new"); 130 and 143 are what a shell expects after SIGINT and SIGTERM.
"""

from __future__ import annotations

from typing import ClassVar

INTERRUPTED = 130


class PapertrackError(Exception):
    """An error that the user can fix.

    Args:
        what: What failed and on which thing, as one line without a full stop.
        hint: What to do next, as an imperative; None if `what` implies it.
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, what: str, *, hint: str | None = None) -> None:
        super().__init__(what)
        self.what = what
        self.hint = hint


class UsageError(PapertrackError):
    """The call or the config is wrong; nothing was done."""

    exit_code = 2


class NoSuchItem(UsageError):
    """An ITEM is not in the database."""


class QueryMistake(UsageError):
    """A filter is invalid.

    Args:
        what: As in `PapertrackError`.
        query: The whole filter.
        at: The position of the mistake, in characters from 0; the length of the filter for its end.
        hint: As in `PapertrackError`.
    """

    def __init__(self, what: str, *, query: str, at: int, hint: str | None = None) -> None:
        super().__init__(what, hint=hint)
        self.query = query
        self.at = at


class HandEdited(PapertrackError):
    """A draft's file has hand edits; it was not overwritten."""


class DraftConflict(PapertrackError):
    """The file and the new draft conflict; the file has both versions, between markers."""


class DatabaseUnusable(PapertrackError):
    """The database is newer, foreign or damaged; it was left unchanged."""

    exit_code = 3


class StorageFull(PapertrackError):
    """The disk is full or read-only; the last acknowledged act is safe."""

    exit_code = 4


class AnotherFetchRunning(PapertrackError):
    """Another process is fetching into the same database."""

    exit_code = 75


class Terminated(PapertrackError):
    """Another process asked us to stop; what was acknowledged is kept."""

    exit_code = 143

    def __init__(self) -> None:
        super().__init__("stopped; what was acknowledged is kept")


class SourceError(PapertrackError):
    """One source could not be read; the run continues without it.

    Args:
        what: As in `PapertrackError`.
        hint: As in `PapertrackError`.
        kind: What came instead of a document, as in `SourceState`; None if no word fits.
    """

    def __init__(self, what: str, *, hint: str | None = None, kind: str | None = None) -> None:
        super().__init__(what, hint=hint)
        self.kind = kind


class DownloadError(SourceError):
    """The network or the server failed, or a limit of `net` was exceeded."""


class UnreadableDocument(SourceError):
    """The received bytes are not the expected document."""
