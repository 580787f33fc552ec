# Everything a person or CI runs. `make run` opens the chat, `make test` is all of CI.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: run test lint types tests eval lock clean

ifdef DIGESTS
LIBRARY_OPTION := $(if $(LIBRARY),--library "$(LIBRARY)")
else
# The invented sample never mixes with a user's own papers.
DIGESTS := ingest/sample
LIBRARY_OPTION := --library .daybook/sample
endif

run: $(VENV)/run.done  ## install, bring the digests in, open the chat at 127.0.0.1:7860
	$(BIN)/daybook ingest "$(DIGESTS)" $(LIBRARY_OPTION)
	$(BIN)/daybook serve $(LIBRARY_OPTION)

test: lint types tests  ## what CI runs

lint: $(VENV)/dev.done
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/dev.done
	$(BIN)/mypy

tests: $(VENV)/dev.done
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || { [ "$$(id -u)" = 0 ] \
		&& command -v apt-get >/dev/null && apt-get update -qq && apt-get install -y -qq chromium >/dev/null; } \
		|| echo "no Chromium could be found or installed: the browser tests will be skipped"
	$(BIN)/pytest --numprocesses auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder

eval: $(VENV)/dev.done  ## how well papers are found, beside baselines; says where the report lies
	$(BIN)/daybook eval retrieval

lock:  ## resolve the dependencies anew; needs uv
	uv pip compile -q pyproject.toml --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-header --no-annotate -o requirements.lock
	uv pip compile -q pyproject.toml --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-header --no-annotate --extra dev -o requirements-dev.lock

clean:
	rm -rf $(VENV) .daybook .mypy_cache .pytest_cache .ruff_cache .hypothesis *.egg-info

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Daybook needs Python 3.11 or newer; name one: make PYTHON=python3.12")'
	$(PYTHON) -m venv $(VENV)

# Only what Daybook itself imports is byte-compiled: compiling everything would add 250 MB.
WARM := import app, ingest.index, ingest.doctor, assistant.face.ui.page; from transformers import PreTrainedTokenizerFast
$(VENV)/run.done: requirements.lock pyproject.toml | $(BIN)/python
	$(PIP) install --no-compile --no-deps --require-hashes -r requirements.lock
	$(PIP) install --no-compile --no-deps --no-build-isolation -e .
	@PYTHONDONTWRITEBYTECODE= TRANSFORMERS_VERBOSITY=error $(BIN)/python -c "$(WARM)"
	@touch $@

$(VENV)/dev.done: requirements-dev.lock pyproject.toml | $(BIN)/python
	$(PIP) install --no-compile --no-deps --require-hashes -r requirements-dev.lock
	$(PIP) install --no-compile --no-deps --no-build-isolation -e .
	@PYTHONDONTWRITEBYTECODE= TRANSFORMERS_VERBOSITY=error $(BIN)/python -c "$(WARM)"
	@touch $@ $(VENV)/run.done
