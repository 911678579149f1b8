"""A database of each kind with one organisation, one call that agreed, and its concern."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from ivr.persistence import calls, concerns, messages
from ivr.persistence.calls import Call
from ivr.persistence.concerns import Concern
from ivr.persistence.database import Database, Errand, Work, open_engine
from ivr.persistence.messages import Message
from ivr.persistence.sealing import Keys
from ivr.services.network import found_organisation, open_hotline


@dataclass
class Memory:
    """A database whose clock is ours, and what it sent."""

    database: Database
    keys: Keys
    organisation_id: str
    hotline_id: str
    sent: list[Errand]
    times: list[datetime] = field(default_factory=list)

    def wait(self, pause: timedelta) -> None:
        """Let time pass."""
        self.times[0] += pause

    def agreed(self, work: Work) -> tuple[Call, Concern]:
        """Note a call whose caller agreed."""
        call = calls.begin(
            work,
            f"CA{uuid4().hex}",
            organisation_id=self.organisation_id,
            hotline_id=self.hotline_id,
            language="en",
            flow_version="v",
        )
        return call, concerns.begin(work, self.keys, call)

    def spoken(self, work: Work, call: Call, concern: Concern) -> Message:
        """Note a message in a call."""
        return messages.keep(
            work,
            organisation_id=self.organisation_id,
            concern_id=concern.id,
            call_id=call.id,
            recording_sid=f"RE{uuid4().hex}",
            language="en",
            length_s=9,
        )


@pytest.fixture
def memory(database_url: str) -> Iterator[Memory]:
    times = [datetime(2026, 3, 1, 12, tzinfo=UTC)]
    sent: list[Errand] = []
    database = Database(
        open_engine(database_url, synchronous="NORMAL"), now=lambda: times[0], send=sent.append
    )
    keys = Keys(bytes(range(32)))
    with database.write() as work:
        organisation_id = found_organisation(work, keys, slug="practice", name="Practice")
        hotline_id = open_hotline(
            work, organisation_id=organisation_id, number="+12025550123", name="Practice", country="MY"
        )
    yield Memory(database, keys, organisation_id, hotline_id, sent, times)
    database.close()
