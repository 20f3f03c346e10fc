r"""Convert TeX to plain Unicode, as people read it: ``\ell_1`` and ``O(n\log n)`` without commands.

One pass over the parts, with tables of our own. An unknown command of a text gives up, so that the
caller can leave the text as it is; in a formula it becomes its name. No letter or digit is lost.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

_LIMIT = 2_000  # characters; what is longer is no title
_DEPTH = 20  # nested groups

_PART = re.compile(r"\\(?:[a-zA-Z]+\*?|.)|[{}]|[\^_&~]|\s+|[^\\{}^_&~\s]", re.DOTALL)


def _table(pairs: str) -> dict[str, str]:
    """Make a table of names and signs that follow each other."""
    words = pairs.split()
    return dict(zip(words[::2], words[1::2], strict=True))


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Combining characters for the accents of texts and of formulas.
_ACCENTS = {
    name: chr(int(code, 16))
    for name, code in _table(
        """' 301 ` 300 ^ 302 " 308 ~ 303 = 304 . 307 u 306 v 30c H 30b c 327 k 328 r 30a d 323
        b 331"""
    ).items()
}
_MATH_ACCENTS = {
    name: chr(int(code, 16))
    for name, code in _table(
        """tilde 303 widetilde 303 hat 302 widehat 302 bar 304 overline 304 check 30c widecheck 30c
        dot 307 ddot 308 acute 301 grave 300 breve 306 mathring 30a vec 20d7 underline 332"""
    ).items()
}
_LETTERS = _table(
    """aa å AA Å ae æ AE Æ oe œ OE Œ o ø O Ø l ł L Ł ss ß i \u0131 j \u0237 dh ð DH Ð th þ TH Þ
    dj đ DJ Đ ng ŋ NG Ŋ"""
)
_TEXT_SIGNS = {
    **_table(
        r"""& & % % $ $ # # _ _ { { } } ldots … dots … textellipsis … textendash –
        textemdash — textquoteleft ‘ textquoteright ’ textquotedblleft “ textquotedblright ”
        textquotesingle ' textasciitilde ~ textasciicircum ^ textbackslash \ textunderscore _
        textbar | textless < textgreater > textbraceleft { textbraceright } textdollar $
        textdegree ° textregistered ® texttrademark ™ copyright © textcopyright © S § P ¶ dag †
        ddag ‡ pounds £ euro € textmu µ textperiodcentered · textbullet • textperthousand ‰
        textpertenthousand ‱ TeX TeX LaTeX LaTeX LaTeXe LaTeX2e BibTeX BibTeX"""
    ),
    **dict.fromkeys((" ", ",", ";", ":", "\\", "newline", "quad", "qquad", "space"), " "),
    **dict.fromkeys(("/", "-", "!", "@", "protect", "relax", "noindent", "xspace"), ""),
}
_EMPHASIS = _names("emph textit textsl")
# Commands whose argument stays as it is, and switches that stand before a text.
_LOOKS = _names(
    """textsc textit textbf textrm textsf textsl textup textmd textnormal text mbox hbox
    uppercase lowercase underline uline ensuremath textsubscript textsuperscript textcolor
    acro url href texttt emph"""
)
_SWITCHES = _names(
    """it bf rm tt sc sf sl em boldmath unboldmath small large Large LARGE huge Huge tiny
    normalsize footnotesize itshape bfseries scshape sffamily ttfamily rmfamily upshape
    centering"""
)
_GREEK = _table(
    """alpha α beta β gamma γ delta δ epsilon ϵ zeta ζ eta η theta θ iota ι kappa κ lambda λ mu μ
    nu ν xi ξ omicron ο pi π rho ρ sigma σ tau τ upsilon υ phi ϕ chi χ psi ψ omega ω varepsilon ε
    vartheta ϑ varpi ϖ varrho ϱ varsigma ς varphi φ Gamma Γ Delta Δ Theta Θ Lambda Λ Xi Ξ Pi Π
    Sigma Σ Upsilon Υ Phi Φ Psi Ψ Omega Ω digamma ϝ varkappa ϰ"""
)
# Signs that stand between two others: blanks around them if the source has one before.
_BETWEEN = _table(
    """times × div ÷ pm ± mp ∓ cdot · ast ∗ star ⋆ circ ∘ bullet • cap ∩ cup ∪ wedge ∧ land ∧ vee ∨
    lor ∨ oplus ⊕ ominus ⊖ otimes ⊗ oslash ⊘ odot ⊙ setminus ∖ leq ≤ le ≤ geq ≥ ge ≥ neq ≠ ne ≠
    approx ≈ equiv ≡ sim ∼ simeq ≃ cong ≅ propto ∝ ll ≪ gg ≫ subset ⊂ supset ⊃ subseteq ⊆
    supseteq ⊇ nsubseteq ⊈ in ∈ notin ∉ ni ∋ to → rightarrow → leftarrow ← gets ← leftrightarrow ↔
    Rightarrow ⇒ implies ⇒ Leftarrow ⇐ Leftrightarrow ⇔ iff ⇔ longrightarrow ⟶
    longleftrightarrow ⟷ mapsto ↦ uparrow ↑ downarrow ↓ nrightarrow ↛ rightharpoonup ⇀
    rightleftharpoons ⇌ hookrightarrow ↪ mid ∣ nmid ∤ parallel ∥ perp ⊥ models ⊨ vdash ⊢ prec ≺
    succ ≻ preceq ⪯ succeq ⪰ lesssim ≲ gtrsim ≳ colon : coloneqq ≔ triangleq ≜ doteq ≐ asymp ≍
    rtimes ⋊ ltimes ⋉ bowtie ⋈ sqcup ⊔ sqcap ⊓ sqsubseteq ⊑ leqslant ⩽ geqslant ⩾"""
)
_SIGNS = {
    **_table(
        r"""ell ℓ hbar ℏ imath ı jmath ȷ Re ℜ Im ℑ wp ℘ aleph ℵ beth ℶ gimel ℷ eth ð infty ∞
        partial ∂ nabla ∇ emptyset ∅ varnothing ∅ forall ∀ exists ∃ nexists ∄ neg ¬ lnot ¬ top ⊤
        bot ⊥ angle ∠ triangle △ Box □ square □ Diamond ◇ diamond ⋄ sum ∑ prod ∏ coprod ∐ int ∫
        oint ∮ iint ∬ ldots … cdots ⋯ dots … vdots ⋮ ddots ⋱ prime ′ dagger † dag † ddagger ‡
        langle ⟨ rangle ⟩ lfloor ⌊ rfloor ⌋ lceil ⌈ rceil ⌉ lvert | rvert | lVert ‖ rVert ‖ Vert ‖
        vert | backslash \ degree ° checkmark ✓ blacksquare ■ flat ♭ sharp ♯ natural ♮
        clubsuit ♣ heartsuit ♥ bigcup ⋃ bigcap ⋂ bigoplus ⨁ bigotimes ⨂ bigwedge ⋀ bigvee ⋁
        therefore ∴ because ∵ complement ∁ surd √ lbrace { rbrace } lbrack [ rbrack ] { { } }
        | ‖ % % $ $ # # _ _ & &"""
    ),
    **dict.fromkeys((",", ";", ":", " ", ">", "quad", "qquad", "\\"), " "),
    **dict.fromkeys(
        _names(
            """! - displaystyle textstyle scriptstyle limits nolimits left right middle
            big Big bigg Bigg bigl bigr Bigl Bigr nonumber"""
        ),
        "",
    ),
}
_FUNCTIONS = _names(
    """log ln lg exp sin cos tan cot sec csc arcsin arccos arctan sinh cosh tanh max min sup
    inf lim liminf limsup arg det dim ker deg gcd hom Pr argmax argmin poly polylog mod bmod
    pmod sign tr rank diag softmax"""
)


