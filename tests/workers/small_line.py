"""A line with one hotline, its database, its Redis and a telephone company that keeps recordings."""

import base64
import time
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import numpy as np
from pydantic import SecretStr
from sqlalchemy import Row, Table, func, insert, select

from ivr.domain.hotline import Hotline
from ivr.persistence import calls, concerns, hotlines
from ivr.persistence.database import Database, utc_now
from ivr.persistence.migrating import migrate
from ivr.persistence.tables import carrier_copies, messages, organisations, tasks
from ivr.services.messages import CarrierWord, keep_recording
from ivr.settings import Settings
from ivr.simulator.company import CompanySettings
from ivr.simulator.grammar import Record
from ivr.simulator.open_company import OpenCompany
from ivr.simulator.recordings import Recording
from ivr.simulator.sounds import Sound
from workers.workplace import Workplace, open_workplace

SPEECH = Path(__file__).parents[1] / "speech"
HOTLINE = "+12025550123"
MASTER_KEY = base64.b64encode(b"k" * 32).decode()


@dataclass
class SmallLine:
    """Everything between a recording at the carrier and its transcript."""

    settings: Settings
    place: Workplace
    company: OpenCompany
    hotline: Hotline
    sids: list[str] = field(default_factory=list)

    def consent(self, language: str = "en") -> str:
        """Note that somebody agreed to be recorded; returns the carrier's name of her call."""
        call_sid = f"CA{uuid4().hex}"
        with self.place.station.database.write() as work:
            call = calls.begin(
                work,
                call_sid,
                organisation_id=self.hotline.organisation_id,
                hotline_id=self.hotline.id,
                language=language,
                flow_version="v",
            )
            concerns.begin(work, self.place.station.keys, call)
        return call_sid

    def record(self, call_sid: str, speech: str = "01-passport.wav") -> str:
        """Let the carrier keep a recording, and say nothing of it; returns its name."""
        exchange, desk = self.company.exchange, self.company.desk
        recording = Recording(
            f"RE{uuid4().hex}",
            self.company.settings.account,
            call_sid,
            Record(),
            exchange.clock.wall(),
            exchange.now_s(),
            ready_s=exchange.now_s(),
        )
        recording.keep(_sound(SPEECH / speech), trims=False)
        recording.status = "completed"
        desk.recordings[recording.sid] = recording
        self.sids.append(recording.sid)
        return recording.sid

    def tell(self, call_sid: str, recording_sid: str) -> bool:
        """Hand over the recording callback."""
        return keep_recording(self.place.station, self.hotline, CarrierWord(recording_sid, call_sid, 3))

    def leave_message(self, speech: str = "01-passport.wav", language: str = "en") -> str:
        """Do all three: agree, record, tell; returns the recording's name."""
        call_sid = self.consent(language)
        recording_sid = self.record(call_sid, speech)
        self.tell(call_sid, recording_sid)
        return recording_sid

    def message(self, recording_sid: str) -> Row[tuple[object, ...]]:
        with self.place.station.database.read() as work:
            return work.connection.execute(
                select(messages).where(messages.c.recording_sid == recording_sid)
            ).one()

    def copy(self, recording_sid: str) -> Row[tuple[object, ...]]:
        with self.place.station.database.read() as work:
            statement = select(carrier_copies).where(carrier_copies.c.recording_sid == recording_sid)
            return work.connection.execute(statement).one()

    def tasks(self) -> list[Row[tuple[object, ...]]]:
        with self.place.station.database.read() as work:
            return list(work.connection.execute(select(tasks).order_by(tasks.c.created_at, tasks.c.job)))

    def wait_until_done(self, within_s: float = 30) -> None:
        """Return when no task is left to do."""
        deadline = time.monotonic() + within_s
        while left := [task for task in self.tasks() if task.state != "done"]:
            assert time.monotonic() < deadline, [(task.job, task.attempt, task.failure) for task in left]
            time.sleep(0.05)

    def count(self, table: Table) -> int:
        with self.place.station.database.read() as work:
            return work.connection.execute(select(func.count()).select_from(table)).scalar_one()

    def task(self, job: str) -> str:
        """Return the id of the only task for a job."""
        (found,) = [task.id for task in self.tasks() if task.job == job]
        return str(found)


@contextmanager
def small_line(data_dir: Path, redis_url: str) -> Iterator[SmallLine]:
    company = OpenCompany(CompanySettings())
    with company.serving() as api_url:
        settings = Settings(
            data_dir=data_dir,
            redis_url=redis_url,
            carrier="simulator",
            carrier_api_url=api_url,
            carrier_account=company.settings.account,
            carrier_token=SecretStr(company.settings.token),
            hotline_number=HOTLINE,
            master_key=SecretStr(MASTER_KEY),
        )
        place = open_workplace(settings)
        migrate(place.station.database.engine)
        yield SmallLine(settings, place, company, _open_hotline(place.station.database))
        place.station.database.close()
        place.queue.connection.close()


def environment(settings: Settings) -> dict[str, str]:
    """Return the settings as a program gets them."""
    return {
        "PEERLINE_DATA_DIR": str(settings.data_dir),
        "PEERLINE_REDIS_URL": settings.redis_url or "",
        "PEERLINE_CARRIER": settings.carrier,
        "PEERLINE_CARRIER_API_URL": settings.carrier_api_url or "",
        "PEERLINE_CARRIER_ACCOUNT": settings.carrier_account,
        "PEERLINE_CARRIER_TOKEN": settings.carrier_token.get_secret_value(),
        "PEERLINE_HOTLINE_NUMBER": settings.hotline_number,
        "PEERLINE_MASTER_KEY": MASTER_KEY,
    }


def _open_hotline(database: Database) -> Hotline:
    organisation_id = uuid4().hex
    with database.write() as work:
        work.connection.execute(
            insert(organisations).values(
                id=organisation_id, slug="sample", name="Sample", wrapped_key=b"", created_at=utc_now()
            )
        )
        hotlines.open_hotline(
            work,
            organisation_id=organisation_id,
            number=HOTLINE,
            name="Sample",
            country="SG",
            languages="en,km",
        )
        return hotlines.all_hotlines(work)[0]


def _sound(path: Path) -> Sound:
    with wave.open(str(path)) as file:
        return Sound(np.frombuffer(file.readframes(file.getnframes()), np.int16))
