"""Templates: list ours, begin one of the author's own, try one on an invented issue."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from papertrack.commands.template_limit import LIMITS, TemplateLimits, fill_apart
from papertrack.config.schema import TEMPLATES
from papertrack.core.digest.render import Rendered, render
from papertrack.core.digest.sample import empty_digest, sample_digest
from papertrack.errors import StorageFull, UsageError

if TYPE_CHECKING:
    from papertrack.config.schema import DigestConfig
    from papertrack.core.digest.issue import Digest

_ENDING = ".md.j2"
_LARGEST = 1_000_000  # bytes
_NAME = re.compile(r"[\w-][\w .-]*")
_ABOUT = re.compile(r"\{#\s*(.*?)\s*#\}", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Template:
    """One of our templates: its name, and what it says of itself."""

    name: str
    about: str


def list_templates() -> list[Template]:
    """List our templates."""
    abouts = {name: _ABOUT.match(read_template(name)) for name in TEMPLATES}
    return [Template(name, about[1] if about else "") for name, about in abouts.items()]


def read_template(name: str) -> str:
    """Read a template by the name of one of ours, or by its path.

    Raises:
        UsageError: There is no such template.
    """
    if name in TEMPLATES:
        return (files("papertrack") / "templates" / f"{name}{_ENDING}").read_text("utf-8")
    path = Path(name)
    try:
        if path.exists() and not path.is_file():  # a device has no end
            message = f"{name} is no file"
            raise UsageError(message, hint=f"give {', '.join(TEMPLATES)}, or a Jinja2 file")
        if path.stat().st_size > _LARGEST:
            message = f"{name} is larger than any template"
            raise UsageError(message, hint=f"give {', '.join(TEMPLATES)}, or a Jinja2 file")
        return path.read_text("utf-8")
    except UnicodeDecodeError as error:
        message = f"{name} is not text in UTF-8"
        raise UsageError(message, hint="save it as UTF-8, or give another file") from error
    except (OSError, ValueError) as error:
        message = f'there is no template "{name}"'
        hint = f"give {', '.join(TEMPLATES)}, or the path of a Jinja2 file"
        raise UsageError(message, hint=hint) from error


def fill(digest: Digest, name: str, *, limits: TemplateLimits = LIMITS) -> Rendered:
    """Fill a template with an issue; one of the author's own in a process apart.

    Args:
        digest: The issue.
        name: The name of one of our templates, or a path.
        limits: What a template of the author's own may take.

    Raises:
        UsageError: There is no such template, it has a mistake, or it passes a limit.
    """
    source = read_template(name)
    if name in TEMPLATES:
        return render(digest, source, name=name)
    return fill_apart(digest, source, name=name, limits=limits)


def begin(name: str, model: str, folder: Path) -> Path:
    """Write a copy of a template for the author to change.

    Args:
        name: What to call it, with or without its ending; or a path.
        model: The template to copy.
        folder: Where it goes.

    Returns:
        The new file.

    Raises:
        UsageError: The name is none, or taken.
        StorageFull: The file cannot be written.
    """
    source = read_template(model)
    path = folder / Path(name).expanduser()
    if not _NAME.fullmatch(path.name) or path.name in TEMPLATES:
        message = f'a template cannot be called "{name}"'
        raise UsageError(message, hint="give a name of letters that is none of ours")
    if "." not in path.name:
        path = path.with_name(f"{path.name}{_ENDING}")
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(source)
    except FileExistsError as error:
        message = f"{path} is there already and is left as it is"
        raise UsageError(message, hint="give another name") from error
    except OSError as error:
        message = f"cannot write {path}: {error.strerror}"
        raise StorageFull(message, hint="give a path that can be written") from error
    return path


def try_out(name: str, style: DigestConfig) -> str:
    """Fill a template with an invented issue, and with an empty one.

    Args:
        name: The name of one of ours, or a path.
        style: The config's ``[digest]``.

    Returns:
        The invented issue as text.

    Raises:
        UsageError: The template has a mistake.
    """
    text = fill(sample_digest(style), name).text
    try:
        fill(empty_digest(style), name)
    except UsageError as error:
        message = f"{error.what}, in a week without items"
        raise UsageError(message, hint=error.hint) from error
    return text
