"""Webhooks that nobody should send: refused, or answered kindly, and nothing is kept of them."""

from collections.abc import Iterator
from pathlib import Path
from shutil import copyfile
from typing import Any

import pytest
from sqlalchemy import delete, func, select
from structlog.testing import capture_logs

from ivr.persistence.tables import calls, carrier_copies, concerns, messages, receipts, tasks
from tests.practice_line import CALLER, HOTLINE
from tests.signed_carrier import (
    CALL,
    CALLBACK,
    PUBLIC_URL,
    RECORDED,
    SPOKEN,
    SignedCarrier,
    signature_of,
    signed_carrier,
)

ROUTES = [
    "/voice/incoming",
    "/voice/status",
    "/voice/fallback",
    "/voice/turns/v/consent",
    "/voice/recordings/1",
]
COUNTED = (calls, receipts, concerns, messages, carrier_copies, tasks)
"""The tables that a caller can fill, each after those that it names."""


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory, empty_sqlite: Path) -> Iterator[SignedCarrier]:
    folder = tmp_path_factory.mktemp("service")
    copyfile(empty_sqlite, folder / "peerline.sqlite3")
    with signed_carrier(folder, f"sqlite:///{folder / 'peerline.sqlite3'}") as carrier:
        yield carrier


@pytest.fixture
def carrier(service: SignedCarrier) -> Iterator[SignedCarrier]:
    """One service for all tests of this file; what a test left in it is forgotten."""
    yield service
    service.sent.clear()
    with service.station.database.write() as work:
        for table in reversed(COUNTED):
            work.connection.execute(delete(table))


def rows(carrier: SignedCarrier) -> list[int]:
    """Return how many rows each table has that a caller can fill."""
    with carrier.station.database.read() as work:
        counts = [
            work.connection.execute(select(func.count()).select_from(table)).scalar() for table in COUNTED
        ]
    return [int(count or 0) for count in counts]


@pytest.mark.parametrize("path", ROUTES)
def test_an_unsigned_webhook_is_refused(carrier: SignedCarrier, path: str) -> None:
    assert carrier.post_unsigned(path, [("CallSid", CALL)], None).status_code == 403
    assert rows(carrier) == [0] * len(COUNTED)


@pytest.mark.parametrize("path", ROUTES)
def test_a_wrongly_signed_webhook_is_refused(carrier: SignedCarrier, path: str) -> None:
    form = [("CallSid", CALL), ("Digits", "1")]
    of_another_form = signature_of(PUBLIC_URL + path, [("CallSid", CALL), ("Digits", "2")])

    for signature in ("", "é", "nonsense", of_another_form, signature_of(f"{PUBLIC_URL}/", form)):
        assert carrier.post_unsigned(path, form, signature).status_code == 403


def test_a_refusal_writes_nothing_of_the_caller_into_the_log(carrier: SignedCarrier) -> None:
    with capture_logs() as logs:
        carrier.post_unsigned("/voice/incoming", [("From", CALLER), ("Digits", "4827")], "nonsense")

    assert [line["event"] for line in logs] == ["webhook_refused"]
    assert CALLER not in str(logs)
    assert "4827" not in str(logs)


def test_a_replayed_webhook_gets_the_same_answer_and_changes_nothing(carrier: SignedCarrier) -> None:
    turns: list[dict[str, Any]] = [
        {"step": "consent", "n": 3, "Digits": "1"},
        {"step": "record", "n": 5, **SPOKEN},
        {"step": "review", "n": 6, "Digits": "1"},
        {"step": "pin", "n": 8, "Digits": "7302"},
        {"step": "pin_again", "n": 9, "Digits": "7302"},
        {"step": "wish", "n": 10, "Digits": "2"},
    ]
    for turn in turns:
        first = carrier.turn(turn["step"], **{key: value for key, value in turn.items() if key != "step"})
        counted = rows(carrier)
        again = carrier.turn(turn["step"], **{key: value for key, value in turn.items() if key != "step"})

        assert again.data == first.data
        assert again.status_code == 200
        assert rows(carrier) == counted


