"""A small programmable app for the company to call."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from werkzeug.serving import WSGIRequestHandler
from werkzeug.wrappers import Request, Response

from ivr.simulator.sounds import LINE_RATE_HZ, wav_file

HOTLINE = "+12025550123"
CALLER = "+447700900101"
ACCOUNT = "AC" + "0" * 31 + "1"
TONE_HZ = 440
TOKEN = "a-token-of-thirty-two-characters"


class Silent(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002  (the parent's name)
        pass


Answer = Response | Callable[[Request], Response]


@dataclass
class Seen:
    method: str
    path: str
    url: str
    form: dict[str, str]
    args: dict[str, str]
    headers: dict[str, str]

    @property
    def fields(self) -> dict[str, str]:
        return {**self.args, **self.form}


@dataclass
class App:
    """Answers what it was told to answer, and remembers what it was asked."""

    answers: dict[str, list[Answer]] = field(default_factory=dict)
    seen: list[Seen] = field(default_factory=list)
    url: str = ""

    def on(self, path: str, *answers: Answer) -> None:
        """Give the answers of a path, one after the other; the last one stays."""
        self.answers[path] = list(answers)

    def says(self, path: str, *documents: str) -> None:
        """Give TwiML bodies for a path."""
        self.on(path, *(twiml(document) for document in documents))

    def asked(self, path: str) -> list[Seen]:
        return [seen for seen in self.seen if seen.path == path]

    def __call__(self, environ: Any, start_response: Any) -> Any:
        request = Request(environ)
        self.seen.append(
            Seen(
                request.method,
                request.path,
                request.url,
                request.form.to_dict(),
                request.args.to_dict(),
                dict(request.headers),
            )
        )
        return self._answer(request)(environ, start_response)

    def _answer(self, request: Request) -> Response:
        answers = self.answers.get(request.path)
        if not answers:
            return Response("", 404)
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        return answer if isinstance(answer, Response) else answer(request)


def twiml(verbs: str) -> Response:
    return Response(f"<Response>{verbs}</Response>", content_type="text/xml")


def tone(length_s: float, rate_hz: int = LINE_RATE_HZ) -> bytes:
    """Return a WAV file in which something sounds all the time."""
    time = np.arange(round(length_s * rate_hz)) / rate_hz
    return wav_file((8000 * np.sin(2 * np.pi * TONE_HZ * time)).astype(np.int16), rate_hz=rate_hz)
