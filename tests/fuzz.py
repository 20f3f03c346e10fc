"""Search for new counterexamples: every property test, round after round, each with a new seed.

``./run.sh fuzz [MINUTES] [PYTEST ARGUMENT]...`` begins no round after MINUTES (5 unless said) and
stops at the first failure. In `./run.sh test` the same tests try the same examples every day.
"""

from __future__ import annotations

import os
import secrets
import shlex
import subprocess
import sys
import time

# More than the suite tries; what the environment says goes first.
_LONGER = {"PAPERTRACK_FUZZ": "400", "PAPERTRACK_MODEL_RUNS": "40"}


def main(words: list[str]) -> int:
    """Run rounds until the time is up; returns pytest's exit code of the last one."""
    minutes = float(words.pop(0)) if words and words[0].replace(".", "", 1).isdigit() else 5.0
    until = time.monotonic() + 60 * minutes
    code = 0
    while code == 0 and time.monotonic() < until:
        seed = str(secrets.randbelow(2**32))
        chosen = ["--hypothesis-profile=fuzz", f"--hypothesis-seed={seed}", "-m", "hypothesis"]
        sys.stdout.write(f"seed {seed}\n")
        sys.stdout.flush()
        call = [*chosen, f"--randomly-seed={seed}", *words]
        code = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-x", "--numprocesses=auto", *call],
            env=_LONGER | os.environ,
            check=False,
        ).returncode
        if code:
            sys.stdout.write(f"again with: ./run.sh test {shlex.join(call)}\n")
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