def _alphabet(capital: int, small: int, digit: int | None, odd: str = "") -> dict[int, str]:
    """Make a table of a mathematical alphabet (Unicode 16, chapter 22.2), with its exceptions."""
    table = {ord("A") + at: chr(capital + at) for at in range(26)}
    table |= {ord("a") + at: chr(small + at) for at in range(26)}
    if digit is not None:
        table |= {ord("0") + at: chr(digit + at) for at in range(10)}
    return table | {ord(plain): styled for plain, styled in zip(odd[::2], odd[1::2], strict=True)}


_FONTS = {
    "mathbb": _alphabet(0x1D538, 0x1D552, 0x1D7D8, "CℂHℍNℕPℙQℚRℝZℤ"),
    "mathcal": _alphabet(0x1D49C, 0x1D4B6, None, "BℬEℰFℱHℋIℐLℒMℳRℛeℯgℊoℴ"),
    "mathfrak": _alphabet(0x1D504, 0x1D51E, None, "CℭHℌIℑRℜZℨ"),
}
_FONTS |= {"mathscr": _FONTS["mathcal"], "mathds": _FONTS["mathbb"], "Bbb": _FONTS["mathbb"]}
_PLAIN_FONTS = _names(
    """mathbf mathrm mathit mathsf mathtt mathnormal boldsymbol bm pmb operatorname
    operatorname* textrm textbf textit textsf texttt textsc textup textnormal textmd textsl
    text mbox hbox emph rm bf cal it mathop mathord mathbin mathrel substack ensuremath
    phantom underbrace overbrace boxed mathchoice"""
)
_RAISED = str.maketrans(
    "0123456789+-=()niTabcdefghjklmoprstuvwxyz*\u2032",
    "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱᵀᵃᵇᶜᵈᵉᶠᵍʰʲᵏˡᵐᵒᵖʳˢᵗᵘᵛʷˣʸᶻ*\u2032",
)
_LOWERED = str.maketrans("0123456789+-=()aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ")
_INSIDE = re.compile(r"(?<=[(\[\u27e8]) | (?=[)\]\u27e9,;])")  # blanks that TeX does not print
_VULGAR = _table("1/2 ½ 1/3 ⅓ 2/3 ⅔ 1/4 ¼ 3/4 ¾ 1/5 ⅕ 1/6 ⅙ 1/7 ⅐ 1/8 ⅛ 1/10 ⅒")
_TWO_ARGUMENTS = frozenset({"frac", "tfrac", "dfrac", "nicefrac", "sfrac", "binom"})


