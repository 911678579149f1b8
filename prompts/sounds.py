"""The sound library: what a turn says becomes as few files as possible, each named by its content."""

import hashlib
import os
import re
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from prompts import g711, speaking
from prompts.catalogue import Catalogue, Segment
from prompts.errors import MissingRecordingError, MissingTextError, UnknownLanguageError
from prompts.joining import joined
from prompts.labels import Label, labelled_wav, words_of
from prompts.recipes import Recipe, label_of
from prompts.recordings import clip_path
from prompts.speaking import GAP_MS, Bit, Spoken

__all__ = ["Label", "Sound", "SoundLibrary", "Spoken", "words_of"]

_KEY: Final = re.compile(r"[0-9a-f]{32}")
_REMEMBERED_TURNS: Final = 2048
_REMEMBERED_RECIPES: Final = 8192
_REMEMBERED_FILES: Final = 64  # about 10 MB in each process


@dataclass(frozen=True, slots=True)
class Sound:
    """One file to play at /audio/<key>.wav: what is heard in it, and the ids of its prompts in order.

    A prompt that secret values cut is named in each of its files; a secret digit is a prompt of its own.
    """

    key: str
    duration_ms: int
    text: str
    prompts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Clip:
    """One recorded clip on disk: its content hash and its length in samples."""

    content: str
    path: Path
    samples: int


class SoundLibrary:
    """Answers which files a turn plays, and makes a file when it is first asked for.

    Asking which files costs no audio work and gives the same keys in every process. With a `cache_dir` the
    processes of one line share what they have made; without it each knows only the files it has named itself.
    Safe to use from several threads.
    """

    def __init__(self, catalogue: Catalogue, cache_dir: Path | None = None) -> None:
        self._catalogue = catalogue
        self._cache_dir = cache_dir
        self._clips = {(language, clip.path.stem): clip for language, clip in _recorded(catalogue)}
        self._paths = {clip.content: clip.path for clip in self._clips.values()}
        self._recipes: dict[str, Recipe] = {}
        self._turn = lru_cache(_REMEMBERED_TURNS)(self._named)
        self._file = lru_cache(_REMEMBERED_RECIPES)(self._sound)
        self._content = lru_cache(_REMEMBERED_FILES)(self._made)
        if cache_dir is not None:
            cache_dir.mkdir(parents=True, exist_ok=True)

    def sounds(self, spoken: Sequence[Spoken], gap_ms: int = GAP_MS) -> tuple[Sound, ...]:
        """Return the files that say these prompts in order, with `gap_ms` of silence between prompts.

        Raises:
            UnknownPromptError, UnknownLanguageError, MissingTextError: the catalogue does not have it.
            MissingValueError, UnspeakableValueError: a gap has no value, or one that no clip says.
            MissingRecordingError: a clip has not been recorded.
        """
        if any(one.secret for one in spoken):
            return self._named(tuple(spoken), gap_ms)  # a case number must not stay in memory
        return self._turn(tuple(spoken), gap_ms)

    def wav(self, key: str) -> bytes | None:
        """Return a file as 16-bit PCM WAV, 8 kHz mono, with its words inside; None for a key nobody named."""
        with suppress(KeyError):
            return self._content(key)
        return None

    def speaks(self, language: str, prompt: str) -> bool:
        """Tell whether the words of a prompt are recorded in a language (the values of its gaps aside)."""
        try:
            parts = self._catalogue.parts(language, prompt)
        except (MissingTextError, UnknownLanguageError):
            return False
        return all((language, part.clip) in self._clips for part in parts if isinstance(part, Segment))

    def has_clip(self, language: str, clip: str) -> bool:
        """Tell whether one clip, such as the name of a country, is recorded in a language."""
        return (language, clip) in self._clips

    def _named(self, spoken: tuple[Spoken, ...], gap_ms: int) -> tuple[Sound, ...]:
        turn = speaking.bits(self._catalogue, spoken, gap_ms)
        return tuple(self._file(file) for file in speaking.files(turn))

    def _sound(self, file: tuple[Bit, ...]) -> Sound:
        clips = [(self._recorded(bit), bit.pause_after_ms) for bit in file]
        recipe = Recipe(tuple((clip.content, pause_ms) for clip, pause_ms in clips), label_of(file))
        key = recipe.key()
        self._remember(key, recipe)
        samples = sum(clip.samples + pause_ms * g711.SAMPLES_PER_MS for clip, pause_ms in clips)
        return Sound(key, round(samples / g711.SAMPLES_PER_MS), recipe.label.text, recipe.label.prompts)

    def _recorded(self, bit: Bit) -> _Clip:
        clip = self._clips.get((bit.language, bit.clip))
        if clip is None:
            raise MissingRecordingError(bit.language, bit.clip)
        return clip

    def _remember(self, key: str, recipe: Recipe) -> None:
        self._recipes[key] = recipe
        if len(self._recipes) > _REMEMBERED_RECIPES:
            self._recipes.pop(next(iter(self._recipes)), None)
        if self._cache_dir is not None:
            _write_once(self._cache_dir / f"{key}.json", recipe.to_json())

    def _made(self, key: str) -> bytes:
        if not _KEY.fullmatch(key):
            raise KeyError(key)
        stored = self._stored(f"{key}.wav")
        if stored is not None:
            return stored
        recipe = self._recipe(key)
        content = labelled_wav(joined(self._stretches(recipe)), recipe.label)
        if self._cache_dir is not None:
            _write_once(self._cache_dir / f"{key}.wav", content)
        return content

    def _recipe(self, key: str) -> Recipe:
        if key in self._recipes:
            return self._recipes[key]
        stored = self._stored(f"{key}.json")
        if stored is None:
            raise KeyError(key)
        return Recipe.from_json(stored)

    def _stretches(self, recipe: Recipe) -> Iterator[tuple[g711.Samples, int]]:
        for content, pause_ms in recipe.clips:
            path = self._paths[content]  # KeyError: the recipe is older than the recordings
            yield g711.from_wav(path.read_bytes(), path.name), pause_ms

    def _stored(self, name: str) -> bytes | None:
        if self._cache_dir is None:
            return None
        with suppress(FileNotFoundError):
            return (self._cache_dir / name).read_bytes() or None  # empty: the computer died while writing
        return None


def _recorded(catalogue: Catalogue) -> Iterator[tuple[str, _Clip]]:
    for language in catalogue.languages:
        for path in sorted(clip_path(catalogue.folder, language, "any").parent.glob("*.wav")):
            content = path.read_bytes()
            codes = g711.codes_of(content, path.name)
            yield language, _Clip(hashlib.blake2b(content, digest_size=16).hexdigest(), path, len(codes))


def _write_once(path: Path, content: bytes) -> None:
    """Write a file whole or not at all: another process may be reading or writing the same name."""
    if path.exists() and path.stat().st_size:
        return
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".", delete=False) as unfinished:
        unfinished.write(content)
    os.replace(unfinished.name, path)  # noqa: PTH105  (the name is a string already)
