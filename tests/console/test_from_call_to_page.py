"""A whole call, from dialling to the page on which a reviewer reads and hears it."""

import re
import wave
from io import BytesIO
from pathlib import Path

import pytest

from ivr.services import accounts
from tests.console.staff_room import PASSWORD, Browser
from tests.practice_line import CALLER, HOTLINE, PracticeLine, practice_line
from tests.scenario import CALLS, play, read_scenario


def reviewer_of(line: PracticeLine) -> Browser:
    accounts.add(line.station, "hana", PASSWORD, name="Hana", role="reviewer", organisation="practice")
    browser = Browser(line.app.test_client())
    browser.sign_in()
    return browser


@pytest.mark.parametrize("scenario", ["leaves-a-message", "knows-her-keys"])
def test_what_a_caller_says_is_read_and_heard_in_the_console(
    tmp_path: Path, sqlite_url: str, scenario: str
) -> None:
    with practice_line(tmp_path, sqlite_url) as line:
        play(line, read_scenario(CALLS / f"{scenario}.yaml"))
        browser = reviewer_of(line)
        inbox = browser.get("/").text
        match = re.search(r'href="(/concerns/[0-9a-f]{32})"', inbox)
        assert match
        page = browser.get(match[1]).text
        reason = re.search(r'action="(/messages/[0-9a-f]{32})/listen"', page)
        assert reason
        browser.send(f"{reason[1]}/listen", reason="first_review")
        sound = browser.get(f"{reason[1]}/sound")

    assert "text ready" in inbox
    assert "Words suggest: Papers held by someone else" in inbox
    assert re.search(r"passport", page)
    assert CALLER not in inbox + page
    assert HOTLINE not in inbox + page
    with wave.open(BytesIO(sound.data)) as file:
        assert file.getnframes() / file.getframerate() > 5
