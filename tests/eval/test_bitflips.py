import faulthandler
import os
from collections.abc import Callable
from typing import Any

import pytest

import ingest.database
from eval import bitflips
from eval.bitflips import measure
from ingest.doctor import Finding

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are forked here")


def test_no_flipped_bit_is_shown_overlooked_or_mended_into_a_lie() -> None:
    told: list[int] = []
    report = measure(20, 1, tell=lambda report: told.append(report.flips))
    assert report.failures == []
    assert told == list(range(1, 21))
    assert report.noticed > 5
    assert report.harmless + report.noticed == 20
    assert report.mended > 3


def test_every_table_is_flipped_as_often() -> None:
    assert measure(10, 1, by_table=True).failures == []


def test_rows_that_nobody_checks_are_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ingest.database, "holds", lambda *_: True)
    report = measure(12, 1)
    assert report.texts_quoted or report.silent
    assert report.failures


def nothing_found(*_: Any, **__: Any) -> list[Finding]:
    return []


def crash(*_: Any) -> None:
    faulthandler.disable()  # it is in a process of its own
    os.abort()


@pytest.mark.parametrize(
    ("place", "instead", "found"),
    [("_doctor", nothing_found, "overlooked"), ("_look", crash, "crashes")],
)
def test_a_doctor_that_finds_nothing_and_a_crash_are_found_out(
    monkeypatch: pytest.MonkeyPatch, place: str, instead: Callable[..., object], found: str
) -> None:
    monkeypatch.setattr(bitflips, place, instead)
    assert getattr(measure(6, 1), found)
