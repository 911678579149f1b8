"""The recipe of draft recordings: a synthesiser's sentences, paced, in the telephone band and levelled."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Final

import numpy as np

from prompts import levels
from prompts.catalogue import Catalogue, Clip, Language, Prompt, Timing
from prompts.g711 import SAMPLE_RATE_HZ, SAMPLES_PER_MS, Samples, decode, encode, to_wav
from prompts.recordings import Recorded, clip_path, read_index, text_sha256, write_index
from prompts.synthesisers import Sound, spoken

LEVEL_DBFS: Final = -22.0
_EDGE_MS: Final = 40
_FADE_MS: Final = 5
# A gentle slope, as real lines have: steeper ones made the voice harder to recognise (decision 0005).
_TAPS: Final = 73
_SENTENCE_END: Final = re.compile(r"(?<=[.?!])\s+")
_WORD: Final = re.compile(r"[\w-]+")
_REPEATS: Final = 3
# Below the loudest 10 ms within the band: a whispered s still counts, the noise floor does not.
_SILENT_DB: Final = 36


def make_drafts(catalogue: Catalogue, language: str, clips: Iterable[Clip]) -> Iterator[Clip]:
    """Speak, level and store these clips in a language, yielding each when its file is written.

    Raises:
        SynthesiserMissingError: the synthesiser of the language's voice is not installed.
    """
    index = read_index(catalogue.folder, language)
    words = catalogue.language(language)
    for clip in clips:
        prompt = catalogue.prompts.get(clip.prompt)
        samples = tone(prompt) if prompt and prompt.tone_hz else draft(clip, words, catalogue.timing)
        path = clip_path(catalogue.folder, language, clip.name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(to_wav(samples))
        index[clip.name] = _entry(clip, samples, words)
        write_index(catalogue.folder, language, index)
        yield clip


def draft(clip: Clip, words: Language, timing: Timing) -> Samples:
    """Return a clip as the draft voice of the language speaks it, ready for the telephone."""
    if clip.prompt.startswith("digit_"):
        return for_telephone(_digit(clip, words))
    sentences = _SENTENCE_END.split(clip.text)
    pauses_ms = _pauses_ms(sentences, words, timing)
    pieces = [np.zeros(0)]
    for sentence, pause_ms in zip(sentences, pauses_ms, strict=True):
        pieces += [_said(words, sentence), _silence(pause_ms)]
    return for_telephone(np.concatenate(pieces))


def tone(prompt: Prompt) -> Samples:
    """Return the sound of a prompt without words, faded at both ends."""
    at = np.arange(prompt.tone_ms * SAMPLES_PER_MS) / SAMPLE_RATE_HZ
    return for_telephone(_faded(0.1 * np.sin(2 * np.pi * prompt.tone_hz * at)))


def for_telephone(sound: Sound) -> Samples:
    """Return a sound at -22 dBFS with short silent ends, as mu-law carries it."""
    speech = _levelled(sound)
    before, after = levels.edges(levels.frame_levels_dbfs(speech))
    heard = speech[before * levels.FRAME : len(speech) - after * levels.FRAME]
    return decode(encode(np.pad(heard, _EDGE_MS * SAMPLES_PER_MS)))


def _said(words: Language, text: str) -> Sound:
    return _trimmed(_band(spoken(words.voice, text)))


def _digit(clip: Clip, words: Language) -> Sound:
    """Return the middle or the last of three: the middle one is spoken as going on, the last as ending."""
    pieces = _between_pauses(_said(words, ", ".join([clip.text] * _REPEATS) + "."))
    return pieces[-1] if clip.ending else pieces[-2]


def _between_pauses(sound: Sound) -> list[Sound]:
    """Cut a sound at its longest pauses, the closures within words being shorter."""
    frames = _sounding_frames(sound)
    longest = sorted(pairwise(frames), key=lambda pause: pause[0] - pause[1])[: _REPEATS - 1]
    starts = [frames[0], *sorted(end for _, end in longest)]
    ends = [*sorted(start for start, _ in longest), frames[-1]]
    return [_frames(sound, start, end) for start, end in zip(starts, ends, strict=True)]


def _pauses_ms(sentences: Sequence[str], words: Language, timing: Timing) -> list[int]:
    """Return the silence after each sentence: longer between two options of a menu, none after the last."""
    options = [_is_option(sentence, words) for sentence in sentences]
    return [
        timing.pause_between_options_ms if this and following else timing.pause_between_sentences_ms
        for this, following in pairwise(options)
    ] + [0]


def _is_option(sentence: str, words: Language) -> bool:
    said = [word.lower() for word in _WORD.findall(sentence)]
    keys = {*words.numbers.values(), *words.key_names.values()}
    return bool(said) and (bool(set(said) & set(words.option_words)) or said[-1] in keys)


def _band(sound: Sound) -> Sound:
    """Return the sound within the telephone band (a windowed-sinc filter, without delay)."""
    low, high = (edge / SAMPLE_RATE_HZ for edge in levels.BAND_HZ)
    at = np.arange(_TAPS) - _TAPS // 2
    taps = (2 * high * np.sinc(2 * high * at) - 2 * low * np.sinc(2 * low * at)) * np.hamming(_TAPS)
    return np.convolve(np.pad(sound, _TAPS // 2), taps, mode="valid")


def _levelled(sound: Sound) -> Samples:
    level = levels.active_level_dbfs(levels.frame_levels_dbfs(_integers(sound)))
    return _integers(sound * 10 ** ((LEVEL_DBFS - level) / 20))


def _trimmed(sound: Sound) -> Sound:
    """Return the sound without the silence at its ends; silence is 36 dB below the loudest 10 ms."""
    frames = _sounding_frames(sound)
    return _faded(_frames(sound, frames[0], frames[-1]))


def _sounding_frames(sound: Sound) -> list[int]:
    heard = levels.frame_levels_dbfs(_integers(sound))
    return [int(frame) for frame in np.flatnonzero(heard > heard.max() - _SILENT_DB)]


def _frames(sound: Sound, first: int, last: int) -> Sound:
    return sound[first * levels.FRAME : (last + 1) * levels.FRAME]


def _faded(sound: Sound) -> Sound:
    ramp = np.linspace(0, 1, _FADE_MS * SAMPLES_PER_MS)
    faded = sound.copy()
    faded[: len(ramp)] *= ramp
    faded[-len(ramp) :] *= ramp[::-1]
    return faded


def _silence(length_ms: int) -> Sound:
    return np.zeros(length_ms * SAMPLES_PER_MS)


def _integers(sound: Sound) -> Samples:
    return np.clip(np.rint(sound * 32768), -32768, 32767).astype(np.int16)


def _entry(clip: Clip, samples: Samples, words: Language) -> Recorded:
    measures = levels.measured(samples)
    return Recorded(
        text_sha256=text_sha256(clip.text),
        version=clip.version,
        duration_ms=measures.duration_ms,
        level_dbfs=round(measures.level_dbfs, 1),
        voice=f"{words.voice.synthesiser} {words.voice.name}",
        status="draft",
    )
