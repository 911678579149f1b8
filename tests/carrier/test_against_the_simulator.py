"""The carrier client against the simulator's REST interface, and what goes wrong there on purpose."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from ivr.carrier.errors import (
    CarrierBusyError,
    CarrierRefusedError,
    CarrierUnavailableError,
    RecordingNotReadyError,
)
from ivr.carrier.profiles import SIMULATOR
from ivr.carrier.twilio import TwilioCarrier
from ivr.simulator.company import CompanySettings
from ivr.simulator.grammar import Record
from ivr.simulator.open_company import OpenCompany
from ivr.simulator.recordings import Recording
from ivr.simulator.sounds import Sound

A_MINUTE_AGO = datetime.now(UTC) - timedelta(minutes=1)


@pytest.fixture
def telephone_company() -> Iterator[OpenCompany]:
    company = OpenCompany(CompanySettings())
    with company.serving():
        yield company


@pytest.fixture
def carrier(telephone_company: OpenCompany) -> TwilioCarrier:
    settings = telephone_company.settings
    return TwilioCarrier(SIMULATOR, settings.account, settings.token, api_url=telephone_company.desk.base_url)


def kept(company: OpenCompany, sid: str = "RE1") -> str:
    """Let the company keep one second of noise."""
    now_s = company.exchange.now_s()
    recording = Recording(
        sid, company.settings.account, "CA1", Record(), company.exchange.clock.wall(), now_s, ready_s=now_s
    )
    noise = np.random.default_rng(1).integers(-3000, 3000, 8000, np.int16)
    recording.keep(Sound(noise), trims=False)
    recording.status = "completed"
    company.desk.recordings[sid] = recording
    return sid


def test_a_recording_is_listed_fetched_deleted_and_proved_gone(
    telephone_company: OpenCompany, carrier: TwilioCarrier
) -> None:
    sid = kept(telephone_company)

    (listed,) = carrier.list_recordings(A_MINUTE_AGO)
    sound = carrier.fetch_recording(sid)
    assert (listed.sid, listed.call_sid, listed.duration_s, listed.status) == (sid, "CA1", 1, "completed")
    assert sound.startswith(b"RIFF")
    assert carrier.has_recording(sid)

    carrier.delete_recording(sid)

    assert not carrier.has_recording(sid)
    assert list(carrier.list_recordings(A_MINUTE_AGO)) == []
    with pytest.raises(RecordingNotReadyError):
        carrier.fetch_recording(sid)


def test_a_long_list_is_read_over_all_its_pages(
    telephone_company: OpenCompany, carrier: TwilioCarrier
) -> None:
    sids = {kept(telephone_company, f"RE{number}") for number in range(450)}

    assert {recording.sid for recording in carrier.list_recordings(A_MINUTE_AGO)} == sids


def test_a_deletion_that_does_not_delete_is_found_out(
    telephone_company: OpenCompany, carrier: TwilioCarrier
) -> None:
    telephone_company.mischief.keeps_deleted = True
    sid = kept(telephone_company)

    carrier.delete_recording(sid)

    assert carrier.has_recording(sid)


def test_a_busy_moment_is_waited_out(telephone_company: OpenCompany, carrier: TwilioCarrier) -> None:
    sid = kept(telephone_company)
    telephone_company.mischief.api_faults = ["429", "500"]

    carrier.delete_recording(sid)

    assert telephone_company.recordings == ()


def test_a_deletion_that_was_done_with_a_500_is_fine_when_repeated(
    telephone_company: OpenCompany, carrier: TwilioCarrier
) -> None:
    sid = kept(telephone_company)
    telephone_company.mischief.api_faults = ["500_but_done"]

    carrier.delete_recording(sid)

    assert not carrier.has_recording(sid)


@pytest.mark.parametrize(("fault", "error"), [("429", CarrierBusyError), ("500", CarrierUnavailableError)])
def test_trouble_that_lasts_has_a_name(
    telephone_company: OpenCompany, carrier: TwilioCarrier, fault: str, error: type[Exception]
) -> None:
    telephone_company.mischief.api_faults = [fault] * 3  # type: ignore[list-item]

    with pytest.raises(error):
        carrier.delete_recording("RE1")


def test_a_wrong_token_is_a_refusal(telephone_company: OpenCompany) -> None:
    settings = telephone_company.settings
    stranger = TwilioCarrier(SIMULATOR, settings.account, "wrong", api_url=telephone_company.desk.base_url)
    sid = kept(telephone_company)

    with pytest.raises(CarrierRefusedError) as refused:
        stranger.fetch_recording(sid)
    assert refused.value.status == 401
    with pytest.raises(CarrierRefusedError):
        stranger.delete_recording(sid)


def test_a_call_that_nobody_knows_is_over_and_forgotten(carrier: TwilioCarrier) -> None:
    carrier.end_call("CA-gone")
    carrier.delete_call("CA-gone")
