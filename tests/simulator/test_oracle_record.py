"""Recordings, from the beep to their deletion: items 33 to 45 of the fact sheet."""

import io
import wave

import httpx
import pytest
from twilio.rest import Client

from ivr.simulator.handset import HandsetCall
from ivr.simulator.mischief import Delivery
from ivr.simulator.open_company import OpenCompany
from ivr.simulator.recordings import Recording
from ivr.simulator.sounds import silence
from tests.simulator.any_app import ACCOUNT, CALLER, HOTLINE, TOKEN, App, tone

BEEP_S = 0.5
ALL_EVENTS = "in-progress completed absent"


def be_recorded(app: App, company: OpenCompany, attributes: str = "", *, after: str = "") -> HandsetCall:
    """Return a call right after the beep."""
    record = f'<Record action="/kept" recordingStatusCallback="/recorded" {attributes}/>'
    app.says("/voice/incoming", record + after)
    app.says("/kept", "<Say>Thank you</Say>")
    app.says("/recorded", "")
    return company.handset(CALLER).dial(HOTLINE).listen()


def kept(app: App) -> dict[str, str]:
    (seen,) = app.asked("/kept")
    return seen.form


def one_recording(app: App, company: OpenCompany, length_s: float = 2.0) -> Recording:
    be_recorded(app, company).speak(tone(length_s), then="key").listen()
    company.settle()
    return company.recordings[0]


def read(url: str, **query: str) -> httpx.Response:
    return httpx.get(url, params=query, auth=(ACCOUNT, TOKEN))


@pytest.mark.parametrize(("attributes", "lasts_s"), [("", 2.0 + 5.0), ('timeout="3"', 2.0 + 3.0)])
def test_33_silence_ends_a_recording(app: App, company: OpenCompany, attributes: str, lasts_s: float) -> None:
    call = be_recorded(app, company, attributes)

    call.speak(tone(2.0), then="silence")

    assert call.now_s == BEEP_S + lasts_s
    assert kept(app)["Digits"] == ""


def test_33_the_limit_ends_a_recording(app: App, company: OpenCompany) -> None:
    call = be_recorded(app, company, 'maxLength="4"')

    call.speak(tone(60.0), then="silence")

    assert call.now_s == BEEP_S + 4.0
    assert kept(app)["RecordingDuration"] == "4"


@pytest.mark.parametrize("key", ["0", "5", "*", "#"])
def test_33_any_key_ends_a_recording(app: App, company: OpenCompany, key: str) -> None:
    call = be_recorded(app, company)

    call.speak(tone(2.0), then="key", key=key)

    assert call.now_s == BEEP_S + 2.0
    assert kept(app)["Digits"] == key


def test_33_a_key_outside_the_set_does_not_end_it(app: App, company: OpenCompany) -> None:
    call = be_recorded(app, company, 'finishOnKey="#"')

    call.press("1")

    assert call.state == "recording"


def test_33_a_long_silence_within_the_speech_ends_it_too(app: App, company: OpenCompany) -> None:
    call = be_recorded(app, company, 'timeout="4"')

    call.line.speak(silence(4.5))
    call.speak(tone(2.0), then="silence")

    assert call.now_s == BEEP_S + 4.0


def test_34_the_action_tells_address_length_and_key(app: App, company: OpenCompany) -> None:
    recording = one_recording(app, company, 2.0)

    assert (
        kept(app).items() >= {"RecordingDuration": "2", "Digits": "#", "RecordingSid": recording.sid}.items()
    )
    assert kept(app)["RecordingUrl"].endswith(f"/2010-04-01/Accounts/{ACCOUNT}/Recordings/{recording.sid}")


def test_35_hanging_up_keeps_the_recording_and_asks_an_answer_nobody_hears(
    app: App, company: OpenCompany
) -> None:
    call = be_recorded(app, company)

    call.speak(tone(2.0), then="hang_up")
    company.settle()

    assert kept(app).items() >= {"Digits": "hangup", "RecordingDuration": "2"}.items()
    assert call.heard == ()
    assert [recording.kept_s for recording in company.recordings] == [2.0]
    assert len(app.asked("/recorded")) == 1


def test_36_the_file_is_missing_until_the_callback(app: App, company: OpenCompany) -> None:
    be_recorded(app, company).speak(tone(2.0), then="key").listen()
    address = kept(app)["RecordingUrl"]

    early = read(address)
    company.settle()
    late = read(address)

    assert (early.status_code, late.status_code) == (404, 200)
    assert app.asked("/recorded")[0].form["RecordingStatus"] == "completed"


@pytest.mark.parametrize(
    ("before_action", "order"), [(0, ["/kept", "/recorded"]), (1, ["/recorded", "/kept"])]
)
def test_37_the_callback_may_come_after_or_before_the_action(
    app: App, company: OpenCompany, before_action: int, order: list[str]
) -> None:
    company.mischief.deliveries["recording"] = Delivery(copies=1 - before_action, before_action=before_action)

    one_recording(app, company)

    assert [seen.path for seen in app.seen if seen.path in order] == order


