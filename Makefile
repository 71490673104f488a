# Two commands matter: `make run` and `make test`. Python 3.11 or newer and make are all they need.
.DEFAULT_GOAL := help
SHELL := /bin/sh
PORT ?= 8000
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
	$$p -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
SOURCES := agent api benchmarks booking cli core desk evals prompts texting tests

.PHONY: help run test check format lint house types eval conversations demo lock clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 16

run: .venv/run.stamp ## start everything on http://127.0.0.1:8000 (PORT=8080 for another)
	@$(BIN)/ringback serve --demo --port $(PORT)

test: .venv/dev.stamp ## run the tests
	@$(BIN)/python -m pytest -n 2 --dist worksteal -q

check: .venv/dev.stamp format lint house types test ## all that CI runs

format: .venv/dev.stamp ## is everything formatted?
	@$(BIN)/ruff format --check .

lint: .venv/dev.stamp ## ruff's rules
	@$(BIN)/ruff check .

house: .venv/dev.stamp ## floors, vendors' doors, pure rules, no cycles
	@$(BIN)/lint-imports

types: .venv/dev.stamp ## mypy, strict
	@$(BIN)/mypy

eval: .venv/run.stamp ## play the eval suites; report in evals/out
	@$(BIN)/ringback eval

lock: .venv/dev.stamp ## compile the locks anew from pyproject.toml
	@$(PIP) install uv
	@$(BIN)/uv pip compile pyproject.toml --universal --generate-hashes --no-emit-index-url --no-header -q -o requirements.lock
	@$(BIN)/uv pip compile pyproject.toml --group dev --universal --generate-hashes --no-emit-index-url --no-header -q -o requirements-dev.lock

clean: ## forget the environment (the embedded database in .ringback stays)
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "make: Python 3.11 or newer with venv is needed (Debian: apt install python3-venv)" >&2; exit 2; }
	@$(PYTHON) -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
		{ echo "make: $(PYTHON) is not Python 3.11 or newer with venv" >&2; exit 2; }
	@$(PYTHON) -m venv .venv || { rm -rf .venv; exit 1; }

# The stamp holds the lock it was made from: the step is skipped while the lock has not changed.
.venv/run.stamp: requirements.lock pyproject.toml | .venv/bin/python
	@cmp -s requirements.lock .venv/run.lock || cmp -s requirements-dev.lock .venv/dev.lock || { echo "installing ..." && $(PIP) install --require-hashes -r requirements.lock; }
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@cp requirements.lock .venv/run.lock && touch $@

.venv/dev.stamp: requirements-dev.lock pyproject.toml | .venv/bin/python
	@cmp -s requirements-dev.lock .venv/dev.lock || { echo "installing ..." && $(PIP) install --require-hashes -r requirements-dev.lock; }
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@cp requirements-dev.lock .venv/dev.lock && touch $@
