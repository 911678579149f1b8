"""The carrier client: what it asks, what it makes of every answer, and what it never says."""

import json
from base64 import b64encode
from datetime import UTC, datetime

import pytest

from ivr.carrier.errors import (
    CallNotOverError,
    CarrierBusyError,
    CarrierRefusedError,
    CarrierUnavailableError,
    InvalidNameError,
    NotOfferedError,
    RecordingNotReadyError,
    RecordingTooLargeError,
)
from ivr.carrier.media import MediaLimits
from ivr.carrier.profiles import SIGNALWIRE, SOMLENG, profile_of
from ivr.carrier.twilio import TwilioCarrier
from tests.carrier.scripted_company import Company

RECORDING = "RE0123456789abcdef0123456789abcdef"
ACCOUNT = "/2010-04-01/Accounts/AC1"
SINCE = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def row(sid: str, when: str, **fields: object) -> dict[str, object]:
    return {
        "sid": sid,
        "call_sid": "CA1",
        "duration": "7",
        "date_created": when,
        "status": "completed",
        **fields,
    }


def page(*rows: dict[str, object], following: str | None = None) -> str:
    return json.dumps({"recordings": rows, "next_page_uri": following, "page": 0})


def test_a_recording_is_fetched_with_the_account_credentials(company: Company) -> None:
    company.will_answer(200, b"RIFF sound")

    assert company.carrier().fetch_recording(RECORDING) == b"RIFF sound"
    assert company.asked[0].path == f"{ACCOUNT}/Recordings/{RECORDING}.wav"
    assert company.asked[0].authorization == "Basic " + b64encode(b"AC1:token").decode()


def test_a_recording_that_is_not_there_yet_says_so(company: Company) -> None:
    company.will_answer(404)

    with pytest.raises(RecordingNotReadyError):
        company.carrier().fetch_recording(RECORDING)
    assert len(company.asked) == 1


def test_a_recording_larger_than_the_limit_is_not_kept(company: Company, small: MediaLimits) -> None:
    company.will_answer(200, b"x" * 1001)

    with pytest.raises(RecordingTooLargeError):
        company.carrier(media_limits=small).fetch_recording(RECORDING)


def test_a_recording_that_breaks_off_is_asked_for_again(company: Company) -> None:
    company.answers = [(500, "", {}), (200, b"whole", {})]

    assert company.carrier().fetch_recording(RECORDING) == b"whole"


def test_somleng_recordings_are_fetched_by_redirect_without_our_credentials(company: Company) -> None:
    elsewhere = company.url.replace("127.0.0.1", "localhost")
    company.answers = [(302, "", {"Location": f"{elsewhere}/storage/1"}), (200, b"sound", {})]

    assert company.carrier(SOMLENG).fetch_recording("0b1c") == b"sound"
    assert company.asked[0].path == f"{ACCOUNT}/Recordings/0b1c"
    assert company.asked[1].authorization is None


@pytest.mark.parametrize("status", [204, 404])
def test_deleting_a_recording_twice_is_as_good_as_once(company: Company, status: int) -> None:
    company.will_answer(status)

    company.carrier().delete_recording(RECORDING)

    assert (company.asked[0].method, company.asked[0].path) == (
        "DELETE",
        f"{ACCOUNT}/Recordings/{RECORDING}.json",
    )


def test_a_deletion_is_repeated_when_the_carrier_fails_inside(company: Company) -> None:
    company.answers = [(500, "", {}), (429, "", {}), (204, "", {})]

    company.carrier().delete_recording(RECORDING)

    assert len(company.asked) == 3


def test_somleng_offers_no_deletion_and_is_not_asked(company: Company) -> None:
    with pytest.raises(NotOfferedError):
        company.carrier(SOMLENG).delete_recording("0b1c")
    with pytest.raises(NotOfferedError):
        company.carrier(SOMLENG).delete_call("0b1c")
    assert company.asked == []


@pytest.mark.parametrize(
    ("media", "record", "held"),
    [
        ((200, b"sound"), (404, ""), True),
        ((404, ""), (200, '{"status": "processing"}'), True),
        ((404, ""), (200, '{"status": "deleted"}'), False),
        ((404, ""), (404, ""), False),
    ],
)
def test_a_deletion_is_proved_by_asking_for_sound_and_record(
    company: Company, media: tuple[int, str], record: tuple[int, str], held: object
) -> None:
    company.answers = [(*media, {}), (*record, {})]

    assert company.carrier().has_recording(RECORDING) is held


def test_an_outage_proves_no_deletion(company: Company) -> None:
    company.will_answer(503)

    with pytest.raises(CarrierUnavailableError):
        company.carrier().has_recording(RECORDING)


def test_the_list_is_read_to_its_end_and_sifted(company: Company) -> None:
    company.answers = [
        (
            200,
            page(row("RE3", "Sat, 21 Nov 2026 10:00:00 +0000"), following="/elsewhere?Page=1&PageToken=t"),
            {},
        ),
        (200, page(row("RE2", "Fri, 20 Nov 2026 12:00:00 -0000", duration=None, status="processing")), {}),
    ]

    found = list(company.carrier().list_recordings(SINCE))

    assert [one.sid for one in found] == ["RE3", "RE2"]
    assert [one.duration_s for one in found] == [7, None]
    assert found[1].created_at == SINCE
    assert company.asked[0].query["DateCreated>"] == ["2026-11-20"]
    assert company.asked[1].query == {"Page": ["1"], "PageToken": ["t"]}


