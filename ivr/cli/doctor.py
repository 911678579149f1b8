"""`peerline doctor`: what is well and what is not, each in a sentence that says what to do."""

import json
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Annotated, Literal

import typer
from sqlalchemy.exc import SQLAlchemyError

from flows.checks import load_checked
from flows.loader import DEFINITIONS, FlowError
from ivr.carrier.errors import CarrierError
from ivr.carrier.losses import losses
from ivr.carrier.profiles import profile_of
from ivr.carrier.twilio import TwilioCarrier
from ivr.domain.hotline import Hotline
from ivr.health import can_write, redis_answers
from ivr.persistence import backlog, content
from ivr.persistence.accounts import all_organisations
from ivr.persistence.backlog import Backlog
from ivr.persistence.database import Database, open_engine
from ivr.persistence.hotlines import hotlines_with_content
from ivr.persistence.migrating import is_current
from ivr.settings import Settings, SettingsError
from prompts.catalogue import Catalogue
from prompts.recordings import read_index
from prompts.sounds import SoundLibrary
from transcription.models import BUNDLED_NAME, installed

State = Literal["well", "warning", "wrong"]
SIGNS: dict[State, str] = {"well": "ok     ", "warning": "careful", "wrong": "WRONG  "}
LEAST_FREE_BYTES = 1_000_000_000
BYTES_PER_HOUR = 2 * 16_000 * 3600
"""Each message lies twice on the disk, untouched and as it is heard: 16-bit sound at 8 kHz."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    state: State
    part: str
    sentence: str


Check = Callable[[Settings], Iterator[Finding]]


def doctor(
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print the findings for a program.")] = False,
) -> None:
    """Look at every part of the line and say what is well and what is not.

    Ends with 0 if calls can be taken, with 1 if something is wrong.
    """
    findings = list(examine())
    if as_json:
        typer.echo(json.dumps([asdict(finding) for finding in findings], indent=2))
    else:
        for finding in findings:
            typer.echo(f"{SIGNS[finding.state]}  {finding.part:<12}{finding.sentence}")
    raise typer.Exit(1 if any(finding.state == "wrong" for finding in findings) else 0)


def examine() -> Iterator[Finding]:
    """Yield what is found, the settings first: without them nothing else can be looked at."""
    try:
        settings = Settings.load()
    except SettingsError as error:
        yield from (Finding("wrong", "settings", sentence) for sentence in error.wrong)
        return
    yield Finding("well", "settings", "complete")
    for check in (_address, _database, _redis, _recordings, _models, _carrier):
        yield from check(settings)


def _address(settings: Settings) -> Iterator[Finding]:
    if settings.carrier == "simulator":
        yield Finding("warning", "carrier", "the practice company; no real telephone can call")
    elif not settings.resolved_public_url.startswith("https://"):
        yield Finding("wrong", "address", "PEERLINE_PUBLIC_URL must begin with https:// for a real carrier")
    else:
        yield Finding("well", "address", settings.resolved_public_url)


def _database(settings: Settings) -> Iterator[Finding]:
    database = Database(open_engine(settings.resolved_database_url))
    try:
        if not is_current(database.engine):
            yield Finding(
                "wrong",
                "database",
                "its tables are not those of this version; `peerline migrate` brings them up",
            )
            return
        with database.read() as work:
            waits, hotlines = backlog.look(work), hotlines_with_content(work)
            withheld = sum(content.past_review(work, one) for one, _ in all_organisations(work))
    except SQLAlchemyError as error:
        yield Finding("wrong", "database", f"does not answer ({type(error).__name__})")
        return
    finally:
        database.close()
    yield Finding("well", "database", database.engine.dialect.name)
    yield from _waiting(waits)
    yield from _hotlines([hotline for hotline in hotlines if hotline.is_open])
    yield from _sounds(settings, [hotline for hotline in hotlines if hotline.is_open])
    yield from _content(hotlines, withheld)


def _waiting(waits: Backlog) -> Iterator[Finding]:
    dead, copies, left, records = waits.dead, waits.old_copies, waits.left_copies, waits.old_call_records
    if dead:
        yield Finding("wrong", "tasks", f"{dead} were given up; `peerline tasks retry` tries them again")
    if copies:
        yield Finding("wrong", "copies", f"the carrier still holds {copies} recordings after a day")
    if left:
        sentence = f"{left} recordings lie at the carrier, which deletes none; see docs/carriers.md"
        yield Finding("warning", "copies", sentence)
    if records:
        yield Finding("wrong", "records", f"the carrier still holds {records} records of calls after a day")
    if not dead and not copies and not records:
        yield Finding("well", "tasks", f"{waits.waiting} waiting, none given up")


def _hotlines(hotlines: list[Hotline]) -> Iterator[Finding]:
    if not hotlines:
        yield Finding("wrong", "hotlines", "there is none: every call is refused")
    for hotline in hotlines:
        if hotline.emergency_number is None:
            sentence = "has no checked emergency number; a caller who asks for it hears that there is none"
            yield Finding("warning", "hotlines", f"{hotline.name} {sentence}")
        else:
            yield Finding("well", "hotlines", f"{hotline.name}: {', '.join(hotline.languages)}")


def _content(hotlines: list[Hotline], withheld: int) -> Iterator[Finding]:
    if withheld:
        sentence = f"{withheld} topics or numbers are past their review date and withheld from callers;"
        yield Finding("warning", "information", f"{sentence} see `peerline topics list`, `directory list`")
    for hotline in hotlines:
        topics, numbers = len(hotline.content.topics), len(hotline.content.services)
        state: State = "well" if topics and numbers else "warning"
        found = f"{hotline.name}: {topics} topics are open, {numbers} numbers are verified"
        yield Finding(state, "information", found)


def _redis(settings: Settings) -> Iterator[Finding]:
    if redis_answers(settings):
        yield Finding("well", "redis", "answers")
    elif settings.redis_url is None:
        yield Finding("warning", "redis", "the embedded one is not running; `peerline up` starts it")
    else:
        yield Finding(
            "wrong", "redis", "does not answer; messages are kept, but their words come only when it is back"
        )


def _recordings(settings: Settings) -> Iterator[Finding]:
    if not can_write(settings.media_dir):
        yield Finding("wrong", "recordings", "their folder cannot be written to")
        return
    free = shutil.disk_usage(settings.media_dir).free
    state: State = "well" if free > LEAST_FREE_BYTES else "warning"
    yield Finding(
        state, "recordings", f"{free / 1e9:.1f} GB free, about {free / BYTES_PER_HOUR:,.0f} hours of messages"
    )


def _sounds(settings: Settings, hotlines: list[Hotline]) -> Iterator[Finding]:
    """Look at the flow in every language of every hotline, and whether people have spoken the prompts."""
    catalogue = Catalogue.load()
    sounds = SoundLibrary(catalogue, settings.data_dir / "sounds")
    for name, languages in sorted(_languages_by_flow(hotlines).items()):
        yield from _flow(name, tuple(sorted(languages)), sounds)
    for language in sorted({language for hotline in hotlines for language in hotline.languages}):
        if language in catalogue.languages:
            yield from _drafts(catalogue, language)


def _languages_by_flow(hotlines: list[Hotline]) -> dict[str, set[str]]:
    by_flow: dict[str, set[str]] = {"hotline": {"en"}}
    for hotline in hotlines:
        by_flow.setdefault(hotline.flow, set()).update(hotline.languages)
    return by_flow


def _flow(name: str, languages: tuple[str, ...], sounds: SoundLibrary) -> Iterator[Finding]:
    try:
        load_checked(DEFINITIONS / f"{name}.yaml", languages, sounds.speaks)
    except FlowError as error:
        yield from (Finding("wrong", "flow", sentence) for sentence in error.findings)
    else:
        yield Finding("well", "flow", f"complete in {', '.join(languages)}")


def _drafts(catalogue: Catalogue, language: str) -> Iterator[Finding]:
    index = read_index(catalogue.folder, language)
    clips = catalogue.clips(language).values()
    prompts = {clip.prompt for clip in clips}
    drafts = {clip.prompt for clip in clips if clip.name in index and index[clip.name].status == "draft"}
    if drafts:
        sentence = f"{language}: {len(drafts)} of {len(prompts)} are drafts that no person has spoken"
        yield Finding("warning", "prompts", f"{sentence}; see `peerline prompts list`")
    else:
        yield Finding("well", "prompts", f"{language}: spoken by people")


def _models(settings: Settings) -> Iterator[Finding]:
    names = sorted(installed(settings.models_dir or settings.data_dir / "models"))
    if names == [BUNDLED_NAME]:
        yield Finding(
            "warning", "models", "only the one for practice; `peerline models list` shows real ones"
        )
    else:
        yield Finding("well", "models", ", ".join(names))


def _carrier(settings: Settings) -> Iterator[Finding]:
    profile = profile_of(settings.carrier)
    if not profile.delete_recording:
        yield Finding("warning", "carrier", "cannot delete recordings; agree with it how they go")
    if not profile.delete_call:
        yield Finding("warning", "carrier", "cannot delete records of calls; agree with it how they go")
    began = time.monotonic()
    try:
        next(iter(TwilioCarrier.from_settings(settings).list_recordings(datetime.now(UTC))), None)
    except CarrierError as error:
        state: State = "warning" if settings.carrier == "simulator" else "wrong"
        yield Finding(state, "carrier", f"does not answer as it should: {error}")
    else:
        yield Finding("well", "carrier", f"answered in {1000 * (time.monotonic() - began):.0f} ms")
    for sentence in losses(profile_of(settings.carrier)):
        yield Finding("warning", "carrier", f"{settings.carrier} {sentence}")
