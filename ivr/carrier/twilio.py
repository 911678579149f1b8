"""A telephone company that speaks Twilio's REST interface."""

from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Self

from ivr.carrier.contract import CarrierRecording
from ivr.carrier.errors import CarrierRefusedError, CarrierUnavailableError, NotOfferedError
from ivr.carrier.media import Media, MediaLimits
from ivr.carrier.profiles import Profile, profile_of
from ivr.carrier.repeating import ask_again, ask_again_if_unread
from ivr.carrier.rest import Rest, quoted
from ivr.settings import Settings

TIMEOUT_S = 15.0
PAGE_SIZE = 200

_NOT_FOUND = 404
_CALL_NOT_IN_PROGRESS = 21220
_DELETED = "deleted"


class TwilioCarrier:
    """Twilio, or a company with the same interface; the profile says in what it differs."""

    def __init__(
        self,
        profile: Profile,
        account: str,
        token: str,
        *,
        api_url: str | None = None,
        timeout_s: float = TIMEOUT_S,
        media_limits: MediaLimits | None = None,
    ) -> None:
        base = api_url or profile.api_url
        if base is None:
            raise CarrierUnavailableError("PEERLINE_CARRIER_API_URL is not set")
        self.profile = profile
        self._rest = Rest(base, account, token, timeout_s)
        self._media = Media(account, token, media_limits or MediaLimits())

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        """Return the carrier that the settings name."""
        return cls(
            profile_of(settings.carrier),
            settings.carrier_account,
            settings.carrier_token.get_secret_value(),
            api_url=settings.carrier_api_url,
        )

    def fetch_recording(self, recording: str) -> bytes:
        """Return the sound of a recording; see `Carrier`."""
        url = self._sound_of(recording)
        return ask_again(lambda: self._media.fetch(url))

    def delete_recording(self, recording: str) -> None:
        """Delete a recording; see `Carrier`."""
        if not self.profile.delete_recording:
            raise NotOfferedError("delete a recording")
        self._delete(f"Recordings/{quoted(recording)}.json")

    def has_recording(self, recording: str) -> bool:
        """Tell whether sound or an undeleted record is left; see `Carrier`."""
        url = self._sound_of(recording)
        return ask_again(lambda: self._media.has(url)) or self._has_record(recording)

    def list_recordings(self, since: datetime) -> Iterator[CarrierRecording]:
        """Yield the recordings begun at or after `since`; see `Carrier`.

        Where the carrier cannot list by date, the whole list is read and sifted here.
        """
        query: dict[str, object] = {"PageSize": PAGE_SIZE}
        if self.profile.lists_by_date:
            query["DateCreated>"] = since.astimezone(UTC).strftime("%Y-%m-%d")
        for page in self._rest.pages("Recordings.json", query):
            for row in page.get("recordings", []):
                recording = _recording(row)
                if recording.created_at >= since and recording.status != _DELETED:
                    yield recording

    def end_call(self, call: str) -> None:
        """Hang up a call; see `Carrier`."""
        path = f"Calls/{quoted(call)}.json"
        try:
            ask_again_if_unread(lambda: self._rest.ask("POST", path, form={"Status": "completed"}))
        except CarrierRefusedError as refused:
            if refused.code != _CALL_NOT_IN_PROGRESS and refused.status != _NOT_FOUND:
                raise

    def delete_call(self, call: str) -> None:
        """Delete the record of a call; see `Carrier`."""
        if not self.profile.delete_call:
            raise NotOfferedError("delete the record of a call")
        self._delete(f"Calls/{quoted(call)}.json")

    def _sound_of(self, recording: str) -> str:
        return self._rest.address(f"Recordings/{quoted(recording)}{self.profile.media_suffix}")

    def _has_record(self, recording: str) -> bool:
        path = f"Recordings/{quoted(recording)}.json"
        try:
            record = ask_again(lambda: self._rest.ask("GET", path))
        except CarrierRefusedError as refused:
            if refused.status == _NOT_FOUND:
                return False
            raise
        return record.get("status") != _DELETED

    def _delete(self, path: str) -> None:
        try:
            ask_again(lambda: self._rest.ask("DELETE", path))
        except CarrierRefusedError as refused:
            if refused.status != _NOT_FOUND:
                raise


def _recording(row: dict[str, Any]) -> CarrierRecording:
    try:
        return CarrierRecording(
            sid=str(row["sid"]),
            call_sid=str(row["call_sid"] or ""),
            duration_s=_seconds(row.get("duration")),
            created_at=_utc(str(row["date_created"])),
            status=str(row.get("status") or ""),
        )
    except (KeyError, ValueError, TypeError):
        raise CarrierUnavailableError("a list of recordings of an unknown shape") from None


def _seconds(text: object) -> int | None:
    seconds = int(str(text)) if text is not None else -1
    return seconds if seconds >= 0 else None


def _utc(text: str) -> datetime:
    """Return an RFC 2822 date as an aware one; `-0000` parses as a naive one and means UTC."""
    when = parsedate_to_datetime(text)
    return when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)
