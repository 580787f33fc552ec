import json
import re
from pathlib import Path

import pytest

from ingest.taxonomy import (
    categories_of,
    category_code,
    category_name,
    category_of_name,
    current_code,
    is_archive,
    nearest_categories,
)

OBSOLETE = [
    "acc-phys",
    "adap-org",
    "alg-geom",
    "ao-sci",
    "atom-ph",
    "bayes-an",
    "chao-dyn",
    "chem-ph",
    "cmp-lg",
    "comp-gas",
    "dg-ga",
    "funct-an",
    "mtrl-th",
    "patt-sol",
    "plasm-ph",
    "q-alg",
    "solv-int",
    "supr-con",
]
WHOLE = ["astro-ph", "cond-mat", "cs", "econ", "eess", "math", "nlin", "physics", "q-bio", "q-fin", "stat"]
SINGLE = ["gr-qc", "hep-ex", "hep-lat", "hep-ph", "hep-th", "math-ph", "nucl-ex", "nucl-th", "quant-ph"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("cs.CV", "cs.CV"),
        ("cs.cv", "cs.CV"),
        (" CS.LG ", "cs.LG"),
        ("hep-TH", "hep-th"),
        ("COND-MAT.MTRL-SCI", "cond-mat.mtrl-sci"),
        ("CS", "cs"),
        ("Cmp-Lg", "cmp-lg"),
        ("cs.XX", None),
        ("cs.C", None),
        ("cs CV", None),
        ("", None),
    ],
)
def test_a_code_is_known_in_any_case(text: str, code: str | None) -> None:
    assert category_code(text) == code


def test_all_archives_and_categories_are_there() -> None:
    assert [code for code in [*OBSOLETE, *WHOLE, *SINGLE] if category_code(code) != code] == []
    assert sum(len(categories_of(archive)) for archive in WHOLE) + len(SINGLE) == 155
    assert all(category_name(code) for archive in WHOLE for code in categories_of(archive))


@pytest.mark.parametrize("code", [*OBSOLETE, *WHOLE, *SINGLE])
def test_archives_are_told_from_their_categories(code: str) -> None:
    assert is_archive(code)
    assert is_archive(code.upper())
    assert (categories_of(code) != []) == (code in WHOLE)


@pytest.mark.parametrize("text", ["cs.CV", "math.mp", "kites", ""])
def test_what_is_no_archive(text: str) -> None:
    assert not is_archive(text)
    assert categories_of(text) == []


@pytest.mark.parametrize(
    ("code", "today"),
    [
        ("cmp-lg", "cs.CL"),
        ("mtrl-th", "cond-mat.mtrl-sci"),
        ("math.MP", "math-ph"),
        ("cs.SY", "eess.SY"),
        ("stat.TH", "math.ST"),
        ("q-fin.EC", "econ.GN"),
        ("cs.NA", "math.NA"),
        ("math.IT", "cs.IT"),
        ("cs.CV", "cs.CV"),
        ("kites", "kites"),
    ],
)
def test_what_a_code_stands_for_today(code: str, today: str) -> None:
    assert current_code(code) == today


def test_what_a_code_stands_for_is_a_category_of_today() -> None:
    divided = {code for archive in WHOLE for code in categories_of(archive)} | set(SINGLE)
    assert {current_code(code) for code in OBSOLETE} <= divided


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Computer Vision and Pattern Recognition", "cs.CV"),
        ("computer  vision & pattern\nrecognition", "cs.CV"),
        ("Computer Vision and Pattern Recognition (cs.CV)", "cs.CV"),
        ("Vision, as we call it (CS.CV)", "cs.CV"),
        ("Computer Science - Computer Vision and Pattern Recognition", "cs.CV"),
        ("Computer Science - Computer Vision", "cs.CV"),
        ("Computer Vision", "cs.CV"),
        ("Computer Science - Robotics", "cs.RO"),
        ("Computer Science: Sound", "cs.SD"),
        ("High Energy Physics - Theory", "hep-th"),
        ("Distributed, Parallel, and Cluster Computing", "cs.DC"),
        ("Condensed Matter - Materials Science", "cond-mat.mtrl-sci"),
        ("Physics – Optics", "physics.optics"),
        ("Computation", "stat.CO"),
        ("Computation and Language", "cs.CL"),
        ("Statistics - Machine Learning", "stat.ML"),
        ("Computer Science - Learning", "cs.LG"),
        ("Galaxy Astrophysics", "astro-ph.GA"),
        ("Information Theory", "cs.IT"),
        ("Mathematics - Information Theory", "math.IT"),
        ("Superconductivity", "cond-mat.supr-con"),
        ("Materials Theory", "mtrl-th"),
        ("Astrophysics", "astro-ph"),
        ("Quantitative Finance - Economics", "q-fin.EC"),
    ],
)
def test_a_category_is_known_by_its_name(name: str, code: str) -> None:
    assert category_of_name(name) == code


@pytest.mark.parametrize(
    "name",
    [
        "Machine Learning",  # cs.LG and stat.ML
        "Economics",  # an archive and q-fin.EC
        "Computer Science",
        "Physics",
        "Computer",
        "Geometric",
        "Learning",
        "Deep Learning",
        "High Energy Physics",  # four of them
        "Computer Science - Comp",
        "Computer Science - Kites",
        "Computer Vis",
        "On Kites (cs.XX)",
        "Computer Science - ",
        "",
    ],
)
def test_what_names_no_category_or_several(name: str) -> None:
    assert category_of_name(name) is None


@pytest.mark.parametrize("code", [c for archive in WHOLE for c in categories_of(archive)] + SINGLE)
def test_every_category_is_known_by_its_name_behind_its_archive(code: str) -> None:
    archive = category_name(code.partition(".")[0])
    shown = category_name(code) if code in SINGLE else f"{archive} - {category_name(code)}"
    assert category_of_name(shown) == code


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("cs.CVV", "cs.CV"),
        ("csCV", "cs.CV"),
        ("cs-lg", "cs.LG"),
        ("cv", "cs.CV"),
        ("hepth", "hep-th"),
        ("computer vision", "cs.CV"),
        ("robotics", "cs.RO"),
    ],
)
def test_the_nearest_category_comes_first(text: str, first: str) -> None:
    near = nearest_categories(text)
    assert near[0] == first
    assert len(near) <= 3


@pytest.mark.parametrize("text", ["kites", ""])
def test_nothing_is_near_a_text_like_no_category(text: str) -> None:
    assert nearest_categories(text) == []


def test_every_category_of_real_papers_is_known(data_folder: Path) -> None:
    found: set[str] = set()
    for file in sorted((data_folder / "formats").iterdir()):
        text = file.read_text(encoding="utf-8", errors="replace")
        found.update(re.findall(r'<category[^>]*term="([^"]+)"', text))
        for line in text.splitlines():
            if line.startswith("{") and '"categories"' in line:
                found.update(str(json.loads(line)["categories"]).split())
    assert len(found) > 50
    assert {code for code in found if category_code(code) != code} == set()
