"""The catalogue: which prompts there are, their texts in each language, and the clips they are cut into."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Self

from prompts import topics
from prompts.errors import CatalogueError, MissingTextError, UnknownLanguageError, UnknownPromptError
from prompts.names import Names, each_name, read_names
from prompts.reading import read_yaml
from prompts.topics import Topic

HERE: Final = Path(__file__).parent
MASTER_LANGUAGE: Final = "en"
DIGITS: Final = "0123456789"

_SLOT: Final = re.compile(r"\{(\w+)\}")
_LEADING_PUNCTUATION: Final = re.compile(r"^[\s.,;:!?]+")


@dataclass(frozen=True, slots=True)
class Prompt:
    """One prompt, whatever the language.

    A private prompt may be played only after the caller has pressed a key; `max_seconds` is the ceiling of
    the whole prompt in any language; `reachable` prompts must be recorded; a tone is a sound without words.
    """

    id: str
    version: int
    state: str
    max_seconds: float
    private: bool = False
    reachable: bool = False
    only_if: str = ""
    followed_by: str = ""
    note: str = ""
    tone_hz: int = 0
    tone_ms: int = 0


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of a text without a gap: one clip."""

    clip: str
    text: str


@dataclass(frozen=True, slots=True)
class Slot:
    """A gap in a text, filled by spoken values, and the punctuation that follows it."""

    name: str
    after: str


@dataclass(frozen=True, slots=True)
class Clip:
    """One short recording that must exist: its name, its words, and the prompt version it serves.

    `ending` tells how a single digit is spoken: as the end of a number, or as something that goes on.
    """

    name: str
    text: str
    prompt: str
    version: int
    ending: bool = True


@dataclass(frozen=True, slots=True)
class Voice:
    """What speaks the drafts of a language, and how much slower than its own pace (`stretch`)."""

    synthesiser: str
    name: str
    stretch: float = 1.0


@dataclass(frozen=True, slots=True)
class Language:
    """All words of one language; without a `voice` only a person can record it."""

    code: str
    endonym: str
    voice: Voice | None
    texts: Mapping[str, str]
    numbers: Mapping[str, str]
    key_names: Mapping[str, str]
    option_words: tuple[str, ...]
    names: Names


@dataclass(frozen=True, slots=True)
class Timing:
    """The pace of the prompts."""

    words_per_minute: tuple[int, int]
    pause_between_sentences_ms: int
    pause_between_options_ms: int


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Every prompt and every text, and the folder that holds their recordings."""

    folder: Path
    prompts: Mapping[str, Prompt]
    languages: Mapping[str, Language]
    topics: Mapping[str, Topic]
    timing: Timing
    _parts: Mapping[tuple[str, str], tuple[Segment | Slot, ...]] = field(repr=False, compare=False)

    @classmethod
    def load(cls, folder: Path = HERE) -> Self:
        """Read `catalogue.yaml`, `topics.yaml` and `texts/*.yaml` of a folder.

        Raises:
            CatalogueError: a file is missing or does not say what it must say.
        """
        master = read_yaml(folder / "catalogue.yaml")
        told = topics.load_topics(folder)
        prompts = {prompt.id: prompt for prompt in (*_prompts(master), *_topic_prompts(told))}
        languages = [_language(master, _master_texts(master, told))]
        tones = {prompt: text for prompt, text in languages[0].texts.items() if prompts[prompt].tone_hz}
        languages += [_language(words, tones | _own_texts(words)) for words in _translations(folder)]
        _refuse_strangers(languages, prompts)
        parts = {key: tuple(cut(key[1], text)) for key, text in _all_texts(languages)}
        by_code = {language.code: language for language in languages}
        return cls(folder, prompts, by_code, told, _timing(master), parts)

    def prompt(self, prompt: str) -> Prompt:
        """Return the prompt with this id.

        Raises:
            UnknownPromptError: there is none.
        """
        if prompt not in self.prompts:
            raise UnknownPromptError(prompt)
        return self.prompts[prompt]

    def language(self, code: str) -> Language:
        """Return the words of a language.

        Raises:
            UnknownLanguageError: the catalogue has none.
        """
        if code not in self.languages:
            raise UnknownLanguageError(code)
        return self.languages[code]

    def text(self, language: str, prompt: str) -> str:
        """Return what a prompt says, with its {gaps}.

        Raises:
            MissingTextError: it has no text in this language.
        """
        text = self.language(language).texts.get(self.prompt(prompt).id)
        if text is None:
            raise MissingTextError(prompt, language)
        return text

    def parts(self, language: str, prompt: str) -> tuple[Segment | Slot, ...]:
        """Return a prompt cut at its {gaps}, in the order of speaking.

        Raises:
            MissingTextError: it has no text in this language.
        """
        if (language, prompt) not in self._parts:
            raise MissingTextError(self.prompt(prompt).id, self.language(language).code)
        return self._parts[language, prompt]

    def reachable(self) -> tuple[str, ...]:
        """Return the ids of the prompts that today's flows can play."""
        return tuple(prompt.id for prompt in self.prompts.values() if prompt.reachable)

    def clips(self, language: str, prompts: Iterable[str] | None = None) -> dict[str, Clip]:
        """Return by name every clip that these prompts (all reachable ones if None) need in a language.

        Prompts without a text in that language are left out; the checks name them.
        """
        spoken = self.language(language)
        ids = self.reachable() if prompts is None else prompts
        clips = [
            clip for prompt in ids if prompt in spoken.texts for clip in self._prompt_clips(language, prompt)
        ]
        return {clip.name: clip for clip in [*clips, *word_clips(spoken)]}

    def _prompt_clips(self, language: str, prompt: str) -> Iterator[Clip]:
        for part in self.parts(language, prompt):
            if isinstance(part, Segment):
                yield Clip(part.clip, part.text, prompt, self.prompts[prompt].version)


