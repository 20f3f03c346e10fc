"""A template that would take the machine is stopped apart, whatever it is made of."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from papertrack.commands import template
from papertrack.commands.template import LIMITS, fill, read_template, resident_bytes, sample_digest
from papertrack.config.schema import TEMPLATES, DigestConfig
from papertrack.errors import UsageError
from tests.process import command, environment

if TYPE_CHECKING:
    from collections.abc import Mapping

MEMORY = "it needs too much memory (more than 80 MB)"
TIME = "the template does not finish: it took more than 1 s"
LENGTH = "it has made more than 5 million characters"
NUMBER = "a number in it is too large"


def doubling(begin: str, step: str, use: str = "{{ ns.x|length }}") -> str:
    """Write a loop that makes something twice as large, sixty times."""
    head = f"{{% set ns = namespace(x={begin}) %}}{{% for i in range(60) %}}"
    return f"{head}{{% set ns.x = {step} %}}{{% endfor %}}{use}"


# Each with the limit that it meets; MEMORY may come as a crash of the process, TIME before it.
BOMBS: Mapping[str, tuple[str, str]] = {
    "filter replace": ("{{ ('a'*90000)|replace('a','b'*90000) }}", MEMORY),
    "method replace": ("{{ ('a'*90000).replace('a','b'*90000)|length }}", MEMORY),
    "block replace": (
        "{% filter replace('a','b'*90000) %}{{ 'a'*90000 }}{% endfilter %}",
        MEMORY,
    ),
    "filter join": ("{{ range(90000)|join('b'*90000)|length }}", MEMORY),
    "method join": ("{{ ('b'*90000).join(range(90000)|map('string')|list)|length }}", MEMORY),
    "tilde": (doubling("'a'*90000", "ns.x ~ ns.x"), MEMORY),
    "plus": (doubling("'a'*90000", "ns.x + ns.x"), MEMORY),
    "percent": (doubling("'a'*90000", "'%s%s' % (ns.x, ns.x)"), MEMORY),
    "filter format": (doubling("'a'*90000", "'%s%s'|format(ns.x, ns.x)"), MEMORY),
    "method format": (doubling("'a'*90000", "'{0}{0}'.format(ns.x)"), MEMORY),
    "width in a format": ("{{ '{:999999999}'.format(1)|length }}", MEMORY),
    "precision in a format": ("{{ '{:.999999999f}'.format(1.5)|length }}", MEMORY),
    "list": (doubling("[1]", "ns.x + ns.x"), MEMORY),
    "dict": (doubling("{}", "dict(ns.x, **{'%d'|format(i): range(90000)|list})"), MEMORY),
    "block that is kept": (
        doubling("'a'*90000", "y").replace(
            "{% set ns.x", "{% set y %}{{ ns.x }}{{ ns.x }}{% endset %}{% set ns.x"
        ),
        MEMORY,
    ),
    "escape": (doubling("'&'*90000", "ns.x|forceescape|string"), MEMORY),
    "tabs": ("{{ ('\\t'*90000).expandtabs(90000)|length }}", MEMORY),
    "wordwrap": ("{{ ('ab'*40000)|wordwrap(1, wrapstring='b'*90000)|length }}", MEMORY),
    "indent": (doubling("'a\\n'*40000", "ns.x|indent(100, true)"), MEMORY),
    "lists by batch": (
        "{{ range(90000)|batch(1, 'x')|map('batch', 90000, 'x')|map('list')|list|length }}",
        MEMORY,
    ),
    "power": ("{{ 9 ** 90000 ** 2 }}", NUMBER),
    "macros": (
        "{% macro f(n) %}{% if n %}{{ f(n-1) }}{{ f(n-1) }}{% endif %}x{% endmacro %}{{ f(60) }}",
        TIME,
    ),
    "macro without an end": ("{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}", "endlessly"),
    "loop that calls itself": (
        "{% for x in [1] recursive %}{{ loop([1]) }}{% endfor %}",
        "endlessly",
    ),
    "callers": (
        "{% macro f() %}{{ caller() }}{{ caller() }}{% endmacro %}"
        + "{% call f() %}" * 18
        + "{{ 'a' * 100000 }}"
        + "{% endcall %}" * 18,
        MEMORY,
    ),
    "loops": (
        "{% for a in range(90000) %}{% for b in range(90000) %}{% endfor %}{% endfor %}",
        TIME,
    ),
    "placeholder text": ("{{ lipsum(n=90000, html=false)|length }}", TIME),
    "output": ("{% for a in range(90000) %}{{ 'x' * 1000 }}{% endfor %}", LENGTH),
    "nesting": ("{{ " + "(" * 50_000 + "1" + ")" * 50_000 + " }}", ""),
    "long sum": ("{{ " + " ~ ".join(["'a'"] * 100_000) + " }}", ""),
    "import of itself": ("{% import 'mine.j2' as mine %}", "no loader"),
}

FILL = """
from concurrent.futures import ThreadPoolExecutor
import json, re, resource, sys
from dataclasses import replace
from pathlib import Path
from papertrack.commands.template import LIMITS, fill, sample_digest
from papertrack.config.schema import DigestConfig
from papertrack.errors import UsageError
def answer(path):
    try:
        fill(sample_digest(DigestConfig()), str(path), limits=replace(LIMITS, cpu_s=1))
    except UsageError as error:
        return path.name, f"{error.what}; {error.hint}"
