"""What callers of the sample network are told: every topic, and services that are invented."""

from pathlib import Path
from typing import Final

from ivr.domain.directory import CHECKED_FOR, CHECKLIST
from ivr.persistence.directory_file import read_entries
from ivr.services import content
from ivr.services.station import Station

DIRECTORY: Final = Path(__file__).with_name("sample-directory.yaml")
_ANSWER: Final = "Invented, as everything of the sample network is."


def open_sample_content(station: Station, organisation_id: str, login: str) -> None:
    """Open every topic and verify every invented number, if that was not done lately."""
    kept = content.look(station, organisation_id)
    if any(topic.state(kept.today) == "open" for topic in kept.topics):
        return
    review_by = kept.today + CHECKED_FOR
    for topic in kept.topics:
        content.review_topic(station, organisation_id, topic.slug, login=login, review_by=review_by)
    content.load(station, organisation_id, DIRECTORY)
    for entry in read_entries(DIRECTORY):
        content.verify(
            station,
            organisation_id,
            entry.slug,
            login=login,
            answers=[_ANSWER] * len(CHECKLIST),
            records=entry.records,
            review_by=review_by,
        )
