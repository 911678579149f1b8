"""A turn that promises something (her message is kept): one commit, and how long it takes at a pace."""

import dataclasses
from contextlib import AbstractContextManager, closing

from sqlalchemy import event

from benchmarks import databases, programs, webhooks
from benchmarks.databases import Measured
from benchmarks.generator import Plan, Seen, generate
from benchmarks.practice import Practice, opened, practice
from benchmarks.rows import Row, at_most, one, percentile
from ivr.app import create_app
from ivr.persistence.tables import messages

RUNS, SECONDS = 3, 15.0
A_SECOND = 200.0
WARM_UP_TURNS = 100
CONNECTIONS = 32
LONGEST_P99_MS = 15.0
STEP, TURN = "record", 6


class LostMessageError(RuntimeError):
    """A turn was answered and its message is not there, or a turn was not answered."""


def rows(*, runs: int = RUNS, seconds: float = SECONDS, a_second: float = A_SECOND) -> list[Row]:
    """Measure on each database that there is; takes about a minute on each."""
    return [
        row
        for kind in (databases.sqlite, databases.postgresql)
        for row in rows_of(kind(), runs, seconds, a_second)
    ]


def rows_of(
    kind: AbstractContextManager[Measured | None], runs: int, seconds: float, a_second: float
) -> list[Row]:
    """Measure on one database; nothing where there is none."""
    with kind as database:
        if database is None:
            return []
        with practice(**database.settings) as line, programs.redis(line.settings):
            commits = commits_of_a_turn(line)
            with programs.web(line.settings):
                paced(line, WARM_UP_TURNS, a_second)
                seen = [paced(line, round(seconds * a_second), a_second) for _ in range(runs)]
    return [
        one(f"durable turn, {database.name}: commits", "", commits, at_most(1)),
        *_waits(f"durable turn, {database.name}, {a_second:g}/s", seen),
    ]


def paced(line: Practice, turns: int, a_second: float) -> Seen:
    """Let so many callers end their recordings, at even distances.

    Raises:
        LostMessageError: not every one of them was answered and kept.
    """
    before = _kept(line)
    requests = tuple(_turn(line, sid).decode() for sid in line.agreed_calls(turns))
    seen = generate(Plan(line.settings.bind, requests, CONNECTIONS, a_second=a_second))
    if seen.failed or _kept(line) - before != turns:
        raise LostMessageError(f"{seen.failed} of {turns} turns failed, {_kept(line) - before} messages kept")
    return seen


def commits_of_a_turn(line: Practice) -> int:
    """Count the commits of one durable turn, those that changed nothing left out."""
    app = create_app(line.settings)
    station = app.extensions["peerline_station"]
    (sid,) = line.agreed_calls(1)
    path, fields = line.turn_path(STEP, TURN), webhooks.recorded(sid)
    headers = {"X-Twilio-Signature": webhooks.signature(f"http://{line.settings.bind}{path}", fields)}
    commits: list[object] = []
    with closing(station.database):
        app.extensions["peerline_desk"].hotlines.refresh()
        event.listen(station.database.engine, "commit", commits.append)
        answer = app.test_client().post(path, data=fields, headers=headers)
    if b"<Gather" not in answer.data or not _kept(line):
        raise LostMessageError("the message was not kept")
    return len(commits)


def _turn(line: Practice, call_sid: str) -> bytes:
    path = line.turn_path(STEP, TURN, "&c=kind-1")
    return webhooks.request(line.settings.bind, path, webhooks.recorded(call_sid))


def _kept(line: Practice) -> int:
    with opened(line.settings) as station, station.database.read() as work:
        return len(work.connection.execute(messages.select().with_only_columns(messages.c.id)).all())


def _waits(what: str, seen: list[Seen]) -> list[Row]:
    p99 = tuple(percentile(each.waits_ms, 0.99) for each in seen)
    p50 = tuple(percentile(each.waits_ms, 0.5) for each in seen)
    row = Row(f"{what}: p99", "ms", p99, at_most(LONGEST_P99_MS), "from the moment when the turn was due")
    return [row, dataclasses.replace(row, what="  p50", measured=p50, target=None, remark="")]
