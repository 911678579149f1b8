"""Where a call stands, written into the address of its next turn: nothing there is about the caller."""

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from urllib.parse import quote_plus

from flows.model import Position
from ivr.voice.forms import read_pairs

_NUMBERS = {"n": "turn", "s": "silences", "m": "misses", "p": "page"}
MOST = 100_000
"""No count of a call grows beyond this; a larger one was not handed out by us."""


_quoted = lru_cache(1024)(quote_plus)
"""Hotlines, languages and choices are few and come again in every turn."""


class UnreadablePositionError(ValueError):
    """The address of a turn was not handed out by us."""


def to_query(position: Position) -> str:
    """Return the query that `from_query` reads; what is at its default is left out."""
    words = [f"h={_quoted(position.hotline)}&l={_quoted(position.language)}&n={position.turn}"]
    if position.silences:
        words.append(f"s={position.silences}")
    if position.misses:
        words.append(f"m={position.misses}")
    if position.page:
        words.append(f"p={position.page}")
    if position.offered:
        words.append(f"o={position.offered}")
    if position.starred:
        words.append("x=1")
    if position.choices:
        words.append("c=" + _quoted(".".join(f"{step}-{key}" for step, key in position.choices.items())))
    return "&".join(words)


def from_query(version: str, step: str, query: str) -> Position:
    """Read a position back.

    Raises:
        UnreadablePositionError: something in it is missing or cannot be.
    """
    try:
        words = dict(read_pairs(query))
        numbers = {name: _count(words[short]) for short, name in _NUMBERS.items() if short in words}
        return Position(
            version=version,
            step=step,
            hotline=words["h"],
            language=words["l"],
            starred="x" in words,
            offered=words.get("o", ""),
            choices=_choices(words.get("c", "")),
            **numbers,
        )
    except (KeyError, ValueError):
        raise UnreadablePositionError from None


def _count(text: str) -> int:
    count = int(text)
    if not 0 <= count <= MOST:
        raise ValueError
    return count


def _choices(text: str) -> Mapping[str, str]:
    if not text:
        return MappingProxyType({})
    return MappingProxyType(dict(choice.split("-", 1) for choice in text.split(".")))
