"""The sample network of a demonstration: one organisation, its hotline, and somebody who may sign in."""

from dataclasses import dataclass
from pathlib import Path

from ivr.persistence.hotlines import all_hotlines
from ivr.processes.sample_content import open_sample_content
from ivr.services import accounts
from ivr.services.accounts import LoginTakenError
from ivr.services.network import found_organisation, open_hotline
from ivr.services.station import Station, open_station
from ivr.settings import Settings

ORGANISATION = "sample"
LOGIN = "demo"


@dataclass(frozen=True, slots=True)
class SignIn:
    """With what a visitor of the demonstration signs in."""

    login: str
    password: str


def open_sample_network(settings: Settings) -> SignIn:
    """Make the network if it is not there yet, and return how to sign in."""
    station = open_station(settings)
    try:
        organisation_id = _open_line(station, settings.hotline_number)
        sign_in = SignIn(LOGIN, _password(station, settings.data_dir / "demo-password"))
        open_sample_content(station, organisation_id, LOGIN)
        return sign_in
    finally:
        station.database.close()


def _open_line(station: Station, number: str) -> str:
    """Return the id of the organisation."""
    with station.database.write() as work:
        organisation_id = found_organisation(work, station.keys, slug=ORGANISATION, name="Sample Network")
        if all(hotline.number != number for hotline in all_hotlines(work)):
            open_hotline(
                work,
                organisation_id=organisation_id,
                number=number,
                name="Sample Hotline",
                country="SG",
                languages="en,id",
                is_free=True,
                emergency_number="999",
                emergency_checked_on=work.now,
            )
    return organisation_id


def _password(station: Station, file: Path) -> str:
    """Return the password of the demonstration, the same at every start; it lies beside the sample data."""
    if file.exists():
        return file.read_text().strip()
    password = accounts.new_password()
    try:
        accounts.add(
            station, LOGIN, password, name="Demo Coordinator", role="coordinator", organisation=ORGANISATION
        )
    except LoginTakenError:
        accounts.set_password(station, LOGIN, password)
    file.touch(mode=0o600)
    file.write_text(password + "\n")
    return password
