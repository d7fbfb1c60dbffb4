# Marjaa: `make help` says what can be done. Needs Python 3.11 or newer; uses uv where it is installed.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup run seed test lint format soak bench calibration constraints postgis clean

VENV := .venv
BIN := $(VENV)/bin
# What the tests are run with; CI adds what is large (Spark).
TEST_EXTRAS ?= dev
export MARJAA_HOST ?= 127.0.0.1
export MARJAA_PORT ?= 8000
export MARJAA_DATA ?= var

# Installs into the virtual environment what $(1) asks for, at the pinned versions. Modules are compiled when they are
# first imported: compiling all of them takes pip as long as the rest.
define install
	if command -v uv >/dev/null; then \
	    uv pip install --quiet --python $(BIN)/python -c constraints.txt -e '$(1)'; \
	else \
	    $(BIN)/python -m pip install --quiet --no-compile --disable-pip-version-check -c constraints.txt -e '$(1)'; \
	fi
endef

help: ## Say what can be done (this text)
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' Makefile

setup: $(VENV)/.with-tools ## Install everything into .venv, once, and again when what is needed has changed

run: $(VENV)/.installed ## Serve on MARJAA_HOST:MARJAA_PORT (127.0.0.1:8000), data in MARJAA_DATA (var/)
	@exec $(BIN)/marjaa serve

seed: $(VENV)/.installed ## Publish what a new installation starts with, where it is not published yet
	@$(BIN)/marjaa seed

test: $(VENV)/.with-tools postgis lint ## Check style, types, imports and behaviour, on SQLite and on PostGIS
	@$(BIN)/python -m pytest -m "not soak" --numprocesses logical --dist loadfile

lint: $(VENV)/.with-tools ## Check style, types and the directions of imports
	@$(BIN)/ruff check --quiet
	@$(BIN)/ruff format --check --quiet
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: $(VENV)/.with-tools ## Put the code in the project's style
	@$(BIN)/ruff check --fix
	@$(BIN)/ruff format

soak: $(VENV)/.with-tools postgis ## Run the tests with long counts (an hour or so)
	@$(BIN)/python -m pytest -p tests.profiles --hypothesis-profile=soak -m "soak or hypothesis"

bench: $(VENV)/.with-tools ## Measure speed and memory, as ratios to what they are compared with
	@$(call install,.[bench])
	@$(BIN)/python -m bench

calibration: $(VENV)/.with-tools ## Fit scores to probabilities again, after a change of matching (needs ../shared/data)
	@data=$$(mktemp -d); trap 'rm -rf "$$data"' EXIT; export MARJAA_DATA="$$data" COLUMNS=150; \
	$(BIN)/marjaa seed >/dev/null 2>&1; \
	$(BIN)/marjaa calibrate place-names -r administrative-units --level commune --level arrondissement \
	    --labelled ../shared/data/labelled/health-centres-2024_commune.csv commune truth delegation \
	    --labelled ../shared/data/labelled/place-name-variants_commune.csv query code - \
	    --plot docs/contributors/calibration.svg

constraints: ## Pin the newest versions of all dependencies (needs uv)
	@command -v uv >/dev/null || { echo "make constraints needs uv on the PATH." >&2; exit 1; }
	@uv pip compile --quiet --upgrade --universal --no-header --no-annotate --all-extras pyproject.toml -o constraints.txt

postgis: ## Install PostgreSQL with PostGIS for the tests (as root on Debian or Ubuntu)
	@if ls /usr/share/postgresql/*/extension/postgis.control >/dev/null 2>&1; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    echo "Installing PostgreSQL with PostGIS ..."; \
	    apt-get -o Acquire::Retries=5 -qq update; \
	    DEBIAN_FRONTEND=noninteractive apt-get -o Acquire::Retries=5 -o Dpkg::Use-Pty=0 -qq -y \
	        install --no-install-recommends postgresql-postgis >/dev/null; \
	else \
	    echo "PostGIS is not installed: the tests on it will be skipped. As root: apt-get install postgresql-postgis" >&2; \
	fi

clean: ## Remove the virtual environment and what tools leave behind (never the data)
	@rm -rf $(VENV) build dist *.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	@for candidate in $${PYTHON:-} python3 python3.13 python3.12 python3.11; do \
	    if "$$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then python=$$candidate; break; fi; \
	done; \
	if [ -z "$${python:-}" ]; then \
	    echo "Marjaa needs Python 3.11 or newer, and found $$(python3 --version 2>/dev/null || echo none)." \
	         "Install one, or name it: make setup PYTHON=/path/to/python3" >&2; exit 1; \
	fi; \
	rm -rf $(VENV); \
	if command -v uv >/dev/null; then uv venv --quiet --python "$$python" $(VENV); exit; fi; \
	if ! "$$python" -c 'import ensurepip, venv' 2>/dev/null; then \
	    if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	        echo "Installing python3-venv ..."; \
	        apt-get -o Acquire::Retries=5 -qq update; \
	        DEBIAN_FRONTEND=noninteractive apt-get -o Acquire::Retries=5 -qq -y install "python3-venv" >/dev/null; \
	    else \
	        echo "Python's venv module is missing. As root: apt-get install python3-venv (or install uv)" >&2; exit 1; \
	    fi; \
	fi; \
	"$$python" -m venv $(VENV)

$(VENV)/.installed: pyproject.toml constraints.txt | $(BIN)/python
	@echo "Installing Marjaa into $(VENV) ..."
	@$(call install,.)
	@touch $@

$(VENV)/.with-tools: pyproject.toml constraints.txt | $(BIN)/python
	@echo "Installing Marjaa and its development tools into $(VENV) ..."
	@$(call install,.[$(TEST_EXTRAS)])
	@touch $(VENV)/.installed $@
