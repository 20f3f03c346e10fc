"""``papertrack why``: what is expected of an item, and what speaks for and against it."""

from __future__ import annotations

from typing import Annotated

import typer

from papertrack.cli import options
from papertrack.cli.json_ import print_json
from papertrack.cli.session import session_of
from papertrack.commands.rank_why import Why, explain
from papertrack.core.kinds import State
from papertrack.core.rank.metrics import FEWEST_KEPT
from papertrack.core.rank.standing import Reason

app = typer.Typer(rich_markup_mode=None, add_completion=False)

_DONE = {State.KEPT: "kept", State.REJECTED: "rejected"}


@app.command()
def why(
    context: typer.Context,
    item: Annotated[str, typer.Argument(help="Number, arXiv id, address or DOI.", metavar="ITEM")],
    as_json: options.JsonOption = False,
) -> None:
    """Explain what is expected of an item: its score, the reasons, the areas.

    A reason with + lifts the item, one with - lowers it. Of a judged item it is what was said
    before: that stays as it was.

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
    lines = [f"{found.item.id}  {found.item.printed_title}", _expected(found)]
    if standing.areas:
        lines.append(f"areas, the likeliest first: {', '.join(standing.areas)}")
    lines += [f"a rating to expect in {a}: {h / 2:g}" for a, h in standing.halves.items()]
    lines += [f"  {one.weight:+.2f}  {one.words}" for one in _reasons(found)]
    if _is_past(found):
        lines.append("as it was said before you judged it")
    elif found.kept is None:
        pass
    elif found.kept and found.passed:
        few = "; too few to trust it yet" if found.kept < FEWEST_KEPT else ""
        lines.append(f"learned from {found.kept} kept and {found.passed} passed over{few}")
    else:
        lines.append("from the words of your areas alone: keep and reject some to teach it")
    return lines


def _expected(found: Why) -> str:
    """Say what is expected of an item, or was of a judged one."""
    standing, state = found.standing, found.item.state
    if _is_past(found):
        return f"{standing.word}: {standing.score:.2f} that you keep it; then you {_DONE[state]} it"
    if standing.score is not None:
        return f"{standing.word}: {standing.score:.2f} that you keep it"
    if state in _DONE:
        return f"you {_DONE[state]} it before it was ranked; this is how it would look now"
    if state is State.OLD:
        return "it is not in the queue, so it is not ranked; this is how it would look"
    if found.kept is None:
        return "it is not ranked: write areas with keywords, or keep and reject some"
    return "it is not ranked: only the newest that wait are; this is how it would look"


def _reasons(found: Why) -> tuple[Reason, ...]:
    """Give the reasons of then for a judged item: those of now have heard of the judgement."""
    return found.standing.reasons if _is_past(found) else found.reasons


def _is_past(found: Why) -> bool:
    return found.standing.score is not None and found.item.state in _DONE


def _json(found: Why) -> dict[str, object]:
    return {
        "item": found.item.id,
        "title": found.item.printed_title,
        "score": found.standing.score,
        "word": found.standing.word,
        "areas": list(found.standing.areas),
        "values": {area: halves / 2 for area, halves in found.standing.halves.items()},
        "reasons": [{"words": one.words, "weight": one.weight} for one in _reasons(found)],
        "kept": found.kept,
        "passed": found.passed,
    }
