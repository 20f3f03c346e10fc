"""List, copy, fill and test templates.

A template is a program, often by a stranger. One that doubles a text a few times can use up all
memory in a single operation that nothing in this process can stop, so custom templates run in a
subprocess with limits.
"""

from __future__ import annotations

import contextlib
import pickle
import re
import resource
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from papertrack.commands.template_worker import OUT_OF_MEMORY, TemplateAnswer
from papertrack.config.schema import TEMPLATES
from papertrack.core.digest.cards import IssueItem
from papertrack.core.digest.issue import SectionStyle
from papertrack.core.digest.layout import Rules, lay_out, make_digest
from papertrack.core.digest.render import Rendered, render
from papertrack.core.kinds import Kind, State
from papertrack.core.records import ArxivFacts, ArxivId, Author, Item, Judgement, Rating
from papertrack.errors import StorageFull, UsageError
from papertrack.storage.database import SHARED, new_file

if TYPE_CHECKING:
    from papertrack.config.schema import DigestConfig
    from papertrack.core.digest.issue import Digest

_POLL_S = 0.05
_HINT = "fix the template, or use -t cards"


@dataclass(frozen=True, slots=True)
class TemplateLimits:
    """The resources that filling one template may use.

    Attributes:
        cpu_s: CPU seconds; the largest issue takes a hundredth. Not wall time, so that a slow
            machine does not matter.
        wall_s: Seconds after which a process that is not even computing is killed.
        memory_bytes: Data segment size; Python and its libraries take a third.
    """

    cpu_s: float = 10.0
    wall_s: float = 300.0
    memory_bytes: int = 80_000_000


LIMITS = TemplateLimits()


def fill_in_subprocess(
    digest: Digest, source: str, *, name: str, limits: TemplateLimits
) -> Rendered:
    """Fill a template with an issue, in a subprocess.

    Args:
        digest: The issue.
        source: The template.
        name: Its name in messages.
        limits: The resources it may use.

    Raises:
        UsageError: It has a mistake, or exceeds a limit.
    """
    with tempfile.TemporaryFile() as task:  # a pipe holds 64 kB, and would need its own writer
        pickle.dump((digest, source, name), task, protocol=pickle.HIGHEST_PROTOCOL)
        task.seek(0)
        with subprocess.Popen(  # noqa: S603  # this Python, with numbers
            # -P: do not import a jinja2.py from the working directory.
            [
                *(sys.executable, "-P", "-m", "papertrack.commands.template_worker"),
                *(str(limits.cpu_s), str(limits.memory_bytes)),
            ],
            stdin=task,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        ) as process:
            try:
                reply, passed = _watch(process, limits)
            finally:
                process.kill()
    if passed is None and process.returncode == 0:
        answer = msgspec.msgpack.decode(reply, type=TemplateAnswer)
        if answer.rendered is not None:
            return answer.rendered
        what = answer.what + (_more_than(limits) if answer.ran_out else "")
        raise UsageError(what, hint=answer.hint)
    raise UsageError(_limit_message(name, passed or process.returncode, limits), hint=_HINT)


def _watch(process: subprocess.Popen[bytes], limits: TemplateLimits) -> tuple[bytes, int | None]:
    """Wait for the answer.

    Returns:
        The answer, and the signal for the limit that was exceeded; None if none was.
    """
    give_up_at = time.monotonic() + limits.wall_s
    while True:
        with contextlib.suppress(subprocess.TimeoutExpired):
            return process.communicate(timeout=_POLL_S)[0], None
        # macOS does not enforce the memory limit that the process has set.
        if (resident_bytes(process.pid) or 0) > 2 * limits.memory_bytes:
            return b"", signal.SIGKILL
        if time.monotonic() > give_up_at:
            return b"", signal.SIGXCPU


