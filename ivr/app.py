"""The Flask application, put together in a few named steps."""

import gc
import threading
from collections.abc import Callable
from datetime import datetime
from types import MappingProxyType

import structlog
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from flows.checks import load_checked
from flows.loader import DEFINITIONS
from ivr import console
from ivr.addresses import redis_url
from ivr.carrier.profiles import profile_of
from ivr.health import health
from ivr.logs import configure_logs
from ivr.persistence.database import SendErrand, utc_now
from ivr.persistence.hotlines import OpenHotlines
from ivr.queue import JobQueue
from ivr.services import pin_hashing
from ivr.services.station import Station, open_station
from ivr.settings import Settings
from ivr.voice.desk import Desk, Flows
from ivr.voice.routes import audio, voice
from ivr.voice.signature import SIGNALWIRE_HEADER, TWILIO_HEADER, Signature
from prompts.catalogue import Catalogue
from prompts.sounds import SoundLibrary

log = structlog.get_logger()


def create_app(
    settings: Settings,
    *,
    now: Callable[[], datetime] = utc_now,
    send: SendErrand | None = None,
    prepare_sounds: bool = True,
) -> Flask:
    """Make the web service from its settings.

    Args:
        settings: Everything an operator sets.
        now: The clock; another one for tests.
        send: Sends jobs after a commit; the queue unless given.
        prepare_sounds: Makes ready, beside the start, every sound that calls will need.
    """
    app = Flask(__name__, static_folder=None)
    station = open_station(settings, now=now, send=send or JobQueue.at(redis_url(settings)).send)
    app.extensions["peerline_station"] = station
    app.extensions["peerline_desk"] = desk = open_desk(settings, station)
    if prepare_sounds:
        threading.Thread(target=_prepare_sounds, args=(desk,), daemon=True).start()
    app.extensions["peerline_settings"] = settings
    app.register_blueprint(voice)
    app.register_blueprint(audio)
    console.register(app, station, settings)
    app.register_blueprint(health)
    pin_hashing.warm_up()
    return app


def wsgi() -> Flask:
    """Make the web service from the environment, as a web server asks for it."""
    configure_logs()
    app = create_app(Settings.load())
    app.extensions["peerline_desk"].hotlines.stay_fresh()
    # What stands now stays to the end; the collector need not look at it again in the middle of a turn.
    gc.collect()
    gc.freeze()
    return app


def open_desk(settings: Settings, station: Station) -> Desk:
    """Load flows and sounds, and make ready every sound that a turn is known to need."""
    sounds = SoundLibrary(Catalogue.load(), settings.data_dir / "sounds")
    flow = load_checked(DEFINITIONS / "hotline.yaml", ("en",), sounds.speaks)
    return Desk(
        station=station,
        flows=Flows(MappingProxyType({flow.name: flow})),
        hotlines=OpenHotlines(station.database, sounds.has_clip),
        sounds=sounds,
        signature=_signature(settings),
        profile=profile_of(settings.carrier),
        public_url=settings.resolved_public_url,
    )


def _prepare_sounds(desk: Desk) -> None:
    """Make ready what calls will need, beside the start; until then it is made when it is needed."""
    try:
        desk.hotlines.refresh()
        for hotline in desk.hotlines.all():
            desk.prepare(hotline)
    except SQLAlchemyError as error:
        log.warning("sounds_not_prepared", cause=type(error).__name__)


def _signature(settings: Settings) -> Signature:
    if settings.carrier == "signalwire":
        key = settings.carrier_signing_key or settings.carrier_token
        return Signature(settings.resolved_public_url, key.get_secret_value(), SIGNALWIRE_HEADER)
    return Signature(settings.resolved_public_url, settings.carrier_token.get_secret_value(), TWILIO_HEADER)
