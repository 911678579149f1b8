"""Finding recordings that the carrier made and never told us of, because a webhook was lost."""

from collections.abc import Iterator
from datetime import timedelta

import structlog

from ivr.carrier import CarrierRecording
from ivr.domain.hotline import Hotline
from ivr.persistence import calls, hotlines, messages
from ivr.services.messages import CarrierWord, keep_recording
from workers.workplace import Workplace

FIRST_LOOK_BACK = timedelta(days=14)
LOOK_BACK = timedelta(days=1)
FINISHED = "completed"

log = structlog.get_logger(__name__)


class Reconciliation:
    """Compares the carrier's list with ours, further back the first time after a start."""

    def __init__(self, place: Workplace) -> None:
        self._place = place
        self._look_back = FIRST_LOOK_BACK

    def __call__(self) -> int:
        """Keep what was missed; returns how many messages that were.

        Raises:
            CarrierError: the list could not be read to its end; what was found before is kept.
        """
        kept = sum(self._keep(recording, hotline) for recording, hotline in self._missed())
        self._look_back = LOOK_BACK
        if kept:
            log.warning("recordings_found_at_carrier", count=kept)
        return kept

    def _missed(self) -> Iterator[tuple[CarrierRecording, Hotline]]:
        since = self._place.station.database.now() - self._look_back
        for recording in self._place.carrier.list_recordings(since):
            if recording.status == FINISHED:
                hotline = self._hotline_if_unknown(recording)
                if hotline is not None:
                    yield recording, hotline

    def _hotline_if_unknown(self, recording: CarrierRecording) -> Hotline | None:
        """Return where a recording belongs if we have not heard of it.

        One of a call that we do not know is left alone: the carrier's account may serve others too.
        """
        with self._place.station.database.read() as work:
            if messages.is_known_copy(work, recording.sid):
                return None
            call = calls.by_carrier_sid(work, recording.call_sid)
            if call is None:
                return None
            return next((one for one in hotlines.all_hotlines(work) if one.id == call.hotline_id), None)

    def _keep(self, recording: CarrierRecording, hotline: Hotline) -> bool:
        word = CarrierWord(recording.sid, recording.call_sid, recording.duration_s)
        return keep_recording(self._place.station, hotline, word)
