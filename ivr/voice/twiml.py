"""From a turn to the XML that the carrier runs; nothing else here knows XML.

Written as plain text because it is on every turn's path; the tests read it with the SDK and a parser.
Source: https://www.twilio.com/docs/voice/twiml.
"""

from collections.abc import Sequence
from xml.sax.saxutils import escape, quoteattr

from flows.model import AskKeys, AskVoice, HangUp, Turn

_OPEN = '<?xml version="1.0" encoding="UTF-8"?><Response>'
_CLOSE = "</Response>"

REFUSED = f"{_OPEN}<Reject/>{_CLOSE}"
"""For a number that is no hotline: the call is never answered and costs nobody anything."""

NOTHING = f"{_OPEN}{_CLOSE}"


def document(
    turn: Turn, sounds: Sequence[str], next_turn: str, recording_callback: str, held: Sequence[str] = ()
) -> str:
    """Write what the carrier does in this turn.

    Args:
        turn: What is waited for after the sounds.
        sounds: Addresses of the sounds, in order.
        next_turn: Address to which the carrier posts what the caller did.
        recording_callback: Address to which it posts that a recording is ready.
        held: Addresses of sounds before these, which no key interrupts.
    """
    plays = _plays(sounds)
    match turn.then:
        case AskKeys():
            body = _plays(held) + _gather(turn.then, plays, next_turn)
        case AskVoice():
            body = plays + _record(turn.then, next_turn, recording_callback)
        case HangUp():
            body = f"{plays}<Hangup/>"
        case _:
            raise AssertionError("a deed was left undone")
    return _OPEN + body + _CLOSE


def _plays(sounds: Sequence[str]) -> str:
    return "".join(f"<Play>{escape(sound)}</Play>" for sound in sounds)


def _gather(ask: AskKeys, plays: str, next_turn: str) -> str:
    """Wait for keys; the redirect serves carriers that post nothing after silence."""
    finish = "" if ask.count == 1 else "*"
    action = quoteattr(next_turn)
    return (
        f'<Gather input="dtmf" numDigits="{ask.count}" finishOnKey="{finish}" '
        f'timeout="{ask.timeout_s}" actionOnEmptyResult="true" '
        f'method="POST" action={action}>{plays}</Gather>'
        f'<Redirect method="POST">{escape(next_turn)}</Redirect>'
    )


def _record(ask: AskVoice, next_turn: str, callback: str) -> str:
    """Record; the redirect serves carriers that post nothing when they heard nothing.

    Silence is not trimmed: the length then says how long she spoke before the closing silence.
    """
    return (
        f'<Record method="POST" action={quoteattr(next_turn)} maxLength="{ask.max_length_s}" '
        f'timeout="{ask.silence_s}" finishOnKey="1234567890*#" playBeep="true" trim="do-not-trim" '
        f'recordingStatusCallback={quoteattr(callback)} recordingStatusCallbackMethod="POST" '
        f'recordingStatusCallbackEvent="completed absent"/>'
        f'<Redirect method="POST">{escape(next_turn)}</Redirect>'
    )


def goodbye(sounds: Sequence[str]) -> str:
    """Say a last word and hang up."""
    return document(Turn((), HangUp()), sounds, "", "")
