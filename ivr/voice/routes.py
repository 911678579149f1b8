"""The addresses that the carrier calls: read, one step, speak."""

import time

import structlog
from flask import Blueprint, Response, abort, current_app, g, request
from werkzeug.exceptions import HTTPException

from flows.model import Line
from ivr import metrics
from ivr.domain.errors import UnknownHotlineError
from ivr.domain.hotline import Hotline
from ivr.services import answers, calls, messages, own_message, passes
from ivr.voice import hearing, positions, twiml
from ivr.voice.desk import Desk
from ivr.voice.forms import read_form

log = structlog.get_logger()

voice = Blueprint("voice", __name__)
audio = Blueprint("audio", __name__)

A_YEAR_S = 31_536_000
APOLOGY = Line("err_line")


def desk() -> Desk:
    """Return what the voice routes use."""
    return current_app.extensions["peerline_desk"]  # type: ignore[no-any-return]


@voice.before_request
def refuse_strangers() -> None:
    """Let in only what the carrier signed; here alone, so that no route can forget it."""
    g.began = time.perf_counter()
    form = read_form(request)
    here = desk()
    given = request.headers.get(here.signature.header, "")
    if not here.signature.fits(request.path, request.query_string.decode("latin-1"), form, given):
        metrics.REFUSED.inc()
        log.warning("webhook_refused", endpoint=request.endpoint)
        abort(403)
    g.form = dict(form)


@voice.after_request
def count(response: Response) -> Response:
    """Count the webhook and the time it took."""
    if "began" in g:
        metrics.TURNS.labels(request.endpoint).observe(time.perf_counter() - g.began)
    return response


@voice.post("/voice/incoming")
def answer() -> Response:
    """Answer a call that comes in."""
    here = desk()
    try:
        hotline = here.hotlines.by_number(g.form.get("To", ""))
    except UnknownHotlineError:
        log.warning("call_to_unknown_number")
        return _document(twiml.REFUSED)
    call_sid = hearing.call_sid(g.form)
    g.language = hotline.languages[0]
    flow, caller = here.flows.named(hotline.flow), hearing.caller(g.form)
    return _document(here.speak(calls.begin_call(here.station, flow, hotline, call_sid, caller)))


@voice.post("/voice/turns/<version>/<step>")
def take_turn(version: str, step: str) -> Response:
    """Say what comes after the caller pressed, spoke or kept silent."""
    here = desk()
    position = positions.from_query(version, step, request.query_string.decode("latin-1"))
    g.language = position.language
    flow = here.flows.of_version(version, step)
    hotline = here.hotlines.by_id(position.hotline)
    heard = hearing.from_form(g.form, tells_key=here.profile.digits_on_record)
    call_sid, caller = hearing.call_sid(g.form), hearing.caller(g.form)
    answer = calls.continue_call(here.station, flow, hotline, position, heard, call_sid, caller)
    return _document(here.speak(answer))


@voice.post("/voice/recordings/<hotline_id>")
def recording_is_ready(hotline_id: str) -> Response:
    """Hear from the carrier that a recording is there."""
    here = desk()
    try:
        hotline = here.hotlines.by_id(hotline_id)
    except UnknownHotlineError:
        log.warning("recording_of_unknown_hotline")
        abort(404)
    messages.keep_recording(here.station, hotline, hearing.carrier_word(g.form))
    return Response(status=204)


@voice.post("/voice/status")
def call_status() -> Response:
    """Hear from the carrier that a call is over."""
    if g.form.get("CallStatus") in {"completed", "busy", "failed", "no-answer", "canceled"}:
        messages.end_call(desk().station, _called_line(), hearing.call_sid(g.form))
    return Response(status=204)


def _called_line() -> Hotline | None:
    try:
        return desk().hotlines.by_number(g.form.get("To", ""))
    except UnknownHotlineError:
        return None


@voice.post("/voice/fallback")
def fall_back() -> Response:
    """Close the line kindly when the carrier could not use an answer of ours."""
    log.error("carrier_fell_back", code=g.form.get("ErrorCode", "")[:8])
    return apologise()


@voice.errorhandler(Exception)
def close_kindly(error: Exception) -> Response | HTTPException:
    """Apologise in the caller's language; what went wrong is for the log and never for her ear."""
    if isinstance(error, HTTPException):
        return error
    metrics.FAILED.inc()
    log.error("turn_failed", endpoint=request.endpoint, cause=type(error).__name__, where=_where(error))
    if request.endpoint in {"voice.recording_is_ready", "voice.call_status"}:
        return Response(status=503)
    return apologise()


def apologise() -> Response:
    """Say that something broke on our side, and hang up."""
    here = desk()
    language = g.get("language", "en")
    if not here.sounds.speaks(language, APOLOGY.prompt):
        language = "en"
    return _document(twiml.goodbye(here.addresses([APOLOGY], language, {})))


def _where(error: Exception) -> str:
    """Return file and line of the failure: enough to find it, and no value with it."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return "" if trace is None else f"{trace.tb_frame.f_code.co_name}:{trace.tb_lineno}"


def _document(xml: str) -> Response:
    return Response(xml, mimetype="text/xml")


@audio.get("/audio/<key>.wav")
def sound(key: str) -> Response:
    """Give the carrier a sound by its content hash: it never changes."""
    wav = desk().sounds.wav(key)
    if wav is None:
        abort(404)
    response = Response(wav, mimetype="audio/wav")
    response.set_etag(key)
    response.headers["Cache-Control"] = f"public, max-age={A_YEAR_S}, immutable"
    response.make_conditional(request)
    return response


@audio.get("/audio/own/<message_pass>.wav")
def own_sound(message_pass: str) -> Response:
    """Give the carrier what the caller has just said, so that she can hear it; kept by nobody."""
    return _of_this_call(own_message.hear(desk().station, message_pass))


@audio.get("/audio/answer/<answer_pass>.wav")
def answer_sound(answer_pass: str) -> Response:
    """Give the carrier what staff answered the caller; kept by nobody."""
    station = desk().station
    reply_id = passes.subject_of(station.keys, answers.ANSWER_PASS, answer_pass, station.database.now())
    return _of_this_call(None if reply_id is None else answers.hear(station, reply_id))


def _of_this_call(wav: bytes | None) -> Response:
    if wav is None:
        abort(404)
    response = Response(wav, mimetype="audio/wav")
    response.headers["Cache-Control"] = "no-store"
    return response
