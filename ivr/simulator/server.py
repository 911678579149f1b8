"""Serves the company over HTTP: REST for the app, handsets and the web phone for people."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from flask import Flask
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from ivr.simulator.handsets import handset_api
from ivr.simulator.phone import phone_page
from ivr.simulator.rest import rest_api, storage

if TYPE_CHECKING:
    from ivr.simulator.company import Company

LARGEST_BODY_BYTES = 32 * 1024 * 1024


class QuietHandler(WSGIRequestHandler):
    """Keeps connections open and writes no access log: addresses may say who called whom."""

    protocol_version = "HTTP/1.1"

    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002  (the parent's name)
        """Write nothing."""


def create_server_app(company: "Company") -> Flask:
    """Return the WSGI application of a company."""
    app = Flask("ivr.simulator", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY_BYTES
    app.register_blueprint(rest_api(company))
    if company.settings.profile.stores_elsewhere:
        app.register_blueprint(storage(company))
    app.register_blueprint(handset_api(company))
    app.register_blueprint(phone_page())
    return app


def make_company_server(company: "Company", host: str, port: int) -> BaseWSGIServer:
    """Return a server that is bound and not yet running."""
    return make_server(host, port, create_server_app(company), threaded=True, request_handler=QuietHandler)


@contextmanager
def serve_in_thread(company: "Company", host: str, port: int) -> Iterator[str]:
    """Serve in a thread and give the address."""
    server = make_company_server(company, host, port)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://{host}:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
