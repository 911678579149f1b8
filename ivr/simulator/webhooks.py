"""Asks the app over HTTP as a carrier does: signed, patient for 15 s, with redirects, cookies and retries."""

import base64
import secrets
import threading
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Final
from urllib.parse import parse_qsl, unquote, urldefrag, urlencode, urljoin, urlsplit

import httpx

from ivr.simulator.profiles import Profile
from ivr.simulator.signing import signature, signed_url

MAX_REDIRECTS: Final = 10
REDIRECTS: Final = {301, 302, 303, 307, 308}
SAME_METHOD: Final = {307, 308}
CONNECTIONS: Final = httpx.Limits(max_connections=None, max_keepalive_connections=64, keepalive_expiry=2.0)
ANSWER_LIMIT_BYTES: Final = 64 * 1024 * 1024


class UndeliveredError(Exception):
    """No usable answer came.

    Attributes:
        code: The carrier's error code.
        status: The HTTP status, when there was one.
    """

    def __init__(self, code: int, reason: str, status: int | None = None) -> None:
        super().__init__(reason)
        self.code = code
        self.status = status


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait and how often to try; the fragment of an address may say it (`#ct=…&rt=…&rc=…`)."""

    connect_s: float = 5.0
    read_s: float = 15.0
    total_s: float = 15.0
    retries: int = 1
    retry_on: frozenset[str] = frozenset({"ct"})

    def retries_after(self, cause: str) -> bool:
        """Tell whether a failure of a kind (`ct`, `rt`, `4xx`, `5xx`) may be tried again."""
        return bool(self.retry_on & {cause, "all"})


@dataclass(frozen=True, slots=True)
class Asked:
    """One request to the app.

    Attributes:
        url: Where, fragment included.
        method: GET or POST.
        fields: The form.
        standard: The part of the form that survives a redirect; all of it when None.
    """

    url: str
    method: str = "POST"
    fields: Mapping[str, str] = field(default_factory=dict)
    standard: Mapping[str, str] | None = None
    cookies: httpx.Cookies = field(default_factory=httpx.Cookies)
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answered:
    """What came back, from where, and how long it took."""

    status: int
    headers: Mapping[str, str]
    content: bytes
    url: str
    took_ms: float

    @property
    def content_type(self) -> str:
        """Return the bare content type, in lower case."""
        return self.headers.get("content-type", "").split(";")[0].strip().lower()


def patience_of(url: str) -> Patience:
    """Return the patience that the fragment of an address asks for."""
    wanted = dict(parse_qsl(urldefrag(url).fragment))
    usual = Patience()
    return Patience(
        _within(wanted.get("ct"), 0.1, 10.0, usual.connect_s),
        _within(wanted.get("rt"), 0.1, 15.0, usual.read_s),
        _within(wanted.get("tt"), 0.1, 15.0, usual.total_s),
        min(5, int(wanted["rc"])) if wanted.get("rc", "").isdecimal() else usual.retries,
        frozenset(wanted["rp"].split(",")) if "rp" in wanted else usual.retry_on,
    )


def _within(text: str | None, least_s: float, most_s: float, usual_s: float) -> float:
    return min(most_s, max(least_s, int(text) / 1000)) if text and text.isdecimal() else usual_s


class Courier:
    """Carries requests to the app. Safe to use from many threads."""

    def __init__(self, profile: Profile, key: str, transport: httpx.BaseTransport | None = None) -> None:
        self._profile = profile
        self._key = key
        self._transport = transport or httpx.HTTPTransport(limits=CONNECTIONS)
        self._cookies_lock = threading.Lock()

    def close(self) -> None:
        """Close all connections."""
        self._transport.close()

    def deliver(self, asked: Asked) -> Answered:
        """Send a request until it is answered or may not be tried again.

        Raises:
            UndeliveredError: Nothing usable came.
        """
        patience = patience_of(asked.url)
        begun = time.monotonic()
        token = secrets.token_hex(16)
        for attempt in range(patience.retries + 1):
            headers = {**asked.headers, "I-Twilio-Idempotency-Token": token}
            try:
                answered = self._follow(replace(asked, headers=headers), patience, begun)
            except UndeliveredError as error:
                if attempt == patience.retries or not patience.retries_after(_cause(error)):
                    raise
            else:
                cause = f"{answered.status // 100}xx"
                if attempt == patience.retries or not patience.retries_after(cause):
                    return answered
        raise AssertionError("the last attempt returns or raises")

    def fetch(self, url: str, headers: Mapping[str, str]) -> Answered:
        """Get a sound file: no call parameters, no signature."""
        begun = time.monotonic()
        return self._send(Asked(url, "GET", headers=headers), Patience(), begun, signs=False)

    def _follow(self, asked: Asked, patience: Patience, begun: float) -> Answered:
        for _ in range(MAX_REDIRECTS + 1):
            answered = self._send(asked, patience, begun, signs=True)
            place = answered.headers.get("location")
            if answered.status not in REDIRECTS or not place:
                return replace(answered, took_ms=(time.monotonic() - begun) * 1000)
            asked = _redirected(asked, urljoin(answered.url, place), answered.status)
        raise UndeliveredError(11215, "More than ten redirects.")

    def _send(self, asked: Asked, patience: Patience, begun: float, *, signs: bool) -> Answered:
        left_s = patience.total_s - (time.monotonic() - begun)
        if left_s <= 0:
            raise UndeliveredError(11203, "The time for the request is used up.")
        request = self._request(asked, signs=signs)
        request.extensions["timeout"] = httpx.Timeout(
            min(patience.read_s, left_s), connect=min(patience.connect_s, left_s)
        ).as_dict()
        try:
            response = self._transport.handle_request(request)
            content = _read(response, begun + patience.total_s)
        except httpx.HTTPError as error:
            raise _undelivered(error) from error
        response.request = request
        with self._cookies_lock:
            asked.cookies.extract_cookies(response)
        took_ms = (time.monotonic() - begun) * 1000
        return Answered(response.status_code, response.headers, content, asked.url, took_ms)

    def _request(self, asked: Asked, *, signs: bool) -> httpx.Request:
        if urlsplit(asked.url).scheme not in {"http", "https"} or not urlsplit(asked.url).hostname:
            raise UndeliveredError(11100, "The address cannot be used.")
        url, form = _address_and_form(asked)
        headers = dict(asked.headers)
        if signs:
            covered = signed_url(url, keeps_fragment=self._profile.signs_fragment)
            headers[self._profile.signature_header] = signature(self._key, covered, form)
        if user := urlsplit(url).username:
            password = urlsplit(url).password or ""
            headers["Authorization"] = _basic(unquote(user), unquote(password))
        body = urlencode(form).encode() if asked.method == "POST" else None
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            request = httpx.Request(asked.method, urldefrag(url).url, content=body, headers=headers)
        except httpx.InvalidURL as error:
            raise UndeliveredError(11100, "The address cannot be used.") from error
        with self._cookies_lock:
            asked.cookies.set_cookie_header(request)
        return request


def deliver_side_by_side(courier: Courier, asked: Asked, copies: int) -> list[Answered]:
    """Send copies of one request at the same moment and return all answers.

    Raises:
        UndeliveredError: One of them got no usable answer.
    """
    with ThreadPoolExecutor(max(1, copies)) as hands:
        return list(hands.map(lambda _: courier.deliver(asked), range(copies)))


def _basic(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def _address_and_form(asked: Asked) -> tuple[str, Mapping[str, str]]:
    if asked.method == "POST":
        return asked.url, asked.fields
    bare, fragment = urldefrag(asked.url)
    if asked.fields:
        bare += ("&" if urlsplit(bare).query else "?") + urlencode(dict(asked.fields))
    return f"{bare}#{fragment}" if fragment else bare, {}


def _redirected(asked: Asked, url: str, status: int) -> Asked:
    method = asked.method if status in SAME_METHOD else "GET"
    fields = asked.fields if asked.standard is None else asked.standard
    return replace(asked, url=url, method=method, fields=fields, standard=fields)


def _read(response: httpx.Response, until: float) -> bytes:
    content = bytearray()
    try:
        for piece in response.iter_raw():
            content += piece
            if time.monotonic() > until or len(content) > ANSWER_LIMIT_BYTES:
                raise UndeliveredError(11203, "The answer took too long or was too big.")
    finally:
        response.close()
    return bytes(content)


def _cause(error: UndeliveredError) -> str:
    return "rt" if error.code in {11203, 11200} else "ct"


def _undelivered(error: httpx.HTTPError) -> UndeliveredError:
    match error:
        case httpx.ConnectTimeout():
            return UndeliveredError(11201, "No connection in time.")
        case httpx.ConnectError():
            return UndeliveredError(11202, "The connection was refused.")
        case httpx.TimeoutException():
            return UndeliveredError(11203, "No answer in time.")
        case httpx.UnsupportedProtocol():
            return UndeliveredError(11100, "The address cannot be used.")
        case _:
            return UndeliveredError(11200, "The answer could not be read.")
