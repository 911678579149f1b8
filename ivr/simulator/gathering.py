"""Gather: waits for keys while something plays and for a while after (fact sheet, section 3.1)."""

from ivr.simulator.exchange import next_item
from ivr.simulator.grammar import Gather
from ivr.simulator.line import Key
from ivr.simulator.sounding import fetch, sound_fetched
from ivr.simulator.talk import Talk
from ivr.simulator.turns import Outcome


async def gather(talk: Talk, verb: Gather) -> Outcome:
    """Collect keys and return the action request, or None when nothing came."""
    media = [await fetch(talk, nested) for nested in verb.nested]
    talk.answer()
    talk.line.listen_for_keys(listens=True)
    try:
        key = None
        for nested, file in zip(verb.nested, media, strict=True):
            key = await sound_fetched(talk, nested, file)
            if key is not None:
                break
        digits, finished_on = await _collect(talk, verb, key)
    finally:
        talk.line.listen_for_keys(listens=False)
        talk.line.state = "busy"
    return _outcome(talk, verb, digits, finished_on)


async def _collect(talk: Talk, verb: Gather, first: Key | None) -> tuple[str, str]:
    digits = ""
    key = first
    while True:
        if key is None:
            key = await _next_key(talk, verb.timeout_s)
        if key is None:
            return digits, ""
        if key.digit == verb.finish_on_key:
            return digits, key.digit
        digits += key.digit
        if len(digits) == verb.num_digits:
            return digits, ""
        key = None


async def _next_key(talk: Talk, timeout_s: float) -> Key | None:
    if talk.line.state != "waiting_for_keys":
        talk.line.become("waiting_for_keys", "waiting_for_keys")
    until_s = talk.now_s() + timeout_s
    while True:
        item = await next_item(talk.line.inbox, until_s)
        if item is None or isinstance(item, Key):
            return item


def _outcome(talk: Talk, verb: Gather, digits: str, finished_on: str) -> Outcome:
    if not digits and not verb.action_on_empty_result:
        talk.line.note("silence")
        return None
    fields = (
        {"msg": "Gather End", "FinishedOnKey": finished_on} if talk.desk.profile.ids == "prefixed" else {}
    )
    style = talk.desk.mischief.empty_digits or talk.desk.profile.empty_gather_digits
    if digits or style == "blank":
        fields["Digits"] = digits
    return talk.resolve(verb.action, verb.method, fields)
