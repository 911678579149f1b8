"""Record: beeps, listens, keeps what was said, and owes the app an action request (fact sheet, 3.2)."""

from dataclasses import replace
from typing import Final

from ivr.simulator.call import Trouble
from ivr.simulator.desk import note_trouble
from ivr.simulator.exchange import next_item
from ivr.simulator.grammar import Record
from ivr.simulator.line import Key
from ivr.simulator.recordings import Recording, whole_seconds
from ivr.simulator.talk import Talk
from ivr.simulator.turns import (
    CallerHungUpError,
    EndedByAppError,
    ImpossibleError,
    Outcome,
    TakenElsewhereError,
    Turn,
)

BEEP_S: Final = 0.5
NEVER_S: Final = 10.0**9
SILENT: Final = 16102


async def record(talk: Talk, verb: Record) -> Outcome:
    """Record until a key, silence or the limit, and return the action request."""
    if verb.action is None and talk.was_taken_elsewhere:
        raise ImpossibleError(Trouble(11100, "A Record that a live call is sent to needs an action."))
    action = talk.resolve(verb.action, verb.method)
    if verb.status_callback:
        verb = replace(verb, status_callback=talk.resolve(verb.status_callback, verb.status_method).url)
    talk.answer()
    if verb.play_beep:
        talk.line.become("busy", "beep")
        await talk.rest(BEEP_S)
    recording = _begin(talk, verb)
    try:
        key = await _listen(talk, verb)
    except CallerHungUpError:
        _stop(talk, recording)
        talk.farewell = _farewell(talk, action, recording)
        raise
    except (EndedByAppError, TakenElsewhereError):
        _stop(talk, recording)
        talk.desk.spawn(talk.desk.tell_of_recording(recording, talk.call))
        raise
    finally:
        talk.line.listen_for_keys(listens=False)
    _stop(talk, recording)
    if _is_dropped(talk, recording):
        return None
    await talk.desk.tell_early(recording, talk.call)
    talk.desk.spawn(talk.desk.tell_of_recording(recording, talk.call))
    return _with_result(talk, action, recording, key)


def _farewell(talk: Talk, action: Turn, recording: Recording) -> Turn | None:
    """Return the action request that is owed after she hung up, and let the recording become ready."""
    if _is_dropped(talk, recording):
        return None
    talk.desk.spawn(talk.desk.tell_of_recording(recording, talk.call))
    return _with_result(talk, action, recording, "hangup")


def _begin(talk: Talk, verb: Record) -> Recording:
    desk, line = talk.desk, talk.line
    sid = desk.new_sid("RE")
    began_at = desk.exchange.clock.wall()
    recording = Recording(sid, desk.account, talk.call.sid, verb, began_at, began_s=talk.now_s())
    desk.recordings[sid] = recording
    desk.spawn(desk.recording_event("in-progress", recording, talk.call))
    line.listen_for_keys(listens=True)
    line.microphone.begin(talk.now_s())
    line.recording_began_s = talk.now_s()
    line.become("recording", "recording_began")
    return recording


async def _listen(talk: Talk, verb: Record) -> str:
    """Wait for the end of a recording and return the key that ended it, if one did."""
    began_s = talk.now_s()
    while True:
        quiet_s = talk.line.microphone.quiet_from(began_s, verb.timeout_s) if verb.timeout_s else NEVER_S
        item = await next_item(talk.line.inbox, min(quiet_s, began_s + verb.max_length_s))
        if item is None:
            return ""
        if isinstance(item, Key) and item.digit in verb.finish_on_key:
            return item.digit


def _stop(talk: Talk, recording: Recording) -> None:
    talk.line.state = "busy"
    sound = talk.line.microphone.heard_between(recording.began_s, talk.now_s())
    recording.keep(sound, trims=talk.desk.profile.trims_recordings)
    talk.line.note("recording_ended", length_s=round(recording.whole_s, 3))


def _is_dropped(talk: Talk, recording: Recording) -> bool:
    if talk.desk.mischief.silent_recordings == "kept" or not recording.is_silent:
        return False
    recording.sound, recording.status = None, "absent"
    note_trouble(talk.call, Trouble(SILENT, "The recording was silent and was not stored.", is_fatal=False))
    talk.desk.spawn(talk.desk.recording_event("absent", recording, talk.call))
    return True


def _with_result(talk: Talk, action: Turn, recording: Recording, key: str) -> Turn:
    profile = talk.desk.profile
    fields = {
        "RecordingUrl": talk.desk.recording_url(recording.sid),
        "RecordingDuration": str(whole_seconds(recording.whole_s)),
    }
    if profile.digits_on_record:
        fields["Digits"] = key
    if profile.sid_on_record:
        fields["RecordingSid"] = recording.sid
    return Turn(action.url, action.method, fields)
