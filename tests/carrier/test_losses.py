"""What is said of a telephone company that cannot do all that we ask."""

import pytest

from ivr.carrier.losses import losses
from ivr.carrier.profiles import SIGNALWIRE, SIMULATOR, SOMLENG, TWILIO, Profile


@pytest.mark.parametrize("profile", [TWILIO, SIMULATOR], ids=lambda profile: profile.name)
def test_nothing_is_lost_where_everything_is_offered(profile: Profile) -> None:
    assert losses(profile) == ()


def test_somleng_loses_the_deletion_of_recordings_first_of_all() -> None:
    said = losses(SOMLENG)

    assert said[0].startswith("deletes no recording")
    assert len(said) == len(set(said)) == 7


def test_signalwire_hands_out_recordings_by_their_address_alone() -> None:
    (said,) = losses(SIGNALWIRE)

    assert "anybody who knows its address" in said
