"""Lists of the REST server, page by page."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeVar
from urllib.parse import urlencode

from ivr.simulator.refusals import RefusedError

Item = TypeVar("Item")
USUAL_SIZE: Final = 50
LARGEST_SIZE: Final = 1000


@dataclass(frozen=True, slots=True)
class Page:
    """Which part of a list is asked for."""

    number: int
    size: int

    @classmethod
    def asked_by(cls, arguments: Mapping[str, str]) -> "Page":
        """Read PageSize and Page.

        Raises:
            RefusedError: 20007, the page is over 1000.
        """
        size = _number(arguments.get("PageSize"), USUAL_SIZE)
        if size > LARGEST_SIZE:
            raise RefusedError(20007, "Page size must not be over 1000", 400)
        return cls(_number(arguments.get("Page"), 0), max(1, size))


def _number(text: str | None, usual: int) -> int:
    return int(text) if text and text.isdecimal() else usual


def page_as_json(
    name: str,
    items: Sequence[Item],
    as_json: Callable[[Item], dict[str, Any]],
    path: str,
    arguments: Mapping[str, str],
) -> dict[str, Any]:
    """Return one page of a list with the addresses of its neighbours."""
    page = Page.asked_by(arguments)
    first = page.number * page.size
    shown = items[first : first + page.size]

    def uri(number: int) -> str:
        kept = {
            key: value for key, value in arguments.items() if key not in {"Page", "PageToken", "PageSize"}
        }
        token = {"PageToken": f"PT{number}"} if number else {}
        return f"{path}?{urlencode({**kept, 'PageSize': page.size, 'Page': number, **token})}"

    return {
        name: [as_json(item) for item in shown],
        "page": page.number,
        "page_size": page.size,
        "start": first,
        "end": max(first, first + len(shown) - 1),
        "first_page_uri": uri(0),
        "previous_page_uri": uri(page.number - 1) if page.number else None,
        "next_page_uri": uri(page.number + 1) if first + page.size < len(items) else None,
        "uri": uri(page.number),
    }


def is_within(moment: datetime | None, name: str, arguments: Mapping[str, str]) -> bool:
    """Tell whether a moment meets the date filters `Name`, `Name<`, `Name>` (days or moments, GMT)."""
    for sign, holds in COMPARISONS.items():
        wanted = arguments.get(name + sign)
        if wanted and (moment is None or not holds(moment, wanted)):
            return False
    return True


def _day_or_moment(moment: datetime, wanted: str) -> str:
    return moment.strftime("%Y-%m-%d" if "T" not in wanted and ":" not in wanted else "%Y-%m-%dT%H:%M:%SZ")


COMPARISONS: Final[dict[str, Callable[[datetime, str], bool]]] = {
    "": lambda moment, wanted: _day_or_moment(moment, wanted) == wanted,
    "<": lambda moment, wanted: _day_or_moment(moment, wanted) <= wanted,
    ">": lambda moment, wanted: _day_or_moment(moment, wanted) >= wanted,
}
