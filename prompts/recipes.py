"""Recipes of sounds: which clips and silences make a file, and the name that follows from them."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Self

from prompts.labels import Label
from prompts.speaking import Bit

_FORMAT: Final = 1  # part of every key: a file made in another way must have another name


@dataclass(frozen=True, slots=True)
class Recipe:
    """What makes a file: content hashes of clips, each with the silence after it in ms, and the label."""

    clips: tuple[tuple[str, int], ...]
    label: Label

    def to_json(self) -> bytes:
        """Return the recipe as it is stored, the same on every computer."""
        label = (self.label.prompts, self.label.text, self.label.language)
        return json.dumps([_FORMAT, self.clips, label], ensure_ascii=False, separators=(",", ":")).encode()

    @classmethod
    def from_json(cls, stored: bytes) -> Self:
        """Return the recipe that was stored."""
        _, clips, (prompts, text, language) = json.loads(stored)
        return cls(tuple((clip, pause_ms) for clip, pause_ms in clips), Label(tuple(prompts), text, language))

    def key(self) -> str:
        """Return the name of the file that this recipe makes: 32 hex digits."""
        return hashlib.blake2b(self.to_json(), digest_size=16).hexdigest()


def label_of(file: Sequence[Bit]) -> Label:
    """Return the words of a file; a prompt that secret values cut is named again in each of its files."""
    prompts = tuple(bit.prompt for index, bit in enumerate(file) if bit.first or index == 0)
    languages = dict.fromkeys(bit.language for bit in file)
    return Label(prompts, " ".join(bit.written for bit in file), ",".join(languages))
