"""The keys of the config file and their defaults; config.example.toml explains each."""

from __future__ import annotations

import msgspec


class _Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A table of the config file; unknown keys are mistakes."""


TEMPLATES = ("cards", "narrative", "update")
ORDERS = ("judged", "rating", "date", "hand")
MATHS = ("unicode", "keep", "escape")


class DigestConfig(_Table, frozen=True, kw_only=True):
    """The layout of drafts, and the folder for them."""

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

    `read_config` leaves out retired areas: their ratings stay, but nothing new is rated there.
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

    `query` is a search in arXiv's own grammar and replaces the other keys.
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
    """The addresses of arXiv's services; change them for mirrors and tests."""

    feed_url: str = "https://rss.arxiv.org/atom"
    oai_url: str = "https://oaipmh.arxiv.org/oai"
    api_url: str = "https://export.arxiv.org/api/query"
    pause_s: float = 3.0


class AddConfig(_Table, frozen=True, kw_only=True):
    """Where works are looked up; other addresses are for mirrors and tests.

    Those from `youtube_url` on are the endpoints of `papertrack.core.pages.oembed.PROVIDERS`.
    """

    datacite_url: str = "https://api.datacite.org/dois"
    crossref_url: str = "https://api.crossref.org/works"
    doi_url: str = "https://doi.org"
    biorxiv_url: str = "https://api.biorxiv.org/details"
    youtube_url: str = "https://www.youtube.com/oembed"
    x_url: str = "https://publish.x.com/oembed"
    bluesky_url: str = "https://embed.bsky.app/oembed"
    reddit_url: str = "https://www.reddit.com/oembed"
    vimeo_url: str = "https://vimeo.com/api/oembed.json"
    spotify_url: str = "https://open.spotify.com/oembed"
    soundcloud_url: str = "https://soundcloud.com/oembed"
    slideshare_url: str = "https://www.slideshare.net/api/oembed/2"
    speakerdeck_url: str = "https://speakerdeck.com/oembed.json"
    ted_url: str = "https://www.ted.com/services/v1/oembed.json"


class FetchConfig(_Table, frozen=True, kw_only=True):
    """Limits for the first fetch of a source, and network settings."""

    max_first: int = 20
    first_days: int = 7
    proxy: str = ""
    ca_file: str = ""
    trust_env: bool = False


Bound = tuple[str, ...] | str


class KeysConfig(_Table, frozen=True, kw_only=True):
    """The keys of each action on the rating screen."""

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
    """Settings of the rating screen."""

    mouse: bool = True


class RankConfig(_Table, frozen=True, kw_only=True):
    """Settings of the ranking: the share of random items, and the precision to trust it."""

    explore: float = 0.1
    trusted_precision: float = 0.3


class FollowConfig(_Table, frozen=True, kw_only=True):
    """Followed authors, words and sources with their weights; a weight below 0 counts against."""

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
