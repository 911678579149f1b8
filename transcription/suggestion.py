"""Kinds of concern and an urgency suggested from the words of a transcript; a person decides."""

import functools
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from transcription.transcript import Transcript

_TAXONOMY: Final = Path(__file__).with_name("taxonomy.yaml")

_EMERGENCY: Final = "emergency"
_URGENT: Final = "urgent"
_ROUTINE: Final = "routine"

# A word that several kinds share is not enough for any of them; one of its own is.
_ENOUGH: Final = 1.0
_MOST_KINDS: Final = 4

_SHORTEST_STEM: Final = 3


class TaxonomyError(Exception):
    """The taxonomy names something that it does not define."""

    def __init__(self, names: Iterable[str]) -> None:
        super().__init__(f"the taxonomy does not define: {', '.join(sorted(names))}")


@dataclass(frozen=True, slots=True)
class Phrase:
    """A keyword or short phrase of the taxonomy.

    Attributes:
        text: As it is written there.
        forms: What to look for, word by word: a plain word stands for all its forms (`touch` finds
            `touched`), an inflected one for itself (`called me` is not `call me`).
    """

    text: str
    forms: tuple[str, ...]

    @classmethod
    def of(cls, text: str) -> "Phrase":
        """Return the phrase for a line of the taxonomy."""
        return cls(text, tuple(_form(word) for word in _split(text)))


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of concern.

    Attributes:
        id: Its name in the taxonomy.
        urgency: The least urgency it has.
        phrases: Keywords and soft phrases that hint at it.
        raise_if: Danger signs or other kinds that make it urgent.
        raise_to_emergency_if: Those that make it an emergency.
        is_last_resort: Suggested only when no other kind is.
    """

    id: str
    urgency: str
    phrases: tuple[Phrase, ...]
    raise_if: frozenset[str]
    raise_to_emergency_if: frozenset[str]
    is_last_resort: bool

    @property
    def raised_by(self) -> frozenset[str]:
        """Everything that raises it at all."""
        return self.raise_if | self.raise_to_emergency_if


@dataclass(frozen=True, slots=True)
class Taxonomy:
    """What concerns can be about, and which words tell of danger.

    Attributes:
        language: BCP 47 tag of the phrases.
        urgencies: From the most to the least urgent.
        kinds: All kinds, in the order of the file.
        danger_signs: Phrases by sign.
        always_emergency: Signs that need no kind.
        shared_by: How many kinds a phrase, by its forms, hints at.
    """

    language: str
    urgencies: tuple[str, ...]
    kinds: tuple[Kind, ...]
    danger_signs: Mapping[str, tuple[Phrase, ...]]
    always_emergency: frozenset[str]
    shared_by: Mapping[tuple[str, ...], int]

    def most_urgent(self, urgencies: Iterable[str]) -> str | None:
        """Return the most urgent of some, or None of none."""
        return min(urgencies, key=self.urgencies.index, default=None)


@dataclass(frozen=True, slots=True)
class SuggestedKind:
    """A kind and the phrases of the taxonomy (not of the caller) that were heard for it."""

    id: str
    phrases: tuple[str, ...]
    score: float


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What software makes of the words.

    Attributes:
        kinds: Likeliest first, at most four.
        urgency: Never below the least urgency of any kind suggested; None when nothing is
            suggested, which says nothing about the danger.
        danger_signs: The signs that were heard and count for these kinds, or for all.
    """

    kinds: tuple[SuggestedKind, ...]
    urgency: str | None
    danger_signs: tuple[str, ...]


NOTHING: Final = Suggestion((), None, ())
"""The suggestion for a recording without words, or in another language than the taxonomy's."""


@functools.cache
def load_taxonomy(path: Path = _TAXONOMY) -> Taxonomy:
    """Return the taxonomy of a file.

    Raises:
        TaxonomyError: It names a sign, kind or urgency that it does not define.
    """
    document: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    kinds = tuple(_kind(row) for row in document["categories"])
    taxonomy = Taxonomy(
        language=document["language"],
        urgencies=tuple(level["id"] for level in document["urgency_levels"]),
        kinds=kinds,
        danger_signs={sign: _phrases(texts) for sign, texts in document["danger_signs"].items()},
        always_emergency=frozenset(document["always_emergency"]),
        shared_by=Counter(forms for kind in kinds for forms in {phrase.forms for phrase in kind.phrases}),
    )
    _check(taxonomy)
    return taxonomy


def suggest(transcript: Transcript, taxonomy: Taxonomy) -> Suggestion:
    """Suggest kinds and urgency from the words of a transcript."""
    if transcript.is_empty or not _is_same_language(transcript.language, taxonomy.language):
        return NOTHING
    heard = _Heard(transcript.text)
    signs = {sign for sign, phrases in taxonomy.danger_signs.items() if heard.any_of(phrases)}
    likely = _likely(taxonomy, heard)
    hints = signs | {kind.id for kind, _ in likely}
    urgencies = [_urgency(kind, hints) for kind, _ in likely]
    urgencies += [_EMERGENCY for _ in signs & taxonomy.always_emergency]
    suggested = tuple(scored for _, scored in likely[:_MOST_KINDS])
    return Suggestion(suggested, taxonomy.most_urgent(urgencies), _telling(signs, taxonomy, likely))


