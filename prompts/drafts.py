"""The recipe of draft recordings: a synthesiser's sentences, paced, in the telephone band and levelled."""

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

import numpy as np

from prompts.catalogue import Catalogue, Clip, Language, Prompt, Timing, Voice
from prompts.errors import NoVoiceError
from prompts.g711 import SAMPLE_RATE_HZ, SAMPLES_PER_MS, Samples
from prompts.intake import keep
from prompts.synthesisers import spoken
from prompts.telephone import (
    Sound,
    faded,
    for_telephone,
    frames_between,
    in_band,
    silence,
    sounding_frames,
    trimmed,
)

_SENTENCE_END: Final = re.compile(r"(?<=[.?!])\s+")
_WORD: Final = re.compile(r"[\w-]+")
_REPEATS: Final = 3


def make_draft(catalogue: Catalogue, language: str, clip: Clip) -> None:
    """Speak, level and store a clip with the draft voice of a language.

    Raises:
        SynthesiserMissingError: the synthesiser of that voice is not installed.
        NoVoiceError: no program speaks the language.
    """
    words = catalogue.language(language)
    prompt = catalogue.prompts.get(clip.prompt)
    samples = tone(prompt) if prompt and prompt.tone_hz else draft(clip, words, catalogue.timing)
    voice = _voice(words)
    keep(catalogue, language, clip, samples, f"{voice.synthesiser} {voice.name}", "draft")


def draft(clip: Clip, words: Language, timing: Timing) -> Samples:
    """Return a clip as the draft voice of the language speaks it, ready for the telephone."""
    if clip.prompt.startswith("digit_"):
        return for_telephone(_digit(clip, words))
    sentences = _SENTENCE_END.split(clip.text)
    pauses_ms = _pauses_ms(sentences, words, timing)
    pieces = [np.zeros(0)]
    for sentence, pause_ms in zip(sentences, pauses_ms, strict=True):
        pieces += [_said(words, sentence), silence(pause_ms)]
    return for_telephone(np.concatenate(pieces))


def tone(prompt: Prompt) -> Samples:
    """Return the sound of a prompt without words, faded at both ends."""
    at = np.arange(prompt.tone_ms * SAMPLES_PER_MS) / SAMPLE_RATE_HZ
    return for_telephone(faded(0.1 * np.sin(2 * np.pi * prompt.tone_hz * at)))


def _said(words: Language, text: str) -> Sound:
    return trimmed(in_band(spoken(_voice(words), text)))


def _voice(words: Language) -> Voice:
    if words.voice is None:
        raise NoVoiceError(words.code)
    return words.voice


def _digit(clip: Clip, words: Language) -> Sound:
    """Return the middle or the last of three: the middle one is spoken as going on, the last as ending."""
    pieces = _between_pauses(_said(words, ", ".join([clip.text] * _REPEATS) + "."))
    return pieces[-1] if clip.ending else pieces[-2]


def _between_pauses(sound: Sound) -> list[Sound]:
    """Cut a sound at its longest pauses, the closures within words being shorter."""
    frames = sounding_frames(sound)
    longest = sorted(pairwise(frames), key=lambda pause: pause[0] - pause[1])[: _REPEATS - 1]
    starts = [frames[0], *sorted(end for _, end in longest)]
    ends = [*sorted(start for start, _ in longest), frames[-1]]
    return [frames_between(sound, start, end) for start, end in zip(starts, ends, strict=True)]


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
