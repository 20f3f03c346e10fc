"""``papertrack why``: what is expected of an item, and what speaks for and against it."""

from __future__ import annotations

from typing import Annotated

import typer

from papertrack.cli import options
from papertrack.cli.json_ import print_json
from papertrack.cli.session import session_of
from papertrack.commands.rank_why import Why, explain

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def why(
    context: typer.Context,
    item: Annotated[str, typer.Argument(help="Number, arXiv id, address or DOI.", metavar="ITEM")],
    as_json: options.JsonOption = False,
) -> None:
    """Explain what is expected of an item: its score, the reasons, the areas.

    A reason with + lifts the item, one with - lowers it. What was said of a judged item before it
    was judged stays as it was.

    \b
    Examples:
      papertrack why 12
      papertrack why 2611.99901 --json
    """
    session = session_of(context)
    with session.database() as db:
        found = explain(db, session.config, item, session.clock())
    if as_json:
        print_json(_json(found))
        return
    for line in _lines(found):
        session.say(line)


def _lines(found: Why) -> list[str]:
    standing = found.standing
    lines = [f"{found.item.id}  {found.item.printed_title}"]
    if standing.score is None:
        lines.append("it was not ranked before it was judged; papertrack fetch ranks what waits")
    else:
        lines.append(f"{standing.word}: {standing.score:.2f} that you keep it")
    if standing.areas:
        lines.append(f"areas, the likeliest first: {', '.join(standing.areas)}")
    lines += [f"a rating to expect in {a}: {h / 2:g}" for a, h in standing.halves.items()]
    lines += [f"  {one.weight:+.2f}  {one.words}" for one in found.reasons]
    if found.kept is None:
        return lines
    if found.kept and found.passed:
        lines.append(f"learned from {found.kept} kept and {found.passed} passed over")
    else:
        lines.append("from the words of your areas alone: keep and reject some to teach it")
    return lines


def _json(found: Why) -> dict[str, object]:
    return {
        "item": found.item.id,
        "title": found.item.printed_title,
        "score": found.standing.score,
        "word": found.standing.word,
        "areas": list(found.standing.areas),
        "values": {area: halves / 2 for area, halves in found.standing.halves.items()},
        "reasons": [{"words": one.words, "weight": one.weight} for one in found.reasons],
        "kept": found.kept,
        "passed": found.passed,
    }
