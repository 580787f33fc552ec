"""From digests to the library on disk.

Every other package of Daybook imports this one before anything else. So what is said here is said before a library is
loaded that would tell others of its use, and to every process that is started later. It is said to who set something
else as well: what Daybook promises does not hang on how an environment was set for other programs.
"""

import os

SILENCE = {
    "ORT_DISABLE_TELEMETRY": "1",  # onnxruntime: its import leaves an id and events in the user's cache, and sends them
    "GRADIO_ANALYTICS_ENABLED": "False",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "ANONYMIZED_TELEMETRY": "False",  # Chroma
    "DO_NOT_TRACK": "1",  # https://donottrack.sh, for whatever else heeds it
}
"""What keeps the libraries silent, as variables of the environment."""

os.environ.update(SILENCE)
