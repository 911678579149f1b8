"""A flow seen as a graph: where each step can lead."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from flows.model import Choose, Do, End, Flow, Keypad, Languages, Line, Menu, Record, Say, Step


@dataclass(frozen=True, slots=True)
class Way:
    """One way out of a step: what leads there, and where."""

    by: str
    to: str


def ways_out(flow: Flow, name: str) -> tuple[Way, ...]:
    """Return every way out of a step, those of the common keys included."""
    step = flow.steps[name]
    return (*own_ways(step), *_common_ways(flow, step))


def own_ways(step: Step) -> tuple[Way, ...]:
    """Return the ways that a step itself names."""
    match step:
        case Say(then=then):
            return (Way("then", then),)
        case Menu():
            keys = tuple(Way(f"key {key}", to) for key, to in step.press.items())
            back = (Way("key *", step.back),) if step.back else ()
            return (*keys, *back, Way("silence", step.no_input))
        case Choose():
            back = (Way("key *", step.back),) if step.back else ()
            ways = Way("then", step.then), Way("empty", step.empty), Way("silence", step.no_input)
            return (*ways, *back)
        case Languages() | Keypad():
            return (Way("then", step.then), Way("silence", step.no_input))
        case Record():
            return (Way("then", step.then), Way("silence", step.silent))
        case Do():
            return tuple(Way(outcome, to) for outcome, to in step.outcomes.items())
        case End():
            return ()


def _common_ways(flow: Flow, step: Step) -> Iterator[Way]:
    if not isinstance(step, Menu | Languages | Choose):
        return
    yield Way("key 0", flow.help)
    yield Way("key 9", flow.farewell if step.tone == "neutral" else flow.silent_end)
    yield Way("keys *9", flow.panic)


def reachable(flow: Flow) -> frozenset[str]:
    """Return every step that some caller can come to."""
    seen: set[str] = set()
    waiting = [flow.first]
    while waiting:
        name = waiting.pop()
        if name in seen or name not in flow.steps:
            continue
        seen.add(name)
        waiting.extend(way.to for way in ways_out(flow, name))
    return frozenset(seen)


def lines_of(step: Step) -> tuple[Line, ...]:
    """Return every line that a step can say by itself."""
    match step:
        case Menu():
            return step.lines + step.again
        case Languages():
            return (*step.lines, Line(step.item, values=(("key", "1"),)), Line(step.more))
        case Choose():
            return (*step.lines, Line(step.item), Line(step.more))
        case Say() | Keypad() | Record() | End():
            return step.lines
        case Do():
            return ()


def prompts_of(flow: Flow) -> frozenset[str]:
    """Return the id of every prompt that a call on this flow can need.

    Ids with a choice in them (`topic_{topic}`) depend on what staff keep, and are left out here.
    """
    names = reachable(flow)
    lines = [line for name in names for line in lines_of(flow.steps[name])]
    prompts = {line.prompt for line in (*lines, flow.bad_key, flow.still_here)}
    return frozenset(prompt for prompt in prompts - NOT_PROMPTS if "{" not in prompt)


_CHOICE = re.compile(r"\{(\w+)\}")


def needed_choices(flow: Flow) -> Mapping[str, frozenset[str]]:
    """Return for each step the choices that what is said from there on can still depend on."""
    needed = {name: _own_choices(step) for name, step in flow.steps.items()}
    grew = True
    while grew:
        grew = False
        for name, step in flow.steps.items():
            ways = (needed[way.to] - _made_by(name, step, way) for way in ways_out(flow, name))
            found = needed[name].union(*ways)
            grew = grew or found != needed[name]
            needed[name] = found
    return needed


def _own_choices(step: Step) -> frozenset[str]:
    """Return the choices named in a step's own words."""
    texts = [step.of] if isinstance(step, Choose) else []
    for line in lines_of(step):
        texts += [line.prompt, *(value for _, value in line.values)]
    return frozenset(name for text in texts for name in _CHOICE.findall(text)) - {"language"}


def _made_by(name: str, step: Step, way: Way) -> frozenset[str]:
    """Return the choice that is made on this way, whatever it was before."""
    if isinstance(step, Choose) and way.by == "then":
        return frozenset({step.remember})
    if isinstance(step, Menu) and step.remember and way.to == step.press.get(way.by.removeprefix("key ")):
        return frozenset({name})
    return frozenset()


NOT_PROMPTS = frozenset({"own_message", "answer"})
"""Lines whose sound is no prompt: her own message, played back to her, and what staff answered."""


def distances_to_end(flow: Flow) -> Mapping[str, int]:
    """Return for each step that can end how many ways lie between it and the end."""
    far = {name: 0 for name, step in flow.steps.items() if isinstance(step, End)}
    grew = True
    while grew:
        grew = False
        for name in flow.steps:
            nearest = min((far[way.to] for way in ways_out(flow, name) if way.to in far), default=None)
            if nearest is not None and far.get(name, nearest + 2) > nearest + 1:
                far[name] = nearest + 1
                grew = True
    return far
