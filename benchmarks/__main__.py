"""Run a benchmark by name: ``./run.sh bench [start|known]``; all of them without a name."""

from __future__ import annotations

import sys

from benchmarks import known, start

BENCHMARKS = {"start": start.run, "known": known.run}


def main(words: list[str]) -> int:
    """Run the benchmarks that were named and print a table each."""
    unknown = [word for word in words if word not in BENCHMARKS]
    if unknown:
        print(f"no benchmark {unknown[0]}; there are {', '.join(BENCHMARKS)}", file=sys.stderr)
        return 2
    for name in words or BENCHMARKS:
        print(f"\n{name}")
        BENCHMARKS[name]()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
