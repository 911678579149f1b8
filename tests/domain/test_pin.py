"""PINs: what somebody near her would try first is not taken."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.domain.pin import is_pin, is_weak

PINS = st.text(alphabet="0123456789", min_size=4, max_size=4)


@pytest.mark.parametrize(
    "pin", ["1111", "0000", "1212", "9898", "1234", "4321", "7890", "0987", "1122", "1987", "2003", "1900"]
)
def test_what_is_tried_first_is_weak(pin: str) -> None:
    assert is_weak(pin)


@pytest.mark.parametrize("pin", ["7302", "4827", "5306", "9174", "1357", "2580", "3125"])
def test_other_numbers_are_taken(pin: str) -> None:
    assert not is_weak(pin)


def test_most_pins_can_be_chosen() -> None:
    weak = [pin for pin in (f"{number:04d}" for number in range(10_000)) if is_weak(pin)]

    assert 200 < len(weak) < 500


@given(PINS)
def test_four_digits_are_a_pin(pin: str) -> None:
    assert is_pin(pin)


@pytest.mark.parametrize(
    "keys", ["", "123", "12345", "12*4", "12#4", "abcd", "12 4", "\N{FULLWIDTH DIGIT ONE}234"]
)
def test_anything_else_is_none(keys: str) -> None:
    assert not is_pin(keys)
