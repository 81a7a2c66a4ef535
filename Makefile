# All that is installed goes into .venv; stamps there say what is done, so that a second run installs nothing.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
PY := $(VENV)/bin/python
PIP := $(PY) -m pip --disable-pip-version-check install -qq --constraint constraints.txt
FLEET := $(VENV)/bin/fleet
BUDGET ?= 3s
OUT ?= out
CASES ?= 10000

RUN_READY := $(VENV)/.ready-to-run
TEST_READY := $(VENV)/.ready-to-test
BENCH_READY := $(VENV)/.ready-to-bench
KERNELS_READY := $(VENV)/.kernels

# A change of the lock or of the dependencies installs again; a change of the project's code does not.
LOCK := pyproject.toml constraints.txt
KERNELS := $(shell find fleet/solver -name '*.py')
OWN_BENCHMARKS := ablation large latency plans roads service_load service_workers solver winter
PEER_BENCHMARKS := pdptw days curves cores

.PHONY: help demo test test-long fuzz-api lint format docs bench bench-peers browser postgresql lock clean
.DEFAULT_GOAL := help

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-11s %s\n", $$1, $$2 }' Makefile

demo: $(KERNELS_READY) ## plan the sample day of Qiaerbag, check it, write its map and files into out/
	@mkdir -p $(OUT)
	$(FLEET) sample qiaerbag -o $(OUT)/qiaerbag
	$(FLEET) plan $(OUT)/qiaerbag/day.json --roads $(OUT)/qiaerbag/oasis.roads --budget $(BUDGET) --seed 1 \
		-o $(OUT)/plan.json --map $(OUT)
	$(FLEET) check $(OUT)/qiaerbag/day.json $(OUT)/plan.json --roads $(OUT)/qiaerbag/oasis.roads

# Compiling takes one core some minutes: the other meanwhile does what needs no kernel.
# A module's tests stay together: what they share, such as a plan, is made once. Modules come in their order, not
# those with the fewest tests last: some of these take longest, and one core would wait for the other.
test: $(TEST_READY) ## linters, types, the arrows between rooms, the docs, every test at short depth
	@$(MAKE) --no-print-directory -j 2 $(KERNELS_READY) lint docs browser postgresql
	$(PY) -m pytest -n 2 --dist loadscope --no-loadscope-reorder -rs

test-long: export FLEET_TEST_DEPTH := long
test-long: test ## the same tests with the counts that issues name

fuzz-api: $(TEST_READY) ## 10,000 calls and more of the whole interface as every role, made up by Schemathesis
	$(PY) -m tests.fuzz_api --cases $(CASES)

lint: $(TEST_READY) ## ruff, mypy, import-linter
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports --no-logo

format: $(TEST_READY) ## lay the code out as lint wants it
	$(VENV)/bin/ruff check --fix .
	$(VENV)/bin/ruff format .

docs: $(TEST_READY) ## the docs into docs/_build/html, warnings are errors
	$(VENV)/bin/sphinx-build --quiet --fail-on-warning --keep-going docs docs/_build/html

bench: $(BENCH_READY) ## our own benchmarks in full, those with other solvers in their smallest form
	@for name in $(OWN_BENCHMARKS); do echo "== $$name"; $(PY) -m benchmarks.$$name || exit 1; done
	@for name in $(PEER_BENCHMARKS); do echo "== $$name"; $(PY) -m benchmarks.$$name --quick || exit 1; done

bench-peers: $(BENCH_READY) ## benchmarks with other solvers in full: most of a day
	@for name in $(PEER_BENCHMARKS); do echo "== $$name"; $(PY) -m benchmarks.$$name || exit 1; done

browser: ## Chromium for the tests of pages: installed where that is allowed, else named as missing
	@.ci/browser

postgresql: | browser ## a PostgreSQL server for the tests of the store, in the same way
	@.ci/postgresql

# Fewest forks: one version of a package for every Python, so that types and figures agree between them.
lock: $(PY) ## resolve constraints.txt again, newest versions
	$(PY) -m pip --disable-pip-version-check install -qq uv
	$(VENV)/bin/uv pip compile --quiet --upgrade --universal --fork-strategy fewest --python-version 3.11 \
		--all-extras --no-header --no-annotate --no-emit-index-url --no-emit-find-links \
		--no-emit-build-options --no-emit-index-annotation pyproject.toml -o constraints.txt

clean: ## remove what these targets wrote; .venv stays
	rm -rf out build dist docs/_build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find fleet maps tests benchmarks -name __pycache__ -prune -exec rm -rf {} +
	rm -f $(KERNELS_READY)

$(PY):
	@test -n "$(PYTHON)" || { echo "no python3 found: Python 3.11 or newer is needed" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed")'
	@$(PYTHON) -c 'import ensurepip' || { echo "on Debian: apt-get install python3-venv" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

# hatchling first and no isolation: the build tool then is the locked one, too.
$(RUN_READY): $(LOCK) | $(PY)
	@echo "installing the locked dependencies into $(VENV)"
	$(PIP) hatchling
	$(PIP) --no-build-isolation --editable .
	@touch $@

$(TEST_READY): $(RUN_READY)
	@echo "installing the tools of the tests and the docs into $(VENV)"
	$(PIP) --no-build-isolation --editable '.[dev,docs]'
	@touch $@

$(BENCH_READY): $(RUN_READY)
	$(PIP) --no-build-isolation --editable '.[bench]'
	@touch $@

$(KERNELS_READY): $(KERNELS) | $(RUN_READY)
	@echo "compiling kernels"
	$(PY) -m fleet.solver.warm
	@touch $@
