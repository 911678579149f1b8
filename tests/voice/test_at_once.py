"""The same webhook many times in the same moment, as a carrier's retry may come: one answer, one effect."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from ivr.persistence.tables import calls, concerns, messages, receipts, tasks
from tests.signed_carrier import CALLBACK, SPOKEN, SignedCarrier, signed_carrier

AT_ONCE = 8


@pytest.fixture
def carrier(tmp_path: Path, database_url: str) -> Iterator[SignedCarrier]:
    with signed_carrier(tmp_path, database_url) as carrier:
        carrier.turn("main_menu", Digits="1")
        yield carrier


def all_at_once(carrier: SignedCarrier, step: str, n: int, form: dict[str, str]) -> list[bytes]:
    """Post one turn many times side by side and return the answers."""
    each = [replace(carrier, client=carrier.app.test_client()) for _ in range(AT_ONCE)]
    with ThreadPoolExecutor(AT_ONCE) as threads:
        answers = list(threads.map(lambda one: one.turn(step, n=n, **form), each))
    assert {answer.status_code for answer in answers} == {200}
    return [answer.data for answer in answers]


def test_consent_given_many_times_at_once_is_given_once(carrier: SignedCarrier) -> None:
    answers = all_at_once(carrier, "consent", 3, {"Digits": "1"})

    assert len(set(answers)) == 1
    with carrier.station.database.read() as work:
        assert len(work.connection.execute(select(calls.c.id)).all()) == 1
        assert len(work.connection.execute(select(concerns.c.id)).all()) == 1


def test_a_message_kept_many_times_at_once_is_one(carrier: SignedCarrier) -> None:
    carrier.agree()
    answers = all_at_once(carrier, "record", 5, SPOKEN)

    assert len(set(answers)) == 1
    with carrier.station.database.read() as work:
        assert len(work.connection.execute(select(messages.c.id)).all()) == 1
        assert len(work.connection.execute(select(tasks.c.id)).all()) == 1
        kept = select(receipts.c.turn).where(receipts.c.deed == "keep_message")
        assert len(work.connection.execute(kept).all()) == 1


def test_her_turn_and_the_callback_at_once_make_one_message(carrier: SignedCarrier) -> None:
    carrier.agree()
    path = f"/voice/recordings/{carrier.hotline_id}"

    def tell(one: SignedCarrier) -> int:
        return one.post(path, CALLBACK).status_code

    def turn(one: SignedCarrier) -> int:
        return one.turn("record", n=5, **SPOKEN).status_code

    deeds = [tell, turn] * (AT_ONCE // 2)
    each = [replace(carrier, client=carrier.app.test_client()) for _ in deeds]
    with ThreadPoolExecutor(AT_ONCE) as threads:
        statuses = list(threads.map(lambda deed, one: deed(one), deeds, each))

    assert statuses == [204, 200] * (AT_ONCE // 2)
    with carrier.station.database.read() as work:
        assert len(work.connection.execute(select(messages.c.id)).all()) == 1
    assert [errand.job for errand in carrier.sent] == ["fetch_recording"]


def test_a_pin_confirmed_many_times_at_once_is_kept(carrier: SignedCarrier) -> None:
    carrier.agree()
    carrier.turn("pin", n=7, Digits="7302")
    answers = all_at_once(carrier, "pin_again", 8, {"Digits": "7302"})

    assert len(set(answers)) == 1
    assert carrier.heard(carrier.turn("pin_again", n=8, Digits="7302"))[0] == "en:pin_saved"
