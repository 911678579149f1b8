"""A console with invented people and concerns, for tests: everything in it is real but the clock."""

import base64
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from ivr import console
from ivr.persistence import calls, concerns, messages
from ivr.persistence.concerns import Concern
from ivr.persistence.database import Database, Work, open_engine
from ivr.persistence.messages import Message
from ivr.persistence.recording_store import RecordingStore
from ivr.persistence.sealing import Keys, seal
from ivr.persistence.tables import concerns as concerns_table
from ivr.persistence.tables import messages as messages_table
from ivr.persistence.tables import tasks
from ivr.services import accounts
from ivr.services.network import found_organisation, open_hotline
from ivr.services.own_message import sound_context
from ivr.services.recordings import words_context
from ivr.services.station import Station
from ivr.settings import Settings
from transcription import audio
from transcription.recording import Recording
from transcription.transcript import Transcript, Word

SPEECH = Path(__file__).parent.parent / "speech"
MASTER_KEY = bytes(range(32))
PASSWORD = "a long invented password"
START = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
NUMBERS = {"north": "+12025550123", "south": "+12025550124"}


@dataclass(slots=True)
class Clock:
    """A clock that is moved by hand."""

    now: datetime = START

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, **time: float) -> None:
        """Let time pass, as `timedelta` takes it."""
        self.now += timedelta(**time)


@dataclass(slots=True)
class StaffRoom:
    """Two organisations, north and south, each with a hotline; people and concerns are added by tests."""

    app: Flask
    station: Station
    clock: Clock
    organisations: dict[str, str] = field(default_factory=dict)
    hotlines: dict[str, str] = field(default_factory=dict)

    def add_person(self, login: str = "hana", role: accounts.Role = "reviewer", of: str = "north") -> str:
        """Let a person sign in with `PASSWORD`. Returns her id."""
        return accounts.add(self.station, login, PASSWORD, name=login.title(), role=role, organisation=of)

    def browser(self) -> "Browser":
        """A new browser that keeps cookies."""
        return Browser(self.app.test_client())

    def signed_in(
        self, login: str = "hana", role: accounts.Role = "reviewer", of: str = "north"
    ) -> "Browser":
        """Add a person and sign her in."""
        self.add_person(login, role, of)
        browser = self.browser()
        browser.sign_in(login)
        return browser

    def add_concern(
        self,
        *says: "Said",
        of: str = "north",
        language: str = "en",
        kind: str | None = None,
        suggests: tuple[str | None, str | None] = (None, None),
        wish: str | None = None,
        has_pin: bool = True,
    ) -> Concern:
        """Add a concern with its messages, open and waiting, as if a caller had hung up just now."""
        with self.station.database.write() as work:
            call = calls.begin(
                work,
                f"CA{uuid4().hex}",
                organisation_id=self.organisations[of],
                hotline_id=self.hotlines[of],
                language=language,
                flow_version="test",
            )
            concern = concerns.begin(work, self.station.keys, call)
            for said in says or (Said(),):
                said.keep(self.station, work, call.id, concern)
            concerns.release(work, concern.id)
            if has_pin:
                concerns.keep_pin(work, concern, "the hash of an invented PIN")
            if kind is not None:
                concerns.keep_caller_kind(work, concern, kind)
            if wish is not None:
                concerns.keep_wish(work, concern, wish)
            if suggests != (None, None):
                concerns.keep_suggestion(work, concern.id, *suggests)
        return concern

    def name_of(self, concern: Concern) -> str:
        """The two words by which staff know a concern."""
        with self.station.database.read() as work:
            statement = select(concerns_table.c.name).where(concerns_table.c.id == concern.id)
            return str(work.connection.execute(statement).scalar_one())

    def message_ids(self, concern: Concern) -> list[str]:
        """The ids of a concern's messages, in the order in which they were left."""
        with self.station.database.read() as work:
            rows = work.connection.execute(
                select(messages_table.c.id)
                .where(messages_table.c.concern_id == concern.id)
                .order_by(messages_table.c.recorded_at, messages_table.c.id)
            )
            return [row.id for row in rows]


