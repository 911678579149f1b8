"""A line that is closed takes no new call, and loses nothing of the old ones."""

from pathlib import Path

from ivr.services import network
from tests.kept import stored
from tests.practice_line import HOTLINE, SPEECH, practice_line


def test_a_closed_line_refuses_new_calls_and_carries_the_present_one_to_its_end(
    tmp_path: Path, database_url: str
) -> None:
    with practice_line(tmp_path, database_url) as line:
        call = line.dial().listen().press("1").listen().press("2").listen().press("1").listen()
        network.close_line(line.station, HOTLINE)
        line.app.extensions["peerline_desk"].hotlines.refresh()
        call.listen().speak(SPEECH / "08-injured.wav", then="hang_up")
        line.work()
        refused = line.dial()
        line.company.settle()

        assert stored(line)[1][0]["has_sound"]
        assert refused.ended_by == "hotline"
        assert [event for event in refused.line.events if event.kind == "playing"] == []
