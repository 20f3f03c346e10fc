"""How a run of `fetch` went, source by source."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class SourceReport:
    """How one source fared.

    Attributes:
        outcome: ``stored``, ``partial`` (some of it came), ``unchanged`` (the server said so),
            ``not due`` (it was not asked), ``gone`` (nor will it be) or ``failed``.
        entries: How many entries the source showed.
        new: How many items came in.
        updated: How many known items got another title or text, or a new version.
        error, hint: Why it failed, or what is missing, and what to do; else None.
        problems: A sentence for each entry that was left out.
        notices: What the author should know though the source was read.
        coverage: ``complete``, ``quiet``, ``stale``, ``late`` or ``failed``; None if not asked.
        reason: Why it is not complete.
        due_at: Before this moment it will not be asked again; None means any time.
    """

    slug: str
    name: str
    outcome: str
    http_status: int | None = None
    entries: int = 0
    new: int = 0
    updated: int = 0
    error: str | None = None
    hint: str | None = None
    problems: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    coverage: str | None = None
    reason: str | None = None
    due_at: datetime | None = None

    @property
    def is_failure(self) -> bool:
        """Whether the source could not be read, or not in full."""
        return self.outcome in {"failed", "partial"}


@dataclass(frozen=True, slots=True)
class FetchReport:
    """How a run went, in the order of the config."""

    sources: tuple[SourceReport, ...]

    @property
    def failed(self) -> tuple[SourceReport, ...]:
        """The sources that could not be read, or not in full."""
        return tuple(source for source in self.sources if source.is_failure)

    def having(self, outcome: str) -> tuple[SourceReport, ...]:
        """List the sources that came out in one way."""
        return tuple(source for source in self.sources if source.outcome == outcome)

    def total(self, field: str) -> int:
        """Add up one of the counts over all sources."""
        return sum(int(getattr(source, field)) for source in self.sources)
