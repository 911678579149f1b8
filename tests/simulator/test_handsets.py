"""The handset API with the real clock: what the phone page and the terminal phone stand on."""

from collections.abc import Iterator

import httpx
import pytest

from ivr.simulator.call import Instructions
from ivr.simulator.company import CompanySettings
from ivr.simulator.open_company import OpenCompany
from tests.simulator.any_app import CALLER, HOTLINE, App, tone


@pytest.fixture
def real_company(settings: CompanySettings) -> Iterator[OpenCompany]:
    company = OpenCompany(settings)
    with company.serving():
        yield company


@pytest.fixture
def handset(real_company: OpenCompany) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=real_company.desk.base_url + "/handsets") as client:
        yield client


def dial(handset: httpx.Client) -> str:
    return str(handset.post("/calls", json={"from": CALLER, "to": HOTLINE}).json()["call"])


def wait_for(handset: httpx.Client, call: str, kind: str) -> list[dict[str, object]]:
    """Follow a call until something happens, and return all that has."""
    events: list[dict[str, object]] = []
    while kind not in [event["kind"] for event in events]:
        news = handset.get(f"/calls/{call}/events", params={"after": len(events)}).json()
        events += news["events"]
        assert news["state"] != "ended" or news["events"], f"the call ended without {kind}"
    return events


def test_a_call_is_followed_key_by_key(app: App, handset: httpx.Client) -> None:
    app.says("/voice/incoming", '<Gather numDigits="1" action="/menu"><Say>Press one</Say></Gather>')
    app.says("/menu", "<Hangup/>")

    call = dial(handset)
    wait_for(handset, call, "playing")
    pressed = handset.post(f"/calls/{call}/keys", json={"digits": "1"})
    events = wait_for(handset, call, "ended")
    if events[-1]["kind"] == "webhook":  # word of the end may already have been sent to the app
        events.pop()

    assert pressed.status_code == 204
    assert [event["kind"] for event in events] == [
        "dialling",
        "ringing",
        "webhook",
        "answered",
        "playing",
        "key",
        "played",
        "webhook",
        "ended",
    ]
    assert [event["n"] for event in events] == list(range(1, 10))
    assert events[4]["text"] == "Press one"


def test_keys_of_one_request_have_time_for_the_turn_between_them(app: App, handset: httpx.Client) -> None:
    app.says("/voice/incoming", '<Gather numDigits="1" action="/menu"/>')
    app.says("/menu", '<Gather numDigits="1" action="/second"/>')
    app.says("/second", "<Hangup/>")

    call = dial(handset)
    wait_for(handset, call, "waiting_for_keys")
    handset.post(f"/calls/{call}/keys", json={"digits": "12"})
    wait_for(handset, call, "ended")

    assert app.asked("/menu")[0].form["Digits"] == "1"
    assert app.asked("/second")[0].form["Digits"] == "2"


def test_what_is_said_before_the_beep_goes_into_the_recording(
    app: App, handset: httpx.Client, real_company: OpenCompany
) -> None:
    app.says("/voice/incoming", '<Record timeout="1" maxLength="2" action="/kept"/>')
    app.says("/kept", "<Hangup/>")

    call = dial(handset)
    said = handset.post(f"/calls/{call}/voice", content=tone(0.4), headers={"Content-Type": "audio/wav"})
    events = wait_for(handset, call, "ended")
    (recording,) = real_company.recordings

    assert said.json() == {"length_s": 0.4}
    assert {"recording_began", "recording_ended"} <= {str(event["kind"]) for event in events}
    assert recording.kept_s == pytest.approx(0.4, abs=0.05)


def test_live_pieces_are_laid_one_behind_the_other(
    app: App, handset: httpx.Client, real_company: OpenCompany
) -> None:
    app.says("/voice/incoming", '<Record timeout="5" action="/kept"/>')
    app.says("/kept", "<Hangup/>")

    call = dial(handset)
    wait_for(handset, call, "recording_began")
    for _ in range(2):
        handset.post(f"/calls/{call}/voice", params={"live": 1}, content=tone(0.1))
    real_company.let_pass(0.3)
    handset.post(f"/calls/{call}/keys", json={"digits": "#"})
    wait_for(handset, call, "ended")
    (recording,) = real_company.recordings

    assert recording.kept_s == pytest.approx(0.2, abs=0.03)


