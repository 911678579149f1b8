"""What a turn needs at hand: flows by version, hotlines, sounds, the signature, our own address."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from urllib.parse import quote

from flows.model import AskKeys, Deed, Flow, Line, Place, Turn
from flows.walk import every_turn
from ivr.carrier.profiles import Profile
from ivr.domain.hotline import Hotline
from ivr.persistence.hotlines import OpenHotlines
from ivr.services.calls import Answer
from ivr.services.station import Station
from ivr.voice import positions, twiml
from ivr.voice.signature import Signature
from prompts.sounds import SoundLibrary, Spoken

OF_THIS_CALL = MappingProxyType({"own_message": "own", "answer": "answer"})
"""Lines whose sound is no prompt: it is found by passes, which the values of the turn hold."""

SECRET_VALUES = frozenset({"case_number"})
"""Values that must not be joined with other words into a file that is kept."""


class UnknownFlowError(LookupError):
    """A call names a flow that this service does not have."""


@dataclass(frozen=True, slots=True)
class Flows:
    """The flows that calls begin with, by name, and those that calls in progress are on, by version."""

    by_name: Mapping[str, Flow]

    def named(self, name: str) -> Flow:
        """Return the flow on which new calls of a hotline begin."""
        return self.by_name[name]

    def of_version(self, version: str, step: str) -> Flow:
        """Return the flow that a call began with; after an upgrade, one that has the same step.

        Raises:
            UnknownFlowError: no flow has this step.
        """
        for flow in self.by_name.values():
            if flow.version == version:
                return flow
        for flow in self.by_name.values():
            if step in flow.steps:
                return flow
        raise UnknownFlowError


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything that the voice routes use.

    Attributes:
        profile: What the telephone company tells and can do.
        public_url: Where it finds us.
    """

    station: Station
    flows: Flows
    hotlines: OpenHotlines
    sounds: SoundLibrary
    signature: Signature
    profile: Profile
    public_url: str

    def speak(self, answer: Answer) -> str:
        """Return the document that says and does the answer."""
        position = answer.position
        path = f"/voice/turns/{position.version}/{position.step}?{positions.to_query(position)}"
        held, sounds = self._sounds_of(answer.turn, position.language, answer.values)
        return twiml.document(
            answer.turn,
            sounds,
            self.public_url + path,
            f"{self.public_url}/voice/recordings/{position.hotline}",
            held,
        )

    def _sounds_of(self, turn: Turn, language: str, values: Mapping[str, str]) -> tuple[list[str], list[str]]:
        """Return what no key interrupts, and the sounds after it."""
        held = lines_held(turn)
        rest = turn.lines[len(held) :]
        return self.addresses(held, language, values), self.addresses(rest, language, values)

    def prepare(self, hotline: Hotline) -> int:
        """Make known every sound that calls to a hotline can need; returns how many turns that were."""
        place = Place(hotline.languages, hotline.facts, hotline.lists)
        count = 0
        for position, turn in every_turn(self.flows.named(hotline.flow), place):
            known = all(self._is_known_ahead(line, hotline) for line in turn.lines)
            if known and not isinstance(turn.then, Deed):
                self._sounds_of(turn, position.language, hotline.values)
                count += 1
        return count

    @staticmethod
    def _is_known_ahead(line: Line, hotline: Hotline) -> bool:
        return all(not value.startswith("$") or value[1:] in hotline.values for _, value in line.values)

    def addresses(self, lines: Sequence[Line], language: str, values: Mapping[str, str]) -> list[str]:
        """Return where the carrier finds the sounds of these lines."""
        found: list[str] = []
        spoken: list[Spoken] = []
        for line in lines:
            if line.prompt in OF_THIS_CALL:
                found += self._sounds(spoken)
                found += self._of_this_call(OF_THIS_CALL[line.prompt], values[line.prompt])
                spoken = []
            else:
                spoken.append(to_be_spoken(line, language, values))
        return found + self._sounds(spoken)

    def _of_this_call(self, folder: str, passes: str) -> list[str]:
        return [f"{self.public_url}/audio/{folder}/{quote(each)}.wav" for each in passes.split()]

    def _sounds(self, spoken: Sequence[Spoken]) -> list[str]:
        if not spoken:
            return []
        return [f"{self.public_url}/audio/{sound.key}.wav" for sound in self.sounds.sounds(spoken)]


def lines_held(turn: Turn) -> tuple[Line, ...]:
    """Return the lines that no key interrupts: where keys wait, all but the last, which offers the keys."""
    waits = isinstance(turn.then, AskKeys) and not turn.then.barge_in
    return turn.lines[:-1] if waits else ()


def to_be_spoken(line: Line, language: str, values: Mapping[str, str]) -> Spoken:
    """Fill the slots of a line with the values of this call."""
    if not line.values:
        return Spoken(line.prompt, line.language or language)
    names = [value[1:] for _, value in line.values if value.startswith("$")]
    filled = tuple(
        (slot, values[value[1:]] if value.startswith("$") else value) for slot, value in line.values
    )
    secret = not SECRET_VALUES.isdisjoint(names)
    return Spoken(line.prompt, line.language or language, filled, secret)
