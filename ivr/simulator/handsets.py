"""The handset API: what a phone page or the terminal phone asks of the company, in JSON."""

from dataclasses import asdict
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from flask import Blueprint, Response, jsonify, request

from ivr.simulator.call import Call
from ivr.simulator.line import Event
from ivr.simulator.sounds import NotSoundError, read_voice

if TYPE_CHECKING:
    from ivr.simulator.company import Company

LONGEST_POLL_S: Final = 20.0
KEYS: Final = frozenset("0123456789*#")
NO_CONTENT: Final = ("", HTTPStatus.NO_CONTENT)
Answer = Response | tuple[str, int]


class HandsetError(Exception):
    """A handset asks for something that cannot be done now.

    Attributes:
        status: The HTTP status that says so.
    """

    def __init__(self, reason: str, status: HTTPStatus) -> None:
        super().__init__(reason)
        self.status = status


def handset_api(company: "Company") -> Blueprint:
    """Return the handset API of a company."""
    api = Blueprint("handsets", __name__, url_prefix="/handsets")
    handsets = Handsets(company)
    api.add_url_rule("/numbers", view_func=handsets.numbers)
    api.add_url_rule("/calls", view_func=handsets.dial, methods=["POST"])
    api.add_url_rule("/ringing", view_func=handsets.ringing, methods=["POST"])
    api.add_url_rule("/calls/<sid>/events", view_func=handsets.events)
    api.add_url_rule("/calls/<sid>/keys", view_func=handsets.press, methods=["POST"])
    api.add_url_rule("/calls/<sid>/voice", view_func=handsets.speak, methods=["POST"])
    api.add_url_rule("/calls/<sid>/pick_up", view_func=handsets.pick_up, methods=["POST"])
    api.add_url_rule("/calls/<sid>/hang_up", view_func=handsets.hang_up, methods=["POST"])
    api.add_url_rule("/sounds/<key>.wav", view_func=handsets.sound)
    api.before_request(_refuse_other_pages)
    api.register_error_handler(HandsetError, _say_why_not)
    return api


class Handsets:
    """The views of the handset API."""

    def __init__(self, company: "Company") -> None:
        self._company = company
        self._exchange = company.exchange

    def numbers(self) -> Answer:
        """Answer with the numbers one can dial."""
        numbers = [
            {"number": number.number, "name": number.name} for number in self._company.numbers.values()
        ]
        return jsonify(numbers=numbers)

    def dial(self) -> Answer:
        """Begin a call."""
        wanted = _json()
        to = str(wanted.get("to", ""))
        if to not in self._company.numbers:
            raise HandsetError("No such number here.", HTTPStatus.NOT_FOUND)
        call = self._company.dial(str(wanted.get("from", "")), to)
        return _created(call)

    def ringing(self) -> Answer:
        """Answer with the call that rings at a telephone, waiting a while for one."""
        wanted = _json()
        number, wait_s = str(wanted.get("number", "")), wanted.get("wait_s", 0)
        if not isinstance(wait_s, int | float):
            raise HandsetError("wait_s is a number of seconds.", HTTPStatus.BAD_REQUEST)
        with self._exchange.changed:
            self._exchange.changed.wait_for(
                lambda: self._company.ringing_at(number) is not None, min(LONGEST_POLL_S, wait_s)
            )
            call = self._company.ringing_at(number)
        return jsonify(call=call.sid if call else None, shown=call.from_ if call else None)

    def events(self, sid: str) -> Answer:
        """Answer with what has happened since, as soon as something has."""
        line = self._find(sid).line
        after = request.args.get("after", 0, int)
        wait_s = min(LONGEST_POLL_S, request.args.get("wait_s", LONGEST_POLL_S, float))
        with self._exchange.changed:
            self._exchange.changed.wait_for(lambda: len(line.events) > after or line.state == "ended", wait_s)
            news = [_event_as_json(event) for event in line.events[after:]]
            return jsonify(events=news, state=line.state, takes_keys=line.takes_keys)

    def press(self, sid: str) -> Answer:
        """Press keys, one after the other; answers when the line has taken them or let them go."""
        digits = str(_json().get("digits", ""))
        if not digits or not set(digits) <= KEYS:
            raise HandsetError("A telephone has the keys 0 to 9, * and #.", HTTPStatus.BAD_REQUEST)
        pressing = self._company.press(self._running(sid), digits)
        self._exchange.run_until(lambda: pressing.done, self._exchange.now_s() + LONGEST_POLL_S)
        return NO_CONTENT

    def speak(self, sid: str) -> Answer:
        """Say something: a WAV file from now on, or (`?live=1`) a piece that was spoken just now."""
        call = self._running(sid)
        try:
            sound = read_voice(request.get_data())
        except NotSoundError as error:
            raise HandsetError(str(error), HTTPStatus.BAD_REQUEST) from error
        if request.args.get("live"):
            call.line.was_spoken(sound)
        else:
            call.line.speak(sound)
        return jsonify(length_s=round(sound.length_s, 3))

    def pick_up(self, sid: str) -> Answer:
        """Answer a call that rings."""
        call = self._running(sid)
        if call.status != "ringing" or call.direction == "inbound":
            raise HandsetError("This call does not ring.", HTTPStatus.CONFLICT)
        self._exchange.post(call.verdicts, "picked_up")
        return NO_CONTENT

    def hang_up(self, sid: str) -> Answer:
        """End a call, or refuse one that rings."""
        _json()
        call = self._find(sid)
        if call.direction != "inbound" and call.status == "ringing":
            self._exchange.post(call.verdicts, "declined")
        else:
            self._company.hang_up(call)
        return NO_CONTENT

    def sound(self, key: str) -> Answer:
        """Answer with a file that was fetched for Play."""
        media = self._company.desk.shelf.by_key(key)
        if media is None:
            raise HandsetError("This sound is not kept any more.", HTTPStatus.NOT_FOUND)
        return Response(
            media.content, mimetype=media.content_type, headers={"Cache-Control": "private, max-age=3600"}
        )

    def _find(self, sid: str) -> Call:
        call = self._company.find(sid)
        if call is None:
            raise HandsetError("There is no such call any more.", HTTPStatus.NOT_FOUND)
        return call

    def _running(self, sid: str) -> Call:
        call = self._find(sid)
        if call.is_over:
            raise HandsetError("The call has ended.", HTTPStatus.CONFLICT)
        return call


def _json() -> dict[str, Any]:
    given = request.get_json()
    return given if isinstance(given, dict) else {}


def _created(call: Call) -> Response:
    response = jsonify(call=call.sid)
    response.status_code = HTTPStatus.CREATED
    return response


def _event_as_json(event: Event) -> dict[str, Any]:
    return {name: value for name, value in asdict(event).items() if value not in (None, "", ())}


def _refuse_other_pages() -> None:
    """Keep pages of other sites from using this telephone."""
    origin = request.headers.get("Origin")
    if origin is not None and urlsplit(origin).netloc != request.host:
        raise HandsetError("Only this telephone's own page may use it.", HTTPStatus.FORBIDDEN)


def _say_why_not(error: HandsetError) -> Response:
    response = jsonify(error=str(error))
    response.status_code = error.status
    return response
