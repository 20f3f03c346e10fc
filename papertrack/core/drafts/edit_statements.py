"""The edits of a draft as statements for the journal, each with a line for the author."""

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
from papertrack.core.text.borrowed_titles import printed_or_borrowed, shown_title
from papertrack.core.text.markdown import without_emphasis
from papertrack.core.text.ratings import rating_value

if TYPE_CHECKING:
    from collections.abc import Iterator

    from papertrack.core.drafts.edits import NewCard, Reading

_MARKDOWN = frozenset({*LABELS, LINE, TEASER, "background", "credit"})
_PLAIN = frozenset({SECTION, PLACE, PRIZE})
# Texts of the issue that the draft prints unchanged; the teasers are one a line.
_ISSUE = frozenset({form for form in FORMS if FORMS[form] in {Form.LINE, Form.MARKDOWN}})
_TEASERS = "teasers"


@dataclass(frozen=True, slots=True)
class EditStatement:
    """One change with its statements, and how to show it to the author.

    Attributes:
        about: The title of the item, or the name of the issue.
        what: The text concerned: ``rating``, ``What's new``.
        before, after: Its display text; None if there was, or is, nothing.
    """

    about: str
    what: str
    before: str | None
    after: str | None
    statements: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class DraftContext:
    """What the database knows about a draft.

    Attributes:
        items: The items by their subjects in the journal.
        glyphs, labels: The emoji and the rating label of each area, by slug.
        issue: The issue's name.
        texts: The author's texts of the issue, by field.
    """

    items: Mapping[str, Item]
    glyphs: Mapping[str, str]
    labels: Mapping[str, str]
    issue: str
    texts: Mapping[str, str]


def changes_of(reading: Reading, context: DraftContext) -> list[EditStatement]:
    """List the changes that an edited draft makes to the journal.

    Items that were added by hand are left to `new_item_statement`.
    """
    changes: dict[tuple[str, str, str], EditStatement] = {}
    for edit in reading.edits:
        change = _edit_statement(edit, context)
        if change is not None:
            changes[edit.slot.subject, edit.slot.field, edit.slot.area] = change
    return [
        *changes.values(),
        *_moved(reading, context),
        *(_removed(subject, context) for subject in reading.removed if subject in context.items),
    ]


def new_item_statement(
    card: NewCard, subject: str, item: Item, context: DraftContext
) -> EditStatement:
    """Turn a card that the author added by hand into statements.

    Args:
        card: The card.
        subject: The item's subject in the journal.
        item: The item as it is now.
        context: What the database knows.
    """
    statements: list[Statement] = []
    if card.title and card.title not in {
        item.printed_title,
        printed_or_borrowed(item),
        shown_title(item),
    }:
        statements.append(set_note(subject, TITLE, card.title))
    statements += [set_note(subject, field, text) for field, text in card.notes.items()]
    shown = ""
    area = card.section
    if card.rating is not None and area is not None and area in context.glyphs:
        statements.append(set_rating(subject, area, "halves", card.rating.halves))
        if card.rating.emoji not in (None, context.glyphs.get(area)):
            statements.append(set_rating(subject, area, EMOJI, card.rating.emoji))
        if card.rating.remark:
            statements.append(set_rating(subject, area, REMARK, card.rating.remark))
        shown = f" ({rating_value(card.rating.halves)} in {area})"
    statements.append(set_state(subject, State.KEPT))
    title = card.title or shown_title(item) or card.url or ""
    return EditStatement(title, "new in the draft", None, f"kept{shown}", tuple(statements))


def _edit_statement(edit: Edit, context: DraftContext) -> EditStatement | None:
    slot = edit.slot
    if slot.subject == f"issue:{context.issue}" and slot.field in _ISSUE:
        if edit.text is None and slot.field not in context.texts:
            return None  # the text comes from the config
        statement = set_issue_text(context.issue, slot.field, _issue_text(edit, context))
        return EditStatement(context.issue, slot.field, slot.text or None, edit.text, (statement,))
    item = context.items.get(slot.subject)
    if item is None:
        return None
    title = shown_title(item) or slot.subject
    if slot.field == RATING and edit.text is not None:
        return _rating_value(edit, title)
    if slot.field in {EMOJI, REMARK, LABEL}:
        return _rating_detail(edit, title, context)
    return _note_text(edit, item, title)


def _issue_text(edit: Edit, context: DraftContext) -> str | None:
    if edit.slot.field != _TEASERS:
        return _as_kept(edit, context.texts.get(edit.slot.field))
    lines = context.texts.get(_TEASERS, "").splitlines()
    kept = [(edit.text or "") if line.strip() == edit.slot.text else line for line in lines]
    return "\n".join(line for line in kept if line.strip())


