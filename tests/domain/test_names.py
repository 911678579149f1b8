"""Names of concerns: easy to say, many, and nothing of a caller in them."""

import re

from ivr.domain.names import WORDS, draw_name


def test_there_are_enough_names_that_a_thousand_open_concerns_rarely_meet() -> None:
    first, second = (part.split() for part in WORDS.read_text().split("\n\n"))

    assert len(first) * len(second) > 20_000
    assert len(first) == len(set(first))
    assert len(second) == len(set(second))


def test_a_name_is_two_plain_words() -> None:
    names = {draw_name() for _ in range(500)}

    assert len(names) > 400
    assert all(re.fullmatch(r"[A-Z][a-z]+ [A-Z][a-z]+", name) for name in names)
