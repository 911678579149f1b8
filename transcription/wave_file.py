"""WAV files in and out: every form a telephone company hands over, read with its sizes checked."""

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from transcription.recording import (
    EmptyRecordingError,
    NotAudioError,
    Recording,
    TooLongRecordingError,
    TruncatedRecordingError,
    UnknownEncodingError,
)

_PCM: Final = 0x0001
_FLOAT: Final = 0x0003
_A_LAW: Final = 0x0006
_MU_LAW: Final = 0x0007
_EXTENSIBLE: Final = 0xFFFE

_RIFF_HEADER_BYTES: Final = 12
_CHUNK_HEADER_BYTES: Final = 8
_FORMAT_BYTES: Final = 16
_SUBFORMAT_AT: Final = 24
_STREAMED: Final = 0xFFFFFFFF

_RATES_HZ: Final = range(4_000, 384_001)
_CHANNELS: Final = range(1, 9)


@dataclass(frozen=True, slots=True)
class _Format:
    """What the `fmt ` chunk says of the samples."""

    tag: int
    channels: int
    sample_rate_hz: int
    width_bits: int

    @property
    def frame_bytes(self) -> int:
        return self.channels * self.width_bits // 8


@dataclass(frozen=True, slots=True)
class _Sound:
    """The bytes of the `data` chunk, as far as they came."""

    content: memoryview
    is_truncated: bool


def read_recording(data: bytes, *, longest_s: int = 600) -> Recording:
    """Return the sound of a WAV file as mono 16-bit samples at its own rate.

    A file that was cut off is read as far as it goes and says so in `is_truncated`.

    Args:
        data: A whole WAV file: PCM of 8, 16, 24 or 32 bits, float of 32 or 64, G.711 mu-law
            or A-law, 1 to 8 channels (mixed down), 4 000 to 384 000 Hz.
        longest_s: Longer recordings are refused before they are decoded.

    Raises:
        NotAudioError: It is no WAV file, or its header makes no sense.
        UnknownEncodingError: It is a WAV file of another encoding.
        EmptyRecordingError: It is whole but has no sample.
        TruncatedRecordingError: It ends before the first sample.
        TooLongRecordingError: It is longer than `longest_s`.
    """
    sound_format, sound = _parts(data)
    frames = len(sound.content) // sound_format.frame_bytes
    if not frames:
        raise TruncatedRecordingError if sound.is_truncated else EmptyRecordingError
    if frames > longest_s * sound_format.sample_rate_hz:
        raise TooLongRecordingError(longest_s)
    samples = _decoder(sound_format)(sound.content[: frames * sound_format.frame_bytes])
    return Recording(
        _mixed_down(samples, sound_format.channels), sound_format.sample_rate_hz, sound.is_truncated
    )


def to_wav(recording: Recording) -> bytes:
    """Return the recording as a mono 16-bit PCM WAV file at its own rate."""
    content = recording.samples.astype("<i2").tobytes()
    rate_hz = recording.sample_rate_hz
    sound_format = struct.pack("<4sIHHIIHH", b"fmt ", 16, _PCM, 1, rate_hz, rate_hz * 2, 2, 16)
    sound = struct.pack("<4sI", b"data", len(content)) + content
    return struct.pack("<4sI4s", b"RIFF", 4 + len(sound_format) + len(sound), b"WAVE") + sound_format + sound


def _parts(data: bytes) -> tuple[_Format, _Sound]:
    _check_opening(data)
    sound_format: _Format | None = None
    for name, announced, content in _chunks(memoryview(data)):
        if name == b"fmt ":
            sound_format = _format(content)
        elif name == b"data":
            if sound_format is None:
                raise NotAudioError("the sound comes before its description")
            return sound_format, _Sound(content, is_truncated=len(content) < announced)
    # No sound at all: a file that is as long as it says has none, a shorter one lost it.
    is_whole = len(data) >= _announced_bytes(data) and sound_format is not None
    raise EmptyRecordingError if is_whole else TruncatedRecordingError


def _check_opening(data: bytes) -> None:
    if not data:
        raise EmptyRecordingError
    if not b"RIFF".startswith(data[:4]) or not b"WAVE".startswith(data[8:12]):
        raise NotAudioError
    if len(data) < _RIFF_HEADER_BYTES:
        raise TruncatedRecordingError


def _announced_bytes(data: bytes | memoryview) -> int:
    return _CHUNK_HEADER_BYTES + int.from_bytes(data[4:8], "little")


def _chunks(data: memoryview) -> Iterator[tuple[bytes, int, memoryview]]:
    """Yield name, announced size and content (never beyond the file's end) of each chunk."""
    at = _RIFF_HEADER_BYTES
    while at + _CHUNK_HEADER_BYTES <= len(data):
        name, announced = struct.unpack_from("<4sI", data, at)
        at += _CHUNK_HEADER_BYTES
        if name == b"data" and _is_streamed(data, announced):
            announced = len(data) - at
        yield name, announced, data[at : at + announced]
        at += announced + announced % 2


