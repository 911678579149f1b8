"""The four secret numbers that open a case by telephone."""

LENGTH = 4
_RUNS = "01234567890", "09876543210"


def is_pin(digits: str) -> bool:
    """Say whether the caller keyed four digits."""
    return len(digits) == LENGTH and digits.isascii() and digits.isdigit()


def is_weak(pin: str) -> bool:
    """Say whether somebody near her would try this PIN first: 1111, 1212, 1234, a year of birth."""
    in_a_row = any(pin in run for run in _RUNS)
    repeated = pin[:2] * 2 == pin
    mirrored = len(set(pin)) == 1 or (pin[0] == pin[1] and pin[2] == pin[3])
    year = pin[:2] in {"19", "20"}
    return in_a_row or repeated or mirrored or year
