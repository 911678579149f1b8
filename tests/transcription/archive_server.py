"""A web server with model archives that can break off, lie, fall silent and refuse."""

import contextlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class ArchiveServer:
    """What the server has, how it misbehaves, and what was asked of it.

    Attributes:
        archives: Content by path.
        breaks_after: For each coming answer, the bytes after which the line is cut.
        etag: Of all archives; None sends none.
        status: Sent instead of any archive.
        ranges: The Range header of each request so far, "" where there was none.
        knows_ranges: Whether a part can be asked for.
        stays_silent: Whether a cut line stays open without a byte until the end.
    """

    archives: dict[str, bytes] = field(default_factory=dict)
    breaks_after: list[int] = field(default_factory=list)
    etag: str | None = '"first"'
    status: int | None = None
    ranges: list[str] = field(default_factory=list)
    knows_ranges: bool = True
    stays_silent: bool = False
    base_url: str = ""
    end: threading.Event = field(default_factory=threading.Event)


@contextmanager
def serving() -> Iterator[ArchiveServer]:
    """Serve until the end of the block."""
    state = ArchiveServer()
    server = _Server(state)
    state.base_url = f"http://127.0.0.1:{server.server_address[1]}/models"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield state
    finally:
        state.end.set()
        server.shutdown()
        thread.join()
        server.server_close()


class _Server(ThreadingHTTPServer):
    def __init__(self, state: ArchiveServer) -> None:
        self.state = state
        super().__init__(("127.0.0.1", 0), _Handler)


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the base class names it so)
        """Say nothing."""

    def do_GET(self) -> None:
        state = self.server.state
        state.ranges.append(self.headers.get("Range", ""))
        content = state.archives.get(self.path.removeprefix("/models/"))
        if state.status or content is None:
            self.send_error(state.status or 404)
            return
        start = self._start(state)
        if start >= len(content):
            self._answer(416, {"Content-Range": f"bytes */{len(content)}", "Content-Length": "0"})
        else:
            self._send(state, content, start)

    def _start(self, state: ArchiveServer) -> int:
        is_same = self.headers.get("If-Range", state.etag) == state.etag
        if not (state.knows_ranges and is_same and "Range" in self.headers):
            return 0
        return int(self.headers["Range"].removeprefix("bytes=").rstrip("-"))

    def _send(self, state: ArchiveServer, content: bytes, start: int) -> None:
        headers = {"Content-Length": str(len(content) - start)}
        if start:
            headers["Content-Range"] = f"bytes {start}-{len(content) - 1}/{len(content)}"
        if state.etag:
            headers["ETag"] = state.etag
        self._answer(206 if start else 200, headers)
        end = start + state.breaks_after.pop(0) if state.breaks_after else len(content)
        with contextlib.suppress(ConnectionError):  # who asked may have given up
            self.wfile.write(content[start:end])
        if end < len(content) and state.stays_silent:
            state.end.wait()

    def _answer(self, status: int, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
