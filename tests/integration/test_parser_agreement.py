"""Both readers of feeds, on real documents: what one makes of a feed, the other makes too."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from papertrack.core.text.decode import xml_text
from papertrack.errors import UnreadableDocument
from tests.core.feed_readers import differences, read_both
from tests.shared import SHARED, needs_shared

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = needs_shared

# Where feedparser is wrong, and lxml's reader is not made to err with it.
_FEEDPARSER_ERRS = {
    # It takes the owner of a podcast for its author.
    "rbren__test__input__itunes-keywords-astext.rss": {"authors"},
    # An xml:base within one element stays in force after its end.
    "rbren__test__input__reddit-home.rss": {"guid"},
    # The authors of other feeds, in elements of another namespace, become those of this one.
    "rubys__tests__data__apply__feed.xml": {"authors"},
    "rubys__tests__data__filter__tmpl__source_author.xml": {"authors"},
    # An entry within an entry (an older version of it) is taken for one, and the words get mixed.
    "rometools__rome-modules__src__test__resources__xml__ep__ep1_v4a.xml": {"entries"},
    "rometools__rome-modules__src__test__resources__xml__ep__ep2_v4a.xml": {"entries"},
    "rometools__rome-modules__src__test__resources__xml__v__v4.xml": {"entries"},
}
# No reader of XML gets to their end.
_BROKEN = {
    "miniflux__internal__reader__xml__testdata__iso88591_utf8_mismatch.xml",
    "rubys__tests__data__filter__tmpl__id_only_content.xml",
    "rubys__tests__data__filter__tmpl__planet_title_name.xml",
    "rubys__tests__data__spider__testfeed3.rss",
}


def _documents(pattern: str) -> list[Path]:
    found = (SHARED / "corpus").glob(pattern)
    return sorted(path for path in found if path.suffix not in (".tsv", ".json"))


@pytest.mark.parametrize(
    ("pattern", "least", "broken", "disagreements"),
    [
        ("feeds/*", 331, _BROKEN, _FEEDPARSER_ERRS),
        ("feeds_timeline/*/*", 147, set(), {}),
    ],
    ids=["one of each", "day by day"],
)
def test_both_readers_agree_on_every_real_feed(
    pattern: str, least: int, broken: set[str], disagreements: dict[str, set[str]]
) -> None:
    read_by_both = 0
    found: dict[str, set[str]] = {}
    not_xml: set[str] = set()
    for path in _documents(pattern):
        try:
            fast, loose = read_both(xml_text(path.read_bytes()))
        except UnreadableDocument:
            continue  # before any reader sees it
        if fast is None:
            not_xml.add(path.name)
        elif loose is not None:
            read_by_both += 1
            if unlike := differences(fast, loose):
                found[path.name] = unlike

    assert found == disagreements
    assert not_xml == broken
    assert read_by_both >= least
