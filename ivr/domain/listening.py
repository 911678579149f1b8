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
    nothing left means that she could not speak. Where nobody tells whether it was silence or a key, all
    of it counts as spoken, so that she is told nothing that may be untrue.
    """
    if recorded.hung_up:
        return "hung_up"
    if recorded.key == _END:
        return "kept_and_end"
    if recorded.key == _HELP:
        return "kept_and_help"
    if recorded.length_s >= LONGEST_S:
        return "too_long"
    return _by_length(recorded)


def _by_length(recorded: Recorded) -> str:
    if recorded.key is None:
        return _by_length_alone(recorded.length_s)
    spoken_s = recorded.length_s if recorded.key else recorded.length_s - SILENCE_S
    if spoken_s >= SHORTEST_S:
        return "kept" if recorded.key else "kept_in_silence"
    return "too_short" if recorded.key or spoken_s > 0 else "silent"


def _by_length_alone(length_s: int) -> str:
    if length_s == SILENCE_S:
        return "perhaps_silent"
    return "kept_in_silence" if length_s >= SHORTEST_S else "too_short"
