"""Lists: filters, the shape of JSON, tabs for a pipe, columns for a terminal."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from rich.cells import cell_len

from papertrack.core.kinds import Kind, State
from papertrack.core.records import Item, Judgement, Rating
from papertrack.storage.listing import ItemLine
from papertrack.ui.tables import item_lines, mark, printed_title

if TYPE_CHECKING:
    from tests.author import Author
    from tests.servers import FeedServer

ITEM = Item(
    id=12,
    kind=Kind.POST,
    title="A post about circuits",
    url="https://example.org/post",
    authors=(),
    summary="",
    published_at=None,
    updated_at=None,
    first_seen_at=datetime(2026, 11, 20, 13, 0, tzinfo=UTC),
    state=State.NEW,
    sources=("blog",),
)
LINE = ItemLine(12, "new", None, "2026-11-20T13:00:00.000Z", "blog", ITEM.title, ITEM.url, "")
HOSTILE = """\
<rss version="2.0"><channel><title>x</title><link>https://example.org/</link>
<item><title>[bold red]loud[/] \\[x] &#27;[31mred&#155;2J&#8238;gnp.exe&#7;</title>
<link>https://example.org/hostile</link><guid>1</guid>
<description>&lt;b&gt;a&lt;/b&gt; &#27;]0;owned&#7; [link=x]y[/link]</description></item>
</channel></rss>
"""


@pytest.fixture
def week(author: Author) -> Author:
    """Fill a week: two items today, two older ones."""
    author.now -= timedelta(days=9)
    author.types("add", "2611.99901", "--title", "Old", "--area", "interp", "--value", "3.5")
    author.now += timedelta(days=5)
    author.types("add", "2611.99902", "--title", "Middle", "--later", "--tag", "toy")
    author.now += timedelta(days=4)
    author.types("add", "https://example.org/x", "--title", "Thrown away", "--reject")
    author.types("add", "--title", "Fresh")
    return author


@pytest.mark.parametrize(
    ("words", "numbers"),
    [
        ((), "4 3 2 1"),
        (("--state", "new"), "4"),
        (("--state", "new", "--state", "rejected"), "4 3"),
        (("--state", "kept"), "1"),
        (("--area", "interp"), "1"),
        (("--area", "inter"), "1"),
        (("--area", "attacks"), ""),
        (("--source", "by", "--limit", "2"), "4 3"),
        (("--tag", "toy"), "2"),
        (("--source", "by-hand", "--limit", "2"), "4 3"),
        (("--since", "1d"), "4 3"),
        (("--since", "5d"), "4 3 2"),
        (("--since", "2w"), "4 3 2 1"),
        (("--since", "2026-11-20"), "4 3"),
        (("--since", "2026-11-20T14:00"), ""),
        (("-n", "1"), "4"),
    ],
)
def test_filters_choose_items_newest_first(
    week: Author, words: tuple[str, ...], numbers: str
) -> None:
    printed = week.types("list", "--ids", *words)

    assert (printed.code, printed.out.split()) == (0, numbers.split())


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (
            ("--since", "soon"),
            '"soon" is not a date; write it like 2026-11-20, or 3d for three days ago',
        ),
        (("--source", "by-hnd"), 'there is no source "by-hnd"; did you mean "by-hand"?'),
        (("--area", "intrep"), 'there is no area "intrep"; did you mean "interp"?'),
        (("--sort", "newst"), 'there is no order "newst"; did you mean "newest"?'),
        (("--state", "lost"), "Invalid value for '--state'"),
        (("--limit", "0"), "Invalid value for '--limit'"),
    ],
)
def test_a_wrong_filter_is_one_line(week: Author, words: tuple[str, ...], expected: str) -> None:
    printed = week.types("list", *words)

    assert (printed.code, printed.out, printed.err.count("\n")) == (2, "", 1)
    assert expected in printed.err


def test_a_pipe_gets_every_field_whole(week: Author) -> None:
    printed = week.types("list")

    assert printed.out == (
        "4\tnew\t2026-11-20\tby-hand\tFresh\n"
        "3\trejected\t2026-11-20\tby-hand\tThrown away\n"
        "2\tlater\t2026-11-16\tby-hand\tMiddle\n"
        "1\t3.5\t2026-11-11\tby-hand\tOld\n"
    )


def test_days_are_those_of_the_author(week: Author) -> None:
    week.write_config(
        week.config_text + '[digest]\ntitle = "x"\n'.replace("[digest]", "\n[digest]")
    )
    week.config.write_text('timezone = "Pacific/Kiritimati"\n' + week.config.read_text())

    assert week.types("list", "-n", "1").out == "4\tnew\t2026-11-21\tby-hand\tFresh\n"


def test_json_has_one_shape(author: Author) -> None:
    author.types(
        "add", "2611.99901v2", "--title", "A work", "--author", "Ada Example",
        "--area", "interp", "--value", "3.5", "--remark", "good",
        "--tag", "toy", "--what", "A probe",
    )  # fmt: skip

    printed = author.types("list", "--json")

    assert printed.json == [
        {
            "item": 1,
            "kind": "paper",
            "title": "A work",
            "printed_title": "A work",
            "title_is_borrowed": False,
            "url": "https://arxiv.org/abs/2611.99901",
            "authors": ["Ada Example"],
            "summary": "",
            "announced_at": None,
            "published_at": None,
            "updated_at": None,
            "first_seen_at": "2026-11-20T13:00:01.000Z",
            "state": "kept",
            "judged_at": "2026-11-20T13:00:01.000Z",
            "sources": ["by-hand"],
            "identifiers": ["arxiv:2611.99901"],
            "arxiv": {
                "id": "2611.99901",
                "version": 2,
                "primary_category": None,
                "categories": [],
                "comment": None,
                "journal_ref": None,
                "licence": None,
                "withdrawn": False,
            },
            "doi": None,
            "ratings": [
                {
                    "area": "interp",
                    "value": 3.5,
                    "emoji": None,
                    "label": None,
                    "remark": "good",
                    "rated_at": "2026-11-20T13:00:01.000Z",
                }
            ],
            "tags": ["toy"],
            "notes": {"title": "A work", "what": "A probe"},
        }
    ]


def test_json_of_nothing_is_an_empty_list(author: Author) -> None:
    author.types("init")

    assert author.types("list", "--json").out == "[]\n"


def test_json_is_utf_8_whatever_the_terminal_is(author: Author) -> None:
    author.types("add", "--title", "Ünïcode 💡")

    printed = author.starts("list", "--json", PYTHONUTF8="0", LC_ALL="C", PYTHONIOENCODING="")

    assert printed.code == 0
    assert printed.json[0]["title"] == "Ünïcode 💡"


@pytest.mark.parametrize("words", [("list",), ("list", "--json"), ("show", "1")])
def test_a_hostile_title_is_only_text(
    author: Author, server: FeedServer, words: tuple[str, ...]
) -> None:
    author.add_source(server.put("/feed", HOSTILE))
    fetched = author.types("fetch")
    assert fetched.err == ""

    printed = author.types(*words)

    assert printed.code == 0
    assert "[bold red]loud[/] " in printed.out
    assert not {"\x1b", "\x9b", "\x07", "\u202e"} & set(printed.out)


@pytest.mark.parametrize("width", [40, 60, 71, 72, 80, 120])
@pytest.mark.parametrize(
    "title",
    [
        "Short",
        "A long title " * 20,
        "可解释性研究的新进展" * 20,
        "👩‍💻💡" * 60,
        "e\u0301" * 200,
        "",
    ],
    ids=["short", "long", "chinese", "emoji", "combining", "empty"],
)
def test_a_line_never_passes_the_edge_of_the_terminal(width: int, title: str) -> None:
    line = LINE._replace(title=title, source="日本語のブログの名前")

    lines = item_lines([line], UTC, width)

    assert [cell_len(line) <= width for line in lines] == [True]


def test_a_narrow_terminal_goes_without_the_source() -> None:
    narrow, wide = item_lines([LINE], UTC, 60), item_lines([LINE], UTC, 80)

    assert narrow == ["    12  new       11-20  A post about circuits"]
    assert wide == ["    12  new       11-20  blog            A post about circuits"]


def test_a_long_title_ends_with_an_ellipsis() -> None:
    lines = item_lines([LINE._replace(title="word " * 40)], UTC, 60)

    assert (lines[0][-1], cell_len(lines[0]) in {59, 60}) == ("…", True)


def test_the_best_rating_stands_for_a_kept_item() -> None:
    ratings = (Rating("a", 4), Rating("b", 9), Rating("c", None))
    kept = replace(ITEM, state=State.KEPT, judgement=Judgement(ratings=ratings))

    assert [mark(kept), mark(replace(kept, state=State.REJECTED)), mark(ITEM)] == [
        "4.5", "rejected", "new",
    ]  # fmt: skip


def test_the_title_that_the_author_gave_is_listed() -> None:
    named = replace(ITEM, judgement=Judgement(notes={"title": "Mine"}))
    untitled = replace(ITEM, title="")

    assert [printed_title(named), printed_title(untitled)] == ["Mine", "https://example.org/post"]
    assert printed_title(replace(untitled, url=None)) == "(no title)"


def test_a_title_is_listed_without_tex_as_show_has_it(author: Author) -> None:
    for title in (r"\emph{Fast} $O(n\log n)$", "``Yes'' and no", "From $5 to $10"):
        author.types("add", "--title", title)

    listed = [line.rpartition("\t")[2] for line in author.types("list").out.splitlines()]

    assert listed == ["From $5 to $10", "“Yes” and no", "Fast O(n log n)"]
    assert author.types("show", "2").out.startswith("2  “Yes” and no  ")
