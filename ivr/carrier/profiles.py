"""How telephone companies differ, as data."""

from dataclasses import dataclass, replace

from ivr.settings import CarrierName


@dataclass(frozen=True, slots=True)
class Profile:
    """What one telephone company can do.

    Attributes:
        api_url: where its REST interface is; None where every customer has an address of their own.
        pause: `<Pause>` works in a document.
        whisper: a document may be played to the callee before the two are joined.
        conference: `<Conference>` and its REST interface exist.
        amd: an answering machine can be told from a person.
        delete_recording: recordings can be deleted over REST.
        delete_call: records of calls can be deleted over REST.
        digits_on_record: the action of `<Record>` says which key ended it, and the recording's name.
        media_needs_credentials: a recording is given to nobody but the account (where it is set so).
        takes_withheld: callers who withhold their number are put through.
        heeds_fallback: a second address is asked when the first one fails.
        progress_events: a placed call reports ringing and answer, not only its end.
        lists_by_date: the list of recordings can be asked for from a day onwards.
        media_suffix: what follows a recording's name in the address of its sound.
    """

    name: CarrierName
    api_url: str | None
    pause: bool = True
    whisper: bool = True
    conference: bool = True
    amd: bool = True
    delete_recording: bool = True
    delete_call: bool = True
    digits_on_record: bool = True
    media_needs_credentials: bool = True
    takes_withheld: bool = True
    heeds_fallback: bool = True
    progress_events: bool = True
    lists_by_date: bool = True
    media_suffix: str = ".wav"


TWILIO = Profile(name="twilio", api_url="https://api.twilio.com")

# Source: github.com/somleng/somleng (its routes) and somleng-switch (the verbs it runs).
SOMLENG = Profile(
    name="somleng",
    api_url="https://api.somleng.org",
    pause=False,
    whisper=False,
    conference=False,
    amd=False,
    delete_recording=False,
    delete_call=False,
    digits_on_record=False,
    media_needs_credentials=False,
    takes_withheld=False,
    heeds_fallback=False,
    progress_events=False,
    lists_by_date=False,
    media_suffix="",
)

# Each customer has an address such as https://SPACE.signalwire.com/api/laml
SIGNALWIRE = Profile(name="signalwire", api_url=None, media_needs_credentials=False)

SIMULATOR = replace(TWILIO, name="simulator", api_url="http://127.0.0.1:8081")

_BY_NAME = {profile.name: profile for profile in (TWILIO, SOMLENG, SIGNALWIRE, SIMULATOR)}


def profile_of(name: CarrierName) -> Profile:
    """Return what the carrier of this name can do."""
    return _BY_NAME[name]
