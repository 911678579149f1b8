"""Scripted callers inside the exchange, many at a time."""

from pathlib import Path

from ivr.simulator.company import CompanySettings
from ivr.simulator.open_company import OpenCompany
from ivr.simulator.robots import Robot
from ivr.simulator.scripts import read_script
from tests.simulator.any_app import CALLER, HOTLINE, App, tone


def prepare(app: App) -> None:
    app.says("/voice/incoming", '<Gather numDigits="1" action="/menu"><Play>/tone.wav</Play></Gather>')
    app.says("/menu", '<Say>Speak</Say><Record action="/kept"/>')
    app.says("/kept", "<Say>Thank you</Say>")


def test_a_hundred_callers_follow_their_script_in_virtual_time(
    app: App, company: OpenCompany, tmp_path: Path
) -> None:
    prepare(app)
    voice = tmp_path / "voice.wav"
    voice.write_bytes(tone(3.0))
    robot = Robot(company, think_s=1.0)

    calls = [robot.call(CALLER, HOTLINE, read_script(f"wait 1 record:{voice} # wait")) for _ in range(100)]
    company.settle()

    assert {call.status for call in calls} == {"completed"}
    assert {len(app.asked(path)) for path in ("/menu", "/kept", "/voice/status")} == {100}
    assert {recording.kept_s for recording in company.recordings} == {3.0}


def test_a_caller_can_hang_up_and_stay_silent(app: App, company: OpenCompany) -> None:
    prepare(app)
    robot = Robot(company)

    leaving = robot.call(CALLER, HOTLINE, read_script("wait:1 hangup"))
    silent = robot.call(CALLER, HOTLINE, read_script("wait silent"))
    company.settle()

    assert (leaving.ended_by, leaving.duration_s) == ("caller", 1)
    assert silent.ended_by == "hotline"


def test_in_true_time_calls_go_on_side_by_side(app: App, settings: CompanySettings) -> None:
    app.says("/voice/incoming", '<Gather numDigits="1" action="/menu" timeout="9"/>')
    app.says("/menu", "<Hangup/>")
    company = OpenCompany(settings)
    with company.serving():
        robot = Robot(company, think_s=0.3)
        calls = [robot.call(CALLER, HOTLINE, read_script("1")) for _ in range(50)]
        company.settle(within_s=20.0)

    assert {call.status for call in calls} == {"completed"}
    assert len(app.asked("/menu")) == 50
