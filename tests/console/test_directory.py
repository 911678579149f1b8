"""The page of what callers are told, the line above the inbox, and the commands that keep it true."""

import base64
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner, Result

from ivr.cli import directory, topics
from ivr.domain.directory import CHECKLIST
from ivr.processes.sample_content import open_sample_content
from ivr.services import audit, content
from tests.console.staff_room import MASTER_KEY, StaffRoom

Run = Callable[..., Result]
ANSWERS = "".join(f"Answer {number}\n" for number in range(1, len(CHECKLIST) + 1))
ADD = (
    *("add", "my-friends", "--name", "Friends", "--country", "sg", "--kind", "ngo", "--serves", "Everyone"),
    *("--phone", "07700 900 150", "--source", "invented", "--organisation", "north"),
)


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, sqlite_url: str, tmp_path: Path, lite_room: StaffRoom) -> Run:
    """Runs a command on the database of the staff room."""
    lite_room.add_person("hana", role="coordinator")
    for name, value in {
        "DATA_DIR": str(tmp_path),
        "DATABASE_URL": sqlite_url,
        "MASTER_KEY": base64.b64encode(MASTER_KEY).decode(),
        "CARRIER": "simulator",
        "CARRIER_ACCOUNT": "AC" + "0" * 32,
        "CARRIER_TOKEN": "an invented token",
        "HOTLINE_NUMBER": "+12025550123",
    }.items():
        monkeypatch.setenv(f"PEERLINE_{name}", value)
    for module in (directory, topics):
        monkeypatch.setattr(module, "_out", Console(width=200))

    def run(*arguments: str, typed: str | None = None, of_topics: bool = False) -> Result:
        return CliRunner().invoke(topics.app if of_topics else directory.app, arguments, input=typed)

    return run


def state_of(room: StaffRoom, slug: str) -> str:
    kept = content.look(room.station, room.organisations["north"])
    return next(one.state(kept.today) for one in kept.entries if one.entry.slug == slug)


def test_a_number_is_read_out_only_after_every_question_was_answered(lite_room: StaffRoom, run: Run) -> None:
    assert run(*ADD).exit_code == 0
    assert state_of(lite_room, "my-friends") == "unverified"

    result = run(
        "verify", "my-friends", "--by", "hana", "--organisation", "north", typed=f"\n  \n{ANSWERS}no\n"
    )

    assert result.exit_code == 0, result.output
    assert all(question in " ".join(result.output.split()) for question in CHECKLIST)
    assert state_of(lite_room, "my-friends") == "readable"


def test_a_withdrawn_number_is_unverified_again(lite_room: StaffRoom, run: Run) -> None:
    run(*ADD)
    run("verify", "my-friends", "--by", "hana", "--organisation", "north", typed=f"{ANSWERS}no\n")

    assert run("withdraw", "my-friends", "--organisation", "north").exit_code == 0

    assert state_of(lite_room, "my-friends") == "unverified"
    assert audit.verify(lite_room.station).findings == ()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("--phone", "+65 1234"), "must be digits"),
        (("--phone", "12"), "must be digits"),
        (("--kind", "shop"), "kind of my-friends must be one of"),
        (("--country", "Singapore"), "two capital letters"),
        (("--organisation", "nowhere"), "no organisation"),
    ],
)
def test_what_cannot_be_read_out_is_refused(
    lite_room: StaffRoom, run: Run, change: tuple[str, str], said: str
) -> None:
    result = run(*ADD, *change)

    assert result.exit_code == 1
    assert said in " ".join(result.output.split())
    kept = content.look(lite_room.station, lite_room.organisations["north"])
    assert "my-friends" not in {one.entry.slug for one in kept.entries}


def test_a_second_number_of_one_name_and_an_unknown_one_are_refused(run: Run) -> None:
    run(*ADD)

    assert "already" in run(*ADD).output
    assert "no number" in run("withdraw", "no-such", "--organisation", "north").output
    assert "no topic" in run("close", "no-such", "--organisation", "north", of_topics=True).output


