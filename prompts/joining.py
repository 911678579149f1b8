"""Joining clips and silences into one stretch of sound, with pydub."""

import warnings
from collections.abc import Iterable

from prompts.g711 import SAMPLE_RATE_HZ, Samples

with warnings.catch_warnings():
    # pydub warns of a missing ffmpeg, which plain samples never need, and of audioop, for which a
    # replacement is installed where Python no longer has it.
    warnings.simplefilter("ignore")
    from pydub import AudioSegment


def joined(stretches: Iterable[tuple[Samples, int]]) -> bytes:
    """Return clips, each followed by its silence in ms, as 16-bit little-endian samples at 8 kHz, mono."""
    whole = AudioSegment.empty().set_frame_rate(SAMPLE_RATE_HZ)
    for samples, pause_ms in stretches:
        whole += _segment(samples) + AudioSegment.silent(pause_ms, frame_rate=SAMPLE_RATE_HZ)
    pcm: bytes = whole.raw_data
    return pcm


def _segment(samples: Samples) -> AudioSegment:
    little_endian = samples.astype("<i2").tobytes()
    return AudioSegment(data=little_endian, sample_width=2, frame_rate=SAMPLE_RATE_HZ, channels=1)
