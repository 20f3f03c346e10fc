"""A document read whole, where a test wants all of its entries at once."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from papertrack.core.parse import open_document

if TYPE_CHECKING:
    from papertrack.core.records import Document


def parse_document(kind: str, body: bytes, *, base_url: str, content_type: str | None) -> Document:
    """Read a document and take its entries."""
    opened = open_document(kind, body, base_url=base_url, content_type=content_type)
    return replace(opened.document, entries=tuple(opened.entries))
