"""Feeds fetched the obvious way: httpx, feedparser and sqlite-utils, each as its manual begins.

Run as ``python -m benchmarks.naive DATABASE JOBS URL_FILE``.
"""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import feedparser
import httpx
import sqlite_utils

if TYPE_CHECKING:
    from collections.abc import Iterator

_VALIDATORS = {"etag": "If-None-Match", "modified": "If-Modified-Since"}


async def fetch_all(db: sqlite_utils.Database, urls: list[str], jobs: int) -> None:
    """Fetch feeds and upsert their entries."""
    turns = asyncio.Semaphore(jobs)
    feeds = db.table("feeds", pk="url")
    seen: dict[str, dict[str, Any]] = {}
    if feeds.exists():
        seen = {row["url"]: row for row in feeds.rows}

    async with httpx.AsyncClient(timeout=30, follow_redirects=True, trust_env=False) as client:

        async def fetch(url: str) -> None:
            known = seen.get(url, {})
            headers = {to: known[name] for name, to in _VALIDATORS.items() if known.get(name)}
            async with turns:
                response = await client.get(url, headers=headers)
            if response.status_code == httpx.codes.NOT_MODIFIED:
                return
            response.raise_for_status()
            parsed = feedparser.parse(response.content)
            db.table("items", pk="id").upsert_all(_rows(url, parsed.entries))
            tags = {"etag": "etag", "modified": "last-modified"}
            feeds.upsert({"url": url} | {k: response.headers.get(v) for k, v in tags.items()})

        await asyncio.gather(*map(fetch, urls))


def _rows(url: str, entries: list[Any]) -> Iterator[dict[str, Any]]:
    for entry in entries:
        date = entry.get("published_parsed")
        yield {
            "id": entry.get("id") or entry.get("link"),
            "feed": url,
            "link": entry.get("link"),
            "title": entry.get("title"),
            "author": entry.get("author"),
            "summary": entry.get("summary"),
            "content": entry.content[0].value if entry.get("content") else None,
            "published": time.strftime("%Y-%m-%dT%H:%M:%SZ", date) if date else None,
        }


if __name__ == "__main__":
    database, at_once, url_file = sys.argv[1:]
    addresses = Path(url_file).read_text(encoding="utf-8").split()
    asyncio.run(fetch_all(sqlite_utils.Database(database), addresses, int(at_once)))
