"""A telephone company of a few lines: it answers what a test tells it to, over real HTTP."""

from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from urllib.parse import parse_qs, urlsplit

from ivr.carrier.profiles import TWILIO, Profile
from ivr.carrier.twilio import TwilioCarrier


@dataclass
class Asked:
    method: str
    path: str
    query: dict[str, list[str]]
    form: dict[str, list[str]]
    authorization: str | None


@dataclass
class Company:
    url: str = ""
    answers: list[tuple[int, str | bytes, dict[str, str]]] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)

    def will_answer(self, status: int, body: str | bytes = "", **headers: str) -> None:
        """Add an answer; the last one is given for ever."""
        self.answers.append((status, body, headers))

    def next_answer(self) -> tuple[int, str | bytes, dict[str, str]]:
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]

    def carrier(self, profile: Profile = TWILIO, *, path: str = "", **options: object) -> TwilioCarrier:
        return TwilioCarrier(profile, "AC1", "token", api_url=self.url + path, **options)  # type: ignore[arg-type]


def handler(company: Company) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            parts = urlsplit(self.path)
            company.asked.append(
                Asked(
                    self.command,
                    parts.path,
                    parse_qs(parts.query),
                    parse_qs(body),
                    self.headers.get("Authorization"),
                )
            )
            status, text, headers = company.next_answer()
            data = text.encode() if isinstance(text, str) else text
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            if status != 204:
                self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = do_DELETE = answer  # noqa: N815 - names that the standard library looks for

        def log_message(self, *_: object) -> None:
            """Keep test output clean."""

    return Handler
