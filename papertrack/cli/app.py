"""The entry point of the command line: global options, lazy commands, exit codes."""

from __future__ import annotations

import contextlib
import errno
import io
import os
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, ClassVar

import typer
from typer.core import TyperCommand, TyperGroup
from typer.exceptions import TyperException

import papertrack
from papertrack.cli.session import Session, one_line, plain, session_of
from papertrack.errors import INTERRUPTED, PapertrackError, QueryMistake, StorageFull, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping


class LazyGroup(TyperGroup):
    """A group that imports the module of a command when the command runs.

    A call does not load the libraries of other commands.

    Attributes:
        modules: The module of each command, by name, in the order of the help. Its `app`, or the
            name after a colon, is the command or a group of commands.
    """

    modules: ClassVar[Mapping[str, str]] = {}

    def list_commands(self, ctx: typer.Context) -> list[str]:  # type: ignore[override]
        """List the commands in the order of an author's week."""
        del ctx
        return list(self.modules)

    def get_command(  # type: ignore[override]
        self, ctx: typer.Context, cmd_name: str
    ) -> TyperCommand | TyperGroup | None:
        """Load a command; None if there is none of that name."""
        del ctx
        if cmd_name not in self.modules:
            return None
        command = _load(self.modules[cmd_name])
        command.name = cmd_name
        return command


def group_of(module: str) -> tuple[str, ...]:
    """List the commands of a group in a module; empty if its `app` is a single command."""
    command = _load(module)
    return tuple(command.commands) if isinstance(command, TyperGroup) else ()


@cache
def _load(module: str) -> TyperCommand | TyperGroup:
    name, _, app_name = module.partition(":")
    return _build(getattr(import_module(name), app_name or "app"))


def _build(program: typer.Typer) -> TyperCommand | TyperGroup:
    command = typer.main.get_command(program)
    if not isinstance(command, TyperCommand | TyperGroup):
        raise TypeError(command)
    return command


COMMANDS = {
    "init": "papertrack.cli.init",
    "fetch": "papertrack.cli.fetch",
    "rate": "papertrack.cli.rate",
    "draft": "papertrack.cli.draft",
    "absorb": "papertrack.cli.draft:absorb_app",
    "preview": "papertrack.cli.publish:preview_app",
    "publish": "papertrack.cli.publish",
    "unpublish": "papertrack.cli.publish:unpublish_app",
    "issue": "papertrack.cli.issue",
    "template": "papertrack.cli.template",
    "issues": "papertrack.cli.issues",
    "import-issue": "papertrack.cli.publish:import_app",
    "status": "papertrack.cli.status",
    "list": "papertrack.cli.find:list_app",
    "search": "papertrack.cli.find:search_app",
    "show": "papertrack.cli.show",
    "why": "papertrack.cli.show:why_app",
    "open": "papertrack.cli.show:open_app",
    "edit": "papertrack.cli.edit",
    "add": "papertrack.cli.add",
    "tag": "papertrack.cli.tag",
    "merge": "papertrack.cli.merge",
    "split": "papertrack.cli.merge:split_app",
    "undo": "papertrack.cli.undo",
    "redo": "papertrack.cli.undo:redo_app",
    "log": "papertrack.cli.undo:log_app",
    "stats": "papertrack.cli.model:stats_app",
    "model": "papertrack.cli.model",
    "areas": "papertrack.cli.areas",
    "sources": "papertrack.cli.sources",
    "demo": "papertrack.cli.demo",
}

SIGPIPE_EXIT = 141  # what a shell reports for a program that wrote into a closed pipe


class _Interrupted(Exception):
    """Ctrl-C; Typer would end the call silently."""


class _PipeClosed(Exception):
    """The reader of standard output closed the pipe; Typer would exit with 1."""


