"""What an edited draft says, as statements for the journal, each with a line for the author."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from papertrack.core.digest.issue import FORMS, Form
from papertrack.core.drafts.document import EMOJI, LABEL, RATING, REMARK, Edit, unescape
from papertrack.core.judging.journal import (
    Statement,
    set_issue_text,
    set_note,
    set_rating,
    set_state,
)
from papertrack.core.judging.notes import (
    HOME,
    LABELS,
    LINE,
    PLACE,
    POSITION,
    PRIZE,
    SECTION,
    TEASER,
    TITLE,
)
from papertrack.core.kinds import State
from papertrack.core.records import Item
from papertrack.core.text.markdown import without_emphasis
from papertrack.core.text.ratings import rating_value

if TYPE_CHECKING:
    from collections.abc import Iterator

    from papertrack.core.drafts.edits import NewCard, Reading

_MARKDOWN = frozenset({*LABELS, LINE, TEASER, "background", "credit"})
_PLAIN = frozenset({SECTION, PLACE, PRIZE})
# Texts of the issue that the draft prints as they are kept; the teasers are one a line.
_ISSUE = frozenset({form for form in FORMS if FORMS[form] in {Form.LINE, Form.MARKDOWN}})
_TEASERS = "teasers"


@dataclass(frozen=True, slots=True)
class EditStatement:
    """One thing that is said, and how it is told to the author.

    Attributes:
        about: The title of the item, or the name of the issue.
        what: Which of its texts: ``rating``, ``What's new``.
        before, after: As a person reads it; None where there was, or is, nothing.
    """

    about: str
    what: str
    before: str | None
    after: str | None
    statements: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class DraftContext:
    """What the database knows of the items of a draft.

    Attributes:
        items: By the name that the journal has for them.
        glyphs, labels: The emoji and the rating label of each area, by slug.
        issue: The issue's name.
        texts: The author's texts of the issue, by field.
    """

    items: Mapping[str, Item]
    glyphs: Mapping[str, str]
    labels: Mapping[str, str]
    issue: str
    texts: Mapping[str, str]


def changes_of(reading: Reading, known: DraftContext) -> list[EditStatement]:
    """List what an edited draft says that the journal does not say yet.

    Items that were written in by hand are not among it; see `say_new`.
    """
    changes: dict[tuple[str, str, str], EditStatement] = {}
    for edit in reading.edits:
        change = _say(edit, known)
        if change is not None:
            changes[edit.slot.subject, edit.slot.field, edit.slot.area] = change
    return [
        *changes.values(),
        *_moved(reading, known),
        *(_removed(subject, known) for subject in reading.removed if subject in known.items),
    ]


def say_new(card: NewCard, subject: str, item: Item, known: DraftContext) -> EditStatement:
    """Say what was written into the draft about an item that was not in it.

    Args:
        card: What was written.
        subject: What the journal calls the item.
        item: The item as it is now.
        known: What the database knows.
    """
    says: list[Statement] = []
    if card.title and card.title != item.printed_title:
        says.append(set_note(subject, TITLE, card.title))
    says += [set_note(subject, field, text) for field, text in card.notes.items()]
    shown = ""
    area = card.section
    if card.rating is not None and area is not None and area in known.glyphs:
        says.append(set_rating(subject, area, "halves", card.rating.halves))
        if card.rating.emoji not in (None, known.glyphs.get(area)):
            says.append(set_rating(subject, area, EMOJI, card.rating.emoji))
        if card.rating.remark:
            says.append(set_rating(subject, area, REMARK, card.rating.remark))
        shown = f" ({rating_value(card.rating.halves)} in {area})"
    says.append(set_state(subject, State.KEPT))
    title = card.title or item.printed_title or card.url or ""
    return EditStatement(title, "new in the draft", None, f"kept{shown}", tuple(says))


def _say(edit: Edit, known: DraftContext) -> EditStatement | None:
    slot = edit.slot
    if slot.subject == f"issue:{known.issue}" and slot.field in _ISSUE:
        if edit.text is None and slot.field not in known.texts:
            return None  # the config says it
        says = set_issue_text(known.issue, slot.field, _issue_text(edit, known))
        return EditStatement(known.issue, slot.field, slot.text or None, edit.text, (says,))
    item = known.items.get(slot.subject)
    if item is None:
        return None
    title = item.printed_title or slot.subject
    if slot.field == RATING and edit.text is not None:
        return _rated(edit, title)
    if slot.field in {EMOJI, REMARK, LABEL}:
        return _beside_rating(edit, title, known)
    return _noted(edit, item, title)


def _issue_text(edit: Edit, known: DraftContext) -> str | None:
    if edit.slot.field != _TEASERS:
        return _as_kept(edit, known.texts.get(edit.slot.field))
    lines = known.texts.get(_TEASERS, "").splitlines()
    kept = [(edit.text or "") if line.strip() == edit.slot.text else line for line in lines]
    return "\n".join(line for line in kept if line.strip())


def _as_kept(edit: Edit, kept: str | None) -> str | None:
    """Take off again what was printed around a text: the linked title before a line, say.

    Args:
        edit: The text as it was printed, and as it stands now.
        kept: The text as it is kept; None when it is not.
    """
    printed, now = edit.slot.text, edit.text and edit.text.strip()
    if not now or not kept or printed == kept:
        return now
    if printed == kept[:1].upper() + kept[1:]:
        return now[:1].lower() + now[1:]
    before, found, behind = printed.partition(kept)
    is_around = found and now.startswith(before) and now.endswith(behind)
    if is_around and len(before) + len(behind) < len(now):
        return now[len(before) : len(now) - len(behind)]
    return now


def _rated(edit: Edit, title: str) -> EditStatement:
    slot = edit.slot
    halves = int(edit.text or 0)
    says = set_rating(slot.subject, slot.area, "halves", halves)
    return EditStatement(title, "rating", slot.text, rating_value(halves), (says,))


def _beside_rating(edit: Edit, title: str, known: DraftContext) -> EditStatement:
    slot = edit.slot
    text = edit.text and (edit.text if slot.field == REMARK else unescape(edit.text))
    own = {EMOJI: known.glyphs, LABEL: known.labels}.get(slot.field, {}).get(slot.area)
    says = set_rating(slot.subject, slot.area, slot.field, None if text == own else text)
    return EditStatement(title, slot.field, slot.text or None, text, (says,))


def _noted(edit: Edit, item: Item, title: str) -> EditStatement | None:
    slot = edit.slot
    if slot.field in _MARKDOWN:
        text = _as_kept(edit, item.judgement.notes.get(slot.field))
    elif slot.field in {*_PLAIN, TITLE}:
        text = edit.text and " ".join(unescape(without_emphasis(edit.text)).split())
    else:
        return None
    if slot.field == TITLE and text in {None, "", item.printed_title}:
        return None
    says = set_note(
        slot.subject, slot.field, None if slot.field == TITLE and text == item.title else text
    )
    return EditStatement(
        title, LABELS.get(slot.field, slot.field), slot.text or None, text, (says,)
    )


def say_order(
    reading: Reading, added: Mapping[int, str], known: DraftContext
) -> list[EditStatement]:
    """Say in which order items stand, where it is not the one in which they come by themselves.

    Args:
        reading: What the draft says.
        added: What the journal calls the items that were written in, by their line.
        known: What the database knows, of these items too.
    """
    changes: list[EditStatement] = []
    for section in dict.fromkeys(section for section, _ in reading.after):
        now = [
            added.get(one, "") if isinstance(one, int) else one
            for where, one in reading.after
            if where == section
        ]
        now = [subject for subject in now if subject in known.items]
        stayed = [owner for where, owner in reading.before if where == section and owner in now]
        newcomers = [subject for subject in now if subject not in stayed]
        if now == stayed + newcomers and len(newcomers) <= 1:
            continue
        changes.append(
            EditStatement(
                known.issue,
                f"order in {section}" if section else "order",
                None,
                "; ".join(known.items[subject].printed_title for subject in now),
                tuple(
                    set_note(subject, POSITION, str(place))
                    for place, subject in enumerate(now, start=1)
                ),
            )
        )
    return changes


def _moved(reading: Reading, known: DraftContext) -> Iterator[EditStatement]:
    """Move the rating of items that stand under the heading of another area now."""
    before = {owner: section for section, owner in reading.before}
    for section, owner in reading.after:
        item = known.items.get(owner) if isinstance(owner, str) else None
        old = before.get(str(owner))
        if item is None or section is None or old is None or section == old:
            continue
        edited = {
            edit.slot.field: edit.text
            for edit in reading.edits
            if edit.slot.subject == owner and edit.slot.area == old
        }
        says = tuple(_in_area(str(owner), item, (old, section), edited, known))
        yield EditStatement(item.printed_title, "area", old, section, says)


def _in_area(
    subject: str,
    item: Item,
    areas: tuple[str, str],
    edited: Mapping[str, str | None],
    known: DraftContext,
) -> Iterator[Statement]:
    """Take a rating back in one area and give it in another, as it is printed."""
    old, new = areas
    rating = next((one for one in item.judgement.ratings if one.area == old), None)
    if rating is None or rating.halves is None or HOME in item.judgement.notes:
        yield set_note(subject, HOME, new)
    if rating is None:
        return
    said: dict[str, str | int | None] = {
        "halves": int(edited.get(RATING) or 0) or rating.halves,
        EMOJI: edited.get(EMOJI, rating.emoji or known.glyphs.get(old)),
        LABEL: edited.get(LABEL, rating.label or known.labels.get(old)),
        REMARK: edited.get(REMARK, rating.remark),
    }
    own = {EMOJI: known.glyphs.get(new), LABEL: known.labels.get(new)}
    for field, value in said.items():
        if value is not None and value != own.get(field):
            yield set_rating(subject, new, field, value)
        if value is not None:
            yield set_rating(subject, old, field, None)


def _removed(subject: str, known: DraftContext) -> EditStatement:
    item = known.items[subject]
    says = set_state(subject, State.LATER)
    return EditStatement(item.printed_title, "removed", "kept", "later", (says,))
