"""What is kept after a call, unsealed and compared with what a scenario says must be kept."""

from typing import Any

from sqlalchemy import select

from ivr.persistence import concerns
from ivr.persistence.sealing import unseal
from ivr.persistence.tables import concerns as concerns_table
from ivr.persistence.tables import messages as messages_table
from ivr.persistence.tables import transcripts
from ivr.services.own_message import sound_context
from ivr.services.recordings import words_context
from tests.practice_line import SPEECH, PracticeLine
from transcription.transcript import Transcript

WORST_WORD_ERROR = 0.1


def check_stored(line: PracticeLine, wanted: dict[str, Any], where: str) -> None:
    """Compare what is kept with what must be kept; `wanted` is the part `stored` of a scenario."""
    unknown = wanted.keys() - {"concern", "messages", "at_carrier"}
    assert not unknown, f"{where}: {unknown}"
    concern, kept = stored(line)
    if "concern" in wanted:
        expected = wanted["concern"]
        actual = None if concern is None else {name: concern[name] for name in expected or {}}
        assert actual == expected, f"{where}: {concern}"
    expected_messages = wanted.get("messages", [])
    assert len(kept) == len(expected_messages), f"{where}: {kept}"
    for message, expected in zip(kept, expected_messages, strict=True):
        _check_message(message, dict(expected), where)
    at_carrier = len(line.company.recordings)
    assert at_carrier == wanted.get("at_carrier", 0), f"{where}: {at_carrier} copies at the carrier"


def _check_message(message: dict[str, Any], expected: dict[str, Any], where: str) -> None:
    said = expected.pop("words", None)
    if said is not None:
        error = word_error(_said(said), message["words"])
        assert error <= WORST_WORD_ERROR, f"{where}: {error:.2f} of the words are wrong: {message}"
    actual = {name: message[name] for name in expected}
    assert actual == expected, f"{where}: {message}"


def _said(names: str | list[str]) -> str:
    each = [names] if isinstance(names, str) else names
    return " ".join((SPEECH / f"{name}.txt").read_text().strip() for name in each)


def stored(line: PracticeLine) -> tuple[dict[str, Any] | None, list[dict[str, Any]]]:
    """Return the one concern and its messages, unsealed, as staff would find them."""
    with line.station.database.read() as work:
        concern_row = work.connection.execute(select(concerns_table)).mappings().first()
        rows = (
            work.connection.execute(select(messages_table).order_by(messages_table.c.recorded_at))
            .mappings()
            .all()
        )
        words = {row.message_id: row.sealed_words for row in work.connection.execute(select(transcripts))}
        concern = None if concern_row is None else concerns.by_id(work, concern_row["id"])
    key = None if concern is None else concern.key(line.station.keys)
    if concern_row is None or key is None:
        return None if concern_row is None else dict(concern_row), []
    kept = []
    for row in rows:
        sealed = words.get(row["id"])
        sound = line.station.recordings.get(row["id"])
        text = None if sealed is None else unseal(key, sealed, words_context(row["id"])).decode()
        kept.append(
            {
                **row,
                "is_erased": row["erased_at"] is not None,
                "is_released": row["released_at"] is not None,
                "is_sent": row["sent_at"] is not None,
                "words": "" if text is None else Transcript.from_json(text).text,
                "has_sound": sound is not None
                and unseal(key, sound, sound_context(row["id"]))[:4] == b"RIFF",
            }
        )
    return {**concern_row, "has_pin": concern_row["pin_hash"] is not None}, kept


def word_error(said: str, heard: str) -> float:
    """Return the share of words that were missed, added or mistaken."""
    a, b = said.split(), heard.split()
    row = list(range(len(b) + 1))
    for i, word in enumerate(a, 1):
        diagonal, row[0] = row[0], i
        for j, other in enumerate(b, 1):
            diagonal, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, diagonal + (word != other))
    return row[-1] / max(1, len(a))
