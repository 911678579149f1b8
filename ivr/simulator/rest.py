"""The REST server: calls and recordings as the carrier shows them to the app (fact sheet, 4 and 6)."""

import hmac
import socket
import time
from collections.abc import Callable
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, g, jsonify, redirect, request
from werkzeug.wrappers import Response as WerkzeugResponse

from ivr.simulator.call import Call
from ivr.simulator.call_orders import instructions_of, order_of
from ivr.simulator.documents import DocumentError
from ivr.simulator.mischief import ApiFault
from ivr.simulator.pages import is_within, page_as_json
from ivr.simulator.recording_files import mp3_of, wav_of
from ivr.simulator.recordings import Recording
from ivr.simulator.refusals import RefusedError, answer, broken, missing, too_many, unauthorised
from ivr.simulator.representations import call_as_json, recording_as_json
from ivr.simulator.sounds import Sound

if TYPE_CHECKING:
    from ivr.simulator.company import Company

NO_SUCH_CHANNELS = 21220
STORAGE = "storage.read_file"
NO_CONTENT = ("", HTTPStatus.NO_CONTENT)
Answer = Response | WerkzeugResponse | tuple[str, int]


def rest_api(company: "Company") -> Blueprint:
    """Return the REST server of a company."""
    api = Blueprint("rest", __name__, url_prefix=f"{company.settings.profile.path}/Accounts/<account>")
    resources = Resources(company)
    rules: tuple[tuple[str, Callable[..., Answer], list[str]], ...] = (
        ("/Calls.json", resources.list_calls, ["GET"]),
        ("/Calls.json", resources.place_call, ["POST"]),
        ("/Calls/<sid>.json", resources.read_call, ["GET"]),
        ("/Calls/<sid>.json", resources.update_call, ["POST"]),
        ("/Calls/<sid>.json", resources.delete_call, ["DELETE"]),
        ("/Recordings.json", resources.list_recordings, ["GET"]),
        ("/Calls/<call_sid>/Recordings.json", resources.list_recordings, ["GET"]),
        ("/Recordings/<sid>.json", resources.read_recording, ["GET"]),
        ("/Recordings/<sid>.json", resources.delete_recording, ["DELETE"]),
        ("/Recordings/<sid>", resources.delete_recording, ["DELETE"]),
        ("/Recordings/<sid>.wav", resources.read_file, ["GET"]),
        ("/Recordings/<sid>.mp3", resources.read_mp3_file, ["GET"]),
        ("/Recordings/<sid>", resources.read_file, ["GET"]),
    )
    for place, (rule, view, methods) in enumerate(rules):
        api.add_url_rule(rule, f"{view.__name__}_{place}", view, methods=methods)
    api.url_value_preprocessor(_take_account)
    api.before_request(resources.check)
    api.register_error_handler(
        RefusedError, lambda refused: answer(refused, company.settings.profile.refusal_status)
    )
    return api


def storage(company: "Company") -> Blueprint:
    """Return the place where some carriers keep files, open to whoever knows an address."""
    place = Blueprint("storage", __name__, url_prefix="/storage")
    place.add_url_rule("/<sid>.wav", view_func=Resources(company).read_file)
    place.register_error_handler(RefusedError, lambda refused: answer(refused, HTTPStatus.NOT_FOUND))
    return place


def _take_account(_: str | None, values: dict[str, Any] | None) -> None:
    g.account = (values or {}).pop("account", "")


