"""What the carrier says of who calls: a number, or one of many ways to say that there is none."""

_SHORTEST, _LONGEST = 7, 15
_KEYED_WORDS = frozenset({"+266696687", "+7378742833", "+8656696", "+2562533", "+86282452253", "+7748283"})
"""ANONYMOUS, RESTRICTED, UNKNOWN, BLOCKED, UNAVAILABLE and PRIVATE, typed on the keys of a telephone."""


def is_withheld(number: str) -> bool:
    """Say whether this names nobody: a word, a word typed on a keypad, or nothing that is a number."""
    digits = number.removeprefix("+")
    is_number = number.startswith("+") and digits.isascii() and digits.isdigit()
    return not is_number or not _SHORTEST <= len(digits) <= _LONGEST or number in _KEYED_WORDS
