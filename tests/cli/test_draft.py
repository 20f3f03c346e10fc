"""The digest: byte for byte as the author would write it, and never over what the author wrote."""

from __future__ import annotations

import sqlite3
import string
from contextlib import closing
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from markdown_it import MarkdownIt

from tests.author import CONFIG, Author

if TYPE_CHECKING:
    from markdown_it.token import Token

GOLDEN = Path(__file__).parents[1] / "golden" / "cards.md"
TARGET = Path(__file__).parents[2].parent / "shared" / "targets" / "cards.md"
ITEM = "2611.99901"
DRAFT = "drafts/2026-W47.md"


def _area(slug: str, name: str, emoji: str, *more: str) -> str:
    lines = (f'slug = "{slug}"', f'name = "{name}"', f'emoji = "{emoji}"', *more)
    return "[[areas]]\n" + "\n".join(lines) + "\n"


def _rated(author: Author, title: str = "A work", value: str = "3", reference: str = ITEM) -> None:
    author.types("add", reference, "--title", title, "--area", "interp", "--value", value)


def _draft(author: Author, *words: str) -> str:
    return author.types("draft", "-o", "-", *words).out


def test_a_digest_of_every_kind_of_card_is_written_byte_for_byte(author: Author) -> None:
    hidden = "in_contents = false"
    author.write_config(
        'database = "papertrack.db"\n[digest]\ntitle = "Letters from the Lab"\n'
        + _area("inside", "Looking Inside Models", "🔍")
        + _area("tricks", "Tricks & Defences", "🛡️")
        + _area("pictures", "Machine Pictures", "🎨")
        + _area("table", "Around the Table", "✍️", hidden)
        + _area("else", "Something Else", "📖", hidden, 'rating_label = "Overall Rating"')
    )
    works: list[tuple[str, ...]] = [
        # The order of the file is not the order of the calls: areas stand as in the config.
        (
            "https://example.org/robot", "--title", "The robot who waited", "-a", "else",
            "--value", "4", "--remark", "4 pages", "--what", "A bedtime story",
            "--body", "It ends well.\n\n- for once",
        ),
        (
            "--title", "Three models for a kettle", "-a", "else", "--value", "3,5",
            "--emoji", "👩‍💻", "--label", "Rating", "--remark", "3.5 cooks",
            "--what", "Language models that fit into kitchen appliances",
            "--meaning", "Tea will be argued about",
        ),
        (
            "2611.99911v2", "--title", "Circuits that only wake at night", "-a", "inside",
            "--value", "3", "--what", "A list of circuits that stay silent on every benchmark",
            "--new", "They wake up on inputs longer than the training window",
            "--meaning", "A silent circuit is not an absent one",
        ),
        (
            "https://arxiv.org/pdf/2611.99912", "--title",
            "Counting [features] twice: a_note on 2*2", "-a", "inside", "--value", "4",
            "--what", "A correction to last year's count",
            "--new", "Half of the features were the same feature",
            "--good-for", "Smaller dictionaries",
        ),
        (
            "2611.99913", "--title", "Backwards", "--hide-title", "-a", "tricks", "--value", "2",
            "--what", "A filter that reads the prompt backwards",
            "--remark", "nice idea, few tests",
            "--new", "It costs one token", "--good-for", "Cheap first aid",
        ),
        (
            "https://example.org/pictures/night-walk", "--title", "Night walk", "--hide-title",
            "-a", "pictures", "--value", "3", "--good-for", "Postcards",
            "--what", "A lamp that follows you through a drawn town",
        ),
        (
            "https://example.org/treaty", "--title", "A treaty of two pages", "-a", "table",
            "--value", "3", "--emoji", "🧓🏻", "--label", "Overall Rating",
            "--remark", "3 old friends, one absent", "--what", "A promise to count accelerators",
            "--meaning", "Counting is a start",
        ),
        (
            "https://example.org/letter", "--title", "A letter", "--hide-title", "-a", "table",
            "--value", "5", "--emoji", "🇨🇳", "--meaning", "It has signers",
            "--what", "An open letter against open letters",
        ),
        ("2611.99914", "--title", "Thrown away", "--reject"),
        ("2611.99915", "--title", "Put off", "--later", "--what", "Not yet"),
        ("2611.99916", "--title", "Only noted", "--what", "Not rated"),
    ]  # fmt: skip
    for work in works:
        author.types("add", *work)

    printed = author.types(
        "draft",
        "--lead",
        "Two groups asked the *same* question this week, and found opposite answers.",
        "--lead",
        "Nobody else published much, so there is room for a story.",
    )

    assert (printed.code, printed.out, printed.err) == (0, f"wrote {DRAFT}: 8 items\n", "")
    assert (author.folder / DRAFT).read_text("utf-8") == GOLDEN.read_text("utf-8")


