"""Read the dates of documents: every form that feeds, pages and registries write.

Two expressions read what nearly all feeds write. Anything else is taken apart: a time with its zone
first, then the day in words or numbers, in the languages of `_MONTHS`.
"""

from __future__ import annotations

import html
import re
import unicodedata
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

# Posts dated 1970 or 0001 have a publisher's default value, not a date.
EARLIEST_YEAR, LATEST_YEAR = 1990, 2100

_MOST_CHARACTERS = 100  # the longest real date has about 70
_ISO = re.compile(
    r"""(?P<year>\d{4}) (?: (?P<dash>[-/.]?) (?P<month>\d{1,2}) (?: (?P=dash) (?P<day>\d{1,2}) )? )
        (?: [T\s]\s* (?P<hour>\d{1,2}) :?(?P<minute>\d{2})
            (?: :?(?P<second> \d{2} | (?<=:)\d ) )? (?:[.,]\d+)? )?
        \s* (?P<zone>.*)""",
    re.VERBOSE | re.IGNORECASE,
)
# Forms of ISO 8601 that are first written as year, month and day: weeks, days of the year, a time
# without minutes or without separators.
_ISO_WEEK = re.compile(r"(\d{4})-?W(\d{2})(?:-?([1-7]))?(?=T\d|\Z)", re.IGNORECASE)
_ISO_DAY = re.compile(r"(\d{4})-?(\d{3})(?=T\d|\Z)", re.IGNORECASE)
_ISO_HOUR = re.compile(r"(\d{4}-?\d{2}-?\d{2}T\d{2})(?=Z|[+-]|\Z)", re.IGNORECASE)
_ISO_DIGITS = re.compile(r"(\d{8})(\d{6})(?=Z|[+-]|\Z)", re.IGNORECASE)
_IS_NO_ZONE = re.compile(r"T?\d", re.IGNORECASE)
_ENGLISH = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_RFC822 = re.compile(
    r"(?:[a-z]{3,9},?\s+)?(?P<day>\d{1,2})\s+(?P<month>[a-z]{3})\s+(?P<year>\d{4})\s+"
    r"(?P<hour>\d{2}):(?P<minute>\d{2})(?::(?P<second>\d{2}))?\s+"
    r"(?:GMT|UTC|UT|Z|(?P<zone>[+-]\d{4}))",
    re.IGNORECASE | re.ASCII,
)
_UNIX = re.compile(r"(\d{9,10})(?:\d{3}|\.\d+)?")
_COMMENT = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_TIME = re.compile(
    r"""(?<![\d:]) (?P<hour>\d{1,2})
        (?: \s?[:h]\s?(?P<minute>\d{2}|(?<=:)\d) (?: :(?P<second>\d{1,2}) )? (?:[.,]\d+)?
            (?: \s*(?P<half>[ap])\.?\s?m\b\.? )?
          | \s*(?P<only>[ap])\.?\s?m\b\.? )
        (?![\d:])""",
    re.VERBOSE | re.IGNORECASE,
)
_OFFSET = re.compile(
    r"(?:(?:GMT|UTC|UT|Z)\s*)?(?P<sign>[+-])(?P<hours>\d{1,2})(?::?(?P<minutes>\d{2})|:0)?(?!\d)"
    r"(?:\s+(?:[A-Z]{1,5}\b|[+-]\d{4}(?!\d)))?",
    re.IGNORECASE,
)
_ZONE = re.compile(r"[A-Z]{1,5}\b(?![./])", re.IGNORECASE)
_PLACE = re.compile(r"[A-Z][A-Za-z]+(?:/[A-Z][A-Za-z_+-]*\d*){1,2}")  # of the IANA database
_HALF_DAY = re.compile(r"[ap]\.?\s?m\b", re.IGNORECASE)
# Zones of RFC 5322, section 4.3, and names that have a single meaning; others count as UTC, as the
# section says of zones that are not known. IST, BST and their like have several meanings.
_MINUTES_EAST = {
    "UT": 0,
    "UTC": 0,
    "GMT": 0,
    "Z": 0,
    "WET": 0,
    "EST": -300,
    "EDT": -240,
    "CST": -360,
    "CDT": -300,
    "MST": -420,
    "MDT": -360,
    "PST": -480,
    "PDT": -420,
    "AKST": -540,
    "AKDT": -480,
    "HST": -600,
    "NST": -210,
    "NDT": -150,
    "ADT": -180,
    "COT": -300,
    "PET": -300,
    "UYT": -180,
    "BRT": -180,
    "BRST": -120,
    "ART": -180,
    "WEST": 60,
    "CET": 60,
    "MEZ": 60,
    "MET": 60,
    "CEST": 120,
    "MESZ": 120,
    "MEST": 120,
    "EET": 120,
    "EEST": 180,
    "MSK": 180,
    "TRT": 180,
    "WAT": 60,
    "CAT": 120,
    "SAST": 120,
    "EAT": 180,
    "PKT": 300,
    "NPT": 345,
    "ICT": 420,
    "WIB": 420,
    "WITA": 480,
    "MYT": 480,
    "HKT": 480,
    "SGT": 480,
    "PHT": 480,
    "AWST": 480,
    "JST": 540,
    "KST": 540,
    "ACST": 570,
    "ACDT": 630,
    "AEST": 600,
    "AEDT": 660,
    "NZST": 720,
    "NZDT": 780,
}
_MOST_MINUTES_EAST = 14 * 60
# What Americans write for the time of a place, standard or daylight.
_PLACES = {
    "ET": "America/New_York",
    "CT": "America/Chicago",
    "MT": "America/Denver",
    "PT": "America/Los_Angeles",
}
# The months in English, German, French, Spanish, Italian, Portuguese, Dutch, Swedish, Danish,
# Norwegian, Polish, Russian, Czech, Finnish, Hungarian, Romanian, Turkish and Ukrainian, in the
# form of a date and without accents. A word counts if it is one of these, or an abbreviation of at
# least three letters that fits a single month.
_MONTHS = tuple(
    names.split()
    for names in (
        (
            "january januar janner janvier enero gennaio janeiro januari stycznia января "
            "ledna tammikuuta ianuarie ocak січня"
        ),
        (
            "february februar feber fevrier febrero febbraio fevereiro februari lutego "
            "февраля unora helmikuuta februarie subat лютого"
        ),
        (
            "march marz maerz mars marzo marco maart mrt mart marca marts марта brezna "
            "maaliskuuta marcius martie mar березня"
        ),
        ("april avril abril aprile kwietnia апреля dubna huhtikuuta aprilis aprilie nisan квітня"),
        (
            "may mai mayo maggio maio mei maj maja мая kvetna toukokuuta majus mayis "
            "may\u0131s травня"
        ),
        (
            "june juni juin junio giugno junho czerwca июня cervna kesakuuta junius iunie "
            "haziran червня"
        ),
        (
            "july juli juillet julio luglio julho lipca июля cervence heinakuuta julius iulie "
            "temmuz липня"
        ),
        (
            "august aout agosto augustus augusti sierpnia августа srpna elokuuta augusztus "
            "agustos серпня"
        ),
        (
            "september septembre septiembre setembre settembre setembro wrzesnia сентября "
            "zari syyskuuta szeptember septembrie eylul вересня"
        ),
        (
            "october oktober octobre octubre ottobre outubro pazdziernika октября rijna "
            "lokakuuta octombrie ekim жовтня"
        ),
        (
            "november novembre noviembre novembro listopada ноября listopadu marraskuuta "
            "noiembrie kasim kas\u0131m листопада"
        ),
        (
            "december dezember decembre diciembre dicembre dezembro desember grudnia декабря "
            "prosince joulukuuta decembrie aralik aral\u0131k грудня"
        ),
    )
)
_SHORT = 3
_LETTERS = r"[^\W\d_]+"
_LEAD = rf"(?:{_LETTERS}(?:-{_LETTERS})?\.?\s*[,\s]\s*(?:den\s+|the\s+|le\s+)?)?"  # a weekday
_DAY_FIRST = re.compile(
    rf"{_LEAD}(?P<day>\d{{1,2}})(?:st|nd|rd|th|er|[oa](?=\s))?\.?[\s/-]*(?:de\s+|of\s+)?"
    rf"(?P<month>{_LETTERS})\.?,?(?:\s+del?)?[\s/-]*(?P<year>\d{{4}}|\d{{2,3}})(?:\s*[\u0433\u0440]\.?|\s+r(?:\.|oku)?)?",
    re.IGNORECASE,
)
_MONTH_FIRST = re.compile(
    rf"{_LEAD}(?P<month>{_LETTERS})\.?[\s-]+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?[\s-]+(?P<year>\d{{4}})",
    re.IGNORECASE,
)
_YEAR_FIRST = re.compile(
    rf"{_LEAD}(?P<year>\d{{4}})[\s/.,-]+(?P<month>\d{{1,2}}|{_LETTERS})[\s/.,-]+"
    r"(?P<day>\d{1,2})",
    re.IGNORECASE,
)
_NUMBERS = re.compile(
    rf"{_LEAD}(?P<one>\d{{1,2}})\s?(?P<mark>[-/.])\s?(?P<two>\d{{1,2}})\s?(?P=mark)\s?"
    r"(?P<year>\d{4}|\d{2})",
    re.IGNORECASE,
)
_OCLOCK = re.compile(r"^\s*(?:uhr|hrs?|h)(?!\w)", re.IGNORECASE)
_BETWEEN = re.compile(r"^[\s,|@\u00b7\u2013\u2014-]+|[\s,.|@\u00b7\u2013\u2014-]+$")
_DAY_ZONE = re.compile(r"(?<=\d)\s+((?:GMT|UTC|UT|Z)|[+-]\d{2}:?\d{2})$", re.IGNORECASE)
_AT = re.compile(
    r"[\s,](?:at|um|a|à|às|as|alle|ore|klo|kl|om|uhr|hrs?|\u0432|de)\.?$", re.IGNORECASE
)
# The characters of Chinese, Japanese and Korean dates, as the separators that they stand for.
_CJK = str.maketrans(
    {"年": "-", "년": "-", "月": "-", "월": "-", "日": " ", "일": " ", "号": " ", "號": " "}
    | {"时": ":", "時": ":", "시": ":", "点": ":", "點": ":", "分": " ", "분": " ", "秒": " "}
    | {"초": " ", "\u2212": "-", "\u2010": "-", "\u2011": "-", "\u2013": "-"}
)
_CJK_SIGNS = re.compile("[年月日년월일]")
_CJK_WEEKDAY = re.compile(
    r"\([一二三四五六日天月火水木金土일월화수목금토](?:曜日|요일)?\)|(?:星期|礼拜|週|周)[一二三四五六日天]"
    r"|[月火水木金土日]曜日?|[월화수목금토일]요일"
)
_CJK_HALF = re.compile(r"(上午|午前|오전|下午|午後|오후)\s*(\d{1,2}:\d{2}(?::\d{2})?)")
_MORNING = {"上午", "午前", "오전"}
# Years that are counted from an emperor's first, or from the Chinese republic's.
_ERAS = {"令和": 2018, "平成": 1988, "民國": 1911, "民国": 1911}
_ERA = re.compile(r"(令和|平成|民國|民国)\s*(\d{1,3}|元)(?=年)")
# "10.30" is a time behind a year, "Uhr" or not.
_DOTTED_TIME = re.compile(
    r"(\b\d{4}\.?,?\s+(?:(?:um|kl|klo|alle|ore|at|a|à|às|om)\.?\s+)?)"
    r"(\d{1,2})\.(\d{2})(?:\.(\d{2}))?(?![\d.])",
    re.IGNORECASE,
)
_SAYS_DATE = re.compile(
    r"^(?:(?:first|last)\s+)?(?:posted|published|updated|modified|created|date)(?:\s+on)?\s*:?\s+",
    re.IGNORECASE,
)
_TAG = re.compile(r"</?[a-z][^<>]*>", re.IGNORECASE)
_GO_CLOCK = re.compile(r"\sm=[+-][\d.]+$")  # behind Go's Time.String
_LEAP_SECOND = 60
_CENTURY = 50  # RFC 5322, section 4.3: 00 to 49 is 2000 and on