def test_an_old_webhook_that_comes_again_at_the_end_changes_nothing(carrier: SignedCarrier) -> None:
    carrier.agree()
    carrier.turn("record", n=5, **SPOKEN)
    carrier.turn("review", n=6, Digits="4")
    counted = rows(carrier)

    carrier.turn("record", n=5, **SPOKEN)
    carrier.turn("review", n=6, Digits="4")
    carrier.post(f"/voice/recordings/{carrier.hotline_id}", CALLBACK)

    assert rows(carrier) == counted
    with carrier.station.database.read() as work:
        (erased_at,) = work.connection.execute(select(messages.c.erased_at)).one()
    assert erased_at is not None


def test_a_call_to_a_number_that_is_no_hotline_is_not_answered(carrier: SignedCarrier) -> None:
    answer = carrier.post("/voice/incoming", {"CallSid": CALL, "From": CALLER, "To": "+12025550199"})

    assert answer.status_code == 200
    assert b"<Reject/>" in answer.data


@pytest.mark.parametrize("language", ["en", "id"])
@pytest.mark.parametrize(
    ("step", "form"),
    [
        ("review", {"Digits": "1"}),
        ("review", {"Digits": "4"}),
        ("record", SPOKEN),
        ("pin", {"Digits": "7302"}),
        ("case_number", {}),
        ("wish", {"Digits": "1"}),
        ("play", {}),
    ],
)
def test_a_promise_in_a_call_that_never_agreed_is_refused_kindly(
    carrier: SignedCarrier, step: str, form: dict[str, Any], language: str
) -> None:
    answer = carrier.turn(step, language=language, n=6, **form)

    assert answer.status_code == 200
    assert carrier.heard(answer) == [f"{language}:err_line"]
    assert rows(carrier) == [0] * len(COUNTED)


@pytest.mark.parametrize(
    "form",
    [
        {"Digits": "hangup"},
        {"Digits": "A"},
        {"Digits": "1" * 33},
        {"Digits": "1\n<Hangup/>"},
        {"Digits": "\N{ARABIC-INDIC DIGIT ONE}"},
        {"SpeechResult": "one"},
        {"Digits": ""},
        {},
    ],
    ids=["hangup", "letter", "too many", "markup", "another script", "speech", "blank", "nothing"],
)
def test_keys_that_are_none_count_as_silence(carrier: SignedCarrier, form: dict[str, Any]) -> None:
    assert carrier.heard(carrier.turn("main_menu", **form)) == ["en:err_nokey"]


def test_keys_where_she_was_to_speak_count_as_silence(carrier: SignedCarrier) -> None:
    carrier.agree()

    assert carrier.heard(carrier.turn("record", n=5, Digits="1234")) == ["en:message_beep"]


def test_a_recording_where_she_was_to_press_counts_as_silence(carrier: SignedCarrier) -> None:
    assert carrier.heard(carrier.turn("main_menu", n=1, **SPOKEN)) == ["en:err_nokey"]
    assert rows(carrier) == [0] * len(COUNTED)


def test_64_kilobytes_are_not_even_read(carrier: SignedCarrier) -> None:
    assert carrier.turn("main_menu", Digits="1", Filler="x" * 65_536).status_code == 413


def test_more_fields_than_any_carrier_posts_are_refused(carrier: SignedCarrier) -> None:
    assert carrier.post("/voice/status", [(f"a{number}", "1") for number in range(300)]).status_code == 400


def test_repeated_names_are_signed_and_read(carrier: SignedCarrier) -> None:
    version = carrier.desk.flows.named("hotline").version
    path = f"/voice/turns/{version}/main_menu?h={carrier.hotline_id}&l=en&n=2"

    answer = carrier.post(path, [("CallSid", CALL), ("Digits", "9"), ("Extra", "b"), ("Extra", "a")])

    assert carrier.heard(answer) == ["en:quick_end"]