@pytest.mark.skipif(not TARGET.exists(), reason="no folder of target digests beside the project")
def test_the_target_digest_is_written_byte_for_byte(author: Author) -> None:
    hidden = "in_contents = false"
    author.write_config(
        'database = "papertrack.db"\n[digest]\ntitle = "Alignment Findings This Week"\n'
        + _area("interp", "Mechanistic Interpretability", "💡")
        + _area("attacks", "Avoiding Adversarial Attacks", "💡")
        + _area("art", "AI Art", "💡")
        + _area("initiatives", "Alignment Initiatives", "🖋️", hidden)
        + _area("off-topic", "This is not AI Alignment", "📃", hidden)
    )
    works: list[tuple[str, ...]] = [
        (
            "2611.99901", "--title", "Where small transformers stop generalising",
            "-a", "interp", "--value", "3", "--what",
            (
                "A map of the inputs on which a small model keeps its rule and those on which it "
                "drops it"
            ),
            "--new", "Both kinds of failure are measured on the same checkpoints", "--meaning",
            "Deployment limits could be written down before a launch instead of after it",
        ),
        (
            "2611.99902", "--title", "Reading a truth feature across personas", "-a", "interp",
            "--value", "4", "--what",
            "A linear probe that tells true sentences from false ones",
            "--new", "The same probe works for every persona the authors tried",
            "--good-for", "A first test for a model that knows better than it says",
        ),
        (
            "2611.99903", "--title", "x", "--hide-title", "-a", "attacks", "--value", "2",
            "--what", "Pre-training that makes later harmful fine-tuning expensive",
            "--new", "The cost is chosen in advance by one parameter", "--good-for",
            "Releasing weights without giving up every safeguard at once",
            "--remark", "the goal matters, the evidence is thin",
        ),
        (
            "https://example.org/panorama-to-scene", "--title", "x", "--hide-title", "-a", "art",
            "--value", "3", "--what",
            "A program that turns one panorama into a scene you can walk through",
            "--new", "It keeps the lighting when the camera moves",
            "--good-for", "Quick sets for small film makers",
        ),
        (
            "https://example.org/accord", "--title", "The example accord on model registers",
            "-a", "initiatives", "--value", "3", "--label", "Overall Rating", "--what",
            "A promise by several states to keep a register of large training runs", "--meaning",
            "Little changes this year, but the wording will be copied",
            "--remark", "3 signatures, could have been fewer",
        ),
        (
            "https://example.org/joint-statement", "--title", "x", "--hide-title",
            "-a", "initiatives", "--value", "5", "--emoji", "🌍", "--what",
            "A joint statement on sharing incident reports", "--meaning",
            "The list of signers is the news, not the text",
        ),
        (
            "https://example.org/story", "--title", "A short story about a careful robot",
            "-a", "off-topic", "--value", "4", "--label", "Overall Rating",
            "--what", "Fiction, and good fiction", "--meaning", "Worth a coffee break",
            "--remark", "4 pages of worry",
        ),
        (
            "--title", "Small models at home", "-a", "off-topic", "--value", "3.5",
            "--emoji", "🤖", "--what", "Three new models that run on an ordinary laptop",
            "--meaning",
            "The distance between the frontier and the desk is shrinking again",
            "--remark", "3.5 desk robots",
        ),
    ]  # fmt: skip
    for work in works:
        author.types("add", *work)

    written = _draft(
        author, "--date", "2026-11-15",
        "--lead", "The week's main event is a pair of new safety institutes.",
        "--lead", "Apart from that it was a slow seven days for research, so the list is short.",
    )  # fmt: skip

    assert written == TARGET.read_text("utf-8")


