"""Fetching sound from the telephone company, with a bound on bytes and on time."""

import logging
import time
from dataclasses import dataclass

import httpx

from ivr.carrier.errors import (
    CarrierBusyError,
    CarrierRefusedError,
    CarrierUnavailableError,
    RecordingNotReadyError,
    RecordingTooLargeError,
)

# httpx writes the whole address of every request at level INFO, and ours name recordings.
logging.getLogger("httpx").setLevel(logging.WARNING)

MOST_REDIRECTS = 3
_BEGINNING_OF_TROUBLE = 400


@dataclass(frozen=True, slots=True)
class MediaLimits:
    """How much one recording may cost us.

    Attributes:
        size_bytes: ten minutes of telephone sound in 16-bit PCM are 9.6 MB, in 48 kHz stereo 115 MB.
        length_s: how long the whole transfer may take.
        wait_s: how long to wait for a connection and for each piece.
    """

    size_bytes: int = 128 * 1024 * 1024
    length_s: float = 120.0
    wait_s: float = 15.0


class Media:
    """The carrier's shelf of recordings."""

    def __init__(self, account: str, token: str, limits: MediaLimits) -> None:
        self._limits = limits
        self._client = httpx.Client(
            auth=httpx.BasicAuth(account, token),
            timeout=httpx.Timeout(limits.wait_s, connect=5.0),
            follow_redirects=True,
            max_redirects=MOST_REDIRECTS,
        )

    def fetch(self, url: str) -> bytes:
        """Return all bytes at an address.

        Raises:
            RecordingNotReadyError: the carrier answers 404.
            RecordingTooLargeError: a limit was passed; nothing is kept.
            CarrierError: anything else that goes wrong.
        """
        try:
            with self._client.stream("GET", url) as response:
                _check(response)
                return self._read(response)
        except (httpx.HTTPError, httpx.StreamError) as error:
            raise CarrierUnavailableError(type(error).__name__) from None

    def has(self, url: str) -> bool:
        """Tell whether anything is at an address, without fetching it."""
        try:
            with self._client.stream("GET", url) as response:
                _check(response)
        except RecordingNotReadyError:
            return False
        except httpx.HTTPError as error:
            raise CarrierUnavailableError(type(error).__name__) from None
        return True

    def _read(self, response: httpx.Response) -> bytes:
        deadline = time.monotonic() + self._limits.length_s
        sound = bytearray()
        for piece in response.iter_bytes():
            sound += piece
            if len(sound) > self._limits.size_bytes:
                raise RecordingTooLargeError(f"{self._limits.size_bytes} bytes")
            if time.monotonic() > deadline:
                raise RecordingTooLargeError(f"{self._limits.length_s:.0f} s of transfer")
        return bytes(sound)


def _check(response: httpx.Response) -> None:
    status = response.status_code
    if status == httpx.codes.NOT_FOUND:
        raise RecordingNotReadyError
    if status == httpx.codes.TOO_MANY_REQUESTS:
        raise CarrierBusyError
    if status >= httpx.codes.INTERNAL_SERVER_ERROR:
        raise CarrierUnavailableError(f"status {status}")
    if status >= _BEGINNING_OF_TROUBLE:
        raise CarrierRefusedError(status)
