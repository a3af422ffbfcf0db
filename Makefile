# make demo   sets up and runs the main job on the demo town
# make test   sets up and runs the tests
# make check  lint, types, import direction
# make bench  benchmarks (JSON lines)          make prove  the long evidence
# make pictures  takes the pictures of the desk, letters and messages in docs/images anew (needs Chromium and the Noto CJK fonts)
# make install WITH="postgres letters"         optional parts a site needs

SHELL := /bin/sh
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV := $(shell command -v uv 2>/dev/null)
CHROMIUM := $(shell command -v chromium 2>/dev/null)
WITH ?=

ifdef UV
  MAKE_VENV := $(UV) venv --quiet --python $(PYTHON) $(VENV)
  # compiled as pip does it: what is imported a hundred times a night is not read as text each time
  INSTALL := $(UV) pip install --quiet --compile-bytecode --python $(BIN)/python
else
  MAKE_VENV := $(PYTHON) -m venv $(VENV)
  INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check
endif

# Without Debian's Chromium the browser tests are left out, and said to be; .ci/run installs it and leaves out nothing.
ifeq ($(CHROMIUM),)
  SELECT := -m "not browser"
else
  SELECT :=
endif

.PHONY: demo test check bench prove pictures install lock clean

demo: $(VENV)/.core
	$(BIN)/todoke demo

test: $(VENV)/.dev
	@if [ -z "$(CHROMIUM)" ]; then echo "no chromium on this machine: the browser tests are left out"; fi
	$(BIN)/python -m pytest -n 2 --dist loadgroup $(SELECT)

check: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/python -m mypy
	$(BIN)/lint-imports

bench: $(VENV)/.dev
	$(BIN)/python -m tests.benchmarks
	$(BIN)/python -m tests.benchmarks.eligibility
	$(BIN)/python -m tests.benchmarks.openfisca
	$(BIN)/python -m tests.benchmarks.letters
	$(BIN)/python -m tests.benchmarks.records
	$(BIN)/python -m tests.benchmarks.detection
	$(BIN)/python -m tests.benchmarks.desk_load

prove: $(VENV)/.dev
	$(BIN)/python -m tests.prove
	$(BIN)/python -m tests.prove.tampering
	$(BIN)/python -m tests.prove.mutants
	$(BIN)/python -m tests.prove.breaker
	$(BIN)/python -m tests.prove.probable
	$(BIN)/python -m tests.prove.look_first
	$(BIN)/python -m tests.prove.first_night

pictures: $(VENV)/.dev
	$(BIN)/python -m tests.prove.pictures
	$(BIN)/python -m tests.prove.letters

install: $(VENV)/.core
	@for part in $(WITH); do \
	  test -f requirements/$$part.txt || { echo "no such part: $$part"; exit 2; }; \
	  $(INSTALL) --require-hashes -r requirements/$$part.txt || exit 1; \
	done

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "todoke needs Python 3.11 or newer; set PYTHON=/path/to/python3.11"; exit 2; }
	$(MAKE_VENV)

$(VENV)/.core: requirements/core.txt pyproject.toml | $(BIN)/python
	$(INSTALL) --require-hashes -r requirements/core.txt
	$(INSTALL) --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: requirements/dev.txt pyproject.toml | $(BIN)/python
	$(INSTALL) --require-hashes -r requirements/dev.txt
	$(INSTALL) --no-deps --no-build-isolation -e .
	@touch $@

# Renews the pinned, hashed requirements; needs uv. No addresses are written into them.
COMPILE := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --group build
lock:
	$(COMPILE) --upgrade pyproject.toml -o requirements/core.txt
	$(COMPILE) -c requirements/core.txt --group dev pyproject.toml -o requirements/dev.txt
	for part in postgres spark local-llm letters; do \
	  $(COMPILE) -c requirements/core.txt --extra $$part pyproject.toml -o requirements/$$part.txt; \
	done

clean:
	rm -rf $(VENV) var
