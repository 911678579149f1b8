"""An employer presses redial and listens: what the line says before a key was pressed tells nothing."""

import random
from dataclasses import dataclass

import pytest

from flows.checks import load_checked
from flows.deeds import DEEDS
from flows.engine import SILENCES_ANSWERED, advance
from flows.graph import lines_of
from flows.loader import DEFINITIONS
from flows.model import (
    AskVoice,
    Began,
    Deed,
    HangUp,
    Heard,
    Keys,
    Outcome,
    Position,
    Recorded,
    Silence,
)
from ivr.domain.listening import how_it_was_left
from prompts.catalogue import Catalogue
from tests.told import sample_place

FLOW = load_checked(DEFINITIONS / "hotline.yaml")
CATALOGUE = Catalogue.load()
PLACE = sample_place()
TURNS = 20_000
HER_OWN_VOICE = "own_message"


def is_private(prompt: str) -> bool:
    return prompt == HER_OWN_VOICE or CATALOGUE.prompt(prompt).private


@dataclass
class Walk:
    """A random caller, and what was heard of the line until her first key."""

    chance: random.Random
    position: Position
    heard_before_a_key: list[str]
    has_pressed: bool = False
    is_over: bool = False
    speaks: bool = False

    def take(self, heard: Heard) -> None:
        """Take one turn."""
        pressed = isinstance(heard, Keys) or (isinstance(heard, Recorded) and heard.key != "")
        self.has_pressed = self.has_pressed or pressed
        self.position, turn = advance(FLOW, self.position, heard, PLACE)
        while isinstance(turn.then, Deed):
            outcome = self._outcome(turn.then.name, heard)
            self.position, turn = advance(FLOW, self.position, Outcome(outcome, turn.lines), PLACE)
        if not self.has_pressed:
            self.heard_before_a_key += [line.prompt for line in turn.lines]
        self.is_over = isinstance(turn.then, HangUp)
        self.speaks = isinstance(turn.then, AskVoice)

    def _outcome(self, deed: str, heard: Heard) -> str:
        """Return how a deed came out: by chance, but how a recording ended is not left to it."""
        outcomes = sorted(DEEDS[deed])
        if deed == "keep_message" and isinstance(heard, Recorded) and self.chance.random() < 0.9:
            return how_it_was_left(heard)
        return "failed" if deed == "keep_message" else self.chance.choice(outcomes)

    def do_anything(self) -> None:
        """Press, speak or keep silent, as chance has it."""
        if self.speaks and self.chance.random() < 0.7:
            self.take(Recorded("RE1", self.chance.randrange(130), self.chance.choice(["", *"0123456789*#"])))
        elif self.chance.random() < 0.4:
            self.take(Silence())
        else:
            self.take(Keys(self.chance.choice("0123456789*#")))


def dialled(chance: random.Random) -> Walk:
    walk = Walk(chance, Position(FLOW.version, FLOW.first, "0" * 32, "en"), [])
    walk.take(Began())
    return walk


@pytest.fixture(scope="module")
def callers() -> list[Walk]:
    """Callers who together took 20,000 turns."""
    chance = random.Random(4)
    found = [dialled(chance)]
    for _ in range(TURNS):
        if found[-1].is_over:
            found.append(dialled(chance))
        found[-1].do_anything()
    return found


def test_before_a_key_nothing_private_is_ever_heard(callers: list[Walk]) -> None:
    for walk in callers:
        assert not [prompt for prompt in walk.heard_before_a_key if is_private(prompt)]


def test_the_silent_hear_every_choice_again_before_they_may_speak(callers: list[Walk]) -> None:
    heard = [walk.heard_before_a_key for walk in callers]
    silent = [prompts for prompts in heard if "quiet_consent" in prompts]

    assert silent
    for prompts in silent:
        before = prompts[: prompts.index("quiet_consent")]
        assert before.count("language_item") == len(PLACE.languages) * SILENCES_ANSWERED


def test_many_callers_of_every_kind_were_heard(callers: list[Walk]) -> None:
    assert len(callers) > 1000
    assert {walk.position.step for walk in callers} >= {"farewell", "silent_end", "harmless", "goodbye"}


@pytest.mark.parametrize(
    "name", [name for name, step in FLOW.steps.items() if getattr(step, "tone", "") == "neutral"]
)
def test_a_neutral_step_says_nothing_private(name: str) -> None:
    lines = (*lines_of(FLOW.steps[name]), FLOW.bad_key, FLOW.still_here)

    assert not [line.prompt for line in lines if is_private(line.prompt)]


@pytest.mark.parametrize("name", [FLOW.farewell, FLOW.silent_end, "harmless"])
def test_an_ending_that_others_may_hear_says_nothing_private(name: str) -> None:
    assert not [line.prompt for line in lines_of(FLOW.steps[name]) if is_private(line.prompt)]


def test_one_wrong_key_of_a_listener_tells_nothing_yet() -> None:
    for key in "3456780#*9":
        walk = dialled(random.Random(1))
        _, turn = advance(FLOW, walk.position, Keys(key), PLACE)
        private = [line.prompt for line in turn.lines if is_private(line.prompt)]

        assert private == (["emergency_now"] if key == "0" else [])
