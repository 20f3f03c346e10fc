"""Complete words for a shell, with sqlite3 only and without loading the command line."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from papertrack.core.query import completion
from papertrack.storage.completions import list_candidates

if TYPE_CHECKING:
    from collections.abc import Mapping

VARIABLE = "_PAPERTRACK_COMPLETE"
_PREFIX = "complete_"


def complete(environment: Mapping[str, str]) -> tuple[str, int] | None:
    """Complete names from the author's database and config.

    Args:
        environment: The process environment, in which Typer's scripts describe the request.

    Returns:
        The text to print and the exit code; None to let Typer answer.
    """
    instruction = environment.get(VARIABLE, "")
    if not instruction.startswith(_PREFIX):
        return None
    shell = instruction.removeprefix(_PREFIX)
    words, current = completion.read_request(environment)
    request = completion.find_request(words, current, is_bash=shell == "bash")
    if request is None:
        return None
    found = _found(request, environment)
    candidates = [one._replace(value=request.prefix + one.value) for one in found]
    action = environment.get("_TYPER_COMPLETE_FISH_ACTION", "")
    text = completion.format_candidates(shell, candidates, action)
    return text, int(action == "is-args" and not candidates)


def _found(
    request: completion.CompletionRequest, environment: Mapping[str, str]
) -> list[completion.Completion]:
    from papertrack.commands.basics import SearchSettings, read_search_settings  # noqa: PLC0415  # 1 ms

    named = request.config or environment.get("PAPERTRACK_CONFIG")
    config = Path(named).expanduser() if named else _user_folder("user_config_path", "config.toml")
    basics = read_search_settings(config) or SearchSettings(None, "UTC", {}, {})
    if request.kind == completion.SAVED:
        names = (name for name in basics.searches if name.startswith(request.typed))
        return [completion.Completion(name, basics.searches[name]) for name in names]
    database = request.db or environment.get("PAPERTRACK_DB")
    if database:
        path = Path(database).expanduser()
    elif basics.database is not None:
        path = config.parent / Path(basics.database).expanduser()
    elif named:
        path = config.with_name("papertrack.db")
    else:
        path = _user_folder("user_data_path", "papertrack.db")
    return list_candidates(path, request.kind, request.typed)


def _user_folder(which: str, name: str) -> Path:
    import platformdirs  # noqa: PLC0415  # 4 ms that a call with a config need not pay

    folder: Path = getattr(platformdirs, which)("papertrack")
    return folder / name
