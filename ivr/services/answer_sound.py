"""A spoken answer made fit for the telephone: judged, cut to its band, trimmed, levelled."""

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import soxr

from prompts.g711 import SAMPLE_RATE_HZ, SAMPLES_PER_MS, Samples
from prompts.labels import Label, labelled_wav
from prompts.telephone import Sound, for_telephone, in_band, trimmed
from transcription import audio
from transcription.recording import Recording, TooLongRecordingError, UnreadableRecordingError

LONGEST_S: Final = 120
"""As long as her own message may be; a longer answer costs her credit and is not remembered."""

SHORTEST_MS: Final = 1000
QUIETEST_DBFS: Final = -50.0
"""Below this a microphone was closed or far away, and levelling would lift its noise into words."""

_FULL: Final = 32_700
_MOST_FULL: Final = 0.002
"""So many samples at full scale are heard as crackling."""

Fault = Literal["unreadable", "too_long", "too_short", "silent", "noise", "too_quiet", "too_loud"]


class UnfitSoundError(Exception):
    """What was recorded cannot be played to a caller.

    Attributes:
        fault: Why.
    """

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault)
        self.fault: Fault = fault


@dataclass(frozen=True, slots=True)
class AnswerSound:
    """An answer as a caller hears it.

    Attributes:
        wav: 16-bit PCM WAV, 8 kHz, mono, -22 dBFS while somebody speaks.
    """

    wav: bytes
    length_ms: int


def make_answer(data: bytes, language: str) -> AnswerSound:
    """Make an answer of a WAV file as a microphone or a program gave it.

    Raises:
        UnfitSoundError: nobody could understand it, or it is too long.
    """
    recording = _read(data)
    _refuse_unfit(recording)
    samples = for_telephone(trimmed(in_band(_at_half_scale(recording))))
    return AnswerSound(_labelled(samples, language), len(samples) // SAMPLES_PER_MS)


def _read(data: bytes) -> Recording:
    try:
        return audio.read_recording(data, longest_s=LONGEST_S)
    except TooLongRecordingError:
        raise UnfitSoundError("too_long") from None
    except UnreadableRecordingError:
        raise UnfitSoundError("unreadable") from None


def _refuse_unfit(recording: Recording) -> None:
    heard = audio.listening(recording)
    if heard.verdict in {"silent", "noise"}:
        raise UnfitSoundError(heard.verdict)
    if heard.level_dbfs < QUIETEST_DBFS:
        raise UnfitSoundError("too_quiet")
    if heard.speech_ms < SHORTEST_MS:
        raise UnfitSoundError("too_short")
    if np.mean(np.abs(recording.samples.astype(np.int32)) >= _FULL) > _MOST_FULL:
        raise UnfitSoundError("too_loud")


def _at_half_scale(recording: Recording) -> Sound:
    """Return the sound at the rate of the telephone, as loud as levels can be measured well."""
    samples = recording.samples.astype(np.float64)
    resampled: Sound = soxr.resample(samples, recording.sample_rate_hz, SAMPLE_RATE_HZ, quality="VHQ")
    louder: Sound = resampled * (0.5 / np.abs(resampled).max())
    return louder


def _labelled(samples: Samples, language: str) -> bytes:
    """Return a WAV file by which the practice phone knows what it plays; it carries no words."""
    return labelled_wav(samples.astype("<i2").tobytes(), Label(("answer",), "", language))
