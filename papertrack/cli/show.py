"""``papertrack show``: one item with all that is known of it."""

from __future__ import annotations

import shutil
import sys
from typing import Annotated

import typer

from papertrack.cli import options
from papertrack.cli.json_ import item_json, moment_json, print_json
from papertrack.cli.session import session_of
from papertrack.commands.show import show as gather
from papertrack.core.dossier import Dossier
from papertrack.ui.dossier import dossier_lines

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def show(
    context: typer.Context,
    item: Annotated[str, typer.Argument(help="Number, arXiv id, address or DOI.", metavar="ITEM")],
    as_json: options.JsonOption = False,
) -> None:
    """Show one item: its facts, what you said of it, its versions and its history.

    What may be the same story is named too; papertrack merge and papertrack split answer.
    """
    session = session_of(context)
    with session.database(mirrored=False) as db:
        dossier = gather(db, item)
    if as_json:
        print_json(_dossier_json(dossier))
        return
    width = min(shutil.get_terminal_size().columns, 100)
    sys.stdout.write("".join(f"{line}\n" for line in dossier_lines(dossier, session.zone, width)))


def _dossier_json(dossier: Dossier) -> dict[str, object]:
    return {
        **item_json(dossier.item),
        "versions": [
            {
                "arxiv_version": version.arxiv_version,
                "title": version.title,
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
            {"at": moment_json(said.at), "what": said.what, "holds": said.holds}
            for said in dossier.history
        ],
    }
