from __future__ import annotations

import time

import pytest
from hypothesis import given, strategies as st

from papertrack.core.text.clean import plain_text
from papertrack.core.text.formulas import mathml_to_text
from papertrack.core.text.html_text import (
    SUMMARY_LIMIT,
    cut_text,
    html_to_text,
    is_html_body,
    looks_like_html,
)


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>One &amp; <b>two</b>.</p><p>Three</p>", "One & two.\n\nThree"),
        ("<p>One\n   two</p>\n\n<div>three</div>", "One two\n\nthree"),
        ("one<br>two<br/>three", "one\ntwo\nthree"),
        ("<ul><li>a</li><li><p>b</p></li></ul>after", "- a\n- b\n\nafter"),
        ("<ul><li>a<ul><li>b</ul></ul>", "- a\n- b"),
        ("<h2>Head</h2>text", "Head\n\ntext"),
        ("<pre>def f():\n    return 1\n</pre>", "def f():\n    return 1"),
        ("<table><tr><td>1</td><td>2</td></tr><tr><td>3</td></tr></table>", "1 2\n3"),
        ('see <a href="https://example.org/">this</a>', "see this"),
        ("a<script>alert('<p>')</script>b<style>p{}</style>c", "abc"),
        ("a<svg><title>x</title><g>y</g></svg>b<iframe>z</iframe>c", "abc"),
        ("<div>a<noscript>enable</noscript></div>", "a"),
        ("<button>Subscribe", "Subscribe"),  # never closed: it does not take the rest with it
        ('x<span aria-hidden="true">#</span>y', "xy"),
        ('<img src="a.png" alt="A chart &amp; more">', "A chart & more"),
        ('<img alt="A chart"> words', "words"),
        ("$a&lt;b$ and 5 &lt; 6", "$a<b$ and 5 < 6"),
        ("$a<b$ and 5 < 6, c<d", "$a<b$ and 5 < 6, c<d"),
        ("<p>unclosed <b>bold", "unclosed bold"),
        ("<![CDATA[<p>wrapped twice</p>]]>", "wrapped twice"),
        ("a<!-- hidden -->b<!-- never closed", "ab"),
        ('<a title="1 > 0">one</a>', "one"),
        ("<p>a&nbsp;</p><p>&nbsp;</p><p>b</p>", "a\n\nb"),
        ("e\x1b<b>[31mvil</b>", "evil"),
        ("&#xD800;&#27;x", "\ufffdx"),
        (
            '<math><mi>x</mi><annotation encoding="application/x-tex">x^2</annotation></math>!',
            "$x^2$!",
        ),
        ("", ""),
    ],
)
def test_markup_is_reduced_to_what_it_says(markup: str, text: str) -> None:
    assert html_to_text(markup) == text


@given(st.text(st.sampled_from("<>/\"'=ab &;#x-!\n[]") | st.characters(codec=None)))
def test_any_markup_gives_plain_text(markup: str) -> None:
    text = html_to_text(markup)

    assert text == plain_text(text)


NAMES = st.sampled_from(["p", "li", "ul", "pre", "script", "svg", "math", "br", "img", "td"])
TAGS = st.one_of(
    NAMES.map("<{}>".format),
    NAMES.map("</{}>".format),
    st.sampled_from(["<!--", "-->", "a b", "\n"]),
)


@given(st.lists(TAGS).map("".join))
def test_any_order_of_tags_gives_plain_text(markup: str) -> None:
    text = html_to_text(markup)

    assert text == plain_text(text)
    assert "<" not in text


@pytest.mark.parametrize(
    "markup",
    [
        "<div>" * 100_000 + "end",
        "<p " + " ".join(f"a{n}=1" for n in range(100_000)) + ">end</p>",
        "<" * 300_000 + "end",
        "<a" * 300_000 + "> end",
        "<a b='" * 100_000 + "'>end",
        "&" * 300_000 + "end",
        "<math>" * 100_000 + "</math>end",
        "<svg>" * 100_000 + "</svg>" * 100_000 + "end",
        "<script>" * 100_000 + "</script>end",
        "<!--" * 100_000 + "-->end",
        "<a =" * 100_000 + ">end",
    ],
    ids=lambda markup: markup[:8],
)
def test_a_bomb_of_tags_takes_time_in_proportion(markup: str) -> None:
    started = time.process_time()

    text = html_to_text(markup)

    assert text.endswith("end")
    # Ten times what it takes; what is quadratic takes minutes.
    assert time.process_time() - started < 10


@pytest.mark.parametrize(
    "text",
    [
        "<p>x</p>",
        "a<br>b",
        "a <b>c</b>",
        "<img src='x'>",
        "<a href='x'>y</a>",
        "<EM>x</EM>",
        "a<br />",
    ],
)
def test_markup_is_recognised(text: str) -> None:
    assert looks_like_html(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "5 < 6",
        "$a<b$",
        "<think>",
        "the <video> tag",
        "<b> or <i>?",
        "x</b>",
        "a & b &amp; c",
        "<i",
    ],
)
def test_words_with_angle_brackets_are_not_markup(text: str) -> None:
    assert not looks_like_html(text)


