"""Calls that the app places, and the REST server: items 65 to 69, 72 to 75, 81 and 82 of the fact sheet."""

import httpx
import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from ivr.simulator.handset import HandsetCall
from ivr.simulator.open_company import OpenCompany
from ivr.simulator.sounds import read_voice
from tests.simulator.any_app import ACCOUNT, CALLER, HOTLINE, TOKEN, App, tone

EVENTS = ["initiated", "ringing", "answered", "completed"]
HELLO = "<Response><Say>Hello</Say></Response>"


def place(client: Client, app: App, **wanted: object) -> str:
    """Place a call to the caller and return its id."""
    app.says("/called", "<Pause length='61'/><Say>Hello</Say>")
    app.on("/progress", *app.answers["/voice/status"])
    usual = {
        "to": CALLER,
        "from_": HOTLINE,
        "url": app.url + "/called",
        "status_callback": app.url + "/progress",
        "status_callback_event": EVENTS,
    }
    return str(client.calls.create(**{**usual, **wanted}).sid)


def progress(app: App, name: str) -> list[str | None]:
    return [seen.form.get(name) for seen in app.asked("/progress")]


def test_65_a_placed_call_tells_four_steps_in_order(app: App, company: OpenCompany, client: Client) -> None:
    company.handset(CALLER).answers(after_s=4.0)

    sid = place(client, app)
    queued = company.find(sid)
    company.settle()

    assert queued is not None
    assert progress(app, "CallStatus") == ["initiated", "ringing", "in-progress", "completed"]
    assert progress(app, "SequenceNumber") == ["0", "1", "2", "3"]
    assert set(progress(app, "CallbackSource")) == {"call-progress-events"}
    assert (
        app.asked("/called")[0].form.items()
        >= {
            "Direction": "outbound-api",
            "CallStatus": "in-progress",
        }.items()
    )


def test_65_creating_answers_201_and_queued(company: OpenCompany) -> None:
    answer = httpx.post(
        f"{company.desk.base_url}/2010-04-01/Accounts/{ACCOUNT}/Calls.json",
        data={"To": CALLER, "From": HOTLINE, "Twiml": HELLO},
        auth=(ACCOUNT, TOKEN),
    )

    assert (answer.status_code, answer.json()["status"]) == (201, "queued")
    assert (answer.json()["sid"][:2], len(answer.json()["sid"])) == ("CA", 34)
    assert answer.json()["start_time"] is None


def test_65_steps_may_arrive_in_any_order(app: App, company: OpenCompany, client: Client) -> None:
    company.mischief.reversed_progress = True
    company.handset(CALLER).answers()

    place(client, app)
    company.settle()

    assert progress(app, "SequenceNumber") == ["3", "2", "1", "0"]
    assert progress(app, "CallStatus")[-1] == "initiated"


def test_65_without_events_only_the_end_is_told(app: App, company: OpenCompany, client: Client) -> None:
    company.handset(CALLER).answers()

    place(client, app, status_callback_event=["completed"])
    company.settle()

    assert progress(app, "CallStatus") == ["completed"]


def test_66_the_end_tells_seconds_and_minutes_rounded_up(
    app: App, company: OpenCompany, client: Client
) -> None:
    company.handset(CALLER).answers()

    place(client, app)
    company.settle()
    last = app.asked("/progress")[-1].form

    assert (last["CallDuration"], last["Duration"], last["SipResponseCode"]) == ("62", "2", "200")


def test_67_cancelled_while_queued_nobody_is_told(app: App, company: OpenCompany, client: Client) -> None:
    place(client, app)
    second = place(client, app)

    client.calls(second).update(status="canceled")
    company.settle()

    assert client.calls(second).fetch().status == "canceled"
    assert {seen.form["CallSid"] for seen in app.asked("/progress")} == {company.calls[0].sid}


def test_67_cancelled_while_ringing_the_end_is_told(app: App, company: OpenCompany, client: Client) -> None:
    sid = place(client, app)

    assert company.handset(CALLER).rings()
    client.calls(sid).update(status="canceled")
    company.settle()

    assert progress(app, "CallStatus") == ["initiated", "ringing", "canceled"]


def test_68_nobody_answers_in_time(app: App, company: OpenCompany, client: Client) -> None:
    place(client, app, timeout=20)
    company.settle()
    last = app.asked("/progress")[-1].form

    assert (last["CallStatus"], last["SipResponseCode"], last["CallDuration"]) == ("no-answer", "487", "0")
    assert app.asked("/called") == []