def test_the_draft_goes_where_it_is_told(author: Author) -> None:
    _rated(author)

    to_file = author.types("draft", "-o", "deep/mine.md")
    to_output = author.types("draft", "-o", "-")

    assert to_file.out == "wrote deep/mine.md: 1 item\n"
    assert (author.folder / "deep/mine.md").read_text("utf-8") == to_output.out
    assert not (author.folder / "drafts").exists()


def test_a_folder_of_the_config_is_used(author: Author) -> None:
    author.write_config(CONFIG + '\n[digest]\nfolder = "letters"\ndate_format = "%m/%d/%Y"\n')
    _rated(author)

    author.types("draft")

    assert "letters/2026-W47.md" in author.files()
    assert "(11/20/2026)" in (author.folder / "letters/2026-W47.md").read_text("utf-8")


def test_a_file_of_the_authors_own_is_never_touched(author: Author) -> None:
    _rated(author)
    (author.folder / "drafts").mkdir()
    draft = author.folder / DRAFT
    draft.write_text("By hand.\n", encoding="utf-8")

    printed = author.types("draft")

    assert (printed.code, printed.out) == (1, "")
    assert printed.err == (
        f"papertrack: {draft} was not written by papertrack; left unchanged; "
        "write next to it with --beside, or name another file with -o\n"
    )
    assert draft.read_text("utf-8") == "By hand.\n"


def test_a_draft_is_written_beside_a_hand_edit(author: Author) -> None:
    _rated(author)
    (author.folder / "drafts").mkdir()
    (author.folder / DRAFT).write_text("By hand.\n")

    first = author.types("draft", "--beside")
    author.types("rate", ITEM, "--value", "5")
    second = author.types("draft", "--beside")
    (author.folder / "drafts/2026-W47-2.md").write_text("By hand, too.\n")
    third = author.types("draft", "--beside")

    assert [first.out, second.out, third.out] == [
        "wrote drafts/2026-W47-2.md: 1 item\n",
        "wrote drafts/2026-W47-2.md: 1 item\n",
        "wrote drafts/2026-W47-3.md: 1 item\n",
    ]
    assert (author.folder / DRAFT).read_text() == "By hand.\n"
    assert (author.folder / "drafts/2026-W47-2.md").read_text() == "By hand, too.\n"


def test_an_unedited_draft_is_replaced_by_the_next(author: Author) -> None:
    _rated(author, value="1")
    author.types("draft")
    author.types("rate", ITEM, "--value", "2")

    printed = author.types("draft")

    assert printed.code == 0
    assert "**Rating:** 💡💡\n" in (author.folder / DRAFT).read_text("utf-8")
    assert list(author.files()) == ["config.toml", DRAFT, "papertrack.db"]


def test_an_older_draft_of_ours_is_no_hand_edit(author: Author) -> None:
    _rated(author, value="1")
    author.types("draft")
    old = (author.folder / DRAFT).read_bytes()
    author.types("rate", ITEM, "--value", "2")
    author.types("draft")
    (author.folder / DRAFT).write_bytes(old)

    assert author.types("draft").code == 0


