"""One recording as samples in memory, and the reasons why a file could not become one."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


class UnreadableRecordingError(Exception):
    """The file holds no sound that can be listened to; the subclass says why."""


class NotAudioError(UnreadableRecordingError):
    """The file is no WAV file, or its header makes no sense."""

    def __init__(self, why: str = "it does not begin as a WAV file does") -> None:
        super().__init__(f"this is not a recording: {why}")


class UnknownEncodingError(UnreadableRecordingError):
    """The WAV file is sound in a form that is not read here (MP3, ADPCM, ...)."""

    def __init__(self, format_tag: int, width_bits: int) -> None:
        super().__init__(f"WAV format {format_tag:#06x} with {width_bits} bits a sample cannot be read")


class EmptyRecordingError(UnreadableRecordingError):
    """The file is whole but holds no sample."""

    def __init__(self) -> None:
        super().__init__("the recording holds no sound at all")


class TruncatedRecordingError(UnreadableRecordingError):
    """The file was cut off before its first sample."""

    def __init__(self) -> None:
        super().__init__("the recording was cut off before any sound")


class TooLongRecordingError(UnreadableRecordingError):
    """The recording is longer than is taken in one piece.

    Attributes:
        limit_s: The longest length that is read, in seconds.
    """

    def __init__(self, limit_s: int) -> None:
        super().__init__(f"the recording is longer than {limit_s} s")
        self.limit_s = limit_s


@dataclass(frozen=True, slots=True, eq=False)
class Recording:
    """Sound as samples.

    Attributes:
        samples: Mono, signed 16 bit, full scale at 32 768 (0 dBFS); at least one.
        sample_rate_hz: Samples a second.
        is_truncated: The file ended before its header said, so sound is missing at the end.
        starts_at_ms: Where this sound begins in the recording it was trimmed from.
    """

    samples: npt.NDArray[np.int16]
    sample_rate_hz: int
    is_truncated: bool = False
    starts_at_ms: int = 0

    @property
    def duration_ms(self) -> int:
        """Length in whole milliseconds."""
        return len(self.samples) * 1000 // self.sample_rate_hz
