import pytest

from ingest.identity import Identity, identity_of_link, read_identity, submission_order


@pytest.mark.parametrize(
    ("text", "identity"),
    [
        ("2005.11295", Identity("2005.11295")),
        ("0704.0001", Identity("0704.0001")),
        ("2005.11295v2", Identity("2005.11295", 2)),
        (" 2005.11295v12 ", Identity("2005.11295", 12)),
        ("astro-ph/0601001", Identity("astro-ph/0601001")),
        ("math.GT/0309136v3", Identity("math.GT/0309136", 3)),
    ],
)
def test_identifiers_are_read(text: str, identity: Identity) -> None:
    assert read_identity(text) == identity


@pytest.mark.parametrize(
    "text", ["", "2005", "2005.112", "2005.112956", "200.11295", "2005.11295v", "x2005.11295", "cs/060100", "v2"]
)
def test_what_is_no_identifier_is_none(text: str) -> None:
    assert read_identity(text) is None


@pytest.mark.parametrize(
    ("url", "identity"),
    [
        ("https://arxiv.org/pdf/2005.11295.pdf", Identity("2005.11295")),
        ("https://arxiv.org/pdf/2005.11295v2.pdf", Identity("2005.11295", 2)),
        ("http://arxiv.org/abs/2005.11295v3", Identity("2005.11295", 3)),
        ("https://arxiv.org/abs/astro-ph/0601001v1", Identity("astro-ph/0601001", 1)),
        ("https://arxiv.org/pdf/cs/0112017.pdf", Identity("cs/0112017")),
    ],
)
def test_the_identifier_of_a_link_is_read(url: str, identity: Identity) -> None:
    assert identity_of_link(url) == identity


@pytest.mark.parametrize(
    "url",
    ["", "https://arxiv.org/", "https://arxiv.org/pdf/", "https://kites.org/2005.11295", "https://arxiv.org/pdf/x.pdf"],
)
def test_a_link_to_something_else_has_none(url: str) -> None:
    assert identity_of_link(url) is None


def test_the_order_is_that_of_submission() -> None:
    in_order = [
        "hep-th/9108001",
        "cs/9912001",
        "cs/0001001",
        "math.GT/0309136",
        "0704.0001",
        "1412.9999",
        "1501.00001",
        "2005.11295",
    ]
    assert sorted(in_order, key=submission_order) == in_order
