"""Commands that are loaded when they are asked for, and groups of them."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, ClassVar

import typer
from typer.core import TyperCommand, TyperGroup

if TYPE_CHECKING:
    from collections.abc import Mapping


class LazyGroup(TyperGroup):
    """A group whose commands live in modules of their own.

    A call pays for the libraries of its own command and for no others.

    Attributes:
        modules: The module of each command, by name, in the order in which they are listed; its
            `app` is the command, or a group of further ones.
    """

    modules: ClassVar[Mapping[str, str]] = {}

    def list_commands(self, ctx: typer.Context) -> list[str]:  # type: ignore[override]
        """Name the commands in the order of an author's week."""
        del ctx
        return list(self.modules)

    def get_command(  # type: ignore[override]
        self, ctx: typer.Context, cmd_name: str
    ) -> TyperCommand | TyperGroup | None:
        """Load one command; None when there is none of that name."""
        del ctx
        if cmd_name not in self.modules:
            return None
        command = _load(self.modules[cmd_name])
        command.name = cmd_name
        return command


def group_of(module: str) -> tuple[str, ...]:
    """Name the commands of a group in a module; none when its `app` is a single command."""
    command = _load(module)
    return tuple(command.modules) if isinstance(command, LazyGroup) else ()


def _load(module: str) -> TyperCommand | TyperGroup:
    command = typer.main.get_command(import_module(module).app)
    if not isinstance(command, TyperCommand | TyperGroup):
        raise TypeError(command)
    return command
