"""Which documents a run asks for, and which sources read them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from papertrack.config.schema import ArxivConfig, ArxivQuerySource, ArxivSource, Config, FeedSource
from papertrack.core.records import ArxivFacts, ArxivId, Entry
from papertrack.core.watch.plan import Plan, plan, takes, wants

LEARNING = ArxivSource(slug="learning", categories=("cs.LG", "cs.AI"))
VISION = ArxivSource(slug="vision", categories=("cs.CV", "cs.LG"), user_agent="example/1")
BLOG = FeedSource(slug="blog", url="https://example.org/feed", allow_private_network=True)
QUERY = ArxivQuerySource(slug="query", all=("sparse autoencoder",), categories=("cs.LG",))


def paper_in(*categories: str, title: str = "A title") -> Entry:
    facts = ArxivFacts(ArxivId("2611.99901"), categories=categories)
    return Entry("g", title, summary="An abstract", arxiv=facts)


def test_daily_feed_is_asked_for_once_for_all_categories() -> None:
    planned = plan(Config(), [LEARNING, BLOG, VISION])

    daily, (feed,) = planned.daily, planned.feeds
    assert daily is not None
    assert (daily.url, daily.kind) == ("https://rss.arxiv.org/atom/cs.AI+cs.CV+cs.LG", "arxiv")
    assert daily.sources == (LEARNING, VISION)
    assert (feed.url, feed.kind) == ("https://example.org/feed", "feed")
    assert (daily.allow_private_network, feed.allow_private_network) == (False, True)
    assert (daily.user_agent, feed.user_agent) == (None, None)


def test_mirror_that_the_author_named_may_be_a_private_one() -> None:
    mirrors = ArxivConfig(feed_url="http://127.0.0.1:1/atom/")

    daily = plan(Config(arxiv=mirrors), [LEARNING, QUERY]).daily

    assert daily is not None
    assert daily.url == "http://127.0.0.1:1/atom/cs.AI+cs.LG"
    assert daily.allow_private_network


def test_nothing_is_planned_without_sources() -> None:
    assert plan(Config(), []) == Plan(None, (), ())


def test_fingerprint_changes_with_who_reads_and_what_they_choose() -> None:
    (one,) = plan(Config(), [BLOG]).feeds
    readers = (
        FeedSource(slug="blog", url=BLOG.url, allow_private_network=True, include=("cat",)),
        FeedSource(slug="blog", url=BLOG.url, allow_private_network=True, exclude=("cat",)),
        FeedSource(slug="other", url=BLOG.url, allow_private_network=True),
    )

    prints = {one.fingerprint, *(replace(one, sources=(reader,)).fingerprint for reader in readers)}
    assert len(prints) == 4
    assert plan(Config(), [BLOG]).feeds[0].fingerprint == one.fingerprint


@pytest.mark.parametrize(
    ("categories", "taken"),
    [(("cs.LG",), True), (("stat.ML", "cs.ai"), True), (("cs.CV",), False), ((), True)],
)
def test_shared_feed_is_divided_by_category(categories: tuple[str, ...], *, taken: bool) -> None:
    assert takes(LEARNING, paper_in(*categories)) is taken


def test_whole_archive_takes_its_categories_and_other_sources_take_all() -> None:
    archive = ArxivSource(slug="all", categories=("cs", "hep-th"))

    assert takes(archive, paper_in("cs.CV"))
    assert takes(archive, paper_in("hep-th"))
    assert not takes(archive, paper_in("stat.ML"))
    assert takes(QUERY, paper_in("stat.ML"))
    assert takes(LEARNING, Entry("g", "T"))


def test_words_of_a_source_look_into_title_and_abstract() -> None:
    choosy = ArxivSource(slug="a", categories=("cs.LG",), include=("abstract",), exclude=("dull",))

    assert wants(choosy, paper_in("cs.LG"))
    assert not wants(choosy, paper_in("cs.LG", title="A dull title"))
    assert not wants(choosy, Entry("g", "A title"))
    assert wants(ArxivQuerySource(slug="q", all=("x",), exclude=("abstract",)), paper_in("cs.LG"))
