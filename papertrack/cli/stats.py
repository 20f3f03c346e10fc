"""``papertrack stats --model``: how good the expectations were."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from papertrack.cli import options
from papertrack.cli.json_ import print_json
from papertrack.cli.session import session_of
from papertrack.core.rank.report import TOP, Report, report_on
from papertrack.errors import UsageError
from papertrack.storage.rank import read_outcomes

app = typer.Typer(rich_markup_mode=None, add_completion=False)

_SHOWN_WEEKS = 8


@app.command()
def stats(
    context: typer.Context,
    model: Annotated[
        bool, typer.Option("--model", help="How well the ranking foresaw what you kept.")
    ] = False,
    as_json: options.JsonOption = False,
) -> None:
    """Show how well the ranking did: what was expected before, against what you said.

    \b
    Examples:
      papertrack stats --model
    """
    session = session_of(context)
    if not model:
        message = "there are figures of the ranking only, so far"
        raise UsageError(message, hint="run: papertrack stats --model")
    with session.database() as db:
        report = report_on(read_outcomes(db, session.zone))
    if as_json:
        print_json({**asdict(report), "is_trusted": report.is_trusted})
        return
    for line in _lines(report):
        session.say(line)


def _lines(report: Report) -> list[str]:
    if not report.weeks:
        return [
            "not yet worth trusting: nothing was both kept and rejected after it was ranked",
        ]
    verdict = "worth trusting" if report.is_trusted else "not yet worth trusting"
    ranked = f"{report.items} items were ranked before you judged them, {report.kept} of them kept"
    first = f"of the first {TOP} of a week"
    lines = [f"{verdict}: {ranked}", ""]
    lines.append(f"{first:<24} {'kept':>6} {'of all kept':>12} {'to meet 80 %':>13}")
    lines += [
        f"{one.name:<24} {one.precision:6.0%} {one.recall:12.0%} {one.looked:13.0f}"
        for one in report.orders
        if one.precision is not None and one.recall is not None and one.looked is not None
    ]
    if report.minutes_saved is not None:
        lines += ["", f"saved against newest first: {report.minutes_saved:.1f} minutes a week"]
    if report.top1 is not None and report.top3 is not None:
        lines.append(f"area guessed first: {report.top1:.0%}, among three: {report.top3:.0%}")
    lines += ["", f"{'week':<24} {'kept':>6} {'of all kept':>12}"]
    lines += [
        f"{week:<24} {precision:6.0%} {recall:12.0%}"
        for week, precision, recall in report.weekly[-_SHOWN_WEEKS:]
    ]
    lines += ["", f"{'expected':<24} {'items':>6} {'in the mean':>12} {'kept':>13}"]
    lines += [
        f"{f'{one.least:.0%} to {one.most:.0%}':<24} "
        f"{one.items:6} {one.expected:12.0%} {one.kept:13.0%}"
        for one in report.bins
    ]
    return lines
