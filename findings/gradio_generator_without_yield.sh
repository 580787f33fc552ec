#!/usr/bin/env bash
# Guess, written before the run: an event whose function is a generator that ends without yielding anything leaves its
# output as it was, as one does that yields gr.skip().
# Seen: the output is set to None, which blanks it. A generator with nothing to say has to yield gr.skip().
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" --disable-pip-version-check --quiet install gradio==6.31.0 gradio_client==2.7.2
GRADIO_ANALYTICS_ENABLED=False GRADIO_TEMP_DIR="$folder" "$folder/venv/bin/python" - <<'PYTHON'
from importlib.metadata import version

import gradio as gr
from gradio_client import Client


def says_nothing(text):
    if text == "say":
        yield "said"


def skips(text):
    yield gr.skip()


with gr.Blocks() as blocks:
    asked, shown = gr.Textbox(), gr.Textbox("as it was")
    asked.submit(says_nothing, asked, shown, api_name="says_nothing")
    asked.submit(skips, asked, shown, api_name="skips")
blocks.launch(server_name="127.0.0.1", prevent_thread_lock=True, quiet=True)
client = Client(blocks.local_url, verbose=False)
print("gradio", version("gradio"))
said = client.predict("say", api_name="/says_nothing")
nothing = client.predict("nothing", api_name="/says_nothing")
skipped = client.predict("nothing", api_name="/skips")
blocks.close()
print("a yield:", repr(said), "no yield:", repr(nothing), "a yield of gr.skip():", repr(skipped))
assert said == "said"
assert nothing is None
assert skipped == {"__type__": "update"}
PYTHON
