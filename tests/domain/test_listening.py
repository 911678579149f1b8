"""What the end of a recording tells before anybody has heard it."""

import pytest

from flows.deeds import DEEDS
from flows.model import Recorded
from ivr.domain.listening import LONGEST_S, SILENCE_S, how_it_was_left


@pytest.mark.parametrize(
    ("length_s", "key", "hung_up", "outcome"),
    [
        (30, "#", False, "kept"),
        (30, "", False, "kept_in_silence"),
        (30, "5", False, "kept"),
        (30, "*", False, "kept"),
        (30, "0", False, "kept_and_help"),
        (30, "9", False, "kept_and_end"),
        (0, "0", False, "kept_and_help"),
        (0, "9", False, "kept_and_end"),
        (30, "", True, "hung_up"),
        (0, "", True, "hung_up"),
        (1, "#", False, "too_short"),
        (0, "#", False, "too_short"),
        (2, "#", False, "kept"),
        (SILENCE_S, "", False, "silent"),
        (0, "", False, "silent"),
        (SILENCE_S + 1, "", False, "too_short"),
        (SILENCE_S + 2, "", False, "kept_in_silence"),
        (LONGEST_S, "", False, "too_long"),
        (LONGEST_S, "#", False, "too_long"),
        (LONGEST_S, "0", False, "kept_and_help"),
        (LONGEST_S, "", True, "hung_up"),
        (30, None, False, "kept_in_silence"),
        (SILENCE_S + 1, None, False, "kept_in_silence"),
        (SILENCE_S, None, False, "perhaps_silent"),
        (SILENCE_S - 1, None, False, "kept_in_silence"),
        (2, None, False, "kept_in_silence"),
        (1, None, False, "too_short"),
        (0, None, False, "too_short"),
        (LONGEST_S, None, False, "too_long"),
        (SILENCE_S, None, True, "hung_up"),
    ],
)
def test_the_length_without_its_closing_silence_and_the_key_tell(
    length_s: int, key: str | None, outcome: str, *, hung_up: bool
) -> None:
    assert how_it_was_left(Recorded("RE1", length_s, key, hung_up=hung_up)) == outcome
    assert outcome in DEEDS["keep_message"]
