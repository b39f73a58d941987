# Two commands are all that anyone needs: `make run` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: run test lint types cover bench clean

$(BIN)/.installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade "pip>=25.1"
	$(BIN)/python -m pip install --quiet --editable .
	touch $@

$(BIN)/.tested: $(BIN)/.installed
	$(BIN)/python -m pip install --quiet --group test
	touch $@

run: $(BIN)/.installed
	$(BIN)/cleanwire ingest flows/samples
	$(BIN)/cleanwire query --limit 20

lint: $(BIN)/.tested
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

types: $(BIN)/.tested
	$(BIN)/mypy

test: lint types
	$(BIN)/python -m pytest -n 2 --dist worksteal --cov --cov-report=term

bench: $(BIN)/.tested
	$(BIN)/python tests/bench/parse.py $(CORPORA)
	$(BIN)/python tests/bench/archive.py
	$(BIN)/python tests/bench/latency.py
	$(BIN)/python tests/bench/cluster.py

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache
