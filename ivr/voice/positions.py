"""Where a call stands, written into the address of its next turn: nothing there is about the caller."""

from collections.abc import Mapping
from types import MappingProxyType
from urllib.parse import parse_qsl, urlencode

from flows.model import Position

_NUMBERS = {"n": "turn", "s": "silences", "m": "misses", "p": "page"}
MOST = 100_000
"""No count of a call grows beyond this; a larger one was not handed out by us."""


class UnreadablePositionError(ValueError):
    """The address of a turn was not handed out by us."""


def to_query(position: Position) -> str:
    """Return the query that `from_query` reads; what is at its default is left out."""
    words = {"h": position.hotline, "l": position.language, "n": position.turn}
    if position.silences:
        words["s"] = position.silences
    if position.misses:
        words["m"] = position.misses
    if position.page:
        words["p"] = position.page
    if position.starred:
        words["x"] = 1
    if position.choices:
        words["c"] = ".".join(f"{step}-{key}" for step, key in position.choices.items())
    return urlencode(words)


def from_query(version: str, step: str, query: str) -> Position:
    """Read a position back.

    Raises:
        UnreadablePositionError: something in it is missing or cannot be.
    """
    words = dict(parse_qsl(query))
    try:
        numbers = {name: _count(words[short]) for short, name in _NUMBERS.items() if short in words}
        return Position(
            version=version,
            step=step,
            hotline=words["h"],
            language=words["l"],
            starred="x" in words,
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
    return MappingProxyType(dict(choice.rsplit("-", 1) for choice in text.split(".")))
