"""Options that several commands share."""

from __future__ import annotations

from typing import Annotated

import typer

AreaOption = Annotated[str | None, typer.Option("--area", "-a", help="The area, by its slug.")]
ValueOption = Annotated[
    str | None,
    typer.Option("--value", help="The rating, 0.5 to 5 in steps of 0.5; none takes it back."),
]
RemarkOption = Annotated[
    str | None, typer.Option("--remark", help="Stands in brackets behind the rating.")
]
EmojiOption = Annotated[
    str | None, typer.Option("--emoji", help="Instead of the area's, for this rating.")
]
LabelOption = Annotated[
    str | None, typer.Option("--label", help='Instead of the area\'s "Rating".')
]
RejectOption = Annotated[bool, typer.Option("--reject", help="Out of the queue, never printed.")]
LaterOption = Annotated[bool, typer.Option("--later", help="Put it off.")]
TagOption = Annotated[
    list[str] | None, typer.Option("--tag", help="+x puts a tag on, -x takes it off; repeatable.")
]
WhatOption = Annotated[str | None, typer.Option("--what", help="What is it.")]
NewOption = Annotated[str | None, typer.Option("--new", help="What's new.")]
MeaningOption = Annotated[str | None, typer.Option("--meaning", help="What does it mean.")]
GoodForOption = Annotated[str | None, typer.Option("--good-for", help="What is it good for.")]
BodyOption = Annotated[str | None, typer.Option("--body", help="Paragraphs of your own, Markdown.")]
TitleShownOption = Annotated[
    bool | None,
    typer.Option("--show-title/--hide-title", help="Print the title, or the bare link instead."),
]
SinceOption = Annotated[
    str | None, typer.Option("--since", help="Items that came in since: 2026-11-20, 3d, 12h, 2w.")
]
LimitOption = Annotated[int | None, typer.Option("--limit", "-n", min=1, help="At most so many.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]