def test_old_and_deleted_recordings_are_left_out_of_the_list(company: Company) -> None:
    company.will_answer(
        200,
        page(
            row("RE1", "Fri, 20 Nov 2026 11:59:59 +0000"),
            row("RE2", "Fri, 20 Nov 2026 13:00:00 +0000", status="deleted"),
        ),
    )

    assert list(company.carrier().list_recordings(SINCE)) == []


def test_page_two_keeps_one_prefix_when_the_base_address_has_a_path(company: Company) -> None:
    """SignalWire's next_page_uri begins with /api/laml already."""
    following = f"/api/laml{ACCOUNT}/Recordings.json?Page=1"
    company.answers = [(200, page(following=following), {}), (200, page(), {})]

    assert list(company.carrier(SIGNALWIRE, path="/api/laml").list_recordings(SINCE)) == []
    assert company.asked[1].path == f"/api/laml{ACCOUNT}/Recordings.json"


def test_somleng_is_not_asked_by_date(company: Company) -> None:
    company.will_answer(200, page())

    assert list(company.carrier(SOMLENG).list_recordings(SINCE)) == []
    assert "DateCreated>" not in company.asked[0].query


def test_a_list_of_another_shape_is_an_outage_not_an_empty_list(company: Company) -> None:
    company.will_answer(200, json.dumps({"recordings": [{"sid": "RE1"}]}))

    with pytest.raises(CarrierUnavailableError):
        list(company.carrier().list_recordings(SINCE))


def test_a_page_that_is_not_json_is_an_outage(company: Company) -> None:
    company.will_answer(200, "<html>maintenance</html>")

    with pytest.raises(CarrierUnavailableError):
        list(company.carrier().list_recordings(SINCE))


def test_ending_a_call_completes_it(company: Company) -> None:
    company.will_answer(200, "{}")

    company.carrier().end_call("CA1")

    assert company.asked[0].path == f"{ACCOUNT}/Calls/CA1.json"
    assert company.asked[0].form == {"Status": ["completed"]}


@pytest.mark.parametrize(("status", "code"), [(400, 21220), (404, 20404)])
def test_ending_a_call_that_is_over_is_fine(company: Company, status: int, code: int) -> None:
    company.will_answer(status, json.dumps({"code": code, "message": "not in progress", "status": status}))

    company.carrier().end_call("CA1")

    assert len(company.asked) == 1


def test_a_change_is_not_repeated_when_it_may_have_happened(company: Company) -> None:
    company.will_answer(500)

    with pytest.raises(CarrierUnavailableError):
        company.carrier().end_call("CA1")
    assert len(company.asked) == 1


def test_a_change_is_repeated_when_the_carrier_did_not_read_it(company: Company) -> None:
    company.answers = [(429, "", {}), (200, "{}", {})]

    company.carrier().end_call("CA1")

    assert len(company.asked) == 2


def test_a_carrier_that_stays_busy_is_called_busy(company: Company) -> None:
    company.will_answer(429)

    with pytest.raises(CarrierBusyError):
        company.carrier().delete_call("CA1")


def test_the_record_of_a_running_call_cannot_go_yet(company: Company) -> None:
    company.will_answer(400, json.dumps({"code": 20009, "message": "still going", "status": 400}))

    with pytest.raises(CallNotOverError):
        company.carrier().delete_call("CA1")


def test_a_refusal_names_status_and_code_and_nothing_else(company: Company) -> None:
    company.will_answer(
        400, json.dumps({"code": 21211, "message": "+12025550123 is not valid", "status": 400})
    )

    with pytest.raises(CarrierRefusedError) as refused:
        company.carrier().delete_call("CA-very-personal")
    assert str(refused.value) == "the telephone company refused with status 400 (its code 21211)"


@pytest.mark.parametrize("body", ["not json", "[]", '"text"', '{"code": "text"}'])
def test_a_refusal_in_any_shape_is_a_refusal(company: Company, body: str) -> None:
    company.will_answer(403, body)

    with pytest.raises(CarrierRefusedError) as refused:
        company.carrier().delete_call("CA1")
    assert (refused.value.status, refused.value.code) == (403, None)


def test_a_company_that_is_not_there_is_unavailable() -> None:
    carrier = TwilioCarrier(profile_of("twilio"), "AC1", "token", api_url="http://127.0.0.1:9")

    with pytest.raises(CarrierUnavailableError) as away:
        carrier.fetch_recording(RECORDING)
    assert "127.0.0.1" not in str(away.value)
    with pytest.raises(CarrierUnavailableError):
        carrier.delete_recording(RECORDING)


def test_any_text_up_to_64_characters_names_a_recording(company: Company) -> None:
    company.will_answer(204)

    company.carrier().delete_recording("a/b ?c#d%e")

    assert company.asked[0].path == f"{ACCOUNT}/Recordings/a%2Fb%20%3Fc%23d%25e.json"


@pytest.mark.parametrize("name", ["", "x" * 65, "a\nb", "..", "."])
def test_other_text_is_refused_before_anything_is_asked(company: Company, name: str) -> None:
    with pytest.raises(InvalidNameError):
        company.carrier().delete_recording(name)
    assert company.asked == []


def test_the_environment_of_the_client_library_changes_nothing(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TWILIO_EDGE", "sydney")
    monkeypatch.setenv("TWILIO_REGION", "au1")
    company.will_answer(204)

    company.carrier().delete_call("CA1")

    assert len(company.asked) == 1


def test_nothing_is_logged_of_a_request(company: Company, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    company.will_answer(200, b"{}")

    company.carrier().fetch_recording(RECORDING)
    company.carrier().end_call("CA1")

    assert RECORDING not in caplog.text
    assert "CA1" not in caplog.text