def resident_bytes(process: int, statm: str = "/proc/{}/statm") -> int | None:
    """Read how much memory a process uses; None if the system does not tell."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        return (
            int(Path(statm.format(process)).read_text("ascii").split()[1]) * resource.getpagesize()
        )
    with contextlib.suppress(OSError, ValueError, subprocess.SubprocessError):
        asked = subprocess.run(  # noqa: S603  # with a number
            ["ps", "-o", "rss=", "-p", str(process)],  # noqa: S607  # wherever the system has it
            capture_output=True,
            check=False,
            timeout=1,
        )
        return int(asked.stdout) * 1024
    return None


def _limit_message(name: str, ended: int, limits: TemplateLimits) -> str:
    if abs(ended) == signal.SIGXCPU:
        return f"{name}: the template does not finish: it took more than {limits.cpu_s:g} s"
    # C libraries may crash without memory, and do when a template nests too deeply.
    crash = "" if abs(ended) in {signal.SIGKILL, OUT_OF_MEMORY} else ", or nests too deeply"
    what = f"it needs too much memory{_more_than(limits)}{crash}"
    return f"{name}: the template cannot be filled: {what}"


def _more_than(limits: TemplateLimits) -> str:
    return f" (more than {limits.memory_bytes // 1_000_000} MB)"


_DAY = date(2026, 11, 20)
_AT = datetime(2026, 11, 20, 12, tzinfo=UTC)
_ISSUE = "2026-W47"
_INSIDE, _TRICKS, _ELSE = "inside", "tricks", "else"
_AREAS = (
    SectionStyle(_INSIDE, "Looking Inside Models", "🔍", "Rating", in_contents=True),
    SectionStyle(_TRICKS, "Tricks & Defences", "🛡️", "Rating", in_contents=True),
    SectionStyle(_ELSE, "Something Else", "📖", "Overall Rating", in_contents=False),
)
_PARTS = "Mirror | Roe | https://example.org/mirror | reads from the right.\n| Doe | | reads up."
_TEXTS = {
    "number": "12",
    "lead": "Two groups asked the *same* question.\n\nNobody answered.",
    "intro": "Welcome to this week's notes.",
    "watch": "https://example.org/watch",
    "listen": "https://example.org/listen",
    "outro": "Until next week.",
    "event": "a walk",
    "event_date": "2026-12-05",
}


def sample_digest(style: DigestConfig) -> Digest:
    """Make a sample issue of invented items."""
    items = (
        _item(
            1, "Circuits [that] wake * at night", Kind.PAPER, _INSIDE, 7, remark="half a lens",
            what="A list of silent circuits", new="They wake up", meaning="Silence is no proof",
            good_for="Better questions", teaser="silent circuits wake up",
        ),
        _item(
            2, "Old circuits", Kind.PAPER, _INSIDE, 8, section="Who counts the counters?",
            background="Counting is old.", teaser="old ones come back",
            body='@cite ask who counts.\n\n![A count](images/count.png "Drawn by us")',
        ),
        _item(3, "A letter", Kind.POST, _TRICKS, 4, hide_title="yes", body="Two:", parts=_PARTS),
        _item(4, "A bedtime story", Kind.NEWS, _ELSE, 10, what="Fiction"),
        _item(5, "A clock", Kind.POST, format="brief", line="winds itself."),
        _item(6, "A list", Kind.POST, format="link"),
        _item(7, "summer school", Kind.OPPORTUNITY, deadline="2026-11-25", place="Oslo",
              prize="$100", credit="[a friend](https://example.org/friend)"),
        _item(8, "A board", Kind.OPPORTUNITY, line="Look at the @title."),
    )  # fmt: skip
    entries = [
        IssueItem(item, f"local:{item.id}", key=f"example{item.id}", year=2026) for item in items
    ]
    layout = lay_out(entries, _AREAS, Rules(today=_DAY))
    return make_digest(layout, style, issue=_ISSUE, day=_DAY, texts=_TEXTS)


def empty_digest(style: DigestConfig) -> Digest:
    """Make the issue of a week without items and texts."""
    return make_digest(lay_out((), (), Rules(today=_DAY)), style, issue=_ISSUE, day=_DAY, texts={})


def _item(
    number: int,
    title: str,
    kind: Kind,
    area: str = "",
    halves: int = 0,
    remark: str | None = None,
    **notes: str,
) -> Item:
    at = _AT + timedelta(minutes=number)
    is_paper = kind is Kind.PAPER
    base = f"2611.{99940 + number}"
    return Item(
        id=number,
        kind=kind,
        title=title,
        url=f"https://arxiv.org/abs/{base}" if is_paper else f"https://example.org/{number}",
        authors=(Author("Ada Example"), Author("Ben Sample"), Author("Cy Tester"))[:number],
        summary="",
        published_at=_AT,
        updated_at=None,
        first_seen_at=_AT,
        state=State.KEPT,
        arxiv=ArxivFacts(ArxivId(base)) if is_paper else None,
        judgement=Judgement(
            judged_at=at,
            ratings=(Rating(area, halves, remark=remark, rated_at=at),) if area else (),
            notes=notes,
        ),
    )


_ENDING = ".md.j2"
_MAX_BYTES = 1_000_000  # bytes
_NAME = re.compile(r"[\w-][\w .-]*")
_ABOUT = re.compile(r"\{#\s*(.*?)\s*#\}", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Template:
    """A built-in template and its description."""

    name: str
    about: str


def list_templates() -> list[Template]:
    """List the built-in templates."""
    abouts = {name: _ABOUT.match(read_template(name)) for name in TEMPLATES}
    return [Template(name, about[1] if about else "") for name, about in abouts.items()]


def read_template(name: str) -> str:
    """Read a built-in template by name, or any template by path.

    Raises:
        UsageError: There is no such template.
    """
    if name in TEMPLATES:
        return (files("papertrack") / "templates" / f"{name}{_ENDING}").read_text("utf-8")
    path = Path(name)
    try:
        if path.exists() and not path.is_file():  # reading a device may never end
            message = f"{name} is not a file"
            raise UsageError(message, hint=f"give {', '.join(TEMPLATES)}, or a Jinja2 file")
        if path.stat().st_size > _MAX_BYTES:
            message = f"{name} is larger than any template"
            raise UsageError(message, hint=f"give {', '.join(TEMPLATES)}, or a Jinja2 file")
        return path.read_text("utf-8")
    except UnicodeDecodeError as error:
        message = f"{name} is not UTF-8 text"
        raise UsageError(message, hint="save it as UTF-8, or give another file") from error
    except (OSError, ValueError) as error:
        message = f'there is no template "{name}"'
        hint = f"give {', '.join(TEMPLATES)}, or the path of a Jinja2 file"
        raise UsageError(message, hint=hint) from error


def fill(digest: Digest, name: str, *, limits: TemplateLimits = LIMITS) -> Rendered:
    """Fill a template with an issue; run a custom one in a subprocess.

    Args:
        digest: The issue.
        name: The name of a built-in template, or a path.
        limits: The resources that a custom template may use.

    Raises:
        UsageError: There is no such template, it has a mistake, or it exceeds a limit.
    """
    source = read_template(name)
    if name in TEMPLATES:
        return render(digest, source, name=name)
    return fill_in_subprocess(digest, source, name=name, limits=limits)


def copy_template(name: str, model: str, folder: Path) -> Path:
    """Copy a template to a new file.

    Args:
        name: The name of the file, with or without suffix; or a path.
        model: The template to copy.
        folder: The folder for a name without one.

    Returns:
        The new file.

    Raises:
        UsageError: The name is invalid or taken.
        StorageFull: The file cannot be written.
    """
    source = read_template(model)
    path = folder / Path(name).expanduser()
    if not _NAME.fullmatch(path.name) or path.name in TEMPLATES:
        message = f'a template cannot be called "{name}"'
        raise UsageError(message, hint="use letters and digits, and no name of a built-in one")
    if "." not in path.name:
        path = path.with_name(f"{path.name}{_ENDING}")
    try:
        with new_file(path, SHARED) as file:
            file.write(source.encode())
    except FileExistsError as error:
        message = f"{path} already exists; left unchanged"
        raise UsageError(message, hint="give another name") from error
    except OSError as error:
        message = f"cannot write {path}: {error.strerror}"
        raise StorageFull(message, hint="give a path that can be written") from error
    return path


def check_template(name: str, style: DigestConfig) -> str:
    """Fill a template with a sample issue, and with an empty one.

    Args:
        name: The name of a built-in template, or a path.
        style: The config's ``[digest]``.

    Returns:
        The sample issue as text.

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
