"""What a call costs her: how long it takes, in each language, until she has what she called for.

The flow is walked with the real lengths of the recordings. Hearing all, she listens to every menu to its end;
in a list she presses when hers is named: her language, or the middle one of the first five things. Knowing
her keys, she presses as soon as a key is taken.
"""

import heapq
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Final

from flows.engine import AT_ONCE, HELP, MORE, advance
from flows.graph import own_ways
from flows.model import (
    AskKeys,
    AskVoice,
    Began,
    Choose,
    Deed,
    Flow,
    Heard,
    Keys,
    Languages,
    Line,
    Menu,
    Outcome,
    Place,
    Position,
    Turn,
)
from ivr.voice.desk import OF_THIS_CALL, lines_held, to_be_spoken
from prompts.catalogue import HERE
from prompts.checks import EXAMPLES
from prompts.sounds import SoundLibrary
from prompts.topics import load_topics

KEY_S: Final = 0.5
"""How long it takes to press a key once one knows which."""

VALUES: Final = {
    "emergency_number": EXAMPLES["digits"],
    "case_number": EXAMPLES["digits"],
    "retention_days": EXAMPLES["days"],
}
"""What fills the prompts whose values only a running call knows; a place brings its own besides."""


@dataclass(frozen=True, slots=True)
class Goal:
    """Something that callers call for, and how soon they must have it.

    Attributes:
        name: What begins.
        prompts: How the id of the prompt begins with which it begins; none where it is her recording.
        hearing_all_s, knowing_s: The most that it may take; None where no bound is set.
        keys: The most keys; None as above.
    """

    name: str
    prompts: tuple[str, ...] = ()
    hearing_all_s: float | None = None
    knowing_s: float | None = None
    keys: int | None = None


GOALS: Final = (
    Goal("emergency number begins", ("emergency_number",), 45, 8, 3),
    Goal("recording begins", (), 60, 30, 3),
    Goal("topic begins", ("topic_",), 40, 12, 4),
    Goal("answer begins", ("ans_play",)),
)


@dataclass(frozen=True, slots=True)
class Cost:
    """How long one way takes, and how many keys.

    Attributes:
        length_s: Seconds from the answer to its first word.
    """

    length_s: float
    keys: int


@dataclass(frozen=True, slots=True)
class Entry:
    """One goal in one language; a cost is None where the flow has no way there."""

    language: str
    goal: Goal
    hearing_all: Cost | None
    knowing: Cost | None

    @property
    def is_over(self) -> bool:
        """Say whether it takes longer than it may; a goal that is not built yet does not."""
        return _exceeds(self.hearing_all, self.goal.hearing_all_s, None) or _exceeds(
            self.knowing, self.goal.knowing_s, self.goal.keys
        )


def _exceeds(cost: Cost | None, longest_s: float | None, keys: int | None) -> bool:
    if cost is None:
        return False
    too_long = longest_s is not None and cost.length_s > longest_s
    return too_long or (keys is not None and cost.keys > keys)


def place_with_all_topics(languages: tuple[str, ...]) -> Place:
    """Return a place where every topic is open and the call is paid by her."""
    lists: dict[str, list[str]] = defaultdict(list)
    for topic in load_topics(HERE).values():
        for language in languages:
            if topic.part_of is None:
                lists[f"topics/{topic.group}/{language}"].append(topic.id)
    return Place(languages, lists={name: tuple(things) for name, things in lists.items()})


def budget(flow: Flow, place: Place, sounds: SoundLibrary) -> tuple[Entry, ...]:
    """Return what every goal costs in every language of a place."""
    walks = {
        language: (
            _Walk(flow, place, sounds, language, hears_all=True),
            _Walk(flow, place, sounds, language, hears_all=False),
        )
        for language in place.languages
    }
    return tuple(
        Entry(language, goal, hearing_all.cheapest(goal), knowing.cheapest(goal))
        for goal in GOALS
        for language, (hearing_all, knowing) in walks.items()
    )


@dataclass(order=True, frozen=True, slots=True)
class _Stand:
    """Where a walk stands, in the order of what it has cost; with `is_there`, the goal has begun."""

    cost: tuple[float, int]
    number: int
    position: Position = field(compare=False)
    turn: Turn = field(compare=False)
    is_there: bool = field(compare=False, default=False)


