"""Read a digest in Markdown, whether papertrack or another tool wrote it.

It recognises the layouts that people use: sections with cards (labelled lines and a row of emoji),
sections about one work, and lists of one-liners.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from papertrack.core.judging.notes import LABELS
from papertrack.core.text.clean import http_url
from papertrack.core.text.ratings import ReadRating, read_rating

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_TITLE_LIMIT = 120

_FIELDS = {label.casefold(): name for name, label in LABELS.items()} | {"what it is": "what"}
_LABELLED = re.compile(
    r"\s*(?P<label>[^\s:\uff1a][^:\uff1a]{0,40}?)\s*[:\uff1a]\s*(?P<text>.*)", re.DOTALL
)
_ISO_DATE = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})\b")
_US_DATE = re.compile(r"\b(\d{1,2})/(\d{1,2})/(\d{4})\b")
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_NAMED_DATE = re.compile(
    r"\b(?:(?P<before>\d{1,2})(?:st|nd|rd|th)?\s+)?(?P<month>[A-Z][a-z]{2,8})\.?\s+"
    r"(?:(?P<after>\d{1,2})(?:st|nd|rd|th)?,?\s+)?(?P<year>\d{4})\b"
)
_LISTS = frozenset(
    {"other research", "opportunities", "in brief", "briefly", "links", "other news", "news"}
    | {"other", "jobs", "events", "also", "further reading", "reading", "quick links"}
)
_FAREWELL = re.compile(r"(?:thank|thanks|see you|subscribe|until next)\b", re.IGNORECASE)
_SENTENCE_END = re.compile(r"(?<=[.!?])\s")


@dataclass(frozen=True, slots=True)
class ImportedItem:
    """One work in a digest.

    Attributes:
        line: Its first line, from 1.
        section: The heading above it; None before the first heading.
        title: As printed; None if there is only a link.
        url: Its own address; None without one.
        links: All http(s) addresses in its text, its own first.
        notes: The author's text by field (see `papertrack.core.judging.notes.LABELS`).
        label: The label of the rating; None without one.
    """

    line: int
    section: str | None
    title: str | None
    url: str | None = None
    links: tuple[str, ...] = ()
    notes: Mapping[str, str] = field(default_factory=dict)
    rating: ReadRating | None = None
    label: str | None = None


@dataclass(frozen=True, slots=True)
class Unread:
    """A line of a digest that belongs to no work."""

    line: int
    text: str


@dataclass(frozen=True, slots=True)
class ImportedDigest:
    """A digest as read.

    Attributes:
        title: Its first heading or line; empty without one.
        day: The date in its title; None without one.
        sections: The headings of its sections, in order.
    """

    title: str
    day: date | None
    sections: tuple[str, ...]
    items: tuple[ImportedItem, ...]
    unread: tuple[Unread, ...]


def read_label(text: str) -> tuple[str, str] | None:
    """Split ``What is it: …`` into the name of the field and its text; None for other lines."""
    found = _LABELLED.fullmatch(text)
    name = found and _FIELDS.get(_normalized(found["label"]))
    return (name, found["text"].strip()) if found and name else None


def read_rating_line(text: str, known: Collection[str] = ()) -> tuple[str, ReadRating] | None:
    """Split ``Rating: 💡💡 (why)`` into label and rating; None for other lines."""
    found = _LABELLED.fullmatch(text)
    rating = read_rating(found["text"], known) if found else None
    return (found["label"], rating) if found and rating else None


def read_date(title: str) -> date | None:
    """Find the date in a title: ``2026-11-15``, ``11/15/2026`` (US), ``15 November 2026``."""
    if found := _ISO_DATE.search(title):
        return _date(int(found[1]), int(found[2]), int(found[3]))
    if found := _US_DATE.search(title):
        return _date(int(found[3]), int(found[1]), int(found[2]))
    for named in _NAMED_DATE.finditer(title):
        day = named["before"] or named["after"]
        month = named["month"][:3].lower()
        if day and month in _MONTHS:
            return _date(int(named["year"]), _MONTHS.index(month) + 1, int(day))
    return None


def is_list_section(heading: str) -> bool:
    """Return whether a section of this name lists one work per line."""
    return _normalized(heading).strip(" .:!") in _LISTS


def is_farewell(text: str) -> bool:
    """Return whether a paragraph thanks the readers, or asks them to subscribe."""
    return _FAREWELL.match(text) is not None


def first_sentence(text: str) -> str:
    """Return the first sentence of a one-liner, as the title of a work without one."""
    sentence = _SENTENCE_END.split(" ".join(text.split()), maxsplit=1)[0]
    if len(sentence) <= _TITLE_LIMIT:
        return sentence
    start = sentence[:_TITLE_LIMIT]
    return (start.rpartition(" ")[0] or start) + " …"


def _normalized(text: str) -> str:
    return text.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'").strip().casefold()


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


_FRONT_MATTER = re.compile(r"---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_FRONT_FIELD = re.compile(r"^(title|date)[ \t]*:[ \t]*(.+?)[ \t]*$", re.MULTILINE)
_BARE = re.compile(
    r"https?://[^\s<>\"]*[^\s<>\".,;:!?)\]}'*]|\barXiv:(\d{4}\.\d{4,5})\b", re.IGNORECASE
)
_REFERENCE = re.compile(r"\[([^\]\[]+)\](?:\[([^\]\[]*)\]|(?![\[(:]))")
_SEPARATOR = re.compile(r"[\s#=~*_-]+")  # "####################"
_NUMBER = re.compile(r"\d+\s*[.)]\s+")
_BULLET = re.compile(r"[\s>]*(?:[-+*]|\d{1,9}[.)])(?:\s+|$)")
_COMMENTS = re.compile(r"\s*(?:<!--.*?-->\s*)+", re.DOTALL)
_RAW = frozenset({"html_block", "fence", "code_block"})


@dataclass(frozen=True, slots=True)
class Block:
    """A heading, paragraph, list item, table row, or a block of code or HTML.

    Attributes:
        kind: ``h1`` to ``h6``, ``p``, ``li`` (also for table rows), or ``raw`` for code and HTML.
        source: Its Markdown, including nested blocks.
        text: Its text as displayed.
        bold: The bold words at its beginning; empty without any.
        links: Text and address of its web links, in order.
    """

    kind: str
    line: int
    source: str
    text: str
    bold: str = ""
    links: tuple[tuple[str, str], ...] = ()

    @property
    def is_bare_link(self) -> bool:
        """Whether it is nothing but an address."""
        return len(self.links) == 1 and self.text == self.links[0][0] == self.source.strip(" <>")

    @property
    def is_comment(self) -> bool:
        """Whether it is an HTML comment."""
        return self.kind == "raw" and _COMMENTS.fullmatch(self.source) is not None

    @property
    def urls(self) -> tuple[str, ...]:
        """The addresses of its links."""
        return tuple(url for _, url in self.links)


def take_front_matter(text: str) -> tuple[dict[str, str], str]:
    """Read title and date from the front matter of a site generator.

    Returns:
        Its fields, and the text with empty lines in its place, so that line numbers stay.
    """
    found = _FRONT_MATTER.match(text)
    if found is None:
        return {}, text
    fields = {name: value.strip("\"'") for name, value in _FRONT_FIELD.findall(found[1])}
    return fields, "\n" * found[0].count("\n") + text[found.end() :]


def read_blocks(text: str, known: Collection[str] = ()) -> list[Block]:
    """Split a digest into its top-level blocks, with each list item as a block.

    Args:
        text: The digest.
        known: The glyphs of the author's areas that are not emoji.
    """
    from markdown_it import MarkdownIt  # noqa: PLC0415  # 30 ms, only to read a digest

    parser = MarkdownIt("commonmark").enable("table")
    return _Blocks(parser, text, known).read()


class _Blocks:
    """One pass over the Markdown tokens of a digest."""

    def __init__(self, parser: MarkdownIt, text: str, known: Collection[str]) -> None:
        env: dict[str, Any] = {}
        self._parser = parser
        self._lines = text.splitlines()
        self._tokens = parser.parse(text, env)
        self._references: Mapping[str, Any] = env.get("references", {})
        self._known = known

    def read(self) -> list[Block]:
        """Return the blocks."""
        blocks: list[Block] = []
        done = 0  # the lines before this are read, nested blocks included
        for at, token in enumerate(self._tokens):
            if token.map is None or token.map[0] < done:
                continue
            if token.type == "list_item_open":
                done = token.map[1]
                blocks.append(self._list_item(at))
            elif token.type == "tr_open":
                done = token.map[1]
                blocks += self._row(at)
            elif token.type == "heading_open":
                blocks.append(
                    _block(token.tag, token.map[0], self._source(token), self._tokens[at + 1])
                )
            elif token.type == "paragraph_open" and not _SEPARATOR.fullmatch(self._source(token)):
                blocks += self._paragraph(token.map[0], self._source(token), self._tokens[at + 1])
            elif token.type in _RAW:
                blocks.append(_raw(token.map[0], self._source(token).strip("\n")))
        return blocks

    def _inside(self, at: int) -> list[Token]:
        """List the inline tokens of the block whose opening token is at an index."""
        level = self._tokens[at].level
        found: list[Token] = []
        for token in self._tokens[at + 1 :]:
            if token.level == level and token.nesting < 0:
                break
            if token.type == "inline":
                found.append(token)
        return found

    def _list_item(self, at: int) -> Block:
        """Read a list item, which may be empty, with its nested blocks."""
        source = self._source(self._tokens[at]).strip()
        line = (self._tokens[at].map or (0, 0))[0]
        return _block("li", line, _BULLET.sub("", source, count=1).strip(), *self._inside(at))

    def _source(self, token: Token) -> str:
        first, end = token.map or (0, 0)
        return self._resolve_references("\n".join(self._lines[first:end]))

    def _resolve_references(self, source: str) -> str:
        """Inline the addresses of reference links, whose definitions are not part of the block."""

        def inline(found: re.Match[str]) -> str:
            label = " ".join((found[2] or found[1]).split()).casefold()
            known = {name.casefold(): one["href"] for name, one in self._references.items()}
            return f"[{found[1]}]({known[label]})" if label in known else found[0]

        return _REFERENCE.sub(inline, source) if self._references else source

    def _row(self, at: int) -> Iterator[Block]:
        """Read a row of a table like a list item, skipping the header."""
        if self._tokens[at + 1].type == "th_open":
            return
        first = self._tokens[at].map or (0, 0)
        cells = " ".join(cell.content for cell in self._inside(at))
        source = _NUMBER.sub("", cells, count=1)
        whole = self._parse(self._resolve_references(source))
        yield _block("li", first[0], self._resolve_references(source), whole)

    def _paragraph(self, line: int, source: str, inline: Token) -> Iterator[Block]:
        """Split a paragraph at labels and ratings, which people write without blank lines."""
        lines = source.split("\n")
        read = [_block("p", line, one, self._parse(one.strip())) for one in lines]
        starts = [0]
        for number, one in enumerate(read[1:], 1):
            before = read[number - 1]
            if self._is_labelled(one) or self._is_rating(before) or before.is_bare_link:
                starts.append(number)
        if len(starts) == 1:
            yield _block("p", line, source, inline)
            return
        for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
            part = "\n".join(one.strip() for one in lines[start:end])
            yield _block("p", line + start, part, self._parse(part))

    def _parse(self, line: str) -> Token:
        return self._parser.parseInline(line, {"references": self._references})[0]

    def _is_labelled(self, block: Block) -> bool:
        return read_label(block.text) is not None or self._is_rating(block)

    def _is_rating(self, block: Block) -> bool:
        return read_rating_line(block.text, self._known) is not None


def _block(kind: str, line: int, source: str, *inlines: Token) -> Block:
    """Build a block from its source and inline tokens; its text is that of the first one."""
    read = [_inline(inline.children or []) for inline in inlines]
    text, _, bold = read[0] if read else ("", (), "")
    links = tuple(link for _, found, _ in read for link in found)
    return Block(kind, line + 1, source, text, bold, links)


def _raw(line: int, source: str) -> Block:
    return Block("raw", line + 1, source, " ".join(source.split()), links=tuple(bare_links(source)))


def _inline(tokens: Sequence[Token]) -> tuple[str, tuple[tuple[str, str], ...], str]:
    """Return the displayed text of a line, its links, and the bold words at its beginning."""
    shown: list[str] = []
    links: list[tuple[str, str]] = []
    bold = ""
    address: str | None = None
    link_from = bold_from = 0
    is_linked = False
    for token in tokens:
        if token.type == "link_open":
            address, link_from = http_url(str(token.attrs.get("href") or "")), len(shown)
            is_linked = True
        elif token.type == "link_close":
            if address is not None:
                links.append(("".join(shown[link_from:]), address))
            address, is_linked = None, False
        elif token.type == "strong_open":
            bold_from = len(shown)
        elif token.type == "strong_close":
            if not "".join(shown[:bold_from]).strip():
                bold = "".join(shown[bold_from:])
        else:
            shown.append(_shown(token))
            if token.type in ("text", "html_inline") and not is_linked:
                links += bare_links(token.content)
    return " ".join("".join(shown).split()), tuple(links), bold


def _shown(token: Token) -> str:
    if token.type in ("softbreak", "hardbreak"):
        return " "
    return token.content if token.type in _SHOWN else ""


_SHOWN = frozenset({"text", "code_inline", "text_special", "image"})  # of an image, the alt text


def bare_links(text: str) -> Iterator[tuple[str, str]]:
    """Find addresses and arXiv ids in plain text, as pairs of text and address."""
    for found in _BARE.finditer(text):
        url = f"https://arxiv.org/abs/{found[1]}" if found[1] else http_url(found[0])
        if url is not None:
            yield found[0], url


_CARD_LEVEL = 3  # "###", below the title and the sections
_STARS = frozenset({"⭐", "⭐️", "★"})
_LAST_WORD = re.compile(r"(.*?)[\s:\u2013\u2014|-]+(\S+)", re.DOTALL)
# Words that describe a link and are not titles, as in "**A title**: text" or "- A title (link)".
_NOT_A_TITLE = re.compile(
    r"(?:\W|\b(?:the|full|this|original|read|more|here|link|paper|arxiv|pdf|html|abs|source|preprint"
    r"|tweet|thread|post|blog|code|github|web|website|page)\b|\d{4}\.\d{4,5})*|https?://\S*",
    re.IGNORECASE,
)
_WORD = re.compile(r"\w")
_LINK_LABEL = re.compile(r"(?:read more|paper|link|source|url|arxiv)\s*:", re.IGNORECASE)


def read_markdown(text: str, known: Collection[str] = ()) -> ImportedDigest:
    """Read a digest with headings, cards, paragraphs and lists.

    Args:
        text: The digest.
        known: The names and glyphs of the author's areas.
    """
    front, text = take_front_matter("\n".join(text.splitlines()))
    blocks = read_blocks(text, known)
    title = front.get("title", "")
    has_sections = any(block.kind[0] == "h" and block.kind != "h1" for block in blocks)
    digest = _MarkdownReading(known, title, is_flat=not has_sections).digest(blocks)
    first = digest.sections[0] if digest.sections else ""
    day = read_date(front.get("date", "")) or digest.day or read_date(first)
    return replace(digest, day=day)


@dataclass(slots=True)
class _MarkdownReading:
    """One pass over the blocks of a digest."""

    known: Collection[str]
    title: str = ""
    section: str | None = None
    card: ImportedItem | None = None
    story: ImportedItem | None = None
    sections: list[str] = field(default_factory=list)
    items: list[ImportedItem] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)
    is_flat: bool = False  # the digest has no sections
    is_bold: bool = False  # the title of the current card is bold text, not a heading

    def digest(self, blocks: Sequence[Block]) -> ImportedDigest:
        """Read all blocks and return the digest."""
        for at, block in enumerate(blocks):
            if block.kind == "h1" and not self.title:
                self.title = block.text
            elif block.kind.startswith("h"):
                self._read_heading(block)
            elif (self.section is None and not self.is_flat) or block.is_comment:
                self._skip(block)
            else:
                self._read_block(blocks, at)
        self._close()
        unidentified = {item.line for item in self.items if not _is_identified(item)}
        for block in blocks:
            if block.line in unidentified:
                self._skip(block)
        return ImportedDigest(
            self.title,
            read_date(self.title),
            tuple(self.sections),
            tuple(sorted(filter(_is_identified, self.items), key=lambda item: item.line)),
            tuple(sorted(self.unread, key=lambda line: line.line)),
        )

    def _read_block(self, blocks: Sequence[Block], at: int) -> None:
        block = blocks[at]
        if block.kind == "raw":
            self._read_raw(block)
        elif self._begins_work(blocks, at):
            self._read_bold_title(block)
        elif self._belongs_to_story(block):
            self._read_story_line(block)
        elif self._is_card(block):
            self._read_card_line(block)
        elif block.kind == "li":
            self._read_list_item(block)
        else:
            self._read_paragraph(block, announces=_announces_list(blocks, at))

    def _skip(self, block: Block) -> None:
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
            if block.links:  # a section about one work
                self.story = ImportedItem(
                    block.line, self.section, block.text, block.urls[0], block.urls
                )
        else:
            url = block.urls[0] if block.urls else None
            title, rating = _split_rating(block.text, self.known)
            self.card = ImportedItem(
                block.line, self.section, title, url, block.urls, rating=rating
            )

    def _begins_work(self, blocks: Sequence[Block], at: int) -> bool:
        """Return whether a paragraph begins with a bold title, and the section uses bold titles.

        A section does if it is an area or if another paragraph begins with one; so does the text
        outside all sections.
        """
        block = blocks[at]
        if self.story or (self.card and not self.is_bold) or not _begins_with_title(block):
            return False
        known = {name.casefold() for name in self.known}
        if not self.section or self.section.casefold() in known or self.is_bold:
            return True
        rest = blocks[at + 1 :]
        end = next((n for n, one in enumerate(rest) if one.kind[0] == "h"), len(rest))
        return any(_begins_with_title(one) for one in rest[:end])

    def _read_bold_title(self, block: Block) -> None:
        self._close()
        self.is_bold = True
        url = next(iter(block.urls), None)
        first, _, text = block.source.partition("\n")
        if not first.strip().endswith("**"):
            text = block.source if not _NOT_A_TITLE.fullmatch(_after_title(block)) else ""
        notes = {"body": text} if text else {}
        self.card = ImportedItem(
            block.line, self.section, block.bold.rstrip(": "), url, block.urls, notes
        )

    def _belongs_to_story(self, block: Block) -> bool:
        """Return whether a labelled line belongs to the work that gave the section its name."""
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
            self.card = ImportedItem(block.line, self.section, None, url, (url,))
            return
        if self.card is None:
            self.card = ImportedItem(block.line, self.section, None)
        card = replace(self.card, links=(*self.card.links, *block.urls))
        if card.url is None and (
            self.is_bold or block.is_bare_link or _LINK_LABEL.match(block.text)
        ):
            card = replace(card, url=next(iter(block.urls), None))
        if block.is_bare_link:
            self.card = card
            return
        if rated and card.rating is None:
            self.card = replace(card, label=rated[0], rating=rated[1])
            return
        labelled = read_label(block.text)
        if labelled and labelled[0] not in card.notes:
            # Keep the author's Markdown, not only the displayed text.
            source = block.source.partition(":")[2].lstrip("*_ ").strip()
            self.card = replace(card, notes={**card.notes, labelled[0]: source})
        else:
            self.card = _with_body(card, block)

    def _read_list_item(self, block: Block) -> None:
        """Read a list item as a work of its own, or as text about the work of the section."""
        own = {url.partition("#")[0] for url in self.story.links} if self.story else set()
        urls = [url for url in block.urls if url.partition("#")[0] not in own]
        if self.story is not None and not urls:
            self._add_to_story(block)
        elif urls or (is_list_section(self.section or "") and _WORD.search(block.text)):
            self.items.append(
                ImportedItem(
                    block.line,
                    self.section,
                    _title_of(block, self.known),
                    urls[0] if urls else None,
                    block.urls,
                    {"line": block.source},
                    _split_rating(block.text, self.known)[1],
                )
            )
        else:
            self._skip(block)

    def _read_paragraph(self, block: Block, *, announces: bool) -> None:
        is_list = (
            not self.section
            or is_list_section(self.section)
            or any(item.section == self.section and "line" in item.notes for item in self.items)
        )
        if announces or is_list or is_farewell(block.text):
            self._skip(block)
        else:
            self._add_to_story(block)

    def _add_to_story(self, block: Block) -> None:
        """Add text about the work of the section, which is the first work it links to."""
        story = self.story or ImportedItem(block.line, self.section, self.section)
        links = (*story.links, *block.urls)
        url = story.url or next(iter(block.urls), None)
        self.story = _with_body(replace(story, url=url, links=links), block)

    def _read_raw(self, block: Block) -> None:
        """Keep code and HTML as part of the text around them."""
        if self.card is None:
            self._read_paragraph(block, announces=False)
        else:
            card = replace(self.card, links=(*self.card.links, *block.urls))
            self.card = _with_body(card, block)


def _with_body(item: ImportedItem, block: Block) -> ImportedItem:
    body = item.notes.get("body")
    text = f"{body}\n\n{block.source}" if body else block.source
    return replace(item, notes={**item.notes, "body": text})


def _is_identified(item: ImportedItem) -> bool:
    """Return whether an item can be identified: by an address, a text, or a rated title."""
    texts = (item.title or "", *item.notes.values())
    return bool(item.url or (item.title and item.rating) or any(map(_WORD.search, texts)))


def _announces_list(blocks: Sequence[Block], at: int) -> bool:
    """Return whether a paragraph begins a section, ends in a colon, and a list follows."""
    is_first = at == 0 or blocks[at - 1].kind.startswith("h")
    follows = at + 1 < len(blocks) and blocks[at + 1].kind == "li"
    return is_first and follows and blocks[at].text.endswith(":")


def _begins_with_title(block: Block) -> bool:
    """Return whether a paragraph begins with a bold title, alone or with its address."""
    if block.kind != "p" or not block.bold or read_label(block.bold.rstrip(":") + ": "):
        return False
    is_alone = block.text == block.bold or block.source.split("\n")[0].strip().endswith("**")
    after = _after_title(block).lstrip(" :,([-\u2013\u2014")
    is_addressed = any(name in block.bold or after.startswith(name) for name, _ in block.links[:1])
    return is_alone or (is_addressed and not block.bold.endswith(":"))


def _after_title(block: Block) -> str:
    return block.text.removeprefix(block.bold)


def _title_of(block: Block, known: Collection[str]) -> str:
    """Return the title of a list item: its bold words, its first link, or its first sentence."""
    # "**Closes in 10 days:**" is not a title; "**Double Denial** asks" begins with one.
    bold = "" if block.bold.endswith(":") else block.bold
    title = bold or (block.links[0][0] if block.links else "")
    if title and not is_farewell(title) and not _NOT_A_TITLE.fullmatch(title):
        return title
    text = _split_rating(block.text, known)[0]
    if title and _NOT_A_TITLE.fullmatch(title):
        text = text.partition(title)[0].strip(" ([:,-\u2013\u2014") or text
    return first_sentence(text)


def _split_rating(text: str, known: Collection[str]) -> tuple[str, ReadRating | None]:
    """Split off the rating at the end of a line: stars, or glyphs of the author's areas."""
    found = _LAST_WORD.fullmatch(text)
    rating = read_rating(found[2], known) if found else None
    if found and rating and (rating.emoji in known or rating.emoji in _STARS):
        return found[1], rating
    return text, None
