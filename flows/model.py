"""What a flow is made of: steps that speak, ask, record, do and end; and what a caller may do.

All of it is plain immutable data. A flow says what is spoken by prompt ids and never how it sounds.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

Tone = Literal["neutral", "private"]


@dataclass(frozen=True, slots=True)
class Line:
    """One prompt to be said.

    Attributes:
        prompt: The prompt's id; `{topic}` in it, or in a value, stands for an earlier choice.
        values: Slot of the prompt -> its value; `$name` where only the running call knows it.
        language: Set only where a line is not in the language of the call (the choice of language).
        only_if: The line is said only where this fact holds of the hotline.
    """

    prompt: str
    values: tuple[tuple[str, str], ...] = ()
    language: str | None = None
    only_if: str | None = None


@dataclass(frozen=True, slots=True)
class Say:
    """Speaks and goes on in the same breath."""

    lines: tuple[Line, ...]
    then: str


@dataclass(frozen=True, slots=True)
class Menu:
    """Offers keys, and says what happens when none comes.

    Attributes:
        lines: What is said the first time.
        again: What is said when the same choices are repeated (`lines` if empty).
        press: Key -> step.
        no_input: Step after all reprompts stayed unanswered, or too many wrong keys.
        back: Step for the star key; None repeats this step.
        skip_on_silence: Goes to `no_input` after the first silence, without reprompts.
        barge_in: Keys work while the lines are said; if not, only while the last is, which offers the keys.
        remember: The key goes with the call, for a deed that comes later.
    """

    lines: tuple[Line, ...]
    press: Mapping[str, str]
    no_input: str
    tone: Tone = "private"
    again: tuple[Line, ...] = ()
    back: str | None = None
    skip_on_silence: bool = False
    barge_in: bool = True
    remember: bool = False


@dataclass(frozen=True, slots=True)
class Languages:
    """Lets the caller choose among the hotline's languages, at most five at a time."""

    lines: tuple[Line, ...]
    item: str
    more: str
    then: str
    no_input: str
    tone: Tone = "neutral"


@dataclass(frozen=True, slots=True)
class Choose:
    """Lets the caller choose one thing of a list that staff keep, at most five at a time.

    Attributes:
        lines: What is said before the choices.
        of: The list's name; `{topic}` in it stands for an earlier choice, `{language}` for her language.
        item: The prompt that is said for each thing; its slot named as in `remember` is the thing, its slot
            `key` the key.
        remember: Under which name the chosen thing goes with the call.
        empty: Step where the list has nothing in it.
    """

    lines: tuple[Line, ...]
    of: str
    item: str
    more: str
    remember: str
    then: str
    empty: str
    no_input: str
    back: str | None = None
    tone: Tone = "private"


@dataclass(frozen=True, slots=True)
class Keypad:
    """Takes a number of a fixed length, which is never written into a URL."""

    lines: tuple[Line, ...]
    count: int
    then: str
    no_input: str
    tone: Tone = "private"


@dataclass(frozen=True, slots=True)
class Record:
    """Records the caller after a tone."""

    lines: tuple[Line, ...]
    then: str
    silent: str
    max_length_s: int = 120
    silence_s: int = 5


@dataclass(frozen=True, slots=True)
class Do:
    """Does something outside the flow and goes on by its outcome."""

    deed: str
    outcomes: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class End:
    """Says a last word, or none, and hangs up."""

    lines: tuple[Line, ...] = ()


Step = Say | Menu | Languages | Choose | Keypad | Record | Do | End


@dataclass(frozen=True, slots=True)
class Flow:
    """A whole call as a graph of steps.

    Attributes:
        version: Hash of its source: a call keeps the version that it began with.
        help: Step of the key 0.
        farewell: Step of the key 9 where others may hear what is said.
        silent_end: Step of the key 9 where nothing more may be said.
        panic: Step of star and then 9.
        bad_key, still_here: Lines for a wrong key and for the first silence.
    """

    name: str
    version: str
    first: str
    help: str
    farewell: str
    silent_end: str
    panic: str
    bad_key: Line
    still_here: Line
    steps: Mapping[str, Step]


@dataclass(frozen=True, slots=True)
class Position:
    """Where a call stands: all of it fits into a URL and none of it is about the caller.

    Attributes:
        turn: Counts the turns of this call, so that a repeated one is known.
        silences, misses: Silences and wrong keys in a row at this step.
        starred: The star was the last key and its moment of quiet is not over: 9 now means danger.
        page: Which five of a list are offered.
        offered: By what that list is known again: staff may change it while she chooses.
        choices: What a later step or deed needs of her choices (`kind` -> `2`, `topic` -> `pay`).
    """

    version: str
    step: str
    hotline: str
    language: str
    turn: int = 0
    silences: int = 0
    misses: int = 0
    starred: bool = False
    page: int = 0
    offered: str = ""
    choices: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Place:
    """What a flow may know of the hotline it runs on.

    Attributes:
        languages: In the order in which they are offered.
        facts: What holds of it (`free`).
        lists: What can be chosen from, by the list's name (`topics/work` -> `documents`, `pay`).
    """

    languages: tuple[str, ...]
    facts: frozenset[str] = frozenset()
    lists: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}), hash=False)


# What the caller did.


@dataclass(frozen=True, slots=True)
class Began:
    """The call was answered."""


@dataclass(frozen=True, slots=True)
class Keys:
    """She pressed these keys."""

    digits: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Silence:
    """She pressed nothing, or said nothing where she was to speak."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """She spoke.

    Attributes:
        recording_sid: The carrier's name for the recording.
        length_s: As the carrier counts; silence at the end is in it.
        key: The key that ended it, empty after silence or at the greatest length; None where the telephone
            company does not tell whether there was one.
        hung_up: She put down the phone; nobody hears the answer to this turn.
    """

    recording_sid: str
    length_s: int
    key: str | None = ""
    hung_up: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """A deed was done.

    Attributes:
        said: The lines that were waiting to be spoken before it.
        choices: What it found and later steps need, by name.
    """

    name: str
    said: tuple[Line, ...] = ()
    choices: tuple[tuple[str, str], ...] = ()


Heard = Began | Keys | Silence | Recorded | Outcome

# What the line does next.


@dataclass(frozen=True, slots=True)
class AskKeys:
    """Wait for keys.

    Attributes:
        count: How many; where it is more than one, the star ends them early.
        timeout_s: Seconds of waiting after the last word.
        barge_in: Whether a key may interrupt what is said; if not, only the last line of it.
    """

    count: int
    timeout_s: int
    barge_in: bool


@dataclass(frozen=True, slots=True)
class AskVoice:
    """Sound the tone and record, until a key, silence or the greatest length."""

    max_length_s: int
    silence_s: int


@dataclass(frozen=True, slots=True)
class HangUp:
    """End the call."""


@dataclass(frozen=True, slots=True)
class Deed:
    """Something must be done before the line can speak."""

    name: str


@dataclass(frozen=True, slots=True)
class Turn:
    """One answer of the line: what it says, then what it waits for."""

    lines: tuple[Line, ...]
    then: AskKeys | AskVoice | HangUp | Deed
