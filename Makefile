# Two commands do everything on a fresh machine: `make demo` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV := UV_PROJECT_ENVIRONMENT=$(VENV) $(BIN)/uv
OUT ?= out

.PHONY: demo test check install install-dev lint types walls docs benchmarks clean help

help:  ## Show what can be made.
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

demo: install  ## Three weeks of a fictional bakery in a minute: real clients, real mail, real pages.
	$(BIN)/oversight demo --out $(OUT) $(DEMO)

test: install-dev check  ## Everything that CI checks.
	$(BIN)/pytest -n 2 $(PYTEST)

check: install-dev lint types walls  ## Style, types and walls.

lint:
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types:
	$(BIN)/mypy

walls:
	$(BIN)/lint-imports

docs: install-dev  ## Write the pages that are made from the code again.
	$(BIN)/python -m policies.manual docs
	$(BIN)/python tests/faults/catalogue.py
	$(BIN)/python tests/design_table.py
	$(BIN)/python -c 'from bot.settings.starter import env_text; print(env_text(), end="")' > .env.example

benchmarks: install-dev  ## Print all measurements as JSON.
	$(BIN)/python -m benchmarks

$(BIN)/uv:
	$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' \
	    || { echo 'social-oversight needs Python 3.11 to 3.13. Name one: make PYTHON=python3.12 ...'; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet 'uv>=0.9,<1'

$(VENV)/.installed: $(BIN)/uv pyproject.toml uv.lock
	$(UV) sync --frozen --quiet --inexact
	@touch $@

$(VENV)/.installed-dev: $(BIN)/uv pyproject.toml uv.lock
	$(UV) sync --frozen --quiet --inexact --group dev
	@touch $@ $(VENV)/.installed

install: $(VENV)/.installed
install-dev: $(VENV)/.installed-dev

clean:  ## Remove what these commands made.
	rm -rf $(VENV) $(OUT)