def _is_streamed(data: memoryview, announced: int) -> bool:
    """Say whether the writer could not know the length and left a placeholder: then all there is counts."""
    is_riff_unfinished = (
        _announced_bytes(data) <= _RIFF_HEADER_BYTES + _CHUNK_HEADER_BYTES * 2 + _FORMAT_BYTES
    )
    return announced == _STREAMED or (announced == 0 and is_riff_unfinished)


def _format(content: memoryview) -> _Format:
    if len(content) < _FORMAT_BYTES:
        raise TruncatedRecordingError
    tag, channels, rate_hz, _, _, width_bits = struct.unpack_from("<HHIIHH", content)
    if tag == _EXTENSIBLE and len(content) >= _SUBFORMAT_AT + 2:
        (tag,) = struct.unpack_from("<H", content, _SUBFORMAT_AT)
    return _plausible(_Format(tag, channels, rate_hz, width_bits))


def _plausible(sound_format: _Format) -> _Format:
    if sound_format.sample_rate_hz not in _RATES_HZ:
        raise NotAudioError("its sample rate is impossible")
    if sound_format.channels not in _CHANNELS:
        raise NotAudioError("its number of channels is impossible")
    _decoder(sound_format)
    return sound_format


_Decoder = Callable[[memoryview], npt.NDArray[np.int16]]


def _decoder(sound_format: _Format) -> _Decoder:
    kind = (sound_format.tag, sound_format.width_bits)
    try:
        return _DECODERS[kind]
    except KeyError:
        raise UnknownEncodingError(*kind) from None


def _from_8_bit(content: memoryview) -> npt.NDArray[np.int16]:
    return (np.frombuffer(content, np.uint8).astype(np.int16) - 128) * 256


def _from_16_bit(content: memoryview) -> npt.NDArray[np.int16]:
    return np.frombuffer(content, "<i2").astype(np.int16)


def _from_24_bit(content: memoryview) -> npt.NDArray[np.int16]:
    upper_bytes = np.frombuffer(content, np.uint8).reshape(-1, 3)[:, 1:]
    return np.ascontiguousarray(upper_bytes).view("<i2").astype(np.int16).ravel()


def _from_32_bit(content: memoryview) -> npt.NDArray[np.int16]:
    upper_half: npt.NDArray[np.int16] = (np.frombuffer(content, "<i4") >> 16).astype(np.int16)
    return upper_half


def _from_float(content: memoryview, dtype: str) -> npt.NDArray[np.int16]:
    heard = np.nan_to_num(np.frombuffer(content, dtype), nan=0.0, posinf=1.0, neginf=-1.0)
    samples: npt.NDArray[np.int16] = np.clip(np.rint(heard * 32768.0), -32768, 32767).astype(np.int16)
    return samples


def _mu_law_table() -> npt.NDArray[np.int16]:
    code = ~np.arange(256, dtype=np.uint8)
    magnitude = (((code & 0x0F).astype(np.int32) << 3) + 0x84) << ((code & 0x70) >> 4)
    return np.where(code & 0x80, 0x84 - magnitude, magnitude - 0x84).astype(np.int16)


def _a_law_table() -> npt.NDArray[np.int16]:
    code = np.arange(256, dtype=np.uint8) ^ 0x55
    segment = ((code & 0x70) >> 4).astype(np.int32)
    step = (code & 0x0F).astype(np.int32) << 4
    magnitude = np.where(segment == 0, step + 8, (step + 0x108) << np.maximum(segment - 1, 0))
    return np.where(code & 0x80, magnitude, -magnitude).astype(np.int16)


# Source: ITU-T G.711, tables 1a (A-law) and 2a (mu-law), at 16-bit full scale.
_MU_LAW_TABLE: Final = _mu_law_table()
_A_LAW_TABLE: Final = _a_law_table()

_DECODERS: Final[dict[tuple[int, int], _Decoder]] = {
    (_PCM, 8): _from_8_bit,
    (_PCM, 16): _from_16_bit,
    (_PCM, 24): _from_24_bit,
    (_PCM, 32): _from_32_bit,
    (_FLOAT, 32): lambda content: _from_float(content, "<f4"),
    (_FLOAT, 64): lambda content: _from_float(content, "<f8"),
    (_MU_LAW, 8): lambda content: _MU_LAW_TABLE[np.frombuffer(content, np.uint8)],
    (_A_LAW, 8): lambda content: _A_LAW_TABLE[np.frombuffer(content, np.uint8)],
}


def _mixed_down(samples: npt.NDArray[np.int16], channels: int) -> npt.NDArray[np.int16]:
    if channels == 1:
        return samples
    mono: npt.NDArray[np.int16] = samples.reshape(-1, channels).mean(axis=1).round().astype(np.int16)
    return mono
