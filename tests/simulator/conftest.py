"""An app on an ephemeral port, and a company in virtual time that calls it."""

import threading
from collections.abc import Iterator

import pytest
from twilio.rest import Client
from werkzeug.serving import make_server
from werkzeug.wrappers import Response

from ivr.simulator.clock import VirtualClock
from ivr.simulator.company import CompanySettings, Number
from ivr.simulator.open_company import OpenCompany
from tests.simulator.any_app import ACCOUNT, HOTLINE, TOKEN, App, Silent, tone


@pytest.fixture
def app() -> Iterator[App]:
    app = App()
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Silent)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    app.url = f"http://127.0.0.1:{server.server_port}"
    app.on("/voice/status", Response("", 204))
    app.on("/tone.wav", Response(tone(2.0), content_type="audio/wav"))
    yield app
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def settings(app: App) -> CompanySettings:
    return CompanySettings(account=ACCOUNT, token=TOKEN, numbers=(Number.of_app(HOTLINE, app.url),))


@pytest.fixture
def company(settings: CompanySettings) -> Iterator[OpenCompany]:
    company = OpenCompany(settings, VirtualClock())
    with company.serving():
        yield company


@pytest.fixture
def client(company: OpenCompany) -> Client:
    """Return the carrier's own library, pointed at the company."""
    client = Client(ACCOUNT, TOKEN)
    client.api.base_url = company.desk.base_url
    return client
