"""The sound library: what a turn says becomes as few files as possible, each named by its content."""

import hashlib
import json
import os
import re
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import Final

from prompts import g711
from prompts.catalogue import Catalogue, Segment, Slot
from prompts.errors import MissingRecordingError, MissingTextError, MissingValueError, UnspeakableValueError
from prompts.joining import joined
from prompts.labels import Label, labelled_wav, words_of
from prompts.recordings import clip_path
from prompts.values import Saying, sayings

__all__ = ["Label", "Sound", "SoundLibrary", "Spoken", "words_of"]

_FORMAT: Final = 1  # part of every key: a file made in another way must have another name
_KEY: Final = re.compile(r"[0-9a-f]{32}")
_BEFORE_VALUE_MS: Final = 40
_REMEMBERED_TURNS: Final = 2048
_REMEMBERED_RECIPES: Final = 8192
_REMEMBERED_FILES: Final = 64  # about 15 MB in each process


@dataclass(frozen=True, slots=True)
class Spoken:
    """One prompt as a turn asks for it.

    `values` fill its gaps ("digits" -> "123456", "key" -> "1"). The values of a secret prompt are never
    joined into one file, so that no file, name or label holds a case number: its clips are played one by one.
    """

    prompt: str
    language: str
    values: tuple[tuple[str, str], ...] = ()
    secret: bool = False


@dataclass(frozen=True, slots=True)
class Sound:
    """One file to play at /audio/<key>.wav: what is heard in it, and the ids of its prompts in order.

    A prompt that secret values cut is named in each of its files.
    """

    key: str
    duration_ms: int
    text: str
    prompts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Bit:
    """One clip within a turn, the silence after it, how it is written, and whether it begins its prompt."""

    language: str
    clip: str
    written: str
    prompt: str
    pause_after_ms: int
    alone: bool = False
    first: bool = False


