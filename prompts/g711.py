"""G.711 mu-law, the eight bits a telephone carries: samples to bytes and back, and WAV files of them."""

import struct
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from prompts.errors import UnreadableClipError

SAMPLE_RATE_HZ: Final = 8000
SAMPLES_PER_MS: Final = SAMPLE_RATE_HZ // 1000

Samples = npt.NDArray[np.int16]

_MULAW: Final = 7  # the format tag of mu-law in a WAV header (RFC 2361)
_BIAS: Final = 0x84
_CLIP: Final = 32635
_FORM: Final = struct.Struct("<HHIIHH")
_HEADER: Final = struct.Struct("<4sI4s4sIHHIIHHH4sII4sI")


@dataclass(frozen=True, slots=True)
class Form:
    """How a WAV file writes its samples (`tag` 1 is PCM, 7 is mu-law), and its content."""

    tag: int
    channels: int
    rate_hz: int
    bits: int
    content: bytes


def _decoded(code: int) -> int:
    code = ~code & 0xFF
    magnitude = (((code & 0x0F) << 3) + _BIAS) << ((code >> 4) & 0x07)
    return _BIAS - magnitude if code & 0x80 else magnitude - _BIAS


_SAMPLE_OF: Final = np.array([_decoded(code) for code in range(256)], dtype=np.int16)


def decode(codes: bytes) -> Samples:
    """Return mu-law bytes as 16-bit samples."""
    return _SAMPLE_OF[np.frombuffer(codes, dtype=np.uint8)]


def encode(samples: Samples) -> bytes:
    """Return 16-bit samples as mu-law bytes.

    Source: ITU-T G.711; a sample is biased, its highest bit gives the segment, the four below it the step.
    """
    wide = samples.astype(np.int32)
    sign = np.where(wide < 0, 0x80, 0)
    magnitude = np.minimum(np.abs(wide), _CLIP) + _BIAS
    segment = np.log2(magnitude).astype(np.int32) - 7
    step = (magnitude >> (segment + 3)) & 0x0F
    codes: npt.NDArray[np.uint8] = (~(sign | (segment << 4) | step) & 0xFF).astype(np.uint8)
    return codes.tobytes()


def to_wav(samples: Samples) -> bytes:
    """Return 8 kHz samples as a mono mu-law WAV file."""
    codes = encode(samples)
    padded = codes + b"\0" * (len(codes) % 2)
    sizes = (_HEADER.size - 8 + len(padded), 18, _MULAW, 1, SAMPLE_RATE_HZ, SAMPLE_RATE_HZ, 1, 8, 0)
    size, *form = sizes
    head = _HEADER.pack(b"RIFF", size, b"WAVE", b"fmt ", *form, b"fact", 4, len(codes), b"data", len(codes))
    return head + padded


def from_wav(content: bytes, name: str = "The file") -> Samples:
    """Return the samples of a mono 8 kHz mu-law WAV file.

    Raises:
        UnreadableClipError: it is not such a file.
    """
    form = form_of(content, name)
    if (form.tag, form.channels, form.rate_hz) != (_MULAW, 1, SAMPLE_RATE_HZ):
        raise UnreadableClipError(name, "it is not an 8 kHz mono mu-law WAV file")
    return decode(form.content)


def form_of(content: bytes, name: str = "The file") -> Form:
    """Return how a WAV file writes its samples, and the samples.

    Raises:
        UnreadableClipError: it is not a WAV file.
    """
    chunks = chunks_of(content, name)
    if len(chunks.get(b"fmt ", b"")) < _FORM.size:
        raise UnreadableClipError(name, "it does not say how its samples are written")
    tag, channels, rate_hz, _, _, bits = _FORM.unpack_from(chunks[b"fmt "])
    return Form(tag, channels, rate_hz, bits, chunks.get(b"data", b""))


def chunks_of(content: bytes, name: str = "The file") -> dict[bytes, bytes]:
    """Return the chunks of a RIFF WAVE file by their four letters.

    Raises:
        UnreadableClipError: it is not a RIFF WAVE file, or it is cut short.
    """
    if content[:4] != b"RIFF" or content[8:12] != b"WAVE":
        raise UnreadableClipError(name, "it is not a WAV file")
    chunks: dict[bytes, bytes] = {}
    at = 12
    while at + 8 <= len(content):
        size = int.from_bytes(content[at + 4 : at + 8], "little")
        if at + 8 + size > len(content):
            raise UnreadableClipError(name, "it is cut short")
        chunks[content[at : at + 4]] = content[at + 8 : at + 8 + size]
        at += 8 + size + size % 2
    return chunks
