"""arXiv papers read and stored the way `fetch` does it, against feedparser that only reads them.

Run as ``python -m benchmarks.arxiv papertrack|feedparser FOLDER`` for one side by itself.
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import sqlite3
import sys
import tempfile
from pathlib import Path

import feedparser

from benchmarks.corpus import PAPERS_A_PAGE, make_arxiv_page
from benchmarks.cost import Failed, measure
from benchmarks.papers import NOW, fill, store
from benchmarks.peers import environment
from benchmarks.table import Target
from papertrack.net.parsing import ParseWorkers

_LIMIT = 0.25  # of feedparser's CPU
_DATABASE = "papertrack.db"


def measure_papers(total: int) -> Target:
    """Compare the CPU time of both sides, each a process of its own with all its imports."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        for page in range(-(-total // PAPERS_A_PAGE)):
            (folder / f"{page:02}.xml").write_bytes(make_arxiv_page(page, total=total))
        env = environment(folder)
        command = [sys.executable, "-m", "benchmarks.arxiv"]
        ours = measure([*command, "papertrack", name], folder, env)
        theirs = measure([*command, "feedparser", name], folder, env)
        with contextlib.closing(sqlite3.connect(folder / _DATABASE)) as db:
            found = db.execute("SELECT count(*) FROM items").fetchone()[0]
    if found != total:
        message = f"{found} papers were stored instead of {total}"
        raise Failed(message)
    print(f"\n  {total:,} papers from pages of {PAPERS_A_PAGE:,}: {ours.cpu_s:.2f} s CPU", end="")
    print(f", read and stored; feedparser, read only: {theirs.cpu_s:.2f} s")
    ratio = ours.cpu_s / theirs.cpu_s
    return Target(f"{total:,} arXiv papers: CPU", "x feedparser", ratio, _LIMIT)


async def store_document(pages: list[Path], database: Path) -> None:
    """Read pages in the parsing process and store each in one transaction."""
    with contextlib.closing(fill(database, [])) as db:
        async with ParseWorkers() as workers:
            for page in pages:
                document = await workers.parse(
                    "arxiv",
                    page.read_bytes(),
                    base_url="https://arxiv.org/",
                    content_type=None,
                    prepares=True,
                )
                store(db, document.entries, NOW, document.prepared)


def main(side: str, folder: Path) -> None:
    """Do the work of one side."""
    pages = sorted(folder.glob("*.xml"))
    if side == "papertrack":
        asyncio.run(store_document(pages, folder / _DATABASE))
        return
    for page in pages:
        feedparser.parse(io.BytesIO(page.read_bytes()))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
