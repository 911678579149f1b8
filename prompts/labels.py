"""The words of a sound, written into its file: a RIFF LIST/INFO chunk after the samples.

A telephone skips the chunk; the practice phone and a curious coordinator read it and see what is said.
"""

import struct
from dataclasses import dataclass
from typing import Final

from prompts.g711 import SAMPLE_RATE_HZ, chunks_of

_HEADER: Final = struct.Struct("<4sI4s4sIHHIIHH4sI")
_PCM: Final = 1
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
    info = _info(label)
    size = _HEADER.size - 8 + len(pcm) + len(info)
    form = (16, _PCM, 1, SAMPLE_RATE_HZ, SAMPLE_RATE_HZ * 2, 2, 16)
    head = _HEADER.pack(b"RIFF", size, b"WAVE", b"fmt ", *form, b"data", len(pcm))
    return head + pcm + info


def words_of(wav: bytes) -> Label:
    """Return the words that a WAV file carries; all empty if it carries none.

    Raises:
        UnreadableClipError: it is not a WAV file.
    """
    listed = chunks_of(wav).get(b"LIST", b"INFO")
    entries = chunks_of(b"RIFF" + struct.pack("<I", len(listed)) + b"WAVE" + listed[4:])
    prompts, text, language = (_read(entries.get(name, b"")) for name in (_NAME, _WORDS, _LANGUAGE))
    return Label(tuple(prompts.split(",")) if prompts else (), text, language)


def _info(label: Label) -> bytes:
    entries = (
        _entry(_NAME, ",".join(label.prompts))
        + _entry(_WORDS, label.text)
        + _entry(_LANGUAGE, label.language)
    )
    return b"LIST" + struct.pack("<I", 4 + len(entries)) + b"INFO" + entries


def _entry(name: bytes, text: str) -> bytes:
    content = text.encode() + b"\0"
    return name + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)


def _read(content: bytes) -> str:
    return content.split(b"\0", 1)[0].decode()
