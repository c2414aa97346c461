# One command each; every target but `lock` works from a fresh clone.
SHELL := bash
.SHELLFLAGS := -o pipefail -c
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --disable-pip-version-check
TODAY ?= 2025-09-23
# make test DATABASE=postgresql runs everything there; without it what may differ runs on both.
DATABASE ?=

.PHONY: setup run test test-slow check bench lock

setup: $(VENV)/.ready

$(VENV)/.ready: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: set PYTHON=/path/to/python3.11"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "Python's venv module is missing: apt-get install python3-venv"; exit 1; }
	@echo "Installing the pinned dependencies into $(VENV) ..."
	@{ $(PIP) --require-hashes -r requirements.lock && $(PIP) --no-deps --no-build-isolation --editable .; } 2>$(VENV)/install.log | \
	  while read -r step _; do case $$step in \
	    Collecting) n=$$((n + 1)); [ $$((n % 20)) != 0 ] || echo "  $$n packages fetched" ;; \
	    Installing) [ -z "$$n" ] || echo "  all fetched, installing"; n= ;; esac; done || { cat $(VENV)/install.log >&2; exit 1; }
	@touch $@

run: setup
	@YANXIU_DATA_DIR=$${YANXIU_DATA_DIR:-.demo} YANXIU_TODAY=$(TODAY) $(BIN)/python -m cli.demo

test: setup
	TEST_DATABASE=$(DATABASE) $(BIN)/python -m pytest -q -n 2 -m "not slow and not browser"
	TEST_DATABASE=$(DATABASE) $(BIN)/python -m pytest -q -n 2 --dist loadfile -m "browser and not slow" tests/e2e

test-slow: setup
	TEST_DATABASE=$(DATABASE) $(BIN)/python -m pytest -q -m slow

check: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

bench: setup
	$(BIN)/python -m bench

# Rewrites requirements.lock from pyproject.toml: hashes, no index addresses.
lock: setup
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-header --no-annotate --extra postgres --group dev \
	  pyproject.toml -o requirements.lock
