"""Part a digest that is Markdown into its headings, paragraphs, entries of lists and rows."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from papertrack.core.published.old_digest import read_label, read_rating_line
from papertrack.core.text.clean import http_url

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from markdown_it import MarkdownIt
    from markdown_it.token import Token

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
    """A heading, a paragraph, an entry of a list, a row of a table, or code or HTML.

    Attributes:
        kind: ``h1`` to ``h6``, ``p``, ``li``, or ``raw`` for code and HTML.
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
    def is_comment(self) -> bool:
        """Whether it is HTML that no reader sees."""
        return self.kind == "raw" and _COMMENTS.fullmatch(self.source) is not None

    @property
    def urls(self) -> tuple[str, ...]:
        """Where it links to."""
        return tuple(url for _, url in self.links)


def take_front_matter(text: str) -> tuple[dict[str, str], str]:
    """Read title and date from what site generators want at the top of a file.

    Returns:
        Its fields, and the text with as many empty lines in its place.
    """
    found = _FRONT_MATTER.match(text)
    if found is None:
        return {}, text
    fields = {name: value.strip("\"'") for name, value in _FRONT_FIELD.findall(found[1])}
    return fields, "\n" * found[0].count("\n") + text[found.end() :]


def read_blocks(text: str, known: Collection[str] = ()) -> list[Block]:
    """Part a digest into what follows one another at its top level, entries of lists apart.

    Args:
        text: The digest.
        known: Glyphs of the author's areas, beside emoji.
    """
    from markdown_it import MarkdownIt  # noqa: PLC0415  # 30 ms, only to read a digest

    parser = MarkdownIt("commonmark").enable("table")
    return _Blocks(parser, text, known).read()


class _Blocks:
    """One pass over the tokens of a digest."""

    def __init__(self, parser: MarkdownIt, text: str, known: Collection[str]) -> None:
        env: dict[str, Any] = {}
        self._parser = parser
        self._lines = text.splitlines()
        self._tokens = parser.parse(text, env)
        self._references: Mapping[str, Any] = env.get("references", {})
        self._known = known

    def read(self) -> list[Block]:
        """Read all tokens."""
        blocks: list[Block] = []
        done = 0  # the lines before are read, with all that the blocks in them hold
        for at, token in enumerate(self._tokens):
            if token.map is None or token.map[0] < done:
                continue
            if token.type == "list_item_open":
                done = token.map[1]
                blocks.append(self._entry(at))
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
        """List the inline tokens of the block that opens at a place."""
        level = self._tokens[at].level
        found: list[Token] = []
        for token in self._tokens[at + 1 :]:
            if token.level == level and token.nesting < 0:
                break
            if token.type == "inline":
                found.append(token)
        return found

    def _entry(self, at: int) -> Block:
        """Read an entry of a list, which may be empty, with the lists and paragraphs in it."""
        source = self._source(self._tokens[at]).strip()
        line = (self._tokens[at].map or (0, 0))[0]
        return _block("li", line, _BULLET.sub("", source, count=1).strip(), *self._inside(at))

    def _source(self, token: Token) -> str:
        first, end = token.map or (0, 0)
        return self._with_addresses("\n".join(self._lines[first:end]))

    def _with_addresses(self, source: str) -> str:
        """Write addresses where a source names them: their list does not come along."""

        def inline(found: re.Match[str]) -> str:
            label = " ".join((found[2] or found[1]).split()).casefold()
            known = {name.casefold(): one["href"] for name, one in self._references.items()}
            return f"[{found[1]}]({known[label]})" if label in known else found[0]

        return _REFERENCE.sub(inline, source) if self._references else source

    def _row(self, at: int) -> Iterator[Block]:
        """Read a row of a table, but for its head, like an entry of a list."""
        if self._tokens[at + 1].type == "th_open":
            return
        first = self._tokens[at].map or (0, 0)
        cells = " ".join(cell.content for cell in self._inside(at))
        source = _NUMBER.sub("", cells, count=1)
        whole = self._parse(self._with_addresses(source))
        yield _block("li", first[0], self._with_addresses(source), whole)

    def _paragraph(self, line: int, source: str, inline: Token) -> Iterator[Block]:
        """Part a paragraph at lines that have a label or a rating: people write these in a row."""
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
    """Make a block of its source and its inline tokens: it says what the first one shows."""
    read = [_inline(inline.children or []) for inline in inlines]
    text, _, bold = read[0] if read else ("", (), "")
    links = tuple(link for _, found, _ in read for link in found)
    return Block(kind, line + 1, source, text, bold, links)


def _raw(line: int, source: str) -> Block:
    return Block("raw", line + 1, source, " ".join(source.split()), links=tuple(bare_links(source)))


def _inline(tokens: Sequence[Token]) -> tuple[str, tuple[tuple[str, str], ...], str]:
    """Read what a line shows, its links, and the bold words that it begins with."""
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


_SHOWN = frozenset({"text", "code_inline", "text_special", "image"})  # of an image, its words


def bare_links(text: str) -> Iterator[tuple[str, str]]:
    """Find addresses and arXiv ids that stand in a text as they are."""
    for found in _BARE.finditer(text):
        url = f"https://arxiv.org/abs/{found[1]}" if found[1] else http_url(found[0])
        if url is not None:
            yield found[0], url
