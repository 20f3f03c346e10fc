"""Build wheel and sdist, hold them against the repository, and try what a stranger installs.

``python -m tests.wheel`` is a part of ``./run.sh check``. The wheel goes into an environment of its
own, where the demo runs and the tests of the sdist run with the source out of reach.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

from tests.process import ROOT

# What is tried against the installed package; `./run.sh test` tries the rest from the checkout.
_TRIED = (
    "tests/cli/test_app.py",
    "tests/cli/test_areas.py",
    "tests/cli/test_demo.py",
    "tests/cli/test_draft.py",
    "tests/cli/test_init.py",
    "tests/cli/test_list.py",
    "tests/cli/test_publish.py",
    "tests/cli/test_rate.py",
    "tests/cli/test_shapes.py",
    "tests/cli/test_sources.py",
    "tests/cli/test_template.py",
    "tests/cli/test_two_weeks.py",
    "tests/cli/test_undo.py",
    "tests/storage/test_migrate.py",
    "tests/test_docs.py",
    "tests/test_readme.py",
)

# Licences of what the wheel needs, by the distributions that are installed with it.
_LICENCES = """
import json
from importlib.metadata import distributions
print(json.dumps({
    found.metadata["Name"]: [
        found.metadata.get("License-Expression") or found.metadata.get("License") or "",
        *(line for line in found.metadata.get_all("Classifier") or [] if "License" in line),
    ]
    for found in distributions()
}))
"""


def main() -> int:
    """Print what is wrong, a line each; returns an exit code."""
    with tempfile.TemporaryDirectory(prefix="papertrack-wheel-") as name:
        place = Path(name)
        _uv("build", "--out-dir", str(place / "dist"), str(ROOT))
        (wheel,) = (place / "dist").glob("*.whl")
        (sdist,) = (place / "dist").glob("*.tar.gz")
        wrong = [*_differences(wheel, sdist), *_try(wheel, sdist, place)]
    sys.stdout.write(
        "".join(f"{line}\n" for line in wrong) or "wheel and sdist: as they should be\n"
    )
    return 1 if wrong else 0


def _differences(wheel: Path, sdist: Path) -> list[str]:
    """Compare what is packed with what git tracks; nothing to compare where there is no git."""
    if not (ROOT / ".git").exists():
        return []
    tracked = _git("ls-files")
    package = {path for path in tracked if path.startswith("papertrack/")}
    with zipfile.ZipFile(wheel) as archive:
        in_wheel = {path for path in archive.namelist() if ".dist-info/" not in path}
    with tarfile.open(sdist) as tar:
        in_sdist = {member.name.partition("/")[2] for member in tar if not member.isdir()}
    return [
        *(
            f"tracked, and ignored by .gitignore: {path}"
            for path in _git("ls-files", "-ci", "--exclude-standard")
        ),
        *_compared("wheel", in_wheel, package),
        *_compared("sdist", in_sdist - {"PKG-INFO"}, tracked),
    ]


def _compared(name: str, packed: set[str], tracked: set[str]) -> list[str]:
    return [
        *(f"not in the {name}: {path}" for path in sorted(tracked - packed)),
        *(f"in the {name}, but not in git: {path}" for path in sorted(packed - tracked)),
    ]


def _try(wheel: Path, sdist: Path, place: Path) -> list[str]:
    """Install the wheel, and run the demo and the sdist's tests without the source beside them."""
    python = place / "env" / "bin" / "python"
    _uv("venv", "--python", sys.executable, str(python.parents[1]))
    _install(python, place, "--no-dev", str(wheel))
    wrong = [
        f"{name} is under the {licence}, and papertrack under the MIT licence"
        for name, said in json.loads(_output(python, "-c", _LICENCES)).items()
        for licence in said
        if "GPL" in licence and "LGPL" not in licence
    ]
    home = place / "home"
    home.mkdir()
    environment = {"PATH": os.environ["PATH"], "HOME": str(home), "TMPDIR": str(home)}
    demo = subprocess.run(
        [python.with_name("papertrack"), "demo"],
        cwd=home,
        env=environment,
        stdout=subprocess.DEVNULL,
        check=False,
    )
    if demo.returncode:
        wrong.append(f"papertrack demo ended with exit code {demo.returncode}")

    _install(python, place)
    with tarfile.open(sdist) as tar:
        tar.extractall(place / "sdist", filter="data")
    (source,) = (place / "sdist").iterdir()
    shutil.rmtree(source / "papertrack")
    shared = ROOT.parent / "shared"
    if shared.is_dir():
        (place / "sdist" / "shared").symlink_to(shared)
    tried = subprocess.run(
        [python, "-P", "-m", "pytest", "-q", "--numprocesses=auto", *_TRIED],
        cwd=source,
        env=environment,
        check=False,
    )
    if tried.returncode:
        wrong.append(f"the sdist's tests fail on the installed wheel: exit code {tried.returncode}")
    return wrong


def _install(python: Path, place: Path, *what: str) -> None:
    """Install the locked versions, with the tools of the tests unless told otherwise."""
    *options, wheel = what or ("",)
    wanted = place / "requirements.txt"
    export = ("export", "--locked", "--no-emit-project", "--no-hashes", *options)
    _uv(*export, "--project", str(ROOT), "--output-file", str(wanted))
    _uv("pip", "install", "--python", str(python), "-r", str(wanted), *filter(None, [wheel]))


def _uv(*words: str) -> None:
    """Call the uv that runs this; what it prints is shown when it fails."""
    done = subprocess.run(
        [os.environ["UV"], "--quiet", *words], capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.exit(f"uv {words[0]} failed: {done.stderr}")


def _git(*words: str) -> set[str]:
    return set(_output(Path("git"), *words).splitlines())


def _output(program: Path, *words: str) -> str:
    return subprocess.run(
        [program, *words], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout


if __name__ == "__main__":
    sys.exit(main())
