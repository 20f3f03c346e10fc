"""``papertrack model`` and ``stats``: the learned ranking, and how well it predicted."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from papertrack.cli import options
from papertrack.cli.session import print_json, session_of
from papertrack.errors import UsageError

if TYPE_CHECKING:
    from papertrack.core.rank.metrics import Doubt, Report

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.callback()
def model() -> None:
    """Inspect or rebuild what the ranking learned from you.

    Your judgements are in the journal and do not change.

    \b
    Examples:
      papertrack model export > model.json
      papertrack model reset
    """


@app.command("reset")
def reset(context: typer.Context) -> None:
    """Discard the learned ranking and rebuild it from the journal.

    \b
    Examples:
      papertrack model reset
    """
    from papertrack.commands.rank import refresh  # noqa: PLC0415  # on use

    session = session_of(context)
    with session.database() as db:
        ranked = refresh(db, session.config, session.clock(), rebuild=True)
    if not ranked.is_learned:
        session.say("reset; nothing to learn from: add areas, or keep some items")
        return
    items = "1 item" if ranked.items == 1 else f"{ranked.items} items"
    session.say(f"rebuilt; {items} ranked")


@app.command("export")
def export(context: typer.Context) -> None:
    """Print the learned ranking as JSON.

    Each term is printed with its rarity and weight, strongest first. A negative weight lowers an
    item's score.

    \b
    Examples:
      papertrack model export > model.json
    """
    from papertrack.commands.rank import current_model  # noqa: PLC0415  # on use
    from papertrack.core.rank.serialize import export_model  # noqa: PLC0415  # on use

    session = session_of(context)
    with session.database() as db:
        model = current_model(db, session.config, session.clock())
    if model is None:
        message = "nothing learned yet"
        raise UsageError(message, hint="run papertrack fetch, then papertrack rate")
    print_json(export_model(model))


stats_app = typer.Typer(rich_markup_mode=None, add_completion=False)

_SHOWN_WEEKS = 8


@stats_app.command()
def stats(
    context: typer.Context,
    model: Annotated[
        bool, typer.Option("--model", help="Show how well the ranking predicted what you kept.")
    ] = False,
    as_json: options.JsonOption = False,
) -> None:
    """Show how well the ranking predicted your judgements.

    For each item, predictions are compared with your judgement at the end of the day on which you
    first judged it. Items that you never judged do not count.

    \b
    Examples:
      papertrack stats --model
    """
    from papertrack.core.rank.metrics import report_on  # noqa: PLC0415  # on use
    from papertrack.storage.rank import read_outcomes  # noqa: PLC0415  # on use

    session = session_of(context)
    if not model:
        message = "there are only statistics of the ranking so far"
        raise UsageError(message, hint="run: papertrack stats --model")
    with session.database() as db:
        history = read_outcomes(db, session.zone)
    report = report_on(history, session.config.rank.trusted_precision)
    if as_json:
        print_json({**_rounded(asdict(report)), "is_trusted": report.is_trusted})
        return
    for line in _lines(report):
        session.say(line)


def _lines(report: Report) -> list[str]:
    lines = [*_verdict(report), *_counts(report)]
    if report.weekly:
        lines += ["", *_orders(report), "", *_weeks(report)]
    guesses = _guesses(report)
    if guesses:
        lines += ["", *guesses]
    if report.bins:
        lines += ["", *_calibration(report)]
    return lines


def _verdict(report: Report) -> list[str]:
    from papertrack.core.rank.metrics import TOP  # noqa: PLC0415  # on use

    if not report.items:
        return ["not yet worth trusting:", "  nothing was judged yet after it was ranked"]
    if report.is_trusted:
        best, newest, _ = report.orders
        return [
            f"worth trusting: you kept {_percent(best.precision)} of a week's first {TOP}",
            f"  newest first would have had {_percent(newest.precision)} there",
        ]
    return ["not yet worth trusting:", *(f"  {_doubt(one)}" for one in report.doubts)]


def _doubt(doubt: Doubt) -> str:
    from papertrack.core.rank.metrics import TOP  # noqa: PLC0415  # on use

    found, wanted = doubt.found, doubt.wanted
    match doubt.name:
        case "kept":
            return f"{found:.0f} kept, {wanted - found:.0f} more are needed to tell"
        case "weeks":
            return f"no week with more than {TOP} judged items yet"
        case "precision":
            return (
                f"you kept {_percent(found)} of a week's first {TOP}, below your {_percent(wanted)}"
            )
        case "newest":
            return f"no better than newest first ({_percent(found)} against {_percent(wanted)})"


def _counts(report: Report) -> list[str]:
    lines = []
    if report.items:
        lines.append(f"{report.items} items were ranked before you judged them: {report.kept} kept")
    left_out = {
        "judged, but not ranked before": report.unranked,
        "judged after you had skipped them": report.passed_over,
        "never judged": report.unjudged,
    }
    said = [f"  left out: {count} {why}" for why, count in left_out.items() if count]
    return [*lines, *said]


def _orders(report: Report) -> list[str]:
    from papertrack.core.rank.metrics import REJECT_SECONDS, TOP  # noqa: PLC0415  # on use

    lines = [f"{'mean of a week':<16} {f'precision@{TOP}':>12} {'recall':>7} {'look at':>8}"]
    lines += [
        f"{one.name:<16} {_percent(one.precision):>12} {_percent(one.recall):>7} "
        f"{'-' if one.looked is None else round(one.looked):>8}"
        for one in report.orders
    ]
    lines += [
        f"  precision: share you kept of the first {TOP}",
        f"  recall: share of what you kept among the first {TOP}",
        "  look at: items to go through to reach 4 of 5 kept ones",
    ]
    if (minutes := report.minutes_saved) is not None:
        word = "saved" if minutes >= 0 else "lost"
        lines.append(
            f"{word} against newest first: {abs(minutes):.1f} minutes a week "
            f"({REJECT_SECONDS:g} s each)"
        )
    return lines


def _weeks(report: Report) -> list[str]:
    from papertrack.core.rank.metrics import TOP  # noqa: PLC0415  # on use

    shown = report.weekly[-_SHOWN_WEEKS:]
    more = len(report.weekly) - len(shown)
    head = f"{'week':<9} {'judged':>6} {'kept':>5} {f'precision@{TOP}':>12} {'recall':>7}"
    lines = [f"{head} {'newest':>7} {'keywords':>8}"]
    lines += [
        f"{one.week:<9} {one.items:6} {one.kept:5} {_percent(one.precision):>12} "
        f"{_percent(one.recall):>7} {_percent(one.newest):>7} {_percent(one.keywords):>8}"
        for one in shown
    ]
    if more:
        lines.append(f"  and {more} before; --json has them all")
    return lines


def _guesses(report: Report) -> list[str]:
    lines = []
    if report.rated:
        first, three = _percent(report.top1), _percent(report.top3)
        lines.append(f"area guessed first: {first} of {report.rated} rated; among three: {three}")
    if (ratings := report.ratings) is not None:
        lines.append(f"{f'{ratings.ratings} ratings':<28} {'off by':>7} {'within a half':>14}")
        lines += [
            f"{name:<28} {error:7.2f} {_percent(near):>14}"
            for name, error, near in (
                ("as suggested", ratings.error, ratings.near),
                ("always the mean of the area", ratings.usual_error, ratings.usual_near),
            )
        ]
    elif report.rated:
        lines.append("no rating was suggested yet for what you rated")
    return lines


def _calibration(report: Report) -> list[str]:
    lines = [f"{'chance to be kept':<17} {'items':>6} {'expected':>9} {'kept':>6}"]
    lines += [
        f"{f'{100 * one.least:.0f} to {_percent(one.most)}':<17} "
        f"{one.items:6} {_percent(one.expected):>9} {_percent(one.kept):>6}"
        for one in report.bins
    ]
    return lines


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{100 * share:.0f} %"


def _rounded(value: Any) -> Any:  # noqa: ANN401  # whatever JSON may hold
    """Round shares to four digits."""
    if isinstance(value, dict):
        return {key: _rounded(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(one) for one in value]
    return round(value, 4) if isinstance(value, float) else value
