"""Lists of feeds, taken over and given away; newsboat reads and writes them too."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from papertrack.config.read import read_config
from papertrack.config.schema import ArxivSource, FeedSource

if TYPE_CHECKING:
    from pathlib import Path

    from tests.author import Author

LIST = """<?xml version="1.0"?><opml version="2.0"><body>
<outline text="Tech">
 <outline text="mechanistic INTERPRETABILITY">
  <outline type="rss" text="A" xmlUrl="https://a.example.org/feed"/>
  <outline text="inner"><outline text="B &amp; co" xmlUrl="https://b.example.org/feed"/></outline>
 </outline>
 <outline text="C" xmlUrl="https://c.example.org/feed"/>
</outline>
<outline text="attacks"><outline text="D" xmlUrl="feed://d.example.org/feed"/></outline>
<outline text="again" xmlUrl="http://www.a.example.org/feed/?utm_source=x"/>
<outline text="Pap&#10;ers" xmlUrl="http://export.arxiv.org/rss/cs.LG"/>
</body></opml>
"""


def _write(author: Author, text: str, name: str = "list.opml") -> str:
    (author.folder / name).write_text(text, "utf-8")
    return name


def test_a_list_becomes_sources_with_folders_as_areas(author: Author) -> None:
    author.write_config(author.config_text + "# the end\n")
    before = author.config.read_text("utf-8")

    printed = author.types("sources", "import", _write(author, LIST))

    assert (printed.code, printed.err) == (0, "")
    assert printed.out == "added 5 sources, 1 already there\nnext: papertrack sources test\n"
    text = author.config.read_text("utf-8")
    assert text.startswith(before)
    assert '[[sources]]\n# from the folder Tech\nslug = "c"\n' in text
    assert read_config(author.config).sources == (
        FeedSource(slug="a", name="A", url="https://a.example.org/feed", area="interp"),
        FeedSource(slug="b-co", name="B & co", url="https://b.example.org/feed", area="interp"),
        FeedSource(slug="c", name="C", url="https://c.example.org/feed"),
        FeedSource(slug="d", name="D", url="https://d.example.org/feed", area="attacks"),
        ArxivSource(slug="arxiv-cs-lg", name="arXiv cs.LG", categories=("cs.LG",)),
    )


def test_a_second_import_adds_nothing(author: Author) -> None:
    author.types("sources", "import", _write(author, LIST))
    before = author.config.read_bytes()

    printed = author.types("sources", "import", "list.opml")

    assert (printed.code, printed.out) == (0, "added 0 sources, 6 already there\n")
    assert author.config.read_bytes() == before


def test_what_cannot_be_a_source_is_named_and_the_others_come_in(author: Author) -> None:
    bad = (
        '<outline text="Files" xmlUrl="file:///etc/passwd"/>\n'
        '<outline text="\x9b31m&#27;[31mRun" xmlUrl="exec:rm -rf ~"/>\n'
        '<outline text="Query" xmlUrl="http://export.arxiv.org/api/query?search_query=x"/>\n'
        '<outline text="Host" xmlUrl="https://"/>\n'
    )

    printed = author.types(
        "sources", "import", _write(author, LIST.replace("</body>", bad + "</body>"))
    )

    assert printed.code == 1
    assert printed.out.startswith("added 5 sources, 1 already there, 4 left out\n")
    assert printed.err.splitlines()[:2] == [
        'left out: line 12: Files: "file:///etc/passwd" is not http(s)',
        'left out: line 13: Run: "exec:rm -rf ~" is not http(s)',
    ]
    assert printed.err.count("\n") == 4
    assert "\x1b" not in printed.err


def test_a_list_comes_from_standard_input(author: Author, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(LIST.encode())))

    printed = author.types("sources", "import", "-")

    assert printed.out.startswith("added 5 sources")


@pytest.mark.parametrize("text", ["", "hello", "<html/>", LIST[:-9], "<opml>" + "<outline>" * 99])
def test_a_file_that_is_no_list_is_one_line_and_changes_nothing(author: Author, text: str) -> None:
    before = author.config.read_bytes()

    printed = author.types("sources", "import", _write(author, text))

    assert (printed.code, printed.out, printed.err.count("\n")) == (2, "", 1)
    assert printed.err.startswith("papertrack: list.opml")
    assert "nothing was imported" in printed.err
    assert author.config.read_bytes() == before


def test_a_missing_file_is_one_line(author: Author) -> None:
    printed = author.types("sources", "import", "none.opml")

    assert (printed.code, printed.err) == (
        2,
        "papertrack: cannot read none.opml: No such file or directory; name an OPML file\n",
    )


def test_sources_go_out_in_the_folders_of_their_areas_and_come_back(author: Author) -> None:
    author.types("sources", "import", _write(author, LIST))
    with author.config.open("a", encoding="utf-8") as file:
        file.write('[[sources]]\nslug = "q"\nkind = "arxiv-query"\nall = ["x"]\n')
    wanted = read_config(author.config).sources[:-1]

    printed = author.types("sources", "export", "out.opml")
    author.write_config(author.config_text)
    author.types("sources", "import", "out.opml")

    assert printed.out == "wrote 5 sources to out.opml\n"
    assert printed.err == "q: left out: an arXiv search is not a feed\n"
    assert sorted(read_config(author.config).sources, key=lambda one: one.slug) == sorted(
        wanted, key=lambda one: one.slug
    )


def test_a_list_goes_to_standard_output(author: Author) -> None:
    author.add_source("https://example.org/f?a=1&b=2", name='"A & <B>"')

    printed = author.types("sources", "export")

    assert printed.out.startswith('<?xml version="1.0" encoding="UTF-8"?>\n<opml version="2.0">')
    assert 'text="A &amp; &lt;B&gt;"' in printed.out
    assert "<dateCreated>Fri, 20 Nov 2026 13:00:01 +0000</dateCreated>" in printed.out


def test_a_list_is_written_over_another_list_and_over_nothing_else(author: Author) -> None:
    _write(author, LIST)
    _write(author, "precious", "mine.txt")
    os.mkfifo(author.folder / "pipe")

    over_list = author.types("sources", "export", "list.opml")
    over_words = author.types("sources", "export", "mine.txt")
    over_pipe = author.types("sources", "export", "pipe")

    assert (over_list.code, over_words.code, over_pipe.code) == (0, 2, 2)
    assert (author.folder / "mine.txt").read_text("utf-8") == "precious"
    assert over_words.err.startswith(f"papertrack: {author.folder}/mine.txt is not an OPML file")


@pytest.mark.skipif(shutil.which("newsboat") is None, reason="newsboat is not installed")
def test_newsboat_reads_what_is_exported_and_its_export_is_read(
    author: Author, tmp_path: Path
) -> None:
    author.types("sources", "import", _write(author, LIST))
    exported = author.types("sources", "export", "out.opml")
    home = tmp_path / "reader"
    home.mkdir()
    (home / "urls").touch()
    files = [f"--url-file={home}/urls", f"--cache-file={home}/cache.db"]
    files.append(f"--config-file={home}/config")

    def newsboat(*words: str) -> str:
        return subprocess.run(
            ["newsboat", *files, *words],  # noqa: S607  # wherever it is installed
            env={**os.environ, "HOME": str(home)},
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        ).stdout

    newsboat("-i", str(author.folder / "out.opml"))
    urls = (home / "urls").read_text("utf-8")
    author.write_config(author.config_text)
    printed = author.types("sources", "import", _write(author, newsboat("-e"), "back.opml"))

    assert exported.code == 0
    assert [line.split()[0].strip('"') for line in urls.splitlines()] == [
        "https://c.example.org/feed",
        "https://rss.arxiv.org/atom/cs.LG",
        "https://a.example.org/feed",
        "https://b.example.org/feed",
        "https://d.example.org/feed",
    ]
    assert "Mechanistic Interpretability" in urls
    assert printed.out.startswith("added 5 sources\n")
