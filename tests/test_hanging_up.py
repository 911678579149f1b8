"""A caller may hang up at any moment: what she agreed to and said is kept, and nothing else."""

from pathlib import Path
from typing import Any

import pytest

from tests.kept import check_stored
from tests.practice_line import practice_line
from tests.scenario import take_steps

LONGEST_PATH: list[dict[str, Any]] = [
    {"press": "1"},
    {"press": "2"},
    {"press": "1"},
    {"says": {"file": "12-bad-line.wav"}},
    {"press": "3"},
    {"says": {"file": "01-passport.wav"}},
    {"press": "2"},
    {"press": "1"},
    {"press": "1"},
    {"press": "1"},
    {"press": "7302"},
    {"press": "7302"},
]
AGREED, SPOKE, ERASED, SPOKE_AGAIN, SENT, CHOSE_PIN = 3, 4, 5, 6, 8, 12
SPEAKING = [place for place, step in enumerate(LONGEST_PATH) if "says" in step]


def kept_after(steps: int) -> dict[str, Any]:
    """Return what must be stored when she hangs up after so many steps."""
    if steps < AGREED:
        return {"concern": None}
    if steps < SPOKE:
        return {"concern": {"state": "draft"}}
    if steps < ERASED:
        return _open([{"words": "12-bad-line", "is_released": True, "is_sent": False}])
    erased = {"is_erased": True, "has_sound": False, "is_released": False}
    if steps < SPOKE_AGAIN:
        return {"concern": {"state": "draft", "released_at": None}, "messages": [erased]}
    again = {"words": "01-passport", "is_released": True, "is_sent": steps >= SENT}
    return _open([erased, again], has_pin=steps >= CHOSE_PIN)


def _open(messages: list[dict[str, Any]], *, has_pin: bool = False) -> dict[str, Any]:
    concern = {"state": "open", "has_pin": has_pin, "sealed_pending_pin": None}
    return {"concern": concern, "messages": messages}


@pytest.mark.parametrize("steps", range(len(LONGEST_PATH) + 1))
def test_a_caller_who_hangs_up_leaves_what_she_agreed_to(steps: int, tmp_path: Path, sqlite_url: str) -> None:
    with practice_line(tmp_path, sqlite_url) as line:
        call = line.dial()
        take_steps(line, call, [*LONGEST_PATH[:steps], {"stays_silent": 0.5}, {"hangs_up": "now"}], "")
        line.work()

        assert call.ended_by == "caller"
        assert not call.errors
        check_stored(line, kept_after(steps), f"after {steps} steps")


@pytest.mark.parametrize("steps", SPEAKING)
def test_a_caller_who_hangs_up_while_speaking_leaves_what_she_said(
    steps: int, tmp_path: Path, database_url: str
) -> None:
    speaking = {"says": {**LONGEST_PATH[steps]["says"], "then": "hang_up"}}

    with practice_line(tmp_path, database_url) as line:
        call = line.dial()
        take_steps(line, call, [*LONGEST_PATH[:steps], speaking], "")
        line.work()

        check_stored(line, kept_after(steps + 1), f"in step {steps}")


def test_a_concern_into_which_nobody_spoke_is_erased_after_a_day(tmp_path: Path, sqlite_url: str) -> None:
    with practice_line(tmp_path, sqlite_url) as line:
        take_steps(line, line.dial(), [*LONGEST_PATH[:AGREED], {"hangs_up": "now"}], "")
        line.work()
        line.company.let_pass(25 * 3600)
        line.look_after()

        check_stored(line, {"concern": {"wrapped_key": None, "case_number_hash": None}}, "a day later")
