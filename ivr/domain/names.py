"""Two-word names by which staff speak of a concern: easy to say, and nothing in them is about the caller."""

import secrets
from functools import cache
from pathlib import Path

WORDS = Path(__file__).with_name("names.txt")
"""First words, an empty line, second words: more than 20,000 names."""


def draw_name() -> str:
    """Draw a name by chance."""
    first, second = _words()
    return f"{secrets.choice(first)} {secrets.choice(second)}"


@cache
def _words() -> tuple[list[str], list[str]]:
    first, second = WORDS.read_text().split("\n\n")
    return first.split(), second.split()
