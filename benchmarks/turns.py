"""A menu turn (signature, form, flow, document) against a bare Flask route with an equal answer."""

import io
import time
from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from flask import Flask

from benchmarks import programs, webhooks
from benchmarks.bare import SIZE, bare_app
from benchmarks.generator import Plan, generate
from benchmarks.practice import Practice, free_bind, practice
from benchmarks.rows import Row, at_least, paired_ratios
from ivr.app import create_app

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment

PAIRS, REQUESTS = 15, 3000
WIRE_PAIRS, WIRE_S = 9, 2.0
CONNECTIONS = 16
CALL = "CA" + "1" * 32


def rows(
    *,
    pairs: int = PAIRS,
    requests: int = REQUESTS,
    wire_pairs: int = WIRE_PAIRS,
    wire_s: float = WIRE_S,
) -> list[Row]:
    """Measure both ways; takes about a minute."""
    with practice() as line:
        return [*in_process_rows(line, pairs, requests), *wire_rows(line, wire_pairs, wire_s)]


def in_process_rows(line: Practice, pairs: int, requests: int) -> list[Row]:
    """Call both applications as a server does, without any server."""
    app = create_app(line.settings, send=lambda _: None)
    answer = _answer(app, line)
    ours = _Asked(app.wsgi_app, _environ(line))
    bare = _Asked(bare_app("x" * len(answer)).wsgi_app, _environ(line))
    for asked in (ours, bare):
        asked.a_second(requests)
    pace = paired_ratios(_noted(ours, requests), _noted(bare, requests), pairs)
    return [
        Row("menu turn, in-process: requests/s against a bare Flask route", "x", tuple(pace), at_least(0.25)),
        Row("  menu turn, in-process", "us", tuple(1e6 / rate for rate in ours.rates)),
        Row("  bare route, in-process", "us", tuple(1e6 / rate for rate in bare.rates)),
    ]


def wire_rows(line: Practice, pairs: int, seconds: float) -> list[Row]:
    """Let the load generator ask both servers in turn, as fast as they answer."""
    bare_settings = line.settings.model_copy(update={"bind": free_bind()})
    path, fields = _turn(line)
    size = str(len(_answer(create_app(line.settings, send=lambda _: None), line)))
    with (
        programs.web(line.settings) as our_server,
        programs.web(bare_settings, programs.BARE, **{SIZE: size}) as bare_server,
    ):
        ours = _Served(line.settings.bind, our_server.pid, path, fields)
        bare = _Served(bare_settings.bind, bare_server.pid, path, fields)
        for served in (ours, bare):
            served.a_second(0.5)
        pace = paired_ratios(_noted(ours, seconds), _noted(bare, seconds), pairs)
    cpu = tuple(mine / least for mine, least in zip(ours.cpu_us, bare.cpu_us, strict=True))
    return [
        Row(
            "menu turn, over the wire: requests/s against a bare Flask route",
            "x",
            tuple(pace),
            at_least(0.4),
            f"granian, 2 workers, {CONNECTIONS} connections kept open; the load generator shares the cores",
        ),
        Row("  menu turns answered", "1/s", tuple(ours.rates)),
        Row("  bare routes answered", "1/s", tuple(bare.rates)),
        Row("  processor time of the server for a menu turn against a bare route", "x", cpu),
    ]


class _Asked:
    """A WSGI application, asked the same again and again."""

    def __init__(self, app: "WSGIApplication", environ: Callable[[], "WSGIEnvironment"]) -> None:
        self._app = app
        self._environ = environ
        self.rates: list[float] = []

    def a_second(self, requests: float) -> float:
        """Ask so many times; return how many are answered in a second of processor time."""
        environs = [self._environ() for _ in range(int(requests))]
        began = time.process_time()
        for environ in environs:
            _body(self._app, environ)
        return len(environs) / (time.process_time() - began)


class _Served:
    """A web server, asked over the wire."""

    def __init__(self, bind: str, process: int, path: str, fields: dict[str, str]) -> None:
        self._bind = bind
        self._process = process
        self._request = webhooks.request(bind, path, fields).decode()
        self.rates: list[float] = []
        self.cpu_us: list[float] = []

    def a_second(self, seconds: float) -> float:
        """Ask for so long; return how many are answered in a second."""
        before_s = programs.cpu_s(self._process)
        seen = generate(Plan(self._bind, (self._request,), CONNECTIONS, seconds=seconds))
        if seen.failed:
            raise RuntimeError(f"{seen.failed} answers were not what was asked for")
        self.cpu_us.append((programs.cpu_s(self._process) - before_s) * 1e6 / len(seen.waits_ms))
        return len(seen.waits_ms) / seen.took_s


def _noted(asked: _Asked | _Served, how_much: float) -> Callable[[], float]:
    def measure() -> float:
        asked.rates.append(asked.a_second(how_much))
        return asked.rates[-1]

    return measure


def _turn(line: Practice) -> tuple[str, dict[str, str]]:
    """Return address and form of a turn in which she asks to leave a message."""
    return line.turn_path("main_menu", 2), webhooks.pressed(CALL, "2")


def _environ(line: Practice) -> Callable[[], "WSGIEnvironment"]:
    path, fields = _turn(line)
    body = urlencode(fields).encode()
    host, _, port = line.settings.bind.rpartition(":")
    ready: WSGIEnvironment = {
        "REQUEST_METHOD": "POST",
        "SCRIPT_NAME": "",
        "PATH_INFO": path.partition("?")[0],
        "QUERY_STRING": path.partition("?")[2],
        "SERVER_NAME": host,
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": line.settings.bind,
        "HTTP_X_TWILIO_SIGNATURE": webhooks.signature(f"http://{line.settings.bind}{path}", fields),
        "CONTENT_TYPE": "application/x-www-form-urlencoded; charset=utf-8",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": False,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    return lambda: {**ready, "wsgi.input": io.BytesIO(body)}


def _answer(app: Flask, line: Practice) -> bytes:
    answer = _body(app.wsgi_app, _environ(line)())
    if b"<Gather" not in answer:
        raise RuntimeError("the menu turn was not answered with a menu")
    return answer


def _body(app: "WSGIApplication", environ: "WSGIEnvironment") -> bytes:
    answer = app(environ, lambda *_: lambda _: None)
    try:
        return b"".join(answer)
    finally:
        close = getattr(answer, "close", None)
        if close is not None:
            close()
