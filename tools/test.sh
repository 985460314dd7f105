#!/bin/sh
# The whole suite, headless: style, types, then all tests with coverage.
set -eu
cd "$(dirname "$0")/.."
export QT_QPA_PLATFORM=offscreen
rm -f .coverage .coverage.*
.venv/bin/python -m ruff check --quiet .
.venv/bin/python -m ruff format --check --quiet .
.venv/bin/python -m mypy --no-error-summary
.venv/bin/python -m pytest -q -n 2 --dist loadgroup --cov --cov-report= --ignore=tests/e2e "$@"
# The whole program has QApplication, theme and exception hook to itself: its tests run in processes of their own, each
# with its own servers, and a file's tests in one of them.
.venv/bin/python -m pytest -q -n 2 --dist loadfile --no-cov tests/e2e
echo "coverage of all, per cent (90 at least), then of domain (100):"
.venv/bin/python -m coverage report --format=total
.venv/bin/python -m coverage report --include='mv_desktop/domain/*' --fail-under=100 --format=total
