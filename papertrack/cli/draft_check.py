"""``papertrack draft --check``: print what was found, and mend what is safe to mend."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from papertrack.cli.json_ import print_json
from papertrack.cli.session import Session, plain
from papertrack.commands.check import check, mend
from papertrack.commands.check_links import check_links

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence
    from pathlib import Path

    from papertrack.commands.compose import Draft
    from papertrack.commands.recipe import Recipe
    from papertrack.core.drafts.check import Finding


def run_check(  # the draft, and how it is checked
    session: Session,
    db: sqlite3.Connection,
    draft: Draft,
    recipe: Recipe,
    *,
    path: Path | None,
    fixes: bool,
    links: bool,
    allow_private_network: bool,
    as_json: bool,
) -> None:
    """Check a draft, print what was found, and end with 1 when something is left to see to.

    Args:
        session: The call.
        db: The database.
        draft: The draft as it is generated today.
        recipe: What it was made with.
        path: Its file; None to check the generated text.
        fixes: Whether to mend what is safe.
        links: Whether to ask whether the links still work.
        allow_private_network: Whether links may lead to private addresses.
        as_json: Whether to print JSON.
    """
    checked = check(db, session.config.digest, draft, recipe, path=path, now=session.clock())
    if fixes:
        checked = mend(db, checked, draft, path=path, now=session.clock())
    findings = list(checked.findings)
    if links:
        findings += check_links(
            db,
            checked.links,
            contact=session.config.contact,
            now=session.clock(),
            allow_private_network=allow_private_network,
        )
    if as_json:
        print_json(
            [_json(one, fixed=True) for one in checked.fixed] + [_json(one) for one in findings]
        )
    else:
        _print(session, checked.fixed, findings)
    if findings:
        raise typer.Exit(1)


def _print(session: Session, fixed: Sequence[Finding], findings: Sequence[Finding]) -> None:
    for finding in fixed:
        session.say(plain(f"mended: {_place(finding)}{finding.what}"))
    for finding in findings:
        session.say(plain(f"{_place(finding)}{finding.what}; {finding.todo}"))
    if not findings:
        session.say("nothing found" if not fixed else "nothing else found")


def _place(finding: Finding) -> str:
    if finding.item is not None:
        return f'{finding.item} "{finding.title}" '
    return f"line {finding.line}: " if finding.line is not None else ""


def _json(finding: Finding, *, fixed: bool = False) -> dict[str, object]:
    return {
        "kind": finding.kind,
        "item": finding.item,
        "title": finding.title or None,
        "line": finding.line,
        "what": finding.what,
        "todo": finding.todo,
        "fixable": finding.fix is not None,
        "fixed": fixed,
    }
