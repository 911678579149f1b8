"""A carrier that posts single webhooks, rightly or wrongly signed, to a service in this process."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode, urlsplit
from xml.etree import ElementTree as ET

from flask import Flask
from flask.testing import FlaskClient
from twilio.request_validator import RequestValidator
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from ivr.app import create_app
from ivr.persistence.database import Errand, Work
from ivr.persistence.hotlines import all_hotlines
from ivr.services.network import found_organisation, open_hotline
from ivr.services.station import Station
from ivr.voice.desk import Desk
from prompts.labels import words_of
from tests.practice_line import HOTLINE, TOKEN, practice_settings

PUBLIC_URL = "https://line.example.org"
CALL = "CA" + "a" * 32
RECORDING = "RE" + "b" * 32
RECORDED = {"RecordingUrl": f"https://carrier.example.org/{RECORDING}", "RecordingSid": RECORDING}
SPOKEN = {**RECORDED, "RecordingDuration": "9", "Digits": "#"}
"""What the carrier posts in the turn after she spoke for nine seconds and pressed a key."""

CALLBACK = {**RECORDED, "CallSid": CALL, "RecordingStatus": "completed", "RecordingDuration": "9"}
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class SignedCarrier:
    """Posts as the carrier does and reads what it is told to play.

    Attributes:
        sent: Jobs that the service sent; nobody does them.
    """

    app: Flask
    client: FlaskClient
    hotline_id: str
    sent: list[Errand]

    @property
    def station(self) -> Station:
        """The service's database, keys and recordings."""
        station: Station = self.app.extensions["peerline_station"]
        return station

    @property
    def desk(self) -> Desk:
        """What the service's voice routes use."""
        desk: Desk = self.app.extensions["peerline_desk"]
        return desk

    def post(self, path: str, form: Mapping[str, str] | list[tuple[str, str]]) -> TestResponse:
        """Post a form with the right signature."""
        pairs = list(form.items()) if isinstance(form, Mapping) else form
        return self.post_unsigned(path, pairs, signature_of(PUBLIC_URL + path, pairs))

    def post_unsigned(self, path: str, form: list[tuple[str, str]], signature: str | None) -> TestResponse:
        """Post a form with any signature, or none."""
        headers = {} if signature is None else {"X-Twilio-Signature": signature}
        return self.client.post(path, data=urlencode(form), content_type=FORM, headers=headers)

    def turn(self, step: str, /, *, language: str = "en", n: int = 1, **form: str) -> TestResponse:
        """Take one turn of a call at a step."""
        version = self.desk.flows.named("hotline").version
        path = f"/voice/turns/{version}/{step}?h={self.hotline_id}&l={language}&n={n}"
        return self.post(path, {"CallSid": CALL, "CallStatus": "in-progress", **form})

    def agree(self, language: str = "en") -> None:
        """Let the caller agree to be recorded."""
        self.turn("consent", language=language, n=3, Digits="1")

    def heard(self, response: TestResponse) -> list[str]:
        """Return the ids of the prompts that an answer plays, with their languages: `en:welcome`."""
        names = []
        for play in ET.fromstring(response.data).iter("Play"):
            label = words_of(self.client.get(urlsplit(str(play.text)).path).data)
            names += [f"{label.language}:{prompt}" for prompt in label.prompts]
        return names


def signature_of(url: str, form: list[tuple[str, str]]) -> str:
    """Return the carrier's signature, made by its own library."""
    return str(RequestValidator(TOKEN).compute_signature(url, MultiDict(form)))


@contextmanager
def signed_carrier(data_dir: Path, database_url: str, **settings: object) -> Iterator[SignedCarrier]:
    """Open a service with one hotline, without a port."""
    sent: list[Errand] = []
    app = create_app(
        practice_settings(data_dir, database_url, public_url=PUBLIC_URL, **settings), send=sent.append
    )
    station: Station = app.extensions["peerline_station"]
    with station.database.write() as work:
        hotline_id = _hotline(work, station)
    yield SignedCarrier(app, app.test_client(), hotline_id, sent)
    station.database.close()


def _hotline(work: Work, station: Station) -> str:
    """Return the hotline of an earlier service on this database, or open it."""
    for hotline in all_hotlines(work):
        return hotline.id
    organisation_id = found_organisation(work, station.keys, slug="practice", name="Practice")
    values = {"languages": "en,id", "is_free": True}
    return open_hotline(
        work, organisation_id=organisation_id, number=HOTLINE, name="Practice line", country="MY", **values
    )