with ThreadPoolExecutor(2) as pool:
    answers = dict(filter(None, pool.map(answer, sorted(Path(sys.argv[1]).iterdir()))))
# Not ru_maxrss for its own: that starts with what the parent had when it forked.
status = Path("/proc/self/status")
own = re.search(r"VmHWM:\\s*(\\d+) kB", status.read_text() if status.exists() else "VmHWM: 0 kB")
child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
print(json.dumps([answers, [int(own[1]), child]]))
"""


@dataclass(frozen=True)
class Exploded:
    """What became of the bombs, and the highest memory (kB) of the program and of any child."""

    answers: dict[str, str]
    own_peak: int
    child_peak: int


@pytest.fixture(scope="module")
def exploded(tmp_path_factory: pytest.TempPathFactory) -> Exploded:
    """Fill every bomb in one process that nothing else has swollen, once for all of xdist's."""
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    with (shared / "bombs.json").open("a+", encoding="utf-8") as kept:
        fcntl.flock(kept, fcntl.LOCK_EX)
        kept.seek(0)
        if not (printed := kept.read()):
            printed = _explode(tmp_path_factory.mktemp("bombs"))
            kept.write(printed)
    answers, peaks = json.loads(printed)
    return Exploded(answers, *peaks)


def _explode(folder: Path) -> str:
    for name, (source, _) in BOMBS.items():
        (folder / name).write_text(source, encoding="utf-8")
    return subprocess.run(
        [sys.executable, "-c", FILL, str(folder)],
        capture_output=True,
        check=True,
        env=environment(folder.parent),
        encoding="utf-8",
    ).stdout


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_costs_one_line_that_names_the_template_and_the_limit(
    exploded: Exploded, name: str
) -> None:
    if name == "long sum" and name not in exploded.answers:
        pytest.skip("from 3.14 on Python compiles it, in less than the limits")
    said = exploded.answers[name]

    limits = (MEMORY, TIME) if BOMBS[name][1] in {MEMORY, TIME} else (BOMBS[name][1],)
    assert f"/{name}:" in said
    assert any(limit in said for limit in limits)
    assert said.endswith("; fix the template, or use -t cards")
    assert "\n" not in said
    assert len(said) < 400