def test_a_file_of_numbers_is_refused_with_its_line(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "ours.yaml"
    good = directory_entry("ours-1", "07700 900 151")
    file.write_text("entries:\n" + good + directory_entry("ours-2", "call us"))

    result = run("load", str(file), "--organisation", "north")

    assert result.exit_code == 1
    assert "ours.yaml:3: the number of ours-2 must be digits" in " ".join(result.output.split())
    file.write_text("entries:\n" + good)
    assert "1 numbers are new" in run("load", str(file), "--organisation", "north").output
    assert "0 numbers are new" in run("load", str(file), "--organisation", "north").output


def directory_entry(slug: str, phone: str) -> str:
    return (
        f"  - {{id: {slug}, name: Ours, country: SG, kind: ngo, serves: Everyone, languages: [en], "
        f'source: [us], read_out: caller, state_run: false, records: "no", '
        f'phones: [{{local: "{phone}", type: voice}}]}}\n'
    )


@pytest.mark.parametrize("text", ["entries: }", "services: []", "entries: [{id: ours-1}]"])
def test_a_file_that_is_no_directory_is_refused(run: Run, tmp_path: Path, text: str) -> None:
    file = tmp_path / "ours.yaml"
    file.write_text(text)

    result = run("load", str(file), "--organisation", "north")

    assert result.exit_code == 1
    assert "ours.yaml:1: " in " ".join(result.output.split())


def test_a_topic_is_opened_by_a_review_and_closed_at_once(lite_room: StaffRoom, run: Run) -> None:
    north = ("--organisation", "north")

    assert "review it first" in " ".join(run("open", "pay", *north, of_topics=True).output.split())
    assert run("review", "pay", "--by", "hana", *north, of_topics=True).exit_code == 0
    assert run("close", "pay", *north, of_topics=True).exit_code == 0
    assert run("open", "pay", *north, of_topics=True).exit_code == 0

    kept = content.look(lite_room.station, lite_room.organisations["north"])
    assert [topic.slug for topic in kept.topics if topic.state(kept.today) == "open"] == ["pay"]
    assert "nobody has this login" in run("review", "pay", "--by", "nobody", *north, of_topics=True).output
    assert (
        "2027-02-28"
        in run("review", "pay", "--by", "hana", "--review-by", "soon", *north, of_topics=True).output
    )


def test_the_lists_show_every_state(lite_room: StaffRoom, run: Run) -> None:
    lite_room.clock.now = datetime.now(UTC)  # the commands go by the computer's clock
    open_sample_content(lite_room.station, lite_room.organisations["north"], "hana")

    numbers = run("list", "--organisation", "north").output
    in_thailand = run("list", "--organisation", "north", "--country", "th").output
    told = run("list", "--organisation", "north", of_topics=True).output

    assert all(
        state in numbers for state in ("read out", "not verified", "for staff only", "no voice number")
    )
    assert "sample-river-group" in in_thailand
    assert "sample-union" not in in_thailand
    assert told.count("open") == 19


def test_the_page_shows_why_a_number_is_not_read_out(lite_room: StaffRoom) -> None:
    lite_room.add_person("hana", role="coordinator")
    open_sample_content(lite_room.station, lite_room.organisations["north"], "hana")
    browser = lite_room.browser()
    browser.sign_in()

    page = browser.get("/directory").text

    assert all(
        word in page for word in ("sample-union", "for staff only", "not verified", "Your pay", "review by")
    )
    assert "past its review date" not in page


def test_the_inbox_says_what_is_withheld(lite_room: StaffRoom) -> None:
    lite_room.add_person("hana", role="coordinator")
    open_sample_content(lite_room.station, lite_room.organisations["north"], "hana")
    browser = lite_room.browser()
    browser.sign_in()
    assert "withheld" not in browser.get("/").text

    lite_room.clock.pass_by(days=91)
    browser.sign_in()

    assert "31 topics or numbers are past their review date" in browser.get("/").text
    assert "31 are past their review date" in browser.get("/directory").text


def test_another_organisation_sees_nothing_of_it(lite_room: StaffRoom) -> None:
    lite_room.add_person("hana", role="coordinator")
    open_sample_content(lite_room.station, lite_room.organisations["north"], "hana")
    lite_room.add_person("other", role="coordinator", of="south")
    browser = lite_room.browser()
    browser.sign_in("other")

    assert "sample-union" not in browser.get("/directory").text