# Reads one part after what was written before, and returns both.
_Step = Callable[[str, str], str]


class UnknownTexError(Exception):
    """A text has a command that we do not know, or groups that do not match."""


@lru_cache(maxsize=512)
def text_to_unicode(text: str, marks: tuple[str, str] = ("", "")) -> str | None:
    r"""Convert a text with commands: ``Na\"ive {BERT}`` becomes ``Naïve BERT``.

    Returns:
        One line, with the marks around what is emphasised; None if a command is unknown, the
        braces do not match, or nothing is left.
    """
    if len(text) > _LIMIT:
        return None
    try:
        plain = _Reader(text, marks).read_text()
    except UnknownTexError:
        return None
    plain = plain.replace("---", "—").replace("--", "–")
    return unicodedata.normalize("NFC", " ".join(plain.split())) or None


@lru_cache(maxsize=512)
def math_to_unicode(formula: str) -> str:
    r"""Convert a formula, without its dollar signs: ``O(n\log n)`` becomes ``O(n log n)``.

    Returns:
        Plain characters; the formula itself if it is too long or its braces do not match.
    """
    if len(formula) > _LIMIT:
        return formula
    try:
        plain = _Reader(formula).read_math()
    except UnknownTexError:
        return formula
    return unicodedata.normalize("NFC", _INSIDE.sub("", " ".join(plain.split())))


