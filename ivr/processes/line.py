"""The programs that make up the line on one computer, and what must be done before they start."""

import http.client
import sys
from collections.abc import Callable, Mapping
from types import MappingProxyType

from ivr.addresses import host_and_port, is_port_free
from ivr.domain.errors import PeerlineError
from ivr.persistence.database import open_engine
from ivr.persistence.migrating import migrate
from ivr.processes.program import Program
from ivr.processes.redis_server import EmbeddedRedis
from ivr.settings import Settings

ANSWER_WITHIN_S = 0.5

NOTHING_MORE: Mapping[str, str] = MappingProxyType({})

WEB = (sys.executable, "-m", "ivr.processes.web_server")
WORKER = (sys.executable, "-m", "workers")
CLOCK = (sys.executable, "-m", "workers", "clock")
SIMULATOR = (sys.executable, "-m", "ivr.simulator")


class PortTakenError(PeerlineError):
    """Something else listens where one of our programs should."""

    def __init__(self, bind: str, setting: str) -> None:
        super().__init__(f"another program uses {bind}; end it, or set {setting} to another HOST:PORT")


def make_ready(settings: Settings) -> None:
    """Bring the database up to date and take over a Redis that was left behind.

    Raises:
        PortTakenError: the web service could not listen.
        PeerlineError: the embedded Redis cannot run here.
    """
    check_port(settings.bind, "PEERLINE_BIND")
    if settings.redis_url is None:
        EmbeddedRedis(settings.data_dir).take_over()
    engine = open_engine(settings.resolved_database_url, synchronous=settings.sqlite_synchronous)
    try:
        migrate(engine)
    finally:
        engine.dispose()


def check_port(bind: str, setting: str) -> None:
    """Look whether a program could listen at HOST:PORT.

    Raises:
        PortTakenError: it could not; the sentence names the setting to change.
    """
    if not is_port_free(bind):
        raise PortTakenError(bind, setting)


def programs(settings: Settings, environment: Mapping[str, str] = NOTHING_MORE) -> list[Program]:
    """Return Redis (unless there is one elsewhere), web, worker and clock."""
    redis = _redis(settings)
    after = tuple(program.name for program in redis)
    return [
        *redis,
        Program("web", WEB, answers_at(settings.bind), after, environment),
        Program("worker", WORKER, None, after, environment),
        Program("clock", CLOCK, None, after, environment),
    ]


def simulator(bind: str, environment: Mapping[str, str]) -> Program:
    """Return the telephone company for the desk."""
    return Program("simulator", SIMULATOR, answers_at(bind), environment=environment)


def _redis(settings: Settings) -> list[Program]:
    if settings.redis_url is not None:
        return []
    embedded = EmbeddedRedis(settings.data_dir)
    return [Program("redis", embedded.prepare(), embedded.is_answering, quiet=True)]


def answers_at(bind: str) -> Callable[[], bool]:
    """Return a question: does a server answer requests at HOST:PORT?"""
    host, port = host_and_port(bind)

    def answers() -> bool:
        connection = http.client.HTTPConnection(host, port, timeout=ANSWER_WITHIN_S)
        try:
            connection.request("GET", "/healthz")
            # Any answer will do: a program that says 404 is there.
            return connection.getresponse().status < http.client.INTERNAL_SERVER_ERROR
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    return answers
