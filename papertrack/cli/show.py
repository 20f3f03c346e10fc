"""``papertrack show``: one item with all that is known of it."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from papertrack.cli import options
from papertrack.cli.json_ import Json, item_json, moment_json, print_json
from papertrack.cli.session import session_of
from papertrack.commands.show import show as gather
from papertrack.core.judging.full_dossier import Dossier, VersionDiff
from papertrack.core.rank.standing import Standing
from papertrack.errors import UsageError
from papertrack.ui.item_page import diff_dossier_lines, dossier_lines

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def show(
    context: typer.Context,
    item: Annotated[str, typer.Argument(help="Number, arXiv id, address or DOI.", metavar="ITEM")],
    versions: Annotated[
        list[str] | None,
        typer.Argument(help="With --diff: which versions, else the last two.", metavar="V1 V2"),
    ] = None,
    diff: Annotated[
        bool, typer.Option("--diff", help="What changed between two versions, word by word.")
    ] = False,
    as_json: options.JsonOption = False,
) -> None:
    """Show one item: its facts, what you said of it, its versions and its history.

    What may be the same story is named too; papertrack merge and papertrack split answer.

    \b
    Examples:
      papertrack show 12
      papertrack show 2611.99901 --diff          what changed in the last version
      papertrack show 12 --diff v1 v3
    """
    session = session_of(context)
    _refuse_versions(versions or [], is_diff=diff)
    with session.database(mirrored=False) as db:
        dossier = gather(db, session.config, item, versions or [])
    if as_json:
        print_json(_dossier_json(dossier))
        return
    width = min(shutil.get_terminal_size().columns, 100)
    lines = (
        diff_dossier_lines(dossier, session.zone, width, in_colour=_has_colour())
        if diff
        else dossier_lines(dossier, session.zone, width)
    )
    sys.stdout.write("".join(f"{line}\n" for line in lines))


def _refuse_versions(versions: Sequence[str], *, is_diff: bool) -> None:
    if versions and not is_diff:
        message = f"show takes one ITEM, and {versions[0]} is a second"
        raise UsageError(message, hint="name one, or compare two of its versions with --diff")
    if len(versions) > 2:  # noqa: PLR2004  # as said
        message = "only two versions can be compared"
        raise UsageError(message, hint="name two")


def _has_colour() -> bool:
    """Tell whether standard output is a terminal that may be coloured: https://no-color.org."""
    return (
        sys.stdout.isatty()
        and not os.environ.get("NO_COLOR")
        and os.environ.get("TERM", "dumb") != "dumb"
    )


def _dossier_json(dossier: Dossier) -> Json:
    return {
        **item_json(dossier.item),
        "versions": [
            {
                "number": version.number,
                "arxiv_version": version.arxiv_version,
                "title": version.title,
                "summary": version.summary,
                "seen_at": moment_json(version.seen_at),
            }
            for version in dossier.versions
        ],
        "submissions": [
            {"version": one.version, "at": moment_json(one.at)} for one in dossier.submissions
        ],
        "sightings": [
            {"source": one.source, "url": one.url, "seen_at": moment_json(one.seen_at)}
            for one in dossier.sightings
        ],
        "same_story": [
            {"item": one.item, "title": one.title, "reason": one.reason}
            for one in dossier.same_story
        ],
        "merges": [
            {
                "item": one.item,
                "title": one.title,
                "merged_at": moment_json(one.merged_at),
                "by_author": one.by_author,
            }
            for one in dossier.merges
        ],
        "history": [
            {
                "at": moment_json(said.at),
                "what": said.what,
                "holds": said.holds,
                "device": said.device,
            }
            for said in dossier.history
        ],
        "issues": [
            {
                "issue": one.issue,
                "date": one.date.isoformat(),
                "area": one.area,
                "section": one.section,
                "rating": one.rating,
            }
            for one in dossier.printings
        ],
        "diff": _diff_json(dossier.diff) if dossier.diff else None,
        "expected": _standing_json(dossier.standing) if dossier.standing else None,
    }


def _diff_json(diff: VersionDiff) -> Json:
    return {
        "from": diff.old.number,
        "to": diff.new.number,
        "title": [{piece.change.value: piece.text} for piece in diff.title],
        "summary": [{piece.change.value: piece.text} for piece in diff.summary],
    }


def _standing_json(standing: Standing) -> Json:
    return {
        "score": standing.score,
        "word": standing.word,
        "areas": list(standing.areas),
        "reasons": [{"words": one.words, "weight": one.weight} for one in standing.reasons],
        "values": {area: halves / 2 for area, halves in standing.halves.items()},
    }
