"""RIFF, the envelope of WAV files: chunks with a name of four letters, each padded to an even length."""

import struct
from dataclasses import dataclass
from typing import Final

from prompts.errors import UnreadableClipError

PCM: Final = 1
MULAW: Final = 7  # RFC 2361

_FORM: Final = struct.Struct("<HHIIHH")
_HEADER_BYTES: Final = 12


@dataclass(frozen=True, slots=True)
class Form:
    """How a WAV file writes its samples: `tag` is PCM or MULAW, `bits` are those of one sample."""

    tag: int
    channels: int
    rate_hz: int
    bits: int

    def to_chunk(self) -> bytes:
        """Return the form as the chunk that opens a WAV file."""
        frame_bytes = self.channels * self.bits // 8
        fields = (self.tag, self.channels, self.rate_hz, self.rate_hz * frame_bytes, frame_bytes, self.bits)
        extension = b"" if self.tag == PCM else struct.pack("<H", 0)
        return chunk(b"fmt ", _FORM.pack(*fields) + extension)


def chunk(name: bytes, content: bytes) -> bytes:
    """Return one chunk."""
    return name + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)


def wav_file(*chunks: bytes) -> bytes:
    """Return chunks as one WAV file."""
    return chunk(b"RIFF", b"WAVE" + b"".join(chunks))


def chunks_of(wav: bytes, name: str = "The file") -> dict[bytes, bytes]:
    """Return the chunks of a WAV file by their names.

    Raises:
        UnreadableClipError: it is not a WAV file, or it is cut short.
    """
    if wav[:4] != b"RIFF" or wav[8:_HEADER_BYTES] != b"WAVE":
        raise UnreadableClipError(name, "it is not a WAV file")
    return chunks_in(wav[_HEADER_BYTES:], name)


def chunks_in(content: bytes, name: str = "The file") -> dict[bytes, bytes]:
    """Return the chunks that stand one after another in some bytes.

    Raises:
        UnreadableClipError: the last one is cut short.
    """
    chunks: dict[bytes, bytes] = {}
    at = 0
    while at + 8 <= len(content):
        size = int.from_bytes(content[at + 4 : at + 8], "little")
        if at + 8 + size > len(content):
            raise UnreadableClipError(name, "it is cut short")
        chunks[content[at : at + 4]] = content[at + 8 : at + 8 + size]
        at += 8 + size + size % 2
    return chunks


def samples_of(wav: bytes, name: str = "The file") -> tuple[Form, bytes]:
    """Return how a WAV file writes its samples, and the samples.

    Raises:
        UnreadableClipError: it is not a WAV file, is cut short or does not say how it is written.
    """
    chunks = chunks_of(wav, name)
    if len(chunks.get(b"fmt ", b"")) < _FORM.size or b"data" not in chunks:
        raise UnreadableClipError(name, "it does not say how its samples are written")
    tag, channels, rate_hz, _, _, bits = _FORM.unpack_from(chunks[b"fmt "])
    return Form(tag, channels, rate_hz, bits), chunks[b"data"]
