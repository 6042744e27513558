# Everything a person does with this repository. `make help` lists it.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

PORT ?= 8000
PART ?=
BIN := .venv/bin
export PORT
export PYTHONPATH := $(CURDIR):$(CURDIR)/platform
export PYTHONUNBUFFERED := 1

# The first interpreter that is new enough; a shim that leads nowhere is passed over.
FIND_PYTHON = for name in python3 python3.13 python3.12 python3.11 python3.14; do \
	$$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && { echo $$name; break; }; done
PIP_INSTALL = $(BIN)/python -m pip install --quiet --quiet --disable-pip-version-check --require-hashes
LOCK = $(BIN)/pip-compile --quiet --generate-hashes --strip-extras --allow-unsafe \
	--no-emit-index-url --no-emit-find-links --no-emit-trusted-host

.PHONY: help run runtime test check format assets bench security pictures chaos fuzz conformance lock clean

help: ## List what can be done here
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: .venv/runtime.stamp ## Start everything on one port: PORT=8000, ATRIUM_DATA_DIR=./.data
	@exec $(BIN)/python -m control_plane.supervisor --with-parent

runtime: .venv/runtime.stamp ## Start one more MCP runtime beside a running `make run`: PORT=8001
	@exec $(BIN)/python -m control_plane.serve runtime --port $(PORT) --with-parent

test: .venv/development.stamp ## Run the tests, all of them or PART=name
	@exec $(BIN)/python -m tests.parts $(PART)

check: .venv/development.stamp ## Format, lint, types, import directions, templates of configuration
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy platform/control_plane tenants mcp_runtime egress
	@$(BIN)/lint-imports --no-logo
	@mkdir -p .cache/check
	@ATRIUM_DATA_DIR=.cache/check $(BIN)/python manage.py check
	@ATRIUM_DATA_DIR=.cache/check $(BIN)/python manage.py makemigrations --check --dry-run

format: .venv/development.stamp ## Put the sources into the one format
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format .

assets: assets/node_modules/.package-lock.json ## Build the style sheet, icons and fonts of the pages (needs node)
	@node assets/build.js

bench: .venv/development.stamp ## Measure calls beside an echo and the Python SDK, guards, replicas, pages and jobs; or one: PART=guards
	@exec $(BIN)/python -m benchmarks $(PART)

security: .venv/development.stamp ## Ask every route as its owner, then as everybody else, on both databases
	@exec $(BIN)/python -m tests.parts security security_postgresql

pictures: .venv/development.stamp ## Take the pictures of README.md anew (needs Chromium)
	@PICTURES=yes exec $(BIN)/python -m pytest -q tests/browser/story

chaos: .venv/development.stamp ## Kill everything at random under 3,000 jobs, then look for what was lost; again: SEED=…
	@exec $(BIN)/python -m tests.chaos $(if $(SEED),--seed $(SEED))

fuzz: .venv/development.stamp ## Send 200,000 different bodies in each era, well-formed and not: COUNT=… SEED=…
	@exec $(BIN)/python -m tests.fuzz $(if $(COUNT),--count $(COUNT)) $(if $(SEED),--seed $(SEED))

conformance: .venv/development.stamp ## Run the public MCP conformance suite over two replicas, and through an upstream
	@$(BIN)/python -m tests.conformance
	@exec $(BIN)/python -m tests.conformance.through

lock: .venv/development.stamp ## Pin and hash what requirements.in and requirements-dev.in ask for
	@$(LOCK) --output-file=requirements.txt requirements.in
	@$(LOCK) --output-file=requirements-dev.txt requirements-dev.in

clean: ## Remove the virtual environment and caches; the data directory stays
	@rm -rf .venv .cache .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

assets/node_modules/.package-lock.json: assets/package.json assets/package-lock.json
	@cd assets && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

.venv/bin/python:
	@python=$$($(FIND_PYTHON)); \
	test -n "$$python" || { \
		echo "Atrium needs Python 3.11 or newer, and none of python3, python3.11 to python3.14 is." >&2; exit 2; }; \
	echo "Making .venv with $$($$python --version) …"; \
	$$python -m venv .venv >/dev/null || { \
		rm -rf .venv; \
		echo "$$python can't make a virtual environment; on Debian and Ubuntu: apt-get install python3-venv." >&2; \
		exit 2; }

# A stamp newer than its requirements means installed: a second run asks neither pip nor the network.
.venv/runtime.stamp: requirements.txt | .venv/bin/python
	@echo "Installing what Atrium runs on …"
	@$(PIP_INSTALL) --requirement requirements.txt
	@touch $@

.venv/development.stamp: requirements-dev.txt .venv/runtime.stamp
	@echo "Installing what checks and tests Atrium …"
	@$(PIP_INSTALL) --requirement requirements-dev.txt
	@touch $@
