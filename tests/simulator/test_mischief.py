"""What goes wrong on purpose does go wrong, and only that."""

import io
import time
import wave

import httpx
import pytest
from twilio.rest import Client

from ivr.simulator.mischief import ApiFault, Channel, Delivery, MediaFault
from ivr.simulator.open_company import OpenCompany
from tests.simulator.any_app import ACCOUNT, CALLER, HOTLINE, TOKEN, App, tone


def leave_a_message(app: App, company: OpenCompany, length_s: float = 2.0) -> None:
    app.says("/voice/incoming", '<Record action="/kept" recordingStatusCallback="/recorded"/>')
    app.says("/kept", "<Hangup/>")
    app.says("/recorded", "")
    company.handset(CALLER).dial(HOTLINE).listen().speak(tone(length_s), then="key").listen()


def fetch_file(app: App) -> httpx.Response:
    return httpx.get(app.asked("/kept")[0].form["RecordingUrl"], auth=(ACCOUNT, TOKEN))


def order(app: App) -> list[str]:
    return [seen.path for seen in app.seen if seen.path in {"/kept", "/recorded", "/voice/status"}]


def test_a_recording_callback_comes_before_and_after_the_action(app: App, company: OpenCompany) -> None:
    company.mischief.deliveries["recording"] = Delivery(copies=3, before_action=2, spacing_s=60.0)

    leave_a_message(app, company)
    company.settle()

    assert order(app) == ["/recorded", "/recorded", "/kept", "/voice/status"] + ["/recorded"] * 3
    assert len({seen.form["RecordingSid"] for seen in app.asked("/recorded")}) == 1


def test_a_recording_callback_comes_five_times_at_once(app: App, company: OpenCompany) -> None:
    company.mischief.deliveries["recording"] = Delivery(copies=5, at_once=True)

    leave_a_message(app, company)
    company.settle()

    assert len(app.asked("/recorded")) == 5


@pytest.mark.parametrize(
    ("channel", "path"), [("recording", "/recorded"), ("number_status", "/voice/status")]
)
def test_a_callback_is_lost(app: App, company: OpenCompany, channel: Channel, path: str) -> None:
    company.mischief.deliveries[channel] = Delivery(copies=0)

    leave_a_message(app, company)
    company.settle()

    assert app.asked(path) == []


def test_a_callback_is_an_hour_late(app: App, company: OpenCompany) -> None:
    company.mischief.deliveries["recording"] = Delivery(delay_s=3600.0)

    leave_a_message(app, company)
    company.let_pass(3590.0)
    before = len(app.asked("/recorded"))
    company.settle()

    assert (before, len(app.asked("/recorded"))) == (0, 1)


@pytest.mark.parametrize("at_once", [False, True])
def test_every_turn_is_asked_twice(app: App, company: OpenCompany, *, at_once: bool) -> None:
    company.mischief.turn_copies, company.mischief.turns_at_once = 2, at_once
    app.says("/voice/incoming", '<Gather numDigits="1" action="/menu"/>')
    app.says("/menu", "<Hangup/>")

    company.handset(CALLER).dial(HOTLINE).listen().press("1")

    assert [seen.form["Digits"] for seen in app.asked("/menu")] == ["1", "1"]
    assert len(app.asked("/voice/incoming")) == 2


def test_a_file_is_missing_for_a_while_after_its_callback(app: App, company: OpenCompany) -> None:
    company.mischief.media_missing_s = 30.0

    leave_a_message(app, company)
    company.settle()
    early = fetch_file(app)
    company.let_pass(31.0)

    assert (early.status_code, fetch_file(app).status_code) == (404, 200)


@pytest.mark.parametrize(
    ("fault", "form"),
    [("stereo", (2, 8000, 2.0)), ("48_khz", (1, 48000, 2.0)), ("hour_long", (1, 8000, 3600.0))],
)
def test_a_file_has_an_unexpected_form(
    app: App, company: OpenCompany, fault: MediaFault, form: tuple[int, int, float]
) -> None:
    company.mischief.media_fault = fault

    leave_a_message(app, company)
    company.settle()
    with wave.open(io.BytesIO(fetch_file(app).content)) as file:
        found = (file.getnchannels(), file.getframerate(), file.getnframes() / file.getframerate())

    assert found == form


@pytest.mark.parametrize(
    ("fault", "size"), [("empty", 0), ("truncated", (44 + 32000) // 2), ("not_audio", 37)]
)
def test_a_file_is_no_sound(app: App, company: OpenCompany, fault: MediaFault, size: int) -> None:
    company.mischief.media_fault = fault

    leave_a_message(app, company)
    company.settle()

    assert len(fetch_file(app).content) == size


def test_a_deletion_that_does_not_delete(app: App, company: OpenCompany, client: Client) -> None:
    company.mischief.keeps_deleted = True
    leave_a_message(app, company)
    company.settle()

    answer = client.recordings(company.recordings[0].sid).delete()

    assert answer
    assert fetch_file(app).status_code == 200
    assert len(client.recordings.list()) == 1


@pytest.mark.parametrize(("fault", "status"), [("429", 429), ("500", 500)])
def test_the_rest_server_refuses_until_it_is_told_otherwise(
    company: OpenCompany, fault: ApiFault, status: int
) -> None:
    company.mischief.api_fault = fault
    address = f"{company.desk.base_url}/2010-04-01/Accounts/{ACCOUNT}/Calls.json"

    refused = [httpx.get(address, auth=(ACCOUNT, TOKEN)).status_code for _ in range(2)]
    company.mischief.api_fault = None

    assert refused == [status, status]
    assert httpx.get(address, auth=(ACCOUNT, TOKEN)).status_code == 200


def test_the_rest_server_is_down_or_slow(company: OpenCompany) -> None:
    company.mischief.api_faults, company.mischief.slow_api_s = ["down", "slow"], 0.2
    address = f"{company.desk.base_url}/2010-04-01/Accounts/{ACCOUNT}/Calls.json"

    with pytest.raises(httpx.RemoteProtocolError):
        httpx.get(address, auth=(ACCOUNT, TOKEN))
    begun = time.monotonic()
    answer = httpx.get(address, auth=(ACCOUNT, TOKEN))

    assert answer.status_code == 200
    assert time.monotonic() - begun >= 0.2


def test_the_same_script_gives_the_same_log_twice(app: App, company: OpenCompany) -> None:
    logs = []
    for _ in range(2):
        app.says("/voice/incoming", '<Gather numDigits="1" action="/menu"><Play>/tone.wav</Play></Gather>')
        app.says("/menu", '<Record action="/kept" timeout="3"/>')
        app.says("/kept", "<Say>Thank you</Say>")
        call = company.handset(CALLER).dial(HOTLINE).stay_silent(0.7).press("1").listen()
        call.speak(tone(1.3)).listen()
        company.settle()
        logs.append([(event.kind, event.at_s, event.text, event.path) for event in call.log])

    assert logs[0] == logs[1]
