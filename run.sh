#!/bin/sh
# One door to everything: demo, test, lint, check, fuzz, bench, or papertrack itself.
# Needs Python >= 3.11 and nothing else; brings uv along when PATH has none.
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)

if command -v uv >/dev/null 2>&1; then uv=uv; else
    uv=$root/.uv/bin/uv
    if [ ! -x "$uv" ]; then
        python3 -m venv "$root/.uv"
        "$root/.uv/bin/python" -m pip install --quiet --disable-pip-version-check uv
    fi
fi
in_project() { "$uv" run --quiet --locked --project "$root" "$@"; }
lint() {
    cd "$root"
    in_project ruff check .
    in_project ruff format --check .
    in_project mypy
    in_project lint-imports
}

word=${1:-help}
[ $# -eq 0 ] || shift
case $word in
    demo) in_project papertrack demo "$@" ;;
    papertrack) in_project papertrack "$@" ;;
    test)
        cd "$root"
        in_project pytest --numprocesses auto --cov --cov-report= "$@"
        in_project coverage report --fail-under 95
        ;;
    lint) lint ;;
    check)
        lint
        in_project python -m tests.wheel
        ;;
    fuzz) cd "$root" && in_project python -m tests.fuzz "$@" ;;
    bench) cd "$root" && in_project python -m benchmarks "$@" ;;
    *) echo "usage: ./run.sh demo | test | lint | check | fuzz | bench | papertrack ARGS..." >&2; exit 2 ;;
esac
