"""The REST interface that Twilio, Somleng, SignalWire and the simulator share."""

import json
import logging
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

import requests
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from ivr.carrier.errors import (
    CallNotOverError,
    CarrierBusyError,
    CarrierRefusedError,
    CarrierUnavailableError,
    InvalidNameError,
)
from ivr.carrier.repeating import ask_again

VERSION = "2010-04-01"
LONGEST_NAME = 64

_NOT_FINISHED = 20009
_TOO_MANY_REQUESTS = 429
_BEGINNING_OF_TROUBLE = 300
_SERVER_TROUBLE = 500


def quoted(name: str) -> str:
    """Return the name of a call or recording as one segment of an address.

    Raises:
        InvalidNameError: it is empty, longer than 64 characters, or holds what cannot be printed.
    """
    if not 0 < len(name) <= LONGEST_NAME or not name.isprintable() or set(name) <= {"."}:
        raise InvalidNameError
    return quote(name, safe="")


class Rest:
    """Requests below one account, with credentials, a timeout, and our own errors."""

    def __init__(self, api_url: str, account: str, token: str, timeout_s: float) -> None:
        # `environment` keeps TWILIO_EDGE and TWILIO_REGION from bending the address.
        client = Client(
            account,
            token,
            http_client=TwilioHttpClient(timeout=timeout_s, logger=_silence()),
            environment={"": ""},
        )
        client.api.base_url = api_url
        self._api = client.api.v2010
        self._account = quoted(account)
        self._api_url = api_url.rstrip("/")

    def address(self, path: str) -> str:
        """Return the full address of a path below the account."""
        return f"{self._api_url}/{VERSION}/Accounts/{self._account}/{path}"

    def ask(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, object] | None = None,
        form: Mapping[str, object] | None = None,
    ) -> dict[str, Any]:
        """Send one request and return the JSON object in the answer ({} for an empty one).

        Raises:
            CarrierError: the subclass says whether a later try can help.
        """
        try:
            answer = self._api.request(method, f"Accounts/{self._account}/{path}", params=params, data=form)
        except requests.RequestException as error:
            raise CarrierUnavailableError(type(error).__name__) from None
        if answer.status_code >= _BEGINNING_OF_TROUBLE:
            raise _trouble(answer.status_code, answer.text)
        return _json_object(answer.text)

    def pages(self, path: str, params: Mapping[str, object]) -> Iterator[dict[str, Any]]:
        """Yield each page of a list.

        Only the query of `next_page_uri` is used: behind a base address with a path of its own, some carriers
        repeat that path in it and some do not.
        """
        page = self._page(path, params)
        yield page
        while following := page.get("next_page_uri"):
            page = self._page(path, dict(parse_qsl(urlsplit(str(following)).query)))
            yield page

    def _page(self, path: str, params: Mapping[str, object]) -> dict[str, Any]:
        return ask_again(lambda: self.ask("GET", path, params=params))


def _trouble(status: int, text: str) -> Exception:
    if status == _TOO_MANY_REQUESTS:
        return CarrierBusyError()
    if status >= _SERVER_TROUBLE:
        return CarrierUnavailableError(f"status {status}")
    code = _code(text)
    return CallNotOverError(status, code) if code == _NOT_FINISHED else CarrierRefusedError(status, code)


def _code(text: str) -> int | None:
    """Return the code in an answer; some carriers write it as a number, some as a text."""
    try:
        return int(json.loads(text)["code"])
    except (ValueError, KeyError, TypeError):
        return None


def _json_object(text: str) -> dict[str, Any]:
    if not text.strip():
        return {}
    try:
        found = json.loads(text)
    except ValueError:
        raise CarrierUnavailableError("an answer that is not JSON") from None
    if not isinstance(found, dict):
        raise CarrierUnavailableError("an answer of an unknown shape")
    return found


def _silence() -> logging.Logger:
    """Return a logger that keeps the client from writing addresses and forms."""
    silent = logging.Logger("peerline.carrier.silent")  # noqa: LOG001 - not of the tree: nothing may turn it on
    silent.disabled = True
    return silent