def read_date(text: str | None) -> datetime | None:
    """Read a date in any form that documents use; None if it is none, or may be two days.

    Args:
        text: RFC 822 (RSS), RFC 3339 or ISO 8601 (Atom, JSON Feed), a date in words or numbers, or
            seconds since 1970. A date without time is midnight, a time without zone is UTC.

    Returns:
        An aware time in UTC between 1990 and 2100.
    """
    text = (text or "").strip()
    if not text or len(text) > _MOST_CHARACTERS:
        return None
    for read in (_read_iso, _read_rfc822, _read_unix, _read_freely):
        try:
            moment = read(text)
        except (ValueError, OverflowError, OSError):  # 31 February, year 0, zone +99:00
            continue
        if moment is not None:
            return moment if EARLIEST_YEAR <= moment.year <= LATEST_YEAR else None
    return None


def _read_iso(text: str, comments: Sequence[str] = ()) -> datetime | None:
    match = _ISO.fullmatch(text)
    if text[:4].isdecimal() and (match is None or _IS_NO_ZONE.match(match["zone"])):
        match = _ISO.fullmatch(_with_month_and_day(text))
    if match is None or (match["zone"] and match["day"] is None):
        return None
    day = (int(match["year"]), int(match["month"]), int(match["day"] or 1))
    time = (int(match["hour"] or 0), int(match["minute"] or 0), int(match["second"] or 0))
    east = _minutes_east(match["zone"], day, time)
    if east is None:
        return None
    return _moment(day, time, east if match["zone"] else _zone_of(comments, day, time))


