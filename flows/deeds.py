"""What a flow may ask to be done, with every outcome that it must be ready for."""

from collections.abc import Mapping
from types import MappingProxyType

DEEDS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "find_emergency_number": frozenset({"known", "unknown"}),
        "look_for_topics": frozenset({"some", "none"}),
        "open_topic": frozenset({"topic", "parts", "moving", "closed"}),
        "next_part": frozenset({"part", "none"}),
        "take_topic": frozenset({"taken"}),
        "know_subject": frozenset({"known", "unknown"}),
        "find_service": frozenset({"service", "recorded", "state_run", "none"}),
        "next_service": frozenset({"service", "recorded", "state_run", "none"}),
        "say_service": frozenset({"service", "recorded", "none"}),
        "agree": frozenset({"agreed", "failed"}),
        "keep_message": frozenset(
            {
                "kept",
                "kept_in_silence",
                "kept_and_help",
                "kept_and_end",
                "hung_up",
                "silent",
                "perhaps_silent",
                "too_short",
                "too_long",
                "failed",
            }
        ),
        "play_message": frozenset({"ready", "not_yet", "never", "failed"}),
        "erase_message": frozenset({"erased", "failed"}),
        "keep_kind": frozenset({"kept", "failed"}),
        "send_message": frozenset({"sent", "added", "failed"}),
        "read_case_number": frozenset({"read", "failed"}),
        "take_pin": frozenset({"taken", "weak", "not_a_pin", "failed"}),
        "confirm_pin": frozenset({"saved", "different", "failed"}),
        "wish_call": frozenset({"noted", "failed"}),
        "wish_call_in": frozenset({"noted", "needs_pin", "failed"}),
        "wish_nothing": frozenset({"noted", "failed"}),
        "discard_unfinished": frozenset({"discarded", "failed"}),
        "hold_number": frozenset({"held", "short", "failed"}),
        "open_case": frozenset({"opened", "wrong", "mistyped", "failed"}),
        "find_answers": frozenset({"found", "none", "failed"}),
        "agree_to_add": frozenset({"agreed", "failed"}),
        "count_notes": frozenset({"counted", "uncounted", "failed"}),
        "erase_case": frozenset({"erased", "failed"}),
        "keep_helped": frozenset({"kept", "failed"}),
        "keep_trouble": frozenset({"kept", "failed"}),
    }
)

CONSENT_DEEDS = frozenset({"agree", "agree_to_add"})
"""No voice is recorded on any path that has not passed one of these with `CONSENT_OUTCOME`."""

CONSENT_OUTCOME = "agreed"
