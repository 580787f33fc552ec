"""Prose for property tests."""

from hypothesis import strategies as st

_TEXT = (
    "we fly red kites over the U.S. with 3.5% loss, e.g. in Fig. 2; however, it (see Sec. 4) works! "
    "Why? Results et al. PA. The $x_1$ and https://kites.org/a.b hold: Ünïcode 中文。 end"
)
_WORDS = st.sampled_from(_TEXT.split())
PROSE = st.lists(_WORDS, min_size=1, max_size=25).map(lambda words: " ".join(words).capitalize() + ".")
"""A sentence of ordinary and of awkward words."""