class Resources:
    """The views of the REST server."""

    def __init__(self, company: "Company") -> None:
        self._company = company
        self._desk = company.desk
        self._profile = company.settings.profile

    def check(self) -> Response | None:
        """Let only the account in, and let the mischief have its turn."""
        is_file = (request.endpoint or "").startswith(("rest.read_file", "rest.read_mp3_file"))
        if not self._is_account() and not (is_file and self._is_file_public()):
            raise unauthorised()
        fault = None if is_file else self._company.mischief.next_api_fault()
        return self._meet(fault) if fault is not None else None

    def list_calls(self) -> Answer:
        """Answer with a page of calls."""
        calls = [call for call in reversed(self._company.calls) if _is_wanted(call)]
        return self._page("calls", calls, lambda call: call_as_json(self._desk, call))

    def place_call(self) -> Answer:
        """Queue a call."""
        order = order_of(request.form, self._company.numbers)
        call = self._company.place(order.from_, order.to, order.wanted, ring_s=order.ring_s)
        return self._call(call, HTTPStatus.CREATED)

    def read_call(self, sid: str) -> Answer:
        """Answer with one call."""
        return self._call(self._find_call(sid))

    def update_call(self, sid: str) -> Answer:
        """Redirect or end a live call."""
        call = self._find_call(sid)
        if call.is_over:
            raise RefusedError(21220, "Call is not in-progress. Cannot redirect.")
        status = request.form.get("Status")
        if status is not None:
            self._end(call, status)
        else:
            self._take_elsewhere(call)
        return self._call(call)

    def delete_call(self, sid: str) -> Answer:
        """Forget a finished call."""
        call = self._find_call(sid)
        if not self._profile.deletes_calls:
            raise missing()
        if not call.is_over:
            raise RefusedError(20009, "The call has not finished yet", HTTPStatus.CONFLICT)
        self._company.forget(call)
        return NO_CONTENT

    def list_recordings(self, call_sid: str | None = None) -> Answer:
        """Answer with a page of recordings."""
        recordings = [
            recording
            for recording in reversed(self._desk.recordings.values())
            if _is_shown(recording, call_sid or request.args.get("CallSid"))
            and (
                not self._profile.filters_by_date
                or is_within(recording.began_at, "DateCreated", request.args)
            )
        ]
        return self._page("recordings", recordings, lambda each: recording_as_json(self._desk, each))

    def read_recording(self, sid: str) -> Answer:
        """Answer with one recording; a deleted one only when it is asked for."""
        recording = self._find_recording(sid)
        if recording.status == "deleted" and not _wants_deleted():
            raise missing()
        return jsonify(recording_as_json(self._desk, recording))

    def delete_recording(self, sid: str) -> Answer:
        """Delete the sound of a recording."""
        recording = self._find_recording(sid)
        if not self._profile.deletes_recordings or recording.status == "deleted":
            raise missing()
        if recording.status != "completed":
            raise RefusedError(20009, "The recording is not completed yet", HTTPStatus.CONFLICT)
        if not self._company.mischief.keeps_deleted:
            recording.erase()
        return NO_CONTENT

    def read_file(self, sid: str) -> Answer:
        """Answer with the sound as WAV, from the moment it is ready."""
        sound = self._ready_sound(sid)
        if self._profile.stores_elsewhere and request.endpoint != STORAGE:
            return redirect(f"{self._desk.base_url}/storage/{sid}.wav")
        return Response(wav_of(sound, self._company.mischief.media_fault), mimetype="audio/x-wav")

    def read_mp3_file(self, sid: str) -> Answer:
        """Answer with an MP3 file, from the moment it is ready."""
        return Response(mp3_of(self._ready_sound(sid)), mimetype="audio/mpeg")

    def _ready_sound(self, sid: str) -> Sound:
        recording = self._find_recording(sid)
        ready_s = recording.ready_s
        if recording.sound is None or ready_s is None or self._company.exchange.now_s() < ready_s:
            raise missing()
        if request.args.get("RequestedChannels", "1") != "1":
            raise RefusedError(NO_SUCH_CHANNELS, "The recording has one channel", HTTPStatus.BAD_REQUEST)
        recording.reads += 1
        return recording.sound

    def _page(self, name: str, items: list[Any], as_json: Any) -> Answer:
        with self._company.exchange.changed:
            return jsonify(page_as_json(name, items, as_json, request.path, request.args))

    def _call(self, call: Call, status: int = HTTPStatus.OK) -> Answer:
        with self._company.exchange.changed:
            response = jsonify(call_as_json(self._desk, call))
        response.status_code = status
        return response

    def _find_call(self, sid: str) -> Call:
        call = self._company.find(sid)
        if call is None:
            raise missing()
        return call

    def _find_recording(self, sid: str) -> Recording:
        recording = self._desk.recordings.get(sid)
        if recording is None:
            raise missing()
        return recording

    def _end(self, call: Call, status: str) -> None:
        if status == "canceled" and call.status == "in-progress":
            raise RefusedError(21220, "Call is in-progress. Cannot cancel.")
        if status not in {"canceled", "completed"}:
            raise RefusedError(21218, "Status is not valid")
        self._company.end_for_app(call)

    def _take_elsewhere(self, call: Call) -> None:
        try:
            self._company.take_elsewhere(call, instructions_of(request.form))
        except DocumentError as error:
            raise RefusedError(error.code, str(error)) from error

    def _is_account(self) -> bool:
        given = request.authorization
        settings = self._company.settings
        if g.account != settings.account or given is None or given.username is None or given.password is None:
            return False
        return given.username == settings.account and hmac.compare_digest(given.password, settings.token)

    def _is_file_public(self) -> bool:
        return self._profile.media_is_public or not self._company.settings.media_needs_credentials

    def _meet(self, fault: ApiFault) -> Response | None:
        match fault:
            case "429":
                raise too_many()
            case "500":
                raise broken()
            case "slow":
                time.sleep(self._company.mischief.slow_api_s)
                return None
            case "down":
                return _drop_the_connection()
            case "500_but_done":
                self._do_and_forget()
                raise broken()

    def _do_and_forget(self) -> None:
        if request.method == "POST" and request.path.endswith("/Calls.json"):
            self.place_call()


def _drop_the_connection() -> Response:
    request.environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
    return Response()


def _is_wanted(call: Call) -> bool:
    arguments = request.args
    filters = {"To": call.to, "From": call.from_, "ParentCallSid": call.parent_sid, "Status": call.status}
    return all(arguments.get(name, value) == value for name, value in filters.items()) and (
        is_within(call.answered_at or call.created_at, "StartTime", arguments)
        and is_within(call.ended_at, "EndTime", arguments)
    )


def _is_shown(recording: Recording, call_sid: str | None) -> bool:
    if recording.status == "deleted" and not _wants_deleted():
        return False
    return call_sid is None or recording.call_sid == call_sid


def _wants_deleted() -> bool:
    return request.args.get("IncludeSoftDeleted", "").lower() == "true"
