"""The line and the field of the rating screen in which the author types."""

from __future__ import annotations

from typing import TYPE_CHECKING

from papertrack.ui.review.view import Mode

if TYPE_CHECKING:
    from textual.app import App
    from textual.widgets import Input, TextArea

    from papertrack.ui.review.view import Prompt

_LEAST_FIELD_ROWS = 3


def field_rows(height: int) -> int:
    """Say how many rows a field takes of a screen."""
    return max(_LEAST_FIELD_ROWS, height // 3)


class Typing:
    """Show one line or one field over the lower part of the screen, and read it.

    Args:
        app: The screen.
    """

    def __init__(self, app: App[None]) -> None:
        self._app = app
        self._shown: tuple[Mode, Prompt] | None = None
        self._widget: Input | TextArea | None = None

    @property
    def is_open(self) -> bool:
        """Whether there is anything to type in."""
        return self._widget is not None

    @property
    def text(self) -> str:
        """What stands there now."""
        from textual.widgets import Input  # noqa: PLC0415  # as below

        if self._widget is None:
            return ""
        return self._widget.value if isinstance(self._widget, Input) else self._widget.text

    def show(self, mode: Mode, prompt: Prompt | None, height: int) -> None:
        """Bring the widget in line with what is being asked; what was typed there is gone then."""
        wanted = (mode, prompt) if prompt is not None and mode in {Mode.LINE, Mode.NOTES} else None
        asks_the_same = (
            wanted is not None
            and self._shown is not None
            and (wanted[0], wanted[1].field) == (self._shown[0], self._shown[1].field)
        )
        if not asks_the_same:
            self.close()
            if prompt is not None and wanted is not None:
                self._open(mode, prompt)
        self._shown = wanted
        if self._widget is not None and mode is Mode.NOTES:
            self._widget.styles.height = field_rows(height)

    def set(self, text: str) -> None:
        """Replace the line, with the cursor behind it."""
        from textual.widgets import Input  # noqa: PLC0415  # as below

        if isinstance(self._widget, Input):
            self._widget.value = text
            self._widget.cursor_position = len(text)

    def insert(self, key: str) -> None:
        """Take a key that was typed before the widget heard any."""
        from textual.widgets import Input  # noqa: PLC0415  # as below

        if isinstance(self._widget, Input):
            self._widget.insert_text_at_cursor(key)
        elif self._widget is not None:
            self._widget.insert(key)

    def close(self) -> None:
        """Take the widget away."""
        if self._widget is not None:
            self._widget.remove()
            self._widget = None
        self._shown = None

    def _open(self, mode: Mode, prompt: Prompt) -> None:
        # Imported when first needed: the first screen does without them.
        from textual.widgets import Input, TextArea  # noqa: PLC0415

        if mode is Mode.LINE:
            # Selecting on focus would overwrite what was typed before the line was there.
            line = Input(value=prompt.text, compact=True, select_on_focus=False)
            line.cursor_blink = False
            line.cursor_position = len(prompt.text)
            self._widget = line
        else:
            field = TextArea(prompt.text, compact=True, soft_wrap=True)
            field.cursor_blink = False
            field.move_cursor(field.document.end)
            self._widget = field
        self._app.mount(self._widget)
        self._widget.focus()