def _zone_of(texts: Iterable[str], day: tuple[int, int, int], time: tuple[int, int, int]) -> int:
    """Read the first zone among texts; 0 for none."""
    zones = (_minutes_east(text, day, time) for text in texts if text)
    return next((east for east in zones if east is not None), 0)


def _with_month_and_day(text: str) -> str:
    """Rewrite the rarer forms of ISO 8601 as year, month, day, hour and minute."""
    if week := _ISO_WEEK.match(text):
        day = date.fromisocalendar(int(week[1]), int(week[2]), int(week[3] or 1))
        return day.isoformat() + text[week.end() :]
    if ordinal := _ISO_DAY.match(text):
        day = date(int(ordinal[1]), 1, 1) + timedelta(days=int(ordinal[2]) - 1)
        return day.isoformat() + text[ordinal.end() :] if day.year == int(ordinal[1]) else text
    return _ISO_HOUR.sub(r"\1:00", _ISO_DIGITS.sub(r"\1T\2", text))


def _read_rfc822(text: str) -> datetime | None:
    match = _RFC822.fullmatch(text)
    month = match["month"].lower() if match else ""
    if match is None or month not in _ENGLISH:
        return None
    return _moment(
        (int(match["year"]), _ENGLISH.index(month) + 1, int(match["day"])),
        (int(match["hour"]), int(match["minute"]), int(match["second"] or 0)),
        _offset_east(match["zone"]) if match["zone"] else 0,
    )


