# Peerline: `make demo` runs the whole line on this computer, `make test` runs every check.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: help install demo test lint call-budget bench lock clean

help: ## Show what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

install: .venv/installed ## Make .venv with everything in it (does nothing the second time)

.venv/installed: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("Peerline needs Python 3.11 or later; try: make PYTHON=python3.11 $(MAKECMDGOALS)" if sys.version_info < (3, 11) else 0)'
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "Installing Peerline into .venv (the first time takes a minute or two)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

demo: install ## Run the line with a practice telephone company and a sample network
	@exec $(BIN)/peerline demo

test: install ## Run every check that continuous integration runs
	@$(BIN)/python -m tests

lint: install ## Run the checks that read the code without running it
	@$(BIN)/python -m tests --lint

call-budget: install ## Print how long a caller pays until she has what she called for
	@$(BIN)/peerline flow budget

bench: install ## Measure the speed table (docs/speed.md)
	@$(BIN)/python -m benchmarks

lock: ## Write requirements.lock anew from pyproject.toml (needs uv)
	uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes \
	    --no-emit-index-url --no-emit-find-links --no-header --upgrade --output-file requirements.lock

clean: ## Remove the virtual environment and caches, never the data
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