def _as_kept(edit: Edit, kept: str | None) -> str | None:
    """Remove what the draft prints around a text, such as the linked title before a line.

    Args:
        edit: The text as printed and as it is now.
        kept: The text as stored; None if it is not.
    """
    printed, now = edit.slot.text, edit.text and edit.text.strip()
    if not now or not kept or printed == kept:
        return now
    if printed == kept[:1].upper() + kept[1:]:
        return now[:1].lower() + now[1:]
    before, found, after = printed.partition(kept)
    is_around = found and now.startswith(before) and now.endswith(after)
    if is_around and len(before) + len(after) < len(now):
        return now[len(before) : len(now) - len(after)]
    return now


def _rating_value(edit: Edit, title: str) -> EditStatement:
    slot = edit.slot
    halves = int(edit.text or 0)
    statement = set_rating(slot.subject, slot.area, "halves", halves)
    return EditStatement(title, "rating", slot.text, rating_value(halves), (statement,))


def _rating_detail(edit: Edit, title: str, context: DraftContext) -> EditStatement:
    slot = edit.slot
    text = edit.text and (edit.text if slot.field == REMARK else unescape(edit.text))
    own = {EMOJI: context.glyphs, LABEL: context.labels}.get(slot.field, {}).get(slot.area)
    statement = set_rating(slot.subject, slot.area, slot.field, None if text == own else text)
    return EditStatement(title, slot.field, slot.text or None, text, (statement,))


def _note_text(edit: Edit, item: Item, title: str) -> EditStatement | None:
    slot = edit.slot
    if slot.field in _MARKDOWN:
        text = _as_kept(edit, item.judgement.notes.get(slot.field))
    elif slot.field in {*_PLAIN, TITLE}:
        text = edit.text and " ".join(unescape(without_emphasis(edit.text)).split())
    else:
        return None
    if slot.field == TITLE and text in {
        None,
        "",
        item.printed_title,
        printed_or_borrowed(item),
        shown_title(item),
    }:
        return None
    statement = set_note(
        slot.subject, slot.field, None if slot.field == TITLE and text == item.title else text
    )
    return EditStatement(
        title, LABELS.get(slot.field, slot.field), slot.text or None, text, (statement,)
    )


def order_statements(
    reading: Reading, added: Mapping[int, str], context: DraftContext
) -> list[EditStatement]:
    """State the positions of items whose order differs from the automatic one.

    Args:
        reading: The edits of the draft.
        added: The subjects of the items added by hand, by their line.
        context: What the database knows, including the added items.
    """
    changes: list[EditStatement] = []
    for section in dict.fromkeys(section for section, _ in reading.after):
        now = [
            added.get(one, "") if isinstance(one, int) else one
            for where, one in reading.after
            if where == section
        ]
        now = [subject for subject in now if subject in context.items]
        stayed = [owner for where, owner in reading.before if where == section and owner in now]
        newcomers = [subject for subject in now if subject not in stayed]
        if now == stayed + newcomers and len(newcomers) <= 1:
            continue
        changes.append(
            EditStatement(
                context.issue,
                f"order in {section}" if section else "order",
                None,
                "; ".join(shown_title(context.items[subject]) for subject in now),
                tuple(
                    set_note(subject, POSITION, str(place))
                    for place, subject in enumerate(now, start=1)
                ),
            )
        )
    return changes


def _moved(reading: Reading, context: DraftContext) -> Iterator[EditStatement]:
    """Move the ratings of items that were moved under the heading of another area."""
    before = {owner: section for section, owner in reading.before}
    for section, owner in reading.after:
        item = context.items.get(owner) if isinstance(owner, str) else None
        old = before.get(str(owner))
        if item is None or section is None or old is None or section == old:
            continue
        edited = {
            edit.slot.field: edit.text
            for edit in reading.edits
            if edit.slot.subject == owner and edit.slot.area == old
        }
        statements = tuple(_in_area(str(owner), item, (old, section), edited, context))
        yield EditStatement(shown_title(item), "area", old, section, statements)


def _in_area(
    subject: str,
    item: Item,
    areas: tuple[str, str],
    edited: Mapping[str, str | None],
    context: DraftContext,
) -> Iterator[Statement]:
    """Move a rating, as printed, from one area to another."""
    old, new = areas
    rating = next((one for one in item.judgement.ratings if one.area == old), None)
    if rating is None or rating.halves is None or HOME in item.judgement.notes:
        yield set_note(subject, HOME, new)
    if rating is None:
        return
    fields: dict[str, str | int | None] = {
        "halves": int(edited.get(RATING) or 0) or rating.halves,
        EMOJI: edited.get(EMOJI, rating.emoji or context.glyphs.get(old)),
        LABEL: edited.get(LABEL, rating.label or context.labels.get(old)),
        REMARK: edited.get(REMARK, rating.remark),
    }
    own = {EMOJI: context.glyphs.get(new), LABEL: context.labels.get(new)}
    for field, value in fields.items():
        if value is not None and value != own.get(field):
            yield set_rating(subject, new, field, value)
        if value is not None:
            yield set_rating(subject, old, field, None)


def _removed(subject: str, context: DraftContext) -> EditStatement:
    item = context.items[subject]
    statement = set_state(subject, State.LATER)
    return EditStatement(shown_title(item), "removed", "kept", "later", (statement,))
