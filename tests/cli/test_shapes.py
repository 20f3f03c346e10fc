"""The three shapes of a digest, from commands as an author types them to the whole text."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from markdown_it import MarkdownIt

from papertrack.core.text.markdown import anchors
from tests.shared import SHARED, needs_shared

if TYPE_CHECKING:
    from tests.author import Author

GOLDEN = Path(__file__).parents[1] / "golden"
SUNDAY = datetime(2026, 11, 15, 12, 0, tzinfo=UTC)

TARGET_CONFIG = """\
database = "papertrack.db"

[digest]
title = "ML & AI Safety Notes, week {week}"
opportunities_intro = "As always, there are openings in AI safety:"

[[areas]]
slug = "research"
name = "Research"
"""
RATED = ("--area", "research", "--value", "4")
BRIEF = ("--format", "brief")
OPEN = ("--kind", "opportunity")
ISSUE = "2026-W46"


def narrative_target(author: Author) -> list[tuple[str, ...]]:
    del author
    return [
        (
            "add", "2611.99911", "--title", "Guarantees and Their Limits", *RATED,
            "--section", "Limits of guarantees for language models",
            "--teaser", "full guarantees for language models look out of reach",
            "--cite", "Example and Sample et al.", "--body",
            ("@cite give a formal frame for asking how far a language model can be kept inside a "
            "set of allowed behaviours. Each answer counts as inside or outside.\n\n"
            "Their main result is that any behaviour with a chance above zero can be brought out "
            "by some prompt, and that the prompt must grow as the model is trained harder against "
            "it. The plot below shows the bound:\n\n"
            "![Bound on prompt length against training strength](images/2611.99911-fig2.png "
            '"Figure 2 of Example and Sample et al. (2026)")\n\n'
            "They also find that personas learned in pre-training are the shortest road to the "
            "unwanted answers. See [the paper](https://arxiv.org/abs/2611.99911) for the proofs."),
        ),
        (
            "add", "2611.99912", "--title", "Game records and learning curves", *RATED,
            "--author", "Max Mustermann", "--author", "Jane Doe",
            "--teaser", "game records say something about benchmarks", "--body",
            ("@cite fit one curve to the history of game records and to a few hundred benchmarks. "
            "The fit suggests that the benchmarks are far from their end."),
        ),
        (
            "add", "https://example.org/publish-or-not", "--title", "On Publishing", *RATED,
            "--section", "Should this kind of work be published?", "--cite", "Ada and Grace",
            "--teaser", "publishing interpretability work is a choice to weigh", "--body",
            ("Ada and Grace [weigh the case](https://example.org/publish-or-not) for and against "
            "open publication. They end with a rule of thumb: share widely what helps safety more "
            "than it helps speed, and circulate the rest with care."),
        ),
        (
            "add", "https://example.org/timelines", "--title", "Timelines", *BRIEF,
            "--author", "Jane Placeholder", "--line",
            "asks how timelines change the order in which problems should be solved.",
        ),
        (
            "add", "2611.99913", "--title", "Local Entropy", *BRIEF, "--author", "Tim Tester",
            "--author", "Tom Tester", "--author", "Tia Tester", "--line",
            "A check on local entropy finds stickers that were made to fool a camera.",
        ),
        (
            "add", "https://example.org/uncontrollable", "--title", "Uncontrollable", *BRIEF,
            "--cite", "Roe and Bloggs (2026)", "--line",
            "separate three terms that are often mixed up.",
        ),
        (
            "add", "https://example.org/jobs", "--title", "Job board", *OPEN,
            "--line", "Look through the [job board](https://example.org/jobs).",
        ),
        (
            "add", "https://example.org/conferences", "--title", "conferences", *OPEN,
            "--line", "Find the next @title.",
        ),
        (
            "add", "https://example.org/camp", "--title", "example training camp", *OPEN,
            "--deadline", "2026-11-25", "--place", "London",
            "--line", "Apply to the @title, one week in London.",
        ),
        (
            "issue", "set", ISSUE, "title",
            "Limits of guarantees, learning curves in games, and whether to publish",
        ),
        (
            "issue", "set", ISSUE, "intro",
            ("We are back from a week on the road with fresh notes on machine learning and AI "
            "safety. Welcome to this week's digest!"),
        ),
        ("issue", "set", ISSUE, "outro", "Thank you for reading."),
        ("issue", "set", ISSUE, "subscribe", "https://example.org/subscribe"),
        ("issue", "set", ISSUE, "event", "a hackathon"),
        ("issue", "set", ISSUE, "event_date", "2026-11-28"),
    ]  # fmt: skip


def update_target(author: Author) -> list[tuple[str, ...]]:
    del author
    return [
        (
            "add", "https://example.org/retrospective", "--title",
            "Learning from human feedback", *RATED, "--teaser",
            "look back at one training method with the person who proposed it", "--background",
            ("Learning from human feedback is one of the most used methods from alignment "
            "research. It goes back to [a post from 2015](https://example.org/2015-post).\n\n"
            "The idea is to train a model on what people prefer and not only on what they write."),
            "--body",
            ("Two days ago, [its author looked back](https://example.org/retrospective) and asked "
            "whether the method sped up more risk than it removed. The answer is a careful no.\n\n"
            "Two common objections are answered:\n\n"
            "- It is safer than the alternatives, and it shows the failures at a small scale.\n"
            "- It is not the only road to capable models, so leaving it out would not have slowed "
            "anyone down."),
        ),
        (
            "add", "https://example.org/round-2", "--title", "The upside-down prize", *RATED,
            "--teaser", "go through the second-round winners of a prize", "--parts",
            ("Double Denial | | https://example.org/round-2#denial | asks whether a conclusion "
            "follows after a negation. Larger models miss it more often.\n"
            "Wrong Ending | | https://example.org/round-2#ending | asks for a famous line with a "
            "new end. Larger models fall back on the old end.\n"
            "Hidden Order | | https://example.org/round-2#order | puts a command in the data. "
            "Middle-sized models fall for it most, so the curve has the shape of a U."),
            "--body",
            ("The prize for tasks on which larger models do worse has [its second-round winners]"
            "(https://example.org/round-2).\n\nThree of the seven:\n\n@parts\n\n"
            "The other four are in [the report](https://example.org/round-2)."),
        ),
        (
            "add", "https://example.org/results", "--title", "Hackathon no. 4", *RATED,
            "--teaser", "present the projects of our hackathon", "--parts",
            ("One Neuron, One Word | Roe and Bloggs | https://example.org/p/1 | find the unit "
            "behind a single article.\n"
            "| Doe and Mustermann | https://example.org/p/2 | trace the circuit for pronouns with "
            "an automatic tool.\n"
            "| Jane Placeholder | https://example.org/p/3 | names features by the tokens that "
            "switch them on.\n"
            "| Team Orange | https://example.org/p/4 | shows that soft prompts can be added "
            "together."),
            "--body",
            ("Our fourth hackathon ended on Sunday with 15 projects on reverse engineering small "
            "networks. The [closing session](https://example.org/closing?t=300) has three of the "
            "four winners; here they are in brief:\n\n@parts\n\n"
            "It was hard to choose. All entries are on [the results page]"
            "(https://example.org/results)."),
        ),
        (
            "add", "https://example.org/london", "--title", "May conference in London", *OPEN,
            "--line", "Tickets are free for the @title.", "--place", "London",
        ),
        (
            "add", "https://example.org/course", "--title", "introduction course", *OPEN,
            "--line", "Join the @title.",
        ),
        (
            "add", "https://example.org/prize", "--title", "prize of $50,000", *OPEN,
            "--prize", "$50,000", "--line",
            ("A [prize of $50,000](https://example.org/prize) for work on goals that survive an "
            "update."),
        ),
        (
            "add", "https://example.org/fellowship", "--title", "fellowship", *OPEN,
            "--deadline", "2026-11-25", "--credit",
            "[two partner lists](https://example.org/partners)",
            "--line", "a @title on biology and social systems.",
        ),
        (
            "issue", "set", ISSUE, "outro",
            "Thank you for following along, and see you next week!",
        ),
        ("issue", "set", ISSUE, "watch", "https://example.org/video"),
        ("issue", "set", ISSUE, "listen", "https://example.org/audio"),
    ]  # fmt: skip


def drafted(author: Author, template: str, calls: list[tuple[str, ...]]) -> str:
    for call in calls:
        printed = author.types(*call)
        assert printed.code == 0, (call, printed.err)
    return author.types("draft", "-t", template, "-o", "-").out


@needs_shared
@pytest.mark.parametrize(
    ("template", "calls"), [("narrative", narrative_target), ("update", update_target)]
)
def test_target_digest_is_written_byte_for_byte(
    author: Author, template: str, calls: object
) -> None:
    author.now = SUNDAY
    author.write_config(TARGET_CONFIG)
    assert callable(calls)

    text = drafted(author, template, calls(author))

    assert text == (SHARED / "targets" / f"{template}.md").read_text("utf-8")


OWN_CONFIG = """\
database = "papertrack.db"

