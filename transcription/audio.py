"""What is done with sound: read it, judge it, tidy it for ears, draw it, ready it for the recogniser."""

import warnings
from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np
import numpy.typing as npt
import soxr

from transcription.recording import (
    EmptyRecordingError,
    NotAudioError,
    Recording,
    TooLongRecordingError,
    TruncatedRecordingError,
    UnknownEncodingError,
    UnreadableRecordingError,
)
from transcription.wave_file import read_recording, to_wav

with warnings.catch_warnings():
    # pydub warns that ffmpeg is missing (only WAV is read here) and that audioop leaves Python 3.13.
    warnings.simplefilter("ignore")
    from pydub import AudioSegment

__all__ = [
    "EmptyRecordingError",
    "Heard",
    "NotAudioError",
    "Recording",
    "TooLongRecordingError",
    "TruncatedRecordingError",
    "UnknownEncodingError",
    "UnreadableRecordingError",
    "listening",
    "read_recording",
    "tidy",
    "to_recognizer_pcm",
    "to_wav",
    "waveform",
]

_FRAME_MS: Final = 20
_FULL_SCALE: Final = 32768.0
_FLOOR_DBFS: Final = -100.0

# Bounds between voice and not; chosen so that doubt ends as speech.
_NEVER_SPEECH_DBFS: Final = -60.0
_ABOVE_NOISE_DB: Final = 6.0
_BELOW_LOUDEST_DB: Final = 20.0
_SILENT_DBFS: Final = -66.0
_STEADY_DB: Final = 2.0
_SHORTEST_NOISE_MS: Final = 1500
_STEADY_OVER_FRAMES: Final = 10
_SHORTEST_RECORDING_MS: Final = 500
_SHORTEST_SPEECH_MS: Final = 160

_KEPT_SILENCE_MS: Final = 250
_SPEECH_TARGET_DBFS: Final = -20.0
_PEAK_LIMIT_DBFS: Final = -1.0
_MOST_GAIN_DB: Final = 30.0

# A drawing of near silence stays flat instead of being blown up to full height.
_FULL_HEIGHT_FROM: Final = _FULL_SCALE * 0.05

Verdict = Literal["speech", "silent", "noise", "too_short"]


@dataclass(frozen=True, slots=True)
class Heard:
    """What there is to hear in a recording.

    Attributes:
        level_dbfs: Mean level of the parts with speech, or of all when there are none.
        speech_ms: How long something rose above the silence or the noise.
        verdict: Anything but "speech" sets the message aside for a later listener.
    """

    level_dbfs: float
    speech_ms: int
    verdict: Verdict


def listening(recording: Recording) -> Heard:
    """Judge the untouched sound; when unsure the verdict is speech."""
    powers = _frame_powers(recording)
    active = _active(powers)
    active_ms = int(active.sum()) * _FRAME_MS
    level_dbfs = _level_dbfs(powers[active] if active.any() else powers)
    verdict = _verdict(recording, powers, active_ms)
    return Heard(round(level_dbfs, 1), 0 if verdict in {"silent", "noise"} else active_ms, verdict)


def tidy(recording: Recording) -> Recording:
    """Return the recording trimmed and levelled, for ears and for the recogniser.

    Outer silence is cut but for 250 ms, and speech is brought to about -20 dBFS without clipping.
    Times of words found in the tidied sound refer to the tidied sound, which is what staff hear;
    `starts_at_ms` says where it begins in the recording given. What has no speech, or is shorter than
    half a second, comes back as it is.
    """
    powers = _frame_powers(recording)
    active = _active(powers)
    if not active.any() or recording.duration_ms < _SHORTEST_RECORDING_MS:
        return recording
    start_ms, end_ms = _bounds_ms(active, recording.duration_ms)
    gain_db = min(_SPEECH_TARGET_DBFS - _level_dbfs(powers[active]), _MOST_GAIN_DB)
    bent = _without_clipping(recording.samples, gain_db)
    segment = _segment(bent, recording.sample_rate_hz)[start_ms:end_ms].apply_gain(gain_db)
    samples = np.frombuffer(segment.raw_data, np.int16)
    return replace(recording, samples=samples, starts_at_ms=recording.starts_at_ms + start_ms)


def waveform(recording: Recording, points: int = 300) -> tuple[int, ...]:
    """Return the peaks of equal stretches, 0 to 100 of the loudest, for the drawing."""
    loudness = np.abs(recording.samples.astype(np.int32))
    edges = np.linspace(0, len(loudness), points + 1).astype(np.intp)[:-1]
    peaks = np.maximum.reduceat(loudness, np.minimum(edges, len(loudness) - 1))
    return tuple(int(peak) for peak in np.rint(peaks * (100 / max(loudness.max(), _FULL_HEIGHT_FROM))))


