"""Days as a digest writes them, and how far off they are on the day of the issue."""

from __future__ import annotations

from datetime import date

LAST_CALL_DAYS = 7
_COUNTED_DAYS = 30  # beyond, nobody counts: the day alone is said

_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July", "August"),
    *("September", "October", "November", "December"),
)


def read_deadline(text: str | None) -> date | None:
    """Read a day as a note has it, ``2026-11-25``; None for anything else."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def day_words(day: date, today: date) -> str:
    """Write a day as ``25 November``, with the year where it is not that of `today`."""
    words = f"{day.day} {_MONTHS[day.month - 1]}"
    return words if day.year == today.year else f"{words} {day.year}"


def deadline_words(day: date, today: date) -> str:
    """Say when a deadline is: ``in 10 days (25 November)``.

    Args:
        day: The last day.
        today: The day of the issue.

    Returns:
        The distance and the day in brackets up to 30 days off, else ``on 25 January 2027``;
        ``N days ago (…)`` when it is past.
    """
    days = (day - today).days
    if days > _COUNTED_DAYS:
        return f"on {day_words(day, today)}"
    near = {-1: "yesterday", 0: "today", 1: "tomorrow"}.get(days)
    counted = near or (f"in {days} days" if days > 0 else f"{-days} days ago")
    return f"{counted} ({day_words(day, today)})"


def is_last_call(day: date, today: date) -> bool:
    """Tell whether an open deadline is at most `LAST_CALL_DAYS` off."""
    return 0 <= (day - today).days <= LAST_CALL_DAYS