def test_68_a_busy_and_an_unreachable_telephone(app: App, company: OpenCompany, client: Client) -> None:
    company.handset(CALLER).is_busy()
    company.handset("+447700900102").is_unreachable()

    place(client, app)
    place(client, app, to="+447700900102")
    company.settle()
    ends = {seen.form["To"]: seen.form for seen in app.asked("/progress")}

    assert ends[CALLER]["CallStatus"] == "busy"
    assert (ends["+447700900102"]["CallStatus"], ends["+447700900102"]["SipResponseCode"]) == (
        "failed",
        "404",
    )


def test_69_calls_leave_the_queue_one_a_second(app: App, company: OpenCompany, client: Client) -> None:
    for last in range(3):
        place(client, app, to=f"+44770090010{last}")

    queue_times = [call.queue_ms for call in company.calls]
    company.let_pass(1.2)
    states = [call.status for call in company.calls]

    assert queue_times == [0, 1000, 2000]
    assert states == ["ringing", "initiated", "queued"]


def called(app: App, company: OpenCompany, client: Client, document: str) -> HandsetCall:
    place(client, app)
    app.says("/called", document)
    return company.handset(CALLER).pick_up()


def test_72_a_live_call_is_taken_elsewhere_within_a_verb(
    app: App, company: OpenCompany, client: Client
) -> None:
    call = called(app, company, client, "<Pause length='60'/><Say>Never</Say>")
    app.says("/other", "<Say>Elsewhere</Say>")

    call.stay_silent(3.0)
    client.calls(call.call.sid).update(url=app.url + "/other")
    call.listen()

    assert [heard.text for heard in call.heard] == ["Elsewhere"]
    assert call.now_s < 10.0


def test_72_a_document_may_be_handed_over(app: App, company: OpenCompany, client: Client) -> None:
    call = called(app, company, client, "<Pause length='60'/>")

    client.calls(call.call.sid).update(twiml=HELLO)
    call.listen()

    assert [heard.text for heard in call.heard] == ["Hello"]


def test_72_a_finished_call_cannot_be_changed(app: App, company: OpenCompany, client: Client) -> None:
    call = called(app, company, client, "<Hangup/>")

    with pytest.raises(TwilioRestException) as raised:
        client.calls(call.call.sid).update(url=app.url + "/other")

    assert (raised.value.status, raised.value.code) == (400, 21220)


def test_72_a_live_call_is_ended_over_rest(app: App, company: OpenCompany, client: Client) -> None:
    call = called(app, company, client, "<Pause length='60'/>")

    call.stay_silent(10.0)
    client.calls(call.call.sid).update(status="completed")
    company.settle()

    assert (call.ended_by, call.now_s < 60.0) == ("hotline", True)
    assert progress(app, "CallStatus")[-1] == "completed"


def test_73_a_record_reached_by_a_live_update_needs_an_action(
    app: App, company: OpenCompany, client: Client
) -> None:
    call = called(app, company, client, "<Pause length='60'/>")
    app.says("/other", "<Record/>")

    client.calls(call.call.sid).update(url=app.url + "/other")
    call.listen()

    assert [trouble.code for trouble in call.errors] == [11100]


def test_19_a_document_without_address_needs_an_absolute_action(
    app: App, company: OpenCompany, client: Client
) -> None:
    place(client, app, twiml='<Response><Gather action="/menu" numDigits="1"/></Response>', url=None)
    call = company.handset(CALLER).pick_up().listen()

    call.press("1").listen()

    assert [trouble.code for trouble in call.errors] == [11100]


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        ({"from_": "+15005550001"}, 21212),
        ({"from_": "+15005550009"}, 21210),
        ({"to": "+15005550001"}, 21217),
        ({"to": "+15005550002"}, 21214),
        ({"to": "+15005550003"}, 21215),
        ({"to": "+15005550004"}, 21216),
        ({"to": "nobody"}, 21211),
        ({"to": ""}, 21201),
        ({"from_": ""}, 21213),
        ({"url": "ftp://app.test/"}, 21205),
        ({"timeout": "soon"}, 21208),
        ({"url": "http://bad_host.test/"}, 21205),
        ({"url": None, "twiml": "x" * 4001}, 32018),
    ],
    ids=str,
)
def test_74_a_call_that_cannot_be_placed_has_its_code(
    app: App, company: OpenCompany, client: Client, wanted: dict[str, object], code: int
) -> None:
    with pytest.raises(TwilioRestException) as raised:
        place(client, app, **wanted)

    assert (raised.value.status, raised.value.code) == (400, code)
    assert company.calls == ()


def test_74_the_magic_sender_is_valid(app: App, company: OpenCompany, client: Client) -> None:
    place(client, app, from_="+15005550006")

    assert [call.from_ for call in company.calls] == ["+15005550006"]


