"""The least of HTTP/1.1 that a load generator needs: one request at a time over a connection kept open."""

import asyncio
from typing import NamedTuple

ANSWER_WITHIN_S = 10.0
_END_OF_HEAD = b"\r\n\r\n"


class Answer(NamedTuple):
    """A status and a body."""

    status: int
    body: bytes


class Connection(asyncio.Protocol):
    """A connection that stays open; far cheaper than a client library, so the server is what is measured."""

    def __init__(self) -> None:
        self._heard = b""
        self._transport: asyncio.Transport | None = None
        self._waiting: asyncio.Future[Answer] | None = None

    @classmethod
    async def to(cls, bind: str) -> "Connection":
        """Connect to HOST:PORT."""
        host, _, port = bind.rpartition(":")
        _, connection = await asyncio.get_running_loop().create_connection(cls, host, int(port))
        return connection

    async def ask(self, request: bytes) -> Answer:
        """Send a request and return its answer.

        Raises:
            ConnectionError: the server closed the connection.
        """
        if self._transport is None or self._transport.is_closing():
            raise ConnectionError
        self._waiting = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._waiting

    def close(self) -> None:
        """End the connection."""
        if self._transport is not None:
            self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep what one writes to."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Hand over the answer when all of it is there."""
        self._heard += data
        answer = _whole_answer(self._heard)
        if answer is not None and self._waiting is not None:
            self._heard = b""
            if not self._waiting.done():
                self._waiting.set_result(answer)

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell whoever still waits."""
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_exception(exc or ConnectionResetError())


def _whole_answer(heard: bytes) -> Answer | None:
    head, found, body = heard.partition(_END_OF_HEAD)
    if not found or len(body) < _length(head):
        return None
    return Answer(int(head[9:12]), body)


def _length(head: bytes) -> int:
    _, found, rest = head.lower().partition(b"\r\ncontent-length:")
    return int(rest.split(b"\r\n", 1)[0]) if found else 0
