"""The dates that feeds, pages and registries really write, in their languages and zones."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, strategies as st

from papertrack.core.text.written_dates import read_date
from tests.samples import Post, rss

if TYPE_CHECKING:
    from tests.author import Author
    from tests.servers import FeedServer

MOMENTS = st.datetimes(
    min_value=datetime(1991, 1, 1),  # noqa: DTZ001  # the zone is drawn beside it
    max_value=datetime(2099, 12, 30),  # noqa: DTZ001
).map(lambda moment: moment.replace(microsecond=0))
OFFSETS = st.integers(-12 * 4, 14 * 4).map(lambda quarters: timedelta(minutes=15 * quarters))


def _written(text: str) -> str | None:
    moment = read_date(text)
    return moment.strftime("%Y-%m-%d %H:%M") if moment else None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Tue, 15 Dec 2026 09:30:00 +09:00", "2026-12-15 00:30"),
        ("Tue, 15 Dec 2026 09:30 -03:30", "2026-12-15 13:00"),
        ("Tue, 15 Dec 2026 09:30:00 GMT+5:30", "2026-12-15 04:00"),
        ("Tue, 15 Dec 2026 09:30:00 UTC-7", "2026-12-15 16:30"),
        ("Tue Dec 15 2026 09:30:00 GMT-0800 (Pacific Standard Time)", "2026-12-15 17:30"),
        ("Tue Dec 15 09:30:00 PST 2026", "2026-12-15 17:30"),
        ("Tue, 15 Dec 2026 09:30:00 EET", "2026-12-15 07:30"),
        ("Wed, 15 Jul 2026 09:30:00 AEST", "2026-07-14 23:30"),
        ("Tue, 15 Dec 2026 09:30:00 MEZ", "2026-12-15 08:30"),
        ("Tue, 15 Dec 2026 09:30:00 IST", "2026-12-15 09:30"),  # of three countries
        ("2026-12-15 09:30:00.5 +0530 IST", "2026-12-15 04:00"),
        ("2026-12-15T09:30:00PDT", "2026-12-15 16:30"),
        ("2026-12-15T09:30:00+01:00[Europe/Paris]", "2026-12-15 08:30"),
        ("2026-12-15T09:30:00\u221205:00", "2026-12-15 14:30"),
        ("2026-12-15+01:00", "2026-12-14 23:00"),
        ("Dec 15, 2026 9:30 PM CET", "2026-12-15 20:30"),
        ("Tue, 15 Dec 2026 09:30:00 (CET)", "2026-12-15 08:30"),
        ("Tue, 15 Dec 2026 09:30 (GMT+3)", "2026-12-15 06:30"),
        ("Tue, 15 Dec 2026 09:30:00 +0200 (CET)", "2026-12-15 07:30"),
        ("Tue, 15 Dec 2026 09:30:00 \u20130500", "2026-12-15 14:30"),
        ("Wed, 15 Jul 2026 09:30:00 Europe/Paris", "2026-07-15 07:30"),
        ("Tue, 15 Dec 2026 09:30:00 America/Argentina/Salta", "2026-12-15 12:30"),
        ("2026-12-15T09:30:00[Asia/Kolkata]", "2026-12-15 04:00"),
        ("2026-12-15 09:30:00 No/Such_Place", "2026-12-15 09:30"),
        ("Wed, 15 Jul 2026 09:30:00 PT", "2026-07-15 16:30"),
        ("Tue, 15 Dec 2026 9:30 AM ET", "2026-12-15 14:30"),
        ("Tue, 15 Dec 2026 09:30:00 ICT", "2026-12-15 02:30"),
        ("Tue, 15 Dec 2026 09:30:00 SAST", "2026-12-15 07:30"),
        ("2026-12-15 9:30 PM", "2026-12-15 21:30"),
        ("2026-12-15 09:30:00 p.m.", "2026-12-15 21:30"),
        ("2026-W51-2T09:30:00+01:00", "2026-12-15 08:30"),
        ("2026-349T09:30Z", "2026-12-15 09:30"),
        ("2026-12-15T09+01:00", "2026-12-15 08:00"),
        ("20261215T093000-0500", "2026-12-15 14:30"),
        ("2026-12-15 09:30:00 +0100 CET m=+0.013", "2026-12-15 08:30"),
        ("2026-12-15T09:30:00+02:0", "2026-12-15 07:30"),
        ("Tue Dec 15 09:30:00 2026 +0100", "2026-12-15 08:30"),
        ("Tue, 15 Dec 2026 UTC", "2026-12-15 00:00"),
        ("Tue, 15 Dec 2026 +0100", "2026-12-14 23:00"),
    ],
)
def test_the_offset_of_a_date_counts_however_it_is_written(text: str, expected: str) -> None:
    assert _written(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Tue, 15-Dec-2026 09:30:00 GMT",
        "15/Dec/2026 09:30",
        "Tue , 15 Dec 2026 09:30:00 GMT",
        "Tuesday, December 15, 2026 - 09:30",
        "9:30 AM, December 15, 2026",
        "Dienstag, 15. Dezember 2026 um 09:30 Uhr",
        "15.12.2026 09:30",
        "Di, 15 Dez 2026 10:30:00 +0100",
        "mardi 15 décembre 2026 à 9h30",
        "mar., 15 déc. 2026 10:30:00 +0100",
        "martes, 15 de diciembre de 2026 9:30",
        "mar, 15 dic 2026 10:30:00 +0100",
        "martedì 15 dicembre 2026, 09:30",
        "terça-feira, 15 de dezembro de 2026 09:30",
        "ter, 15 dez 2026 06:30:00 -0300",
        "dinsdag 15 december 2026 om 09:30",
        "tisdag 15 december 2026 kl. 09:30",
        "wtorek, 15 grudnia 2026 09:30",
        "вт, 15 дек 2026 12:30:00 +0300",
        "2026年12月15日(火) 09:30",
        "2026年12月15日 星期二 上午9:30",
        "2026年12月15日 9時30分",
        "2026년 12월 15일 오전 9:30",
        "12/15/2026 9:30 AM",
        "15/12/2026 09:30",
        "\uff12\uff10\uff12\uff16/12/15 \uff10\uff19:30",  # full-width
        "<time>15 Dec 2026 09:30</time>",
        "Tue, 15 Dec 2026 9:30:0 GMT",
        "Posted on December 15, 2026 9:30 AM",
        "Last updated: 15 Dec 2026 09:30",
        "Tue, 15 Dec 126 09:30:00 GMT",  # years since 1900 (RFC 5322, 4.3)
        "20261215093000",
        "1797327000.25",
        "Dienstag, den 15. Dezember 2026, 9.30 Uhr",
        "15. desember 2026 kl. 09.30",
        "15. joulukuuta 2026 klo 9.30",
        "15 Aral\u0131k 2026 09:30",
        "15. prosince 2026 9:30",
        "2026. december 15. 9:30",
        "15 decembrie 2026, 9:30",
        "15 грудня 2026 \u0440. 09:30",
        "15 grudnia 2026 r. 09:30",
        "令和8年12月15日 9時30分",
        "民國115年12月15日 09:30",
        "2026年12月15日 上午 09:30",
        "2026-349 ",
        "2026-W51-2",
    ],
)
def test_one_day_in_many_languages_and_orders(text: str) -> None:
    day = "2026-12-15 00:00" if "W" in text or "349" in text else "2026-12-15 09:30"
    assert _written(text) == day


@pytest.mark.parametrize("text", ["Tue, 15 Dec 2026 24:00:00 GMT", "2026-12-15T24:00:00Z"])
def test_hour_24_is_the_end_of_the_day(text: str) -> None:
    assert _written(text) == "2026-12-16 00:00"


@pytest.mark.parametrize(
    "text",
    [
        "04/05/2026",
        "04-05-2026 10:00",
        "26/11/23",
        "31.02.2026",
        "13/13/2026",
        "Tue, 31 Nov 2026 10:00:00 GMT",
        "Tue, 15 Dec 2026 25:00:00 GMT",
        "Tue, 15 Dec 2026 24:30:00 GMT",
        "Tue, 15 Dec 2026 10:00:61 GMT",
        "2026-12-15T10:00:00+27:00",
        "15 jui 2026",  # juin or juillet
        "15 Foo 2026",
        "December 2026",
        "15 December",
        "10:00",
        "2026-12-15T10:00:00 PM +99:00",
        "2026-366",
        "2026",
        "2026-W54-1",
        "20261315093000",
        "Issue 3, 2026",
    ],
)
def test_what_may_be_two_days_or_none_is_no_date(text: str) -> None:
    assert read_date(text) is None


@given(MOMENTS, OFFSETS)
def test_what_other_programs_write_is_read_back(moment: datetime, offset: timedelta) -> None:
    aware = moment.replace(tzinfo=timezone(offset))
    expected = aware.astimezone(UTC)
    colon = aware.isoformat()[-6:]

    assert read_date(aware.isoformat()) == expected
    assert read_date(format_datetime(aware)) == expected
    assert read_date(f"{aware:%a, %d %b %Y %H:%M:%S} {colon}") == expected
    assert read_date(f"{aware:%a %b %d %Y %H:%M:%S} GMT{colon.replace(':', '')}") == expected
    assert read_date(f"{aware:%Y-%m-%d %H:%M:%S} {colon.replace(':', '')} XYZ") == expected


def test_a_post_from_the_future_does_not_stay_on_top(author: Author, server: FeedServer) -> None:
    ahead = Post("Ahead", "https://blog.example.org/1", "1", date="Tue, 15 Dec 2026 09:00:00 GMT")
    author.add_source(server.put("/feed", rss(ahead)))
    author.types("fetch")
    later = Post("Later", "https://blog.example.org/2", "2", date="Sat, 21 Nov 2026 09:00:00 GMT")
    server.put("/feed", rss(ahead, later))
    author.now += timedelta(days=1)
    author.types("fetch")

    rows = author.types("list", "--sort", "published", "--json").json

    assert [row["title"] for row in rows] == ["Later", "Ahead"]
