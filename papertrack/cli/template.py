"""``papertrack template``: list, show, copy and test templates of the digest."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from papertrack.cli import options
from papertrack.cli.session import plain, print_json, session_of

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.callback()
def template() -> None:
    """List digest templates, and create your own.

    \b
    Examples:
      papertrack template list
      papertrack template new mine --from narrative
      papertrack template test mine.md.j2
    """


@app.command("list")
def list_(as_json: options.JsonOption = False) -> None:
    """List the built-in templates, for papertrack draft -t NAME.

    \b
    Examples:
      papertrack template list
    """
    from papertrack.commands.template import list_templates  # noqa: PLC0415  # on use

    templates = list_templates()
    if as_json:
        print_json([{"name": one.name, "about": one.about} for one in templates])
        return
    width = max(len(one.name) for one in templates)
    sys.stdout.writelines(f"{one.name:<{width}}  {one.about}\n" for one in templates)


@app.command("show")
def show(
    name: Annotated[str, typer.Argument(help="cards, narrative, update, or a path.")],
) -> None:
    """Print a template's source.

    \b
    Examples:
      papertrack template show cards
    """
    from papertrack.commands.template import read_template  # noqa: PLC0415  # on use

    sys.stdout.write(read_template(name))


@app.command("new")
def new(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="Its name, or a path.")],
    model: Annotated[str, typer.Option("--from", help="The template to copy.")] = "cards",
) -> None:
    """Copy a template to a new file that you can edit.

    Existing files are never overwritten.

    \b
    Examples:
      papertrack template new mine
      papertrack template new mine --from narrative
    """
    from papertrack.commands.template import copy_template  # noqa: PLC0415  # on use

    session = session_of(context)
    path = copy_template(name, model, Path())
    session.say(plain(f"wrote {path}"))
    session.say(
        plain(
            f"test it with papertrack template test {path}, use it with papertrack draft -t {path}"
        )
    )


@app.command("test")
def test(
    context: typer.Context,
    file: Annotated[str, typer.Argument(help="A template file, or the name of a built-in one.")],
) -> None:
    """Render a template with a sample issue and an empty one.

    The sample issue has everything that an issue can have.

    \b
    Examples:
      papertrack template test mine.md.j2
      papertrack template test update
    """
    from papertrack.commands.template import check_template  # noqa: PLC0415  # on use
    from papertrack.config.schema import DigestConfig  # noqa: PLC0415  # on use

    session = session_of(context)
    text = check_template(file, DigestConfig(title="A sample of everything"))
    sys.stdout.write(text)
    sys.stdout.flush()
    session.explain(f"{file} works")
