"""How the small verbs are carried out on a line, in true time."""

from typing import Final

from ivr.simulator.call import Trouble
from ivr.simulator.desk import note_trouble
from ivr.simulator.gathering import gather
from ivr.simulator.grammar import Gather, Hangup, Pause, Play, Record, Redirect, Reject, Say, Unknown, Verb
from ivr.simulator.recorder import record
from ivr.simulator.sounding import sound
from ivr.simulator.talk import Talk
from ivr.simulator.turns import End, ImpossibleError, Outcome

SOMLENG_REDIRECT_S: Final = 1.0
UNKNOWN_VERB: Final = 12200


async def perform(talk: Talk, verb: Verb) -> Outcome:
    """Carry out one verb; None goes on to the next one."""
    match verb if type(verb).__name__ in talk.desk.profile.verbs else Unknown(_name(verb)):
        case Play() | Say() | Pause() as audible:
            await sound(talk, audible)
            return None
        case Gather() as gathering:
            return await gather(talk, gathering)
        case Record() as recording:
            return await record(talk, recording)
        case Redirect() as redirect:
            return await _redirect(talk, redirect)
        case Reject() as reject:
            return _reject(talk, reject)
        case Hangup():
            talk.answer()
            return End()
        case Unknown(name):
            return _pass_over(talk, name)


def _name(verb: Verb) -> str:
    return verb.name if isinstance(verb, Unknown) else type(verb).__name__


async def _redirect(talk: Talk, verb: Redirect) -> Outcome:
    profile = talk.desk.profile
    if not verb.url and profile.refuses_empty_redirect:
        raise ImpossibleError(Trouble(11100, "Redirect needs an address."))
    if profile.redirect_answers:
        talk.answer()
        await talk.rest(SOMLENG_REDIRECT_S)
    return talk.resolve(verb.url, verb.method)


def _reject(talk: Talk, verb: Reject) -> Outcome:
    if talk.is_answered:
        note_trouble(talk.call, Trouble(UNKNOWN_VERB, "Reject comes too late.", is_fatal=False))
    else:
        talk.rejected_as = "busy" if verb.reason == "busy" else "no-answer"
    return End()


def _pass_over(talk: Talk, name: str) -> Outcome:
    if talk.desk.profile.stops_at_unknown_verb:
        raise ImpossibleError(Trouble(UNKNOWN_VERB, f"{name} is no verb of this carrier."))
    return None
