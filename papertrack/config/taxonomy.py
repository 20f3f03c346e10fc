"""The codes and names of arXiv's categories, and their current codes if they were renamed.

The table next to this file lists facts from https://arxiv.org/category_taxonomy: code, name, and
the current code if it differs.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

_TABLE = Path(__file__).with_name("taxonomy.tsv")
# Archives in the group "physics" of the OAI-PMH sets; every other archive is its own group.
_PHYSICS = frozenset(
    {"astro-ph", "cond-mat", "gr-qc", "hep-ex", "hep-lat", "hep-ph", "hep-th", "math-ph", "nlin"}
    | {"nucl-ex", "nucl-th", "physics", "quant-ph"}
)
_SUBJECT = r"[A-Za-z]{2}|[a-z]+(?:-[a-z]+)+|[a-z]{3,}"


@cache
def _categories() -> dict[str, tuple[str, str]]:
    """Read the table: name and current code (empty if unchanged) by code."""
    rows = (line.split("\t") for line in _TABLE.read_text("utf-8").splitlines())
    return {code: (name, today) for code, name, today in rows}


@cache
def _archives() -> frozenset[str]:
    return frozenset(code.partition(".")[0] for code in _categories())


def is_category(code: str) -> bool:
    """Return whether arXiv has, or once had, a category or archive of this code."""
    return code in _categories()


def is_archive(code: str) -> bool:
    """Return whether a code is an archive with categories inside (``cs``, but not ``hep-th``)."""
    return "." not in code and any(known.startswith(f"{code}.") for known in _categories())


def may_be_category(code: str) -> bool:
    """Return whether a code is a category, or looks like one that is newer than this program.

    Codes of the other classifications that arXiv lists are neither: ACM's ``I.2.6``, MSC's
    ``62F15``.
    """
    if code in _categories():
        return True
    archive, _, subject = code.partition(".")
    return archive in _archives() and bool(re.fullmatch(_SUBJECT, subject))


def todays_code(code: str) -> str:
    """Return the current code of a category: ``eess.SY`` for ``cs.SY``, ``cs.CL`` for ``cmp-lg``.

    Codes that were not renamed, and unknown ones, are returned unchanged.
    """
    found = _categories().get(code)
    return (found[1] if found else "") or code


def is_closed(code: str) -> bool:
    """Return whether papers are no longer announced under this code.

    Current aliases (``cs.SY``) are not closed: arXiv lists their papers under both codes.
    """
    return "." not in code and todays_code(code) != code


def nearest_category(text: str) -> str | None:
    """Guess the intended code from a wrong case, a typing error or a name; None without a guess."""
    import difflib  # noqa: PLC0415  # only for a mistake

    wanted = text.strip().lower()
    # The first of several with the same name wins: cs.LG before stat.ML.
    rows = reversed(_categories().items())
    by_name = {name.lower(): code for code, (name, today) in rows if not today}
    by_code = {code.lower(): code for code in _categories()}
    if found := by_code.get(wanted) or by_name.get(wanted):
        return found
    close = difflib.get_close_matches(wanted, by_code, n=1, cutoff=0.7)
    return by_code[close[0]] if close else None


def archive_set(code: str) -> str:
    """Return the OAI-PMH set of a known category or archive.

    Sets are named ``group:archive:CATEGORY`` (https://info.arxiv.org/help/oa/index.html). An
    archive that is its own group still has a name of one word, as before 2025.

    Returns:
        ``cs:cs:LG``, ``physics:astro-ph:GA``, ``physics:hep-th`` or ``cs``; for an alias, the set
        of the current code, because its papers are in both sets.
    """
    archive, _, subject = todays_code(code).partition(".")
    group = "physics" if archive in _PHYSICS else archive
    if subject:
        return f"{group}:{archive}:{subject}"
    return archive if group == archive and archive != "physics" else f"{group}:{archive}"
