"""What every service works with: the database, the keys, the sealed recordings, the open hotlines."""

from dataclasses import dataclass

from ivr.persistence.database import Database
from ivr.persistence.recording_store import RecordingStore
from ivr.persistence.sealing import Keys


@dataclass(frozen=True, slots=True)
class Station:
    """One running Peerline, whichever process it is in."""

    database: Database
    keys: Keys
    recordings: RecordingStore
