"""The least that a Flask route can do: give an answer that stands ready; what our turns are held against."""

import os
import sys

from flask import Flask, Response

from ivr.processes import web_server
from ivr.settings import Settings

SIZE = "BENCH_ANSWER_BYTES"


def bare_app(answer: str) -> Flask:
    """Return an application that always gives the same XML."""
    app = Flask(__name__, static_folder=None)

    @app.post("/<path:path>")
    def give(path: str) -> Response:
        del path
        return Response(answer, mimetype="text/xml")

    app.add_url_rule("/healthz", "health", lambda: "ok")
    return app


def wsgi() -> Flask:
    """Make the application with an answer of as many bytes as the environment asks for."""
    return bare_app("x" * int(os.environ[SIZE]))


def main() -> int:
    """Serve it as `ivr.processes.web_server` serves the line, with the same server, workers and threads."""
    web_server.FACTORY, web_server.APP = "benchmarks.bare:wsgi", "benchmarks.bare"
    web_server.serve(Settings.load())
    return 0


if __name__ == "__main__":
    sys.exit(main())