def test_75_lists_iterate_over_pages(app: App, client: Client) -> None:
    sids = [place(client, app, to=f"+44770090010{last}") for last in range(5)]

    assert [call.sid for call in client.calls.list(page_size=2)] == sids[::-1]
    assert [call.sid for call in client.calls.list(to="+447700900103")] == [sids[3]]
    assert len(client.calls.list(status="queued")) == 5


def test_75_a_page_over_1000_is_refused(company: OpenCompany) -> None:
    answer = httpx.get(
        f"{company.desk.base_url}/2010-04-01/Accounts/{ACCOUNT}/Calls.json",
        params={"PageSize": 1001},
        auth=(ACCOUNT, TOKEN),
    )

    assert (answer.status_code, answer.json()["code"]) == (400, 20007)


def test_75_and_81_a_429_was_not_processed(app: App, company: OpenCompany, client: Client) -> None:
    company.mischief.api_faults.append("429")

    with pytest.raises(TwilioRestException) as raised:
        place(client, app)
    place(client, app)

    assert (raised.value.status, raised.value.code) == (429, 20429)
    assert len(company.calls) == 1


def test_81_a_500_may_have_been_processed(app: App, company: OpenCompany, client: Client) -> None:
    company.mischief.api_faults.append("500_but_done")

    with pytest.raises(TwilioRestException) as raised:
        place(client, app)

    assert (raised.value.status, raised.value.code) == (500, 20500)
    assert [call.to for call in client.calls.list(to=CALLER)] == [CALLER]


def test_82_an_unknown_parameter_is_ignored(company: OpenCompany) -> None:
    answer = httpx.post(
        f"{company.desk.base_url}/2010-04-01/Accounts/{ACCOUNT}/Calls.json",
        data={"To": CALLER, "From": HOTLINE, "Twiml": HELLO, "Colour": "green"},
        auth=(ACCOUNT, TOKEN),
    )

    assert answer.status_code == 201


@pytest.mark.parametrize("auth", [None, (ACCOUNT, "wrong"), ("AC" + "9" * 32, TOKEN)])
def test_only_the_account_is_let_in(company: OpenCompany, auth: tuple[str, str] | None) -> None:
    answer = httpx.get(f"{company.desk.base_url}/2010-04-01/Accounts/{ACCOUNT}/Calls.json", auth=auth)

    assert (answer.status_code, answer.json()["code"]) == (401, 20003)


def test_a_decline_is_busy(app: App, company: OpenCompany, client: Client) -> None:
    place(client, app)

    company.handset(CALLER).decline()
    company.settle()

    assert progress(app, "CallStatus")[-1] == "busy"


def test_hanging_up_while_it_rings_is_busy_too(app: App, company: OpenCompany, client: Client) -> None:
    place(client, app)

    assert company.handset(CALLER).rings()
    company.hang_up(company.calls[0])
    company.settle()

    assert progress(app, "CallStatus")[-1] == "busy"


def test_a_placed_call_can_be_talked_to(app: App, company: OpenCompany, client: Client) -> None:
    call = called(
        app, company, client, '<Gather numDigits="1" action="/menu"><Play>/tone.wav</Play></Gather>'
    )
    app.says("/menu", '<Record action="/kept"/>')
    app.says("/kept", "<Hangup/>")

    call.listen().press("1").listen().speak(tone(2.0), then="key")
    company.settle()

    assert app.asked("/menu")[0].form["Direction"] == "outbound-api"
    assert [recording.kept_s for recording in company.recordings] == [2.0]
    assert progress(app, "CallStatus")[-1] == "completed"


def test_72_a_call_that_still_rings_begins_with_the_other_document(
    app: App, company: OpenCompany, client: Client
) -> None:
    sid = place(client, app)
    app.says("/other", "<Say>Elsewhere</Say>")

    assert company.handset(CALLER).rings()
    client.calls(sid).update(url=app.url + "/other")
    call = company.handset(CALLER).pick_up().listen()

    assert [heard.text for heard in call.heard] == ["Elsewhere"]
    assert app.asked("/called") == []


def test_72_a_recording_that_is_cut_short_by_the_app_is_kept(
    app: App, company: OpenCompany, client: Client
) -> None:
    call = called(app, company, client, '<Record action="/kept"/>').listen()
    app.says("/other", "<Hangup/>")

    call.line.speak(read_voice(tone(9.0)))
    call.stay_silent(4.0)
    client.calls(call.call.sid).update(url=app.url + "/other")
    company.settle()

    assert [recording.kept_s for recording in company.recordings] == [4.0]
    assert app.asked("/kept") == []