def test_38_the_callback_names_nobody(app: App, company: OpenCompany) -> None:
    one_recording(app, company)
    form = app.asked("/recorded")[0].form

    assert not {"From", "To", "Caller", "Called", "CallStatus"} & set(form)
    assert form.items() >= {"RecordingSource": "RecordVerb", "RecordingChannels": "1"}.items()


@pytest.mark.parametrize(("trim", "told_s"), [("trim-silence", "2"), ("do-not-trim", "7")])
def test_39_trimming_shortens_what_the_callback_tells(
    app: App, company: OpenCompany, trim: str, told_s: str
) -> None:
    be_recorded(app, company, f'trim="{trim}"').speak(tone(2.0), then="silence").listen()
    company.settle()

    assert kept(app)["RecordingDuration"] == "7"
    assert app.asked("/recorded")[0].form["RecordingDuration"] == told_s


def test_40_a_silent_recording_is_kept_by_one_kind_of_account(app: App, company: OpenCompany) -> None:
    call = be_recorded(app, company, after="<Say>We heard nothing</Say>")

    call.stay_silent()
    company.settle()

    assert call.heard[-1].text == "Thank you"
    assert len(company.recordings) == 1


def test_40_and_dropped_by_the_other(app: App, company: OpenCompany) -> None:
    company.mischief.silent_recordings = "dropped"
    events = f'recordingStatusCallbackEvent="{ALL_EVENTS}"'
    call = be_recorded(app, company, events, after="<Say>We heard nothing</Say>")

    call.stay_silent()
    company.settle()

    assert call.heard[-1].text == "We heard nothing"
    assert [trouble.code for trouble in call.errors] == [16102]
    assert [seen.form["RecordingStatus"] for seen in app.asked("/recorded")] == ["in-progress", "absent"]
    assert (app.asked("/kept"), company.recordings) == ([], ())


def test_41_verbs_after_a_record_never_run(app: App, company: OpenCompany) -> None:
    call = be_recorded(app, company, after="<Say>Never</Say>")

    call.speak(tone(1.0), then="key").listen()

    assert [heard.text for heard in call.heard] == ["Thank you"]


@pytest.mark.parametrize("suffix", ["", ".wav"])
def test_42_the_file_is_telephone_wav(app: App, company: OpenCompany, suffix: str) -> None:
    one_recording(app, company, 2.0)

    answer = read(kept(app)["RecordingUrl"] + suffix)
    with wave.open(io.BytesIO(answer.content)) as file:
        form = (file.getframerate(), file.getsampwidth(), file.getnchannels(), file.getnframes())

    assert answer.headers["Content-Type"] == "audio/x-wav"
    assert form == (8000, 2, 1, 16000)


def test_42_there_is_an_mp3_and_no_second_channel(app: App, company: OpenCompany) -> None:
    one_recording(app, company)
    address = kept(app)["RecordingUrl"]

    assert read(address + ".mp3").headers["Content-Type"] == "audio/mpeg"
    assert read(address, RequestedChannels="2").status_code == 400
    assert read(address, RequestedChannels="1").status_code == 200


def test_43_a_stranger_cannot_have_the_file(app: App, company: OpenCompany) -> None:
    one_recording(app, company)

    assert httpx.get(kept(app)["RecordingUrl"]).status_code == 401
    assert httpx.get(kept(app)["RecordingUrl"], auth=(ACCOUNT, "wrong")).status_code == 401


def test_44_a_deleted_recording_is_gone_and_leaves_its_metadata(
    app: App, company: OpenCompany, client: Client
) -> None:
    recording = one_recording(app, company)

    assert client.recordings(recording.sid).delete()
    metadata = client.recordings(recording.sid).fetch(include_soft_deleted=True)
    plain = read(kept(app)["RecordingUrl"] + ".json")

    assert (metadata.status, metadata.duration) == ("deleted", "2")
    assert (read(kept(app)["RecordingUrl"]).status_code, plain.status_code) == (404, 404)
    assert (client.recordings.list(), len(client.recordings.list(include_soft_deleted=True))) == ([], 1)
    assert company.recordings == ()


def test_44_a_recording_in_progress_cannot_be_deleted(app: App, company: OpenCompany, client: Client) -> None:
    be_recorded(app, company)
    (recording,) = client.recordings.list()

    answer = httpx.delete(company.desk.recording_url(recording.sid) + ".json", auth=(ACCOUNT, TOKEN))

    assert (recording.status, answer.status_code) == ("in-progress", 409)


def test_45_a_call_can_be_deleted_once_it_is_over(app: App, company: OpenCompany, client: Client) -> None:
    call = be_recorded(app, company)
    address = f"{company.desk.base_url}/2010-04-01/Accounts/{ACCOUNT}/Calls/{call.call.sid}.json"

    running = httpx.delete(address, auth=(ACCOUNT, TOKEN))
    call.hang_up()

    assert running.json()["code"] == 20009
    assert client.calls(call.call.sid).delete()
    assert read(address).status_code == 404
