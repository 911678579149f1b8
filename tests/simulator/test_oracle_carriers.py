"""Withheld callers and the other carriers: items 76 to 79 of the fact sheet."""

import re
from collections.abc import Iterator
from dataclasses import replace

import httpx
import pytest
from twilio.request_validator import RequestValidator

from ivr.simulator.clock import VirtualClock
from ivr.simulator.company import CompanySettings
from ivr.simulator.open_company import OpenCompany
from ivr.simulator.profiles import SIGNALWIRE, SOMLENG
from tests.simulator.any_app import ACCOUNT, CALLER, HOTLINE, TOKEN, App, tone, twiml

UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
SIGNING_KEY = "another-secret-for-signatures"


@pytest.fixture
def somleng(settings: CompanySettings) -> Iterator[OpenCompany]:
    company = OpenCompany(replace(settings, profile=SOMLENG), VirtualClock())
    with company.serving():
        yield company


@pytest.fixture
def signalwire(settings: CompanySettings) -> Iterator[OpenCompany]:
    company = OpenCompany(replace(settings, profile=SIGNALWIRE, signing_key=SIGNING_KEY), VirtualClock())
    with company.serving():
        yield company


def api(company: OpenCompany, path: str) -> str:
    return f"{company.desk.base_url}{company.settings.profile.path}/Accounts/{ACCOUNT}{path}"


@pytest.mark.parametrize(
    "withheld",
    ["anonymous", "+266696687", "+7378742833", "+8656696", "+2562533", "+86282452253", "+7748283", ""],
)
def test_76_a_withheld_caller_arrives_in_each_of_its_forms(
    app: App, company: OpenCompany, withheld: str
) -> None:
    app.says("/voice/incoming", "<Hangup/>")

    company.handset(withheld).dial(HOTLINE)

    assert app.asked("/voice/incoming")[0].form["From"] == withheld


def test_77_somleng_has_bare_ids_and_few_fields(app: App, somleng: OpenCompany) -> None:
    app.says("/voice/incoming", "<Say>Hello</Say>")

    somleng.handset(CALLER).dial(HOTLINE).listen()
    form = app.asked("/voice/incoming")[0].form

    assert UUID.fullmatch(form["CallSid"])
    assert set(form) <= {
        "Caller",
        "Called",
        "From",
        "To",
        "CallSid",
        "Direction",
        "AccountSid",
        "ApiVersion",
        "CallStatus",
    }


def test_77_somleng_stops_at_a_pause_and_knows_no_fallback(app: App, somleng: OpenCompany) -> None:
    app.says("/voice/incoming", "<Say>Hello</Say><Pause/><Say>Never</Say>")

    call = somleng.handset(CALLER).dial(HOTLINE).listen()

    assert (call.heard[0].text, [trouble.code for trouble in call.errors]) == ("Hello", [12200])
    assert "Never" not in [heard.text for heard in call.heard]
    assert app.asked("/voice/fallback") == []


def test_77_somleng_tells_only_the_end_of_a_placed_call(app: App, somleng: OpenCompany) -> None:
    somleng.handset(CALLER).answers()
    app.says("/called", "<Hangup/>")
    app.says("/progress", "")
    form = {
        "To": CALLER,
        "From": HOTLINE,
        "Url": app.url + "/called",
        "StatusCallback": app.url + "/progress",
        "StatusCallbackEvent": ["initiated", "completed"],
    }

    httpx.post(api(somleng, "/Calls.json"), data=form, auth=(ACCOUNT, TOKEN))
    somleng.settle()
    (seen,) = app.asked("/progress")

    assert (seen.form["CallStatus"], seen.form["SequenceNumber"]) == ("completed", "0")
    assert "Duration" not in seen.form
    assert app.asked("/called")[0].form["CallStatus"] == "ringing"


def test_77_somleng_refuses_with_422_and_deletes_nothing(app: App, somleng: OpenCompany) -> None:
    app.says("/voice/incoming", '<Record action="/kept"/>')
    app.says("/kept", "<Hangup/>")
    call = somleng.handset(CALLER).dial(HOTLINE).listen().speak(tone(1.0), then="key")
    somleng.settle()
    (recording,) = somleng.recordings

    refused = httpx.post(
        api(somleng, "/Calls.json"), data={"To": "x", "From": HOTLINE}, auth=(ACCOUNT, TOKEN)
    )
    deleted = [
        httpx.delete(api(somleng, f"/{kind}/{sid}.json"), auth=(ACCOUNT, TOKEN)).status_code
        for kind, sid in (("Recordings", recording.sid), ("Calls", call.call.sid))
    ]

    assert refused.status_code == 422
    assert deleted == [404, 404]


