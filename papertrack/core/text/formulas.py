"""Write formulas of web pages as plain text: raised and lowered signs, MathML, TeX in scripts."""

from __future__ import annotations

import html
import re
import unicodedata
from dataclasses import dataclass, field

_RAISED = str.maketrans("0123456789+-\u2212=()nixT", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿⁱˣᵀ")
_LOWERED = str.maketrans(
    "0123456789+-\u2212=()aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ"
)


def in_script(text: str, *, is_raised: bool) -> str | None:
    """Write a superscript or subscript in Unicode's own signs; None if it lacks one."""
    written = text.translate(_RAISED if is_raised else _LOWERED)
    is_all = all(one != two or one in ", " for one, two in zip(text, written, strict=True))
    return written if is_all else None


def after_sign(text: str, *, is_raised: bool) -> str:
    """Write a superscript or subscript after ``^`` or ``_``, in brackets if it is no word."""
    return f"{'^' if is_raised else '_'}{text if text.isalnum() else f'({text})'}"


_CDATA = re.compile(r"^\s*%?\s*<!\[CDATA\[\s*(.*?)\s*%?\s*\]\]>\s*$", re.DOTALL)


def script_tex(text: str) -> str:
    """Return the TeX of a ``math/tex`` script, without the CDATA marks for XHTML."""
    found = _CDATA.match(text)
    return (found[1] if found else text).strip()


_MOST_MARKUP = 20_000  # characters of one formula
_MOST_LEVELS = 60
_TOKEN = re.compile(r"<(/?)(?:[\w-]+:)?([a-zA-Z]+)([^<>]*)>|([^<]+)|<[^>]*>?")
_ATTRIBUTE = re.compile(r"(?<![\w-])(open|close|separators)\s*=\s*[\"']([^\"']*)[\"']")
_UNSEEN = dict.fromkeys(range(0x2061, 0x2065))  # function application, invisible times
_LEFT_OUT = frozenset({"annotation", "mphantom", "none", "mprescripts", "maligngroup"})
# Accents above a letter, as the combining character.
_ACCENTS = {
    **dict.fromkeys(("^", "\u02c6", "\u0302"), "\u0302"),
    **dict.fromkeys(("~", "\u02dc", "\u223c"), "\u0303"),
    **dict.fromkeys(("\u00af", "\u203e", "\u0304", "_"), "\u0304"),
    **dict.fromkeys(("\u2192", "\u20d7"), "\u20d7"),
    **dict.fromkeys(("\u02d9", "."), "\u0307"),
    "\u00a8": "\u0308",
}


@dataclass(slots=True)
class _Node:
    """An element of MathML; a text is a node without a name."""

    name: str
    attributes: str = ""
    text: str = ""
    children: list[_Node] = field(default_factory=list)


def mathml_to_text(markup: str) -> str:
    """Write presentation MathML in one line: ``x²``, ``(a+b)/2``, ``√n``.

    Args:
        markup: What stands in a ``math`` element; too long or too deep a one loses its structure.
    """
    root = _Node("mrow")
    stack = [root]
    for token in _TOKEN.finditer(markup[:_MOST_MARKUP]):
        end, name, attributes, text = token.groups()
        if text is not None:
            stack[-1].children.append(_Node("", text=" ".join(html.unescape(text).split())))
        elif name is None:
            continue
        elif end:
            _close(stack, name.lower())
        else:
            node = _Node(name.lower(), attributes)
            stack[-1].children.append(node)
            if not attributes.endswith("/") and len(stack) < _MOST_LEVELS:
                stack.append(node)
    return unicodedata.normalize("NFC", _written(root).translate(_UNSEEN)).strip()


def _close(stack: list[_Node], name: str) -> None:
    for at in range(len(stack) - 1, 0, -1):
        if stack[at].name == name:
            del stack[at:]
            return


def _written(node: _Node) -> str:  # noqa: PLR0911 - a table of elements
    if not node.name:
        return node.text
    if node.name in _LEFT_OUT:
        return ""
    said = [_written(one) for one in node.children if one.name or one.text]
    if (scripts := _with_scripts(node.name, said)) is not None:
        return scripts
    match node.name, said:
        case "semantics", [first, *_]:
            return first
        case "mfrac", [above, below]:
            return f"{_grouped(above)}/{_grouped(below)}"
        case "msqrt", _:
            return f"√{_grouped(''.join(said))}"
        case "mroot", [base, index]:
            return f"{in_script(index, is_raised=True) or f'({index})'}√{_grouped(base)}"
        case "mfenced", _:
            return _fenced(node.attributes, said)
    start, between, end = _JOINED.get(node.name, ("", "", ""))
    return f"{start}{between.join(said)}{end}"


_JOINED = {"mspace": (" ", "", ""), "mtable": ("(", "; ", ")"), "mtr": ("", ", ", "")}


def _with_scripts(name: str, said: list[str]) -> str | None:
    match name, said:
        case "msup", [base, over]:
            return base + _script(over, is_raised=True)
        case (("msub" | "munder"), [base, under]):
            return base + _script(under, is_raised=False)
        case (("msubsup" | "munderover"), [base, under, over]):
            return base + _script(under, is_raised=False) + _script(over, is_raised=True)
        case "mover", [base, over]:
            accent = _ACCENTS.get(over) if len(base) == 1 else None
            return base + (accent or _script(over, is_raised=True))
    return None


def _script(text: str, *, is_raised: bool) -> str:
    if not text or not text.strip("\u2032\u2033'*"):  # primes stand high already
        return text
    return in_script(text, is_raised=is_raised) or after_sign(text, is_raised=is_raised)


def _grouped(text: str) -> str:
    return text if text.isalnum() or len(text) <= 1 else f"({text})"


def _fenced(attributes: str, parts: list[str]) -> str:
    said = {name: html.unescape(value) for name, value in _ATTRIBUTE.findall(attributes)}
    separator = said.get("separators", ",").strip()[:1]
    return f"{said.get('open', '(')}{separator.join(parts)}{said.get('close', ')')}"
