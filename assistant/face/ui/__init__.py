"""The page in the browser."""

import os

# Read when gradio is imported: it makes a table of each event with pandas, for a view that is not served here.
os.environ["GRADIO_ANALYTICS_CACHE_FREQUENCY"] = str(10**9)
os.environ["GRADIO_ANALYTICS_MAX_EVENTS"] = "1"
