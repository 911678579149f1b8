"""Sound as the line carries it: what a file holds, how long it lasts, where in it somebody speaks."""

import io
import struct
import wave
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256

import numpy as np
import soxr

from prompts.labels import Label, words_of

LINE_RATE_HZ = 8000
FRAME_S = 0.02
VOICE_FLOOR_DBFS = -45.0
MPEG_BITRATE_BPS = 32_000
PCM, MULAW = 1, 7


class NotSoundError(ValueError):
    """The bytes are no sound that the line can carry."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"This is no sound the line can carry: {reason}.")


@dataclass(frozen=True, slots=True)
class Media:
    """A file as it was fetched for Play.

    Attributes:
        content: The bytes.
        content_type: What the app called them.
        length_s: How long it sounds.
        label: The words it carries, if it carries any.
    """

    content: bytes
    content_type: str
    length_s: float
    label: Label = field(default=Label((), "", ""))

    @property
    def key(self) -> str:
        """Return the name under which a phone page can fetch it."""
        return sha256(self.content).hexdigest()[:32]


def read_media(content: bytes, content_type: str) -> Media:
    """Return a fetched file with its length and its words.

    Raises:
        NotSoundError: It cannot be played.
    """
    if content_type == "audio/mpeg":
        return Media(content, content_type, len(content) * 8 / MPEG_BITRATE_BPS)
    chunks = dict(riff_chunks(content))
    if b"fmt " not in chunks or not chunks.get(b"data"):
        raise NotSoundError("no sample in it")
    format_, channels, rate_hz, bytes_per_s = struct.unpack_from("<HHII", chunks[b"fmt "])
    if format_ not in {PCM, MULAW} or not channels or not rate_hz or not bytes_per_s:
        raise NotSoundError(f"format {format_}")
    return Media(content, content_type, len(chunks[b"data"]) / bytes_per_s, words_of(content))


def riff_chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield the chunks of a WAV file by name; a cut-off last chunk is given as far as it goes."""
    if content[:4] != b"RIFF" or content[8:12] != b"WAVE":
        raise NotSoundError("no WAV file")
    place = 12
    while place + 8 <= len(content):
        name, size = struct.unpack_from("<4sI", content, place)
        yield name, content[place + 8 : place + 8 + size]
        place += 8 + size + size % 2


@dataclass(frozen=True, eq=False)
class Sound:
    """Samples on the line: signed 16-bit, mono, 8000 Hz."""

    samples: np.ndarray[tuple[int], np.dtype[np.int16]]

    @property
    def length_s(self) -> float:
        """Return how long it sounds."""
        return len(self.samples) / LINE_RATE_HZ

    @cached_property
    def voiced_spans(self) -> tuple[tuple[float, float], ...]:
        """Return where somebody speaks, as pairs of begin and end in seconds."""
        loud = _loud_frames(self.samples)
        edges = np.flatnonzero(np.diff(np.concatenate(([0], loud.astype(np.int8), [0]))))
        return tuple((float(a) * FRAME_S, float(b) * FRAME_S) for a, b in edges.reshape(-1, 2))

    def trimmed(self) -> "Sound":
        """Return the sound without the silence before and after."""
        spans = self.voiced_spans
        if not spans:
            return self
        first, last = int(spans[0][0] * LINE_RATE_HZ), int(spans[-1][1] * LINE_RATE_HZ)
        return Sound(self.samples[first:last])

    def wav(self) -> bytes:
        """Return it as a WAV file: 8000 Hz, 16 bit, one channel."""
        return wav_file(self.samples)


def _loud_frames(
    samples: np.ndarray[tuple[int], np.dtype[np.int16]],
) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    size = int(FRAME_S * LINE_RATE_HZ)
    padded = np.pad(samples, (0, -len(samples) % size)).astype(np.float64) / 32768
    level = np.sqrt((padded.reshape(-1, size) ** 2).mean(axis=1))
    return np.asarray(level > 10 ** (VOICE_FLOOR_DBFS / 20))


def silence(length_s: float) -> Sound:
    """Return a sound of zeros."""
    return Sound(np.zeros(round(length_s * LINE_RATE_HZ), dtype=np.int16))


def read_voice(content: bytes) -> Sound:
    """Return what somebody says, from a WAV file of 16 bit, any rate, any number of channels.

    Raises:
        NotSoundError: It is no such file.
    """
    try:
        with wave.open(io.BytesIO(content)) as file:
            channels, width, rate_hz = file.getnchannels(), file.getsampwidth(), file.getframerate()
            raw = file.readframes(file.getnframes())
    except (wave.Error, EOFError) as error:
        raise NotSoundError("no WAV file") from error
    if width != 2:  # noqa: PLR2004  (bytes of a 16-bit sample)
        raise NotSoundError("not 16 bit")
    frames = np.frombuffer(raw[: len(raw) // (2 * channels) * 2 * channels], dtype="<i2").reshape(
        -1, channels
    )
    mono = frames.mean(axis=1).astype(np.int16)
    return Sound(mono if rate_hz == LINE_RATE_HZ else soxr.resample(mono, rate_hz, LINE_RATE_HZ))


def wav_file(
    samples: np.ndarray[tuple[int], np.dtype[np.int16]], *, rate_hz: int = LINE_RATE_HZ, channels: int = 1
) -> bytes:
    """Return samples as a WAV file of 16 bit."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate_hz)
        file.writeframes(samples.astype("<i2").tobytes())
    return out.getvalue()
