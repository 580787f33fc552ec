"""Names as authors write them, and the table of those that a library holds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.lexical import LexicalTable, PaperText
from ingest.names import key_of, names_in, written_names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("What does SPSG do?", ["SPSG"]),
        ("How does PriorGAN differ from U2Net?", ["PriorGAN", "U2Net"]),
        ("How fast is PP-YOLOv2, and is it on COCO?", ["PP-YOLOv2", "COCO"]),
        ("Where does WakeMem's memory come from?", ["WakeMem"]),
        ("Is there work on COVID-19 or GPT-4?", ["COVID-19", "GPT-4"]),
        ("Which papers are about 3D pose, mIoU and 2D maps?", []),
        ("how does kerbfirst work", []),
        ("", []),
    ],
)
def test_names_have_two_capitals_or_a_capital_and_a_digit(text: str, names: list[str]) -> None:
    assert names_in(text) == names


@pytest.mark.parametrize("written", ["PP-YOLOv2", "PPYOLO v2", "pp-yolov2", "PP YOLO-V2"])
def test_a_name_has_one_key_however_it_is_written(written: str) -> None:
    assert key_of(written) == "ppyolov2"


def test_parts_and_versions_of_names_are_names() -> None:
    assert set(written_names("We train PP-YOLOv2 and GritDet v3.")) == {
        "PP-YOLOv2", "PP", "YOLOv2", "GritDet", "GritDet v3",
    }  # fmt: skip


def paper(row: int, abstract: str) -> PaperText:
    return PaperText(row, "A title", abstract)


def test_a_library_knows_its_names_as_they_were_first_written_and_where() -> None:
    words = LexicalTable().extended([paper(1, "We present Wake-Mem."), paper(2, "WakeMem and SPSG, SPSG again.")], 2)
    assert (words.names["wakemem"].text, words.names["wakemem"].rows) == ("Wake-Mem", (1, 2))
    assert words.names["spsg"].rows == (2,)
    assert set(words.names_beginning("w")) == {"wakemem"}
    rewritten = words.extended([paper(2, "Nothing of it is left.")], 3)
    assert rewritten.names["wakemem"].rows == (1,)
    assert "spsg" not in rewritten.names


@given(st.text(max_size=60))
def test_the_names_of_a_text_are_found_again_by_their_keys(text: str) -> None:
    words = LexicalTable().extended([PaperText(1, "", text)], 1)
    assert {key_of(name) for name in names_in(text)} <= set(words.names)
