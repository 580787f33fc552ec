"""The contract of an answer: claims that stand on quotes, written, checked, refused."""
