"""What callers and operators lose with a telephone company that cannot do all that we ask, in words."""

from ivr.carrier.profiles import Profile

_NO_DELETION = (
    "deletes no recording: whoever runs it must delete them in its storage, soon after each call; until then "
    "what a caller erased is gone here and not there"
)
_NO_KEY = (
    "does not tell which key ended a recording: 0 and 9 must be pressed once more after it, and the line is "
    "quiet for two seconds before it goes on"
)


def losses(profile: Profile) -> tuple[str, ...]:
    """Return a sentence for everything that matters and that this telephone company lacks."""
    lacking = (
        (profile.delete_recording, _NO_DELETION),
        (
            profile.media_needs_credentials,
            "hands a recording to anybody who knows its address; its list of calls must stay secret",
        ),
        (profile.delete_call, "keeps its record of each call, with the caller's number"),
        (profile.digits_on_record, _NO_KEY),
        (profile.takes_withheld, "refuses callers who withhold their number"),
        (
            profile.heeds_fallback,
            "uses no fallback address: while this service is away, calls end without an apology",
        ),
        (profile.progress_events, "tells of a placed call only when it is over"),
    )
    return tuple(sentence for is_there, sentence in lacking if not is_there)
