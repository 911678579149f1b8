"""A handset of a company in another process, over the handset API."""

from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx

Happening = dict[str, Any]


class NoCompanyError(Exception):
    """Nobody answers at the address of the simulator."""

    def __init__(self, url: str) -> None:
        super().__init__(f"There is no telephone company at {url}. Start one with `peerline demo`.")


class RefusedByCompanyError(Exception):
    """The company says no, in its own words."""


class RemoteCall:
    """One call, followed event by event.

    Attributes:
        state: What the line does, as of the last look.
        takes_keys: Whether a key would be heard.
        events: Everything that has happened so far.
    """

    def __init__(self, company: httpx.Client, sid: str, on_event: Callable[[Happening], None]) -> None:
        self._company = company
        self._sid = sid
        self._on_event = on_event
        self.state = "dialling"
        self.takes_keys = False
        self.events: list[Happening] = []

    @property
    def has_ended(self) -> bool:
        """Tell whether the call is over and everything of it was seen."""
        return self.state == "ended" and any(event["kind"] == "ended" for event in self.events)

    def look(self, wait_s: float) -> None:
        """Take in what has happened, waiting a while for something new."""
        query = {"after": str(len(self.events)), "wait_s": str(wait_s)}
        news = _answer(self._company.get(f"/calls/{self._sid}/events", params=query))
        self.state, self.takes_keys = news["state"], news["takes_keys"]
        for event in news["events"]:
            self.events.append(event)
            self._on_event(event)

    def count(self, kind: str) -> int:
        """Return how often something has happened."""
        return sum(event["kind"] == kind for event in self.events)

    def press(self, digits: str) -> None:
        """Press keys."""
        _answer(self._company.post(f"/calls/{self._sid}/keys", json={"digits": digits}))
        self.look(0)

    def speak(self, file: Path) -> float:
        """Say what is in a WAV file and return how long that takes in seconds."""
        answer = self._company.post(f"/calls/{self._sid}/voice", content=file.read_bytes())
        return float(_answer(answer)["length_s"])

    def hang_up(self) -> None:
        """End the call and take in how it ended."""
        _answer(self._company.post(f"/calls/{self._sid}/hang_up", json={}))
        while not self.has_ended:
            self.look(1)


class RemoteHandset:
    """A telephone at a company in another process; a context manager.

    Args:
        url: Where the company serves.
        number: Who calls.
    """

    def __init__(self, url: str, number: str) -> None:
        self._url = url
        self._number = number
        self._company = httpx.Client(base_url=f"{url.rstrip('/')}/handsets", timeout=60.0, trust_env=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._company.close()

    def dial(self, to: str | None, on_event: Callable[[Happening], None]) -> RemoteCall:
        """Call a number, or the first one the company has.

        Raises:
            NoCompanyError: Nobody is there.
            RefusedByCompanyError: The number cannot be dialled.
        """
        try:
            called = to or _answer(self._company.get("/numbers"))["numbers"][0]["number"]
            wanted = {"from": self._number, "to": called}
            sid = _answer(self._company.post("/calls", json=wanted))["call"]
        except httpx.TransportError as error:
            raise NoCompanyError(self._url) from error
        return RemoteCall(self._company, sid, on_event)


def _answer(response: httpx.Response) -> dict[str, Any]:
    if response.is_success:
        return dict(response.json()) if response.content else {}
    try:
        reason = response.json()["error"]
    except (ValueError, KeyError, TypeError):
        reason = f"The telephone company answered {response.status_code}."
    raise RefusedByCompanyError(reason)
