"""How values are spoken: digits in breath groups, keys and numbers as one word."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from prompts.catalogue import DIGITS, Language, digit_clip, key_clip
from prompts.names import name_clip
from prompts.topics import title_prompt

GOING_ON_MS: Final = 60
BETWEEN_GROUPS_MS: Final = 500
AFTER_WORD_MS: Final = 150
_LONGEST: Final = 4
_PAIRED: Final = 6  # a case number: three pairs are remembered better than two threes


@dataclass(frozen=True, slots=True)
class Saying:
    """One clip to play, how it is written, and the silence after it."""

    clip: str
    written: str
    pause_after_ms: int


def breath_groups(digits: str) -> tuple[str, ...]:
    """Cut digits into groups of one breath: six into pairs, others into threes, then pairs.

    No group has one digit unless there is only one.
    """
    pairs = 3 if len(digits) == _PAIRED else -len(digits) % 3
    if len(digits) == 1:
        return (digits,)
    threes = len(digits) - 2 * pairs
    cuts = [*range(0, threes, 3), *range(threes, len(digits), 2)]
    return tuple(digits[start:end] for start, end in zip(cuts, [*cuts[1:], len(digits)], strict=True))


def sayings(slot: str, value: str, language: Language) -> tuple[Saying, ...] | None:
    """Return how the value of a gap is spoken, or None if no clip can say it.

    `digits` are read one by one, in the groups in which they are written if they are, `key` is a key of the
    telephone, `topic` is named by its title, `service` names its clip itself, other numbers are one word, and
    anything else (the name of a day or a country) is a recorded phrase of its own.
    """
    if slot == "digits":
        return tuple(_digits(value)) if value and set(value) <= {*DIGITS, " "} and value.strip() else None
    if slot == "key":
        written = language.key_names.get(value, value)
        return _word(key_clip(value), written) if value in language.key_names or value in DIGITS else None
    if slot == "topic":
        title = title_prompt(value)
        return _word(title, language.texts[title]) if title in language.texts else None
    if slot == "service":
        kind = value.removeprefix("kind_")
        return _word(value, language.names.get("kind", {}).get(kind, value))
    if value in language.names.get(slot, {}):
        return _word(name_clip(slot, value), language.names[slot][value])
    if value.isdecimal():
        return _word(f"number_{value}", value) if value in language.numbers else None
    return _word(name_clip(slot, value), value)


def _written_groups(digits: str) -> tuple[str, ...]:
    """Return the groups that people know a number in; a long one is cut, and nobody says one digit alone."""
    written = digits.split()
    if len(written) == 1 or any(len(group) == 1 for group in written):
        return breath_groups("".join(written))
    each = ((group,) if len(group) <= _LONGEST else breath_groups(group) for group in written)
    return tuple(group for groups in each for group in groups)


def _word(clip: str, written: str) -> tuple[Saying, ...]:
    return (Saying(clip, written, AFTER_WORD_MS),)


def _digits(value: str) -> Iterator[Saying]:
    for group in _written_groups(value):
        for digit in group[:-1]:
            yield Saying(digit_clip(digit, ending=False), digit, GOING_ON_MS)
        yield Saying(digit_clip(group[-1], ending=True), group[-1], BETWEEN_GROUPS_MS)
