#!/usr/bin/env bash
# Guess, written before the run: an entry of BibTeX that gives one field twice is read with one of the two, as
# bibtex itself does ("I'm ignoring a's extra "note" field").
# Seen: the whole entry is missing from `entries`; it is among `failed_blocks`, its fields with their braces.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --disable-pip-version-check --quiet install bibtexparser==2.1.0 pylatexenc==2.11
"$folder/venv/bin/python" - <<'PYTHON'
import logging
from importlib.metadata import version

import bibtexparser

logging.getLogger("bibtexparser").setLevel(logging.CRITICAL)
text = """@misc{one, title = {On Kites}, note = {first}, year = 2026, note = {second}}
@misc{two, title = {On Winds}, note = {only}, year = 2026}
"""
library = bibtexparser.parse_string(text)
print("bibtexparser", version("bibtexparser"))
print("entries:", [entry.key for entry in library.entries])
print("failed:", [type(block).__name__ for block in library.failed_blocks])
kept = library.failed_blocks[0].ignore_error_block
print("given up:", kept.key, [(field.key, field.value) for field in kept.fields])
assert [entry.key for entry in library.entries] == ["two"]
assert [type(block).__name__ for block in library.failed_blocks] == ["DuplicateFieldKeyBlock"]
assert ("note", "{first}") in [(field.key, field.value) for field in kept.fields]
PYTHON
