"""What other feed parsers' tests state holds here, but for what docs/conformance.md lists."""

from __future__ import annotations

import importlib.util
import json
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from papertrack.errors import UnreadableDocument
from tests.documents import parse_document
from tests.shared import SHARED

if TYPE_CHECKING:
    from types import ModuleType

CONFORMANCE = SHARED / "conformance"
PAGE = Path(__file__).resolve().parents[2] / "docs" / "conformance.md"

# In the page: | field | 24 | 22 |, and | `docs/file.xml` | link of entry 2 | reason |
_COUNTS = re.compile(r"^\| ([a-z][a-z_ 0]*) \| (\d+) \| (\d+) \|", re.MULTILINE)
_LISTED = re.compile(r"^\| `(docs/[^`]+)` \| (\w+)(?: of entry (\d+))? \| \S", re.MULTILINE)
_PRINTED = re.compile(r"^([a-z][a-z_ 0]*?) +(\d+) +(\d+) +[\d.]+% ", re.MULTILINE)


def entries(body: bytes, headers: dict[str, str], url: str) -> dict[str, object] | None:
    """Read a document as score.py asks for it; None when it is refused."""
    content_type = {name.lower(): value for name, value in headers.items()}.get("content-type")
    try:
        document = parse_document("feed", body, base_url=url, content_type=content_type)
    except UnreadableDocument:
        return None
    return {
        "feed_title": document.title,
        "entries": [
            {
                "title": one.title,
                "link": one.url,
                "id": one.guid,
                "published": one.published_at,
                "updated": one.updated_at,
                "authors": [author.name for author in one.authors],
                "text": one.summary,
            }
            for one in document.entries
        ],
    }


def _scorer() -> ModuleType:
    found = importlib.util.spec_from_file_location("feed_score", CONFORMANCE / "score.py")
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


@pytest.mark.skipif(
    not (CONFORMANCE / "score.py").is_file(),
    reason="no documents of other feed parsers here",
)
def test_every_disagreement_with_other_parsers_is_listed_with_its_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    found = tmp_path / "found.json"
    monkeypatch.setattr(sys, "path", [*sys.path])  # score.py adds to it
    monkeypatch.setattr(sys, "argv", ["score.py", "--json", str(found), f"{__name__}:entries"])

    code = _scorer().main()

    page = PAGE.read_text(encoding="utf-8")
    printed = capsys.readouterr().out
    assert code == 0, printed
    differ = {
        (one["file"], field, "" if one["entry"] is None else str(one["entry"] + 1))
        for field, all_of_it in json.loads(found.read_text(encoding="utf-8")).items()
        for one in all_of_it
    }
    assert set(_LISTED.findall(page)) == differ
    assert set(_COUNTS.findall(page)) == set(_PRINTED.findall(printed))
    statements = re.search(r"(\d+ documents), (\d+ of \d+ statements)", printed)
    assert statements is not None
    assert all(words in page for words in statements.groups())
