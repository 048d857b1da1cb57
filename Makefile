PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
FOOTNOTE := $(BIN)/footnote
DEMO := $(FOOTNOTE) --config docs/demo.toml
# Only llama.cpp itself: neither its tools nor its common library. `-fno-dse` is for machines with
# AMX, where GCC 12 leaves the tile configuration out and the program crashes
# (ggml-org/llama.cpp#20824).
GGUF_FLAGS := -fno-dse -fno-tree-dse
GGUF_CMAKE := -DLLAVA_BUILD=OFF -DLLAMA_BUILD_TOOLS=OFF -DLLAMA_BUILD_EXAMPLES=OFF \
	-DLLAMA_BUILD_TESTS=OFF -DLLAMA_BUILD_SERVER=OFF \
	-DCMAKE_PROJECT_INCLUDE=$(CURDIR)/build/llama.cmake
LLAMA_CPP = $(shell sed -n 's/^gguf = \["\(.*\)"\]$$/\1/p' pyproject.toml)
QUESTION ?= How does Footnote decide that the sources do not hold the answer?

.PHONY: help demo gguf tune llama-cpp image test soak mutants lint types tests wheel picture clean
.DEFAULT_GOAL := help

help: ## Say what there is to make
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 12

.venv/.made: pyproject.toml
	@echo "Step 1: a virtual environment in .venv"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Footnote needs Python 3.11 or newer: run make with PYTHON=python3.11." >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || \
		{ echo "This Python cannot make virtual environments: install python3-venv." >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "Step 2: Footnote and its libraries from the package index (about a minute)"
	@$(PIP) install --editable .
	@mkdir -p .venv/links/footnote
	@for part in bot connectors models retrieval; do \
		ln -sfn $(CURDIR)/$$part .venv/links/footnote/$$part; done
	@touch $@

# What is installed already, such as a wheel built for a GPU, is left as it is.
.venv/.made-gguf: .venv/.made
	@echo "llama.cpp, built for this machine (about three minutes of one core)"
	@command -v c++ >/dev/null || \
		{ echo "There is no C++ compiler: install g++ (Debian) or Xcode's tools (macOS)." >&2; exit 1; }
	@$(MAKE) --no-print-directory llama-cpp
	@touch $@

# By itself for the image, which has no .venv.
llama-cpp:
	@mkdir -p build
	@echo 'set(LLAMA_BUILD_COMMON OFF)' > build/llama.cmake
	@CFLAGS="$(GGUF_FLAGS) $$CFLAGS" CXXFLAGS="$(GGUF_FLAGS) $$CXXFLAGS" \
		CMAKE_ARGS="$(GGUF_CMAKE) $$CMAKE_ARGS" nice $(PIP) install '$(LLAMA_CPP)'

# From the package index torch brings its libraries for GPUs along, and needs them to be imported.
.venv/.made-tune: .venv/.made
	@echo "What teaches a model: torch and its libraries (5.6 GB of disk, some minutes)"
	@$(PIP) install --editable '.[tune]'
	@touch $@

.venv/.made-for-tests: .venv/.made .venv/.made-gguf
	@echo "Tools for the tests"
	@$(PIP) install --editable '.[dev]'
	@touch $@

demo: .venv/.made ## Set everything up, index these docs and answer one question
	@echo "Step 3: the embedder"
	@$(FOOTNOTE) models pull
	@echo "Step 4: index Footnote's own documentation"
	@$(DEMO) sync
	@echo "Step 5: ask"
	@$(DEMO) ask "$(QUESTION)"
	@echo
	@echo "Next: $(DEMO) chat"
	@echo "      $(DEMO) ask \"Who may see which document?\""
	@echo "      $(FOOTNOTE) init, then set the path in footnote.toml to your own folder"

gguf: .venv/.made-gguf ## Build what serves a GGUF model on this machine
	@echo "A GGUF model can be served on this machine's processor."
	@echo "For a GPU, put a wheel in its place (cu124 for CUDA 12.4; or metal, rocm72, vulkan):"
	@echo "  $(BIN)/pip install --force-reinstall --no-deps llama-cpp-python \\"
	@echo "    --extra-index-url https://abetlen.github.io/llama-cpp-python/whl/cu124"

tune: .venv/.made-tune ## Install what teaches a model (5.6 GB)
	@echo "Next: $(FOOTNOTE) tune estimate"

lint: .venv/.made-for-tests
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --check --quiet .

types: .venv/.made-for-tests
	@$(BIN)/mypy -p footnote
	@$(BIN)/mypy tests

tests: .venv/.made-for-tests
	@$(FOOTNOTE) models pull
	@$(BIN)/pytest --numprocesses 3 --dist worksteal

test: lint types tests ## Check style and types, and run the suite

soak: .venv/.made-for-tests ## Run the tests that take long; FOOTNOTE_SOAK_SECONDS sets how long
	@$(FOOTNOTE) models pull
	@$(BIN)/pytest -m soak

mutants: .venv/.made-for-tests ## Put defects into the core and say how soon the simulation finds each
	@$(BIN)/python -m tests.simulator.mutants

wheel: .venv/.made-for-tests ## Build the wheel, install it into an empty environment and ask it
	@$(BIN)/python tests/wheel.py

image: .venv/.made-for-tests ## Build the container's image with the tools that are there, and try it
	@$(BIN)/python -m tests.image

picture: .venv/.made-for-tests ## Make docs/answer.svg, the picture in README, anew
	@$(BIN)/python docs/picture.py

clean: ## Remove what make has made
	@rm -rf .venv build dist *.egg-info .footnote .mypy_cache .pytest_cache .ruff_cache
