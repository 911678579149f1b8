"""Play, Say and Pause: what sounds on the line, and for how long."""

from typing import Final

from ivr.simulator.exchange import next_item, run_errand
from ivr.simulator.grammar import Pause, Play, Say
from ivr.simulator.line import Key
from ivr.simulator.sounds import Media
from ivr.simulator.talk import Talk
from prompts.labels import Label

Audible = Play | Say | Pause

ENDLESS: Final = 1000
WORDS_PER_S: Final = 2.1
LETTERS_PER_S: Final = 14.0
KEY_TONE_S: Final = 0.2
KEY_PAUSES_S: Final = {"w": 0.5, "W": 1.0}


async def fetch(talk: Talk, verb: Audible) -> Media | None:
    """Return the file of a Play, before it sounds.

    Raises:
        UndeliveredError: It is not there or no sound.
    """
    if not isinstance(verb, Play) or not verb.url:
        return None
    turn = talk.resolve(verb.url, "GET")
    return await run_errand(lambda: talk.desk.shelf.fetch(turn.url))


async def sound(talk: Talk, verb: Audible) -> None:
    """Sound outside Gather: keys that are pressed meanwhile are lost."""
    media = await fetch(talk, verb)
    await sound_fetched(talk, verb, media)


async def sound_fetched(talk: Talk, verb: Audible, media: Media | None) -> Key | None:
    """Sound what is at hand; return the key that stopped it, if keys are taken."""
    match verb:
        case Pause(length_s):
            return await _be_silent(talk, length_s)
        case Say(text, language, loop):
            return await _repeat(talk, loop, Label((), text, language), spoken_length_s(text), "")
        case Play() if media is None:
            talk.answer()
            return await _be_silent(talk, _keys_length_s(verb.digits))
        case Play():
            return await _repeat(talk, verb.loop, media.label, media.length_s, media.key)


def spoken_length_s(text: str) -> float:
    """Return how long words take when somebody says them at 126 words a minute."""
    return max(0.5, len(text.split()) / WORDS_PER_S, len(text) / LETTERS_PER_S)


def _keys_length_s(digits: str) -> float:
    return sum(KEY_PAUSES_S.get(digit, KEY_TONE_S) for digit in digits)


async def _repeat(talk: Talk, loop: int, label: Label, length_s: float, key: str) -> Key | None:
    talk.answer()
    for _ in range(loop or ENDLESS):
        talk.line.begin_sound(label, length_s, key)
        pressed = await _pass(talk, length_s)
        talk.line.end_sound(complete=pressed is None)
        if pressed is not None:
            return pressed
    return None


async def _be_silent(talk: Talk, length_s: float) -> Key | None:
    if talk.is_answered:
        talk.line.state = "busy"
    talk.line.note("silence", length_s=length_s)
    return await _pass(talk, length_s)


async def _pass(talk: Talk, length_s: float) -> Key | None:
    until_s = talk.now_s() + length_s
    while True:
        item = await next_item(talk.line.inbox, until_s)
        if item is None or isinstance(item, Key):
            return item