@pytest.mark.parametrize(
    "address",
    [
        "/voice/turns/{version}/no_such_step?h={hotline}&l=en&n=1",
        "/voice/turns/000000000000/no_such_step?h={hotline}&l=en&n=1",
        "/voice/turns/{version}/main_menu?l=en&n=1",
        "/voice/turns/{version}/main_menu?h=none&l=en&n=1",
        "/voice/turns/{version}/main_menu?h={hotline}&n=1",
        "/voice/turns/{version}/main_menu?h={hotline}&l=xx&n=1",
        "/voice/turns/{version}/main_menu?h={hotline}&l=en&n=-1",
        "/voice/turns/{version}/main_menu?h={hotline}&l=en&n=1&s=-3",
        "/voice/turns/{version}/main_menu?h={hotline}&l=en&n=1&m=99999999999999999999",
        "/voice/turns/{version}/welcome?h={hotline}&l=en&n=1&p=1e9",
        "/voice/turns/{version}/kind?h={hotline}&l=en&n=1&c=kind",
        "/voice/turns/{version}/main_menu",
        "/voice/turns/{version}/main_menu?%FF=%FE&&&=",
    ],
)
def test_an_address_that_was_not_handed_out_ends_kindly(carrier: SignedCarrier, address: str) -> None:
    version = carrier.desk.flows.named("hotline").version
    path = address.format(version=version, hotline=carrier.hotline_id)

    answer = carrier.post(path, {"CallSid": CALL, "Digits": "5"})

    assert answer.status_code == 200
    assert carrier.heard(answer) == ["en:err_line"]
    assert rows(carrier) == [0] * len(COUNTED)


def test_a_call_on_an_older_version_of_the_flow_goes_on(carrier: SignedCarrier) -> None:
    path = f"/voice/turns/000000000000/main_menu?h={carrier.hotline_id}&l=id&n=2"

    assert carrier.heard(carrier.post(path, {"CallSid": CALL, "Digits": "9"})) == ["id:quick_end"]


@pytest.mark.parametrize("call_sid", ["", "x" * 65, "../../etc", "CA 1", "CA\n1", "<CA>"])
def test_a_call_without_a_usable_name_ends_kindly(carrier: SignedCarrier, call_sid: str) -> None:
    answer = carrier.post("/voice/incoming", {"CallSid": call_sid, "To": HOTLINE})

    assert answer.status_code == 200
    assert carrier.heard(answer) == ["en:err_line"]


def test_a_recording_of_a_caller_who_did_not_agree_is_deleted_and_never_fetched(
    carrier: SignedCarrier,
) -> None:
    answer = carrier.post(f"/voice/recordings/{carrier.hotline_id}", CALLBACK)

    assert answer.status_code == 204
    assert [errand.job for errand in carrier.sent] == ["delete_carrier_copy"]
    with carrier.station.database.read() as work:
        assert work.connection.execute(select(messages.c.id)).all() == []


def test_a_recording_that_the_carrier_did_not_keep_leaves_nothing(carrier: SignedCarrier) -> None:
    carrier.agree()

    answer = carrier.post(
        f"/voice/recordings/{carrier.hotline_id}", {**CALLBACK, "RecordingStatus": "absent"}
    )

    assert answer.status_code == 204
    assert carrier.sent == []


@pytest.mark.parametrize("form", [{"CallSid": CALL}, RECORDED, {}, {**CALLBACK, "RecordingSid": "a/b"}])
def test_a_recording_callback_that_names_nothing_is_not_taken_for_done(
    carrier: SignedCarrier, form: dict[str, Any]
) -> None:
    carrier.agree()

    assert carrier.post(f"/voice/recordings/{carrier.hotline_id}", form).status_code == 503
    assert carrier.sent == []


def test_the_end_of_an_unknown_call_changes_nothing(carrier: SignedCarrier) -> None:
    assert carrier.post("/voice/status", {"CallSid": CALL, "CallStatus": "completed"}).status_code == 204
    assert rows(carrier) == [0] * len(COUNTED)


def test_the_fallback_apologises(carrier: SignedCarrier) -> None:
    answer = carrier.post("/voice/fallback", {"CallSid": CALL, "ErrorCode": "11200", "ErrorUrl": "https://x"})

    assert carrier.heard(answer) == ["en:err_line"]


@pytest.mark.parametrize("path", ["/audio/own/AAAA.wav", "/audio/own/%C3%A9.wav", "/audio/nonsense.wav"])
def test_sound_that_was_not_handed_out_is_not_there(carrier: SignedCarrier, path: str) -> None:
    assert carrier.client.get(path).status_code == 404
