"""What a flow may ask to be done, with every outcome that it must be ready for."""

from collections.abc import Mapping
from types import MappingProxyType

DEEDS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "find_emergency_number": frozenset({"known", "unknown"}),
        "agree": frozenset({"agreed", "failed"}),
        "keep_message": frozenset(
            {
                "kept",
                "kept_in_silence",
                "kept_and_help",
                "kept_and_end",
                "hung_up",
                "silent",
                "too_short",
                "too_long",
                "failed",
            }
        ),
        "play_message": frozenset({"ready", "not_yet", "never", "failed"}),
        "erase_message": frozenset({"erased", "failed"}),
        "send_message": frozenset({"sent", "failed"}),
        "read_case_number": frozenset({"read", "failed"}),
        "take_pin": frozenset({"taken", "weak", "not_a_pin", "failed"}),
        "confirm_pin": frozenset({"saved", "different", "failed"}),
        "wish_call": frozenset({"noted", "failed"}),
        "wish_call_in": frozenset({"noted", "failed"}),
        "wish_nothing": frozenset({"noted", "failed"}),
        "discard_unfinished": frozenset({"discarded", "failed"}),
    }
)

CONSENT_DEED = "agree"
"""No voice is recorded on any path that has not passed this deed with `CONSENT_OUTCOME`."""

CONSENT_OUTCOME = "agreed"
