"""The arithmetic of a call: where it stands and what was heard give what is said next.

`advance` does no input or output, reads no clock, and knows neither XML nor any table: the same
position and the same key give the same turn for ever, so a repeated webhook answers itself.
"""

import zlib
from dataclasses import replace
from types import MappingProxyType

from flows.model import (
    AskKeys,
    AskVoice,
    Began,
    Choose,
    Deed,
    Do,
    End,
    Flow,
    HangUp,
    Heard,
    Keypad,
    Keys,
    Languages,
    Line,
    Menu,
    Outcome,
    Place,
    Position,
    Record,
    Recorded,
    Say,
    Silence,
    Step,
    Turn,
)

HELP, END, AGAIN = "0", "9", "*"
SOFT_WAIT_S = 4
"""How long the first silence may last before a soft word shows that the line is still there."""

FULL_WAIT_S = 7
"""How long each later silence may last: long enough for a first-time caller to find the key."""

SILENCES_ANSWERED = 3
"""A soft word, then the choices twice in full; after that the flow goes on by itself."""

STAR_WAIT_S = 2
"""How long the line keeps quiet after the star: a 9 within it means danger, a later one the end.

Without this pause a caller who heard her choices again and then pressed 9 would lose her message.
A recording that ended with a key nobody tells us is taken as ended by the star: in danger the line must
not begin to speak.
"""

MISSES_ANSWERED = 4
AT_ONCE = 5
MORE = "8"

Asking = Menu | Languages | Choose | Keypad
Listing = Languages | Choose


def advance(flow: Flow, position: Position, heard: Heard, place: Place) -> tuple[Position, Turn]:
    """Take one turn.

    Args:
        flow: The flow in the version that the call began with.
        position: Where the call stands; its `turn` is the one being taken.
        heard: What the caller did, or how the deed that was asked for came out.
        place: The hotline's languages and facts.

    Returns:
        Where the call stands now, and what the line does.
    """
    if isinstance(heard, Outcome):
        step = flow.steps[position.step]
        assert isinstance(step, Do)  # noqa: S101 - only deeds have outcomes
        position = _remembering(position, *heard.choices)
        return _enter(flow, position, step.outcomes[heard.name], place, heard.said)
    if position.starred:
        return _after_star(flow, _next_turn(replace(position, starred=False)), heard, place)
    return _answer(flow, _next_turn(position), heard, place)


def _after_star(flow: Flow, position: Position, heard: Heard, place: Place) -> tuple[Position, Turn]:
    """Answer what came in the moment of quiet after the star."""
    if isinstance(heard, Keys) and heard.digits.startswith(END):
        return _enter(flow, position, flow.panic, place)
    if isinstance(heard, Silence):
        return _enter(flow, position, position.step, place)
    return _answer(flow, position, heard, place)


def _answer(flow: Flow, position: Position, heard: Heard, place: Place) -> tuple[Position, Turn]:
    step = flow.steps[position.step]
    match heard:
        case Recorded(key=key) if isinstance(step, Record):
            return _enter(flow, replace(position, starred=key in {AGAIN, None}), step.then, place)
        case Silence() if isinstance(step, Record):
            return _enter(flow, position, step.silent, place)
        case Keys(digits) if isinstance(step, Asking) and digits:
            return _on_keys(flow, position, step, digits, place)
        case _ if isinstance(step, Asking) and not isinstance(heard, Began):
            return _on_silence(flow, position, step, place)
    return _enter(flow, position, position.step, place)


def _next_turn(position: Position) -> Position:
    return replace(position, turn=position.turn + 1)


def _enter(
    flow: Flow, position: Position, name: str, place: Place, said: tuple[Line, ...] = ()
) -> tuple[Position, Turn]:
    """Go to a step and on through all that need no answer, until one waits."""
    position = replace(position, step=name, silences=0, misses=0, page=0, offered="")
    while True:
        step = flow.steps[position.step]
        match step:
            case Say(lines, then):
                said += _spoken(lines, position, place)
                position = replace(position, step=then)
            case Languages() if len(place.languages) == 1:
                said += _spoken(step.lines, position, place)
                position = replace(position, step=step.then, language=place.languages[0])
            case Choose() if not _listed(step, position, place):
                position = replace(position, step=step.empty)
            case Do(deed, _):
                return position, Turn(said, Deed(deed))
            case End(lines):
                return position, Turn(said + _spoken(lines, position, place), HangUp())
            case Record():
                return position, Turn(
                    said + _spoken(step.lines, position, place), AskVoice(step.max_length_s, step.silence_s)
                )
            case _ if position.starred and not isinstance(step, Keypad):
                return position, _quiet(said)
            case _:
                position = replace(position, starred=False, offered=_mark_of(step, position, place))
                return position, _ask(step, position, place, said)


