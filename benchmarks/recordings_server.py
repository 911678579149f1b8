"""A telephone company's shelf of recordings and nothing else, a process of its own.

`python -m benchmarks.recordings_server HOST:PORT`: every name is a recording until it is deleted; the two
digits after `RE` say which of the speech samples it holds.
"""

import json
import sys
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

SPEECH = Path(__file__).parent.parent / "tests" / "speech"
SAMPLES = tuple(path for path in sorted(SPEECH.glob("*.wav")) if path.name[:2] not in {"04", "05"})
"""Those in which somebody speaks."""


def recording_sid(sample: int) -> str:
    """Return a new name of a recording of this sample."""
    return f"RE{sample:02d}{uuid4().hex[:30]}"


class _Shelf(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    gone: set[str] = set()  # noqa: RUF012 - one shelf for all connections

    def do_GET(self) -> None:
        sid, _, kind = urlsplit(self.path).path.rpartition("/")[2].partition(".")
        if sid == "Recordings":
            self._give(json.dumps({"recordings": [], "next_page_uri": None}).encode(), "application/json")
        elif sid in self.gone or not sid.startswith("RE"):
            self._give(b"", "text/plain", HTTPStatus.NOT_FOUND)
        elif kind == "json":
            self._give(json.dumps({"sid": sid, "status": "completed"}).encode(), "application/json")
        else:
            self._give(SAMPLES[int(sid[2:4])].read_bytes(), "audio/x-wav")

    def do_DELETE(self) -> None:
        self.gone.add(urlsplit(self.path).path.rpartition("/")[2].partition(".")[0])
        self._give(b"", "text/plain", HTTPStatus.NO_CONTENT)

    def log_message(self, *_: object) -> None:
        """Write nothing."""

    def _give(self, body: bytes, kind: str, status: HTTPStatus = HTTPStatus.OK) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        if status is not HTTPStatus.NO_CONTENT:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class _Server(ThreadingHTTPServer):
    request_queue_size = 64

    def handle_error(self, *_: object) -> None:
        """Write nothing: a connection that was not ended politely is no news."""


def main() -> int:
    """Serve until told to stop."""
    host, _, port = sys.argv[1].rpartition(":")
    with _Server((host, int(port)), _Shelf) as server:
        server.serve_forever()
    return 0


if __name__ == "__main__":
    sys.exit(main())
