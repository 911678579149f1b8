"""G.711 mu-law, the eight bits a telephone carries: samples to bytes and back, and WAV files of them."""

from typing import Final

import numpy as np
import numpy.typing as npt

from prompts import riff
from prompts.errors import UnreadableClipError

SAMPLE_RATE_HZ: Final = 8000
SAMPLES_PER_MS: Final = SAMPLE_RATE_HZ // 1000

Samples = npt.NDArray[np.int16]

_FORM: Final = riff.Form(riff.MULAW, 1, SAMPLE_RATE_HZ, 8)
_BIAS: Final = 0x84
_CLIP: Final = 32635


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
    count = riff.chunk(b"fact", len(codes).to_bytes(4, "little"))
    return riff.wav_file(_FORM.to_chunk(), count, riff.chunk(b"data", codes))


def from_wav(wav: bytes, name: str = "The file") -> Samples:
    """Return the samples of a mono 8 kHz mu-law WAV file.

    Raises:
        UnreadableClipError: it is not such a file.
    """
    return decode(codes_of(wav, name))


def codes_of(wav: bytes, name: str = "The file") -> bytes:
    """Return the mu-law bytes of a mono 8 kHz WAV file, one for each sample.

    Raises:
        UnreadableClipError: it is not such a file.
    """
    form, codes = riff.samples_of(wav, name)
    if form != _FORM:
        raise UnreadableClipError(name, "it is not an 8 kHz mono mu-law WAV file")
    return codes