def test_a_long_text_is_cut_after_a_paragraph() -> None:
    paragraph = "word " * 100

    text = cut_text("\n\n".join([paragraph.strip()] * 100))

    assert len(text) <= SUMMARY_LIMIT
    assert text.endswith("word …")


@given(st.text(min_size=1), st.integers(1, 400))
def test_a_cut_text_is_never_longer_than_allowed(piece: str, times: int) -> None:
    assert len(cut_text(piece * times, limit=50)) <= 50


def test_a_short_text_is_not_cut() -> None:
    assert cut_text("word " * 10, limit=50) == "word " * 10


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("about 10<sup>9</sup> words", "about 10⁹ words"),
        ("3 m<sup>2</sup> at 10<sup>-4</sup>", "3 m² at 10⁻⁴"),
        ("x<sub>k</sub> and x<sub>k+1</sub>", "xₖ and xₖ₊₁"),
        ("W<sub>query</sub> in R<sup>d*k</sup>", "W_query in R^(d*k)"),
        ("2<sup>2<sup>3</sup></sup>", "2^2³"),
        ("the 3<sup>rd</sup> of the XX<sup>e</sup>", "the 3rd of the XXe"),
        ('a claim<sup><a href="#n4">4</a></sup>, again<sup>[5]</sup>', "a claim⁴, again[5]"),
        ("Zork<sup>®</sup> and Zork<sup>TM</sup>", "Zork® and ZorkTM"),
        ("a<sup>&lt;b&gt;</sup>", "a^(<b>)"),
        ("2<sup>n</sup> and 10<sup>k</sup>", "2ⁿ and 10^k"),
        ("the 2<sup>e</sup>, 1<sup>o</sup>", "the 2e, 1o"),
        ("the n<sup>th</sup>, M<sup>me</sup> and N<sup>o</sup> 5", "the nth, Mme and No 5"),
        ("<i>x</i><sup>n</sup>, <i>x</i><sub>query</sub>", "xⁿ, x_query"),
        ("∑<sub>i=1</sub><sup>n</sup> and x<sub>i</sub><sup>T</sup>", "∑ᵢ₌₁ⁿ and xᵢᵀ"),
        ("<b>Zork</b><sup>TM</sup>", "ZorkTM"),
        ("<sup>never closed", "never closed"),
    ],
)
def test_what_is_raised_or_lowered_does_not_join_the_word_before(markup: str, text: str) -> None:
    assert html_to_text(f"<p>{markup}</p>") == text


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        (
            'If <img src="/latex.php?latex=%5Cbeta" alt="&#92;beta &lt; 1" class="latex"> then',
            "If $\\beta < 1$ then",
        ),
        ('If <script type="math/tex; mode=display">a<b</script> then', "If $a<b$ then"),
        ('If <script type="math/tex">% <![CDATA[\na<b %]]></script> then', "If $a<b$ then"),
        (
            'If <span class="MathJax_Preview">b</span><script type="math/tex">b</script> then',
            "If $b$ then",
        ),
        ('If <span class="MathJax_Preview">b</span> then', "If b then"),
        (
            'If <img class="ql-img-inline-formula quicklatex-auto-format" alt="b^2"> then',
            "If $b^2$ then",
        ),
        ('If <img src="https://latex.codecogs.com/svg.latex?b" alt="b"> then', "If $b$ then"),
        (
            'If <img class="mwe-math-fallback-image-inline" alt="{\\displaystyle b^{2}}"> then',
            "If $b^{2}$ then",
        ),
        ('If <math alttext="b^2"><msup><mi>b</mi><mn>2</mn></msup></math> then', "If $b^2$ then"),
        (
            "If <math><mi>b</mi><annotation encoding='TeX'>b</annotation></math> then",
            "If $b$ then",
        ),
        (
            '<mjx-math aria-hidden="true">b</mjx-math><math><mi>b</mi></math>',
            "b",
        ),
        ('A <img src="x.png" alt="drawing"> B', "A B"),
        ('A <img class="wp-smiley" src="x.png" alt="🙂"> B', "A 🙂 B"),
        ("<script>let a</script>B", "B"),
    ],
)
def test_formulas_are_kept_as_tex_whatever_draws_them(markup: str, text: str) -> None:
    assert html_to_text(f"<p>{markup}</p>") == text


