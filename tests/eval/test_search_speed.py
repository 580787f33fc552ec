"""The worker that opens and searches a library, in a process by a checkout's own code, as the measurement runs it."""

from pathlib import Path

import pytest

from eval.search_speed import _HERE, _run
from ingest.models import EMBEDDING_FOLDER
from tests.assistant.conftest import sample_id


@pytest.mark.model
def test_this_checkout_opens_and_searches(sample_library_folder: Path, models_folder: Path) -> None:
    folder, questions = str(sample_library_folder), ["How does WakeMem remember lost vessels?", "polyp segmentation"]
    of_models = {"models": str(models_folder), "embedding": str(models_folder / EMBEDDING_FOLDER)}
    told = _run(_HERE, {"folder": folder, "other": folder, "questions": questions, "openings": 1, **of_models})
    assert [len(told[name]) for name in ("open_search", "open_answer", "floor", "search")] == [1, 1, 2, 2]
    assert told["found"][0][0] == sample_id(28)
    assert all(time > 0 for time in told["search"])
