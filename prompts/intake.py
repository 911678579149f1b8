"""Taking recordings in: a voice becomes a clip fit for the telephone, entered in the index."""

import numpy as np
import soxr

from prompts import levels, riff
from prompts.catalogue import Catalogue, Clip
from prompts.checks import Fault, sound_faults
from prompts.errors import UnknownClipError, UnreadableClipError
from prompts.g711 import SAMPLE_RATE_HZ, Samples, to_wav
from prompts.recordings import Recorded, Status, clip_path, read_index, text_sha256, write_index
from prompts.telephone import Sound, for_telephone, in_band, trimmed


def take_in(catalogue: Catalogue, language: str, name: str, wav: bytes, voice: str) -> tuple[Fault, ...]:
    """Keep somebody's recording of a clip as approved, cut to the telephone band, trimmed and levelled.

    Returns:
        What is still wrong with it; if anything is, it was not kept.

    Raises:
        UnknownClipError: no prompt of this language has such a clip.
        UnreadableClipError: the file is not 16-bit PCM WAV.
    """
    clip = catalogue.clips(language, catalogue.prompts).get(name)
    if clip is None:
        raise UnknownClipError(language, name)
    samples = for_telephone(trimmed(in_band(_half_scale(from_pcm(wav, name)))))
    faults = tuple(sound_faults(language, name, levels.measured(samples)))
    if not faults:
        keep(catalogue, language, clip, samples, voice, "approved")
    return faults


def keep(
    catalogue: Catalogue, language: str, clip: Clip, samples: Samples, voice: str, status: Status
) -> None:
    """Store a clip and enter it in the index of its language."""
    measures = levels.measured(samples)
    path = clip_path(catalogue.folder, language, clip.name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(to_wav(samples))
    entry = Recorded(
        text_sha256=text_sha256(clip.text),
        version=clip.version,
        duration_ms=measures.duration_ms,
        level_dbfs=round(measures.level_dbfs, 1),
        voice=voice,
        status=status,
    )
    write_index(catalogue.folder, language, read_index(catalogue.folder, language) | {clip.name: entry})


def from_pcm(wav: bytes, name: str) -> Sound:
    """Return a 16-bit PCM WAV file of any rate as 8 kHz mono, values from -1 to 1.

    Raises:
        UnreadableClipError: it is something else, or holds no sound.
    """
    form, content = riff.samples_of(wav, name)
    if (form.tag, form.bits) != (riff.PCM, 16):
        raise UnreadableClipError(name, "it is not 16-bit PCM")
    samples = np.frombuffer(content, dtype="<i2").reshape(-1, form.channels).mean(axis=1) / 32768
    if not np.any(samples):
        raise UnreadableClipError(name, "there is no sound in it")
    resampled: Sound = soxr.resample(samples, form.rate_hz, SAMPLE_RATE_HZ, quality="VHQ")
    return resampled


def _half_scale(sound: Sound) -> Sound:
    """Bring a whisper or a shout to where levels can be measured."""
    louder: Sound = sound * (0.5 / np.abs(sound).max())
    return louder
