# The commands that the README names. Each sets up what it needs; `make` alone lists them.

PYTHON ?= python3
PARTS = base local node test

.PHONY: help run test bench eval format lock python

help:
	@echo "make run     try the register on this machine, at http://127.0.0.1:8000/ (PORT=8080 moves it)"
	@echo "make test    run every check and every test"
	@echo "make eval    measure how well look-alikes are found (PAIRS=file.tsv takes pairs of your own)"
	@echo "make bench   measure the register among 200,000 risks (RISKS=20000 for fewer)"
	@echo "make format  put the code into its one format"
	@echo "make lock    lock the packages of requirements/*.in anew (needs uv on this machine)"

run: python
	@$(PYTHON) -m dev.setup local
	@exec .venv/bin/python -m dev.run

test: python
	@$(PYTHON) -m dev.setup test
	@exec .venv/bin/python -m dev.checks

eval: python
	@$(PYTHON) -m dev.setup test
	@exec .venv/bin/python -m risks.matching.evaluation $(if $(PAIRS),"$(PAIRS)")

bench: python
	@$(PYTHON) -m dev.setup test
	@exec .venv/bin/python -m bench

format: python
	@$(PYTHON) -m dev.setup test
	@.venv/bin/ruff check --fix --quiet . ; .venv/bin/ruff format .

lock:
	@command -v uv >/dev/null || { echo "Install uv first, outside this project's environment."; exit 1; }
	@for part in $(PARTS); do \
		uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
			--no-emit-find-links --custom-compile-command "make lock" $(UPGRADE) \
			requirements/$$part.in --output-file requirements/$$part.txt || exit 1; \
	done
	@uv pip compile --quiet --no-deps --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-emit-find-links --custom-compile-command "make lock" $(UPGRADE) \
		requirements/model.in --output-file requirements/model.txt
	@npm install --package-lock-only --omit-lockfile-registry-resolved --ignore-scripts --no-audit --no-fund

python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "Python 3.11 or later is needed. Name one if it is not called python3: make run PYTHON=python3.12"; exit 1; }