def test_77_somleng_hands_files_to_anybody_from_another_place(app: App, somleng: OpenCompany) -> None:
    app.says("/voice/incoming", '<Record action="/kept"/>')
    app.says("/kept", "<Hangup/>")
    somleng.handset(CALLER).dial(HOTLINE).listen().speak(tone(1.0), then="key")
    somleng.settle()
    moved = httpx.get(app.asked("/kept")[0].form["RecordingUrl"])
    file = httpx.get(moved.headers["Location"])

    assert (moved.status_code, file.status_code, len(file.content)) == (302, 200, 44 + 16000)
    assert httpx.get(f"{somleng.base_url}/storage/nothing.wav").status_code == 404


def test_77_somleng_does_not_filter_recordings_by_date(
    app: App, somleng: OpenCompany, company: OpenCompany
) -> None:
    app.says("/voice/incoming", '<Record action="/kept"/>')
    app.says("/kept", "<Hangup/>")
    found = []
    for each in (somleng, company):
        each.handset(CALLER).dial(HOTLINE).listen().speak(tone(1.0), then="key")
        each.settle()
        answer = httpx.get(
            api(each, "/Recordings.json"), params={"DateCreated<": "2001-01-01"}, auth=(ACCOUNT, TOKEN)
        )
        found.append(len(answer.json()["recordings"]))

    assert found == [1, 0]


def test_77_somleng_refuses_a_caller_without_a_number(app: App, somleng: OpenCompany) -> None:
    call = somleng.handset("anonymous").dial(HOTLINE)
    somleng.settle()

    assert (call.has_ended, call.answered, call.call.status) == (True, False, "failed")
    assert app.asked("/voice/incoming") == []


def test_77_a_redirect_answers_at_somleng(app: App, somleng: OpenCompany) -> None:
    app.says("/voice/incoming", "<Redirect>/busy</Redirect>")
    app.says("/busy", "<Reject/>")

    call = somleng.handset(CALLER).dial(HOTLINE).listen()
    somleng.settle()

    assert call.answered
    assert app.asked("/busy")[0].form["CallStatus"] == "in-progress"
    assert app.asked("/voice/status")[0].form["CallStatus"] == "completed"


def test_77_an_empty_redirect_is_refused_at_somleng(app: App, somleng: OpenCompany) -> None:
    app.says("/voice/incoming", "<Redirect/>")

    call = somleng.handset(CALLER).dial(HOTLINE).listen()

    assert [trouble.code for trouble in call.errors] == [11100]


def test_77_somleng_does_not_look_at_the_status_of_an_answer(app: App, somleng: OpenCompany) -> None:
    failing = twiml("<Say>Hello</Say>")
    failing.status_code = 500
    app.on("/voice/incoming", failing)

    assert somleng.handset(CALLER).dial(HOTLINE).listen().heard[0].text == "Hello"


def test_78_somleng_posts_silence_without_digits(app: App, somleng: OpenCompany) -> None:
    app.says("/voice/incoming", '<Gather actionOnEmptyResult="true" action="/menu"/>')
    app.says("/menu", "<Hangup/>")

    somleng.handset(CALLER).dial(HOTLINE).listen().stay_silent()

    assert "Digits" not in app.asked("/menu")[0].form


def test_78_somleng_tells_neither_key_nor_id_of_a_recording(app: App, somleng: OpenCompany) -> None:
    app.says("/voice/incoming", '<Record action="/kept"/>')
    app.says("/kept", "<Hangup/>")

    somleng.handset(CALLER).dial(HOTLINE).listen().speak(tone(2.0), then="key")
    form = app.asked("/kept")[0].form

    assert form["RecordingDuration"] == "2"
    assert not {"Digits", "RecordingSid"} & set(form)


def test_79_signalwire_has_its_own_path_and_signing_key(app: App, signalwire: OpenCompany) -> None:
    app.says("/voice/incoming", f'<Record action="{app.url}/kept"/>')
    app.says("/kept", "<Hangup/>")
    signalwire.handset(CALLER).dial(HOTLINE).listen().speak(tone(1.0), then="key")
    signalwire.settle()
    seen = app.asked("/kept")[0]

    assert "/api/laml/2010-04-01/Accounts/" in seen.form["RecordingUrl"]
    assert RequestValidator(SIGNING_KEY).validate(seen.url, seen.form, seen.headers["X-Signalwire-Signature"])
    assert "X-Twilio-Signature" not in seen.headers


def test_79_signalwire_deletes_and_hands_files_to_anybody(app: App, signalwire: OpenCompany) -> None:
    app.says("/voice/incoming", f'<Record action="{app.url}/kept"/>')
    app.says("/kept", "<Hangup/>")
    signalwire.handset(CALLER).dial(HOTLINE).listen().speak(tone(1.0), then="key")
    signalwire.settle()
    address = app.asked("/kept")[0].form["RecordingUrl"]

    file = httpx.get(address)
    deleted = httpx.delete(address + ".json", auth=(ACCOUNT, TOKEN))

    assert (file.status_code, deleted.status_code) == (200, 204)
    assert httpx.get(address).status_code == 404
