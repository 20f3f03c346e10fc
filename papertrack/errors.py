"""Every failure the user can mend, with the exit code it ends the program with.

```
PapertrackError            1   something was not done
├── UsageError             2   the call or the config is wrong
│   ├── NoSuchItem         2   an ITEM that the database does not know
│   └── QueryMistake       2   a filter that cannot be read; shown with a caret under the place
├── HandEdited             1   a draft holds edits by hand and was left alone
├── DraftConflict          1   a draft was merged, and one place needs the author
├── DatabaseUnusable       3   the database cannot be used; nothing was changed
├── StorageFull            4   the disk is full or read-only
├── AnotherFetchRunning   75   try again later (EX_TEMPFAIL of sysexits.h)
├── SourceError            1   one source could not be read; the others were
│   ├── DownloadError      1   the network failed, or a limit was passed
│   │   └── HttpError      1   the server said no (defined in net.client)
│   └── UnreadableDocument 1   the bytes are not the feed that was asked for
└── Terminated           143   another process asked us to stop (SIGTERM)
```

0 is success (also "nothing new"); 130 and 143 are what a shell expects after SIGINT and SIGTERM.
"""

from __future__ import annotations

from typing import ClassVar

INTERRUPTED = 130


class PapertrackError(Exception):
    """Something the user can mend.

    Args:
        what: What failed, and on which thing, as one line without a full stop.
        hint: What to do next, as an order; None when `what` says it already.
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
    """An ITEM was named that the database does not know."""


class QueryMistake(UsageError):
    """A filter cannot be read.

    Args:
        what: As for every error.
        query: The whole filter.
        at: The place of the mistake in it, in characters from 0; its length is "at the end".
        hint: As for every error.
    """

    def __init__(self, what: str, *, query: str, at: int, hint: str | None = None) -> None:
        super().__init__(what, hint=hint)
        self.query = query
        self.at = at


class HandEdited(PapertrackError):
    """A draft file holds an edit by hand; it was not overwritten."""


class DraftConflict(PapertrackError):
    """The file and today's draft contradict each other; the file holds both, between markers."""


class DatabaseUnusable(PapertrackError):
    """The file is newer, foreign or damaged; it was left byte for byte as it was."""

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
    """One source could not be read; the run goes on without it.

    Args:
        what: As for every error.
        hint: As for every error.
        kind: What the answer was instead, as in `AnswerKind`; None where there is no word for it.
    """

    def __init__(self, what: str, *, hint: str | None = None, kind: str | None = None) -> None:
        super().__init__(what, hint=hint)
        self.kind = kind


class DownloadError(SourceError):
    """The network or the server failed, or a limit of `net` was passed."""


class UnreadableDocument(SourceError):
    """The bytes that came are not the document that was asked for."""
