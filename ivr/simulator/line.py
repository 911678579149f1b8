"""The line between a handset and the company: what sounds on it, which keys and which voice go into it."""

from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal

from ivr.simulator.exchange import Exchange, Mailbox
from ivr.simulator.sounds import LINE_RATE_HZ, Sound, silence
from prompts.labels import Label

BETWEEN_KEYS_S: Final = 0.2

State = Literal["dialling", "ringing", "busy", "playing", "waiting_for_keys", "recording", "ended"]
Kind = Literal[
    "dialling",
    "ringing",
    "answered",
    "playing",
    "played",
    "waiting_for_keys",
    "key",
    "beep",
    "recording_began",
    "recording_ended",
    "silence",
    "webhook",
    "error",
    "ended",
]


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened on the line, `at_s` after dialling."""

    n: int
    at_s: float
    kind: Kind
    text: str = ""
    prompts: tuple[str, ...] = ()
    language: str = ""
    sound: str = ""
    length_s: float | None = None
    path: str = ""
    status: int | None = None
    ms: float | None = None
    code: int | None = None


@dataclass(frozen=True, slots=True)
class Heard:
    """Something the hotline said, as far as it was heard.

    Attributes:
        text: The words.
        prompts: Ids of the prompts in it.
        language: Their language.
        at_s: When it began, in seconds after dialling.
        played_s: How long it sounded.
        complete: Whether it came to its end.
    """

    text: str
    prompts: tuple[str, ...]
    language: str
    at_s: float
    played_s: float
    complete: bool


@dataclass(frozen=True, slots=True)
class Key:
    """A key was pressed."""

    digit: str


@dataclass(frozen=True, slots=True)
class Spoke:
    """Something was said; whoever waits for silence must count anew."""


@dataclass(slots=True)
class Microphone:
    """What the caller says, laid on the clock; times are moments of the exchange."""

    spoken: list[tuple[float, Sound]] = field(default_factory=list)
    saved_up: list[Sound] = field(default_factory=list)

    def begin(self, now_s: float) -> None:
        """Start listening: what was said too early is said now."""
        self.spoken = []
        for sound in self.saved_up:
            self.say(sound, now_s)
        self.saved_up = []

    def say(self, sound: Sound, earliest_s: float) -> float:
        """Lay a sound behind what is already said and return the moment it ends."""
        begin_s = max([earliest_s, *(at_s + earlier.length_s for at_s, earlier in self.spoken)])
        self.spoken.append((begin_s, sound))
        return begin_s + sound.length_s

    def quiet_from(self, began_s: float, silence_s: float) -> float:
        """Return the moment at which she has been silent for so long, as far as it is known now."""
        last_s = began_s
        for begin_s, end_s in self._voiced():
            if begin_s - last_s >= silence_s:
                break
            last_s = max(last_s, end_s)
        return last_s + silence_s

    def heard_between(self, began_s: float, ended_s: float) -> Sound:
        """Return what was to be heard on the line between two moments."""
        whole = silence(ended_s - began_s).samples
        for at_s, sound in self.spoken:
            first = max(0, round((at_s - began_s) * LINE_RATE_HZ))
            samples = sound.samples[: max(0, len(whole) - first)]
            whole[first : first + len(samples)] = samples
        return Sound(whole)

    def _voiced(self) -> list[tuple[float, float]]:
        return [(at_s + a, at_s + b) for at_s, sound in self.spoken for a, b in sound.voiced_spans]


class Line:
    """One side of a call, as the handset meets it."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self.began_s = exchange.now_s()
        self.inbox: Mailbox[Key | Spoke] = Mailbox()
        self.microphone = Microphone()
        self.state: State = "dialling"
        self.events: list[Event] = []
        self._heard: list[Heard] = []
        self._sounding: Heard | None = None
        self.recording_began_s = 0.0
        self._listens = False
        self.watcher: Mailbox[None] | None = None

    @property
    def now_s(self) -> float:
        """Return the seconds since dialling."""
        return self._exchange.now_s() - self.began_s

    @property
    def takes_keys(self) -> bool:
        """Tell whether a key would be heard by somebody."""
        return self._listens

    def note(self, kind: Kind, **details: Any) -> None:
        """Write down what happened."""
        event = Event(len(self.events) + 1, round(self.now_s, 3), kind)
        self.events.append(replace(event, **details))
        if self.watcher is not None:
            self._exchange.post(self.watcher, None)

    def become(self, state: State, kind: Kind | None = None) -> None:
        """Change state, with an event when there is something to tell."""
        self.state = state
        if kind is not None:
            self.note(kind)

    def listen_for_keys(self, *, listens: bool) -> None:
        """Begin or stop to take keys; what came before is gone."""
        self._listens = listens
        self.inbox.items.clear()

    def press(self, digit: str) -> None:
        """Press a key."""
        with self._exchange.changed:
            self.note("key", text=digit)
            if self._listens:
                self._exchange.post(self.inbox, Key(digit))
            self._exchange.changed.notify_all()

    def speak(self, sound: Sound) -> float:
        """Say something into the running recording or the next one; return when it is said."""
        with self._exchange.changed:
            if self.state != "recording":
                self.microphone.saved_up.append(sound)
                return self._exchange.now_s()
            ends_s = self.microphone.say(sound, self._exchange.now_s())
            self._exchange.post(self.inbox, Spoke())
            return ends_s

    def was_spoken(self, sound: Sound) -> None:
        """Add a piece that was said just now, behind the piece before it; it is lost outside a recording."""
        with self._exchange.changed:
            if self.state == "recording":
                self.microphone.say(sound, self.recording_began_s)
                self._exchange.post(self.inbox, Spoke())

    def begin_sound(self, label: Label, length_s: float, sound: str = "") -> None:
        """Begin to sound."""
        self.state = "playing"
        self._sounding = Heard(label.text, label.prompts, label.language, self.now_s, 0.0, complete=False)
        self.note(
            "playing",
            text=label.text,
            prompts=label.prompts,
            language=label.language,
            sound=sound,
            length_s=round(length_s, 3),
        )

    def end_sound(self, *, complete: bool) -> None:
        """Stop sounding."""
        if self._sounding is None:
            return
        heard = replace(self._sounding, played_s=self.now_s - self._sounding.at_s, complete=complete)
        self._heard.append(heard)
        self._sounding = None
        self.note("played", text=heard.text, prompts=heard.prompts, length_s=round(heard.played_s, 3))

    @property
    def heard(self) -> tuple[Heard, ...]:
        """Return all that was heard, the running sound as far as it has come."""
        if self._sounding is None:
            return tuple(self._heard)
        running = replace(self._sounding, played_s=self.now_s - self._sounding.at_s)
        return (*self._heard, running)