class _Walk:
    """Ways through a flow on which one language is chosen first, the cheapest before the others."""

    def __init__(
        self, flow: Flow, place: Place, sounds: SoundLibrary, language: str, *, hears_all: bool
    ) -> None:
        self._flow = flow
        self._place = place
        self._sounds = sounds
        self._language = language
        self._hears_all = hears_all

    def cheapest(self, goal: Goal) -> Cost | None:
        """Return the cheapest way to a goal, or None if there is none."""
        number = count()
        start = Position(self._flow.version, self._flow.first, "", self._place.languages[0])
        waiting = [_Stand((0.0, 0), next(number), *advance(self._flow, start, Began(), self._place))]
        seen: set[object] = set()
        while waiting:
            stand = heapq.heappop(waiting)
            if stand.is_there:
                return Cost(*stand.cost)
            mark = _mark(stand)
            if mark not in seen:
                seen.add(mark)
                for onward in self._onward(goal, stand):
                    heapq.heappush(waiting, replace(onward, number=next(number)))
        return None

    def _onward(self, goal: Goal, stand: _Stand) -> Iterator[_Stand]:
        """Yield every step that she can take from here; only one, where the goal begins here."""
        length_s, keys = stand.cost
        reached_s = self._reached_s(goal, stand)
        if reached_s is not None:
            yield replace(stand, cost=(length_s + reached_s, keys), is_there=True)
            return
        for heard, after_s, pressed in self._steps(stand):
            moved, turn = advance(self._flow, stand.position, heard, self._place)
            cost = (length_s + after_s + KEY_S * pressed, keys + pressed)
            yield _Stand(cost, 0, replace(moved, turn=0), turn)

    def _reached_s(self, goal: Goal, stand: _Stand) -> float | None:
        """Return how long she still listens until the goal begins in this turn, or None if it does not."""
        lines = stand.turn.lines
        if not goal.prompts:
            return self._length_s(lines, stand) if isinstance(stand.turn.then, AskVoice) else None
        for index, line in enumerate(lines):
            if line.prompt.startswith(goal.prompts):
                return self._length_s(lines[:index], stand)
        return None

    def _steps(self, stand: _Stand) -> Iterator[tuple[Heard, float, int]]:
        """Yield what she may do, how long she listens before, and how many keys it takes."""
        step = self._flow.steps[stand.position.step]
        match stand.turn.then:
            case Deed():
                yield from ((Outcome(way.by, stand.turn.lines), 0.0, 0) for way in own_ways(step))
            case AskKeys(count=how_many) if how_many > 1:
                yield Keys("1" * how_many), self._before_key_s(stand, stand.turn.lines), how_many
            case AskKeys() if isinstance(step, Languages):
                yield self._choosing_language(stand)
            case AskKeys() if isinstance(step, Choose):
                lines = stand.turn.lines
                named = [index for index, line in enumerate(lines) if line.prompt == step.item]
                middle = (len(named) - 1) // 2
                yield Keys(str(middle + 1)), self._before_key_s(stand, lines[: named[middle] + 1]), 1
            case AskKeys() if isinstance(step, Menu):
                listened_s = self._before_key_s(stand, stand.turn.lines)
                yield from ((Keys(key), listened_s, 1) for key in (*step.press, HELP))

    def _choosing_language(self, stand: _Stand) -> tuple[Heard, float, int]:
        """Press as soon as her language is named; where it is on a later page, ask for more."""
        lines = stand.turn.lines
        named = [index for index, line in enumerate(lines) if line.language == self._language]
        if not named:
            return Keys(MORE), self._before_key_s(stand, lines), 1
        key = str(self._place.languages.index(self._language) % AT_ONCE + 1)
        return Keys(key), self._before_key_s(stand, lines[: named[0] + 1]), 1

    def _before_key_s(self, stand: _Stand, lines: tuple[Line, ...]) -> float:
        """Return how long she listens before she presses."""
        return self._length_s(lines if self._hears_all else lines_held(stand.turn), stand)

    def _length_s(self, lines: tuple[Line, ...], stand: _Stand) -> float:
        spoken = [
            to_be_spoken(line, stand.position.language, VALUES)
            for line in lines
            if line.prompt not in OF_THIS_CALL
        ]
        return sum(sound.duration_ms for sound in self._sounds.sounds(spoken)) / 1000 if spoken else 0.0


def _mark(stand: _Stand) -> object:
    position = stand.position
    return position.step, position.language, position.starred, frozenset(position.choices.items()), stand.turn
