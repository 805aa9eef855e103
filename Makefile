# `make demo` and `make test` are all a newcomer needs; each makes .venv first.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
LOCK := requirements.lock
OUT ?= out
WORKERS ?= 2
# The report opens by itself where there is a screen to open it on.
OPEN ?= $(if $(CI),,$(if $(or $(DISPLAY),$(WAYLAND_DISPLAY),$(filter Darwin,$(shell uname))),--open))

.PHONY: app page-assets demo test verify lint ready venvs venv-viz venv-new bench bench-compare lock clean
.DEFAULT_GOAL := demo

$(READY): $(LOCK) pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "pregon wants Python 3.11 or newer; this is %s. Try: make PYTHON=python3.12" % sys.version.split()[0])'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r $(LOCK)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(READY)

ready: $(READY)

demo: $(READY)  ## run a campaign, compare five caps of another on the same worlds, show the reports
	$(BIN)/pregon run scenarios/launch.yaml --out $(OUT)/launch
	$(BIN)/pregon compare scenarios/frequency.yaml --out $(OUT)/frequency $(OPEN)
	@echo "A campaign: $(OUT)/launch/report.html"
	@echo "A question and its answer: $(OUT)/frequency/report.html"

app: $(READY) page-assets  ## the planner's page in a browser
	$(BIN)/pregon app --open

page-assets: $(READY)  ## fetch the page's files for the browser once (needs npm); without them a network is needed
	$(BIN)/python -m sim.app.server.assets

test: lint  ## all that holds in minutes
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile -m "not verify"

verify: $(READY)  ## slow proofs
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile -m verify --timeout 3600

lint: $(READY)
	$(BIN)/ruff check sim tests benchmarks docs/tables.py
	$(BIN)/ruff format --check sim tests benchmarks docs/tables.py
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache --no-logo

venvs: venv-viz venv-new  ## what .venv cannot hold and tests need: Vuetify 2 for Mesa's page, Python 3.12 for mesa 3.5

venv-viz:
	$(MAKE) ready VENV=.venv-viz LOCK=requirements-viz.lock

venv-new:
	@if new=$$(sh .ci/newer-python $(PYTHON)); then $(MAKE) ready VENV=.venv-new LOCK=requirements-viz.lock PYTHON="$$new"; fi

bench: $(READY)  ## measure all that is installed here and write the tables of README.md and docs/benchmarks.md
	$(BIN)/python -m benchmarks

bench-compare: $(READY)  ## two commits in one run: make bench-compare REV=<commit> [PAIRS=10] [OFF="co_creation …"]
	@test -n "$(REV)" || { echo "want a commit to compare with: make bench-compare REV=<commit>"; exit 2; }
	$(BIN)/python -m benchmarks.compare $(REV) $(if $(PAIRS),--pairs $(PAIRS)) $(foreach address,$(OFF),--off $(address))

lock: EXTRAS = --extra dev --extra app --extra cluster --extra sensitivity
lock: COMPILE = uv pip compile pyproject.toml --universal --python-version 3.11 --fork-strategy requires-python \
	  --no-annotate --no-header -q
lock:  ## resolve the versions anew (needs uv)
	$(COMPILE) $(EXTRAS) --upgrade -o requirements.lock
	$(COMPILE) $(EXTRAS) --extra viz -c requirements.lock --upgrade -o requirements-viz.lock

clean:
	rm -rf $(VENV) .venv-viz .venv-new $(OUT) .pytest_cache .mypy_cache .ruff_cache .hypothesis
