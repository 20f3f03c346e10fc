"""Read a digest that is Markdown: one of ours, edited or not, or one of another tool."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from papertrack.core.published.old_blocks import Block, read_blocks, take_front_matter
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
from papertrack.core.text.ratings import read_rating

if TYPE_CHECKING:
    from collections.abc import Sequence

    from papertrack.core.text.ratings import ReadRating

_CARD_LEVEL = 3  # "###", below the title and the sections
_STARS = frozenset({"⭐", "⭐️", "★"})
_LAST_WORD = re.compile(r"(.*?)[\s:\u2013\u2014|-]+(\S+)", re.DOTALL)
# "**A title**: text", "- A title (link)": what an author calls an address, and no work's name.
_NO_NAME = re.compile(
    r"(?:\W|\b(?:the|full|this|original|read|more|here|link|paper|arxiv|pdf|html|abs|source|preprint"
    r"|tweet|thread|post|blog|code|github|web|website|page)\b|\d{4}\.\d{4,5})*|https?://\S*",
    re.IGNORECASE,
)
_WORD = re.compile(r"\w")
_POINTS = re.compile(r"(?:read more|paper|link|source|url|arxiv)\s*:", re.IGNORECASE)


def read_markdown(text: str, known: Collection[str] = ()) -> OldDigest:
    """Read a digest with headings, cards, paragraphs and lists.

    Args:
        text: The digest.
        known: Names of areas and glyphs of the author's.
    """
    front, text = take_front_matter("\n".join(text.splitlines()))
    blocks = read_blocks(text, known)
    title = front.get("title", "")
    has_sections = any(block.kind[0] == "h" and block.kind != "h1" for block in blocks)
    digest = _Reading(known, title, is_flat=not has_sections).digest(blocks)
    first = digest.sections[0] if digest.sections else ""
    day = read_date(front.get("date", "")) or digest.day or read_date(first)
    return replace(digest, day=day)


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
    is_flat: bool = False  # it has no sections
    is_bold: bool = False  # the card's name was no heading, only bold

    def digest(self, blocks: Sequence[Block]) -> OldDigest:
        """Read all blocks."""
        for at, block in enumerate(blocks):
            if block.kind == "h1" and not self.title:
                self.title = block.text
            elif block.kind.startswith("h"):
                self._read_heading(block)
            elif (self.section is None and not self.is_flat) or block.is_comment:
                self._pass_over(block)
            else:
                self._read_block(blocks, at)
        self._close()
        nameless = {item.line for item in self.items if not _has_name(item)}
        for block in blocks:
            if block.line in nameless:
                self._pass_over(block)
        return OldDigest(
            self.title,
            read_date(self.title),
            tuple(self.sections),
            tuple(sorted(filter(_has_name, self.items), key=lambda item: item.line)),
            tuple(sorted(self.unread, key=lambda line: line.line)),
        )

    def _read_block(self, blocks: Sequence[Block], at: int) -> None:
        block = blocks[at]
        if block.kind == "raw":
            self._read_raw(block)
        elif self._names_work(blocks, at):
            self._read_name(block)
        elif self._is_of_story(block):
            self._read_story_line(block)
        elif self._is_card(block):
            self._read_card_line(block)
        elif block.kind == "li":
            self._read_entry(block)
        else:
            self._read_paragraph(block, announces=_announces_list(blocks, at))

    def _pass_over(self, block: Block) -> None:
        self.unread.append(Unread(block.line, block.text or block.source))

    def _close(self) -> None:
        self.items += [item for item in (self.card, self.story) if item is not None]
        self.card = self.story = None
        self.is_bold = False

    def _read_heading(self, block: Block) -> None:
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
            title, rating = _part_rating(block.text, self.known)
            self.card = OldItem(block.line, self.section, title, url, block.urls, rating=rating)

    def _names_work(self, blocks: Sequence[Block], at: int) -> bool:
        """Whether a paragraph begins with the name of a work in bold, where works are so named.

        That is where no heading names one: outside all sections, in an area, or where others do.
        """
        block = blocks[at]
        if self.story or (self.card and not self.is_bold) or not _begins_with_name(block):
            return False
        known = {name.casefold() for name in self.known}
        if not self.section or self.section.casefold() in known or self.is_bold:
            return True
        rest = blocks[at + 1 :]
        end = next((n for n, one in enumerate(rest) if one.kind[0] == "h"), len(rest))
        return any(_begins_with_name(one) for one in rest[:end])

    def _read_name(self, block: Block) -> None:
        self._close()
        self.is_bold = True
        url = next(iter(block.urls), None)
        first, _, text = block.source.partition("\n")
        if not first.strip().endswith("**"):
            text = block.source if not _NO_NAME.fullmatch(_behind_name(block)) else ""
        notes = {"body": text} if text else {}
        self.card = OldItem(
            block.line, self.section, block.bold.rstrip(": "), url, block.urls, notes
        )

    def _is_of_story(self, block: Block) -> bool:
        """Whether a line with a label or a rating is of the work that the section is named by."""
        return bool(
            self.story
            and self.story.title == self.section
            and self.story.url
            and block.kind == "p"
            and (read_label(block.text) or read_rating_line(block.text, self.known))
        )

    def _read_story_line(self, block: Block) -> None:
        self.card, self.story = self.story, None
        self._read_card_line(block)
        self.card, self.story = None, self.card

    def _is_card(self, block: Block) -> bool:
        if block.kind == "li" and block.links and self.card is None:
            return False  # "- [A work](address): three stars"
        is_labelled = read_label(block.text) or read_rating_line(block.text, self.known)
        return bool(self.card or block.is_bare_link or is_labelled)

    def _read_card_line(self, block: Block) -> None:
        rated = read_rating_line(block.text, self.known)
        if block.is_bare_link and (self.card is None or self.card.rating or self.card.notes):
            self._close()
            url = block.urls[0]
            self.card = OldItem(block.line, self.section, None, url, (url,))
            return
        if self.card is None:
            self.card = OldItem(block.line, self.section, None)
        card = replace(self.card, links=(*self.card.links, *block.urls))
        if card.url is None and (self.is_bold or block.is_bare_link or _POINTS.match(block.text)):
            card = replace(card, url=next(iter(block.urls), None))
        if block.is_bare_link:
            self.card = card
            return
        if rated and card.rating is None:
            self.card = replace(card, label=rated[0], rating=rated[1])
            return
        labelled = read_label(block.text)
        if labelled and labelled[0] not in card.notes:
            # The author's Markdown, and not only what it shows.
            source = block.source.partition(":")[2].lstrip("*_ ").strip()
            self.card = replace(card, notes={**card.notes, labelled[0]: source})
        else:
            self.card = _with_body(card, block)

    def _read_entry(self, block: Block) -> None:
        """Take an entry of a list: a work of its own, or a part of what the section tells."""
        own = {url.partition("#")[0] for url in self.story.links} if self.story else set()
        urls = [url for url in block.urls if url.partition("#")[0] not in own]
        if self.story is not None and not urls:
            self._tell(block)
        elif urls or (is_list_section(self.section or "") and _WORD.search(block.text)):
            self.items.append(
                OldItem(
                    block.line,
                    self.section,
                    _name_of(block, self.known),
                    urls[0] if urls else None,
                    block.urls,
                    {"line": block.source},
                    _part_rating(block.text, self.known)[1],
                )
            )
        else:
            self._pass_over(block)

    def _read_paragraph(self, block: Block, *, announces: bool) -> None:
        is_list = (
            not self.section
            or is_list_section(self.section)
            or any(item.section == self.section and "line" in item.notes for item in self.items)
        )
        if announces or is_list or is_farewell(block.text):
            self._pass_over(block)
        else:
            self._tell(block)

    def _tell(self, block: Block) -> None:
        """Add to what the section tells of its work; the first paper it links to is the work."""
        story = self.story or OldItem(block.line, self.section, self.section)
        links = (*story.links, *block.urls)
        url = story.url or next(iter(block.urls), None)
        self.story = _with_body(replace(story, url=url, links=links), block)

    def _read_raw(self, block: Block) -> None:
        """Keep code and HTML as the text that they stand in."""
        if self.card is None:
            self._read_paragraph(block, announces=False)
        else:
            card = replace(self.card, links=(*self.card.links, *block.urls))
            self.card = _with_body(card, block)


def _with_body(item: OldItem, block: Block) -> OldItem:
    body = item.notes.get("body")
    text = f"{body}\n\n{block.source}" if body else block.source
    return replace(item, notes={**item.notes, "body": text})


def _has_name(item: OldItem) -> bool:
    """Whether an item can be told from others: by an address, by words, or by a rated title."""
    texts = (item.title or "", *item.notes.values())
    return bool(item.url or (item.title and item.rating) or any(map(_WORD.search, texts)))


def _announces_list(blocks: Sequence[Block], at: int) -> bool:
    """Whether a paragraph ends in a colon, a list follows, and the section begins with it."""
    is_first = at == 0 or blocks[at - 1].kind.startswith("h")
    follows = at + 1 < len(blocks) and blocks[at + 1].kind == "li"
    return is_first and follows and blocks[at].text.endswith(":")


def _begins_with_name(block: Block) -> bool:
    """Whether a paragraph begins with bold words that name a work: alone, or with its address."""
    if block.kind != "p" or not block.bold or read_label(block.bold.rstrip(":") + ": "):
        return False
    is_alone = block.text == block.bold or block.source.split("\n")[0].strip().endswith("**")
    behind = _behind_name(block).lstrip(" :,([-\u2013\u2014")
    is_addressed = any(name in block.bold or behind.startswith(name) for name, _ in block.links[:1])
    return is_alone or (is_addressed and not block.bold.endswith(":"))


def _behind_name(block: Block) -> str:
    return block.text.removeprefix(block.bold)


def _name_of(block: Block, known: Collection[str]) -> str:
    """Name the work of an entry: by its bold words, by its first link, or by what it says."""
    # "**Closes in 10 days:**" says something of it; "**Double Denial** asks" names it.
    bold = "" if block.bold.endswith(":") else block.bold
    title = bold or (block.links[0][0] if block.links else "")
    if title and not is_farewell(title) and not _NO_NAME.fullmatch(title):
        return title
    said = _part_rating(block.text, known)[0]
    if title and _NO_NAME.fullmatch(title):
        said = said.partition(title)[0].strip(" ([:,-\u2013\u2014") or said
    return first_sentence(said)


def _part_rating(text: str, known: Collection[str]) -> tuple[str, ReadRating | None]:
    """Part a line from the row of glyphs at its end: of stars, or of what the author rates with."""
    found = _LAST_WORD.fullmatch(text)
    rating = read_rating(found[2], known) if found else None
    if found and rating and (rating.emoji in known or rating.emoji in _STARS):
        return found[1], rating
    return text, None