@dataclass(frozen=True, slots=True)
class _Recipe:
    """What makes a file: content hashes of clips, each with the silence after it in ms, and the label."""

    clips: tuple[tuple[str, int], ...]
    label: Label

    def to_json(self) -> bytes:
        """Return the recipe as it is stored, the same on every computer."""
        label = (self.label.prompts, self.label.text, self.label.language)
        return json.dumps([_FORMAT, self.clips, label], ensure_ascii=False, separators=(",", ":")).encode()

    @classmethod
    def from_json(cls, stored: bytes) -> "_Recipe":
        """Return the recipe that was stored."""
        _, clips, (prompts, text, language) = json.loads(stored)
        return cls(
            tuple((content, pause_ms) for content, pause_ms in clips), Label(tuple(prompts), text, language)
        )

    def key(self) -> str:
        """Return the name of the file that this recipe makes."""
        return hashlib.blake2b(self.to_json(), digest_size=16).hexdigest()


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
        self._clips = {(language, path.stem): clip for language, path, clip in _recorded(catalogue)}
        self._paths = {clip.content: clip.path for clip in self._clips.values()}
        self._recipes: dict[str, _Recipe] = {}
        self._turn: Callable[[tuple[Spoken, ...], int], tuple[Sound, ...]]
        self._turn = lru_cache(_REMEMBERED_TURNS)(self._named)
        self._file = lru_cache(_REMEMBERED_RECIPES)(self._sound)
        self._content = lru_cache(_REMEMBERED_FILES)(self._made)
        if cache_dir is not None:
            cache_dir.mkdir(parents=True, exist_ok=True)

    def sounds(self, spoken: Sequence[Spoken], gap_ms: int = 300) -> tuple[Sound, ...]:
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
        except MissingTextError:
            return False
        return all((language, part.clip) in self._clips for part in parts if isinstance(part, Segment))

    def _named(self, spoken: tuple[Spoken, ...], gap_ms: int) -> tuple[Sound, ...]:
        bits = [bit for one in spoken for bit in self._with_gap(one, gap_ms)]
        if bits and not bits[-1].alone:
            bits[-1] = replace(bits[-1], pause_after_ms=0)
        return tuple(self._file(run) for run in _runs(bits))

    def _with_gap(self, spoken: Spoken, gap_ms: int) -> list[_Bit]:
        bits = list(self._bits(spoken))
        if bits and not bits[-1].alone:
            bits[-1] = replace(bits[-1], pause_after_ms=max(gap_ms, bits[-1].pause_after_ms))
        return [replace(bit, first=True) for bit in bits[:1]] + bits[1:]

    def _bits(self, spoken: Spoken) -> Iterator[_Bit]:
        for part in self._catalogue.parts(spoken.language, spoken.prompt):
            if isinstance(part, Segment):
                yield _Bit(spoken.language, part.clip, part.text, spoken.prompt, _BEFORE_VALUE_MS)
            else:
                yield from self._value_bits(spoken, part)

    def _value_bits(self, spoken: Spoken, slot: Slot) -> Iterator[_Bit]:
        said = self._sayings(spoken, slot)
        for index, saying in enumerate(said):
            if spoken.secret:
                yield _Bit(
                    spoken.language,
                    saying.clip,
                    saying.written,
                    saying.clip,
                    saying.pause_after_ms,
                    alone=True,
                )
            else:
                written = saying.written + (slot.after if index == len(said) - 1 else "")
                yield _Bit(spoken.language, saying.clip, written, spoken.prompt, saying.pause_after_ms)

    def _sayings(self, spoken: Spoken, slot: Slot) -> tuple[Saying, ...]:
        value = dict(spoken.values).get(slot.name)
        if value is None:
            raise MissingValueError(spoken.prompt, slot.name)
        said = sayings(slot.name, value, self._catalogue.language(spoken.language))
        if said is None:
            raise UnspeakableValueError(spoken.prompt, slot.name)
        return said

    def _sound(self, run: tuple[_Bit, ...]) -> Sound:
        recorded = [self._recorded(bit) for bit in run]
        recipe = _Recipe(
            tuple((clip.content, bit.pause_after_ms) for clip, bit in zip(recorded, run, strict=True)),
            _label(run),
        )
        key = recipe.key()
        self._remember(key, recipe)
        samples = sum(clip.samples for clip in recorded)
        duration_ms = round(samples / g711.SAMPLES_PER_MS) + sum(bit.pause_after_ms for bit in run)
        return Sound(key, duration_ms, recipe.label.text, recipe.label.prompts)

    def _recorded(self, bit: _Bit) -> _Clip:
        clip = self._clips.get((bit.language, bit.clip))
        if clip is None:
            raise MissingRecordingError(bit.language, bit.clip)
        return clip

    def _remember(self, key: str, recipe: _Recipe) -> None:
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

    def _recipe(self, key: str) -> _Recipe:
        if key in self._recipes:
            return self._recipes[key]
        stored = self._stored(f"{key}.json")
        if stored is None:
            raise KeyError(key)
        return _Recipe.from_json(stored)

    def _stretches(self, recipe: _Recipe) -> Iterator[tuple[g711.Samples, int]]:
        for content, pause_ms in recipe.clips:
            path = self._paths[content]
            yield g711.from_wav(path.read_bytes(), path.name), pause_ms

    def _stored(self, name: str) -> bytes | None:
        if self._cache_dir is None:
            return None
        with suppress(FileNotFoundError):
            return (self._cache_dir / name).read_bytes()
        return None


def _recorded(catalogue: Catalogue) -> Iterator[tuple[str, Path, _Clip]]:
    for language in catalogue.languages:
        for path in sorted(clip_path(catalogue.folder, language, "any").parent.glob("*.wav")):
            content = path.read_bytes()
            samples = len(g711.chunks_of(content, path.name).get(b"data", b""))
            yield language, path, _Clip(hashlib.blake2b(content, digest_size=16).hexdigest(), path, samples)


def _runs(bits: Sequence[_Bit]) -> Iterator[tuple[_Bit, ...]]:
    """Group the clips of a turn into files: what is secret stands alone, all neighbours else are one file."""
    for alone, run in groupby(bits, key=lambda bit: bit.alone):
        if alone:
            yield from ((bit,) for bit in run)
        else:
            yield tuple(run)


def _label(run: Sequence[_Bit]) -> Label:
    prompts = tuple(bit.prompt for index, bit in enumerate(run) if bit.first or index == 0)
    languages = dict.fromkeys(bit.language for bit in run)
    return Label(prompts, " ".join(bit.written for bit in run), ",".join(languages))


def _write_once(path: Path, content: bytes) -> None:
    """Write a file whole or not at all: another process may be reading or writing the same name."""
    if path.exists():
        return
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".", delete=False) as unfinished:
        unfinished.write(content)
    os.replace(unfinished.name, path)  # noqa: PTH105  (the name is a string already)