def _quiet(said: tuple[Line, ...] = ()) -> Turn:
    """Wait without a word: the star may be the first half of the danger keys, and somebody may listen."""
    return Turn(said, AskKeys(1, STAR_WAIT_S, barge_in=True))


def _ask(
    step: Asking, position: Position, place: Place, said: tuple[Line, ...], *, again: bool = False
) -> Turn:
    count = step.count if isinstance(step, Keypad) else 1
    timeout_s = FULL_WAIT_S if position.silences or isinstance(step, Keypad) else SOFT_WAIT_S
    return Turn(
        said + _choices(step, position, place, again=again), AskKeys(count, timeout_s, _barge_in(step))
    )


def _choices(step: Asking, position: Position, place: Place, *, again: bool) -> tuple[Line, ...]:
    if isinstance(step, Listing):
        opening = () if again or position.page else _spoken(step.lines, position, place)
        return opening + _items(step, position, place)
    lines = step.again if isinstance(step, Menu) and again and step.again else step.lines
    return _spoken(lines, position, place)


def _items(step: Listing, position: Position, place: Place) -> tuple[Line, ...]:
    """Return a line for each thing on this page, and one for the rest if there is more than a page."""
    items = tuple(
        _item(step, thing, str(key)) for key, thing in enumerate(_offered(step, position, place), 1)
    )
    return (*items, Line(step.more)) if _pages(step, position, place) > 1 else items


def _item(step: Listing, thing: str, key: str) -> Line:
    if isinstance(step, Languages):
        return Line(step.item, values=(("key", key),), language=thing)
    return Line(step.item, values=((step.remember, thing), ("key", key)))


def _listed(step: Listing, position: Position, place: Place) -> tuple[str, ...]:
    """Return everything that can be chosen."""
    if isinstance(step, Languages):
        return place.languages
    return place.lists.get(_filled(step.of, position), ())


def _mark_of(step: Step, position: Position, place: Place) -> str:
    """Return by what the offered list is known again; nothing for a step that offers none of staff's."""
    if not isinstance(step, Choose):
        return ""
    return f"{zlib.crc32(','.join(_listed(step, position, place)).encode()):08x}"


def _has_changed(step: Step, position: Position, place: Place) -> bool:
    """Say whether staff changed the list since it was offered: the keys would mean other things now."""
    return position.offered != _mark_of(step, position, place)


def _offered(step: Listing, position: Position, place: Place) -> tuple[str, ...]:
    first = position.page * AT_ONCE
    return _listed(step, position, place)[first : first + AT_ONCE]


