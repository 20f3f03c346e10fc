"""``papertrack demo``: a sample week offline, with invented sources served on this machine."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shlex
import sys
import tempfile
import threading
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from papertrack.cli.app import main

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


@contextlib.contextmanager
def serve(documents: Mapping[str, bytes]) -> Iterator[str]:
    """Serve documents on 127.0.0.1 until the context ends.

    Args:
        documents: Bodies by path, ``/feed.xml``; the mapping may change while it is served. Each
            body has an ETag; a request with the same one is answered with 304.

    Yields:
        The address without a trailing slash, ``http://127.0.0.1:41234``.
    """

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # http.server calls it by this name
            body = documents.get(self.path)
            if body is None:
                self.send_error(HTTPStatus.NOT_FOUND)
                return
            etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
            if self.headers.get("If-None-Match") == etag:
                self.send_response(HTTPStatus.NOT_MODIFIED)
                self.end_headers()
                return
            self.send_response(HTTPStatus.OK)
            self.send_header("ETag", etag)
            self.send_header("Content-Type", "application/xml; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # its base's name
            """Do not log requests to the terminal of the demo."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


app = typer.Typer(rich_markup_mode=None, add_completion=False)

_SAMPLES = files("papertrack") / "data" / "demo"
_BLOGS = ("field-notes.rss.xml", "model-watch.atom.xml", "register.feed.json", "broken.xml")
_ARXIV_PATH = "/atom/cs.AI+cs.LG"


@dataclass(frozen=True, slots=True)
class _HandEdit:
    """An edit of the draft by hand: a sentence added after a line."""

    line: str
    sentence: str


# Day, comment, and the commands that the author types on that day.
_SCRIPT: tuple[tuple[str, str, tuple[str | _HandEdit, ...]], ...] = (
    (
        "2026-11-18",
        "Wednesday. The first fetch; one blog is being moved and fails, the others are stored.",
        (
            "fetch",
            "list",
        ),
    ),
    (
        "2026-11-18",
        "Rate what came in; on a terminal, papertrack rate opens a screen for this.",
        (
            (
                "rate 2611.99921 --area mech-interp --value 3"
                ' --what "A map of the inputs on which a small model drops its rule"'
                ' --new "Both kinds of failure on the same checkpoints"'
            ),
            "rate 2611.99923 --reject",
            (
                "rate https://accords.example.org/accord --area initiatives --value 3"
                ' --remark "3 signatures" --meaning "The wording will be copied"'
            ),
        ),
    ),
    (
        "2026-11-19",
        "Thursday. The paper that field-notes links as a PDF is recognized as the same item.",
        (
            "fetch",
            (
                'rate 2611.99922 --area mech-interp --value 4 --what "A probe for truth"'
                ' --good-for "A first test for a model that knows better than it says"'
                " --tag +probes"
            ),
            "show 2611.99922",
            (
                'rate 2611.99925 --area adversarial --value 2 --remark "the evidence is thin"'
                ' --what "Pre-training that makes harmful fine-tuning expensive" --hide-title'
            ),
            "rate 2611.99926 --later",
        ),
    ),
    (
        "2026-11-20",
        "Friday. The queue, the reasons for a prediction, and a search in texts and notes.",
        (
            "fetch",
            "list is:new or is:later",
            "why 2611.99927",
            "search probe",
        ),
    ),
    (
        "2026-11-20",
        "A mistake is undone, and the digest is written.",
        (
            "rate https://watch.example.org/small-models --reject",
            "undo",
            (
                "rate https://watch.example.org/small-models --area off-topic --value 3.5"
                ' --remark "3.5 desk robots" --what "Three new models for an ordinary laptop"'
            ),
            "status --days 3",
            'draft --lead "A quiet week with one good probe."',
        ),
    ),
    (
        "2026-11-20",
        "You edit the draft; then one more paper is added to it, and your sentence stays.",
        (
            _HandEdit(
                line="A quiet week with one good probe.",
                sentence="It fits into twelve lines of code.",
            ),
            (
                "rate 2611.99927 --area adversarial --value 3.5"
                ' --what "Tables whose cells give orders to the assistant that reads them"'
            ),
            "draft",
            "draft --check",
        ),
    ),
    (
        "2026-11-20",
        "The issue is published; its works are left out of later drafts.",
        (
            "publish 2026-W47",
            "issues",
        ),
    ),
)


@app.command()
def demo() -> None:
    """Run a sample week offline, in its own folder.

    The demo shows every command. Its sources are invented and served over HTTP on this machine; it
    contacts no other server and leaves your config and database alone.
    """
    folder = Path(tempfile.mkdtemp(prefix="papertrack-demo-"))
    documents = {f"/{name}": (_SAMPLES / name).read_bytes() for name in _BLOGS}
    with serve(documents) as address:
        config = folder / "config.toml"
        sample = (_SAMPLES / "config.toml").read_text("utf-8")
        filled = sample.replace("FOLDER", str(folder)).replace("SERVER", address)
        config.touch(0o600)
        config.write_text(filled, "utf-8")
        _write(f"$ export PAPERTRACK_CONFIG={config}")
        before = _swap_environment({"PAPERTRACK_CONFIG": str(config), "PAPERTRACK_DB": None})
        try:
            # Show standard error in order with the rest of the output.
            with contextlib.redirect_stderr(sys.stdout):
                _play(documents, folder / "drafts" / "2026-W47.md")
        finally:
            _swap_environment(before)
    _write(
        f"\nThat was a sample week. Everything is in {folder}; look around with\n"
        f"  export PAPERTRACK_CONFIG={config}\n"
        "  papertrack rate          the rating screen with the remaining items\n"
        "  papertrack list is:kept --sort rating\n"
        "  papertrack show 2611.99921 --diff\n"
        "  papertrack preview       the draft as a page in the browser\n"
        "and start your own with\n"
        "  unset PAPERTRACK_CONFIG\n"
        "  papertrack init\n"
        "(if papertrack is not installed, type ./run.sh papertrack instead)"
    )


def _play(documents: dict[str, bytes], draft: Path) -> None:
    seconds = 0
    for day, words, steps in _SCRIPT:
        documents[_ARXIV_PATH] = (_SAMPLES / f"arxiv-{day}.atom.xml").read_bytes()
        _write(f"\n# {words}")
        for step in steps:
            if isinstance(step, _HandEdit):
                _edit(draft, step)
                continue
            seconds += 40
            now = datetime.fromisoformat(f"{day}T13:00:00").replace(tzinfo=UTC)
            moment = now + timedelta(seconds=seconds)
            _write(f"\n$ papertrack {step}")
            code = main(shlex.split(step), clock=partial(_constant, moment))
            if code:
                _write(f"[exit {code}]")
    _write(f"\n$ cat {draft}")
    _write(draft.read_text("utf-8").rstrip("\n"))


def _edit(draft: Path, edit: _HandEdit) -> None:
    """Edit the file as an author would in an editor, and print a note about it."""
    text = draft.read_text("utf-8")
    draft.write_text(text.replace(edit.line, f"{edit.line} {edit.sentence}", 1), "utf-8")
    _write(f'\n(the demo writes into the file, as you would in your editor: "{edit.sentence}")')


def _constant(moment: datetime) -> datetime:
    return moment


def _write(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _swap_environment(values: Mapping[str, str | None]) -> dict[str, str | None]:
    """Set and unset variables; return the old values in the same form."""
    before = {name: os.environ.get(name) for name in values}
    for name, value in values.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value
    return before
