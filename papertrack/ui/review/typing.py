"""The line and the field of the rating screen in which the author types."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from papertrack.core.text.clean import typed
from papertrack.ui.review.view import Mode

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from textual.app import App
    from textual.widgets import Input, TextArea

    from papertrack.ui.review.view import Prompt

_LEAST_FIELD_ROWS = 3


def field_rows(height: int) -> int:
    """Say how many rows a field takes of a screen."""
    return max(_LEAST_FIELD_ROWS, height // 3)


def one_line(text: str) -> str:
    """Make one line of pasted text, with a space where lines met."""
    lines = _lines(text)
    inner = [line.strip() for line in lines[1:-1]]
    ends = [lines[0].rstrip(), *inner, lines[-1].lstrip()] if lines[1:] else lines
    return " ".join(filter(None, ends))


def _lines(text: str) -> list[str]:
    """Part pasted text into lines, which many terminals end as Enter does."""
    return typed(text.replace("\r\n", "\n").replace("\r", "\n")).split("\n")


@cache
def _actions(widget: type[Input | TextArea]) -> Mapping[str, str]:
    """List what the keys of a widget do that type nothing."""
    from textual.binding import Binding  # noqa: PLC0415  # as below

    bindings = list(Binding.make_bindings(widget.BINDINGS))
    return {binding.key: binding.action for binding in reversed(bindings)}  # the first one counts


class Typing:
    """Show one line or one field over the lower part of the screen, and write in it.

    The widget never hears the keyboard itself. The screen writes in it, so that no key can
    overtake another on its way through the queues of several widgets.

    Args:
        app: The screen.
    """

    def __init__(self, app: App[None]) -> None:
        self._app = app
        self._shown: tuple[Mode, Prompt] | None = None
        self._widget: Input | TextArea | None = None
        self._run: list[str] = []

    @property
    def is_open(self) -> bool:
        """Whether there is anything to type in."""
        return self._widget is not None

    @property
    def text(self) -> str:
        """What stands there now."""
        from textual.widgets import Input  # noqa: PLC0415  # as below

        self._write_run()
        if self._widget is None:
            return ""
        return self._widget.value if isinstance(self._widget, Input) else self._widget.text

    def show(self, mode: Mode, prompt: Prompt | None, height: int) -> bool:
        """Bring the widget in line with what is being asked; tells whether it is a new one."""
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
        return self.is_open and not asks_the_same

    def when_there(self, then: Callable[[], object]) -> None:
        """Do something once the widget has its size, which the keys Up and Down depend on."""
        if self._widget is not None:
            # The size reaches the widget as a message, behind which it is known.
            self._widget.call_after_refresh(self._widget.call_later, then)

    def when_done(self, then: Callable[[], object]) -> None:
        """Do something once the widget has done with the mouse events that it was sent."""
        if self._widget is None or not self._widget.call_later(then):
            then()

    def set(self, text: str) -> None:
        """Replace the line, with the cursor behind it."""
        from textual.widgets import Input  # noqa: PLC0415  # as below

        self._write_run()
        if isinstance(self._widget, Input):
            self._widget.value = text
            self._widget.cursor_position = len(text)

    async def press(self, key: str) -> None:
        """Take a key: a character, or the name of a key that moves the cursor, deletes or marks."""
        from textual.widgets import TextArea  # noqa: PLC0415  # as below

        text = " " if key == "space" else key
        if key == "enter" and isinstance(self._widget, TextArea):
            text = "\n"
        if len(text) == 1:
            self._insert(text)
            return
        self._write_run()
        if self._widget is not None:
            action = _actions(type(self._widget)).get(key)
            if action is not None:
                await self._app.run_action(action, self._widget)

    def paste(self, text: str) -> None:
        """Take pasted text; a line takes several as one."""
        from textual.widgets import Input  # noqa: PLC0415  # as below

        if isinstance(self._widget, Input):
            self._insert(one_line(text))
        else:
            self._insert("\n".join(_lines(text)))

    def close(self) -> None:
        """Take the widget away, and what was typed there with it."""
        self._run.clear()
        if self._widget is not None:
            self._widget.remove()
            self._widget = None
        self._shown = None

    def _insert(self, text: str) -> None:
        """Type text, together with what has come behind it by now.

        A widget breaks its lines anew after each change: 100 kB would take hours by characters.
        """
        if not self._run:
            self._app.call_later(self._write_run)
        self._run.append(text)

    def _write_run(self) -> None:
        from textual.widgets import Input  # noqa: PLC0415  # as below

        text = "".join(self._run)
        self._run.clear()
        if not text or self._widget is None:
            return
        widget = self._widget
        if isinstance(widget, Input):
            widget.replace(text, *widget.selection)
        else:
            widget.replace(text, *widget.selection, maintain_selection_offset=False)

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
