"""The staff console: sign-in, inbox and concerns, for a browser with or without scripts."""

from pathlib import Path
from typing import Final

from flask import Flask

from ivr.console import (
    access,
    answer_pages,
    concern_pages,
    directory_page,
    dress,
    error_pages,
    form_tokens,
    inbox_page,
    labels,
    sign_in_page,
    small_pages,
    sound,
    time_words,
    waveform,
)
from ivr.console.blueprint import console
from ivr.console.in_memory import InMemory
from ivr.console.room import EXTENSION, Room
from ivr.console.static_files import StaticFiles
from ivr.services import content, sign_in
from ivr.services.station import Station
from ivr.settings import Settings

__all__ = ["register"]

_ROUTES: Final = answer_pages, concern_pages, directory_page, inbox_page, sign_in_page, small_pages, sound
"""Modules that add their routes to the blueprint when they are imported."""


def register(app: Flask, station: Station, settings: Settings) -> None:
    """Add the console to the web service."""
    app.extensions[EXTENSION] = Room(
        station=station,
        statics=StaticFiles.load(Path(__file__).parent / "static"),
        form_key=station.keys.derived("form tokens of the console"),
        is_https=settings.resolved_public_url.startswith("https://"),
        practice_phone=_practice_phone(settings),
    )
    app.request_class = InMemory
    _ready_templates(app)
    error_pages.register(app)
    app.register_blueprint(console)
    sign_in.warm_up()


def _practice_phone(settings: Settings) -> str | None:
    if settings.carrier != "simulator" or settings.simulator_url is None:
        return None
    return f"{settings.simulator_url}/phone"


def _ready_templates(app: Flask) -> None:
    """Give templates what they need; `_` and `ngettext` say the English text until there are catalogues."""
    environment = app.jinja_env
    environment.trim_blocks = environment.lstrip_blocks = True
    environment.add_extension("jinja2.ext.i18n")
    environment.install_null_translations(newstyle=True)  # type: ignore[attr-defined]
    environment.globals.update(
        form_token=form_tokens.form_token,
        static=small_pages.static_address,
        kind_labels=labels.kinds(),
        urgency_labels=labels.urgencies(),
        service_kinds=labels.service_kinds(),
        country_names=labels.countries(),
        topic_titles=content.topic_titles(),
    )
    environment.filters.update(
        clock=time_words.clock, wave_path=waveform.path, unsure_count=labels.unsure_count
    )


console.before_request(access.guard)
console.after_request(dress.dress)
