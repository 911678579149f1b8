"""What the hotline may ask of any telephone company."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class CarrierRecording:
    """One recording as the telephone company lists it.

    Attributes:
        sid: the carrier's name of the recording.
        call_sid: the carrier's name of the call it was made in.
        duration_s: length in whole seconds; None while it is being processed.
        created_at: when it was begun, UTC.
        status: the carrier's word, for example `processing`, `completed` or `absent`.
    """

    sid: str
    call_sid: str
    duration_s: int | None
    created_at: datetime
    status: str


class Carrier(Protocol):
    """A telephone company; every method may raise a `CarrierError`."""

    def fetch_recording(self, recording: str) -> bytes:
        """Return the sound of a recording as the carrier keeps it (a WAV file).

        Raises:
            RecordingNotReadyError: not there yet, or not any more.
            RecordingTooLargeError: more bytes or more time than a message can need.
        """
        ...

    def delete_recording(self, recording: str) -> None:
        """Ask the carrier to delete a recording; one that is gone already is fine."""
        ...

    def has_recording(self, recording: str) -> bool:
        """Tell whether the carrier still holds the sound or an undeleted record of it."""
        ...

    def list_recordings(self, since: datetime) -> Iterator[CarrierRecording]:
        """Yield every recording begun at or after `since` that has not been deleted."""
        ...

    def end_call(self, call: str) -> None:
        """Hang up a call; one that is over already is fine."""
        ...

    def delete_call(self, call: str) -> None:
        """Delete the carrier's record of a call; one that is gone already is fine.

        Raises:
            CallNotOverError: too early; a minute or more after the end it works.
        """
        ...
