"""A day or a period on one page: what was listed, under readable themes, each paper with its key sentence.

period → papers → (a theme that narrows) → themes with labels → key sentences → opening → page
"""

from assistant.day.making import day_page
from assistant.day.page import DayPage, DayPaper, Limits, Theme

__all__ = ["DayPage", "DayPaper", "Limits", "Theme", "day_page"]
