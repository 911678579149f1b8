"""A whole line for tests: the web service over HTTP, a telephone company in virtual time, real jobs.

Only the telephone company and the clock are not the real ones.
"""

import base64
import os
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, cast

from flask import Flask
from sqlalchemy import select
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from ivr.app import create_app
from ivr.carrier.twilio import TwilioCarrier
from ivr.persistence import outbox
from ivr.persistence.database import Errand
from ivr.persistence.tables import tasks
from ivr.processes.sample_content import open_sample_content
from ivr.queue import JobQueue
from ivr.services.accounts import add, new_password
from ivr.services.messages import erase_empty_drafts, release_forgotten
from ivr.services.network import found_organisation, open_hotline
from ivr.services.station import Station
from ivr.settings import Settings
from ivr.simulator.clock import VirtualClock
from ivr.simulator.company import CompanySettings, Number
from ivr.simulator.handset import HandsetCall
from ivr.simulator.open_company import OpenCompany
from ivr.simulator.profiles import SIGNALWIRE, TWILIO, Profile
from workers import ears, jobs, workplace
from workers.reconciliation import Reconciliation
from workers.workplace import Workplace

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

HOTLINE = "+12025550123"
CALLER = "+447700900101"
ACCOUNT = "AC" + "0" * 32
TOKEN = "an invented token"
SIGNING_KEY = "an invented key for signatures"
MASTER_KEY = base64.b64encode(bytes(range(32))).decode()
SPEECH = Path(__file__).parent / "speech"
_NO_QUEUE = cast("JobQueue", None)
"""Jobs of a practice line are done by the line itself."""


@dataclass(slots=True)
class PracticeLine:
    """Everything that is real about a call, and the means to look at it.

    Attributes:
        errands: Jobs that were sent and not yet done.
        is_redis_away: Whether sent jobs get lost, as they do without Redis.
        is_service_away: Whether the web service answers nothing but 503, as behind a proxy when it is down.
    """

    company: OpenCompany
    app: Flask
    settings: Settings
    station: Station
    hotline_id: str
    organisation_id: str
    place: Workplace
    errands: deque[Errand] = field(default_factory=deque)
    is_redis_away: bool = False
    is_service_away: bool = False

    def dial(self, caller: str = CALLER) -> HandsetCall:
        """Call the line; returns when it is answered."""
        return self.company.handset(caller).dial(HOTLINE)

    def now(self) -> datetime:
        """Return the time on this line."""
        return self.company.exchange.clock.wall()

    def send(self, errand: Errand) -> None:
        """Take a job as the queue does."""
        if not self.is_redis_away:
            self.errands.append(errand)

    def work_now(self) -> None:
        """Do every job that is due at this moment, as workers do beside a call."""
        while self._do_sent() or self._sweep():
            pass

    def look_after(self) -> None:
        """Do once what the clock does now and then, and the work that comes of it."""
        Reconciliation(self.place)()
        release_forgotten(self.station)
        erase_empty_drafts(self.station)
        self.work()

    def work(self, within: timedelta = timedelta(minutes=50)) -> None:
        """Do every job, those that have to wait too, while time passes as far as needed."""
        until = self.now() + within
        while True:
            self.company.settle()
            if self._do_sent() or self._sweep():
                continue
            next_at = self._next_due()
            if next_at is None or next_at > until:
                return
            self.company.let_pass(max(0.1, (next_at - self.now()).total_seconds()))

    def _do_sent(self) -> bool:
        did = bool(self.errands)
        while self.errands:
            errand = self.errands.popleft()
            getattr(jobs, errand.job)(errand.task_id)
        return did

    def _sweep(self) -> bool:
        """Send due tasks again, as the clock does: while Redis is away no attempt is counted."""
        with self.station.database.read() as work:
            due = outbox.due(work)
        if not due or self.is_redis_away:
            return False
        with self.station.database.write() as work:
            for task in due:
                outbox.send_again(work, task)
        return True

    def _next_due(self) -> datetime | None:
        with self.station.database.read() as work:
            statement = (
                select(tasks.c.next_at).where(tasks.c.state == "waiting").order_by(tasks.c.next_at).limit(1)
            )
            return work.connection.execute(statement).scalar()