@pytest.mark.parametrize("found", ["folder", "file for a folder"])
def test_a_draft_that_cannot_be_written_is_one_line(author: Author, found: str) -> None:
    _rated(author)
    if found == "folder":
        (author.folder / DRAFT).mkdir(parents=True)
    else:
        (author.folder / "drafts").write_text("in the way")

    printed = author.types("draft")

    assert (printed.code, printed.out, printed.err.count("\n")) == (4, "", 1)
    assert printed.err.startswith(f"papertrack: cannot write {author.folder / DRAFT}: ")


def test_a_week_without_ratings_is_a_draft_too(author: Author) -> None:
    author.types("init")

    printed = author.types("draft", "-o", "-")

    assert (printed.code, printed.out) == (
        0,
        "# Research digest (2026-11-20)\n\nNothing was rated for this issue.\n",
    )


def _rated_at(author: Author, *moments: str) -> None:
    for number, moment in enumerate(moments, start=1):
        author.now = datetime.fromisoformat(moment).replace(tzinfo=UTC)
        _rated(author, f"Work {number}", reference=f"2611.9990{number}")
    author.now = datetime(2026, 11, 20, 13, tzinfo=UTC)


def _titles(draft: str) -> list[str]:
    return [line[5:].partition("]")[0] for line in draft.splitlines() if line.startswith("### ")]


@pytest.mark.parametrize(
    ("words", "numbers"),
    [
        ((), "3 4"),
        (("--week", "2026-W46"), "1 2"),
        (("--week", "2026w46"), "1 2"),
        (("--week", "2026-W45"), ""),
        (("--since", "2026-11-12"), "2 3 4"),
        (("--since", "36h"), "4"),
        (("--since", "2w"), "1 2 3 4"),
        (("--until", "2026-11-18"), "3"),
        (("--since", "2026-11-09", "--until", "2026-11-16T00:00"), "1 2"),
    ],
)
def test_a_window_chooses_by_the_time_of_the_judgement(
    author: Author, words: tuple[str, ...], numbers: str
) -> None:
    _rated_at(
        author, "2026-11-09T00:00", "2026-11-15T23:59", "2026-11-16T00:00", "2026-11-20T09:00"
    )

    drafted = _titles(_draft(author, *words))

    assert drafted == [f"Work {number}" for number in numbers.split()]


def test_a_week_ends_at_midnight_of_the_author(author: Author) -> None:
    author.write_config('timezone = "America/New_York"\n' + CONFIG)
    _rated_at(author, "2026-11-16T04:30", "2026-11-16T05:30")

    assert _titles(_draft(author, "--week", "2026-W46")) == ["Work 1"]
    assert _titles(_draft(author)) == ["Work 2"]


def test_a_draft_late_on_sunday_is_of_the_week_that_ends(author: Author) -> None:
    author.write_config('timezone = "America/New_York"\n' + CONFIG)
    author.now = datetime(2026, 11, 16, 4, 30, tzinfo=UTC)
    _rated(author)

    printed = author.types("draft")

    assert printed.out == "wrote drafts/2026-W46.md: 1 item\n"
    assert "(2026-11-15)" in (author.folder / "drafts/2026-W46.md").read_text("utf-8")


def test_the_date_of_a_week_that_is_over_is_its_last_day(author: Author) -> None:
    author.types("init")

    assert _draft(author, "--week", "2026-W46").startswith("# Research digest (2026-11-15)\n")
    assert _draft(author, "--date", "2026-01-02").startswith("# Research digest (2026-01-02)\n")


def test_what_was_judged_earlier_and_left_out_is_said(author: Author) -> None:
    _rated_at(author, "2026-11-15T12:00", "2026-11-20T09:00")

    printed = author.types("draft")

    assert printed.err == (
        "left out: 1 item kept before 2026-11-16; use an earlier --since to include them\n"
    )


def test_low_ratings_stay_out(author: Author) -> None:
    author.write_config(CONFIG + "\n[digest]\nmin_rating = 2.5\n")
    _rated(author, "Low", "2", "2611.99901")
    _rated(author, "High", "2.5", "2611.99902")

    assert _titles(_draft(author)) == ["High"]


def test_what_was_published_does_not_come_back(author: Author) -> None:
    _rated_at(author, "2026-11-16T12:00", "2026-11-19T09:00", "2026-11-20T09:00")
    with closing(sqlite3.connect(author.database)) as db, db:
        db.execute(
            "INSERT INTO issues (slug, title, date, published_at, text, text_hash) "
            "VALUES ('2026-W46', 'x', '2026-11-18', '2026-11-18T12:00:00.000Z', '', x'00')"
        )
        db.execute(
            "INSERT INTO issue_items (issue, item_id, area, position) "
            "VALUES ('2026-W46', 1, 'interp', 0), ('2026-W46', 3, 'interp', 1)"
        )

    assert _titles(_draft(author)) == ["Work 2"]
    assert _titles(_draft(author, "--since", "4w")) == ["Work 2"]


def test_a_lead_is_kept_for_the_next_draft_and_changed_by_another(author: Author) -> None:
    author.types("init")

    author.types("draft", "--lead", "First.", "-o", "-")
    kept = _draft(author)
    changed = _draft(author, "--lead", "Second.", "--title", "Mine")

    assert "\nFirst.\n" in kept
    assert changed.startswith("# Mine (2026-11-20)\n\nSecond.\n")
    assert "First." not in changed


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("--week", "2026-W54"), '"2026-W54" is not a week; write it like 2026-W47'),
        (("--week", "47"), '"47" is not a week; write it like 2026-W47'),
        (
            ("--week", "2026-W46", "--since", "3d"),
            "--week and --since or --until contradict each other; give one of them",
        ),
        (
            ("--since", "2026-11-19", "--until", "2026-11-18"),
            "the window ends before it begins; give --since an earlier date than --until",
        ),
        (
            ("--since", "soon"),
            '"soon" is not a date; write it like 2026-11-20, or 3d for three days ago',
        ),
        (("--date", "20 Nov"), '"20 Nov" is not a date; write it like 2026-11-20'),
        (
            ("-t", "nope"),
            (
                'there is no template "nope"; give cards, narrative, update, '
                "or the path of a Jinja2 file"
            ),
        ),
    ],
)
def test_a_wrong_call_is_one_line(author: Author, words: tuple[str, ...], expected: str) -> None:
    author.types("init")

    printed = author.types("draft", *words)

    assert (printed.code, printed.out, printed.err) == (2, "", f"papertrack: {expected}\n")
    assert not (author.folder / "drafts").exists()


COMMONMARK = MarkdownIt("commonmark").enable(["table", "strikethrough"])
HARMLESS = {"heading_open", "heading_close", "inline", "paragraph_open", "paragraph_close"}


def _headings(tokens: list[Token]) -> list[str]:
    return [
        "".join(child.content for child in token.children or [])
        for before, token in pairwise(tokens)
        if before.type == "heading_open" and before.tag == "h3"
    ]


TITLES = (
    *(f"{sign} a {sign}b{sign} c{sign}{sign}d {sign}" for sign in string.punctuation),
    *(sign * 3 for sign in string.punctuation),
    "1. one",
    "2) two",
    "- - -",
    "a | b | --- | --- | c | d",
    "a &amp; b &lt;c&gt; &#65; &nbsp;",
    "<script>alert(1)</script> <b>",
    "<https://example.org>",
    "[a](https://example.org) ![b](c) [d]: e",
    "`a` ``b`` ```c```",
    "\\* \\\\ \\",
    "**a** _b_ __c__ ~~d~~",
    "C# and F # ##",
    "$O(n^2)$ for $a_1 < b_2$",
)


