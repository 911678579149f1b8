"""Telephone numbers as people write them, and as they are kept."""

import re
from typing import Final

from ivr.domain.errors import PeerlineError

_BETWEEN: Final = re.compile(r"[ ()\-.]")
_INTERNATIONAL: Final = re.compile(r"\+[1-9]\d{6,14}")
_SHORT: Final = re.compile(r"\+?\d{2,15}")


class NotInternationalError(PeerlineError):
    """A number cannot be reached from everywhere as it is written."""

    def __init__(self) -> None:
        super().__init__("a line's number must be international and begin with +")


class NotDiallableError(PeerlineError):
    """What was written holds more or less than digits."""

    def __init__(self) -> None:
        super().__init__("an emergency number is 2 to 15 digits")


def international(text: str) -> str:
    """Return a number as carriers send it: + and digits alone.

    Raises:
        NotInternationalError: it is none.
    """
    number = _BETWEEN.sub("", text)
    if not _INTERNATIONAL.fullmatch(number):
        raise NotInternationalError
    return number


def diallable(text: str) -> str:
    """Return a number as it is dialled within its country, such as an emergency number.

    Raises:
        NotDiallableError: it is none.
    """
    number = _BETWEEN.sub("", text)
    if not _SHORT.fullmatch(number):
        raise NotDiallableError
    return number