@dataclass(frozen=True, slots=True)
class Said:
    """A message of a caller as it is when the workers have done their part.

    Attributes:
        sample: Name of a file in tests/speech.
        words: What was understood; None for a reason in `words_state`.
        sound: `ready`, `fetching` or `given_up`.
    """

    sample: str = "07-urgent"
    words: str | None = "please come soon they [unk] the door at night"
    words_state: str = "no_model"
    sound: str = "ready"
    set_aside: str | None = None
    confidences: tuple[float, ...] = (0.99, 0.95, 0.7, 0.99, 0.3, 0.9, 0.5)

    def keep(self, station: Station, work: Work, call_id: str, concern: Concern) -> None:
        """Keep the message in the transaction of the test."""
        message = messages.keep(
            work,
            organisation_id=concern.organisation_id,
            concern_id=concern.id,
            call_id=call_id,
            recording_sid=f"RE{uuid4().hex}",
            language=concern.language,
            length_s=9,
        )
        if self.sound == "ready":
            recording = audio.tidy(audio.read_recording((SPEECH / f"{self.sample}.wav").read_bytes()))
            self._keep_sound(station, work, message, concern, recording)
            self._keep_words(station, work, message, concern, recording.duration_ms)
        elif self.sound == "given_up":
            messages.keep_fetch_failure(work, message, "not_ready", set_aside=self.set_aside)
            work.connection.execute(
                update(tasks).where(tasks.c.subject_id == message.id).values(state="dead")
            )
        messages.release(work, message, sent=True)

    def _keep_sound(
        self, station: Station, work: Work, message: Message, concern: Concern, recording: Recording
    ) -> None:
        key = concern.key(station.keys)
        assert key is not None
        station.recordings.put(message.id, seal(key, audio.to_wav(recording), sound_context(message.id)))
        messages.keep_sound(
            work,
            message,
            sha256="0" * 64,
            length_ms=recording.duration_ms,
            level_dbfs=-20,
            waveform=audio.waveform(recording),
            set_aside=self.set_aside,
        )

    def _keep_words(
        self, station: Station, work: Work, message: Message, concern: Concern, length_ms: int
    ) -> None:
        if self.words is None:
            messages.set_transcript_state(work, message.id, self.words_state)
            return
        transcript = Transcript(tuple(self._timed(length_ms)), "test-model", concern.language)
        key = concern.key(station.keys)
        assert key is not None
        sealed = seal(key, transcript.to_json().encode(), words_context(message.id))
        messages.keep_transcript(work, message, sealed, transcript.model, len(transcript.words))

    def _timed(self, length_ms: int) -> Iterable[Word]:
        words = (self.words or "").split()
        step = length_ms // max(len(words), 1)
        for index, text in enumerate(words):
            sure = self.confidences[index % len(self.confidences)]
            yield Word(text, index * step, (index + 1) * step - 20, sure)


@dataclass(slots=True)
class Browser:
    """A browser without scripts: it keeps cookies and sends the forms that pages hold."""

    client: FlaskClient
    page: TestResponse | None = None

    def get(self, address: str) -> TestResponse:
        """Open a page."""
        self.page = self.client.get(address)
        return self.page

    def send(self, address: str, **fields: str) -> TestResponse:
        """Send a form with the token of the sign-in page, or of whatever page was open."""
        self.page = self.client.post(address, data={"form_token": self.token(), **fields})
        return self.page

    def token(self) -> str:
        """The form token of the page that is open, or of one opened for it."""
        for page in (self.page, None):
            answer = page or self.client.get("/sign-in")
            match = re.search(r'name="form_token" value="([^"]+)"', answer.text)
            if match:
                return match[1]
        raise AssertionError("no page holds a form")

    def sign_in(self, login: str = "hana", password: str = PASSWORD) -> TestResponse:
        """Sign in as a person would."""
        self.page = None
        return self.send("/sign-in", login=login, password=password)


def open_staff_room(database_url: str, folder: Path, clock: Clock, **settings: object) -> StaffRoom:
    """Open a console on an empty database."""
    engine = open_engine(database_url, synchronous="NORMAL")
    station = Station(
        database=Database(engine, now=clock),
        keys=Keys(MASTER_KEY),
        recordings=RecordingStore(folder / "media"),
    )
    app = Flask("console_for_tests", static_folder=None)
    console.register(app, station, some_settings(folder, **settings))
    room = StaffRoom(app, station, clock)
    with station.database.write() as work:
        for slug, number in NUMBERS.items():
            organisation_id = found_organisation(work, station.keys, slug=slug, name=slug.title())
            room.organisations[slug] = organisation_id
            room.hotlines[slug] = open_hotline(
                work, organisation_id=organisation_id, number=number, name=slug, country="US"
            )
    return room


def some_settings(folder: Path, **more: object) -> Settings:
    """Return settings with an invented carrier account."""
    values: dict[str, object] = {
        "data_dir": folder,
        "master_key": base64.b64encode(MASTER_KEY).decode(),
        "carrier": "simulator",
        "carrier_account": "AC" + "0" * 32,
        "carrier_token": "an invented token",
        "hotline_number": NUMBERS["north"],
        **more,
    }
    return Settings(_env_file=None, **values)  # type: ignore[arg-type, call-arg]
