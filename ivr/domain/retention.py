"""How long what callers said is kept, each with its reason; `ivr.services.retention` keeps to it."""

from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import Final, Literal

from ivr.domain.hotline import RETENTION_AUDIO_DAYS

Kind = Literal["sound_of_done", "sound_set_aside", "sound_unsent", "words", "notes"]


@dataclass(frozen=True, slots=True)
class Rule:
    """How long one kind of thing stays.

    Attributes:
        stays: From the moment that `since` names.
        since: From when the time is counted.
        name: What it is called where people read of it.
    """

    stays: timedelta
    since: str
    name: str


RULES: Final = MappingProxyType[Kind, Rule](
    {
        "sound_of_done": Rule(
            timedelta(days=RETENTION_AUDIO_DAYS),
            "the concern was marked done",
            "recordings of concerns that are done",
        ),
        "sound_set_aside": Rule(
            timedelta(days=7),
            "they were recorded",
            "recordings that are silent, noise only or too short",
        ),
        "sound_unsent": Rule(
            timedelta(days=7),
            "they were recorded",
            "recordings that were never sent",
        ),
        "words": Rule(
            timedelta(days=730),
            "the message was recorded",
            "transcripts",
        ),
        "notes": Rule(
            timedelta(days=730),
            "the last message of their concern was recorded",
            "notes",
        ),
    }
)
"""The whole of it.

- `sound_of_done`: a voice is known by those who know her, so it goes first. A month is left to look again
  at what was decided, and to open a concern that was closed too early. The spoken notice names this number.
- `sound_set_aside`: there is no word in it for anybody. A week is left to find that the program was wrong.
- `sound_unsent`: she never said that staff may have it.
- `words`: a dispute about wages or papers can take long. The spoken notice says two years, and 730 days
  are never more.
- `notes`: they retell what she said, and stay no longer than the words.
"""