class _Commands(LazyGroup):
    """The group of all commands."""

    modules = COMMANDS

    def invoke(self, ctx: typer.Context) -> object:  # type: ignore[override]
        """Run a command, and pass on how it ended to `main`."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt as error:
            raise _Interrupted from error
        except BrokenPipeError as error:
            raise _PipeClosed from error


app = typer.Typer(
    cls=_Commands,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(asked: bool) -> None:  # Typer passes the flag's value
    if asked:
        sys.stdout.write(f"papertrack {papertrack.__version__}\n")
        raise typer.Exit


@app.callback()
def papertrack_(
    context: typer.Context,
    config: Annotated[
        Path | None, typer.Option(help="The config file (or PAPERTRACK_CONFIG).")
    ] = None,
    db: Annotated[Path | None, typer.Option(help="The database (or PAPERTRACK_DB).")] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print errors only.")] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Print details.")] = False,
    version: Annotated[  # noqa: ARG001  # its callback does the work
        bool,
        typer.Option(
            "--version", help="Print the version.", callback=_print_version, is_eager=True
        ),
    ] = False,
) -> None:
    """Collect papers and posts, rate them, and draft your weekly digest.

    \b
    The week:  papertrack fetch    every day
               papertrack rate     a few minutes a day
               papertrack draft    on Friday
    """
    session = session_of(context)
    session.config_option = config
    session.db_option = db
    session.verbosity = int(verbose) - int(quiet)


@cache
def _program() -> TyperCommand | TyperGroup:
    return _build(app)


def main(argv: Sequence[str] | None = None, *, clock: Callable[[], datetime] | None = None) -> int:
    """Run papertrack.

    Args:
        argv: The arguments after ``papertrack``; None takes those of the process.
        clock: Returns the current time with its time zone; None for the system's clock.

    Returns:
        The exit code, see `papertrack.errors`.
    """
    arguments = list(sys.argv[1:] if argv is None else argv) or ["--help"]
    session = Session(clock=clock or (lambda: datetime.now(UTC)))
    _use_utf8()
    try:
        _refuse_undecodable(arguments)
        code = _program().main(
            args=arguments, prog_name="papertrack", standalone_mode=False, obj=session
        )
        sys.stdout.flush()
    except PapertrackError as error:
        session.warn(_error_lines(error))
        return error.exit_code
    except TyperException as error:
        return _print_usage_error(session, error)
    except (_Interrupted, KeyboardInterrupt, typer.Abort):
        session.warn("papertrack: interrupted; what was acknowledged is kept")
        return INTERRUPTED
    except (_PipeClosed, BrokenPipeError):
        _silence_stdout()
        return SIGPIPE_EXIT
    except OSError as error:
        _silence_stdout()
        place = f" {error.filename}" if error.filename else ""
        session.warn(plain(f"papertrack: cannot read or write{place}: {error.strerror or error}"))
        is_full = error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EFBIG}
        return StorageFull.exit_code if is_full else PapertrackError.exit_code
    return code if isinstance(code, int) else 0


def _error_lines(error: PapertrackError) -> str:
    """Format an error as one line; a query error as two, with a caret below the mistake."""
    if not isinstance(error, QueryMistake):
        return one_line(error)
    from papertrack.cli.find import caret_lines  # noqa: PLC0415  # on use

    return caret_lines(error)


def _silence_stdout() -> None:
    """Discard unprinted output: Python would report the error again at exit."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _use_utf8() -> None:
    """Write UTF-8 to pipes and files, and escape characters that a terminal cannot encode."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            encoding = stream.encoding if stream.isatty() else "utf-8"
            stream.reconfigure(encoding=encoding, errors="backslashreplace")


def _refuse_undecodable(arguments: Sequence[str]) -> None:
    for word in arguments:
        if any("\ud800" <= character <= "\udfff" for character in word):
            message = f"an argument is not UTF-8: {word!r}"
            raise UsageError(message, hint="pass arguments as UTF-8")


def _print_usage_error(session: Session, error: TyperException) -> int:
    """Print a usage error as one line."""
    context = getattr(error, "ctx", None)
    path = context.command_path if context else "papertrack"
    message = " ".join(error.format_message().split())
    session.warn(plain(f"papertrack: {message.rstrip('.')}; see {path} --help"))
    return UsageError.exit_code