def test_no_bomb_takes_more_than_the_limit_or_any_of_the_program(exploded: Exploded) -> None:
    kilobytes = LIMITS.memory_bytes // 1000

    assert exploded.own_peak < 60_000
    assert exploded.child_peak < kilobytes + 30_000  # libraries are shared and not counted as data
    assert exploded.own_peak + exploded.child_peak < 150_000


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_that_is_filled_apart_gives_the_same_text_and_places(
    tmp_path: Path, name: str
) -> None:
    (tmp_path / "mine.j2").write_text(read_template(name), encoding="utf-8")
    digest = sample_digest(DigestConfig())

    assert fill(digest, str(tmp_path / "mine.j2")) == fill(digest, name)


def test_an_issue_of_a_megabyte_is_filled(tmp_path: Path) -> None:
    (tmp_path / "mine.j2").write_text("{{ issue.lead }}", encoding="utf-8")
    lead = "💡 long " * 150_000
    digest = replace(sample_digest(DigestConfig()), lead=lead)

    assert fill(digest, str(tmp_path / "mine.j2")).text == f"{lead}\n"


def test_the_program_watches_the_memory_where_the_system_sets_no_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mine.j2").write_text(BOMBS["loops"][0], encoding="utf-8")
    asked: list[int] = []

    def swollen(process: int) -> int:
        asked.append(process)
        return 3 * LIMITS.memory_bytes

    monkeypatch.setattr(template, "resident_bytes", swollen)
    with pytest.raises(UsageError, match=r"needs too much memory \(more than 80 MB\)$"):
        fill(sample_digest(DigestConfig()), str(tmp_path / "mine.j2"))

    assert len(asked) == 1
    with pytest.raises(ProcessLookupError):
        os.kill(asked[0], 0)


def test_a_process_that_stands_still_is_given_up(tmp_path: Path) -> None:
    (tmp_path / "mine.j2").write_text(BOMBS["loops"][0], encoding="utf-8")

    limits = replace(LIMITS, wall_s=0.1)

    with pytest.raises(UsageError, match="does not finish"):
        fill(sample_digest(DigestConfig()), str(tmp_path / "mine.j2"), limits=limits)


@pytest.mark.skipif(shutil.which("ps") is None, reason="there is no ps")
def test_the_memory_of_a_process_is_known_with_and_without_proc() -> None:
    by_ps = resident_bytes(os.getpid(), statm="/nowhere/{}")

    assert by_ps is not None
    assert by_ps > 10_000_000
    assert resident_bytes(2**22 + 1, statm="/nowhere/{}") is None


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends it with its parent")
@pytest.mark.parametrize(("how", "code"), [(signal.SIGINT, 130), (signal.SIGKILL, -9)])
def test_no_process_is_left_when_the_program_ends(tmp_path: Path, how: int, code: int) -> None:
    (tmp_path / "mine.j2").write_text(BOMBS["loops"][0], encoding="utf-8")
    (tmp_path / "config.toml").write_text("", encoding="utf-8")
    process = subprocess.Popen(
        command("--config", "config.toml", "template", "test", "mine.j2"),
        cwd=tmp_path,
        env=environment(tmp_path),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    while not (found := children.read_text("ascii").split()):
        time.sleep(0.01)
    # Until it computes it is still being set up.
    while _cpu_ticks(int(found[0])) < 30:
        time.sleep(0.01)

    process.send_signal(how)

    assert process.wait() == code
    while Path(f"/proc/{found[0]}").exists() and _state(int(found[0])) != "Z":
        time.sleep(0.01)


def _state(process: int) -> str:
    return _stat(process)[0]


def _cpu_ticks(process: int) -> int:
    return int(_stat(process)[11])


def _stat(process: int) -> list[str]:
    """Read what Linux tells of a process, from its state on (proc(5))."""
    with suppress(FileNotFoundError, ProcessLookupError):
        return Path(f"/proc/{process}/stat").read_text("utf-8").rpartition(") ")[2].split()
    return ["Z", *["0"] * 11]
