# visitkit: each target makes its own environment when there is none.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin

.PHONY: help demo app lab test lint types doctest pages notebooks bench sample docs clean

help: ## what can be made
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "visitkit needs Python 3.11 or newer; $$($(PYTHON) --version) was found. Try: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip

$(VENV)/.app: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --editable .
	@touch $@

$(VENV)/.dev: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	@touch $@ $(VENV)/.app

$(VENV)/.page: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --editable '.[app]'
	@touch $@ $(VENV)/.app

$(VENV)/.lab: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --editable '.[lab]'
	@touch $@ $(VENV)/.app

demo: $(VENV)/.app ## the whole journey on the sample school; files under out/
	$(BIN)/visitkit demo --out out

app: $(VENV)/.page ## the consoles in the browser, without code
	$(BIN)/visitkit app

lab: $(VENV)/.lab ## JupyterLab at the notebooks
	$(BIN)/visitkit lab

test: lint types doctest pages notebooks ## everything that CI checks

lint: $(VENV)/.dev ## ruff: rules and format
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.dev ## mypy, strict
	$(BIN)/mypy

doctest: $(VENV)/.dev ## pytest on all cores, with every example in the docstrings
	$(BIN)/python -m pytest -q --numprocesses auto --dist loadfile --ignore tests/browser

pages: $(VENV)/.dev ## pytest in a real Chromium, two at a time
	$(BIN)/python -m pytest -q --numprocesses 2 --dist loadfile tests/browser

notebooks: $(VENV)/.dev ## run the notebooks and compare what they print
	$(BIN)/python -m pytest -q --nbval --nbval-current-env --override-ini=addopts= notebooks

bench: $(VENV)/.dev ## side-by-side measurements; takes a while
	$(BIN)/python benchmarks/run.py

sample: $(VENV)/.dev ## make the sample school again
	$(BIN)/python -m visitkit.sample data/sample

docs: $(VENV)/.dev ## make the generated tables of docs/ again
	$(BIN)/python docs/generate.py

clean: ## remove what was built here
	rm -rf $(VENV) out build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
