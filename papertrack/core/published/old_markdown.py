"""Read a digest that is Markdown: one of ours, edited or not, or one of another tool."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from papertrack.core.published.old_digest import (
    OldDigest,
    OldItem,
    Unread,
    first_sentence,
    is_farewell,
    is_list_section,
    read_date,
    read_label,
    read_rating_line,
)
from papertrack.core.text.clean import http_url

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markdown_it.token import Token

_CARD_LEVEL = 3  # "###", below the title and the sections


@dataclass(frozen=True, slots=True)
class _Block:
    """A heading, a paragraph or an entry of a list.

    Attributes:
        kind: ``h1`` to ``h6``, ``p`` or ``li``.
        source: Its Markdown, with what it holds.
        text: What a reader sees of it.
        bold: The words it begins with in bold; empty without any.
        links: Text and address of its links to the web, in order.
    """

    kind: str
    line: int
    source: str
    text: str
    bold: str = ""
    links: tuple[tuple[str, str], ...] = ()

    @property
    def is_bare_link(self) -> bool:
        """Whether there is nothing but an address."""
        return len(self.links) == 1 and self.text == self.links[0][0] == self.source.strip(" <>")

    @property
    def urls(self) -> tuple[str, ...]:
        """Where it links to."""
        return tuple(url for _, url in self.links)


def read_markdown(text: str, known: Collection[str] = ()) -> OldDigest:
    """Read a digest with headings, cards, paragraphs and lists.

    Args:
        text: The digest.
        known: Glyphs of the author's areas, beside emoji.
    """
    return _Reading(known).digest(_blocks(text))


@dataclass(slots=True)
class _Reading:
    """One pass over the blocks of a digest."""

    known: Collection[str]
    title: str = ""
    section: str | None = None
    card: OldItem | None = None
    story: OldItem | None = None
    sections: list[str] = field(default_factory=list)
    items: list[OldItem] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)

    def digest(self, blocks: Sequence[_Block]) -> OldDigest:
        """Read all blocks."""
        for at, block in enumerate(blocks):
            if block.kind == "h1" and not self.title:
                self.title = block.text
            elif block.kind.startswith("h"):
                self._read_heading(block)
            elif self.section is None:
                self.unread.append(Unread(block.line, block.text))
            elif self._is_card(block):
                self._read_card_line(block)
            elif block.kind == "li":
                self._read_entry(block)
            else:
                self._read_paragraph(block, announces=_announces_list(blocks, at))
        self._close()
        return OldDigest(
            self.title,
            read_date(self.title),
            tuple(self.sections),
            tuple(sorted(self.items, key=lambda item: item.line)),
            tuple(self.unread),
        )

    def _close(self) -> None:
        self.items += [item for item in (self.card, self.story) if item is not None]
        self.card = self.story = None

    def _read_heading(self, block: _Block) -> None:
        self._close()
        if int(block.kind[1]) < _CARD_LEVEL:
            self.section = block.text
            self.sections.append(block.text)
            if block.links:  # a section that is its item's own
                self.story = OldItem(
                    block.line, self.section, block.text, block.urls[0], block.urls
                )
        else:
            url = block.urls[0] if block.urls else None
            self.card = OldItem(block.line, self.section, block.text, url, block.urls)

    def _is_card(self, block: _Block) -> bool:
        is_labelled = read_label(block.text) or read_rating_line(block.text, self.known)
        return bool(self.card or block.is_bare_link or is_labelled)

    def _read_card_line(self, block: _Block) -> None:
        rated = read_rating_line(block.text, self.known)
        if block.is_bare_link and (self.card is None or self.card.rating or self.card.notes):
            self._close()
            url = block.urls[0]
            self.card = OldItem(block.line, self.section, None, url, (url,))
            return
        if self.card is None:
            self.card = OldItem(block.line, self.section, None)
        card = replace(self.card, links=(*self.card.links, *block.urls))
        if rated and card.rating is None:
            self.card = replace(card, label=rated[0], rating=rated[1])
            return
        labelled = read_label(block.text)
        if labelled and labelled[0] not in card.notes:
            # The author's Markdown, and not only what it shows.
            source = block.source.partition(":")[2].lstrip("*_ ").strip()
            self.card = replace(card, notes={**card.notes, labelled[0]: source})
        else:
            body = card.notes.get("body")
            text = f"{body}\n\n{block.source}" if body else block.source
            self.card = replace(card, notes={**card.notes, "body": text})

    def _read_entry(self, block: _Block) -> None:
        """Take an entry of a list: a work of its own, or a part of what the section tells."""
        own = {url.partition("#")[0] for url in self.story.links} if self.story else set()
        urls = [url for url in block.urls if url.partition("#")[0] not in own]
        if self.story is not None and not urls:
            self._tell(block)
        elif urls or is_list_section(self.section or ""):
            # "**Closes in 10 days:**" says something of it; "**Double Denial** asks" names it.
            bold = "" if block.bold.endswith(":") else block.bold
            title = bold or (block.links[0][0] if block.links else "")
            is_name = bool(title) and not is_farewell(title)
            self.items.append(
                OldItem(
                    block.line,
                    self.section,
                    title if is_name else first_sentence(block.text),
                    urls[0] if urls else None,
                    block.urls,
                    {"line": block.source},
                )
            )
        else:
            self.unread.append(Unread(block.line, block.text))

    def _read_paragraph(self, block: _Block, *, announces: bool) -> None:
        is_list = is_list_section(self.section or "") or any(
            item.section == self.section and "line" in item.notes for item in self.items
        )
        if announces or is_list or is_farewell(block.text):
            self.unread.append(Unread(block.line, block.text))
        else:
            self._tell(block)

    def _tell(self, block: _Block) -> None:
        """Add to what the section tells of its work; the first paper it links to is the work."""
        story = self.story or OldItem(block.line, self.section, self.section)
        links = (*story.links, *block.urls)
        url = story.url or next(iter(block.urls), None)
        body = story.notes.get("body")
        text = f"{body}\n\n{block.source}" if body else block.source
        self.story = replace(story, url=url, links=links, notes={"body": text})


def _announces_list(blocks: Sequence[_Block], at: int) -> bool:
    """Whether a paragraph ends in a colon, a list follows, and the section begins with it."""
    is_first = at == 0 or blocks[at - 1].kind.startswith("h")
    follows = at + 1 < len(blocks) and blocks[at + 1].kind == "li"
    return is_first and follows and blocks[at].text.endswith(":")


def _blocks(text: str) -> list[_Block]:
    """Part a digest into what follows one another at its top level, entries of lists apart."""
    from markdown_it import MarkdownIt  # noqa: PLC0415  # 30 ms, only to read a digest

    lines = text.splitlines()
    blocks: list[_Block] = []
    tokens = MarkdownIt("commonmark").parse(text)
    item: tuple[int, int] | None = None  # the list entry we are in, as a span of lines
    for at, token in enumerate(tokens):
        if token.type == "list_item_open" and item is None and token.map:
            item = (token.map[0], token.map[1])
            entry = next((t for t in tokens[at:] if t.type == "inline"), None)
            source = "\n".join(lines[item[0] : item[1]]).strip()
            blocks.append(_block("li", item[0], _without_bullet(source), entry))
        elif item is not None and token.map and token.map[0] >= item[1]:
            item = None
        if item is None and token.type in ("heading_open", "paragraph_open") and token.map:
            kind = token.tag if token.type == "heading_open" else "p"
            source = "\n".join(lines[token.map[0] : token.map[1]])
            blocks.append(_block(kind, token.map[0], source, tokens[at + 1]))
        if token.type == "list_item_close" and token.level == 1:
            item = None
    return blocks


def _without_bullet(source: str) -> str:
    return source.partition(" ")[2].strip()


def _block(kind: str, line: int, source: str, inline: Token | None) -> _Block:
    text, links, bold = _inline(inline.children or []) if inline else ("", (), "")
    return _Block(kind, line + 1, source, text, bold, links)


def _inline(tokens: Sequence[Token]) -> tuple[str, tuple[tuple[str, str], ...], str]:
    """Read what a line shows, its links, and the bold words that it begins with."""
    shown: list[str] = []
    links: list[tuple[str, str]] = []
    bold = ""
    address: str | None = None
    link_from = bold_from = 0
    for token in tokens:
        if token.type == "link_open":
            address, link_from = http_url(str(token.attrs.get("href") or "")), len(shown)
        elif token.type == "link_close":
            if address is not None:
                links.append(("".join(shown[link_from:]), address))
            address = None
        elif token.type == "strong_open":
            bold_from = len(shown)
        elif token.type == "strong_close":
            if not "".join(shown[:bold_from]).strip():
                bold = "".join(shown[bold_from:])
        elif token.type in ("softbreak", "hardbreak"):
            shown.append(" ")
        elif token.type in ("text", "code_inline", "text_special"):
            shown.append(token.content)
    return " ".join("".join(shown).split()), tuple(links), bold
