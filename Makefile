# Everything sets itself up: all that is needed beforehand is Python 3.11+ and make.
PYTHON ?= python3
JOBS ?= 2
VENV := .venv
RUN := $(VENV)/bin/python
SOURCES := src tests $(wildcard benchmarks) $(wildcard tools/*.py)
CATALOGUE := src/habitue/locale/zh_Hans/LC_MESSAGES/habitue.po

.DEFAULT_GOAL := help
.PHONY: help demo test lint format screenshot messages readme clean system

help:
	@echo "make demo        a sample shop from records to report, in ./demo"
	@echo "make test        every check: format, lint, types, tests, doctests, README commands"
	@echo "make lint        format, lint and types only"
	@echo "make format      put the code in the project's format"
	@echo "make screenshot  docs/report.png: the sample shop's report, seen by a browser"
	@echo "make messages    gather the texts to translate and bring the catalogue up to date"
	@echo "make readme      run the README's commands and put their real output into it"
	@echo "make clean       remove everything that these make"

# --- set-up: a stamp file each, so that nothing is done twice ---------------------------------
$(VENV)/.made:
	@tools/python.sh "$(PYTHON)" $(VENV)
	@touch $@

$(VENV)/.habitue: $(VENV)/.made pyproject.toml constraints.txt hatch_build.py
	@echo "Installing Habitué into $(VENV) …"
	@$(RUN) -m pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	@touch $@

$(VENV)/.dev: $(VENV)/.habitue
	@echo "Installing the checks' tools into $(VENV) …"
	@$(RUN) -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[dev]"
	@touch $@

system:
	@tools/system.sh

# --- what people ask for ------------------------------------------------------------------------
demo: $(VENV)/.habitue
	@$(RUN) -m habitue demo demo

lint: $(VENV)/.dev
	$(RUN) -m ruff format --check $(SOURCES)
	$(RUN) -m ruff check $(SOURCES)
	$(RUN) -m mypy --strict src tests $(wildcard benchmarks)

test: lint system
	$(RUN) -m pytest -n $(JOBS) --cov --cov-report=term:skip-covered

format: $(VENV)/.dev
	$(RUN) -m ruff format $(SOURCES)
	$(RUN) -m ruff check --fix $(SOURCES)

screenshot: $(VENV)/.dev system
	$(RUN) tools/screenshot.py docs/report.png

messages: $(VENV)/.dev
	$(RUN) tools/messages.py $(CATALOGUE)

readme: $(VENV)/.dev
	$(RUN) tools/readme.py README.md README.zh-CN.md

clean:
	rm -rf $(VENV) demo build dist .coverage .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find src tests -name __pycache__ -type d -prune -exec rm -rf {} +
	rm -f src/habitue/locale/*/LC_MESSAGES/*.mo