@pytest.mark.parametrize("is_linked", [True, False], ids=["linked", "plain"])
def test_titles_with_markdown_in_them_stay_text(author: Author, is_linked: bool) -> None:  # noqa: FBT001
    author.write_config(CONFIG + '\n[digest]\nmath = "escape"\n')
    for number, title in enumerate(TITLES):
        reference = (f"2611.{10_000 + number}",) if is_linked else ()
        author.types("add", *reference, f"--title={title}", "--area", "interp", "--value", "3")

    tokens = COMMONMARK.parse(_draft(author))

    assert _headings(tokens) == list(TITLES)
    assert [t for t in tokens if t.type not in HARMLESS and "list" not in t.type] == []
    assert [t.tag for t in tokens if t.type == "heading_open"] == [
        "h1",
        "h2",
        *["h3"] * len(TITLES),
    ]
    assert sum(t.type == "list_item_open" for t in tokens) == 1


def test_a_template_of_the_author_is_filled(author: Author) -> None:
    _rated(author)
    template = author.folder / "mine.md.j2"
    template.write_text(
        "{% for section in issue.sections %}{{ section.heading }}: "
        "{% for card in section.cards %}{{ card.title }} {{ card.rating }}{% endfor %}{% endfor %}"
    )

    assert _draft(author, "-t", "mine.md.j2") == (
        "Mechanistic Interpretability: [A work](https://arxiv.org/abs/2611.99901) 💡💡💡\n"
    )


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("a\nb {% if %}", "mine.j2:2: "),
        ("{% for x in issue.sections %}", "mine.j2:1: "),
    ],
)
def test_a_mistake_in_a_template_is_named_with_its_line(
    author: Author, text: str, place: str
) -> None:
    author.types("init")
    (author.folder / "mine.j2").write_text(text)

    printed = author.types("draft", "-t", "mine.j2", "-o", "-")

    assert (printed.code, printed.out, printed.err.count("\n")) == (2, "", 1)
    assert printed.err.startswith(f"papertrack: {place}the template cannot be filled: ")


@pytest.mark.parametrize(
    "text",
    [
        "{{ issue.nothing }}",
        "{{ issue.title + 1 }}",
        "{{ 1 / 0 }}",
        "{% include 'other' %}",
        "{% extends 'other' %}",
    ],
)
def test_a_template_that_cannot_be_filled_is_named(author: Author, text: str) -> None:
    author.types("init")
    (author.folder / "mine.j2").write_text(text)

    printed = author.types("draft", "-t", "mine.j2", "-o", "-")

    assert (printed.code, printed.out, printed.err.count("\n")) == (2, "", 1)
    assert printed.err.startswith("papertrack: mine.j2")


@pytest.mark.parametrize(
    "text",
    [
        "{{ ''.__class__.__mro__ }}",
        "{{ issue.__class__ }}",
        "{{ issue.__init__.__globals__ }}",
        "{{ open('/etc/passwd') }}",
        "{{ self.__init__ }}",
        "{{ lipsum.__globals__['os'] }}",
        "{{ cycler.__init__.__globals__.os }}",
        "{{ (issue | attr('__class__')) }}",
        "{{ range(10 ** 9) | list }}",
        "{% set _ = issue.sections.append(1) %}",
    ],
)
def test_a_template_sees_the_issue_alone(author: Author, text: str) -> None:
    author.types("init")
    (author.folder / "mine.j2").write_text(text)

    printed = author.types("draft", "-t", "mine.j2", "-o", "-")

    assert (printed.code, printed.out, printed.err.count("\n")) == (2, "", 1)


def test_a_template_that_is_no_text_is_refused(author: Author) -> None:
    author.types("init")
    (author.folder / "mine.j2").write_bytes(b"\xff\xfe")

    assert author.types("draft", "-t", "mine.j2").code == 2


def test_the_config_names_the_template(author: Author) -> None:
    (author.folder / "mine.j2").write_text("mine")
    author.write_config(CONFIG + '\n[digest]\ntemplate = "mine.j2"\n')
    author.types("init")

    assert _draft(author) == "mine\n"


def test_quiet_writes_the_file_and_says_nothing(author: Author) -> None:
    _rated(author)

    printed = author.types("-q", "draft")

    assert (printed.out, printed.err) == ("", "")
    assert DRAFT in author.files()