class _Heard:
    """The words of a message, found by their forms."""

    def __init__(self, text: str) -> None:
        self._places: dict[str, set[int]] = defaultdict(set)
        for place, word in enumerate(_split(text)):
            self._places[word].add(place)
            self._places[_any_form(word)].add(place)

    def has(self, phrase: Phrase) -> bool:
        first, *others = (self._places.get(form, set()) for form in phrase.forms)
        return any(all(start + n in places for n, places in enumerate(others, 1)) for start in first)

    def any_of(self, phrases: Iterable[Phrase]) -> bool:
        return any(self.has(phrase) for phrase in phrases)


_Candidate = tuple[Kind, SuggestedKind]


def _likely(taxonomy: Taxonomy, heard: _Heard) -> list[_Candidate]:
    hinted = [(kind, scored) for kind in taxonomy.kinds if (scored := _scored(kind, taxonomy, heard)).phrases]
    firm = [(kind, scored) for kind, scored in hinted if scored.score >= _ENOUGH] or hinted
    serious = [(kind, scored) for kind, scored in firm if not kind.is_last_resort]
    return sorted(serious or firm, key=_rank)


def _telling(signs: set[str], taxonomy: Taxonomy, likely: list[_Candidate]) -> tuple[str, ...]:
    """Return the signs that could raise the urgency here, in the order of the taxonomy."""
    telling = taxonomy.always_emergency.union(*(kind.raised_by for kind, _ in likely))
    return tuple(sign for sign in taxonomy.danger_signs if sign in signs & telling)


def _rank(candidate: _Candidate) -> tuple[bool, float]:
    """Order by score, and questions after harm: `I want to go home` must not hide `they hit me`."""
    kind, scored = candidate
    return kind.urgency == _ROUTINE, -scored.score


def _scored(kind: Kind, taxonomy: Taxonomy, heard: _Heard) -> SuggestedKind:
    matched = {phrase.forms: phrase for phrase in kind.phrases if heard.has(phrase)}
    score = sum(len(forms) / taxonomy.shared_by[forms] for forms in matched)
    return SuggestedKind(kind.id, tuple(phrase.text for phrase in matched.values()), round(score, 2))


def _urgency(kind: Kind, signs: set[str]) -> str:
    if kind.raise_to_emergency_if & signs:
        return _EMERGENCY
    if kind.raise_if & signs and kind.urgency != _EMERGENCY:
        return _URGENT
    return kind.urgency


def _kind(row: dict[str, Any]) -> Kind:
    return Kind(
        id=row["id"],
        urgency=row["urgency_default"],
        phrases=_phrases([*row["keywords"], *row.get("soft_phrases", [])]),
        raise_if=frozenset(row.get("raise_if", [])),
        raise_to_emergency_if=frozenset(row.get("raise_to_emergency_if", [])),
        is_last_resort=row.get("is_last_resort", False),
    )


def _phrases(texts: Iterable[str]) -> tuple[Phrase, ...]:
    return tuple(Phrase.of(text) for text in texts)


def _check(taxonomy: Taxonomy) -> None:
    """Refuse a sign that nothing defines: a raise that never happens would not be noticed."""
    defined = set(taxonomy.danger_signs) | {kind.id for kind in taxonomy.kinds} | set(taxonomy.urgencies)
    named = set(taxonomy.always_emergency) | {_EMERGENCY, _URGENT, _ROUTINE}
    for kind in taxonomy.kinds:
        named |= kind.raised_by | {kind.urgency}
    if named - defined:
        raise TaxonomyError(named - defined)


def _is_same_language(one: str, other: str) -> bool:
    return one.partition("-")[0] == other.partition("-")[0]


def _split(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text.lower())


def _form(word: str) -> str:
    return word if _without_ending(word) != word else _any_form(word)


def _any_form(word: str) -> str:
    """Return the mark that all forms of an English word share."""
    stem = _without_doubling(_without_ending(word).removesuffix("e")).replace("y", "i")
    return f"{stem}~"


def _without_ending(word: str) -> str:
    for ending in ("ing", "ed", "s"):
        if word.endswith(ending) and not word.endswith("ss") and len(word) >= len(ending) + _SHORTEST_STEM:
            return word.removesuffix(ending)
    return word


def _without_doubling(stem: str) -> str:
    # hitting -> hit, but kill and press keep both.
    if stem[-2:-1] == stem[-1:] and stem[-1:] not in "ls":
        return stem[:-1]
    return stem
