"""A hotline: one telephone number with its languages, country and facts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from ivr.domain.content import NOTHING, Content

RETENTION_AUDIO_DAYS: Final = 30
"""How long a recording is kept after its review; consent_more says this number aloud."""


@dataclass(frozen=True, slots=True)
class Hotline:
    """One number of one organisation.

    Attributes:
        languages: In the order in which they are offered.
        emergency_number: Read out only when a person has checked it, else None.
        is_free: The call costs the caller nothing, and she is told so.
        content: What its organisation can tell callers now.
        lists: What callers can choose from, by the list's name.
        is_open: New calls are answered.
    """

    id: str
    organisation_id: str
    number: str
    name: str
    country: str
    languages: tuple[str, ...]
    flow: str
    is_free: bool
    emergency_number: str | None
    is_open: bool = True
    content: Content = NOTHING
    lists: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}), hash=False)

    @property
    def facts(self) -> frozenset[str]:
        """What a flow may know of it."""
        return frozenset({"free"}) if self.is_free else frozenset()

    @property
    def values(self) -> "MappingProxyType[str, str]":
        """What its prompts can say of it."""
        values = {"retention_days": str(RETENTION_AUDIO_DAYS)}
        if self.emergency_number is not None:
            values["emergency_number"] = self.emergency_number
        return MappingProxyType(values)
