"""The books of the assistant's tests, for measuring what they answer."""

from tests.assistant.conftest import sample_book, sample_library_folder, word_book

__all__ = ["sample_book", "sample_library_folder", "word_book"]
