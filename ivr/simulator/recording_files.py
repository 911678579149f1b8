"""The file of a recording as the carrier hands it out, and what may be wrong with it."""

import math
from collections.abc import Callable
from typing import Final

import numpy as np

from ivr.simulator.mischief import MediaFault
from ivr.simulator.sounds import LINE_RATE_HZ, Sound, wav_file

HOUR_S: Final = 3600
HIGH_RATE_HZ: Final = 48_000
CD_CHANNELS: Final = 2
# MPEG 2.5 layer III, 32 kbit/s, 8000 Hz, mono, with no spectrum in it.
MP3_SILENT_FRAME: Final = bytes((0xFF, 0xE3, 0x48, 0xC0)) + bytes(284)
MP3_FRAME_SAMPLES: Final = 576


def wav_of(sound: Sound, fault: MediaFault | None) -> bytes:
    """Return a recording as WAV, or as what a fault makes of it."""
    return FAULTS[fault](sound) if fault is not None else sound.wav()


def mp3_of(sound: Sound) -> bytes:
    """Return an MP3 file of the right length and quality, but silent: nothing here encodes MP3."""
    return MP3_SILENT_FRAME * math.ceil(len(sound.samples) / MP3_FRAME_SAMPLES)


def _stereo(sound: Sound) -> bytes:
    return wav_file(np.repeat(sound.samples, CD_CHANNELS), channels=CD_CHANNELS)


def _high_rate(sound: Sound) -> bytes:
    return wav_file(np.repeat(sound.samples, HIGH_RATE_HZ // LINE_RATE_HZ), rate_hz=HIGH_RATE_HZ)


def _hour_long(sound: Sound) -> bytes:
    return wav_file(np.resize(sound.samples, HOUR_S * LINE_RATE_HZ))


def _truncated(sound: Sound) -> bytes:
    whole = sound.wav()
    return whole[: len(whole) // 2]


FAULTS: Final[dict[MediaFault, Callable[[Sound], bytes]]] = {
    "empty": lambda _: b"",
    "not_audio": lambda _: b"<html><body>Bad gateway</body></html>",
    "stereo": _stereo,
    "48_khz": _high_rate,
    "hour_long": _hour_long,
    "truncated": _truncated,
}
