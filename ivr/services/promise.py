"""One deed in one turn of one call, and what it may hand to the words that follow it."""

from dataclasses import dataclass, field

from flows.model import Heard, Keys, Position
from ivr.domain.hotline import Hotline
from ivr.services.station import Station

Values = dict[str, str]
"""What fills the prompts of this turn."""


@dataclass(frozen=True, slots=True)
class Promise:
    """One deed in one turn of one call.

    Attributes:
        caller: The number she calls from as the carrier says it; kept by nobody.
    """

    station: Station
    hotline: Hotline
    position: Position
    heard: Heard
    call_sid: str
    caller: str = field(default="", repr=False)

    @property
    def digits(self) -> str:
        """What she keyed in this turn; nothing if she did not."""
        return self.heard.digits if isinstance(self.heard, Keys) else ""