def cut(prompt: str, text: str) -> Iterator[Segment | Slot]:
    """Cut a text at its {gaps}: words become clips, punctuation alone stays with the value before it.

    A text without gaps is the clip named like the prompt; with gaps its clips are `prompt.1`, `prompt.2` ...
    """
    pieces = _SLOT.split(text)
    number = 0
    for index, piece in enumerate(pieces):
        if index % 2:
            yield Slot(piece, _punctuation_before(pieces[index + 1]))
        elif words := _LEADING_PUNCTUATION.sub("", piece).strip():
            number += 1
            yield Segment(f"{prompt}.{number}" if len(pieces) > 1 else prompt, words)


def word_clips(language: Language) -> Iterator[Clip]:
    """Return the clips of digits (each in two intonations), numbers, and names of keys, days and the like."""
    for digit in DIGITS:
        for ending in (False, True):
            name = digit_clip(digit, ending=ending)
            yield Clip(name, language.numbers[digit], f"digit_{digit}", 1, ending)
    for number, word in language.numbers.items():
        yield Clip(f"number_{number}", word, f"number_{number}", 1)
    for key, word in language.key_names.items():
        name = key_clip(key)
        yield Clip(name, word, name, 1)
    for name, word in each_name(language.names):
        yield Clip(name, word, name, 1)


def digit_clip(digit: str, *, ending: bool) -> str:
    """Return the clip of a digit that ends a group, or after which the group goes on."""
    return f"digit_{digit}.{'ending' if ending else 'going'}"


def key_clip(key: str) -> str:
    """Return the clip that names a key of the telephone."""
    return {"*": "key_star", "#": "key_hash"}.get(key, f"number_{key}")


def _punctuation_before(rest: str) -> str:
    found = _LEADING_PUNCTUATION.match(rest)
    return found.group().strip() if found else ""


def _prompts(master: Mapping[str, Any]) -> Iterator[Prompt]:
    seen: set[str] = set()
    for entry in master["prompts"]:
        words = {name: value for name, value in entry.items() if name != "text"}
        try:
            prompt = Prompt(**words)
        except TypeError as error:
            raise CatalogueError(f"The prompt {entry.get('id')!r} is written wrongly: {error}") from error
        if prompt.id in seen:
            raise CatalogueError(f"The prompt {prompt.id!r} stands twice in the catalogue.")
        seen.add(prompt.id)
        yield prompt


def _topic_prompts(told: Mapping[str, Topic]) -> Iterator[Prompt]:
    for topic in told.values():
        for name, most_s in (
            (topics.script_prompt(topic.id), topics.SCRIPT_S),
            (topics.title_prompt(topic.id), topics.TITLE_S),
        ):
            yield Prompt(name, topic.version, "topics", most_s, private=True, reachable=True)


def _master_texts(master: Mapping[str, Any], told: Mapping[str, Topic]) -> dict[str, str]:
    texts = {entry["id"]: entry["text"] for entry in master["prompts"]}
    scripts = {topic.id: {"title": topic.title, "script": topic.script} for topic in told.values()}
    return texts | topics.texts_of(scripts)


def _own_texts(words: Mapping[str, Any]) -> dict[str, str]:
    texts: dict[str, str] = words["texts"]
    return texts | topics.texts_of(words.get("topics", {}))


def _language(source: Mapping[str, Any], texts: Mapping[str, str]) -> Language:
    try:
        return Language(
            code=source["language"],
            endonym=source["endonym"],
            voice=None if source["voice"] is None else Voice(**source["voice"]),
            texts=texts,
            numbers={str(number): word for number, word in source["numbers"].items()},
            key_names=source["key_names"],
            option_words=tuple(source["option_words"]),
            names=read_names(source.get("names", {})),
        )
    except (KeyError, TypeError) as error:
        raise CatalogueError(f"The texts in {source.get('language')!r} lack something: {error}") from error


def _translations(folder: Path) -> list[dict[str, Any]]:
    return [read_yaml(path) for path in sorted((folder / "texts").glob("*.yaml"))]


def _refuse_strangers(languages: Iterable[Language], prompts: Mapping[str, Prompt]) -> None:
    for language in languages:
        strangers = sorted(set(language.texts) - set(prompts))
        if strangers:
            raise CatalogueError(
                f"The texts in {language.code!r} name unknown prompts: {', '.join(strangers)}."
            )


def _all_texts(languages: Iterable[Language]) -> Iterator[tuple[tuple[str, str], str]]:
    for language in languages:
        for prompt, text in language.texts.items():
            yield (language.code, prompt), text


def _timing(master: Mapping[str, Any]) -> Timing:
    timing = master["timing"]
    slow, fast = timing["words_per_minute"]
    return Timing((slow, fast), timing["pause_between_sentences_ms"], timing["pause_between_options_ms"])