class _Quiet(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def practice_line(
    data_dir: Path, database_url: str, profile: Profile = TWILIO, content: str = "", **hotline: object
) -> Iterator[PracticeLine]:
    """Open a line on free ports, with one organisation and one hotline.

    With `content` "sample" all topics are open, and the invented services of the sample network verified.
    """
    key = SIGNING_KEY if profile is SIGNALWIRE else None
    company = OpenCompany(
        CompanySettings(account=ACCOUNT, token=TOKEN, profile=profile, signing_key=key), VirtualClock()
    )
    server = make_server("127.0.0.1", 0, lambda *_: [], threaded=True, request_handler=_Quiet)
    address = f"127.0.0.1:{server.server_port}"
    with company.serving() as carrier_url:
        settings = practice_settings(
            data_dir,
            database_url,
            bind=address,
            carrier="simulator" if profile is TWILIO else profile.name,
            carrier_api_url=carrier_url + profile.path.removesuffix(TWILIO.path),
        )
        errands: deque[Errand] = deque()
        line: PracticeLine | None = None

        def send(errand: Errand) -> None:
            assert line is not None
            line.send(errand)

        app = create_app(settings, now=company.exchange.clock.wall, send=send, prepare_sounds=False)
        station: Station = app.extensions["peerline_station"]
        organisation_id, hotline_id = _found(station, hotline, content)
        place = Workplace(station, _NO_QUEUE, lambda: TwilioCarrier.from_settings(settings))
        line = PracticeLine(company, app, settings, station, hotline_id, organisation_id, place, errands)
        company.own(Number.of_app(HOTLINE, settings.resolved_public_url))
        server.app = _front_of(line)
        with _serving(server), _working(line), closing(station.database):
            yield line


def practice_settings(data_dir: Path, database_url: str, **more: object) -> Settings:
    """Return settings with which nothing leaves this computer."""
    values: dict[str, object] = {
        "_env_file": None,
        "data_dir": data_dir,
        "database_url": database_url,
        "master_key": MASTER_KEY,
        "carrier": "simulator",
        "carrier_account": ACCOUNT,
        "carrier_token": TOKEN,
        "carrier_signing_key": SIGNING_KEY,
        "hotline_number": HOTLINE,
        "sqlite_synchronous": "NORMAL",
        **more,
    }
    return Settings.load(**values)


def _found(station: Station, hotline: dict[str, object], content: str) -> tuple[str, str]:
    with station.database.write() as work:
        organisation_id = found_organisation(work, station.keys, slug="practice", name="Practice")
        values = {"languages": "en,id", "is_free": True, **hotline}
        hotline_id = open_hotline(
            work,
            organisation_id=organisation_id,
            number=HOTLINE,
            name="Practice line",
            country="MY",
            **values,
        )
    if content == "sample":
        add(station, "keeper", new_password(), name="Keeper", role="coordinator", organisation="practice")
        open_sample_content(station, organisation_id, "keeper")
    return organisation_id, hotline_id


def _front_of(line: PracticeLine) -> "WSGIApplication":
    """Return what stands before the service, and says so when it is away."""

    def answer(environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        if line.is_service_away:
            start("503 Service Unavailable", [("Content-Length", "0")])
            return []
        return line.app.wsgi_app(environ, start)

    return answer


@contextmanager
def _serving(server: BaseWSGIServer) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def _working(line: PracticeLine) -> Iterator[None]:
    """Let jobs find this line, as a worker finds its own."""
    if not ears.languages():
        ears.load_all(line.settings.data_dir / "models")
    before, workplace._opened = workplace._opened, (os.getpid(), line.place)
    try:
        yield
    finally:
        workplace._opened = before
