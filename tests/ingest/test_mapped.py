"""Arrays in a file: read in parts, no damaged block believed, nothing read that is not asked for."""

from pathlib import Path

import numpy as np
import pytest

from ingest.mapped import DamagedBlockError, MappedFile, state_of, write_arrays

BLOCK = 1 << 16
STATE = {"last": 7, "total": [3, 2**61]}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file with a small, an empty and a large array: ten blocks and a half."""
    path = tmp_path / "arrays"
    large = np.arange(BLOCK * 10 // 8 + BLOCK // 16, dtype=np.int64).reshape(-1, 4)
    write_arrays(
        path,
        "numbers 1",
        STATE,
        {"small": np.array([1.5, 2.5], dtype=np.float32), "none": np.zeros((0, 4)), "large": large},
    )
    return path


def opened(file: Path) -> MappedFile:
    found = MappedFile.open(file, "numbers 1")
    assert found is not None
    return found


def flip(file: Path, place: int) -> None:
    content = bytearray(file.read_bytes())
    content[place] ^= 1
    file.write_bytes(content)


def test_what_was_written_is_read_again(file: Path) -> None:
    found = opened(file)
    assert found.state == state_of(file, "numbers 1") == STATE
    assert found["small"].whole().tolist() == [1.5, 2.5]
    assert found["none"].whole().shape == (0, 4)
    large = found["large"]
    assert large[3:5].tolist() == [[12, 13, 14, 15], [16, 17, 18, 19]]
    assert large[7:7].shape == (0, 4)
    assert large[len(large) - 1 :].tolist() == [[4 * len(large) - 4 + i for i in range(4)]]
    assert np.array_equal(large[:], np.arange(4 * len(large)).reshape(-1, 4))
    assert np.array_equal(large.whole(), large[:])
    found.check()


def test_arrays_are_mapped_and_cannot_be_changed(file: Path) -> None:
    found = opened(file)["large"].whole()
    with pytest.raises(ValueError, match="read-only"):
        found[0] = 1


def test_a_block_is_checked_when_it_is_asked_for_and_no_other(file: Path) -> None:
    first_of_large = file.stat().st_size - (BLOCK * 10 + BLOCK // 2)
    flip(file, first_of_large + 3 * BLOCK + 5)
    large = opened(file)["large"]
    rows = BLOCK // 32
    assert large[: 3 * rows].shape == (3 * rows, 4)
    assert large[4 * rows :].shape == (6 * rows + rows // 2, 4)
    for part in (slice(3 * rows, 3 * rows + 1), slice(0, 3 * rows + 1), slice(4 * rows - 1, 4 * rows), slice(None)):
        with pytest.raises(DamagedBlockError):
            large[part]
    with pytest.raises(DamagedBlockError):
        large.whole()
    with pytest.raises(DamagedBlockError):
        opened(file).check()


def test_all_cores_check_a_very_large_array(tmp_path: Path) -> None:
    file = tmp_path / "arrays"
    write_arrays(file, "numbers 1", {}, {"large": np.arange(BLOCK * 300 // 8)})
    assert len(opened(file)["large"].whole()) == BLOCK * 300 // 8
    for block in (0, 150, 299):
        flip(file, file.stat().st_size - (300 - block) * BLOCK + 9)
        with pytest.raises(DamagedBlockError):
            opened(file)["large"].whole()
        flip(file, file.stat().st_size - (300 - block) * BLOCK + 9)


def test_no_bit_can_flip_unnoticed(tmp_path: Path) -> None:
    file = tmp_path / "arrays"
    write_arrays(file, "numbers 1", STATE, {"some": np.arange(100), "others": np.arange(7, dtype=np.float32)})
    whole = file.read_bytes()
    padding = 64 - 7 * 4
    for place in range(len(whole) - padding):
        if opened(file)["some"].whole().nbytes % 64 and place in range(len(whole) - 64 - 32, len(whole) - 64):
            continue  # between the arrays stands nothing
        flip(file, place)
        found = MappedFile.open(file, "numbers 1")
        if found is not None:
            with pytest.raises(DamagedBlockError):
                found.check()
        file.write_bytes(whole)


@pytest.mark.parametrize("length", [0, 1, 15, 40, 41, 300, -1, -65])
def test_a_torn_file_is_not_opened(file: Path, length: int) -> None:
    file.write_bytes(file.read_bytes()[:length])
    assert MappedFile.open(file, "numbers 1") is None


def test_a_longer_file_is_not_opened(file: Path) -> None:
    file.write_bytes(file.read_bytes() + b"x")
    assert MappedFile.open(file, "numbers 1") is None


@pytest.mark.parametrize("content", [b"", b"short", b"x" * 4000, b"daybook arrays 1" + b"\xff" * 4000])
def test_a_file_of_something_else_is_not_opened(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "arrays"
    file.write_bytes(content)
    assert (MappedFile.open(file, "numbers 1"), state_of(file, "numbers 1")) == (None, None)
    assert (MappedFile.open(tmp_path / "absent", "numbers 1"), state_of(tmp_path / "absent", "numbers 1")) == (
        None,
        None,
    )


def test_a_file_of_another_kind_is_not_opened(file: Path) -> None:
    assert (MappedFile.open(file, "numbers 2"), state_of(file, "numbers 2")) == (None, None)


def test_a_file_that_is_replaced_stays_as_it_was_for_who_reads_it(file: Path) -> None:
    before = opened(file)
    write_arrays(file, "numbers 1", {}, {"large": np.zeros(4)})
    assert np.array_equal(before["large"].whole(), np.arange(4 * len(before["large"])).reshape(-1, 4))
    assert opened(file)["large"].whole().tolist() == [0, 0, 0, 0]
