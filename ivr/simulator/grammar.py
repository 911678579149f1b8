"""The verbs of TwiML: their attributes, their defaults, and what is said of a wrong value."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeVar

Value = TypeVar("Value")
Method = Literal["GET", "POST"]
ALL_KEYS = "1234567890*#"


@dataclass(frozen=True, slots=True)
class Play:
    """A sound file, or keys sent to the other side."""

    url: str
    loop: int = 1
    digits: str = ""


@dataclass(frozen=True, slots=True)
class Say:
    """Words for a synthesiser; here they are shown and take their natural time in silence."""

    text: str
    language: str = ""
    loop: int = 1


@dataclass(frozen=True, slots=True)
class Pause:
    """Silence, or ringing when it comes first."""

    length_s: int = 1


@dataclass(frozen=True, slots=True)
class Gather:
    """Waits for keys while something plays, and for a while after."""

    nested: tuple[Play | Say | Pause, ...] = ()
    action: str | None = None
    method: Method = "POST"
    num_digits: int | None = None
    finish_on_key: str = "#"
    timeout_s: int = 5
    action_on_empty_result: bool = False


@dataclass(frozen=True, slots=True)
class Record:
    """Beeps and records until a key, silence, the limit, or the end of the call."""

    action: str | None = None
    method: Method = "POST"
    timeout_s: int = 5
    finish_on_key: str = ALL_KEYS
    max_length_s: int = 3600
    play_beep: bool = True
    trim: bool = True
    status_callback: str = ""
    status_method: Method = "POST"
    status_events: tuple[str, ...] = ("completed",)


@dataclass(frozen=True, slots=True)
class Redirect:
    """Goes on with another document; an empty address is the present one."""

    url: str = ""
    method: Method = "POST"


@dataclass(frozen=True, slots=True)
class Reject:
    """Refuses the call without answering it."""

    reason: Literal["rejected", "busy"] = "rejected"


@dataclass(frozen=True, slots=True)
class Hangup:
    """Ends the call."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """A verb that this company does not speak."""

    name: str


Verb = Play | Say | Pause | Gather | Record | Redirect | Reject | Hangup | Unknown


@dataclass(slots=True)
class Attributes:
    """The attributes of one element; asking for one marks it as known.

    Attributes:
        element: Name of the element.
        given: The attributes as written.
        warnings: Receives (code, sentence) for what cannot be used.
    """

    element: str
    given: Mapping[str, str]
    warnings: list[tuple[int, str]]
    known: set[str] = field(default_factory=set)

    def text(self, name: str, default: str = "") -> str:
        """Return an attribute as it is written."""
        self.known.add(name)
        return self.given.get(name, default)

    def optional(self, name: str) -> str | None:
        """Return an attribute, or None when it is not there."""
        self.known.add(name)
        return self.given.get(name)

    def number(self, name: str, default: int, code: int, *, at_least: int = 0, at_most: int = 10**6) -> int:
        """Return a whole number within bounds, or the default with a warning."""
        return self._checked(
            name, default, code, lambda text: text.isdecimal() and at_least <= int(text) <= at_most, int
        )

    def flag(self, name: str, code: int, *, default: bool) -> bool:
        """Return a true or false."""
        return self._checked(name, default, code, {"true", "false"}.__contains__, "true".__eq__)

    def method(self, name: str, code: int) -> Method:
        """Return GET or POST."""
        return self._checked(name, "POST", code, {"GET", "POST", "get", "post"}.__contains__, _method)

    def keys(self, name: str, default: str, code: int, pattern: str) -> str:
        """Return keys of a telephone."""
        return self._checked(name, default, code, lambda text: re.fullmatch(pattern, text) is not None, str)

    def warn_of_unknown(self) -> None:
        """Warn of every attribute nobody asked for."""
        for name in self.given:
            if name not in self.known:
                self.warnings.append((12200, f"{self.element} has no attribute {name}"))

    def _checked(
        self,
        name: str,
        default: Value,
        code: int,
        is_fine: Callable[[str], bool],
        read: Callable[[str], Value],
    ) -> Value:
        self.known.add(name)
        text = self.given.get(name)
        if text is None:
            return default
        if is_fine(text):
            return read(text)
        self.warnings.append((code, f"{self.element} {name} is not usable, its default is"))
        return default


def _method(text: str) -> Method:
    return "GET" if text.upper() == "GET" else "POST"
