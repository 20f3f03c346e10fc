"""``papertrack show``, ``why`` and ``open``: look at items and at their predictions."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from papertrack.cli import options
from papertrack.cli.options import with_piped
from papertrack.cli.session import Json, item_json, moment_json, print_json, session_of
from papertrack.commands.show import ItemPage, VersionDiff, show as read_item_page
from papertrack.core.kinds import State
from papertrack.core.rank.prediction import Prediction
from papertrack.core.text.borrowed_titles import shown_title
from papertrack.errors import UsageError
from papertrack.ui.item_page import item_diff_lines, item_page_lines

if TYPE_CHECKING:
    from papertrack.commands.rank import Why
    from papertrack.core.rank.prediction import Reason

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def show(
    context: typer.Context,
    item: Annotated[str, typer.Argument(help="Number, arXiv id, address or DOI.", metavar="ITEM")],
    versions: Annotated[
        list[str] | None,
        typer.Argument(help="With --diff: the versions; default: the last two.", metavar="V1 V2"),
    ] = None,
    diff: Annotated[bool, typer.Option("--diff", help="Show a word diff of two versions.")] = False,
    as_json: options.JsonOption = False,
) -> None:
    """Show an item's facts, ratings, notes, versions and history.

    Possible duplicates are listed, too; papertrack merge and papertrack split decide on them.

    \b
    Examples:
      papertrack show 12
      papertrack show 2611.99901 --diff          what changed in the last version
      papertrack show 12 --diff v1 v3
    """
    session = session_of(context)
    _refuse_versions(versions or [], is_diff=diff)
    with session.database(mirrored=False) as db:
        details = read_item_page(db, session.config, item, versions or [], now=session.clock())
    if as_json:
        print_json(_item_page_json(details))
        return
    width = min(shutil.get_terminal_size().columns, 100)
    lines = (
        item_diff_lines(details, session.zone, width, in_colour=_has_colour())
        if diff
        else item_page_lines(details, session.zone, width)
    )
    sys.stdout.write("".join(f"{line}\n" for line in lines))


def _refuse_versions(versions: Sequence[str], *, is_diff: bool) -> None:
    if versions and not is_diff:
        message = f"show takes one ITEM; {versions[0]} is a second one"
        raise UsageError(message, hint="name one, or compare two of its versions with --diff")
    if len(versions) > 2:  # noqa: PLR2004  # as the message says
        message = "only two versions can be compared"
        raise UsageError(message, hint="name two")


def _has_colour() -> bool:
    """Return whether to colour standard output; see https://no-color.org."""
    return (
        sys.stdout.isatty()
        and not os.environ.get("NO_COLOR")
        and os.environ.get("TERM", "dumb") != "dumb"
    )


def _item_page_json(details: ItemPage) -> Json:
    return {
        **item_json(details.item),
        "versions": [
            {
                "number": version.number,
                "arxiv_version": version.arxiv_version,
                "title": version.title,
                "summary": version.summary,
                "seen_at": moment_json(version.seen_at),
            }
            for version in details.versions
        ],
        "submissions": [
            {"version": one.version, "at": moment_json(one.at)} for one in details.submissions
        ],
        "sightings": [
            {"source": one.source, "url": one.url, "seen_at": moment_json(one.seen_at)}
            for one in details.sightings
        ],
        "same_story": [
            {
                "item": one.item,
                "title": one.title,
                "reason": one.reason,
                "state": one.state.value,
                "judged_at": moment_json(one.judged_at),
            }
            for one in details.same_story
        ],
        "merges": [
            {
                "item": one.item,
                "title": one.title,
                "merged_at": moment_json(one.merged_at),
                "by_author": one.by_author,
            }
            for one in details.merges
        ],
        "history": [
            {
                "at": moment_json(said.at),
                "what": said.what,
                "holds": said.holds,
                "device": said.device,
            }
            for said in details.history
        ],
        "issues": [
            {
                "issue": one.issue,
                "date": one.date.isoformat(),
                "area": one.area,
                "section": one.section,
                "rating": one.rating,
            }
            for one in details.published_in
        ],
        "diff": _diff_json(details.diff) if details.diff else None,
        "expected": _prediction_json(details.prediction) if details.prediction else None,
    }


def _diff_json(diff: VersionDiff) -> Json:
    return {
        "from": diff.old.number,
        "to": diff.new.number,
        "title": [{piece.change.value: piece.text} for piece in diff.title],
        "summary": [{piece.change.value: piece.text} for piece in diff.summary],
    }


def _prediction_json(prediction: Prediction) -> Json:
    return {
        "score": prediction.score,
        "word": prediction.word,
        "areas": list(prediction.areas),
        "reasons": [{"words": one.words, "weight": one.weight} for one in prediction.reasons],
        "values": {area: halves / 2 for area, halves in prediction.halves.items()},
    }


