"""Measuring speech as a telephone carries it: level, peaks, silence at the ends, and band."""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from prompts.g711 import SAMPLE_RATE_HZ, SAMPLES_PER_MS, Samples

BAND_HZ: Final = (300, 3400)
NOTHING_DBFS: Final = -100.0

_FULL_SCALE: Final = 32768.0
_FRAME_MS: Final = 10
FRAME: Final = _FRAME_MS * SAMPLES_PER_MS
_SILENCE_DBFS: Final = -52.0
_ACTIVITY_MARGIN_DB: Final = 15.9
_EDGE_HZ: Final = 60  # a filter of reasonable length is still falling this far outside the band
_HIGHEST_CODE: Final = 32124  # the loudest sample that mu-law knows


@dataclass(frozen=True, slots=True)
class Measures:
    """What was measured of one recording.

    Levels are in dB below full scale, where a full-scale square wave is 0 dBFS; `out_of_band_db` is the power
    outside 300 to 3400 Hz against the power of the whole.
    """

    duration_ms: int
    level_dbfs: float
    peak_dbfs: float
    clipped_samples: int
    leading_silence_ms: int
    trailing_silence_ms: int
    out_of_band_db: float


def measured(samples: Samples) -> Measures:
    """Measure a recording of one stretch of speech at 8 kHz."""
    frames = frame_levels_dbfs(samples)
    leading, trailing = edges(frames)
    magnitudes = np.abs(samples.astype(np.int32))
    return Measures(
        duration_ms=round(len(samples) / SAMPLES_PER_MS),
        level_dbfs=active_level_dbfs(frames),
        peak_dbfs=_decibel(float(magnitudes.max(initial=0)) / _FULL_SCALE),
        clipped_samples=int(np.count_nonzero(magnitudes >= _HIGHEST_CODE)),
        leading_silence_ms=leading * _FRAME_MS,
        trailing_silence_ms=trailing * _FRAME_MS,
        out_of_band_db=out_of_band_db(samples),
    )


def frame_levels_dbfs(samples: Samples) -> npt.NDArray[np.float64]:
    """Return the level of each 10 ms; a last piece shorter than that counts as silence-padded."""
    padded = np.pad(samples.astype(np.float64) / _FULL_SCALE, (0, -len(samples) % FRAME))
    power = np.mean(padded.reshape(-1, FRAME) ** 2, axis=1)
    levels: npt.NDArray[np.float64] = 10 * np.log10(np.maximum(power, 10 ** (NOTHING_DBFS / 10)))
    return levels


def active_level_dbfs(frames: npt.NDArray[np.float64]) -> float:
    """Return the level of the frames in which somebody speaks.

    A frame counts if it is at most 15.9 dB below the level of all that count (the margin of ITU-T P.56);
    starting with every frame, the set shrinks until it stays the same.
    """
    active = frames[frames > _SILENCE_DBFS]
    while len(active):
        level = _mean_dbfs(active)
        louder = active[active >= level - _ACTIVITY_MARGIN_DB]
        if len(louder) == len(active):
            return level
        active = louder
    return NOTHING_DBFS


def edges(frames: npt.NDArray[np.float64]) -> tuple[int, int]:
    """Return how many silent frames stand before and after the sound; before it all, if there is none."""
    sounding = np.flatnonzero(frames > _SILENCE_DBFS)
    if not len(sounding):
        return len(frames), 0
    return int(sounding[0]), int(len(frames) - 1 - sounding[-1])


def out_of_band_db(samples: Samples) -> float:
    """Return how much of the power lies outside the telephone band, in dB against the whole."""
    power = np.abs(np.fft.rfft(samples.astype(np.float64))) ** 2
    frequencies_hz = np.fft.rfftfreq(len(samples), 1 / SAMPLE_RATE_HZ) if len(samples) else np.zeros(0)
    outside = (frequencies_hz < BAND_HZ[0] - _EDGE_HZ) | (frequencies_hz > BAND_HZ[1] + _EDGE_HZ)
    whole = float(power.sum())
    return 10 * math.log10(max(float(power[outside].sum()) / whole, 1e-10)) if whole else NOTHING_DBFS


def _mean_dbfs(levels: npt.NDArray[np.float64]) -> float:
    return 10 * math.log10(float(np.mean(10 ** (levels / 10))))


def _decibel(ratio: float) -> float:
    return 20 * math.log10(ratio) if ratio > 0 else NOTHING_DBFS
