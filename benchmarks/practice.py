"""A line to be measured: invented settings, one hotline, and callers who have agreed to be recorded."""

import base64
import shutil
import socket
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from flows.loader import DEFINITIONS, load_flow
from ivr.domain.hotline import Hotline
from ivr.persistence import calls, concerns
from ivr.persistence.database import Errand, open_engine, utc_now
from ivr.persistence.hotlines import all_hotlines
from ivr.persistence.migrating import migrate
from ivr.services.network import found_organisation, open_hotline
from ivr.services.station import Station, open_station
from ivr.settings import Settings

HOTLINE = "+12025550123"
CALLER = "+447700900101"
ACCOUNT = "AC" + "0" * 32
TOKEN = "an invented token"
MASTER_KEY = base64.b64encode(bytes(range(32))).decode()


@dataclass(frozen=True, slots=True)
class Practice:
    """A line of its own in a folder that goes away after the measurement."""

    settings: Settings
    hotline: Hotline
    flow_version: str

    def agreed_calls(self, count: int) -> list[str]:
        """Write down calls whose callers agreed, all in one transaction; returns the carrier's names."""
        sids = [f"CA{uuid4().hex}" for _ in range(count)]
        with opened(self.settings) as station, station.database.write() as work:
            for sid in sids:
                call = calls.begin(
                    work,
                    sid,
                    organisation_id=self.hotline.organisation_id,
                    hotline_id=self.hotline.id,
                    language="en",
                    flow_version=self.flow_version,
                )
                concerns.begin(work, station.keys, call)
        return sids

    def turn_path(self, step: str, turn: int, more: str = "") -> str:
        """Return the path of a turn, as the line hands it out."""
        return f"/voice/turns/{self.flow_version}/{step}?h={self.hotline.id}&l=en&n={turn}{more}"


@contextmanager
def practice(**more: object) -> Iterator[Practice]:
    """Open a line on a free port; `more` are settings."""
    folder = Path(tempfile.mkdtemp(prefix="peerline-"))
    try:
        settings = practice_settings(folder, **more)
        engine = open_engine(settings.resolved_database_url)
        migrate(engine)
        engine.dispose()
        yield Practice(settings, _found(settings), load_flow(DEFINITIONS / "hotline.yaml").version)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def practice_settings(data_dir: Path, **more: object) -> Settings:
    """Return settings with which nothing leaves this computer."""
    values: dict[str, object] = {
        "_env_file": None,
        "data_dir": data_dir,
        "bind": free_bind(),
        "master_key": MASTER_KEY,
        "carrier": "simulator",
        "carrier_api_url": "http://127.0.0.1:9",
        "carrier_account": ACCOUNT,
        "carrier_token": TOKEN,
        "hotline_number": HOTLINE,
        **more,
    }
    return Settings.load(**values)


def free_bind() -> str:
    """Return a HOST:PORT of this computer where nobody listens."""
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        return f"127.0.0.1:{server.getsockname()[1]}"


@contextmanager
def opened(settings: Settings) -> Iterator[Station]:
    """Open the line's database beside its programs; jobs are sent nowhere."""
    station = open_station(settings, now=utc_now, send=_nowhere)
    try:
        yield station
    finally:
        station.database.close()


def _nowhere(errand: Errand) -> None:
    del errand


def _found(settings: Settings) -> Hotline:
    with opened(settings) as station, station.database.write() as work:
        organisation_id = found_organisation(work, station.keys, slug="practice", name="Practice")
        open_hotline(
            work,
            organisation_id=organisation_id,
            number=HOTLINE,
            name="Practice line",
            country="MY",
            languages="en,id",
            is_free=True,
        )
        return all_hotlines(work)[0]