def _read_unix(text: str) -> datetime | None:
    match = _UNIX.fullmatch(text)
    return datetime.fromtimestamp(int(match[1]), tz=UTC) if match else None


def _read_freely(text: str) -> datetime | None:
    """Read a time with its zone, and the day from what is left."""
    if not any(character.isdigit() for character in text):
        return None
    text, comments = _with_plain_signs(text)
    if moment := _read_iso(text, comments):
        return moment
    time, zone = (0, 0, 0), ""
    if clock := _TIME.search(text):
        time = _time(clock)
        before, after = text[: clock.start()], _OCLOCK.sub("", text[clock.end() :]).lstrip()
        found = _OFFSET.match(after) or _PLACE.match(after) or _ZONE.match(after)
        # A letter may begin a word of the day: "10:00 a 23 ..." has no zone.
        if found:
            zone, after = found[0], after[found.end() :]
        elif found := _DAY_ZONE.search(after):  # of git: "Fri Nov 20 10:00:00 2026 +0100"
            zone, after = found[1], after[: found.start()]
        before = _AT.sub("", _BETWEEN.sub("", before))
        text = f"{before} {after}"
    elif found := _DAY_ZONE.search(text):
        zone, text = found[1], text[: found.start()]
    day = _read_day(_BETWEEN.sub("", " ".join(text.split())))
    # Some write the name of the zone in a comment only.
    return None if day is None else _moment(day, time, _zone_of((zone, *comments), day, time))


def _with_plain_signs(text: str) -> tuple[str, list[str]]:
    """Write full-width and East Asian signs as those of the other forms; split off comments."""
    if "<" in text or "&" in text:
        text = html.unescape(_TAG.sub(" ", text)).strip()
    text = unicodedata.normalize("NFKC", text)
    text = _ERA.sub(lambda era: str(_ERAS[era[1]] + (1 if era[2] == "元" else int(era[2]))), text)
    if _CJK_SIGNS.search(text):
        text = _CJK_WEEKDAY.sub(" ", text).translate(_CJK)
        text = _CJK_HALF.sub(
            lambda half: f"{half[2]} {'am' if half[1] in _MORNING else 'pm'}", text
        )
    else:
        text = text.translate(_CJK)
    comments = [comment[1:-1] for comment in _COMMENT.findall(text)]
    text = _GO_CLOCK.sub("", _SAYS_DATE.sub("", _COMMENT.sub(" ", text).strip()))
    return _DOTTED_TIME.sub(_with_colons, text), comments


def _with_colons(dotted: re.Match[str]) -> str:
    return dotted[1] + ":".join(filter(None, dotted.groups()[1:]))


