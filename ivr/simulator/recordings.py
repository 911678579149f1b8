"""Recordings that the company keeps until it is told to delete them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from ivr.simulator.grammar import Record
from ivr.simulator.sounds import Sound

RecordingStatus = Literal["in-progress", "processing", "completed", "absent", "deleted"]


@dataclass(slots=True, eq=False)
class Recording:
    """One recording.

    Attributes:
        sid: The company's id.
        sound: What was said, trimmed if that was asked.
        whole_s: How long it was on the line.
        kept_s: How long what is kept of it sounds.
        ready_s: Moment of the exchange at which the file can be had; None while nobody knows.
        reads: How often the file was asked for.
    """

    sid: str
    account: str
    call_sid: str
    wanted: Record
    began_at: datetime
    began_s: float
    status: RecordingStatus = "in-progress"
    sound: Sound | None = None
    whole_s: float = 0.0
    kept_s: float = 0.0
    ready_s: float | None = None
    reads: int = 0
    source: str = "RecordVerb"
    channels: int = 1

    def keep(self, sound: Sound, *, trims: bool) -> None:
        """Take the sound as it came from the line."""
        self.whole_s = sound.length_s
        self.sound = sound.trimmed() if trims and self.wanted.trim else sound
        self.kept_s = self.sound.length_s
        self.status = "processing"

    def erase(self) -> None:
        """Delete the sound; that it once was stays visible."""
        self.sound = None
        self.status = "deleted"

    @property
    def is_silent(self) -> bool:
        """Tell whether nobody speaks in it."""
        return self.sound is None or not self.sound.voiced_spans


def whole_seconds(length_s: float) -> int:
    """Return a length as the carrier writes it."""
    return int(length_s + 0.5)