@pytest.mark.parametrize(
    ("inner", "text"),
    [
        ("<mi>a</mi><mo>=</mo><mn>1</mn>", "a=1"),
        ("<msup><mi>a</mi><mn>2</mn></msup>", "a²"),
        ("<msup><mi>a</mi><mrow><mi>b</mi><mo>&lt;</mo><mi>c</mi></mrow></msup>", "a^(b<c)"),
        ("<msubsup><mi>a</mi><mi>i</mi><mo>&#x2032;</mo></msubsup>", "aᵢ\u2032"),
        ("<munderover><mo>∑</mo><mn>0</mn><mi>n</mi></munderover><mi>a</mi>", "∑₀ⁿa"),
        ("<mover><mi>a</mi><mo>^</mo></mover>", "â"),
        ("<mfrac><mrow><mi>a</mi><mo>+</mo><mn>1</mn></mrow><mn>2</mn></mfrac>", "(a+1)/2"),
        ("<msqrt><mi>a</mi><mo>-</mo><mi>b</mi></msqrt>", "√(a-b)"),
        ("<mroot><mi>a</mi><mn>3</mn></mroot>", "³√a"),
        ("<mfenced open='[' close=']' separators=';'><mi>a</mi><mi>b</mi></mfenced>", "[a;b]"),
        (
            "<mtable><mtr><mtd>a</mtd><mtd>b</mtd></mtr><mtr><mtd>c</mtd></mtr></mtable>",
            "(a, b; c)",
        ),
        ("<mi>f</mi><mo>&#x2061;</mo><mi>a</mi><mspace/><mtext>or</mtext>", "fa or"),
        ("<semantics><mi>a</mi><annotation-xml><ci>a</ci></annotation-xml></semantics>", "a"),
        ("<m:msup><m:mi>a</m:mi><m:mn>2</m:mn></m:msup>", "a²"),
        ("<msup><mi>a</mi></msup>", "a"),
    ],
)
def test_mathml_without_tex_keeps_its_structure(inner: str, text: str) -> None:
    assert html_to_text(f"<p>Let <math>{inner}</math>.</p>") == f"Let {text}."


@given(
    st.lists(
        st.sampled_from(
            [
                "<msup>",
                "</msup>",
                "<mfrac>",
                "</mfrac>",
                "<mi>a</mi>",
                "<mn>2</mn>",
                "&lt;",
                "<",
                "/>",
                "<m:mi/>",
            ]
        ),
        max_size=60,
    ).map("".join)
)
def test_any_mathml_gives_one_line_without_tags(inner: str) -> None:
    text = mathml_to_text(inner)

    assert "\n" not in text
    assert "</m" not in text


def test_deep_mathml_takes_little_time() -> None:
    started = time.process_time()
    mathml_to_text("<msup>" * 100_000)
    mathml_to_text("<" * 100_000)
    html_to_text(f"<math>{'<annotation encoding=tex>' * 10_000}</math>")
    assert time.process_time() - started < 1


@pytest.mark.parametrize(
    "hidden",
    [
        "hidden",
        'hidden=""',
        'class="x" hidden',
        'style="display:none"',
        "style='visibility: hidden'",
    ],
)
def test_what_is_hidden_is_left_out(hidden: str) -> None:
    assert html_to_text(f"<div {hidden}>A line</div><p>The text</p>") == "The text"


@pytest.mark.parametrize("shown", ['class="hidden"', 'hidden="until-found"', 'id="hidden-gem"'])
def test_what_is_only_called_hidden_stays(shown: str) -> None:
    assert html_to_text(f"<div {shown}>A line</div><p>The text</p>") == "A line\n\nThe text"


@pytest.mark.parametrize(
    ("body", "is_html"),
    [
        ("<section>A</section>", True),
        ('See <iframe src="https://example.org/"></iframe>', True),
        ("<my-note>A</my-note>", True),
        ("a<wbr>b", True),
        ("<dl><dt>A</dt></dl>", True),
        ("<output>A</output> B", True),
        ("<address>A</address>", True),
        ('See <iframe src="https://example.org/"> B', True),
        ("See <embed src='a.swf'>", True),
        ("A<img/>", True),
        ("the <video> element", False),
        ("<name@example.org> and <https://example.org>", False),
        ("<s> and </e> tokens", False),
        ("a <think> token", False),
        ("vector<int> and p < 0.05", False),
    ],
)
def test_a_body_is_html_if_an_element_of_it_is_closed(body: str, is_html: bool) -> None:  # noqa: FBT001
    assert is_html_body(body) is is_html


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ('<svg viewBox="0 0 1 1"><title>A map</title><path d="M0"/></svg>', "A map"),
        ('<p><svg role="img" aria-label="A map"><path d="M0"/></svg></p>', "A map"),
        ('<video controls title="A film"><source src="a.mp4"></video>', "A film"),
        ("<img alt=Map src=a.png>", "Map"),
        ('<img data-alt="no" alt="A map">', "A map"),
        ('<img alt="A map"><svg><title>and a drawing</title></svg>', "A map and a drawing"),
        ("<p>Words.</p><svg><title>A map</title></svg>", "Words."),
        ('<!-- <img alt="old"> --><img alt="new">', "new"),
    ],
)
def test_pictures_alone_are_read_by_their_names(markup: str, text: str) -> None:
    assert html_to_text(markup) == text
