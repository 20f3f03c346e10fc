"""How far a source has got in an archive survives the run."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from papertrack.storage import sources
from papertrack.storage.coverage import Harvest, read_harvest, unfinished_since, write_harvest
from papertrack.storage.database import opened, transaction

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 11, 20, 13, 0, tzinfo=UTC)
MONDAY, TUESDAY = date(2026, 11, 16), date(2026, 11, 17)


def test_a_harvest_is_read_as_it_was_written(tmp_path: Path) -> None:
    with opened(tmp_path / "papertrack.db", create=True) as db, transaction(db):
        source = sources.ensure_source(db, "arxiv", NOW)
        for place in (
            Harvest(MONDAY),
            Harvest(MONDAY, "token", NOW),
            Harvest(TUESDAY, None, NOW, NOW + timedelta(hours=1)),
        ):
            write_harvest(db, source, "cs arXiv", place)

            assert read_harvest(db, source, "cs arXiv") == place
        assert read_harvest(db, source, "cs arXivRaw") is None


def test_what_was_begun_and_not_finished_is_known(tmp_path: Path) -> None:
    with opened(tmp_path / "papertrack.db", create=True) as db, transaction(db):
        source = sources.ensure_source(db, "arxiv", NOW)
        names = ["a", "b", "c"]
        assert unfinished_since(db, source, names) is None

        write_harvest(db, source, "a", Harvest(MONDAY, None, NOW, NOW))
        assert unfinished_since(db, source, names) is None

        write_harvest(db, source, "b", Harvest(TUESDAY))
        write_harvest(db, source, "c", Harvest(MONDAY, "token", NOW, NOW))
        assert unfinished_since(db, source, names) == MONDAY
        assert unfinished_since(db, source, ["a", "b"]) == TUESDAY
        # A category that the source has given up is nobody's business any longer.
        assert unfinished_since(db, source, ["a"]) is None
