"""What the way a recording ended says about it, before anybody has heard it."""

from flows.model import Recorded

SILENCE_S = 5
"""The silence after which the carrier stops recording; it is part of the length that it counts."""

LONGEST_S = 120
SHORTEST_S = 2
_END, _HELP = "9", "0"


def how_it_was_left(recorded: Recorded) -> str:
    """Return the outcome of `keep_message` for a recording that is kept in any case.

    The length is the carrier's, in whole seconds. Where silence ended it, that silence is taken off:
    nothing left means that she could not speak.
    """
    if recorded.hung_up:
        return "hung_up"
    if recorded.key == _END:
        return "kept_and_end"
    if recorded.key == _HELP:
        return "kept_and_help"
    if recorded.length_s >= LONGEST_S:
        return "too_long"
    spoken_s = recorded.length_s if recorded.key else recorded.length_s - SILENCE_S
    if spoken_s < SHORTEST_S:
        return "too_short" if recorded.key or spoken_s > 0 else "silent"
    return "kept" if recorded.key else "kept_in_silence"
