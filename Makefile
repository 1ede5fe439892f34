# The commands of the project. `make` alone explains them.
#
# Everything runs in .venv, which this file makes from the hash-pinned files in requirements/ and makes again when one of
# them changes, when the checkout was moved, or when the Python it was made with is gone. Needed: make and Python 3.11+.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup demo test peers chaos check mutants corpus findings bench screenshots docs sbom lock clean stale

ARGS ?=
PYTHON ?=
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.made-for
ARROW := ==>
ifneq ($(MAKE_TERMOUT),)
ifeq ($(NO_COLOR),)
ARROW := \033[36m==>\033[0m
endif
endif
SAY = @printf '$(ARROW) %s\n'

# Which Pythons are tried, in this order, unless PYTHON names one.
CANDIDATES := $(or $(PYTHON),python3.13 python3.12 python3.11 python3.14 python3 python)

# The stamp holds the folder the environment was made for: scripts in a .venv name it, so a moved one must be made anew.
ifneq ($(shell [ "$$(cat '$(STAMP)' 2>/dev/null)" = '$(CURDIR)' ] && $(BIN)/python -c '' 2>/dev/null && echo fresh),fresh)
STALE := stale
endif

help:  ## Explain the commands
	@printf '\nSIP: calls care-planning meetings, and says who did not come.\n\n'
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@printf '\nOptions go in ARGS: make demo ARGS=--until-done, make test ARGS="tests/domain -x".\n\n'

setup: $(STAMP)  ## Make .venv, or bring it up to date
	$(SAY) 'Ready: $(BIN)/sip'

demo: $(STAMP)  ## Watch a county call, cover, lift and hold its meetings
	@$(BIN)/sip demo $(ARGS)

test: $(STAMP)  ## Run the tests
	@$(BIN)/python -m pytest -q --numprocesses auto $(ARGS)

peers: $(STAMP)  ## Try mail and feeds on programs nobody here wrote (tests/peers/install.sh installs them)
	@$(BIN)/python -m pytest -q --numprocesses auto tests/peers $(ARGS)

chaos: $(STAMP)  ## Kill the service under load, and count: ARGS="--kills 1000 --seed 7"
	@$(BIN)/python -m tests.faults.chaos $(ARGS)

check: $(STAMP)  ## Lint, format, types, contracts between the floors
	$(SAY) 'Lint'
	@$(BIN)/ruff check --quiet .
	$(SAY) 'Format'
	@$(BIN)/ruff format --quiet --check . || { echo 'Some files are not formatted. Run: $(BIN)/ruff format .'; exit 1; }
	$(SAY) 'Types'
	@$(BIN)/mypy --no-error-summary
	$(SAY) 'Floors'
	@out=$$($(BIN)/lint-imports 2>&1) || { printf '%s\n' "$$out"; exit 1; }
	$(SAY) 'House rules'
	@$(BIN)/python -m pytest -q --no-header tests/test_house.py tests/test_settings.py tests/test_pages.py

mutants: $(STAMP)  ## Break the rules a little, 195 times: do the tests notice? (nightly; takes a while)
	@$(BIN)/python -m tools.mutants $(ARGS)

corpus: $(STAMP)  ## Try the receiver on a folder of real messages: make corpus DIR=...
	@$(BIN)/python -m tools.corpus $(ARGS) "$(DIR)"

findings:  ## See whether the surprises of other people's programs still hold: ARGS=NAME for one
	@findings/run $(ARGS)

bench: $(STAMP)  ## Measure timers, mail and calendars against others
	@$(BIN)/python -m benchmarks $(ARGS)

screenshots: $(STAMP)  ## Take the pictures of README and docs anew: ARGS="--all DIR" for every page
	@$(BIN)/python -m tools.screenshots $(ARGS)

docs: $(STAMP)  ## Write anew the pages that are made from the code
	@$(BIN)/python -m sip.settings_page > docs/settings.md.new && mv docs/settings.md.new docs/settings.md
	@$(BIN)/python -m tools.diagrams > docs/states.md.new && mv docs/states.md.new docs/states.md
	@$(BIN)/python -m tools.access > /dev/null
	@$(BIN)/python -m tools.fhir_page > /dev/null
	@$(BIN)/python -m tools.report_schema > docs/annual-report.schema.json.new && mv docs/annual-report.schema.json.new docs/annual-report.schema.json
	$(SAY) 'Written: docs/settings.md, docs/states.md, docs/access.md, docs/annual-report.schema.json, the tables in docs/privacy.md and docs/fhir.md'

# The tool has a lock and an environment of its own, so that it decides no version of what we run.
sbom: $(STAMP)  ## Write what an installation is made of, as CycloneDX: build/sbom.json
	@$(BIN)/uv venv --quiet --clear --python $(BIN)/python build/sbom
	@$(BIN)/uv pip sync --quiet --python build/sbom/bin/python --require-hashes requirements/sbom.lock
	@build/sbom/bin/cyclonedx-py requirements requirements/runtime.lock --pyproject pyproject.toml \
	  --output-reproducible --output-format JSON --output-file build/sbom.json
	$(SAY) 'Written: build/sbom.json'

# No header and no index options: a lock names versions and hashes, never where they come from.
COMPILE = $(BIN)/uv pip compile --quiet --generate-hashes --universal --no-header --python-version 3.11

lock: $(STAMP)  ## Choose newer versions of what the project depends on
	@$(COMPILE) --upgrade pyproject.toml -o requirements/runtime.lock
	@$(COMPILE) --upgrade pyproject.toml --group dev -o requirements/dev.lock
	@echo uv | $(COMPILE) --upgrade --no-annotate - -o requirements/uv.txt
	@echo cyclonedx-bom | $(COMPILE) --upgrade --no-annotate - -o requirements/sbom.lock
	$(SAY) 'Locked; the next make installs it'

clean:  ## Remove .venv and everything the tools left behind
	@rm -rf $(VENV) build dist .build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
	$(SAY) 'Clean'

$(STAMP): requirements/dev.lock requirements/uv.txt pyproject.toml $(STALE)
	@set -e; \
	found=; old=; bare=; \
	for python in $(CANDIDATES); do \
	  "$$python" -c '' 2>/dev/null || continue; \
	  "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { old="$$python"; continue; }; \
	  "$$python" -c 'import venv, ensurepip' 2>/dev/null || { bare="$$python"; continue; }; \
	  found="$$python"; break; \
	done; \
	if [ -z "$$found" ] && [ -n "$$bare" ]; then \
	  echo "$$bare cannot make virtual environments. On Debian and Ubuntu, run: apt-get install python3-venv" >&2; exit 1; \
	elif [ -z "$$found" ] && [ -n "$$old" ]; then \
	  echo "$$($$old -V 2>&1) is too old: Python 3.11 or newer is needed. Install one, or name it: make PYTHON=/path/to/python3.11" >&2; exit 1; \
	elif [ -z "$$found" ]; then \
	  echo "No Python found: Python 3.11 or newer is needed. Install one, or name it: make PYTHON=/path/to/python3.11" >&2; exit 1; \
	fi; \
	say() { printf '$(ARROW) %s\n' "$$1"; }; \
	if [ "$$(cat '$(STAMP)' 2>/dev/null)" != '$(CURDIR)' ] || ! $(BIN)/python -c '' 2>/dev/null; then \
	  say "Making $(VENV) with $$($$found -V 2>&1)"; \
	  "$$found" -m venv --clear $(VENV); \
	fi; \
	say 'Installing what requirements/dev.lock names'; \
	$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes -r requirements/uv.txt; \
	$(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes requirements/dev.lock; \
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --offline -e .; \
	printf '%s\n' '$(CURDIR)' > '$(STAMP)'

# Never a file, so what depends on it is always out of date.
stale:
