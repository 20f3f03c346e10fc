"""Invented documents in the shapes of the real ones."""

from __future__ import annotations

from dataclasses import dataclass
from xml.sax.saxutils import escape


@dataclass(frozen=True)
class Paper:
    """A paper as arXiv's daily feed announces it."""

    number: str
    title: str = "A paper"
    version: int = 1
    announced: str = "new"
    authors: str = "Ada Example (Institute, Room 3), Ben Sample"
    categories: str = "cs.LG cs.AI"
    abstract: str = "An abstract about circuits."
    day: str = "2026-11-20"


def arxiv_day(*papers: Paper) -> str:
    """Write a day of arXiv as its Atom feed does."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:arxiv="http://arxiv.org/schemas/atom"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/"><title>cs.LG updates</title>'
        + "".join(map(_announcement, papers))
        + "</feed>"
    )


def _announcement(paper: Paper) -> str:
    terms = "".join(f'<category term="{term}"/>' for term in paper.categories.split())
    return (
        f"<entry><id>oai:arXiv.org:{paper.number}v{paper.version}</id>"
        f"<title>{escape(paper.title)}</title>"
        f'<link href="https://arxiv.org/abs/{paper.number}" rel="alternate" type="text/html"/>'
        f"<summary>arXiv:{paper.number}v{paper.version} Announce Type: {paper.announced}\n"
        f"Abstract: {escape(paper.abstract)}</summary>{terms}"
        f"<published>{paper.day}T00:00:00-05:00</published>"
        f"<arxiv:announce_type>{paper.announced}</arxiv:announce_type>"
        f"<dc:creator>{escape(paper.authors)}</dc:creator></entry>"
    )


@dataclass(frozen=True)
class Post:
    """A post of a blog."""

    title: str = "A post"
    link: str = "https://blog.example.org/a"
    guid: str = "post-1"
    body: str = "<p>Some text.</p>"
    date: str = "Fri, 20 Nov 2026 09:00:00 GMT"
    author: str = ""


def rss(*posts: Post) -> str:
    """Write a blog as RSS 2.0."""
    items = "".join(
        f"<item><title>{escape(post.title)}</title><link>{escape(post.link)}</link>"
        f'<guid isPermaLink="false">{escape(post.guid)}</guid><pubDate>{post.date}</pubDate>'
        f"<description>{escape(post.body)}</description>"
        + (f"<dc:creator>{escape(post.author)}</dc:creator>" if post.author else "")
        + "</item>"
        for post in posts
    )
    dublin_core = ' xmlns:dc="http://purl.org/dc/elements/1.1/"' if "<dc:" in items else ""
    return f'<rss version="2.0"{dublin_core}><channel><title>A blog</title>{items}</channel></rss>'