[digest]
title = "Letters from the Lab, no. {number}"
opportunities_intro = "Three doors are open:"
subscribe = "https://example.org/subscribe"

[[areas]]
slug = "inside"
name = "Looking Inside Models"
emoji = "🔍"

[[areas]]
slug = "tricks"
name = "Tricks & Defences"
emoji = "🛡️"

[[areas]]
slug = "else"
name = "Something Else"
emoji = "📖"
in_contents = false
"""
INSIDE, TRICKS, ELSE = ("-a", "inside"), ("-a", "tricks"), ("-a", "else")
OWN_WEEK: list[tuple[str, ...]] = [
    (
        "add", "2611.99931", "--title", r"Na\"ive counting in $O(n^2)$ for <b>us*</b>", *INSIDE,
        "--value", "3.5", "--remark", "half a lens", "--author", "Ida van der Post",
        "--author", "Urs Müller Jr.", "--what", "A count of circuits",
        "--new", "They are counted twice", "--teaser", "@cite count circuits",
    ),
    (
        "add", "2611.99932", "--title", "Old circuits", *INSIDE, "--value", "4",
        "--section", "Who counts the counters?", "--teaser", "old circuits come back",
        "--author", "Team Orange", "--background", "Counting began with [abacus](https://example.org/abacus).",
        "--body", '@cite ask who counts.\n\n![A count](images/count.png "Drawn by us")',
    ),
    (
        "add", "2611.99933", "--title", "New circuits", *INSIDE, "--value", "2",
        "--section", "Who counts the counters?", "--body", "Nobody does.",
    ),
    (
        "add", "https://example.org/contest", "--title", "The backwards contest", *TRICKS,
        "--value", "1", "--body", "Two of the five:", "--parts",
        (
            "Mirror | Roe | https://example.org/mirror | reads from the right.\n"
            "| Bloggs | | reads from below."
        ),
    ),
    (
        "add", "https://example.org/robot", "--title", "The robot who waited", *ELSE,
        "--value", "5", "--what", "A bedtime story", "--hide-title",
    ),
    (
        "add", "https://example.org/clock", "--title", "A clock", "--format", "brief",
        "--author", "Ada Example", "--line", "winds itself.",
    ),
    ("add", "2611.99934", "--title", "Only [named]", "--format", "link"),
    (
        "add", "https://example.org/school", "--title", "summer school", *OPEN, "--prize", "$100",
        "--deadline", "2026-11-22", "--place", "Oslo", "--line", "Apply to the @title.",
    ),
    (
        "add", "https://example.org/chair", "--title", "A chair", *OPEN,
        "--deadline", "2027-02-01",
    ),
    ("add", "https://example.org/past", "--title", "Too late", *OPEN, "--deadline", "2026-11-14"),
    ("add", "https://example.org/board", "--title", "Board", *OPEN, "--line", "Try the @title."),
    ("issue", "set", "now", "number", "12"),
    ("issue", "set", "now", "lead", "Much was *counted*.\n\nLittle was weighed."),
    ("issue", "set", "now", "intro", "Hello from the cellar."),
    ("issue", "set", "now", "listen", "https://example.org/listen_(12)"),
    ("issue", "set", "now", "outro", "Until next week."),
    ("issue", "set", "now", "event", "a walk"),
]  # fmt: skip
ESCAPED = {"heading_open", "paragraph_open", "inline", "bullet_list_open", "list_item_open"}


@pytest.mark.parametrize("template", ["cards", "narrative", "update"])
def test_week_of_every_kind_of_item_is_written_byte_for_byte(author: Author, template: str) -> None:
    author.now = SUNDAY
    author.write_config(OWN_CONFIG)

    text = drafted(author, template, OWN_WEEK)

    assert text == (GOLDEN / f"week-{template}.md").read_text("utf-8")
    tokens = MarkdownIt("commonmark").parse(text)
    assert {token.type for token in tokens if not token.type.endswith("_close")} == ESCAPED
    children = [child for token in tokens for child in token.children or ()]
    links = [str(child.attrs["href"]) for child in children if child.type == "link_open"]
    assert not [child for child in children if child.type == "html_inline"]
    assert all(link.startswith(("https://", "#")) for link in links)
    heads = [token.content for token in tokens if token.type == "inline"]
    assert {link for link in links if link.startswith("#")} <= {f"#{a}" for a in anchors(heads)}