def to_recognizer_pcm(recording: Recording, sample_rate_hz: int) -> bytes:
    """Return the recording as the samples that the recogniser is told to expect.

    Args:
        recording: Sound at any rate.
        sample_rate_hz: The rate that the model was trained at (`Recognizer.sample_rate_hz`).

    Returns:
        Signed 16-bit little-endian PCM, mono: 2 bytes a sample, no header.
    """
    samples = recording.samples
    if recording.sample_rate_hz != sample_rate_hz:
        samples = soxr.resample(samples, recording.sample_rate_hz, sample_rate_hz)
    return samples.astype("<i2", copy=False).tobytes()


def _frame_powers(recording: Recording) -> npt.NDArray[np.float64]:
    """Return the mean square of each 20 ms, full scale 1; a steady offset does not count."""
    length = max(recording.sample_rate_hz * _FRAME_MS // 1000, 1)
    heard = recording.samples.astype(np.float32) / np.float32(_FULL_SCALE)
    heard -= heard.mean()
    missing = -len(heard) % length
    frames = np.pad(heard, (0, missing)).reshape(-1, length)
    powers: npt.NDArray[np.float64] = np.einsum("ij,ij->i", frames, frames, dtype=np.float64) / length
    return powers


def _dbfs(power: npt.ArrayLike) -> npt.NDArray[np.float64]:
    levels: npt.NDArray[np.float64] = 10 * np.log10(np.maximum(power, 10 ** (_FLOOR_DBFS / 10)))
    return levels


def _level_dbfs(powers: npt.NDArray[np.float64]) -> float:
    """Return the mean level; a bang counts no more than the loudest syllables."""
    return float(_dbfs(np.minimum(powers, np.percentile(powers, 95)).mean()))


def _active(powers: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
    """Say of each frame whether it stands out of the silence or the steady noise."""
    levels = _dbfs(powers)
    quiet, loud = np.percentile(levels, (5, 95))
    threshold = min(quiet + _ABOVE_NOISE_DB, max(loud, levels.max() - _ABOVE_NOISE_DB) - _BELOW_LOUDEST_DB)
    active: npt.NDArray[np.bool_] = levels > max(threshold, _NEVER_SPEECH_DBFS)
    return active


def _verdict(recording: Recording, powers: npt.NDArray[np.float64], active_ms: int) -> Verdict:
    smooth = _dbfs(_smoothed(powers))
    if recording.duration_ms < _SHORTEST_RECORDING_MS:
        return "too_short"
    if smooth.max() < _SILENT_DBFS:
        return "silent"
    if recording.duration_ms >= _SHORTEST_NOISE_MS and smooth.max() - smooth.min() < _STEADY_DB:
        return "noise"
    return "speech" if active_ms >= _SHORTEST_SPEECH_MS else "too_short"


def _smoothed(powers: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    width = min(_STEADY_OVER_FRAMES, len(powers))
    return np.convolve(powers, np.full(width, 1 / width), "valid")


def _bounds_ms(active: npt.NDArray[np.bool_], duration_ms: int) -> tuple[int, int]:
    frames = np.flatnonzero(active)
    start_ms = int(frames[0]) * _FRAME_MS - _KEPT_SILENCE_MS
    end_ms = int(frames[-1] + 1) * _FRAME_MS + _KEPT_SILENCE_MS
    return max(start_ms, 0), min(end_ms, duration_ms)


def _segment(samples: npt.NDArray[np.int16], sample_rate_hz: int) -> AudioSegment:
    return AudioSegment(samples.tobytes(), sample_width=2, frame_rate=sample_rate_hz, channels=1)


def _without_clipping(samples: npt.NDArray[np.int16], gain_db: float) -> npt.NDArray[np.int16]:
    """Bend down the peaks that the gain would push over the limit, so that one bang costs no words."""
    limit = _FULL_SCALE * 10 ** ((_PEAK_LIMIT_DBFS - gain_db) / 20)
    size = np.abs(samples.astype(np.float64))
    if size.max() <= limit:
        return samples
    knee = limit / 2
    bent = np.minimum(size, knee) + knee * np.tanh(np.maximum(size - knee, 0) / knee)
    return np.copysign(bent, samples).astype(np.int16)
