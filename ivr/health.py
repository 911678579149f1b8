"""Whether this process lives, whether it can serve, and what it has counted."""

import hmac
from ipaddress import ip_address
from pathlib import Path

import redis
from flask import Blueprint, Response, abort, current_app, jsonify, request
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from ivr import metrics
from ivr.addresses import redis_url
from ivr.persistence import backlog
from ivr.queue import connect
from ivr.services.station import Station
from ivr.settings import Settings

health = Blueprint("health", __name__)


def _station() -> Station:
    return current_app.extensions["peerline_station"]  # type: ignore[no-any-return]


def _settings() -> Settings:
    return current_app.extensions["peerline_settings"]  # type: ignore[no-any-return]


@health.get("/healthz")
def is_alive() -> Response:
    """Say that this process answers; nothing else is asked."""
    return Response("ok\n", mimetype="text/plain")


@health.get("/readyz")
def is_ready() -> tuple[Response, int]:
    """Say whether calls can be taken: the database must answer; without Redis words only come later."""
    parts = {"database": database_answers(_station()), "recordings": can_write(_settings().media_dir)}
    later = {"redis": redis_answers(_settings())}
    is_serving = all(parts.values())
    words = {name: "ok" if well else "away" for name, well in (parts | later).items()}
    return jsonify(ready=is_serving, **words), 200 if is_serving else 503


@health.get("/metrics")
def counts() -> Response:
    """Give the counts to this computer itself, or to who knows the token; to others there is nothing here."""
    if not _may_read_counts():
        abort(404)
    with _station().database.read() as work:
        now = backlog.look(work)
    lines = [
        ("peerline_tasks_waiting", now.waiting),
        ("peerline_tasks_dead", now.dead),
        ("peerline_tasks_oldest_seconds", now.oldest_s),
        ("peerline_carrier_copies_over_a_day", now.old_copies),
        ("peerline_carrier_copies_left", now.left_copies),
        ("peerline_carrier_call_records_over_a_day", now.old_call_records),
    ]
    gauges = "".join(f"# TYPE {name} gauge\n{name} {value}\n" for name, value in lines)
    return Response(metrics.exposition() + gauges.encode(), mimetype="text/plain")


def _may_read_counts() -> bool:
    token = _settings().metrics_token
    if token is not None:
        given = request.headers.get("Authorization", "")
        return hmac.compare_digest(given.encode(), f"Bearer {token.get_secret_value()}".encode())
    forwarded = "X-Forwarded-For" in request.headers or "Forwarded" in request.headers
    return not forwarded and ip_address(request.remote_addr or "0.0.0.0").is_loopback  # noqa: S104 - no address at all


def database_answers(station: Station) -> bool:
    """Say whether the database answers a question."""
    try:
        with station.database.read() as work:
            work.connection.execute(text("select 1"))
    except SQLAlchemyError:
        return False
    return True


def redis_answers(settings: Settings) -> bool:
    """Say whether Redis answers."""
    try:
        return bool(connect(redis_url(settings)).ping())
    except redis.RedisError:
        return False


def can_write(folder: Path) -> bool:
    """Say whether a recording could be kept in this folder now."""
    probe = folder / ".probe"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        probe.write_bytes(b"x")
        probe.unlink()
    except OSError:
        return False
    return True
