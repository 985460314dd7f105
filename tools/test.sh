#!/bin/sh
# The whole suite, headless: style, types, layers, then tests with coverage.
set -eu
cd "$(dirname "$0")/.."
export QT_QPA_PLATFORM=offscreen
rm -f .coverage .coverage.*
.venv/bin/python -m ruff check --quiet .
.venv/bin/python -m ruff format --check --quiet .
.venv/bin/python -m mypy --no-error-summary
.venv/bin/python -m pytest -q -n 2 --dist loadgroup --cov --cov-report= "$@"
.venv/bin/python -m coverage report --format=total | sed 's/^/coverage, per cent: /'
.venv/bin/python -m coverage report --include='mv_desktop/domain/*' --fail-under=100 >/dev/null \
    || { .venv/bin/python -m coverage report --include='mv_desktop/domain/*'; echo "domain is not covered to 100 %"; exit 1; }
