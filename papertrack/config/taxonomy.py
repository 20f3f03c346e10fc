"""arXiv's vocabulary: the codes of its categories, their names, and what was renamed.

The table beside this file holds facts of https://arxiv.org/category_taxonomy: code, name, and the
code that a category goes by today, when that is another one.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

_TABLE = Path(__file__).with_name("taxonomy.tsv")
# Archives that belong to the group "physics" in the archive's sets; all others are their own group.
_PHYSICS = frozenset(
    {"astro-ph", "cond-mat", "gr-qc", "hep-ex", "hep-lat", "hep-ph", "hep-th", "math-ph", "nlin"}
    | {"nucl-ex", "nucl-th", "physics", "quant-ph"}
)
_SUBJECT = r"[A-Za-z]{2}|[a-z]+(?:-[a-z]+)+|[a-z]{3,}"


@cache
def _categories() -> dict[str, tuple[str, str]]:
    """Read the table: name and today's code (or nothing) by code."""
    rows = (line.split("\t") for line in _TABLE.read_text("utf-8").splitlines())
    return {code: (name, today) for code, name, today in rows}


@cache
def _archives() -> frozenset[str]:
    return frozenset(code.partition(".")[0] for code in _categories())


def is_category(code: str) -> bool:
    """Whether arXiv has, or once had, a category or a whole archive of this code."""
    return code in _categories()


def is_archive(code: str) -> bool:
    """Whether it is a whole archive with categories inside (``cs``, but not ``hep-th``)."""
    return "." not in code and any(known.startswith(f"{code}.") for known in _categories())


def may_be_category(code: str) -> bool:
    """Whether it is a category, perhaps one that is newer than this program.

    Other classifications that arXiv lists beside its own are told from it: ACM's ``I.2.6``, MSC's
    ``62F15``.
    """
    if code in _categories():
        return True
    archive, _, subject = code.partition(".")
    return archive in _archives() and bool(re.fullmatch(_SUBJECT, subject))


def todays_code(code: str) -> str:
    """Return the code that a category goes by today: ``cs.SY`` is ``eess.SY``, ``cmp-lg`` cs.CL.

    A code without another name, also an unknown one, is returned as it is.
    """
    found = _categories().get(code)
    return (found[1] if found else "") or code


def is_closed(code: str) -> bool:
    """Whether no paper is announced under this code any longer.

    The aliases of today (``cs.SY``) are not closed: arXiv lists their papers under both codes.
    """
    return "." not in code and todays_code(code) != code


def nearest_category(text: str) -> str | None:
    """Guess the code that was meant: another case, a slip of the finger, or the name instead."""
    import difflib  # noqa: PLC0415  # only a mistake needs it

    wanted = text.strip().lower()
    # The first of several of one name: cs.LG before stat.ML.
    rows = reversed(_categories().items())
    by_name = {name.lower(): code for code, (name, today) in rows if not today}
    by_code = {code.lower(): code for code in _categories()}
    if found := by_code.get(wanted) or by_name.get(wanted):
        return found
    close = difflib.get_close_matches(wanted, by_code, n=1, cutoff=0.7)
    return by_code[close[0]] if close else None


def archive_set(code: str) -> str:
    """Name the set of arXiv's OAI-PMH archive that holds a category or a whole archive.

    Sets are ``group:archive:CATEGORY`` (https://info.arxiv.org/help/oa/index.html). An archive
    that is its own group goes by one word, as it did before 2025.

    Args:
        code: A known category or archive.

    Returns:
        ``cs:cs:LG``, ``physics:astro-ph:GA``, ``physics:hep-th`` or ``cs``; that of today's code,
        for papers of an alias are in both sets.
    """
    archive, _, subject = todays_code(code).partition(".")
    group = "physics" if archive in _PHYSICS else archive
    if subject:
        return f"{group}:{archive}:{subject}"
    return archive if group == archive and archive != "physics" else f"{group}:{archive}"
