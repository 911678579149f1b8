"""What every service works with: the database, the keys, the sealed recordings."""

from dataclasses import dataclass

from ivr.persistence.database import Clock, Database, SendErrand, open_engine, send_nothing, utc_now
from ivr.persistence.recording_store import RecordingStore
from ivr.persistence.sealing import Keys
from ivr.settings import Settings


@dataclass(frozen=True, slots=True)
class Station:
    """One running Peerline, whichever process it is in."""

    database: Database
    keys: Keys
    recordings: RecordingStore


def open_station(settings: Settings, *, now: Clock = utc_now, send: SendErrand = send_nothing) -> Station:
    """Open the database, the keys and the store of recordings; none of them is asked anything yet.

    Args:
        settings: Everything an operator sets.
        now: The clock.
        send: Sends jobs after a commit; without it the sweep finds them.
    """
    engine = open_engine(settings.resolved_database_url, synchronous=settings.sqlite_synchronous)
    return Station(
        database=Database(engine, now=now, send=send),
        keys=Keys(settings.read_master_key()),
        recordings=RecordingStore(settings.media_dir),
    )
