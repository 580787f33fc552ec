"""Which sentences tell what is known rather than what a paper does."""

from assistant.asking import is_background


def test_a_contrast_with_a_figure_is_a_result_and_not_background() -> None:
    assert is_background("While boats are common, they are rarely tracked.")
    assert not is_background("While in the outer harbour, the errors grow to 50-60 pixels.")
    assert is_background("Recent trackers reach 12% on boats.")
