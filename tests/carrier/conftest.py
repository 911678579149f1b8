"""A scripted telephone company for each test, and no pauses between tries."""

import threading
from collections.abc import Iterator
from http.server import ThreadingHTTPServer

import pytest
import stamina

from ivr.carrier.media import MediaLimits
from tests.carrier.scripted_company import Company, handler


@pytest.fixture
def company() -> Iterator[Company]:
    company = Company()
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler(company))
    server.daemon_threads = True
    company.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield company
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(autouse=True)
def _no_pauses_between_tries() -> Iterator[None]:
    with stamina.set_testing(testing=True, attempts=3):
        yield


@pytest.fixture
def small() -> MediaLimits:
    return MediaLimits(size_bytes=1000, length_s=5, wait_s=2)
