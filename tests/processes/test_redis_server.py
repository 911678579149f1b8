"""The embedded Redis: a real server in a folder of the test."""

import os
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from ivr.addresses import LONGEST_SOCKET_PATH_BYTES, is_port_free, redis_socket
from ivr.processes.redis_server import EmbeddedRedis, UnsafeFolderError


class Server:
    """Starts the embedded Redis of a folder as often as a test wants, and ends what is left."""

    def __init__(self, folder: Path) -> None:
        self.redis = EmbeddedRedis(folder)
        self.processes: list[subprocess.Popen[bytes]] = []

    def start(self) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(self.redis.prepare(), stdout=subprocess.DEVNULL)
        self.processes.append(process)
        self.wait_until_ready()
        return process

    def wait_until_ready(self) -> None:
        deadline = time.monotonic() + 10
        while not self.redis.is_answering():
            assert time.monotonic() < deadline, "the server does not answer"
            os.sched_yield()

    @property
    def client(self) -> redis.Redis:
        return redis.Redis(unix_socket_path=str(self.redis.socket))

    def stop(self) -> None:
        for process in self.processes:
            process.kill()
            process.wait()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    server = Server(tmp_path)
    yield server
    server.stop()


def test_what_it_was_told_is_there_after_it_ended_in_order(server: Server) -> None:
    first = server.start()
    server.client.rpush("list", "one")
    first.terminate()
    first.wait()

    server.start()

    assert server.client.lrange("list", 0, -1) == [b"one"]


def test_an_orphan_is_taken_over_with_its_data(server: Server) -> None:
    orphan = server.start()
    server.client.set("kept", "yes")

    assert server.redis.take_over()
    server.start()

    assert orphan.wait(5) == 0
    assert server.client.get("kept") == b"yes"


def test_there_is_nothing_to_take_over_in_a_fresh_folder(server: Server) -> None:
    assert not server.redis.take_over()


def test_the_socket_of_a_killed_server_is_in_nobodys_way(server: Server) -> None:
    server.start().kill()
    server.processes[0].wait()

    assert server.redis.socket.exists()
    assert not server.redis.is_answering()
    server.start()
    assert server.client.ping()


def test_only_the_owner_reaches_folder_and_socket(server: Server) -> None:
    server.start()

    assert stat.S_IMODE(server.redis.socket.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE(server.redis.socket.stat().st_mode) == 0o700


def test_it_never_throws_jobs_away_and_opens_no_port(server: Server) -> None:
    server.start()

    wanted = {"maxmemory-policy": "noeviction", "appendonly": "yes", "appendfsync": "everysec", "port": "0"}
    assert {name: server.client.config_get(name)[name] for name in wanted} == wanted


def test_a_folder_with_a_very_long_path_gets_a_short_socket(tmp_path: Path) -> None:
    deep = tmp_path.joinpath(*["a-rather-long-folder-name"] * 5)

    socket = redis_socket(deep)

    assert len(os.fsencode(socket)) <= LONGEST_SOCKET_PATH_BYTES
    assert socket == redis_socket(deep)
    assert socket != redis_socket(deep / "other")


def test_a_server_with_a_short_socket_of_its_own_works(tmp_path: Path) -> None:
    server = Server(tmp_path.joinpath(*["a-rather-long-folder-name"] * 5))
    try:
        server.start()
        assert server.client.ping()
    finally:
        server.stop()
        server.redis.socket.unlink(missing_ok=True)
        server.redis.socket.parent.rmdir()


def test_a_folder_that_is_only_a_link_is_not_trusted(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    data = tmp_path / "data"
    data.mkdir()
    (data / "run").symlink_to(tmp_path / "elsewhere")

    with pytest.raises(UnsafeFolderError):
        EmbeddedRedis(data).prepare()


def test_a_taken_port_is_told_from_a_free_one() -> None:
    code = (
        "import socket, sys; s = socket.create_server(('127.0.0.1', 0)); "
        "print(s.getsockname()[1], flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as listener:
        assert listener.stdout is not None
        bind = f"127.0.0.1:{int(listener.stdout.readline())}"
        assert not is_port_free(bind)
    assert is_port_free(bind)