def test_what_was_played_can_be_fetched_from_the_same_place(app: App, handset: httpx.Client) -> None:
    app.says("/voice/incoming", "<Gather><Play>/tone.wav</Play></Gather>")

    call = dial(handset)
    events = wait_for(handset, call, "playing")
    handset.post(f"/calls/{call}/hang_up", json={})
    sound = handset.get(f"/sounds/{events[-1]['sound']}.wav")

    assert (sound.status_code, sound.content) == (200, tone(2.0))
    assert handset.get("/sounds/nothing.wav").status_code == 404


def test_hanging_up_ends_the_call_by_the_caller(app: App, handset: httpx.Client) -> None:
    app.says("/voice/incoming", '<Gather timeout="60"/>')

    call = dial(handset)
    wait_for(handset, call, "waiting_for_keys")
    handset.post(f"/calls/{call}/hang_up", json={})
    events = [event for event in wait_for(handset, call, "ended") if event["kind"] == "ended"]
    late = handset.post(f"/calls/{call}/keys", json={"digits": "1"})

    assert events[-1]["text"] == "caller"
    assert (late.status_code, late.json()) == (409, {"error": "The call has ended."})


def test_a_placed_call_rings_and_is_picked_up(handset: httpx.Client, real_company: OpenCompany) -> None:
    nobody = handset.post("/ringing", json={"number": CALLER}).json()
    wanted = Instructions(twiml='<Response><Gather timeout="60"/></Response>')

    real_company.place(HOTLINE, CALLER, wanted)
    rings = handset.post("/ringing", json={"number": CALLER, "wait_s": 10}).json()
    handset.post(f"/calls/{rings['call']}/pick_up", json={})
    events = wait_for(handset, rings["call"], "waiting_for_keys")
    handset.post(f"/calls/{rings['call']}/hang_up", json={})

    assert nobody == {"call": None, "shown": None}
    assert rings["shown"] == HOTLINE
    assert "answered" in [event["kind"] for event in events]


def test_the_numbers_one_can_dial_have_names(handset: httpx.Client) -> None:
    assert handset.get("/numbers").json() == {"numbers": [{"number": HOTLINE, "name": "Hotline"}]}


def test_a_number_that_is_not_here_cannot_be_dialled(handset: httpx.Client) -> None:
    answer = handset.post("/calls", json={"from": CALLER, "to": "+12025550199"})

    assert (answer.status_code, answer.json()) == (404, {"error": "No such number here."})


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [("keys", {"digits": "A"}, 400), ("keys", {}, 400), ("keys", [], 400), ("pick_up", {}, 409)],
)
def test_what_a_telephone_cannot_do_is_refused_in_words(
    app: App, handset: httpx.Client, path: str, body: object, status: int
) -> None:
    app.says("/voice/incoming", '<Gather timeout="60"/>')

    call = dial(handset)
    answer = handset.post(f"/calls/{call}/{path}", json=body)
    handset.post(f"/calls/{call}/hang_up", json={})

    assert answer.status_code == status
    assert answer.json()["error"]


def test_a_wait_that_is_no_number_is_refused(handset: httpx.Client) -> None:
    assert handset.post("/ringing", json={"number": CALLER, "wait_s": "long"}).status_code == 400


def test_a_file_that_is_no_voice_is_refused(app: App, handset: httpx.Client) -> None:
    app.says("/voice/incoming", '<Gather timeout="60"/>')

    call = dial(handset)
    answers = [
        handset.post(f"/calls/{call}/voice", content=content).status_code
        for content in (b"", b"RIFF", b"no sound at all")
    ]
    handset.post(f"/calls/{call}/hang_up", json={})

    assert answers == [400, 400, 400]


def test_another_page_cannot_use_the_telephone(handset: httpx.Client) -> None:
    answer = handset.post(
        "/calls", json={"from": CALLER, "to": HOTLINE}, headers={"Origin": "http://elsewhere.test"}
    )

    assert answer.status_code == 403
