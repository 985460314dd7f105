#!/bin/sh
# The whole suite, headless: style, types, then all tests; the rules in domain must be covered branch by branch. With
# COVERED=mv_desktop all of the program is measured (`make coverage`), which takes a third longer.
set -eu
cd "$(dirname "$0")/.."
export QT_QPA_PLATFORM=offscreen
# Where Python was told to keep nothing compiled, each of some 500 programs that tests start would compile all anew.
unset PYTHONDONTWRITEBYTECODE
rm -f .coverage .coverage.*
# Each test is bounded (`timeout` in pyproject.toml), what hands them out is not: the whole of a run ends, too. First by
# an interrupt, after which pytest says what failed until then; in the foreground, so that Ctrl+C still reaches it.
bounded() {
    seconds=$1
    shift
    if command -v timeout >/dev/null; then set -- timeout --foreground --signal=INT --kill-after=60 "$seconds" "$@"; fi
    "$@"
}
# Some 700 tests clone a database each: 400 ms on a disk that many write to, 35 in memory.
if [ -z "${TMPDIR:-}" ] && [ -w /dev/shm ] && [ "$(df -Pk /dev/shm | awk 'NR == 2 { print $4 }')" -gt 6000000 ] &&
    ! grep -q '^[^ ]* /dev/shm [^ ]* [^ ]*noexec' /proc/mounts; then
    TMPDIR=$(mktemp -d /dev/shm/mv-test-XXXXXX)
    export TMPDIR
    trap 'rm -rf "$TMPDIR"' EXIT
    chmod 711 "$TMPDIR" # as root, the servers' unprivileged user must get through
fi
# Which letters there are is worked out once and kept: measured, it takes each process half a minute.
.venv/bin/python -c "from hypothesis import strategies; strategies.text().validate()"
.venv/bin/python -m ruff check --quiet .
.venv/bin/python -m ruff format --check --quiet .
# Beside the tests. Three processes on two cores, as each waits for servers and disks a quarter of its time.
.venv/bin/python -m mypy --no-error-summary &
types=$!
bounded 1800 .venv/bin/python -m pytest -q -n 3 --dist loadgroup --cov="${COVERED:-mv_desktop/domain}" --cov-report= \
    --ignore=tests/e2e "$@"
wait "$types"
# The whole program has QApplication, theme and exception hook to itself: its tests run in processes of their own, each
# with its own servers, and a file's tests in one of them.
bounded 900 .venv/bin/python -m pytest -q -n 3 --dist loadfile --no-cov tests/e2e
if [ -n "${COVERED:-}" ]; then
    echo "coverage of all, per cent (90 at least):"
    .venv/bin/python -m coverage report --format=total
fi
echo "coverage of domain, per cent of lines and branches (100):"
.venv/bin/python -m coverage report --include='mv_desktop/domain/*' --fail-under=100 --format=total
