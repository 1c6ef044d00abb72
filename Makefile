# Everything is made by these targets; `make` alone lists them.
#
#   PYTHON   the interpreter to make the environment from (3.11 to 3.14)
#   CLOUD    the simulated cloud of the demo
#   GROUPS   what `make testbed` builds, instead of the default groups
#   ARGS     more arguments for the program behind the target: make test ARGS="-k eks -x"

PYTHON ?= python3
CLOUD ?= aws
GROUPS ?=
ARGS ?=

# Programs that only tests run: the controllers of third-party charts, and what our own job runs.
TESTED := sealed-secrets external-secrets kubectl

# A file stays on one worker, so what its tests share is made once; the slow files come first. At most four workers: each
# starts an API server of its own.
SPREAD := --numprocesses=auto --maxprocesses=4 --dist=loadfile --no-loadscope-reorder

VENV := .venv/bin
MAKEFLAGS += --no-print-directory
export PYTHONUNBUFFERED := 1

.PHONY: help demo test lint bench docs clean testbed venv constraints python
.DEFAULT_GOAL := help

help: ## Show the targets.
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | while IFS='|' read -r name text; do printf '%-20s %s\n' "$$name" "$$text"; done

demo: venv testbed ## Bring up the dev stack in simulated clouds, show what exists, take it down.
	@HIPAA_STACK_TESTBED="$$($(PYTHON) testbed/build.py --path)" CLOUD=$(CLOUD) $(VENV)/python stacks/demo.py $(ARGS)

test: venv testbed ## Run every test, a file at a time on each core.
	@$(PYTHON) testbed/build.py $(TESTED)
	@HIPAA_STACK_TESTBED="$$($(PYTHON) testbed/build.py --path)" $(VENV)/python -m pytest $(SPREAD) $(ARGS)

lint: venv ## Check style, types, imports and that generated files are fresh.
	$(VENV)/ruff check
	$(VENV)/ruff format --check
	$(VENV)/mypy
	$(VENV)/mypy testbed/*.py stacks/demo.py docs/*.py docs/examples/*.py
	$(VENV)/lint-imports
	$(VENV)/python -m hipaa_components.package --check
	$(VENV)/python docs/generate.py --check

bench: venv testbed ## Measure checks, imports, the policy pack, previews and memory.
	@HIPAA_STACK_TESTBED="$$($(PYTHON) testbed/build.py --path)" $(VENV)/python bench/run.py $(ARGS)

docs: venv ## Generate the reference pages.
	@$(VENV)/python docs/generate.py $(ARGS)

testbed: python ## Build the Pulumi engine and the Kubernetes API server that demo and tests use.
	@$(PYTHON) testbed/build.py $(GROUPS)

venv: python ## Make the Python environment and link .venv to it.
	@$(PYTHON) testbed/environment.py

constraints: venv ## Write constraints.txt anew from pyproject.toml; ARGS=--upgrade takes the newest versions.
	@$(VENV)/python testbed/constraints.py $(ARGS)

clean: ## Remove what tools left in the checkout; the cache folder outside it stays.
	@rm -rf .venv .sandbox build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

python:
	@command -v $(PYTHON) >/dev/null || { echo "make: no $(PYTHON) on PATH; Python 3.11 or newer is needed. Choose another: make PYTHON=python3.12 ..." >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "make: $(PYTHON) is $$($(PYTHON) --version 2>&1), but 3.11 or newer is needed. Choose another: make PYTHON=python3.12 ..." >&2; exit 1; }
