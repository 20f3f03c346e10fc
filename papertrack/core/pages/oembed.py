"""Sites that describe their works by oEmbed, in JSON, and the parser of their answers.

The endpoints are those of https://oembed.com that need no key; the format of an answer is in
https://oembed.com/#section2.3. X: https://docs.x.com/x-for-websites/oembed-api.
"""

from __future__ import annotations

import html
import itertools
import json
import re
from dataclasses import dataclass
from urllib.parse import quote

from papertrack.core.records import Author, Document, Entry
from papertrack.core.text.clean import http_url, one_line
from papertrack.core.text.html_text import html_to_text
from papertrack.core.text.written_dates import read_date
from papertrack.core.works.identity import identify_url
from papertrack.errors import UnreadableDocument

_LIMIT = 1024**2  # bytes; real answers have about 2,000
_NAME_LIMIT = 200


@dataclass(frozen=True, slots=True)
class Provider:
    """A site that describes its works by oEmbed.

    Attributes:
        key: Its endpoint in the config is ``[add] KEY_url``.
        name: Its name in messages.
        form: Matches the canonical address of a work, without scheme, as
            `papertrack.core.works.identity.identify_url` returns it.
        home: The prefix of that address, or of the path if there is a `path`.
        path: Matches the path of the original address, which says more than a number; None to ask
            about the canonical address.
        has_pages: Whether to try the page if the endpoint has no answer.
    """

    key: str
    name: str
    form: str
    home: str = "https://"
    path: str | None = None
    has_pages: bool = True


_WWW = "https://www."
PROVIDERS = (
    Provider("youtube", "YouTube", r"youtube\.com/(?:watch\?v|playlist\?list)=[\w-]+", _WWW),
    Provider(
        "x",
        "X",
        r"x\.com/i/status/\d+",
        "https://x.com",
        path=r"(?<=[a-z])/(?!web/)\w{1,20}/status/\d+",
        has_pages=False,
    ),
    Provider("bluesky", "Bluesky", r"bsky\.app/profile/[\w.:%-]+/post/\w+"),
    Provider(
        "reddit",
        "Reddit",
        r"reddit\.com/comments/\w+(?:/_/\w+)?",
        "https://www.reddit.com",
        path=r"(?<=[a-z])/(?:r|u|user)/[\w-]+/comments/\w+(?:/[^/?#]*(?:/\w+)?)?",
    ),
    Provider("vimeo", "Vimeo", r"vimeo\.com/\d+(?:/\w+)?"),
    Provider("spotify", "Spotify", r"open\.spotify\.com/(?:intl-\w+/)?(?:episode|show|track)/\w+"),
    Provider("soundcloud", "SoundCloud", r"soundcloud\.com/[\w-]+/[\w-]+(?:/[\w-]+)?"),
    Provider(
        "slideshare",
        "SlideShare",
        r"(?:\w\w\.)?slideshare\.net/(?:slideshow/)?[\w-]+/[\w-]+",
        "https://www.slideshare.net",
        path=r"(?<=\.net)/(?:slideshow/)?[\w-]+/[\w-]+",
    ),
    Provider("speakerdeck", "Speaker Deck", r"speakerdeck\.com/[\w-]+/[\w-]+"),
    Provider("ted", "TED", r"ted\.com/talks/\w+", _WWW),
)


def find_provider(url: str) -> tuple[Provider, str] | None:
    """Find the provider of a work, and the address to ask about; None without a provider.

    Args:
        url: Any address of the work.
    """
    values = [name.value for name in identify_url(url) if name.scheme == "url"]
    for value, provider in itertools.product(values, PROVIDERS):
        if found := re.fullmatch(f"({provider.form})(?:[?#&].*)?", value):
            if provider.path is None:
                return provider, provider.home + found[1]
            written = re.search(provider.path, url)
            path = written[0] if written else "/" + found[1].partition("/")[2]
            return provider, provider.home + path
    return None


def question(endpoint: str, url: str) -> str:
    """Return the request to an endpoint about a work."""
    mark = "&" if "?" in endpoint else "?"
    return f"{endpoint}{mark}url={quote(url, safe='')}&format=json"


def parse_oembed(body: bytes, *, base_url: str) -> Document:
    """Parse an answer.

    Args:
        body: JSON.
        base_url: The address of the work.

    Returns:
        A document with one entry. A post without a title has its text as the summary.

    Raises:
        UnreadableDocument: It is not an answer, or has neither title nor text.
    """
    answer = _read(body)
    title = _line(answer.get("title"))
    post = _post(_text(answer.get("html")))
    date = _text(answer.get("upload_date")) or post.date  # upload_date is Vimeo's
    summary = post.text if not title else html_to_text(_text(answer.get("description")))
    if not (title or summary):
        message = "the answer gives neither a title nor a text"
        raise UnreadableDocument(message)
    author = _line(answer.get("author_name"))
    url = http_url(_text(answer.get("url")))
    is_same = url is not None and identify_url(url)[:1] == identify_url(base_url)[:1]
    entry = Entry(
        guid=base_url,
        title=title,
        url=url if is_same else base_url,
        authors=(Author(author),) if author and len(author) <= _NAME_LIMIT else (),
        summary=summary,
        published_at=read_date(date),
    )
    return Document(title, (entry,))


@dataclass(frozen=True, slots=True)
class _Post:
    """An embedded post: its text, and the date after its author's name."""

    text: str = ""
    date: str = ""


_LINK = re.compile(r"<a\b[^<>]*>([^<>]{1,100})</a>", re.IGNORECASE)
# A text ends with the short addresses of its links and pictures.
_ENDING = 500  # characters in which they may stand
_BEHIND = re.compile(
    r"(?:\s*(?:https?://t\.co/\w+|pic\.(?:twitter|x)\.com/\w+|\[image or embed\]))+\s*\Z"
)


def _post(markup: str) -> _Post:
    """Read ``<blockquote><p>TEXT</p>&mdash; NAME (@name) <a href=…>DATE</a></blockquote>``."""
    quoted = markup.partition("<blockquote")[2].partition(">")[2].partition("</blockquote")[0]
    written, _, signed = quoted.rpartition("</p>")
    text = html_to_text(written or quoted)
    links = _LINK.findall(signed) if written else []
    date = one_line(html.unescape(links[-1])) if links else ""
    start, end = text[:-_ENDING], text[-_ENDING:]
    return _Post(start + _BEHIND.sub("", end) or text, date)


def _read(body: bytes) -> dict[str, object]:
    if len(body) > _LIMIT:
        message = "the answer is far too long"
        raise UnreadableDocument(message)
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError) as error:
        word = one_line(body[:60].decode("utf-8", "replace"))
        # YouTube's answer for private videos, with status 200.
        what = f'the answer is "{word}"' if word.isalpha() else "the answer is not JSON"
        raise UnreadableDocument(what) from error
    if not isinstance(answer, dict):
        message = "the answer is not a description"
        raise UnreadableDocument(message)
    return answer


def _line(value: object) -> str:
    return one_line(html.unescape(_text(value)))


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
