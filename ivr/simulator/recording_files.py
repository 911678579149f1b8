"""The file of a recording as the carrier hands it out, and what may be wrong with it."""

from collections.abc import Callable
from typing import Final

import numpy as np

from ivr.simulator.mischief import MediaFault
from ivr.simulator.sounds import LINE_RATE_HZ, Sound, wav_file

HOUR_S: Final = 3600
HIGH_RATE_HZ: Final = 48_000
CD_CHANNELS: Final = 2


def wav_of(sound: Sound, fault: MediaFault | None) -> bytes:
    """Return a recording as WAV, or as what a fault makes of it."""
    return FAULTS[fault](sound) if fault is not None else sound.wav()


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
