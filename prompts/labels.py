"""The words of a sound, written into its file: a RIFF LIST/INFO chunk after the samples.

A telephone skips the chunk; the practice phone and a curious coordinator read it and see what is said.
"""

from dataclasses import dataclass
from typing import Final

from prompts import riff
from prompts.g711 import SAMPLE_RATE_HZ

_FORM: Final = riff.Form(riff.PCM, 1, SAMPLE_RATE_HZ, 16)
_NAME: Final = b"INAM"
_WORDS: Final = b"ICMT"
_LANGUAGE: Final = b"ILNG"


@dataclass(frozen=True, slots=True)
class Label:
    """What a sound says: the ids of its prompts, its words, and its languages, comma separated if several."""

    prompts: tuple[str, ...]
    text: str
    language: str


def labelled_wav(pcm: bytes, label: Label) -> bytes:
    """Return 16-bit samples at 8 kHz, mono, as a WAV file that carries its own words."""
    info = [
        _entry(_NAME, ",".join(label.prompts)),
        _entry(_WORDS, label.text),
        _entry(_LANGUAGE, label.language),
    ]
    listed = riff.chunk(b"LIST", b"INFO" + b"".join(info))
    return riff.wav_file(_FORM.to_chunk(), riff.chunk(b"data", pcm), listed)


def words_of(wav: bytes) -> Label:
    """Return the words that a WAV file carries; all empty if it carries none.

    Raises:
        UnreadableClipError: it is not a WAV file.
    """
    listed = riff.chunks_of(wav).get(b"LIST", b"")
    entries = riff.chunks_in(listed[4:]) if listed[:4] == b"INFO" else {}
    prompts, text, language = (_read(entries.get(name, b"")) for name in (_NAME, _WORDS, _LANGUAGE))
    return Label(tuple(prompts.split(",")) if prompts else (), text, language)


def _entry(name: bytes, text: str) -> bytes:
    return riff.chunk(name, text.encode() + b"\0")


def _read(content: bytes) -> str:
    return content.split(b"\0", 1)[0].decode(errors="replace")