@dataclass(slots=True)
class _Reader:
    """Reads the parts of a text or a formula from left to right."""

    source: str
    marks: tuple[str, str] = ("", "")
    at: int = 0
    depth: int = 0

    def read_text(self) -> str:
        """Read all of it as text."""
        text = self._read(self._text_part)
        if self.at < len(self.source):
            raise UnknownTexError
        return text

    def read_math(self) -> str:
        """Read all of it as a formula."""
        text = self._read(self._math_part)
        if self.at < len(self.source):
            raise UnknownTexError
        return text

    def _parts(self) -> Iterator[str]:
        while part := _PART.match(self.source, self.at):
            self.at = part.end()
            yield part[0]

    def _peek(self) -> str:
        part = _PART.match(self.source, self.at)
        return part[0] if part else ""

    def _skip_blanks(self) -> bool:
        part = self._peek()
        if part.isspace():
            self.at += len(part)
        return part.isspace()

    def _read(self, one: _Step) -> str:
        """Read up to the end, or to a brace that closes the group."""
        self.depth += 1
        if self.depth > _DEPTH:
            raise UnknownTexError
        out = ""
        for part in self._parts():
            if part == "}":
                self.at -= 1
                break
            out = one(part, out)
        self.depth -= 1
        return out

    def _group(self, one: _Step) -> str:
        """Read a group whose brace was read, with its end."""
        inner = self._read(one)
        if self._peek() != "}":
            raise UnknownTexError
        self.at += 1
        return inner

    def _argument(self, one: _Step) -> str:
        """Read the next group, command or character; empty at the end."""
        self._skip_blanks()
        part = self._peek()
        if part in {"", "}"}:
            return ""
        self.at += len(part)
        return self._group(one) if part == "{" else one(part, "")

    def _option(self) -> str:
        """Read the argument in brackets that may follow, as it is."""
        if self._peek() != "[":
            return ""
        end = self.source.find("]", self.at)
        if end < 0:
            return ""
        option = self.source[self.at + 1 : end]
        self.at = end + 1
        return option

    def _text_part(self, part: str, out: str) -> str:  # noqa: C901, PLR0911  # a case each
        if part == "{":
            return out + self._group(self._text_part)
        if part == "~":
            is_tie = out[-1:].isalnum() and self._peek().isalnum()
            return out + ("\N{NO-BREAK SPACE}" if is_tie else "~")
        if not part.startswith("\\"):
            return out + part
        name = part[1:]
        if name in _ACCENTS and (not name.isalpha() or self._peek() in {"{", " "}):
            return out + self._accented(_ACCENTS[name])
        if name in _LOOKS:
            if name in {"textcolor", "href"}:
                self._argument(self._text_part)
            words = self._argument(self._text_part)
            return out + (words.join(self.marks) if name in _EMPHASIS and words else words)
        if name in _LETTERS or name in _TEXT_SIGNS or name in _SWITCHES:
            if name.isalpha():
                self._skip_blanks()
            if self.source.startswith("{}", self.at):
                self.at += 2
            return out + _LETTERS.get(name, _TEXT_SIGNS.get(name, ""))
        if name in _FONTS:
            return out + self._argument(self._math_part).translate(_FONTS[name])
        if name.isalpha() and (sign := _GREEK.get(name, _BETWEEN.get(name, _SIGNS.get(name)))):
            self._skip_blanks()
            return out + sign  # a formula without its dollar signs
        raise UnknownTexError

    def _accented(self, accent: str) -> str:
        base = self._argument(self._text_part)
        base = base.replace("\u0131", "i").replace("\u0237", "j")
        return base[:1] + accent + base[1:]

    def _math_part(self, part: str, out: str) -> str:  # noqa: C901, PLR0911  # a case each
        if part == "{":
            return out + self._group(self._math_part)
        if part in {"^", "_"}:
            return out + self._script(part)
        if part in {"&", "~"} or part.isspace():
            return out + " "
        if part == "'":
            return out + ("\u2032" if out else "'")  # "Ain$'$t"
        if not part.startswith("\\"):
            return out + part
        name = part[1:]
        if name in _TWO_ARGUMENTS:
            return out + self._fraction(name, out)
        if name == "sqrt":
            root = {"": "√", "3": "∛", "4": "∜"}.get(self._option().strip(), "√")
            return out + root + _wrapped(self._argument(self._math_part))
        if name in _MATH_ACCENTS:
            base = self._argument(self._math_part)
            return out + base[:1] + _MATH_ACCENTS[name] + base[1:]
        if name in _FONTS:
            return out + self._argument(self._math_part).translate(_FONTS[name])
        if name in _PLAIN_FONTS:
            is_text = name.startswith("text") or name in {"mbox", "hbox", "emph"}
            words = self._argument(self._text_part if is_text else self._math_part)
            is_function = name.startswith("operatorname")
            return out + (self._spaced(words, out) if is_function else words)
        return self._math_sign(name, out)

    def _math_sign(self, name: str, out: str) -> str:  # noqa: PLR0911  # a case each
        """Write a sign or a function after what was written; an unknown command as its name."""
        had_blank = self._skip_blanks() if name.isalpha() else False
        if name in _BETWEEN:
            # The source shows whether its author thinks of it as a word or as part of one.
            blank = " " if out.endswith(" ") else ""
            return out + _BETWEEN[name] + blank
        if name in _GREEK or name in _SIGNS:
            return out + _GREEK.get(name, _SIGNS.get(name, ""))
        if name in _ACCENTS and not name.isalpha():
            return out + self._accented(_ACCENTS[name])
        if name == "not":
            following = self._argument(self._math_part)
            return out + following[:1] + "\u0338" + following[1:]
        if name in _FUNCTIONS:
            return out + self._spaced(name, out)
        if name in {"begin", "end"}:
            self._argument(self._math_part)
            return out + " "
        if self._peek() == "{":
            return f"{out}{name}({self._argument(self._math_part)})"
        return out + name + (" " if had_blank else "")

    def _spaced(self, word: str, out: str) -> str:
        """Put blanks around the name of a function, as TeX does."""
        before = " " if out[-1:].isalnum() or out[-1:] in {")", "]"} else ""
        following = self._peek().lstrip("\\")[:1]
        after = " " if following.isalnum() else ""
        return f"{before}{word.rstrip('*')}{after}"

    def _script(self, mark: str) -> str:
        """Raise or lower an argument; with the mark itself where Unicode lacks a character."""
        inner = self._argument(self._math_part).strip()
        if inner in {"∘", "°"} and mark == "^":
            return "°"
        table = _RAISED if mark == "^" else _LOWERED
        if inner and all(ord(character) in table for character in inner):
            return inner.translate(table)
        if inner == "\u2032":
            return inner
        following = self._peek()[:1]
        is_word = inner.replace(".", "").isalnum() and unicodedata.is_normalized("NFKC", inner)
        is_clear = is_word and not (following.isalnum() or following == "\\")
        return f"{mark}{inner}" if is_clear or len(inner) == 1 else f"{mark}({inner})" * bool(inner)

    def _fraction(self, name: str, out: str) -> str:
        above, below = (self._argument(self._math_part).strip() for _ in range(2))
        if name == "binom":
            return f"C({above}, {below})"
        if vulgar := _VULGAR.get(f"{above}/{below}"):
            return vulgar
        fraction = f"{_wrapped(above)}/{_wrapped(below)}"
        following = self._peek()
        is_factor = bool(following) and (following[0].isalnum() or following[0] in "\\({")
        return f"({fraction})" if is_factor or out[-1:].isalnum() else fraction


def _wrapped(text: str) -> str:
    """Put brackets around anything but one word, number or sign."""
    return text if text.isalnum() or len(text) == 1 else f"({text})"
