"""How values are spoken."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prompts.catalogue import Catalogue
from prompts.values import breath_groups, sayings


@pytest.mark.parametrize(
    ("digits", "groups"),
    [
        ("1", ("1",)),
        ("112", ("112",)),
        ("1234", ("12", "34")),
        ("12345", ("123", "45")),
        ("123456", ("12", "34", "56")),
        ("1234567", ("123", "45", "67")),
        ("123456789", ("123", "456", "789")),
    ],
)
def test_digits_are_read_in_groups_of_one_breath(digits: str, groups: tuple[str, ...]) -> None:
    assert breath_groups(digits) == groups


@pytest.mark.parametrize(
    ("number", "groups"),
    [
        ("1800 777 0000", ["1800", "777", "0000"]),
        ("03 3000 8858", ["03", "3000", "8858"]),
        ("1694", ["16", "94"]),
        ("018 9888058", ["018", "988", "80", "58"]),
        ("1 800 12", ["18", "00", "12"]),
    ],
)
def test_a_number_is_read_in_the_groups_in_which_people_know_it(
    catalogue: Catalogue, number: str, groups: list[str]
) -> None:
    read: list[str] = []
    group = ""
    for saying in sayings("digits", number, catalogue.language("en")) or ():
        group += saying.written
        if saying.clip.endswith(".ending"):
            read, group = [*read, group], ""

    assert read == groups


@given(st.text("0123456789", min_size=2, max_size=20))
def test_no_digit_is_lost_and_none_stands_alone(digits: str) -> None:
    groups = breath_groups(digits)

    assert "".join(groups) == digits
    assert {len(group) for group in groups} <= {2, 3}


@given(digits=st.text("0123456789", min_size=1, max_size=20))
def test_the_voice_falls_at_the_end_of_each_group_and_rests_half_a_second(
    catalogue: Catalogue, digits: str
) -> None:
    spoken = sayings("digits", digits, catalogue.language("en")) or ()
    endings = [saying.clip for saying in spoken if saying.clip.endswith(".ending")]

    assert [saying.written for saying in spoken] == list(digits)
    assert endings == [f"digit_{group[-1]}.ending" for group in breath_groups(digits)]
    assert all((saying.pause_after_ms == 500) == saying.clip.endswith(".ending") for saying in spoken)


@pytest.mark.parametrize(
    ("slot", "value", "clip", "written"),
    [
        ("key", "1", "number_1", "1"),
        ("key", "*", "key_star", "star"),
        ("days", "30", "number_30", "30"),
        ("language", "id", "language_id", "Indonesian"),
        ("country", "other", "country_other", "Another country"),
        ("topic", "pay", "topic_pay_title", "Your pay"),
        ("service", "kind_union", "kind_union", "A workers' union"),
        ("service", "service_sample", "service_sample", "service_sample"),
    ],
)
def test_other_values_are_one_clip(
    catalogue: Catalogue, slot: str, value: str, clip: str, written: str
) -> None:
    (saying,) = sayings(slot, value, catalogue.language("en")) or ()

    assert (saying.clip, saying.written) == (clip, written)


@pytest.mark.parametrize(
    ("slot", "value"),
    [
        ("digits", ""),
        ("digits", " "),
        ("topic", "no_such"),
        ("digits", "12a"),
        ("digits", "+12"),
        ("key", "A"),
        ("days", "44"),
        ("digits", "٣"),
    ],
)
def test_what_no_clip_can_say_is_refused(catalogue: Catalogue, slot: str, value: str) -> None:
    assert sayings(slot, value, catalogue.language("en")) is None
