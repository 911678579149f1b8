"""`peerline audit`: whether the trail of what staff did is whole."""

import typer
from rich.console import Console

from ivr.domain.errors import PeerlineError
from ivr.services import audit
from ivr.services.audit import Finding
from ivr.services.station import Station, open_station
from ivr.settings import Settings

app = typer.Typer(help="The trail of what staff did: check that it is whole.", no_args_is_help=True)

_out = Console()
_err = Console(stderr=True)

_SAID = {
    "changed": "entry {number} was changed",
    "missing": "entry {number} is missing",
    "cut_off": "the end is cut off: entry {number} should follow, or the head was changed",
}


@app.callback()
def trail() -> None:
    """Keep `verify` a command of its own, though it is the only one yet."""


@app.command()
def verify() -> None:
    """Walk every trail; exit with 1 if anything is not as it was written."""
    station = _station()
    try:
        verified = audit.verify(station)
    finally:
        station.database.close()
    for slug, length in verified.lengths.items():
        findings = [finding for finding in verified.findings if finding.organisation == slug]
        _out.print(_line(slug, length, findings), markup=False, highlight=False, soft_wrap=True)
    if verified.findings:
        raise typer.Exit(1)


def _line(slug: str, length: int, findings: list[Finding]) -> str:
    if not findings:
        return f"{slug}: {length} entries, whole"
    said = "; ".join(_SAID[finding.what].format(number=finding.number) for finding in findings)
    return f"{slug}: {length} entries, NOT WHOLE: {said}"


def _station() -> Station:
    try:
        return open_station(Settings.load())
    except PeerlineError as error:
        _err.print(str(error), style="red", markup=False, highlight=False, soft_wrap=True)
        raise typer.Exit(1) from error
