"""A digest as HTML that is safe to open and to paste, without scripts."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from papertrack.core.text.markdown import anchors

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_PAGE = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src 'self' https: \
data:; style-src 'unsafe-inline'">
<title>{title}</title>
<style>
body {{ max-width: 42rem; margin: 2rem auto; padding: 0 1rem; font: 1.05rem/1.6 Georgia, serif; \
color: #222; background: #fff; }}
h1, h2, h3 {{ font-family: system-ui, sans-serif; line-height: 1.25; }}
h2 {{ margin-top: 2.5rem; border-bottom: 1px solid #ddd; }}
img {{ max-width: 100%; }}
blockquote {{ margin-left: 0; padding-left: 1rem; border-left: 3px solid #ccc; }}
pre {{ overflow-x: auto; }}
a {{ color: #0645ad; }}
@media (prefers-color-scheme: dark) {{
  body {{ color: #ddd; background: #1b1b1b; }}
  a {{ color: #8ab4f8; }}
  h2 {{ border-color: #444; }}
}}
</style>
</head>
<body>
{body}</body>
</html>
"""


def to_html(markdown: str) -> str:
    """Turn a digest into an HTML fragment to paste into an editor.

    Raw HTML is shown as text, links lead to http, https, mailto or a place in the page, and
    headings have the anchors that the list of contents links to.

    Args:
        markdown: The digest, without papertrack's anchors.
    """
    parser = _parser()
    tokens = parser.parse(markdown)
    _name_headings(tokens)
    rendered: str = parser.renderer.render(tokens, parser.options, {})
    return rendered


def to_page(markdown: str) -> str:
    """Turn a digest into a whole HTML page; its title is the first heading."""
    tokens = _parser().parse(markdown)
    title = next(iter(_headings(tokens)), "")
    return _PAGE.format(title=escape(title), body=to_html(markdown))


def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt  # noqa: PLC0415  # 30 ms, only for a page

    parser = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    # The library documents this override; mypy does not allow assigning to a method.
    parser.validateLink = _is_safe  # type: ignore[method-assign]
    return parser


def _is_safe(url: str) -> bool:
    """Return whether an address may be linked: the web, mail, an anchor or a relative path."""
    try:
        scheme = urlsplit(url).scheme.lower()
    except ValueError:
        return False
    return scheme in {"http", "https", "mailto"} or (not scheme and not url.startswith("//"))


def _headings(tokens: Sequence[Token]) -> list[str]:
    """List the visible texts of the headings, in order."""
    return [
        "".join(
            child.content
            for child in tokens[at + 1].children or ()
            if child.type in {"text", "text_special", "code_inline"}
        )
        for at, token in enumerate(tokens)
        if token.type == "heading_open"
    ]


def _name_headings(tokens: Sequence[Token]) -> None:
    opened = [token for token in tokens if token.type == "heading_open"]
    # The title takes an anchor too, but the digest counts from its first section on.
    for token, anchor in zip(opened, anchors(_headings(tokens)), strict=True):
        token.attrSet("id", anchor)