why_app = typer.Typer(rich_markup_mode=None, add_completion=False)

_DONE = {State.KEPT: "kept", State.REJECTED: "rejected"}


@why_app.command()
def why(
    context: typer.Context,
    item: Annotated[str, typer.Argument(help="Number, arXiv id, address or DOI.", metavar="ITEM")],
    as_json: options.JsonOption = False,
) -> None:
    """Explain an item's predicted score and areas.

    A reason with + raises the score, one with - lowers it. For a judged item you see the prediction
    made before you judged it.

    \b
    Examples:
      papertrack why 12
      papertrack why 2611.99901 --json
    """
    from papertrack.commands.rank import explain  # noqa: PLC0415  # on use

    session = session_of(context)
    with session.database() as db:
        found = explain(db, session.config, item, session.clock())
    if as_json:
        print_json(_json(found))
        return
    for line in _lines(found):
        session.say(line)


def _lines(found: Why) -> list[str]:
    from papertrack.core.rank.metrics import MINIMUM_KEPT  # noqa: PLC0415  # on use

    prediction = found.prediction
    lines = [f"{found.item.id}  {shown_title(found.item)}", _expected(found)]
    if prediction.areas:
        lines.append(f"areas, likeliest first: {', '.join(prediction.areas)}")
    lines += [f"expected rating in {a}: {h / 2:g}" for a, h in prediction.halves.items()]
    lines += [f"  {one.weight:+.2f}  {one.words}" for one in _reasons(found)]
    if _is_past(found):
        lines.append("as predicted before you judged it")
    elif found.kept is None:
        pass
    elif found.kept and found.passed:
        few = "; too few to trust it yet" if found.kept < MINIMUM_KEPT else ""
        lines.append(f"learned from {found.kept} kept and {found.passed} passed over{few}")
    else:
        lines.append(
            "from the keywords of your areas only; keep and reject items to train the ranking"
        )
    return lines


def _expected(found: Why) -> str:
    """Write the prediction for an item, for a judged one the prediction made before."""
    prediction, state = found.prediction, found.item.state
    if _is_past(found):
        chance = f"{prediction.word}: {prediction.score:.2f} that you keep it"
        return f"{chance}; then you {_DONE[state]} it"
    if prediction.score is not None:
        return f"{prediction.word}: {prediction.score:.2f} that you keep it"
    if state in _DONE:
        return f"you {_DONE[state]} it before it was ranked; the prediction it would get now"
    if state is State.OLD:
        return "not ranked, because it is not in the queue; the prediction it would get"
    if found.kept is None:
        return "not ranked: add areas with keywords, or keep and reject some items"
    return "not ranked: only the newest items in the queue are; the prediction it would get"


def _reasons(found: Why) -> tuple[Reason, ...]:
    """Choose the stored reasons for a judged item: new ones would know of the judgement."""
    return found.prediction.reasons if _is_past(found) else found.reasons


def _is_past(found: Why) -> bool:
    return found.prediction.score is not None and found.item.state in _DONE


def _json(found: Why) -> dict[str, object]:
    return {
        "item": found.item.id,
        "title": found.item.printed_title,
        "score": found.prediction.score,
        "word": found.prediction.word,
        "areas": list(found.prediction.areas),
        "values": {area: halves / 2 for area, halves in found.prediction.halves.items()},
        "reasons": [{"words": one.words, "weight": one.weight} for one in _reasons(found)],
        "kept": found.kept,
        "passed": found.passed,
    }


open_app = typer.Typer(rich_markup_mode=None, add_completion=False)


@open_app.command("open")
def open_(
    context: typer.Context,
    items: Annotated[
        list[str],
        typer.Argument(help="Number, arXiv id, address or DOI; - reads them.", metavar="ITEM"),
    ],
    pdf: Annotated[bool, typer.Option("--pdf", help="Open the PDF instead of the page.")] = False,
    only_print: Annotated[
        bool, typer.Option("--print", help="Print the addresses instead of opening them.")
    ] = False,
) -> None:
    """Open items in the browser.

    \b
    Examples:
      papertrack open 12
      papertrack open 2611.99901 --pdf
      papertrack list --tag to-read | papertrack open -
    """
    from papertrack.commands.show import find_addresses  # noqa: PLC0415  # on use

    session = session_of(context)
    with session.database(mirrored=False) as db:
        addresses = find_addresses(db, with_piped(items), is_pdf=pdf)
    if only_print:
        sys.stdout.write("".join(f"{address.url}\n" for address in addresses))
        return
    from papertrack.ui.terminal import open_in_browser  # noqa: PLC0415  # on use

    for address in addresses:
        if open_in_browser(address.url):
            session.say(f'opened {address.item} "{address.title}"')
        else:
            sys.stdout.write(f"{address.url}\n")
            session.warn("papertrack: cannot start a browser; open the address yourself")
