"""``papertrack open``: items in the browser."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from papertrack.cli.piped import with_piped
from papertrack.cli.session import session_of
from papertrack.commands.open_items import find_addresses

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command("open")
def open_(
    context: typer.Context,
    items: Annotated[
        list[str],
        typer.Argument(help="Number, arXiv id, address or DOI; - reads them.", metavar="ITEM"),
    ],
    pdf: Annotated[bool, typer.Option("--pdf", help="The PDF, not the page.")] = False,
    only_print: Annotated[
        bool, typer.Option("--print", help="Print the addresses, and open nothing.")
    ] = False,
) -> None:
    """Open items in the browser.

    \b
    Examples:
      papertrack open 12
      papertrack open 2611.99901 --pdf
      papertrack list --tag to-read | papertrack open -
    """
    session = session_of(context)
    with session.database(mirrored=False) as db:
        addresses = find_addresses(db, with_piped(items), is_pdf=pdf)
    if only_print:
        sys.stdout.write("".join(f"{address.url}\n" for address in addresses))
        return
    from papertrack.ui.terminal import opens_in_browser  # noqa: PLC0415  # on use

    for address in addresses:
        if opens_in_browser(address.url):
            session.say(f'opened {address.item} "{address.title}"')
        else:
            sys.stdout.write(f"{address.url}\n")
            session.warn("papertrack: no browser can be started; open the address yourself")
