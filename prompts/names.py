"""What values are called: countries, languages, days, times, months and kinds of service."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from prompts.errors import CatalogueError

SLOTS: Final[Mapping[str, str]] = {
    "languages": "language",
    "countries": "country",
    "days": "day",
    "times": "time",
    "months": "month",
    "kinds": "kind",
}
"""The group of names in a language's file -> the gap of a prompt that such a name fills."""

_NOT_SPOKEN: Final = "speech"  # how numbers and dates are said, for people who record and write

Names = Mapping[str, Mapping[str, str]]


def read_names(section: Mapping[str, Any]) -> Names:
    """Return the names of a language by gap and value; groups that are not there yet are left out.

    Raises:
        CatalogueError: a group of names is not known.
    """
    strangers = section.keys() - SLOTS.keys() - {_NOT_SPOKEN}
    if strangers:
        raise CatalogueError(f"Nobody knows these groups of names: {', '.join(sorted(strangers))}.")
    groups = ((SLOTS[group], names) for group, names in section.items() if group in SLOTS)
    return {slot: {str(value): str(word) for value, word in names.items()} for slot, names in groups}


def name_clip(slot: str, value: str) -> str:
    """Return the clip that says a name."""
    return f"{slot}_{value}"


def each_name(names: Names) -> Iterator[tuple[str, str]]:
    """Yield every clip with its words."""
    for slot, words in names.items():
        for value, word in words.items():
            yield name_clip(slot, value), word
