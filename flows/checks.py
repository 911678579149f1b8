"""What must be true of a flow before one caller hears it."""

from collections.abc import Callable, Iterator
from pathlib import Path

from flows.deeds import CONSENT_DEEDS, CONSENT_OUTCOME, DEEDS
from flows.graph import distances_to_end, own_ways, prompts_of, reachable, ways_out
from flows.loader import FlowError, lines_of_steps, load_flow
from flows.model import Choose, Do, End, Flow, Keypad, Languages, Menu, Record

MOST_CHOICES = 5
MOST_MENUS_DEEP = 3
CHOICE_KEYS = frozenset("12345678#")
RESERVED_KEYS = {"0": "help now", "9": "the end of the call", "*": "again or back"}

HasPrompt = Callable[[str, str], bool]
Finding = tuple[str, str]


def load_checked(path: Path, languages: tuple[str, ...] = (), has_prompt: HasPrompt | None = None) -> Flow:
    """Read a flow and refuse it if anything is wrong.

    Raises:
        FlowError: with a line for every finding.
    """
    flow = load_flow(path)
    found = list(findings(flow))
    if has_prompt is not None and not found:
        found += _missing_prompts(flow, languages, has_prompt)
    if found:
        lines = lines_of_steps(path)
        raise FlowError([f"{path.name}:{lines.get(step, 1)}: {sentence}" for step, sentence in found])
    return flow


def findings(flow: Flow) -> Iterator[Finding]:
    """Yield (step, sentence) for everything that is wrong with the graph."""
    missing = list(_missing_targets(flow))
    yield from missing
    if missing:
        return
    yield from _unreachable(flow)
    yield from _without_end(flow)
    yield from _wrong_keys(flow)
    yield from _wrong_deeds(flow)
    yield from _silent_circles(flow)
    yield from _deep_menus(flow)
    yield from _recording_without_consent(flow)


def _missing_targets(flow: Flow) -> Iterator[Finding]:
    named = {"first": flow.first, "help": flow.help, "farewell": flow.farewell}
    named |= {"silent_end": flow.silent_end, "panic": flow.panic}
    for what, target in named.items():
        if target not in flow.steps:
            yield "", f"'{what}' leads to '{target}', which is not a step"
    for name, step in flow.steps.items():
        for way in own_ways(step):
            if way.to not in flow.steps:
                yield name, f"step '{name}': {way.by} leads to '{way.to}', which is not a step"


def _unreachable(flow: Flow) -> Iterator[Finding]:
    for name in flow.steps.keys() - reachable(flow):
        yield name, f"step '{name}': no caller can ever come here"


def _without_end(flow: Flow) -> Iterator[Finding]:
    for name in flow.steps.keys() - distances_to_end(flow).keys():
        yield name, f"step '{name}': a caller who comes here can never get out"


def _wrong_keys(flow: Flow) -> Iterator[Finding]:
    for name, step in flow.steps.items():
        if isinstance(step, Menu):
            yield from ((name, f"step '{name}': {sentence}") for sentence in _key_faults(step))
        if isinstance(step, Menu | Languages | Keypad) and not step.lines:
            yield name, f"step '{name}': it asks without saying anything"


def _key_faults(menu: Menu) -> Iterator[str]:
    if len(menu.press) > MOST_CHOICES:
        yield f"{len(menu.press)} choices are more than a caller can keep in mind; at most {MOST_CHOICES}"
    for key in menu.press:
        if key in RESERVED_KEYS:
            yield f"the key {key} is kept for {RESERVED_KEYS[key]}"
        elif key not in CHOICE_KEYS:
            yield f"'{key}' is not a key of a telephone"


def _wrong_deeds(flow: Flow) -> Iterator[Finding]:
    for name, step in flow.steps.items():
        if not isinstance(step, Do):
            continue
        if step.deed not in DEEDS:
            yield name, f"step '{name}': nobody knows how to '{step.deed}'"
        elif step.outcomes.keys() != DEEDS[step.deed]:
            wrong = sorted(step.outcomes.keys() ^ DEEDS[step.deed])
            yield name, f"step '{name}': '{step.deed}' needs exactly its own outcomes; see {', '.join(wrong)}"


def _silent_circles(flow: Flow) -> Iterator[Finding]:
    """Find steps that lead into each other without ever waiting for the caller."""
    for name in flow.steps:
        step, passed = name, [name]
        while (then := _only_way(flow, step)) is not None and len(passed) <= len(flow.steps):
            if then == name:
                yield name, f"step '{name}': goes round in a circle without waiting for the caller"
                break
            passed.append(then)
            step = then


def _only_way(flow: Flow, name: str) -> str | None:
    step = flow.steps[name]
    return (
        step.then
        if hasattr(step, "then") and not isinstance(step, Keypad | Record | Languages | Choose)
        else None
    )


def _deep_menus(flow: Flow) -> Iterator[Finding]:
    """Find choices behind more menus than a caller stays for, counted from the main menu on by keys."""
    depth = {flow.first: 0}
    waiting = [flow.first]
    while waiting:
        name = waiting.pop(0)
        asks = isinstance(flow.steps[name], Menu | Languages | Choose)
        for way in own_ways(flow.steps[name]):
            deeper = depth[name] + (1 if asks else 0)
            if way.to not in depth or deeper < depth[way.to]:
                depth[way.to] = deeper
                waiting.append(way.to)
    for name, step in flow.steps.items():
        if isinstance(step, Record) and min(depth.get(name, 0), 99) > MOST_MENUS_DEEP + 1:
            yield name, f"step '{name}': {depth[name]} menus lie before it; at most {MOST_MENUS_DEEP + 1}"


def _recording_without_consent(flow: Flow) -> Iterator[Finding]:
    """Find voices that could be recorded before the caller agreed."""
    seen: set[str] = set()
    waiting = [flow.first]
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        step = flow.steps[name]
        if isinstance(step, Record):
            yield name, f"step '{name}': a caller can be recorded here who has not agreed"
        agrees = isinstance(step, Do) and step.deed in CONSENT_DEEDS
        ways = [way.to for way in ways_out(flow, name) if not (agrees and way.by == CONSENT_OUTCOME)]
        waiting.extend(ways)


def _missing_prompts(flow: Flow, languages: tuple[str, ...], has_prompt: HasPrompt) -> Iterator[Finding]:
    for language in languages:
        for prompt in sorted(prompts_of(flow)):
            if not has_prompt(language, prompt):
                yield "", f"the prompt '{prompt}' has no recording in '{language}'"


def ends(flow: Flow) -> tuple[str, ...]:
    """Return the steps that end a call."""
    return tuple(name for name, step in flow.steps.items() if isinstance(step, End))
