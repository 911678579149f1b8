"""How one carrier differs from another, as data (source: fact sheet on carriers, section 8)."""

from dataclasses import dataclass
from typing import Literal

SMALL_VERBS = frozenset({"Play", "Say", "Gather", "Record", "Redirect", "Reject", "Hangup"})


@dataclass(frozen=True, slots=True)
class Profile:
    """What one kind of telephone company can do, and how it says it."""

    name: str
    verbs: frozenset[str] = SMALL_VERBS | {"Pause"}
    ids: Literal["prefixed", "bare"] = "prefixed"
    path: str = "/2010-04-01"
    signature_header: str = "X-Twilio-Signature"
    signs_fragment: bool = False
    stops_at_unknown_verb: bool = False
    sends_progress: bool = True
    doubles_numbers: bool = True
    outbound_document_status: Literal["in-progress", "ringing"] = "in-progress"
    digits_on_record: bool = True
    sid_on_record: bool = True
    empty_gather_digits: Literal["blank", "missing"] = "blank"
    redirect_answers: bool = False
    refuses_empty_redirect: bool = False
    refuses_relative_action: bool = False
    heeds_fallback: bool = True
    heeds_answer_status: bool = True
    trims_recordings: bool = True
    deletes_recordings: bool = True
    deletes_calls: bool = True
    media_is_public: bool = False
    refusal_status: int = 400
    refuses_anonymous: bool = False
    filters_by_date: bool = True
    stores_elsewhere: bool = False


TWILIO = Profile("twilio")

SOMLENG = Profile(
    "somleng",
    verbs=SMALL_VERBS,
    ids="bare",
    signs_fragment=True,
    stops_at_unknown_verb=True,
    sends_progress=False,
    outbound_document_status="ringing",
    digits_on_record=False,
    sid_on_record=False,
    empty_gather_digits="missing",
    redirect_answers=True,
    refuses_empty_redirect=True,
    heeds_fallback=False,
    heeds_answer_status=False,
    trims_recordings=False,
    deletes_recordings=False,
    deletes_calls=False,
    media_is_public=True,
    refusal_status=422,
    refuses_anonymous=True,
    filters_by_date=False,
    stores_elsewhere=True,
)

SIGNALWIRE = Profile(
    "signalwire",
    ids="bare",
    path="/api/laml/2010-04-01",
    signature_header="X-SignalWire-Signature",
    refuses_relative_action=True,
    media_is_public=True,
)

PROFILES = {profile.name: profile for profile in (TWILIO, SOMLENG, SIGNALWIRE)}
