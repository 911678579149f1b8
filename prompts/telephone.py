"""Making a sound fit for a telephone: its band, its ends, its level."""

from typing import Final

import numpy as np
import numpy.typing as npt

from prompts import levels
from prompts.g711 import SAMPLE_RATE_HZ, SAMPLES_PER_MS, Samples, decode, encode

Sound = npt.NDArray[np.float64]  # values from -1 to 1 at 8 kHz

LEVEL_DBFS: Final = -22.0  # RFC 7874, section 4: 2600 of 32767 while somebody speaks
_EDGE_MS: Final = 40
_FADE_MS: Final = 5
# A gentle slope, as real lines have: steeper ones made the voice harder to recognise (decision 0005).
_TAPS: Final = 73
# Below the loudest 10 ms within the band: a whispered s still counts, the noise floor does not.
_SILENT_DB: Final = 36


def for_telephone(sound: Sound) -> Samples:
    """Return a sound at -22 dBFS with short silent ends, as mu-law carries it."""
    speech = _levelled(sound)
    before, after = levels.edges(levels.frame_levels_dbfs(speech))
    heard = speech[before * levels.FRAME : len(speech) - after * levels.FRAME]
    return decode(encode(np.pad(heard, _EDGE_MS * SAMPLES_PER_MS)))


def in_band(sound: Sound) -> Sound:
    """Return the sound within 300 to 3400 Hz (a windowed-sinc filter, without delay)."""
    low, high = (edge / SAMPLE_RATE_HZ for edge in levels.BAND_HZ)
    at = np.arange(_TAPS) - _TAPS // 2
    taps = (2 * high * np.sinc(2 * high * at) - 2 * low * np.sinc(2 * low * at)) * np.hamming(_TAPS)
    return np.convolve(np.pad(sound, _TAPS // 2), taps, mode="valid")


def trimmed(sound: Sound) -> Sound:
    """Return the sound without the silence at its ends; silence is 36 dB below the loudest 10 ms."""
    frames = sounding_frames(sound)
    return faded(frames_between(sound, frames[0], frames[-1]))


def sounding_frames(sound: Sound) -> list[int]:
    """Return the numbers of the 10 ms frames that are not silent."""
    heard = levels.frame_levels_dbfs(_integers(sound))
    return [int(frame) for frame in np.flatnonzero(heard > heard.max() - _SILENT_DB)]


def frames_between(sound: Sound, first: int, last: int) -> Sound:
    """Return the stretch from one 10 ms frame to another, both included."""
    return sound[first * levels.FRAME : (last + 1) * levels.FRAME]


def faded(sound: Sound) -> Sound:
    """Return the sound with 5 ms of fading at both ends, so that cutting makes no click."""
    ramp = np.linspace(0, 1, _FADE_MS * SAMPLES_PER_MS)
    soft = sound.copy()
    soft[: len(ramp)] *= ramp
    soft[-len(ramp) :] *= ramp[::-1]
    return soft


def silence(length_ms: int) -> Sound:
    """Return silence."""
    return np.zeros(length_ms * SAMPLES_PER_MS)


def _levelled(sound: Sound) -> Samples:
    level = levels.active_level_dbfs(levels.frame_levels_dbfs(_integers(sound)))
    return _integers(sound * 10 ** ((LEVEL_DBFS - level) / 20))


def _integers(sound: Sound) -> Samples:
    return np.clip(np.rint(sound * 32768), -32768, 32767).astype(np.int16)