def _time(clock: re.Match[str]) -> tuple[int, int, int]:
    hour, half = int(clock["hour"]), (clock["half"] or clock["only"] or "").lower()
    if half:
        if not 0 < hour <= 12 and clock["half"] is None:  # noqa: PLR2004 - hours of a half day
            raise ValueError(hour)
        # Some write 13:05 PM.
        hour = hour % 12 + (12 if half == "p" else 0) if hour <= 12 else hour  # noqa: PLR2004
    return hour, int(clock["minute"] or 0), int(clock["second"] or 0)


def _minutes_east(zone: str, day: tuple[int, int, int], time: tuple[int, int, int]) -> int | None:
    """Read an offset or the name of a zone; 0 for none and for unknown names, None for no zone."""
    zone = zone.strip()
    if not zone:
        return 0
    if _OFFSET.fullmatch(zone):
        return _offset_east(zone)
    name = zone.upper()
    if place := _PLACES.get(name) or (zone if _PLACE.fullmatch(zone) else None):
        return _place_east(place, day, time)
    if not _ZONE.fullmatch(zone) or _HALF_DAY.fullmatch(zone):
        return None
    return _MINUTES_EAST.get(name, 0)


def _offset_east(text: str) -> int:
    offset = _OFFSET.fullmatch(text)
    if offset is None:
        raise ValueError(text)
    minutes = int(offset["hours"]) * 60 + int(offset["minutes"] or 0)
    if minutes > _MOST_MINUTES_EAST:
        raise ValueError(text)
    return minutes if offset["sign"] == "+" else -minutes


def _place_east(place: str, day: tuple[int, int, int], time: tuple[int, int, int]) -> int:
    """Return the minutes of a place of the IANA database on a day; 0 if there is no such place."""
    from zoneinfo import ZoneInfo  # noqa: PLC0415  # takes 3 ms; few dates need it

    try:
        local = datetime(*day, time[0] % 24, time[1], tzinfo=ZoneInfo(place))
    except (KeyError, OSError):  # ZoneInfoNotFoundError is a KeyError
        return 0
    offset = local.utcoffset()
    return int(offset.total_seconds() // 60) if offset is not None else 0


def _read_day(text: str) -> tuple[int, int, int] | None:
    for form in (_DAY_FIRST, _MONTH_FIRST, _YEAR_FIRST):
        match = form.fullmatch(text)
        month = _month(match["month"]) if match else None
        if match and month:
            return _year(match["year"]), month, int(match["day"])
    match = _NUMBERS.fullmatch(text)
    return _day_of_numbers(match) if match else None


def _day_of_numbers(match: re.Match[str]) -> tuple[int, int, int] | None:
    """Order day and month by which of them can be a month; with dots the day always comes first."""
    one, two, year = int(match["one"]), int(match["two"]), _year(match["year"])
    if match["mark"] == ".":
        return year, two, one
    if len(match["year"]) == 2 and one > 12:  # noqa: PLR2004 - it may be the year
        return None
    if one > 12 or one == two:  # noqa: PLR2004
        return year, two, one
    return (year, one, two) if two > 12 else None  # noqa: PLR2004


def _year(text: str) -> int:
    year = int(text)
    if len(text) > 3:  # noqa: PLR2004
        return year
    # Three digits are years since 1900 (RFC 5322, section 4.3).
    return year + (2000 if len(text) == 2 and year < _CENTURY else 1900)  # noqa: PLR2004


def _month(word: str) -> int | None:
    """Return the month that a word names, in any of the languages; None if it names none."""
    if word.isdecimal():
        return int(word)
    plain = "".join(
        letter for letter in unicodedata.normalize("NFD", word.lower()) if letter.isalpha()
    )
    fitting = {
        number
        for number, names in enumerate(_MONTHS, start=1)
        if any(name == plain for name in names)
    } or {
        number
        for number, names in enumerate(_MONTHS, start=1)
        if len(plain) >= _SHORT and any(name.startswith(plain) for name in names)
    }
    return fitting.pop() if len(fitting) == 1 else None


def _moment(
    day: tuple[int, int, int], time: tuple[int, int, int], minutes_east: int
) -> datetime | None:
    """Make a moment in UTC; 24:00 is the end of the day, a leap second the one before it."""
    hour, minute, second = time
    is_end = (hour, minute, second) == (24, 0, 0)
    second = 59 if second == _LEAP_SECOND else second
    local = datetime(*day, 0 if is_end else hour, minute, second, tzinfo=UTC)
    return local + timedelta(days=is_end) - timedelta(minutes=minutes_east)
