"""What whoever runs the line types: network, migrate, purge, tasks, doctor."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import select, update
from typer.testing import CliRunner, Result

from ivr.cli import app
from ivr.persistence import outbox
from ivr.persistence.database import Database, open_engine, utc_now
from ivr.persistence.migrating import is_current
from ivr.persistence.tables import hotlines, tasks
from ivr.services import audit
from ivr.services.station import Station, open_station
from tests.practice_line import ACCOUNT, HOTLINE, MASTER_KEY, TOKEN, practice_settings

Run = Callable[..., Result]
OPEN = ("open-line", "+1 202 555 0123", "--organisation", "ourgroup", "--name", "Our Line")
SINGAPORE = ("--country", "SG", "--languages", "en,id")


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, database_url: str, tmp_path: Path) -> Run:
    """Types a command into a fresh installation; nothing answers where its carrier should be."""
    monkeypatch.chdir(tmp_path)
    for name, value in {
        "DATA_DIR": str(tmp_path),
        "DATABASE_URL": database_url,
        "MASTER_KEY": MASTER_KEY,
        "CARRIER": "somleng",
        "CARRIER_ACCOUNT": ACCOUNT,
        "CARRIER_TOKEN": TOKEN,
        "CARRIER_API_URL": "http://127.0.0.1:9",
        "HOTLINE_NUMBER": HOTLINE,
        "PUBLIC_URL": "https://line.example.org",
    }.items():
        monkeypatch.setenv(f"PEERLINE_{name}", value)

    def run(*words: str, typed: str | None = None) -> Result:
        return CliRunner().invoke(app, words, input=typed)

    return run


@pytest.fixture
def station(database_url: str, tmp_path: Path) -> Iterator[Station]:
    station = open_station(practice_settings(tmp_path, database_url))
    yield station
    station.database.close()


def open_a_line(run: Run, *more: str) -> Result:
    run("network", "found", "ourgroup", "--name", "Our Group")
    return run("network", *OPEN, *SINGAPORE, *(more or ("--free",)))


def test_an_organisation_is_founded_once(run: Run) -> None:
    first = run("network", "found", "ourgroup", "--name", "Our Group")
    again = run("network", "found", "ourgroup", "--name", "Another Name")

    assert first.output == "ourgroup is founded.\n"
    assert again.output == "ourgroup is there already; nothing was changed.\n"


def test_a_line_is_opened_shown_closed_and_opened_again(run: Run) -> None:
    opened = open_a_line(run)
    shown = run("network", "lines").output
    taken = run("network", *OPEN, *SINGAPORE, "--free")
    closed = run("network", "close-line", HOTLINE, typed="y\n")
    shown_closed = run("network", "lines").output
    again = run("network", *OPEN, "--country", "MY", "--languages", "en", "--paid")

    assert (opened.exit_code, closed.exit_code, again.exit_code) == (0, 0, 0)
    assert shown == f"ourgroup  {HOTLINE}  Our Line, SG: en,id, free; no checked emergency number\n"
    assert (taken.exit_code, taken.output) == (1, "this number is a line already\n")
    assert "SG: closed;" in shown_closed
    assert "MY: en, paid;" in run("network", "lines").output


def test_an_emergency_number_is_kept_only_if_somebody_dialled_it_today(run: Run, station: Station) -> None:
    open_a_line(run)
    command = ("network", "emergency", HOTLINE, "999", "--checked-by", "Anna")
    refused = run(*command, typed="n\n")
    before = run("network", "lines").output
    run(*command, typed="y\n")
    after = run("network", "lines").output
    with station.database.read() as work:
        row = work.connection.execute(select(hotlines)).one()

    assert refused.exit_code == 1
    assert "no checked emergency number" in before
    assert f"emergency 999, checked {utc_now():%Y-%m-%d} by Anna" in after
    assert b"Anna" not in row.sealed_emergency_checked_by


def test_what_is_done_to_a_line_stands_in_the_trail(run: Run, station: Station) -> None:
    open_a_line(run)
    run("network", "emergency", HOTLINE, "999", "--checked-by", "Anna", typed="y\n")
    run("network", "close-line", HOTLINE, "--yes")

    verified = audit.verify(station)

    assert (dict(verified.lengths), list(verified.findings)) == ({"ourgroup": 3}, [])


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("found", "Our Group", "--name", "x"), "small letters"),
        (("open-line", "999", *OPEN[2:], *SINGAPORE, "--free"), "begin with +"),
        ((*OPEN, "--country", "Singapore", "--languages", "en", "--free"), "two letters"),
        ((*OPEN, "--country", "SG", "--languages", "en,xx", "--free"), "no prompts in the language 'xx'"),
        ((*OPEN, *SINGAPORE, "--free"), "no organisation 'ourgroup'"),
        ((*OPEN, *SINGAPORE), "--free"),
        (("close-line", "+12025550199", "--yes"), "no open line has this number"),
        (("emergency", "+12025550199", "help", "--checked-by", "Anna"), "2 to 15 digits"),
    ],
)
def test_a_mistake_is_said_in_a_sentence(run: Run, words: tuple[str, ...], said: str) -> None:
    result = run("network", *words, typed="y\n")

    assert result.exit_code != 0
    assert said in " ".join(result.output.replace("│", " ").split())
    assert "Traceback" not in result.output


def test_a_database_that_is_not_up_to_date_is_brought_there_by_a_command(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"sqlite:///{tmp_path}/new.sqlite3"
    monkeypatch.setenv("PEERLINE_DATABASE_URL", url)
    too_early = run("network", "lines")
    first, again = run("migrate").output, run("migrate").output
    database = Database(open_engine(url))

    assert (too_early.exit_code, "`peerline migrate`" in too_early.output) == (1, True)
    assert (first, again) == ("The database is up to date now.\n", "The database was up to date.\n")
    assert is_current(database.engine)
    database.close()


def test_purge_says_what_would_go_and_how_long_each_stays(run: Run) -> None:
    previewed, purged = run("purge", "--preview").output, run("purge").output

    assert previewed.startswith("Would be erased:\n")
    assert "     0  recordings of concerns that are done, 30 days after" in previewed
    assert purged.startswith("Erased:\n")


def test_a_given_up_task_is_found_by_the_doctor_and_tried_again_by_a_command(
    run: Run, station: Station
) -> None:
    open_a_line(run)
    with station.database.write() as work:
        organisation_id = work.connection.execute(select(hotlines.c.organisation_id)).scalar_one()
        outbox.order(work, "delete_carrier_copy", "c" * 32, organisation_id)
        work.connection.execute(update(tasks).values(state="dead"))
    found = run("doctor").output
    retried = run("tasks", "retry").output
    after = run("doctor").output

    assert "1 were given up; `peerline tasks retry` tries them again" in found
    assert retried == "1 tasks are tried again within a minute, while the clock runs.\n"
    assert "were given up" not in after


def test_the_doctor_counts_drafts_in_each_language_and_checks_the_flow_in_all(run: Run) -> None:
    open_a_line(run)
    said = run("doctor").output

    assert "flow        complete in en, id" in said
    assert [
        line.split()[2] for line in said.splitlines() if "are drafts that no person has spoken" in line
    ] == [
        "en:",
        "id:",
    ]


def test_the_doctor_finds_a_language_in_which_a_prompt_is_missing(run: Run, station: Station) -> None:
    open_a_line(run)
    with station.database.write() as work:
        work.connection.execute(update(hotlines).values(languages="en,km"))
    result = run("doctor")

    assert result.exit_code == 1
    assert [line for line in result.output.splitlines() if line.startswith("WRONG    flow")]


def test_the_doctor_warns_of_a_company_that_cannot_delete(run: Run) -> None:
    said = run("doctor").output

    assert "cannot delete recordings" in said
    assert "cannot delete records of calls" in said


def test_a_closed_line_is_no_line_to_the_doctor(run: Run) -> None:
    open_a_line(run)
    run("network", "close-line", HOTLINE, "--yes")

    assert "there is none: every call is refused" in run("doctor").output
