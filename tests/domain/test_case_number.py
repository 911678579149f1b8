"""Case numbers: a slip of the finger is noticed, and nothing is told by them."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.domain.case_number import LENGTH, check_digit, is_case_number, new_case_number

BODIES = st.text(alphabet="0123456789", min_size=LENGTH - 1, max_size=LENGTH - 1)
DIGITS = "0123456789"
OTHER_DIGITS = "\N{ARABIC-INDIC DIGIT ONE}" * LENGTH


@given(body=BODIES, place=st.integers(0, LENGTH - 1), digit=st.sampled_from(DIGITS))
def test_any_single_wrong_digit_is_noticed(body: str, place: int, digit: str) -> None:
    number = body + check_digit(body)
    mistyped = number[:place] + digit + number[place + 1 :]

    assert is_case_number(mistyped) == (mistyped == number)


@given(body=BODIES, place=st.integers(0, LENGTH - 2))
def test_two_swapped_neighbours_are_noticed(body: str, place: int) -> None:
    number = body + check_digit(body)
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]

    assert is_case_number(swapped) == (swapped == number)


def test_no_slip_at_all_escapes_in_any_state() -> None:
    """The table of the check digit, every state and pair of digits: not a sample of numbers."""
    numbers = ["".join(pair) + check_digit("".join(pair)) for pair in product(DIGITS, DIGITS)]
    for number in numbers:
        slips = {number[:place] + digit + number[place + 1 :] for place in range(3) for digit in DIGITS}
        swaps = {number[1] + number[0] + number[2], number[0] + number[2] + number[1]}

        assert not ((slips | swaps) - {number}) & set(numbers)


def test_a_new_number_is_a_number() -> None:
    drawn = [new_case_number() for _ in range(2000)]

    assert all(is_case_number(number) for number in drawn)
    assert {number[0] for number in drawn} == set(DIGITS)
    assert len(set(drawn)) > 1900


@pytest.mark.parametrize(
    "digits", ["", "12345", "1234567", "12a456", "12 456", "-12345", "12345\n", OTHER_DIGITS]
)
def test_what_is_no_number_is_said_to_be_none(digits: str) -> None:
    assert not is_case_number(digits)


def test_a_known_number_has_its_check_digit() -> None:
    assert check_digit("572") == "4"
