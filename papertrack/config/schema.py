"""What the config file may hold; every key with its default is explained in config.example.toml."""

from __future__ import annotations

import msgspec


class _Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A table of the config file: keys that are not named here are mistakes."""


TEMPLATES = ("cards", "narrative", "update")
ORDERS = ("judged", "rating", "date", "hand")
MATHS = ("unicode", "keep", "escape")


class DigestConfig(_Table, frozen=True, kw_only=True):
    """How a draft looks and where it goes."""

    title: str = "Research digest"
    template: str = "cards"
    folder: str = "drafts"
    date_format: str = "%Y-%m-%d"
    min_rating: float = 0.5
    contents_intro: str = "This week there were findings in the areas of:"
    order: str = "judged"
    math: str = "unicode"
    empty_section: str = ""
    briefs_heading: str = "Other research"
    opportunities_heading: str = "Opportunities"
    opportunities_intro: str = "As always, there are openings:"
    intro: str = ""
    outro: str = ""
    subscribe: str = ""


class AreaConfig(_Table, frozen=True, kw_only=True):
    """A section of the digest; sections appear in the order of the file.

    `read_config` leaves out what is retired: its ratings stay, but nothing is rated there.
    """

    slug: str
    name: str
    emoji: str = "⭐"
    keywords: tuple[str, ...] = ()
    description: str = ""
    rating_label: str = "Rating"
    in_contents: bool = True
    short: str | None = None
    target: int | None = None
    retired: bool = False


class _Source(_Table, frozen=True, kw_only=True):
    slug: str
    name: str | None = None
    area: str | None = None
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    allow_private_network: bool = False
    user_agent: str | None = None


class ArxivSource(_Source, frozen=True, kw_only=True, tag_field="kind", tag="arxiv"):
    """Whole arXiv categories, as announced every weekday."""

    categories: tuple[str, ...]


class ArxivQuerySource(_Source, frozen=True, kw_only=True, tag_field="kind", tag="arxiv-query"):
    """A search over all of arXiv: every word of `all`, one of `any`, none of `exclude`.

    `query` is a search in arXiv's own grammar, in the place of all of these.
    """

    all: tuple[str, ...] = ()
    any: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    query: str | None = None


class FeedSource(_Source, frozen=True, kw_only=True, tag_field="kind", tag="feed"):
    """One blog or news feed: RSS, Atom or JSON Feed."""

    url: str
    max_first: int | None = None


SourceConfig = ArxivSource | ArxivQuerySource | FeedSource


class ArxivConfig(_Table, frozen=True, kw_only=True):
    """Where arXiv is; other addresses are for mirrors and tests."""

    feed_url: str = "https://rss.arxiv.org/atom"
    oai_url: str = "https://oaipmh.arxiv.org/oai"
    api_url: str = "https://export.arxiv.org/api/query"
    pause_s: float = 3.0


class AddConfig(_Table, frozen=True, kw_only=True):
    """Where works with a DOI are looked up; other addresses are for mirrors and tests."""

    datacite_url: str = "https://api.datacite.org/dois"
    crossref_url: str = "https://api.crossref.org/works"
    doi_url: str = "https://doi.org"


class FetchConfig(_Table, frozen=True, kw_only=True):
    """How much comes in when a source is new, and which way requests take."""

    max_first: int = 20
    first_days: int = 7
    proxy: str = ""
    ca_file: str = ""
    trust_env: bool = False


Bound = tuple[str, ...] | str


class KeysConfig(_Table, frozen=True, kw_only=True):
    """The keys of each act of the rating screen."""

    reject: Bound = "x"
    later: Bound = "space"
    area: Bound = "a"
    half: Bound = "."
    remark: Bound = "r"
    tags: Bound = "t"
    notes: Bound = "tab"
    edit: Bound = "e"
    brief: Bound = "b"
    link: Bound = "L"
    home: Bound = "h"
    emoji: Bound = "E"
    label: Bound = "N"
    open: Bound = "o"
    pdf: Bound = "p"
    copy: Bound = "c"
    merge: Bound = "m"
    apart: Bound = "M"
    list: Bound = "l"
    bulk: Bound = "A"
    expand: Bound = "v"
    page_down: Bound = ("pagedown", "ctrl+f", "ctrl+d")
    page_up: Bound = ("pageup", "ctrl+b", "ctrl+u")
    next: Bound = ("j", "J", "down", "right", "enter")
    previous: Bound = ("k", "K", "up", "left")
    first: Bound = ("g", "home")
    last: Bound = ("G", "end")
    undo: Bound = "u"
    redo: Bound = ("U", "ctrl+r")
    discard: Bound = "D"
    help: Bound = "?"
    leave: Bound = "q"


class RateConfig(_Table, frozen=True, kw_only=True):
    """How the rating screen behaves."""

    mouse: bool = True


class RankConfig(_Table, frozen=True, kw_only=True):
    """In what order items are served, and from when on that order is called worth trusting."""

    explore: float = 0.1
    trusted_precision: float = 0.3


class FollowConfig(_Table, frozen=True, kw_only=True):
    """Whom and what the author follows, each with a weight; below 0 it speaks against."""

    authors: dict[str, float] = msgspec.field(default_factory=dict)
    words: dict[str, float] = msgspec.field(default_factory=dict)
    sources: dict[str, float] = msgspec.field(default_factory=dict)


class Config(_Table, frozen=True, kw_only=True):
    """The whole file."""

    database: str | None = None
    timezone: str = "UTC"
    contact: str = ""
    digest: DigestConfig = DigestConfig()
    areas: tuple[AreaConfig, ...] = ()
    sources: tuple[SourceConfig, ...] = ()
    fetch: FetchConfig = FetchConfig()
    rank: RankConfig = RankConfig()
    follow: FollowConfig = FollowConfig()
    arxiv: ArxivConfig = ArxivConfig()
    add: AddConfig = AddConfig()
    rate: RateConfig = RateConfig()
    keys: KeysConfig = KeysConfig()
    searches: dict[str, str] = msgspec.field(default_factory=dict)
