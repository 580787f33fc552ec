#!/usr/bin/env bash
# Guess, written before the run: `Response.iter_lines` yields the lines of a server-sent event stream, which end at
# "\n", "\r" or "\r\n" as the HTML standard says, so that the JSON behind each `data:` comes whole.
# Seen: it also ends a line at U+2028, U+2029 and U+0085, which JSON strings may hold unescaped; the JSON of such an
# event comes in parts that no parser takes. Whoever reads a language model's stream has to split its bytes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --disable-pip-version-check --quiet install httpx==0.28.1
"$folder/venv/bin/python" - <<'PYTHON'
import json

import httpx

print("httpx", httpx.__version__)
for sign in ("\u2028", "\u2029", "\u0085", " "):
    event = "data: " + json.dumps({"content": f"one{sign}two"}, ensure_ascii=False) + "\n\n"
    response = httpx.Response(200, headers={"Content-Type": "text/event-stream"}, content=event.encode())
    lines = list(response.iter_lines())
    print(f"U+{ord(sign):04X}:", lines)
    if sign == " ":
        assert json.loads(lines[0].removeprefix("data: ")) == {"content": "one two"}
        continue
    assert lines[:2] == ['data: {"content": "one', 'two"}']
    assert json.loads(event.split("\n")[0].removeprefix("data: ")) == {"content": f"one{sign}two"}
PYTHON