def _pages(step: Listing, position: Position, place: Place) -> int:
    return -(-len(_listed(step, position, place)) // AT_ONCE)


def _spoken(lines: tuple[Line, ...], position: Position, place: Place) -> tuple[Line, ...]:
    """Leave out what does not hold here, and put earlier choices where they are named."""
    held = (line for line in lines if line.only_if is None or line.only_if in place.facts)
    return tuple(_with_choices(line, position) for line in held)


def _with_choices(line: Line, position: Position) -> Line:
    if "{" not in line.prompt and not any("{" in value for _, value in line.values):
        return line
    values = tuple((slot, _filled(value, position)) for slot, value in line.values)
    return replace(line, prompt=_filled(line.prompt, position), values=values)


def _filled(text: str, position: Position) -> str:
    """Put the caller's choices and her language into a name; a choice never made leaves it as it is."""
    for name, choice in (*position.choices.items(), ("language", position.language)):
        text = text.replace("{" + name + "}", choice)
    return text


def _on_silence(flow: Flow, position: Position, step: Asking, place: Place) -> tuple[Position, Turn]:
    if isinstance(step, Keypad):
        return _on_number(flow, position, step, AGAIN, place)
    if _has_changed(step, position, place):
        return _enter(flow, position, position.step, place)
    silences = position.silences + 1
    skips = isinstance(step, Menu) and step.skip_on_silence
    position = replace(position, silences=silences)
    if skips or silences > SILENCES_ANSWERED:
        return _enter(flow, _with_some_language(position, place), step.no_input, place)
    if silences == 1:
        return position, Turn((flow.still_here,), AskKeys(1, FULL_WAIT_S, _barge_in(step)))
    return position, _ask(step, position, place, (), again=True)


def _barge_in(step: Asking) -> bool:
    return step.barge_in if isinstance(step, Menu) else True


def _with_some_language(position: Position, place: Place) -> Position:
    """Keep the language if one was chosen; a caller who chose none hears the hotline's first."""
    language = position.language if position.language in place.languages else place.languages[0]
    return replace(position, language=language)


def _on_keys(
    flow: Flow, position: Position, step: Asking, digits: str, place: Place
) -> tuple[Position, Turn]:
    if isinstance(step, Keypad):
        return _on_number(flow, position, step, digits, place)
    key = digits[0]
    if isinstance(step, Listing):
        return _on_list_key(flow, position, step, key, place)
    if key in step.press:
        position = _remembering(position, (position.step, key)) if step.remember else position
        return _enter(flow, position, step.press[key], place)
    return _on_common_key(flow, position, step, key, place)


def _on_number(
    flow: Flow, position: Position, step: Keypad, digits: str, place: Place
) -> tuple[Position, Turn]:
    """Hand the digits to the deed that follows.

    The star ends a number at once, and a carrier reports a star alone just as it reports silence:
    both leave the number, and a 9 right after it still means danger. So it does after a number that
    is too short, for nobody tells whether the star or silence ended it.
    """
    if digits.strip("*#") == "":
        return _enter(flow, replace(position, starred=True), step.no_input, place)
    return _enter(flow, replace(position, starred=len(digits) < step.count), step.then, place)


def _remembering(position: Position, *choices: tuple[str, str]) -> Position:
    if not choices:
        return position
    return replace(position, choices=MappingProxyType({**position.choices, **dict(choices)}))


def _on_list_key(
    flow: Flow, position: Position, step: Listing, key: str, place: Place
) -> tuple[Position, Turn]:
    if key not in {HELP, END, AGAIN} and _has_changed(step, position, place):
        return _enter(flow, position, position.step, place)
    offered = _offered(step, position, place)
    if key.isdigit() and 0 < int(key) <= len(offered):
        return _enter(flow, _chosen(step, position, offered[int(key) - 1]), step.then, place)
    pages = _pages(step, position, place)
    if key == MORE and pages > 1:
        position = replace(position, page=(position.page + 1) % pages, silences=0)
        return position, _ask(step, position, place, ())
    return _on_common_key(flow, position, step, key, place)


def _chosen(step: Listing, position: Position, thing: str) -> Position:
    if isinstance(step, Languages):
        return replace(position, language=thing)
    return _remembering(position, (step.remember, thing))


def _on_common_key(
    flow: Flow, position: Position, step: Menu | Listing, key: str, place: Place
) -> tuple[Position, Turn]:
    """Answer the keys that mean the same everywhere, and every key that means nothing here."""
    if key == HELP:
        return _enter(flow, _with_some_language(position, place), flow.help, place)
    if key == END:
        return _enter(flow, position, flow.farewell if step.tone == "neutral" else flow.silent_end, place)
    if key == AGAIN:
        back = None if isinstance(step, Languages) else step.back
        name = back or position.step
        return replace(position, step=name, starred=True, silences=0, misses=0, page=0), _quiet()
    return _on_wrong_key(flow, position, step, place)


def _on_wrong_key(
    flow: Flow, position: Position, step: Menu | Listing, place: Place
) -> tuple[Position, Turn]:
    misses = position.misses + 1
    if misses > MISSES_ANSWERED:
        return _enter(flow, _with_some_language(position, place), step.no_input, place)
    position = replace(position, misses=misses)
    return position, _ask(step, position, place, (flow.bad_key,), again=True)
