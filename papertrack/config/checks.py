"""Check what types cannot express: slugs, addresses, categories, time zones, ratings, keys."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import msgspec

from papertrack.config.schema import (
    MATHS,
    ORDERS,
    TEMPLATES,
    AddConfig,
    ArxivQuerySource,
    ArxivSource,
    Config,
    FeedSource,
    KeysConfig,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from papertrack.config.schema import SourceConfig

# Names of keys that print nothing; "ctrl+", "shift+" and "alt+" may precede them.
KEY_NAMES = (
    *("space", "enter", "tab", "escape", "up", "down", "left", "right", "home", "end"),
    *("pageup", "pagedown", "insert", "delete", "backspace"),
    *(f"f{number}" for number in range(1, 13)),
)

# Keys that cannot be reassigned: the values, and the usual ways to leave a program.
_RESERVED = {
    **{str(value): "a value" for value in range(1, 6)},
    "escape": "cancelling",
    "ctrl+c": "quitting",
    "ctrl+q": "quitting",
}
_CHORD = re.compile(r"(?:(?:ctrl|shift|alt)\+)+(.+)")


def bound_keys(keys: KeysConfig) -> Mapping[str, tuple[str, ...]]:
    """Return the keys of each action."""
    return {
        act: (bound,) if isinstance(bound, str) else tuple(bound)
        for act, bound in msgspec.structs.asdict(keys).items()
    }


def key_mistakes(keys: KeysConfig) -> Iterator[tuple[str, str]]:
    """Find the actions with unusable keys, each with a sentence on what is wrong."""
    owners: dict[str, str] = dict(_RESERVED)
    defaults = bound_keys(type(keys)())
    # The author's keys come last, so that the mistake is reported there and not in a default.
    for act, bound in sorted(bound_keys(keys).items(), key=lambda row: row[1] != defaults[row[0]]):
        if not bound:
            yield act, "needs a key"
        for key in bound:
            if problem := _name_problem(key):
                yield act, problem
            elif key in owners:
                yield act, f'"{key}" is also the key of {owners[key]}; change one of them'
            owners.setdefault(key, act)


def _name_problem(key: str) -> str | None:
    if len(key) == 1 and key.isprintable() and not key.isspace():
        return None
    chord = _CHORD.fullmatch(key)
    name = chord[1] if chord else key
    if name in KEY_NAMES or (chord and len(name) == 1 and name.isascii() and name.isalnum()):
        return None
    import difflib  # noqa: PLC0415  # only for a mistake

    close = difflib.get_close_matches(name, KEY_NAMES, n=1, cutoff=0.5)
    advice = f'did you mean "{close[0]}"?' if close else 'write a character, "space" or "ctrl+r"'
    return f'"{key}" is not a key; {advice}'


Mistake = tuple[tuple[str | int, ...], str]

_MAXIMUM_FIRST = 10_000  # as many entries of a feed as are read
_MAXIMUM_WEIGHT = 10  # in [follow]
_MAXIMUM_DAYS = 90  # of arXiv; for older papers there is its bulk archive
# The keys that `query` replaces.
_REPLACED = ("all", "any", "authors", "categories", "exclude")

_HEADLINES = (
    *("title", "date_format", "contents_intro"),
    *("briefs_heading", "opportunities_heading", "opportunities_intro"),
)
_BY_HAND = "by-hand"  # the source of items that are added by hand
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


def find_mistake(config: Config) -> Mistake | None:
    """Find the first key with an unusable value.

    Returns:
        The path of the key and a sentence on what is wrong; None without a mistake.
    """
    checks: tuple[Callable[[Config], Iterator[Mistake]], ...] = (
        _check_database,
        _check_timezone,
        _check_contact,
        _check_digest,
        _check_template,
        _check_slugs,
        _check_areas,
        _check_sources,
        _check_fetch,
        _check_rank,
        _check_services,
        _check_keys,
        _check_searches,
    )
    return next((mistake for check in checks for mistake in check(config)), None)


def _check_database(config: Config) -> Iterator[Mistake]:
    if config.database is not None and (problem := _path_problem(config.database)):
        yield ("database",), problem


def _check_timezone(config: Config) -> Iterator[Mistake]:
    if config.timezone == "UTC":  # the default needs no time zone database
        return
    from zoneinfo import ZoneInfo  # noqa: PLC0415  # takes 3 ms; UTC does not need it

    try:
        ZoneInfo(config.timezone)
    except (ValueError, OSError, KeyError):
        yield (
            ("timezone",),
            f'"{config.timezone}" is not a time zone; write one like "Europe/Berlin"',
        )


def _check_contact(config: Config) -> Iterator[Mistake]:
    # It becomes part of an HTTP header (RFC 9110 §5.5: visible ASCII and spaces).
    if not config.contact.isascii() or not config.contact.isprintable():
        yield ("contact",), "must be plain ASCII text, for example an e-mail address"


def _check_digest(config: Config) -> Iterator[Mistake]:
    halves = config.digest.min_rating * 2
    if not halves.is_integer() or not 1 <= halves <= 10:  # noqa: PLR2004  # 0.5 to 5 points
        yield ("digest", "min_rating"), "must be 0.5 to 5 in steps of 0.5"
    for key in _HEADLINES:
        text: str = getattr(config.digest, key)
        if not text.strip() or not _is_one_line(text):
            yield ("digest", key), "must be one line of text"
    for key, known in (("order", ORDERS), ("math", MATHS)):
        if getattr(config.digest, key) not in known:
            yield (
                ("digest", key),
                f'"{getattr(config.digest, key)}" is not one of {", ".join(known)}',
            )
    if config.digest.subscribe and (problem := _address_problem(config.digest.subscribe)):
        yield ("digest", "subscribe"), problem
    for key in ("folder", "template"):
        if problem := _path_problem(getattr(config.digest, key)):
            yield ("digest", key), problem


def _check_template(config: Config) -> Iterator[Mistake]:
    name = config.digest.template
    if name not in TEMPLATES and not any(mark in name for mark in "./\\"):
        known = ", ".join(TEMPLATES)
        yield ("digest", "template"), f'"{name}" is not one of {known}, nor a path'


def _check_slugs(config: Config) -> Iterator[Mistake]:
    for table, rows in (("areas", config.areas), ("sources", config.sources)):
        seen: set[str] = set()
        for index, row in enumerate(rows):
            if not _SLUG.fullmatch(row.slug):
                yield (
                    (table, index, "slug"),
                    f'"{row.slug}" must be lower-case letters, digits and single hyphens',
                )
            if row.slug in seen:
                yield (table, index, "slug"), f'"{row.slug}" is used twice'
            if table == "sources" and row.slug == _BY_HAND:
                yield (
                    (table, index, "slug"),
                    f'"{_BY_HAND}" is reserved for items that you add by hand',
                )
            seen.add(row.slug)


def _check_areas(config: Config) -> Iterator[Mistake]:
    for index, area in enumerate(config.areas):
        for key in ("name", "emoji", "rating_label"):
            value: str = getattr(area, key)
            if not value.strip() or not _is_one_line(value):
                yield ("areas", index, key), "must be one line of text"
        if area.short is not None and not (area.short.strip() and _is_one_line(area.short)):
            yield ("areas", index, "short"), "must be one line of text"
        if area.target is not None and area.target < 1:
            yield ("areas", index, "target"), "must be 1 or more"


def _check_sources(config: Config) -> Iterator[Mistake]:
    areas = sorted(area.slug for area in config.areas)
    for index, source in enumerate(config.sources):
        for key, problem in _source_problems(source, areas):
            yield ("sources", index, key), problem


def _source_problems(source: SourceConfig, areas: list[str]) -> Iterator[tuple[str, str]]:
    if source.area is not None and source.area not in areas:
        known = f"the areas are {', '.join(areas)}" if areas else "write its [[areas]] table first"
        yield "area", f'there is no area "{source.area}"; {known}'
    yield from _word_problems(source)
    if source.user_agent is not None and not _is_header_text(source.user_agent):
        yield "user_agent", "must be one line of plain ASCII text"
    if isinstance(source, FeedSource):
        if problem := _address_problem(source.url):
            yield "url", problem
        if source.max_first is not None and not 0 <= source.max_first <= _MAXIMUM_FIRST:
            yield "max_first", f"must be 0 to {_MAXIMUM_FIRST}"
        return
    if isinstance(source, ArxivSource) and not source.categories:
        yield "categories", "name at least one category"
    if isinstance(source, ArxivQuerySource):
        yield from _search_problems(source)
    yield from _category_problems(source.categories)


def _search_problems(source: ArxivQuerySource) -> Iterator[tuple[str, str]]:
    if source.query is None:
        if not (source.all or source.any or source.authors):
            yield "kind", "set at least one of `all`, `any`, `authors` and `query`"
        return
    replaced = [key for key in _REPLACED if getattr(source, key)]
    if replaced:
        keys = " and ".join(f"`{key}`" for key in replaced)
        yield "query", f"replaces {keys}; use one or the other"
    from papertrack.config.query_lint import query_problems  # noqa: PLC0415  # few write queries

    for problem in query_problems(source.query):
        yield "query", problem


def _category_problems(categories: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    if not categories:
        return
    from papertrack.config.taxonomy import is_category, is_closed  # noqa: PLC0415  # reads a table

    if all(is_category(code) and not is_closed(code) for code in categories):
        return
    from papertrack.config.query_lint import category_problems  # noqa: PLC0415  # for mistakes

    for code in categories:
        for problem in category_problems(code):
            yield "categories", problem


def _word_problems(source: SourceConfig) -> Iterator[tuple[str, str]]:
    for key in ("include", "exclude", "all", "any", "authors"):
        for word in getattr(source, key, ()):
            if not any(character.isalnum() for character in word):
                yield key, f'"{word}" has no letter or digit to search for'


def _check_fetch(config: Config) -> Iterator[Mistake]:
    if not 0 <= config.fetch.max_first <= _MAXIMUM_FIRST:
        yield ("fetch", "max_first"), f"must be 0 to {_MAXIMUM_FIRST}"
    if not 0 <= config.fetch.first_days <= _MAXIMUM_DAYS:
        yield ("fetch", "first_days"), f"must be 0 to {_MAXIMUM_DAYS} days"
    if config.fetch.proxy and (problem := _address_problem(config.fetch.proxy)):
        yield ("fetch", "proxy"), problem
    if config.fetch.ca_file and (problem := _path_problem(config.fetch.ca_file)):
        yield ("fetch", "ca_file"), problem


def _check_rank(config: Config) -> Iterator[Mistake]:
    for key in ("explore", "trusted_precision"):
        if not 0 <= getattr(config.rank, key) <= 1:
            yield ("rank", key), "must be 0 to 1"
    for key in ("authors", "words", "sources"):
        followed: dict[str, float] = getattr(config.follow, key)
        for name, weight in followed.items():
            if not -_MAXIMUM_WEIGHT <= weight <= _MAXIMUM_WEIGHT:
                yield ("follow", key, name), f"must be -{_MAXIMUM_WEIGHT} to {_MAXIMUM_WEIGHT}"


def _check_services(config: Config) -> Iterator[Mistake]:
    for key in ("feed_url", "oai_url", "api_url"):
        if problem := _address_problem(getattr(config.arxiv, key)):
            yield ("arxiv", key), problem
    for key in AddConfig.__struct_fields__:
        if problem := _address_problem(getattr(config.add, key)):
            yield ("add", key), problem
    if not 0 <= config.arxiv.pause_s <= 3600:  # noqa: PLR2004  # more is surely a typing error
        yield ("arxiv", "pause_s"), "must be between 0 and 3600 seconds"


def _check_keys(config: Config) -> Iterator[Mistake]:
    if config.keys == KeysConfig():
        return
    for act, problem in key_mistakes(config.keys):
        yield ("keys", act), problem


def _check_searches(config: Config) -> Iterator[Mistake]:
    for name, query in config.searches.items():
        if not name.strip() or not _is_one_line(name) or '"' in name:
            yield ("searches", name), "needs a one-line name without quotation marks"
        if not query.strip() or not _is_one_line(query):
            yield ("searches", name), "must be a query on one line"


def _is_one_line(text: str) -> bool:
    # Emoji are joined by U+200D; some carry tags (flags of regions) that are not printable either.
    return all(c.isprintable() or c == "\u200d" or "\U000e0020" <= c <= "\U000e007f" for c in text)


def _path_problem(path: str) -> str | None:
    return None if path.strip() and _is_one_line(path) else "must be a path on one line"


def _is_header_text(text: str) -> bool:
    return bool(text.strip()) and text.isascii() and text.isprintable()


def _address_problem(url: str) -> str | None:
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return f"{_shown(url)} is not an address"
    if parts.scheme not in {"http", "https"} or not host or any(c.isspace() for c in url):
        return f"{_shown(url)} must be an address that starts with http:// or https://"
    return None


def _shown(url: str) -> str:
    # A typing error in a password can make an address invalid, and cron mails this message.
    return "this value" if any(mark in url for mark in "@?;") else f'"{url}"'
