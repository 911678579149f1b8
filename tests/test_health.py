"""What watches over the line: alive, ready, counts."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from ivr.app import create_app
from tests.practice_line import practice_line, practice_settings

FROM_OUTSIDE = {"REMOTE_ADDR": "203.0.113.7"}


@pytest.fixture
def client(tmp_path: Path, sqlite_url: str) -> FlaskClient:
    return create_app(practice_settings(tmp_path, sqlite_url), prepare_sounds=False).test_client()


def test_a_living_service_says_so(client: FlaskClient) -> None:
    assert client.get("/healthz").text == "ok\n"


def test_without_redis_calls_can_be_taken_and_only_words_come_later(client: FlaskClient) -> None:
    answer = client.get("/readyz")

    assert answer.status_code == 200
    assert answer.json == {"ready": True, "database": "ok", "recordings": "ok", "redis": "away"}


def test_without_a_folder_for_recordings_the_service_is_not_ready(tmp_path: Path, sqlite_url: str) -> None:
    (tmp_path / "media").write_text("a file where the folder should be")
    client = create_app(practice_settings(tmp_path, sqlite_url), prepare_sounds=False).test_client()

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json is not None
    assert answer.json["recordings"] == "away"


def test_without_its_database_the_service_is_not_ready(tmp_path: Path) -> None:
    nowhere = f"sqlite:///{tmp_path}/missing/peerline.sqlite3"
    client = create_app(practice_settings(tmp_path, nowhere), prepare_sounds=False).test_client()
    (tmp_path / "missing").rmdir()

    assert client.get("/readyz").status_code == 503


def test_the_counts_are_for_this_computer_alone(client: FlaskClient) -> None:
    assert client.get("/metrics").status_code == 200
    assert client.get("/metrics", environ_overrides=FROM_OUTSIDE).status_code == 404
    assert client.get("/metrics", headers={"X-Forwarded-For": "203.0.113.7"}).status_code == 404


def test_who_knows_the_token_reads_the_counts_from_anywhere(tmp_path: Path, sqlite_url: str) -> None:
    settings = practice_settings(tmp_path, sqlite_url, metrics_token="an invented token")
    client = create_app(settings, prepare_sounds=False).test_client()

    def status(token: str) -> int:
        headers = {"Authorization": f"Bearer {token}"}
        return client.get("/metrics", headers=headers, environ_overrides=FROM_OUTSIDE).status_code

    assert status("an invented token") == 200
    assert status("another") == 404


def test_what_waits_and_what_was_refused_is_counted(tmp_path: Path, sqlite_url: str) -> None:
    with practice_line(tmp_path, sqlite_url) as line:
        line.is_redis_away = True
        line.dial().listen().hang_up()
        client = line.app.test_client()
        client.post("/voice/incoming", data={"CallSid": "CA1"})
        counts = client.get("/metrics").text

    assert "peerline_tasks_waiting 0" in counts
    assert 'peerline_webhook_seconds_count{endpoint="voice.answer"}' in counts
    assert "peerline_webhooks_refused_total" in counts
