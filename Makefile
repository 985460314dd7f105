# The two commands: `make demo` and `make test`. Both set up everything they need, and work offline afterwards.
PY := .venv/bin/python
export QT_LOGGING_RULES ?= qt.qpa.plugin=false

.PHONY: setup demo test coverage bench chaos lint run build smoke lock clean

setup:
	@sh tools/setup.sh

demo: setup
	@$(PY) -m mv_desktop demo

run: setup
	@$(PY) -m mv_desktop

test: setup
	@sh tools/test.sh

# The same with all of the program measured, of which nine lines in ten must be covered.
coverage: setup
	@COVERED=mv_desktop sh tools/test.sh

bench: setup
	@QT_QPA_PLATFORM=$${QT_QPA_PLATFORM:-offscreen} $(PY) -m tests.bench

# The long form of tests/chaos: a quarter of an hour, one line of JSON. CHAOS="--steps 1000 --seed 1" for another one.
chaos: setup
	@$(PY) -m tests.chaos $(CHAOS)

lint: setup
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	$(PY) -c "from importlinter.cli import lint_imports_command; lint_imports_command()"

build:
	@sh tools/setup.sh build
	@$(PY) -m PyInstaller --noconfirm --log-level WARN --distpath dist --workpath build/pyinstaller build.spec

smoke:
	@$(PY) tools/smoke.py dist/mv_desktop

# Names, versions and hashes only: works with any index. Needs uv.
lock:
	uv pip compile pyproject.toml --universal --python-version 3.11 --all-extras --generate-hashes \
	  --no-header --no-annotate --no-emit-index-url --quiet --output-file requirements.lock

clean:
	rm -rf build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage .coverage.*
